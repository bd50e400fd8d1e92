#!/usr/bin/env python3
"""Makes data/metrics.json: the metrics of scikit-learn on a few small tables. Needs scikit-learn.

Run as python3 -P metrics.py: select.py beside it would be taken for Python's own module.
"""
import json
import warnings
from pathlib import Path

import numpy as np
from sklearn import metrics

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)


def bits(values):
    integers = np.asarray(values, dtype=np.float64).reshape(-1).view(np.uint64)
    return " ".join(f"{integer:016x}" for integer in integers.tolist())


def classification(rows, classes, grid, never_predicted=None):
    """Scores on a grid, which makes ties; one class is never predicted if asked for."""
    labels = rng.integers(0, classes, rows)
    labels[:classes] = np.arange(classes)
    scores = rng.integers(1, grid, (rows, classes)).astype(float)
    scores[np.arange(rows), labels] += rng.integers(0, grid // 2, rows)
    if never_predicted is not None:
        scores[:, never_predicted] = 0.5
    probabilities = scores / scores.sum(axis=1, keepdims=True)
    # The first of several largest, as argmax has it.
    predicted = probabilities.argmax(axis=1)
    names = list(range(classes))
    one_vs_rest = [metrics.roc_auc_score(labels == c, probabilities[:, c]) for c in names]
    case = {
        "rows": rows,
        "classes": classes,
        "labels": labels.tolist(),
        "probabilities_f64": bits(probabilities),
        "accuracy": bits(metrics.accuracy_score(labels, predicted)),
        "confusion": metrics.confusion_matrix(labels, predicted, labels=names).reshape(-1).tolist(),
        "log_loss": bits(metrics.log_loss(labels, probabilities, labels=names)),
        "one_vs_rest_auc": bits(np.mean(one_vs_rest)),
        "averages": [],
    }
    for average in ["macro", "micro", "weighted", None]:
        scores_of = metrics.precision_recall_fscore_support(
            labels, predicted, labels=names, average=average, zero_division=0
        )
        case["averages"].append(
            {
                "average": average,
                "precision": bits(scores_of[0]),
                "recall": bits(scores_of[1]),
                "f1": bits(scores_of[2]),
            }
        )
    # Of tied scores scikit-learn takes the last class first, and argmax the first: without ties.
    untied = rng.permutation(rows * classes).reshape(rows, classes).astype(float)
    case["untied_f64"] = bits(untied)
    if classes > 2:
        case["top_k"] = [
            {"k": k, "value": bits(metrics.top_k_accuracy_score(labels, untied, k=k, labels=names))}
            for k in range(1, classes)
        ]
    return case


def binary(rows, grid):
    labels = rng.integers(0, 2, rows)
    labels[:2] = [0, 1]
    scores = rng.integers(0, grid, rows) + labels * (grid // 4) - grid / 2
    return {
        "labels": labels.tolist(),
        "scores_f64": bits(scores),
        "roc_auc": bits(metrics.roc_auc_score(labels, scores)),
    }


def regression(rows, outputs, constant=None):
    targets = rng.normal(size=(rows, outputs))
    found = targets + 0.3 * rng.normal(size=(rows, outputs))
    if constant is not None:
        targets[:, constant] = 2.0
    return {
        "rows": rows,
        "columns": outputs,
        "targets_f64": bits(targets),
        "outputs_f64": bits(found),
        "r2": bits(metrics.r2_score(targets, found)),
        "mean_absolute_error": bits(metrics.mean_absolute_error(targets, found)),
    }


content = {
    "classification": [
        classification(30, 3, 6),
        classification(50, 5, 20),
        classification(40, 4, 8, never_predicted=2),
        classification(12, 2, 5),
    ],
    "binary": [binary(20, 5), binary(100, 1000), binary(57, 3), binary(2, 10)],
    "regression": [regression(15, 1), regression(20, 3), regression(9, 2, constant=1)],
}
path = Path(__file__).parent / "data" / "metrics.json"
path.write_text(json.dumps(content, indent=1) + "\n")
