//! What several rules compute with.

use nn_tensor::Scalar;

/// `base` to the power of `exponent`, by squaring: the same bits on every platform.
pub(super) fn power(base: f64, exponent: u64) -> f64 {
    let (mut power, mut square, mut rest) = (1.0, base, exponent);
    while rest > 0 {
        if rest % 2 == 1 {
            power *= square;
        }
        square *= square;
        rest /= 2;
    }
    power
}

/// `step / scale`, or no step where the scale is 0: with an `eps` of 0, a parameter that never had a
/// gradient has none.
#[inline(always)]
pub(super) fn scaled<T: Scalar>(step: T, scale: T) -> T {
    if scale == T::ZERO { T::ZERO } else { step / scale }
}

/// 1 above 0, -1 below, and 0 at 0.
#[inline(always)]
pub(super) fn sign<T: Scalar>(x: T) -> T {
    let positive = if x > T::ZERO { T::ONE } else { T::ZERO };
    if x < T::ZERO { -T::ONE } else { positive }
}
