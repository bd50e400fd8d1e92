#!/usr/bin/env python3
"""Computes the exact values and slopes in data/hard_points.json anew.

Needs mpmath. The points are those that stand there already, where a function was once found furthest
from the exact value, and those of `points`: all magnitudes, the range in which networks work, where
results underflow, and the surroundings of each place that is hard for a function.

The exact value is exact_y plus rest units in the last place of exact_y, which are counted from
exact_y to the next number towards 0 (from 0 itself, to the smallest number). Options are exactly the
f64 that they are given as.
"""
import json
import math
import random
import struct
from pathlib import Path

from mpmath import mp, mpf, cosh, exp, expm1, log, log1p, pi, sqrt, tanh

mp.prec = 1600
path = Path(__file__).parent / "data" / "hard_points.json"


def erf(x):
    return mp.erf(clamp(x, -100, 100))


def erfc(x):
    # Beyond, where mpmath's own gives up, it is as little as here.
    return mp.erfc(clamp(x, -100, 100))


def normal_cdf(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def normal_density(x):
    return exp(-x * x / 2) / sqrt(2 * pi)


def sigmoid(x):
    return 1 / (1 + exp(-x))


def sigmoid_slope(x):
    return sigmoid(x) * sigmoid(-x)


def gate(x):
    return 2 * sqrt(2 / pi) * (x + mpf("0.044715") * x**3)


def gate_slope(x):
    return 2 * sqrt(2 / pi) * (1 + 3 * mpf("0.044715") * x**2)


def mish_gate(x):
    """tanh(ln(1 + exp x))"""
    n = exp(x) * (exp(x) + 2)
    return n / (n + 2)


def mish_gate_slope(x):
    return 4 * exp(x) * (1 + exp(x)) / (exp(x) * (exp(x) + 2) + 2) ** 2


def softplus(x):
    return log1p(exp(x)) if x < 0 else x + log1p(exp(-x))


def tanhshrink(x):
    # Below, the difference would lose more digits than there are to lose.
    return x**3 / 3 if 0 < abs(x) < mpf(2) ** -500 else x - tanh(x)


def clamp(x, least, most):
    return min(max(x, least), most)


SELU_SCALE = mpf("1.0507009873554804934193349852946")
SELU_ALPHA = mpf("1.6732632423543772848170429916717")

# Value, slope (where one is tested), options, and the places that are hard.
CASES = [
    ("exp", exp, None, {}, [-708.4, -745.1, 709.78]),
    ("expm1", expm1, None, {}, [0.3466, -0.3466, 709.78, -37.4]),
    ("log", log, None, {}, [1.0, 0.7071, 1.4142]),
    ("log1p", log1p, None, {}, [-0.9999, -0.293, 0.4142, 1.0]),
    ("tanh", tanh, lambda x: 1 / cosh(x) ** 2, {}, [0.17, 19.06]),
    ("sigmoid", sigmoid, sigmoid_slope, {}, [-708.4, -745.1, 36.7]),
    ("erf", erf, None, {}, [0.477, 5.92]),
    ("erfc", erfc, None, {}, [0.477, -0.477, 26.54, 27.22]),
    ("normal_cdf", normal_cdf, None, {}, [0.65, -0.65, -37.5, -38.4]),
    ("normal_density", normal_density, None, {}, [37.6, 38.5]),
    ("relu", lambda x: max(x, 0), lambda x: int(x > 0), {}, []),
    ("relu6", lambda x: clamp(x, 0, 6), lambda x: int(0 < x < 6), {}, [6.0]),
    (
        "leaky_relu",
        lambda x, negative_slope: x if x > 0 else negative_slope * x,
        lambda x, negative_slope: 1 if x > 0 else negative_slope,
        {"negative_slope": 0.01},
        [],
    ),
    *(
        (
            "elu",
            lambda x, alpha: x if x > 0 else alpha * expm1(x),
            lambda x, alpha: 1 if x > 0 else alpha * exp(x),
            {"alpha": alpha},
            [-0.3466, -37.4],
        )
        for alpha in (1.0, 0.7)
    ),
    *(
        (
            "celu",
            lambda x, alpha: x if x > 0 else alpha * expm1(x / alpha),
            lambda x, alpha: 1 if x > 0 else exp(x / alpha),
            {"alpha": alpha},
            [-0.3466 * alpha, -37.4 * alpha],
        )
        for alpha in (1.0, 2.3)
    ),
    (
        "selu",
        lambda x: SELU_SCALE * (x if x > 0 else SELU_ALPHA * expm1(x)),
        lambda x: SELU_SCALE * (1 if x > 0 else SELU_ALPHA * exp(x)),
        {},
        [-0.3466, -37.4],
    ),
    (
        "gelu",
        lambda x: x * normal_cdf(x),
        lambda x: normal_cdf(x) + x * normal_density(x),
        {},
        [0.65, -0.65, -0.7518, -37.5, -38.4],
    ),
    (
        "gelu_tanh",
        lambda x: x * sigmoid(gate(x)),
        lambda x: sigmoid(gate(x)) + x * gate_slope(x) * sigmoid_slope(gate(x)),
        {},
        [-0.7524, -20.8, -21.3],
    ),
    ("logsigmoid", lambda x: -softplus(-x), lambda x: sigmoid(-x), {}, [-36.7, 708.4, 745.1]),
    *(
        (
            "softplus",
            lambda x, beta: softplus(beta * x) / beta,
            lambda x, beta: sigmoid(beta * x),
            {"beta": beta},
            [20 / beta, 36.7 / beta, 40 / beta, -708.4 / beta, -745.1 / beta],
        )
        for beta in (1.0, 3.0, 0.1)
    ),
    ("softsign", lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2, {}, [1.0, 9.0e15]),
    (
        "silu",
        lambda x: x * sigmoid(x),
        lambda x: sigmoid(x) + x * sigmoid_slope(x),
        {},
        [-1.2784645, 40.0, -708.4, -745.1, -751.7],
    ),
    (
        "mish",
        lambda x: x * mish_gate(x),
        lambda x: mish_gate(x) + x * mish_gate_slope(x),
        {},
        [-1.1924, -0.88, 18.7, 40.0, -708.4, -751.0],
    ),
    (
        "hardsigmoid",
        lambda x: clamp(x + 3, 0, 6) / 6,
        lambda x: mpf(int(abs(x) < 3)) / 6,
        {},
        [-3.0, 3.0, -1.0],
    ),
    (
        "hardswish",
        lambda x: x * clamp(x + 3, 0, 6) / 6,
        lambda x: (2 * x + 3) / 6 if abs(x) < 3 else int(x > 0),
        {},
        [-3.0, 3.0, -1.5],
    ),
    *(
        (
            "hardtanh",
            lambda x, min_val, max_val: clamp(x, min_val, max_val),
            lambda x, min_val, max_val: int(min_val < x < max_val),
            {"min_val": least, "max_val": most},
            [least, most],
        )
        for least, most in ((-1.0, 1.0), (-0.3, 2.0))
    ),
    *(
        (
            "hardshrink",
            lambda x, lambd: x if abs(x) > lambd else 0,
            lambda x, lambd: int(abs(x) > lambd),
            {"lambd": width},
            [width, -width],
        )
        for width in (0.5, 0.3)
    ),
    *(
        (
            "softshrink",
            lambda x, lambd: max(x - lambd, 0) + min(x + lambd, 0),
            lambda x, lambd: int(abs(x) > lambd),
            {"lambd": width},
            [width, -width],
        )
        for width in (0.5, 0.3)
    ),
    ("tanhshrink", tanhshrink, lambda x: tanh(x) ** 2, {}, [0.55, -0.55, 1e-100, 2.9e-103, 2e-108]),
    (
        "threshold",
        lambda x, threshold, value: x if x > threshold else value,
        lambda x, threshold, value: int(x > threshold),
        {"threshold": 0.1, "value": 20.0},
        [0.1],
    ),
]


def points(places):
    draw = random.Random(0)
    found = [0.0, -0.0]
    for sign in (1, -1):
        found += (sign * math.ldexp(draw.uniform(1, 2), k) for k in range(-1074, 1024, 21))
        found += (sign * math.ldexp(draw.uniform(1, 2), k) for k in range(-60, 10))
        found += (sign * math.ldexp(draw.uniform(1, 2), k) for k in range(-4, 5) for _ in range(10))
        found += (sign * draw.uniform(690, 760) for _ in range(20))
    found += (draw.uniform(-10, 10) for _ in range(100))
    for place in places:
        found += (math.nextafter(place, to) for to in (-math.inf, math.inf))
        found += (place * (1 + sign * 2.0**-j) for j in range(4, 53, 4) for sign in (1, -1))
    return found


def read(text):
    return [struct.unpack(">d", bytes.fromhex(word))[0] for word in text.split()]


def write(numbers, kind=">d"):
    return " ".join(struct.pack(kind, number).hex() for number in numbers)


def nearest(exact):
    """The nearest f64, rounded once where it is subnormal as well."""
    if abs(exact) >= mpf(2) ** 1024 - mpf(2) ** 970:
        return math.copysign(math.inf, exact)
    unit = mpf(2) ** max(mp.mag(exact) - 53, -1074)
    scaled = mp.nint(exact / unit)
    return math.ldexp(int(scaled), int(mp.log(unit, 2)))


def split(exact):
    y = nearest(exact)
    if math.isinf(y):
        return y, 0.0
    unit = abs(y) - math.nextafter(abs(y), 0.0) if y else 5e-324
    return y, float((exact - mpf(y)) / mpf(unit))


def case(name, value, slope, options, places, stand):
    kinks = {x for sign in (1, -1) for x in (sign * place for place in places)} | {0.0}
    domain = {"log": lambda x: x > 0, "log1p": lambda x: x > -1}.get(name, lambda x: True)
    chosen = [x for x in dict.fromkeys(stand + points(places)) if domain(x)]
    exact = {key: mpf(option) for key, option in options.items()}
    values = [split(value(mpf(x), **exact)) for x in chosen]
    content = {
        "name": name,
        "params": options,
        "x_f64": write(chosen),
        "exact_y_f64": write(y for y, _ in values),
        "rest_ulps_f32": write((rest for _, rest in values), ">f"),
    }
    if slope:
        # No slope is judged at a kink: what stands there is "some NaN".
        slopes = (math.nan if x in kinks else nearest(mpf(slope(mpf(x), **exact))) for x in chosen)
        content["exact_dx_f64"] = write(slopes)
    return content


before = {(case["name"], str(case.get("params", {}))): case for case in json.loads(path.read_text())["cases"]}
cases = []
for name, value, slope, options, places in CASES:
    stand = before.get((name, str(options)), {"x_f64": ""})
    cases.append(case(name, value, slope, options, places, read(stand["x_f64"])))
path.write_text(json.dumps({"cases": cases}, indent=1) + "\n")
print(sum(len(case["x_f64"].split()) for case in cases), "points")
