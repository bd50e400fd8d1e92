#!/usr/bin/env python3
"""scikit-learn's MLPClassifier on the tables of `cargo run --release --example tables`: the same rows,
scaling, layers, optimizer, epochs and number of seeds. Needs scikit-learn."""

import csv
import pathlib
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

DATA = pathlib.Path(__file__).parents[2] / "crates" / "nn-data" / "data"
SEEDS = 10


def accuracies(inputs, labels):
    """The accuracy on every third row, of a network for each seed."""
    tested = np.arange(len(inputs)) % 3 == 2
    scaler = StandardScaler().fit(inputs[~tested])
    train, test = scaler.transform(inputs[~tested]), scaler.transform(inputs[tested])
    for seed in range(SEEDS):
        network = MLPClassifier(
            hidden_layer_sizes=(32,), activation="relu", solver="adam", alpha=0.0,
            learning_rate_init=0.01, batch_size=32, max_iter=100, tol=0.0,
            n_iter_no_change=100, random_state=seed,
        )
        network.fit(train, labels[~tested])
        yield network.score(test, labels[tested])


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    print("table     rows   features   classes   accuracy: mean    least  greatest")
    for name in ["iris", "wine", "digits"]:
        with open(DATA / f"{name}.csv", newline="") as file:
            rows = list(csv.reader(file))[1:]
        inputs = np.array([[float(cell) for cell in row[:-1]] for row in rows])
        labels = np.array([row[-1] for row in rows])
        scores = list(accuracies(inputs, labels))
        print(
            f"{name:<8}{len(rows):>6}{inputs.shape[1]:>11}{len(set(labels)):>10}"
            f"{np.mean(scores):>17.4f}{min(scores):>9.4f}{max(scores):>10.4f}"
        )


if __name__ == "__main__":
    main()
