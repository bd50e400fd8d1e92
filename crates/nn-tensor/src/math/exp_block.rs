//! `eˣ` of blocks in registers, for the sums and quotients of the cross-entropy.

use crate::simd::{Blocks, Simd, Vectors};

/// Numbers of which blocks have an exponential: `x = k·ln 2 + r` with `|r|` hardly above `½·ln 2`,
/// and `eˣ = 2ᵏ·(1 + r + r²·q(r))`.
pub trait ExpBlock: Vectors + 'static {
    /// What the exponentials are multiplied by, so that none is subnormal.
    const FACTOR: Self;
    /// Below this, `eˣ` is taken for 0. It is far from the least normal number, so that what it is
    /// multiplied by next does not make it subnormal: processors take many times as long for such.
    const LEAST: Self;
    /// `1 / ln 2`
    const LOG2_E: Self;
    /// Adding this rounds to an integer, and leaves the exponent of `FACTOR·2ᵏ` in the low bits.
    const ROUND: Self;
    /// `-ln 2`, and what that is off by.
    const MINUS_LN_2: (Self, Self);
    /// The last coefficient of `q`.
    const LAST: Self;
    /// The others, two by two.
    const PAIRS: &'static [[Self; 2]];

    /// `FACTOR·eˣ` for `x ≤ 0`, within 1 ulp where it is not taken for 0; NaN stays NaN.
    #[inline(always)]
    fn exp_by_factor<S: Simd<Self>, const N: usize>(x: Blocks<Self, S, N>) -> Blocks<Self, S, N> {
        let round = x.all(Self::ROUND);
        let sum = x.mul_add(x.all(Self::LOG2_E), round);
        let k = sum - round;
        let power = sum.exponent_from_low_bits();
        // Exact: the difference is small, and a multiple of the last bit of either.
        let r = k.mul_add(x.all(Self::MINUS_LN_2.0), x);
        let r = k.mul_add(x.all(Self::MINUS_LN_2.1), r);
        let square = r * r;
        let mut q = x.all(Self::LAST);
        for &[even, odd] in Self::PAIRS.iter().rev() {
            q = q.mul_add(square, r.mul_add(x.all(odd), x.all(even)));
        }
        let exponential = power.mul_add(q.mul_add(square, r), power);
        x.select_less(x.all(Self::LEAST), Blocks::zeros(x.simd), exponential)
    }
}

macro_rules! exp_block {
    ($($float:ident {
        factor $factor:literal, least $least:literal, ln_2_rest $ln_2_rest:expr,
        pairs $pairs:expr, last $last:expr,
    })*) => {$(
        impl ExpBlock for $float {
            const FACTOR: Self = (1_u128 << $factor) as Self;
            const LEAST: Self = $least;
            const LOG2_E: Self = std::$float::consts::LOG2_E;
            const ROUND: Self = 1.5 * (1_u64 << (Self::MANTISSA_DIGITS - 1)) as Self
                + (Self::MAX_EXP - 1 + $factor) as Self;
            const MINUS_LN_2: (Self, Self) = (-std::$float::consts::LN_2, -$ln_2_rest);
            const LAST: Self = $last;
            const PAIRS: &'static [[Self; 2]] = &$pairs;
        }
    )*};
}

exp_block! {
    f32 {
        factor 60, least -69.0, ln_2_rest -1.904_654_2e-9,
        // Error 3.2e-9.
        pairs [[0.5, 0.166_665_2], [0.041_666_403, 0.008_368_827]], last 0.001_394_064_7,
    }
    f64 {
        factor 120, least -620.0, ln_2_rest 2.319_046_813_846_299_6e-17,
        // Error 8.1e-18.
        pairs [
            [0.5, 0.16666666666666669],
            [0.041666666666666664, 0.008333333333330062],
            [0.0013888888888886552, 0.00019841269863053618],
            [2.4801587317144498e-05, 2.7557268459997064e-06],
            [2.755728296954995e-07, 2.510038549551032e-08],
        ],
        last 2.0911236630261545e-09,
    }
}

#[cfg(test)]
mod tests {
    use super::ExpBlock;
    use crate::simd::{Blocks, Kernel, Simd, dispatch};
    use crate::{Real, Scalar};

    struct Exponentials<'a, T>(&'a mut [T]);

    impl<T: Scalar> Kernel<T> for Exponentials<'_, T> {
        type Output = ();

        #[inline(always)]
        fn run<S: Simd<T>>(self, simd: S) {
            for block in T::blocks_mut(self.0).0 {
                let vectors = [simd.load(block)];
                let [exponential] = T::exp_by_factor(Blocks { simd, vectors }).vectors;
                simd.store(exponential, block);
            }
        }
    }

    #[test]
    fn exponentials_are_within_1_ulp() {
        let inputs: Vec<f32> = (0..88_320).map(|i| i as f32 / -1280.0).collect();
        let mut found = inputs.clone();
        dispatch(Exponentials(&mut found));
        for (&x, found) in inputs.iter().zip(found) {
            let exact = Real::exp(f64::from(x)) * f64::from(f32::FACTOR);
            let ulp = f64::from((exact as f32).next_up() - exact as f32);
            assert!((f64::from(found) - exact).abs() < ulp, "{x}: {found:e}, not {exact:e}");
        }
    }

    #[test]
    fn exponentials_of_doubles_are_within_2_ulp_of_those_of_one_value() {
        let inputs: Vec<f64> = (0..49_600).map(|i| f64::from(i) / -80.0).collect();
        let mut found = inputs.clone();
        dispatch(Exponentials(&mut found));
        for (&x, found) in inputs.iter().zip(found) {
            let exact = Real::exp(x);
            let error = (found / f64::FACTOR - exact).abs() / exact;
            assert!(error <= 2.0 * f64::EPSILON, "{x}: off by {error:e}");
        }
    }

    fn what_vanishes_is_0<T: Scalar>() {
        let inputs = [-T::INFINITY, T::LEAST * T::from_f64(1.001), T::LEAST, T::from_f64(f64::NAN)];
        let mut found = inputs.repeat(T::LANES / 4);
        dispatch(Exponentials(&mut found));
        assert!(found[0] == T::ZERO && found[1] == T::ZERO && found[3].is_nan());
        // And what does not is far from subnormal.
        assert!(found[2] / T::FACTOR > T::MIN_POSITIVE * T::from_f64(1e7));
    }

    #[test]
    fn an_exponential_vanishes_before_it_is_subnormal() {
        what_vanishes_is_0::<f32>();
        what_vanishes_is_0::<f64>();
    }
}
