#!/usr/bin/env python3
"""Runs the same jobs in nn and in other systems, pair by pair, and writes a table of ratios."""

import argparse
import collections
import dataclasses
import datetime
import itertools
import os
import pathlib
import statistics
import sys
import time

from systems import HERE, OURS, PEERS, Missing, default_python, machine
from tables import digits, duration, megabytes, ratio, table


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
    samples, widths, batch = SHAPES[job.key]
    parameters = sum((inputs + 1) * outputs for inputs, outputs in itertools.pairwise(widths))
    data = samples * (widths[0] + 1)
    return 4 * (4 * parameters + data + batch * sum(widths[1:]))


class Results:
    """For each line that a job prints and each peer, pairs of seconds: ours, then theirs."""

    def __init__(self):
        self.pairs = collections.defaultdict(lambda: collections.defaultdict(list))
        self.memory = collections.defaultdict(dict)
        self.skipped = []

    def add(self, job, peer, ours, theirs):
        for label in theirs:
            if label in ours:
                name = label.replace(job.work, job.key, 1)
                self.pairs[name][peer.key].append((ours[label], theirs[label]))

    def skip(self, what, reason):
        self.skipped.append(f"{what}: {reason}")
        print(f"skipped {what}: {reason}", flush=True)

    def ratios(self, label, key):
        return [theirs / ours for ours, theirs in self.pairs[label][key]]

    def seconds(self, label, key):
        """The median time of a peer, or of nn in all pairs."""
        by_peer = self.pairs[label]
        if key == OURS.key:
            return statistics.median(ours for pairs in by_peer.values() for ours, _ in pairs)
        return statistics.median(theirs for _, theirs in by_peer[key])

    def labels(self, jobs):
        return [label for job in jobs for label in self.pairs if label.split()[0] == job.key]


def compare(job, peers, rounds, results):
    """Runs nn and a peer in turn, so that what drifts meets both alike."""
    if job.threads > os.cpu_count():
        return results.skip(job.key, f"it is for {job.threads} cores")
    for peer in peers:
        if job.work not in peer.jobs.split():
            continue
        try:
            for _ in range(rounds):
                try:
                    ours = OURS.run(job)
                except Missing as missing:
                    return results.skip(job.key, f"nn: {missing}")
                results.add(job, peer, ours, peer.run(job))
        except Missing as missing:
            results.skip(f"{job.key} in {peer.title}", missing)
            continue
        show(job, peer, results)


def show(job, peer, results):
    for label in results.labels([job]):
        if peer.key in results.pairs[label]:
            ours, theirs = (duration(results.seconds(label, key)) for key in [OURS.key, peer.key])
            times = f"{ours:>9}{theirs:>10}"
            ratios = ratio(results.ratios(label, peer.key))
            print(f"{label:<36}{peer.title:<22}{times}   × {ratios}", flush=True)


def weigh(job, peers, results):
    """The peak memory of each program."""
    for system in [OURS, *peers]:
        if job.work in system.jobs.split():
            try:
                results.memory[job.key][system.key] = system.peak_memory(job)
            except Missing as missing:
                results.skip(f"memory of {job.key} in {system.title}", missing)


def ratio_table(labels, peers, results):
    """A row for each system, a column for each job."""
    rows = [["nn", *(duration(results.seconds(label, OURS.key)) for label in labels)]]
    for peer in peers:
        cells = [
            ratio(ratios) if (ratios := results.ratios(label, peer.key)) else "–"
            for label in labels
        ]
        if any(cell != "–" for cell in cells):
            rows.append([peer.title, *cells])
    return table(["", *labels], rows)


def time_table(labels, peers, results):
    rows = []
    for system in [OURS, *peers]:
        cells = [
            duration(results.seconds(label, system.key))
            if system is OURS or results.pairs[label][system.key]
            else "–"
            for label in labels
        ]
        if any(cell != "–" for cell in cells):
            rows.append([system.title, *cells])
    return table(["", *labels], rows)


def activation_tables(labels, peers, results):
    """For each size a table: a row for each function and direction, in 10⁹ elements a second."""
    sizes = sorted({int(label.split()[2]) for label in labels})
    for size in sizes:
        chosen = [label for label in labels if int(label.split()[2]) == size]
        present = [
            peer for peer in peers if any(results.pairs[label][peer.key] for label in chosen)
        ]
        rows = []
        for label in chosen:
            _, name, _, direction = label.split()
            speeds = [
                digits(size / results.seconds(label, system.key) / 1e9)
                if system is OURS or results.pairs[label][system.key]
                else "–"
                for system in [OURS, *present]
            ]
            keys = [peer.key for peer in present if results.pairs[label][peer.key]]
            fastest = min(keys, key=lambda key: statistics.median(results.ratios(label, key)))
            rows.append([f"{name} {direction}", *speeds, ratio(results.ratios(label, fastest))])
        header = [f"{size} values", "nn", *(peer.title for peer in present), "fastest peer ÷ nn"]
        yield table(header, rows)


def memory_table(jobs, peers, results):
    jobs = [job for job in jobs if job.key in results.memory]
    rows = [["arithmetic minimum", *(megabytes(least_memory(job)) for job in jobs)]]
    for system in [OURS, *peers]:
        cells = [
            megabytes(results.memory[job.key][system.key])
            if system.key in results.memory[job.key]
            else "–"
            for job in jobs
        ]
        if any(cell != "–" for cell in cells):
            rows.append([system.title, *cells])
    return table(["", *(job.key for job in jobs)], rows)


def document(jobs, peers, results, rounds):
    """What is written: the machine, the tables, and what was left out."""
    date = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d")
    training = results.labels([job for job in jobs if job.key != "W5"])
    activations = results.labels([job for job in jobs if job.key == "W5"])
    parts = [
        "# nn beside other systems",
        "Written by `python3 benches/peers/compare.py`; the [README](README.md) beside it says\n"
        "what is compared, and how.",
        "<!-- begin: README -->",
        f"{machine()}; {date}. All `f32`, on one thread; W4x2 is W4 on two.",
    ]
    if training:
        parts += [
            "The first row is the time of nn, the others how many times longer it took: the\n"
            f"median of {rounds} pairs of runs, the least and the greatest.",
            ratio_table(training, peers, results),
        ]
    if activations:
        tables = list(activation_tables(activations, peers, results))
        parts += [
            "Activations, in 10⁹ values a second, and how many times longer the fastest peer took.",
            tables[-1],
        ]
    parts += ["<!-- end: README -->"]
    if training:
        parts += ["## Times", time_table(training, peers, results)]
    if activations and tables[:-1]:
        parts += ["## Activations of fewer values", *tables[:-1]]
    if results.memory:
        parts += [
            "## Peak memory",
            "The most that was resident, the program and its libraries included. The arithmetic\n"
            "minimum is the parameters, their gradients and two moments, the data, and what the\n"
            "layers put out.",
            memory_table(jobs, peers, results),
        ]
    parts += ["## The jobs", "\n".join(f"- **{job.key}** {job.about}" for job in jobs)]
    versions = [f"- {system.title}: {system.version}" for system in [OURS, *peers]]
    parts += ["## Versions", "\n".join(versions)]
    if results.skipped:
        parts += ["## Skipped", "\n".join(f"- {line}" for line in results.skipped)]
    return "\n\n".join(parts) + "\n"


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="jobs:\n"
        + "\n".join(f"  {job.key:<6}{job.about}" for job in JOBS)
        + "\n\nsystems:\n"
        + "\n".join(f"  {peer.key:<15}{peer.title}: {peer.jobs}" for peer in PEERS),
    )

    def chosen_from(items):
        known = {item.key: item for item in items}

        def choose(text):
            names = text.split(",")
            if unknown := [name for name in names if name not in known]:
                raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(known)}")
            return [item for key, item in known.items() if key in names]

        return choose

    def count(text):
        number = int(text)
        if number < 1:
            raise ValueError
        return number

    parser.add_argument("--jobs", type=chosen_from(JOBS), default=JOBS, metavar="W1,W2")
    parser.add_argument("--systems", type=chosen_from(PEERS), default=PEERS, metavar="c,jax")
    parser.add_argument("--rounds", type=count, metavar="N", help="pairs of runs (default 5)")
    parser.add_argument(
        "--repeats",
        type=count,
        metavar="N",
        help="runs of a job in each program, of which the median counts (default: by job)",
    )
    parser.add_argument(
        "--elements",
        type=count,
        nargs="+",
        default=[],
        metavar="N",
        help="numbers of values in W5 (default: 10000 and 1000000)",
    )
    parser.add_argument(
        "--threads", type=count, metavar="N", help="for all jobs (default: as listed)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds, no memory: about 5 minutes"
    )
    parser.add_argument(
        "--output",
        type=pathlib.Path,
        default=HERE / "RESULTS.md",
        metavar="FILE",
        help="where to write the tables (default: RESULTS.md beside this program)",
    )
    parser.add_argument(
        "--python",
        default=default_python(),
        metavar="PATH",
        help="the Python that has PyTorch, JAX, NumPy and scikit-learn (default: .venv beside this"
        " program, or else the one that runs it)",
    )
    return parser.parse_args()


def main():
    options = parse_arguments()
    rounds = options.rounds or (2 if options.quick else 5)
    jobs = [
        dataclasses.replace(
            job,
            repeats=options.repeats or job.repeats,
            threads=options.threads or job.threads,
            elements=options.elements if job.key == "W5" else [],
        )
        for job in options.jobs
    ]
    results = Results()
    try:
        OURS.prepare(options)
    except Missing as missing:
        sys.exit(f"nn: {missing}")
    peers = []
    for peer in options.systems:
        try:
            peer.prepare(options)
            peers.append(peer)
        except Missing as missing:
            results.skip(peer.title, missing)
    start = time.monotonic()
    print(f"\n{'job':<36}{'peer':<22}{'nn':>9}{'peer':>10}   ratio (least–greatest)")
    try:
        for job in jobs:
            compare(job, peers, rounds, results)
        if not options.quick:
            for job in jobs:
                if job.key in SHAPES:
                    weigh(job, peers, results)
    except KeyboardInterrupt:
        results.skip("the rest", "interrupted")
    text = document(jobs, peers, results, rounds)
    options.output.write_text(text)
    print(f"\n{text}\nwritten to {options.output} after {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
