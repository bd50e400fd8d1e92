"""Tables in Markdown whose columns line up, and numbers with as many digits as say something."""

import statistics


# Where there was nothing to measure.
NOTHING = "–"


def table(header, rows):
    """The first column is text and the others are numbers."""
    rows = list(rows)
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]

    def line(cells):
        first, *others = zip(cells, widths)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        return f"| {' | '.join(padded)} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([line(header), line(rule), *map(line, rows)])


def digits(value):
    """Three digits that count: 0.431, 5.81, 59.1, 412, 1234."""
    decimals = 3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{decimals}f}"


def duration(seconds):
    for unit, scale in [("s", 1), ("ms", 1e-3), ("µs", 1e-6)]:
        if seconds >= scale:
            return f"{digits(seconds / scale)} {unit}"
    return f"{digits(seconds / 1e-9)} ns"


def ratio(ratios):
    """The median, and in brackets the least and the greatest."""
    return f"{digits(statistics.median(ratios))} ({digits(min(ratios))}–{digits(max(ratios))})"


def megabytes(count):
    return NOTHING if count is None else f"{digits(count / 1e6)} MB"
