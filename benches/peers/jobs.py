"""The jobs that are compared."""

import dataclasses
import itertools


@dataclasses.dataclass
class Job:
    key: str
    about: str
    # How often a program repeats the job before it says the median.
    repeats: int
    threads: int = 1
    # Numbers of values in W5; none for the usual ones.
    elements: list[int] = dataclasses.field(default_factory=list)

    @property
    def work(self):
        """The name that the programs know it by."""
        return self.key.split("x")[0]


JOBS = [
    Job("W1", "circle: 1000 × 2, 2-10-2 ReLU, Adam, full batch, 100 epochs", 15),
    Job("W2", "spiral: 300 × 2, 2-64-3 ReLU, Adam, full batch, 1000 epochs", 3),
    Job("W3", "60,000 × 784, 784-128-64-10 ReLU, Adam, batch 128, one epoch", 2),
    Job("W4", "1024-2048-2048-10 ReLU, Adam, batch 256, one step", 5),
    Job("W4x2", "the same with two threads", 5, threads=2),
    Job("W5", "activations of 10⁴ and 10⁶ values, forward and backward", 5),
    Job("W6", "one sample through 2-10-2 and through 784-128-64-10", 9),
]

# Samples, widths of the layers and rows of a batch, for the least memory that a job can need.
SHAPES = {
    "W1": (1000, [2, 10, 2], 1000),
    "W2": (300, [2, 64, 3], 300),
    "W3": (60_000, [784, 128, 64, 10], 128),
    "W4": (256, [1024, 2048, 2048, 10], 256),
}


def least_memory(job):
    """Bytes of parameters, gradients and two moments, the data, and what the layers put out."""
    samples, widths, batch = SHAPES[job]
    parameters = sum((inputs + 1) * outputs for inputs, outputs in itertools.pairwise(widths))
    data = samples * (widths[0] + 1)
    return 4 * (4 * parameters + data + batch * sum(widths[1:]))
