#!/usr/bin/env python3
"""Prints the polynomial coefficients of src/math/.

Needs mpmath. Every polynomial is the Chebyshev interpolant at 400 bits, rounded once to f64.
The printed error is absolute, that of the polynomial before rounding.
"""
from mpmath import mp, mpf, chebyfit, erf, erfc, exp, log, nstr, pi, sqrt

mp.prec = 400


def show(name, function, a, b, terms):
    descending, error = chebyfit(function, [mpf(a), mpf(b)], terms, error=True)
    print(f"/// Error {nstr(error, 2)}.")
    print(f"const {name}: [f64; {terms}] = [")
    for coefficient in reversed(descending):
        print(f"    {float(coefficient)!r},")
    print("];")


def exp_tail(r):
    """(exp r - 1 - r) / r²"""
    return mpf(1) / 2 if abs(r) < mpf(10) ** -30 else (exp(r) - 1 - r) / r**2


def ln_tail(z):
    """(ln((1 + s) / (1 - s)) - 2s) / s³ with z = s²"""
    if z < mpf(10) ** -30:
        return mpf(2) / 3
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) - 2 * s) / s**3


def erf_tail(z):
    """erf x / x - 1 with z = x²"""
    if z < mpf(10) ** -40:
        return 2 / sqrt(pi) - 1
    x = sqrt(z)
    return erf(x) / x - 1


def erfc_scaled(t):
    """(1 + 2x) exp(x²) erfc x with t = (x - 4) / (x + 4), so that [0, ∞] becomes [-1, 1]"""
    if t >= 1:
        return 2 / sqrt(pi)
    x = 4 * (1 + t) / (1 - t)
    if x > 1e5:
        return (1 + 2 * x) / (x * sqrt(pi)) * (1 - 1 / (2 * x**2) + 3 / (4 * x**4) - 15 / (8 * x**6))
    return (1 + 2 * x) * exp(x * x) * erfc(x)


def show_pair(name, exact):
    """A constant and what f64 leaves out of it."""
    print(f"const {name}: (f64, f64) = ({float(exact)!r}, {float(exact - mpf(float(exact)))!r});")


half_ln2 = log(2) / 2 * mpf("1.0001")
largest_s = (sqrt(2) - 1) / (sqrt(2) + 1) * mpf("1.0001")
show("EXP_TAIL", exp_tail, -half_ln2, half_ln2, 11)
show("LN_TAIL", ln_tail, 0, largest_s**2, 8)
show("ERF_TAIL", erf_tail, 0, 1, 12)
show("ERFC_SCALED", erfc_scaled, -1, 1, 26)
show_pair("SCALE", 2 * sqrt(2 / pi))
show_pair("CUBIC", mpf("0.044715"))
