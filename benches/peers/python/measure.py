"""What the Python peers share: the jobs, their data, the timing and the command line.

A peer is a class with the methods of `Peer`. Each job is built, warmed up and then timed, `repeats`
times over, and printed as one line: `W1 median 59.123 ms min 58.012 ms`.
"""

import argparse
import dataclasses
import math
import statistics
import sys
import time

import numpy

THOUSAND, MILLION = 1_000, 1_000_000

# The functions of W5. Softmax names the length of its rows.
POINTWISE = ["relu", "leaky_relu", "sigmoid", "silu", "tanh", "gelu"]
ACTIVATIONS = [*POINTWISE, "softmax_10", "softmax_1000"]
LEAKY_SLOPE = 0.01


@dataclasses.dataclass
class Data:
    inputs: numpy.ndarray  # samples × features, float32
    labels: numpy.ndarray  # one class per sample, int64


@dataclasses.dataclass
class Training:
    """Dense layers of these widths with ReLU between, cross-entropy, Adam's usual constants."""

    widths: tuple[int, ...]
    learning_rate: float
    data: Data
    batch: int
    epochs: int
    loss_below: float = math.inf  # a run that ends above it has not done the job

    def batches(self):
        """Contiguous and not shuffled; the last may be smaller."""
        for start in range(0, len(self.data.labels), self.batch):
            rows = slice(start, start + self.batch)
            yield self.data.inputs[rows], self.data.labels[rows]


def circle(samples):
    generator = numpy.random.default_rng(0)
    points = generator.uniform(-1.5, 1.5, (samples, 2)).astype(numpy.float32)
    inside = (points**2).sum(axis=1) < 1
    return Data(points, inside.astype(numpy.int64))


def spiral(samples, arms):
    generator = numpy.random.default_rng(0)
    radius = numpy.tile(numpy.linspace(0, 1, samples), arms)
    labels = numpy.repeat(numpy.arange(arms), samples)
    angle = 2.5 * (4 * (labels + radius) + 0.2 * generator.standard_normal(samples * arms))
    points = radius[:, None] * numpy.stack([numpy.sin(angle), numpy.cos(angle)], axis=1)
    return Data(points.astype(numpy.float32), labels)


def noise(samples, features):
    generator = numpy.random.default_rng(0)
    inputs = generator.random((samples, features), dtype=numpy.float32)
    return Data(inputs, generator.integers(0, 10, samples))


def training(job):
    """W1 to W4."""
    match job:
        case "W1":
            return Training((2, 10, 2), 0.01, circle(1000), 1000, 100, loss_below=0.6)
        case "W2":
            return Training((2, 64, 3), 0.05, spiral(100, 3), 300, 1000, loss_below=0.6)
        case "W3":
            return Training((784, 128, 64, 10), 0.001, noise(60_000, 784), 128, 1)
        case "W4":
            return Training((1024, 2048, 2048, 10), 0.001, noise(256, 1024), 256, 1)


class Peer:
    """What a system may offer; what it leaves out is skipped."""

    name = ""
    version = ""

    def train(self, job, training):
        """Builds a network, takes one step to warm up, trains; the seconds and the last loss."""
        raise NotImplementedError

    def predict(self, widths):
        """A function that predicts one sample, as often as it is told."""
        raise NotImplementedError

    def activation(self, name, values):
        """Functions that apply `name` to `values` forward, and backward with `values` as ∂y.

        None where there is no such function."""
        raise NotImplementedError


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def per_call(function):
    """Seconds of one call, the mean over enough calls to fill 10 ms."""
    calls = max(1, math.ceil(0.01 / max(seconds(function), 1e-7)))
    start = time.perf_counter()
    for _ in range(calls):
        function()
    return (time.perf_counter() - start) / calls


def report(label, times):
    def readable(seconds):
        milliseconds = seconds * 1e3
        decimals = 9 if milliseconds < 1e-3 else 6 if milliseconds < 1 else 3
        return f"{milliseconds:.{decimals}f} ms"

    median, least = statistics.median(times), min(times)
    print(f"{label} median {readable(median)} min {readable(least)}", flush=True)


def run_training(peer, job, repeats):
    work = training(job)
    times = []
    for _ in range(repeats):
        elapsed, loss = peer.train(job, work)
        if not loss < work.loss_below:
            sys.exit(f"{peer.name}: {job} ended at a loss of {loss}, which is no training")
        times.append(elapsed)
    report(job, times)


def run_predictions(peer, repeats):
    for widths in [(2, 10, 2), (784, 128, 64, 10)]:
        predict = peer.predict(widths)
        predict()
        times = [per_call(predict) for _ in range(repeats)]
        report(f"W6 {'-'.join(map(str, widths))}", times)


def run_activations(peer, repeats, sizes):
    for elements in sizes:
        for name in ACTIVATIONS:
            columns = int(name.split("_")[1]) if name.startswith("softmax") else 100
            generator = numpy.random.default_rng(0)
            values = generator.uniform(-8, 8, (elements // columns, columns)).astype(numpy.float32)
            directions = peer.activation(name, values)
            for direction, function in zip(["forward", "backward"], directions or ()):
                function()
                times = [per_call(function) for _ in range(repeats)]
                report(f"W5 {name} {elements} {direction}", times)


def main(peer):
    parser = argparse.ArgumentParser(description=f"Times the jobs in {peer.name}.")
    parser.add_argument("jobs", nargs="*", metavar="job", help="W1 to W6")
    parser.add_argument("--repeats", type=int, default=9, metavar="N", help="runs of each job")
    parser.add_argument("--elements", type=int, action="append", metavar="N", help="sizes of W5")
    parser.add_argument("--version", action="version", version=f"{peer.name} {peer.version}")
    arguments = parser.parse_args()
    for job in arguments.jobs:
        match job:
            case "W1" | "W2" | "W3" | "W4":
                run_training(peer, job, arguments.repeats)
            case "W5":
                sizes = arguments.elements or [10 * THOUSAND, MILLION]
                run_activations(peer, arguments.repeats, sizes)
            case "W6":
                run_predictions(peer, arguments.repeats)
            case _:
                parser.error(f"there is no job {job}")
