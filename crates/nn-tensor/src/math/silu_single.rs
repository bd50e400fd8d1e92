//! The sigmoid linear unit in `f32`, and what it has in common with the approximation of GELU.

use super::lanes::Lanes;
use super::single::{DOWN, LN_2, exp_tail, reduce_with_power};

/// `x·σ(x)`
#[inline(always)]
pub(crate) fn single<L: Lanes>(x: L) -> L {
    // Beyond this bound x·σ(-x) is less than half of the smallest number.
    let a = x.magnitude_up_to(110.0);
    times_sigmoid(x, a, (a, x.all(0.0)))
}

/// `x·σ(±u)`, given `a`, which is `|x|` or a bound, and a `u ≥ 0` of some 150 at the most with its
/// error; the sign is that of `x`. For positive `x` it is taken as `x - x·σ(-u)`.
#[inline(always)]
pub(super) fn times_sigmoid<L: Lanes>(x: L, a: L, (u, u_error): (L, L)) -> L {
    // σ(-u) = 2ᵏ / (2ᵏ + 1 + r + w), of which r is exact.
    let (one, down) = (x.all(1.0), x.all(DOWN));
    let (power, k, r) = reduce_with_power(-u);
    let r = -r;
    let rest = k.mul_add(x.all(LN_2.1), u_error);
    let w = exp_tail(r + rest, rest);
    let start = power.mul_add(down, one);
    let sum = start + (r + w);
    let error = (((start - sum) + r) + w) + power.mul_add(down, one - start);
    // One step of Newton's brings in the error of the sum, and that of the division.
    let reciprocal = one / sum;
    let residual = (-reciprocal).mul_add(error, (-reciprocal).mul_add(sum, one));
    let scaled = a * power;
    let product = scaled * reciprocal;
    let tail = product + product.mul_add(residual, scaled.mul_add(reciprocal, -product));
    (-tail).mul_add(down, x.positive_part())
}
