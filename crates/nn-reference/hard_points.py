#!/usr/bin/env python3
"""Computes the exact values in data/hard_points.json anew, at the points that stand there.

Needs mpmath. The exact value is exact_y plus rest units in the last place of exact_y, which are
counted from exact_y to the next number towards 0 (from 0 itself, to the smallest number).
"""
import json
import math
import struct
from pathlib import Path

from mpmath import mp, mpf, erf, erfc, exp, expm1, log, log1p, pi, sqrt, tanh

mp.prec = 1600
path = Path(__file__).parent / "data" / "hard_points.json"


def normal_cdf(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def sigmoid(x):
    return 1 / (1 + exp(-x))


functions = {
    "exp": exp,
    "expm1": expm1,
    "log": log,
    "log1p": log1p,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "erf": erf,
    "erfc": erfc,
    "normal_cdf": normal_cdf,
    "gelu": lambda x: x * normal_cdf(x),
    "gelu_tanh": lambda x: x * sigmoid(2 * sqrt(2 / pi) * (x + mpf("0.044715") * x**3)),
    "normal_density": lambda x: exp(-x * x / 2) / sqrt(2 * pi),
}


def read(text):
    return [struct.unpack(">d", bytes.fromhex(word))[0] for word in text.split()]


def write(numbers):
    return " ".join(struct.pack(">d", number).hex() for number in numbers)


def nearest(exact):
    """The nearest f64, rounded once where it is subnormal as well."""
    unit = mpf(2) ** max(mp.mag(exact) - 53, -1074)
    scaled = mp.nint(exact / unit)
    return math.ldexp(int(scaled), int(mp.log(unit, 2)))


def split(exact):
    y = nearest(exact)
    unit = abs(y) - math.nextafter(abs(y), 0.0) if y else 5e-324
    return y, float((exact - mpf(y)) / mpf(unit))


content = json.loads(path.read_text())
for case in content["cases"]:
    values = [split(functions[case["name"]](mpf(x))) for x in read(case["x_f64"])]
    case["exact_y_f64"] = write(y for y, _ in values)
    case["rest_ulps_f64"] = write(rest for _, rest in values)
path.write_text(json.dumps(content, indent=1) + "\n")
