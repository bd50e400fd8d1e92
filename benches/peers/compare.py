#!/usr/bin/env python3
"""Runs the same jobs in nn and in other systems, pair by pair, and writes a table of ratios."""

import argparse
import dataclasses
import os
import pathlib
import sys
import time

from jobs import JOBS, SHAPES
from report import document
from results import Results
from systems import HERE, OURS, PEERS, Missing, default_python
from tables import duration, ratio


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
    text = document(jobs, [OURS, *peers], results, rounds)
    options.output.write_text(text)
    print(f"\n{text}\nwritten to {options.output} after {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
