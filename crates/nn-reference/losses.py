#!/usr/bin/env python3
"""Makes data/more_losses.json: losses and options that losses.json leaves out. Needs PyTorch.

Run as python3 -P losses.py: select.py beside it would be taken for Python's own module.
"""
import json
from pathlib import Path

import torch
from torch.nn import functional as F

torch.manual_seed(0)
ROWS, CLASSES = 7, 4
LABELS = [0, 3, 2, 2, 1, 0, 3]
CLASS_WEIGHTS = [1.0, 2.5, 0.5, 0.25]

logits = 3 * torch.randn(ROWS, CLASSES, dtype=torch.float64)
log_probabilities = F.log_softmax(logits, dim=1)
probabilities = torch.rand(ROWS, CLASSES, dtype=torch.float64)
probabilities[1, 2] = 0.0
log_targets = F.log_softmax(torch.randn(ROWS, CLASSES, dtype=torch.float64), dim=1)
weights = torch.tensor(CLASS_WEIGHTS, dtype=torch.float64)
labels = torch.tensor(LABELS)


def bits(tensor):
    integers = tensor.detach().reshape(-1).contiguous().view(torch.int64).tolist()
    return " ".join(f"{integer & (2**64 - 1):016x}" for integer in integers)


def case(loss, inputs, options, function, reductions=("mean", "sum", "none")):
    """The loss of each reduction, and the gradient of its sum."""
    for reduction in reductions:
        x = inputs.clone().requires_grad_()
        value = function(x, reduction)
        value.sum().backward()
        yield {
            "loss": loss,
            **options,
            "reduction": reduction,
            "loss_f64": bits(value),
            "dx_f64": bits(x.grad),
        }


cases = []
for log_target, targets in [(False, probabilities), (True, log_targets)]:
    cases += case(
        "kl_divergence",
        log_probabilities,
        {"log_target": log_target},
        lambda x, r: F.kl_div(x, targets, reduction=r, log_target=log_target),
        ("mean", "sum", "batchmean", "none"),
    )
for p in [1, 2]:
    for margin in [1.0, 0.4]:
        for weight in [None, weights]:
            cases += case(
                "multi_margin",
                logits,
                {"p": p, "margin": margin, "weighted": weight is not None},
                lambda x, r: F.multi_margin_loss(x, labels, p, margin, weight, reduction=r),
            )
cases += case(
    "bce_with_logits",
    logits,
    {},
    lambda x, r: F.binary_cross_entropy_with_logits(x, probabilities, pos_weight=weights, reduction=r),
)

content = {
    "shape": [ROWS, CLASSES],
    "labels": LABELS,
    "class_weights": CLASS_WEIGHTS,
    "logits_f64": bits(logits),
    "log_probabilities_f64": bits(log_probabilities),
    "probabilities_f64": bits(probabilities),
    "log_targets_f64": bits(log_targets),
    "cases": cases,
}
path = Path(__file__).parent / "data" / "more_losses.json"
path.write_text(json.dumps(content, indent=1) + "\n")
