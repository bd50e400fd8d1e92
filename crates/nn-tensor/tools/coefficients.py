#!/usr/bin/env python3
"""Prints the polynomial coefficients of src/math/.

Needs mpmath. Every polynomial is the Chebyshev interpolant at 400 bits, rounded once to f64, or to
f32 where it serves single.rs. The printed error is absolute, that of the polynomial before rounding.
"""
import struct

from mpmath import mp, mpf, chebyfit, diff, erf, erfc, exp, log, nstr, pi, sqrt, tanh

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


def tanh_tail(z):
    """(tanh x - x) / x³ with z = x²"""
    if z < mpf(10) ** -30:
        return mpf(-1) / 3
    x = sqrt(z)
    return (tanh(x) - x) / x**3


def ln_1p_tail(f):
    """(ln(1 + f) - f + f²/2) / f³"""
    return mpf(1) / 3 if abs(f) < mpf(10) ** -15 else (log(1 + f) - f + f * f / 2) / f**3


def normal_tail_scaled(t):
    """Φ(-x) exp(x²/2) (x + 4) with t = (x - 4) / (x + 4)"""
    x = 4 * (1 + t) / (1 - t)
    return normal_scaled(x) * (x + 4)


def show_pair(name, exact):
    """A constant and what f64 leaves out of it."""
    print(f"const {name}: (f64, f64) = ({float(exact)!r}, {float(exact - mpf(float(exact)))!r});")


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
show("EXP_TAIL", exp_tail, -half_ln2, half_ln2, 6, single)
show("TANH_TAIL", tanh_tail, 0, mpf("0.56") ** 2, 7, single)
show("LN_TAIL", ln_1p_tail, (sqrt(mpf(1) / 2) - 1) * mpf("1.0001"), (sqrt(2) - 1) * mpf("1.0001"), 9, single)
print("// normal_single.rs")
show("EXP_TAIL", exp_tail, -half_ln2, half_ln2, 6)
show("TAIL_SCALED", normal_tail_scaled, -1, mpf(11) / 19, 11)
