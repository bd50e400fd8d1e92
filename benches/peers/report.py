"""The measurements as a document with tables."""

import datetime
import statistics

from jobs import least_memory
from systems import OURS, machine
from tables import NOTHING, digits, duration, megabytes, ratio, table


def rows(systems, columns, cell):
    """A row for each system that has something in one of the columns."""
    for system in systems:
        cells = [cell(system, column) for column in columns]
        if any(text != NOTHING for text in cells):
            yield [system.title, *cells]


def time_table(labels, systems, results):
    def cell(system, label):
        found = results.has(label, system.key)
        return duration(results.seconds(label, system.key)) if found else NOTHING

    return table(["", *labels], rows(systems, labels, cell))


def ratio_table(labels, systems, results):
    """The time of nn, and how many times longer the others took."""

    def cell(system, label):
        if system is OURS:
            return duration(results.seconds(label, system.key))
        ratios = results.ratios(label, system.key)
        return ratio(ratios) if ratios else NOTHING

    return table(["", *labels], rows(systems, labels, cell))


def memory_table(systems, results):
    def cell(system, job):
        return megabytes(results.memory[job].get(system.key))

    jobs = list(results.memory)
    least = ["arithmetic minimum", *(megabytes(least_memory(job)) for job in jobs)]
    return table(["", *jobs], [least, *rows(systems, jobs, cell)])


def activation_table(size, labels, systems, results):
    """A row for each function and direction, in 10⁹ values a second."""
    present = [
        system for system in systems if any(results.has(label, system.key) for label in labels)
    ]

    def row(label):
        _, name, _, direction = label.split()
        cells, ratios = [f"{name} {direction}"], []
        for system in present:
            found = results.has(label, system.key)
            cells.append(
                digits(size / results.seconds(label, system.key) / 1e9) if found else NOTHING
            )
            if found and system is not OURS:
                ratios.append(results.ratios(label, system.key))
        return [*cells, ratio(min(ratios, key=statistics.median))]

    header = [f"{size} values", *(system.title for system in present), "fastest peer ÷ nn"]
    return table(header, map(row, labels))


def activation_tables(labels, systems, results):
    """One for each size."""
    sizes = {}
    for label in labels:
        sizes.setdefault(int(label.split()[2]), []).append(label)
    return [activation_table(size, sizes[size], systems, results) for size in sorted(sizes)]


def document(jobs, systems, results, rounds):
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
            ratio_table(training, systems, results),
        ]
    if activations:
        tables = activation_tables(activations, systems, results)
        parts += [
            "Activations, in 10⁹ values a second, and how many times longer the fastest peer took.",
            tables[-1],
        ]
    parts += ["<!-- end: README -->"]
    if training:
        parts += ["## Times", time_table(training, systems, results)]
    if activations and tables[:-1]:
        parts += ["## Activations of fewer values", *tables[:-1]]
    if results.memory:
        parts += [
            "## Peak memory",
            "The most that was resident, the program and its libraries included. The arithmetic\n"
            "minimum is the parameters, their gradients and two moments, the data, and what the\n"
            "layers put out.",
            memory_table(systems, results),
        ]
    parts += ["## The jobs", "\n".join(f"- **{job.key}** {job.about}" for job in jobs)]
    versions = [f"- {system.title}: {system.version}" for system in systems]
    parts += ["## Versions", "\n".join(versions)]
    if results.skipped:
        parts += ["## Skipped", "\n".join(f"- {line}" for line in results.skipped)]
    return "\n\n".join(parts) + "\n"
