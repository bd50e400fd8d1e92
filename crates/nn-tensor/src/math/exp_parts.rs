//! `eˣ` in parts that have not been rounded together, for sums and quotients of exponentials.

use crate::simd::{Blocks, Simd, Vectors};

/// Numbers whose exponential comes in parts: `x = k·ln 2 + r` and `eˣ = 2ᵏ·(1 + r + w)`.
///
/// The remainder `r` is exact for any `|x|` up to [`Self::REACH`] and a little more: the fused
/// multiplication and addition rounds nothing off `x - k·ln 2`, and what ln 2 itself is off by is in
/// `w`. So the parts hold several bits more than `eˣ` does when rounded. They are chosen so that
/// `1 + r + w` lies between ¾ and 1½, where `r + w` is rounded most finely beside it.
///
/// Each function is there for one number and for a block of them in registers.
pub trait ExpParts: Vectors + 'static {
    /// How large the numbers may be.
    const REACH: Self;
    /// Where `eˣ` is so far below the least positive number that no sum of such is above it.
    const VANISHES: Self;
    /// Added to every exponent, so that no power is subnormal and no sum of powers overflows.
    const SCALE: Self;
    /// 2 to the power of that.
    const SCALE_POWER: Self;
    /// `1 / ln 2`
    const LOG2_E: Self;
    /// `k` is `x / ln 2` and this, rounded: so `2⁻ᵏ·eˣ` is at least ¾.
    const SHIFT: Self;
    /// `-ln 2`, and what that is off by.
    const MINUS_LN_2: (Self, Self);
    /// `(eʳ - 1 - r) / r²`: the coefficients of the even powers and of the odd ones, in pairs, from
    /// the last to the first.
    const TAIL: &'static [[Self; 2]];

    /// What [`Self::split`] takes so that its powers are relative to `2ᵒʳⁱᵍⁱⁿ`.
    fn offset(origin: Self) -> Self;
    /// 2 to the power of `SCALE + k - origin`, and `k`.
    fn split(self, offset: Self) -> (Self, Self);
    /// `r`
    fn remainder(self, k: Self) -> Self;
    /// `w` for the `k` and `r` of a number, to which `lost` is added: what it was rounded by.
    fn tail(k: Self, r: Self, lost: Self) -> Self;

    /// [`Self::split`] of blocks.
    #[inline(always)]
    fn split_blocks<S: Simd<Self>, const N: usize>(
        x: Blocks<Self, S, N>,
        offset: Blocks<Self, S, N>,
    ) -> (Blocks<Self, S, N>, Blocks<Self, S, N>) {
        let sum = x.mul_add(x.all(Self::LOG2_E), x.all(Self::SHIFT)) + offset;
        (sum.exponent_from_low_bits(), sum - offset)
    }

    /// `r + w` of blocks.
    #[inline(always)]
    fn above_one<S: Simd<Self>, const N: usize>(
        x: Blocks<Self, S, N>,
        k: Blocks<Self, S, N>,
    ) -> Blocks<Self, S, N> {
        let exact = k.mul_add(x.all(Self::MINUS_LN_2.0), x);
        let rest = k * x.all(Self::MINUS_LN_2.1);
        let r = exact + rest;
        let square = r * r;
        let (mut even, mut odd) = (x.all(Self::TAIL[0][0]), x.all(Self::TAIL[0][1]));
        for &[c, d] in &Self::TAIL[1..] {
            even = square.mul_add(even, x.all(c));
            odd = square.mul_add(odd, x.all(d));
        }
        exact + r.mul_add(odd, even).mul_add(square, rest)
    }
}

macro_rules! exp_parts {
    ($($float:ident {
        mantissa $mantissa:literal, bias $bias:literal, scale $scale:literal,
        reach $reach:literal, vanishes $vanishes:literal,
        ln_2_rest $ln_2_rest:expr, tail $tail:expr,
    })*) => {$(
        impl ExpParts for $float {
            const REACH: Self = $reach;
            const VANISHES: Self = $vanishes;
            const SCALE: Self = $scale as Self;
            const SCALE_POWER: Self = Self::from_bits(($bias + $scale) << $mantissa);
            const LOG2_E: Self = std::$float::consts::LOG2_E;
            const SHIFT: Self = -0.0852;
            const MINUS_LN_2: (Self, Self) = (-std::$float::consts::LN_2, -$ln_2_rest);
            const TAIL: &'static [[Self; 2]] = &$tail;

            #[inline(always)]
            fn offset(origin: Self) -> Self {
                // In the last bits of 1.5·2ᵐ, m of them in the mantissa, integers are as they are.
                const INTEGERS: $float = 3.0 * (1_u64 << ($mantissa - 1)) as $float;
                INTEGERS + ($bias + $scale) as Self - origin
            }

            #[inline(always)]
            fn split(self, offset: Self) -> (Self, Self) {
                let sum = self.mul_add(Self::LOG2_E, Self::SHIFT) + offset;
                (Self::from_bits(sum.to_bits() << $mantissa), sum - offset)
            }

            #[inline(always)]
            fn remainder(self, k: Self) -> Self {
                k.mul_add(Self::MINUS_LN_2.0, self)
            }

            #[inline(always)]
            fn tail(k: Self, r: Self, lost: Self) -> Self {
                let rest = k.mul_add(Self::MINUS_LN_2.1, lost);
                let r = r + rest;
                let square = r * r;
                let [mut even, mut odd] = Self::TAIL[0];
                for &[c, d] in &Self::TAIL[1..] {
                    even = square.mul_add(even, c);
                    odd = square.mul_add(odd, d);
                }
                r.mul_add(odd, even).mul_add(square, rest)
            }
        }
    )*};
}

exp_parts! {
    f32 {
        mantissa 23, bias 127, scale 60, reach 512.0, vanishes -125.0, ln_2_rest -1.904_654_2e-9,
        // Error 1.4e-9.
        tail [[0.001_392_042_3, 0.000_208_080_98], [0.041_666_556, 0.008_332_307], [0.5, 0.166_666_69]],
    }
    f64 {
        mantissa 52, bias 1023, scale 200, reach 4096.0, vanishes -840.0,
        ln_2_rest 2.319_046_813_846_299_6e-17,
        // Error 1.8e-20.
        tail [
            [2.089_094_615_201_175e-9, 1.692_510_833_281_333e-10],
            [2.755_732_300_808_898_4e-7, 2.505_008_604_959_191e-8],
            [2.480_158_729_063_144_2e-5, 2.755_732_098_937_524e-6],
            [0.001_388_888_888_889_331, 0.000_198_412_698_405_768_76],
            [0.041_666_666_666_666_664, 0.008_333_333_333_333_448],
            [0.5, 0.166_666_666_666_666_66],
        ],
    }
}
