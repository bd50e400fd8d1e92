#!/usr/bin/env python3
"""Prints the polynomial coefficients of src/math/.

Needs mpmath and numpy. The polynomials in f64 are Chebyshev interpolants at 400 bits, rounded once;
their printed error is absolute, before rounding. Where rounding to f32 would cost more than the
interpolation, the coefficients are fitted one after another, each to what those rounded before it
have left, and the printed error is the weighted one of the rounded polynomial.
"""
import struct

import numpy
from mpmath import mp, mpf, chebyfit, diff, erf, erfc, exp, log, ncdf as normal_cdf, nstr, pi, sqrt, tanh

mp.prec = 400


def single(x):
    return struct.unpack("<f", struct.pack("<f", float(x)))[0]


def show(name, function, a, b, terms, rounded=float):
    descending, error = chebyfit(function, [mpf(a), mpf(b)], terms, error=True)
    print(f"/// Error {nstr(error, 2)}.")
    print(f"const {name}: [{'f32' if rounded is single else 'f64'}; {terms}] = [")
    for coefficient in reversed(descending):
        print(f"    {rounded(coefficient)!r},")
    print("];")


def largest_error_smallest(points, values, weights, powers):
    """The coefficients of the least weighted maximal error (Lawson's iteration), and that error"""
    basis = numpy.stack([points**power for power in powers], 1)
    shares = numpy.ones_like(points)
    for _ in range(400):
        scale = numpy.sqrt(shares) * weights
        found = numpy.linalg.lstsq(basis * scale[:, None], values * scale, rcond=None)[0]
        errors = numpy.abs(weights * (values - basis @ found))
        shares *= errors / errors.max() + 1e-12
        shares /= shares.sum()
    return found, errors.max()


def show_fitted(name, function, weight, a, b, terms, pairs=0):
    """The first `pairs` coefficients are shown as a rounded value and what that leaves out."""
    points = (a + b) / 2 + (b - a) / 2 * numpy.cos(numpy.pi * (numpy.arange(400) + 0.5) / 400)
    left = numpy.array([float(function(mpf(x))) for x in points])
    weights = numpy.array([float(weight(mpf(x))) for x in points])
    shown = []
    for power in range(terms):
        exact = largest_error_smallest(points, left, weights, range(power, terms))[0][0]
        rounded = (single(exact), single(exact - single(exact)) if power < pairs else 0.0)
        left -= sum(rounded) * points**power
        shown.append(f"({short(rounded[0])}, {short(rounded[1])})" if pairs > power else short(rounded[0]))
    print(f"/// Weighted error {nstr(mpf(max(abs(left * weights))), 2)}.")
    print(f"{name}: {', '.join(shown)}")


def short(x):
    return repr(numpy.float32(x).item()) if x == 0 else str(numpy.float32(x))


def exp_tail(r):
    """(exp r - 1 - r) / r²"""
    return mpf(1) / 2 if abs(r) < mpf(10) ** -30 else (exp(r) - 1 - r) / r**2


def exp_cubic(r):
    """(exp r - 1 - r - r²/2) / r³"""
    return mpf(1) / 6 if abs(r) < mpf(10) ** -30 else (exp(r) - 1 - r - r**2 / 2) / r**3


def ln_tail(z):
    """(ln((1 + s) / (1 - s)) - 2s) / s³ with z = s²"""
    if z < mpf(10) ** -30:
        return mpf(2) / 3
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) - 2 * s) / s**3


def tanhshrink_near(z):
    """(x - tanh x) / x³ with z = x²"""
    if z < mpf(10) ** -30:
        return mpf(1) / 3 - 2 * z / 15
    x = sqrt(z)
    return (x - tanh(x)) / x**3


def tanhshrink_rest(z):
    """((x - tanh x) / x³ - ⅓) / x² with z = x²"""
    if z < mpf(10) ** -30:
        return mpf(-2) / 15
    return (tanhshrink_near(z) - mpf(1) / 3) / z


def erf_near(z):
    """(erf x / x - 2/√π) / x² with z = x²"""
    if z < mpf(10) ** -40:
        return -2 / (3 * sqrt(pi))
    x = sqrt(z)
    return (erf(x) / x - 2 / sqrt(pi)) / z


def normal_near(z):
    """((Φ(x) - ½) / x - 1/√(2π)) / x² with z = x²"""
    return erf_near(z / 2) / (4 * sqrt(mpf(2)))


def erfc_scaled(x):
    """exp(x²) erfc x"""
    return exp(x * x) * erfc(x)


def normal_scaled(x):
    """exp(x²/2) Φ(-x)"""
    return erfc_scaled(x / sqrt(mpf(2))) / 2


def rounded_to(x, bits):
    mantissa, exponent = numpy.frexp(x)
    return numpy.ldexp(numpy.rint(numpy.ldexp(mantissa, bits)), exponent - bits)


def show_table(name, values):
    print(f"const {name}: [f32; {len(values)}] = [{', '.join(map(short, values))}];")


def show_gelu_tables():
    """The tables of gelu_single.rs, in its own terms. A product of a power and a level is exact. The
    coefficients are rounded from the last to the first, the last ones to a few digits, and those
    before them make up for it. The printed errors are shares of the largest value."""
    step, bound, power_bits, level_bits = 11 / 128, 14.6, 20, 4
    h = log(2) / (8 * step)
    places = numpy.exp2(numpy.arange(16) / 16)
    scales = 1 + numpy.arange(2**18)[:, None] / 2**18
    errors = numpy.abs(rounded_to(scales * places, power_bits) / (scales * places) - 1).max(1)
    scale = mpf(scales[errors.argmin()].item())
    exact = [scale * mpf(2) ** (mpf(place) / 16) for place in range(16)]
    powers = [rounded_to(float(x), power_bits) for x in exact]
    show_table("POWERS", powers)
    show_table("POWER_ERRORS", [single(f"{float(x / power - 1):.2e}") for x, power in zip(exact, powers)])
    show_fitted("REMAINDER", lambda r: (exp(-h * r / 2) - 1) / r, abs, -step / 2, step / 2, 3)

    def gelu_factor(a):
        return exp(h * a**2 / 2) * normal_cdf(-a) / scale

    def slope_factor(a):
        return exp(h * a**2 / 2) * (normal_cdf(-a) - a * exp(-a * a / 2) / sqrt(2 * pi)) / scale

    tables = [("LEVELS", "SHARES", gelu_factor), ("SLOPE_LEVELS", "SLOPE_RESTS", slope_factor)]
    for levels_name, name, factor in tables:
        rows = [None] * 16
        for octave, width in enumerate([0.25, 0.5, 1.0, 2.0]):
            for part in range(4):
                start = 2.0**octave - 1 + part * width
                centre = start + width / 2
                level = rounded_to(float(factor(mpf(centre))), level_bits)
                unit = mpf(level) if name == "SHARES" else mpf(1)
                a, b = -width / 2, min(width / 2, bound - centre)
                points = (a + b) / 2 + (b - a) / 2 * numpy.cos(numpy.pi * (numpy.arange(40) + 0.5) / 40)
                left = numpy.array([float((factor(centre + mpf(t)) - level) / unit) for t in points])
                size = numpy.array([float(abs(factor(centre + mpf(t)) / unit)) for t in points]).max()
                coefficients = []
                for power in reversed(range(7)):
                    last = largest_error_smallest(points, left, 1.0, range(power + 1))[0][power]
                    coefficients.insert(0, single(f"{last:.{8 - power}e}"))
                    left -= coefficients[0] * points**power
                print(f"// {nstr(mpf(abs(left).max() / size), 2)}")
                rows[(4 * octave + part + 12) % 16] = (centre, level, coefficients)
        centres, levels, shares = zip(*rows)
        if name == "SHARES":
            show_table("CENTRES", centres)
        show_table(levels_name, levels)
        print(f"const {name}: [[f32; 7]; 16] = [")
        for coefficients in shares:
            print(f"    [{', '.join(map(short, coefficients))}],")
        print("];")


def ln_1p_tail(f):
    """(ln(1 + f) - f + f²/2) / f³"""
    return mpf(1) / 3 if abs(f) < mpf(10) ** -15 else (log(1 + f) - f + f * f / 2) / f**3


def tanh_near(z):
    """(tanh x / x - 1) / x² with z = x²"""
    x = sqrt(z)
    return -mpf(1) / 3 if z < mpf(10) ** -30 else (tanh(x) / x - 1) / z


def exp_twice_tail(r):
    """(exp 2r - 1 - 2r) / r²"""
    return 4 * exp_tail(2 * r)


def normal_tail_scaled(t):
    """Φ(-x) exp(x²/2) (x + 4) with t = (x - 4) / (x + 4)"""
    x = 4 * (1 + t) / (1 - t)
    return normal_scaled(x) * (x + 4)


def show_pair(name, exact, rounded=float):
    """A constant and what its rounding leaves out of it."""
    high = rounded(exact)
    print(f"const {name}: ({high!r}, {rounded(exact - mpf(high))!r});")


def show_integral(name, at_0, near, upper, weight, middle, furthest):
    """The figures of a GaussIntegral: its parts below and above the middle, the second of which is
    upper(x)·(x + weight) in t = (x - 4) / (x + 4)."""

    def function(t):
        x = 4 * (1 + t) / (1 - t)
        return upper(x) * (x + mpf(weight))

    constant = function(mpf(0))

    def rest(t):
        return diff(function, t) if abs(t) < mpf(10) ** -30 else (function(t) - constant) / t

    a, b = (1 - 8 / (mpf(x) + 4) for x in (middle, furthest))
    slopes = [diff(function, a + (b - a) * i / 100) for i in range(101)]
    show_pair(f"{name} at_0", at_0)
    show(f"{name} near", near, 0, mpf(middle) ** 2, 8)
    show_pair(f"{name} constant", constant)
    show(f"{name} rest", rest, a, b, 22)
    print(f"const {name} slope: f64 = {nstr((min(slopes) + max(slopes)) / 2, 2)};")


half_ln2 = log(2) / 2 * mpf("1.0001")
largest_s = (sqrt(2) - 1) / (sqrt(2) + 1) * mpf("1.0001")
show("EXP_CUBIC", exp_cubic, -half_ln2, half_ln2, 10)
show("LN_TAIL", ln_tail, 0, largest_s**2, 8)
show_integral("ERF", 2 / sqrt(pi), erf_near, erfc_scaled, "0.75", "0.477", "27.3")
show_integral("NORMAL", 1 / sqrt(2 * pi), normal_near, normal_scaled, "1.125", "0.65", "38.7")
show_pair("LN_2", log(2))
show_pair("SCALE", 2 * sqrt(2 / pi))
show_pair("CUBIC", mpf("0.044715"))

print("// single.rs")
half_ln2 = log(2) / 2 * mpf("1.001")
show_fitted("EXP_TAIL", exp_tail, lambda r: r**2, -float(half_ln2), float(half_ln2), 5)
show_fitted("TANH_NEAR", tanh_near, lambda z: z, 0.0, 0.64**2, 5)
show_fitted("TANH_FAR", exp_twice_tail, lambda r: r**2, -float(half_ln2) / 2, float(half_ln2) / 2, 5)
show("LN_TAIL", ln_1p_tail, (sqrt(mpf(1) / 2) - 1) * mpf("1.0001"), (sqrt(2) - 1) * mpf("1.0001"), 9, single)
print("// normal_single.rs")
farthest = float((mpf("14.45") - 4) / (mpf("14.45") + 4))
show_fitted("START, REST", normal_tail_scaled, lambda t: 1 / normal_tail_scaled(t), -1.0, farthest, 11, pairs=1)
show_pair("DENSITY_AT_0", 1 / sqrt(2 * pi), single)
print("// gelu_single.rs")
show_gelu_tables()
print("// gelu_tanh_single.rs")
show_pair("SCALE", 2 * sqrt(2 / pi), single)
show_pair("CUBIC", mpf("0.044715"), single)
print("// brief.rs")
half_ln2 = log(2) / 2 * mpf("1.0001")
show("EXP_TAIL", exp_tail, -half_ln2, half_ln2, 6)
print("// softplus_single.rs")
show("LN_TAIL", ln_tail, 0, mpf(1) / 9, 5, single)
print("// softplus.rs")
show("LN_TAIL", ln_tail, 0, mpf(1) / 9, 12)
print("// tanhshrink.rs")
show("NEAR_SINGLE", tanhshrink_near, 0, mpf("0.55") ** 2, 8)
show("NEAR", tanhshrink_rest, 0, mpf("0.55") ** 2, 12)
show_pair("THIRD", mpf(1) / 3)
print("// selu.rs")
scale = mpf("1.0507009873554804934193349852946")
show_pair("SCALE", scale)
show_pair("SCALE_ALPHA", scale * mpf("1.6732632423543772848170429916717"))
