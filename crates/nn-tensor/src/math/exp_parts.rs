//! `eˣ` in parts that have not been rounded together, for sums and quotients of exponentials.

/// Numbers whose exponential comes in parts: `x = k·ln 2 + r` and `eˣ = 2ᵏ·(1 + r + w)`.
///
/// The remainder `r` is exact for any `|x|` up to [`Self::REACH`] and a little more: the fused
/// multiplication and addition rounds nothing off `x - k·ln 2`, and what ln 2 itself is off by is in
/// `w`. So the parts hold several bits more than `eˣ` does when rounded. They are chosen so that
/// `1 + r + w` lies between ¾ and 1½, where `r + w` is rounded most finely beside it.
pub trait ExpParts: Copy {
    /// How large the numbers may be.
    const REACH: Self;
    /// Where `eˣ` is so far below the least positive number that no sum of such is above it.
    const VANISHES: Self;
    /// So much is added to exponents that none is below those there are, and sums of powers are not
    /// above them.
    const SCALE: Self;
    /// 2 to the power of that.
    const SCALE_POWER: Self;

    /// `self·a + b`, rounded once.
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// The larger of two numbers, or the other one where one is NaN.
    fn larger(self, other: Self) -> Self;
    /// `k` and `r`.
    fn reduce(self) -> (Self, Self);
    /// `w` for the `k` and `r` of a number, to which `lost` is added: what it was rounded by.
    fn tail(k: Self, r: Self, lost: Self) -> Self;
    /// What [`Self::power_of_two`] is to be given with `k` for 2 to the power of
    /// `SCALE + k - origin`.
    fn offset(origin: Self) -> Self;
    /// A power of two.
    fn power_of_two(k: Self, offset: Self) -> Self;
}

macro_rules! exp_parts {
    ($($float:ident {
        mantissa $mantissa:literal, bias $bias:literal, scale $scale:literal,
        reach $reach:literal, vanishes $vanishes:literal, round $round:literal,
        ln_2 $ln_2:expr, tail $tail:expr,
    })*) => {$(
        impl ExpParts for $float {
            const REACH: Self = $reach;
            const VANISHES: Self = $vanishes;
            const SCALE: Self = $scale as Self;
            const SCALE_POWER: Self = Self::from_bits(($bias + $scale) << $mantissa);

            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                $float::mul_add(self, a, b)
            }

            #[inline(always)]
            fn larger(self, other: Self) -> Self {
                self.max(other)
            }

            #[inline(always)]
            fn reduce(self) -> (Self, Self) {
                /// Adding this leaves twelve bits after the point, which are then cut off: `k` is
                /// the integer below `x / ln 2 + 0.41479`, which makes `2⁻ᵏ·eˣ` at least ¾.
                const ROUND: $float = $round + 1699.0 / 4096.0;
                let sum = self.mul_add(std::$float::consts::LOG2_E, ROUND);
                let k = Self::from_bits(sum.to_bits() & !0xfff) - $round;
                (k, k.mul_add(-$ln_2.0, self))
            }

            #[inline(always)]
            fn tail(k: Self, r: Self, lost: Self) -> Self {
                // (eʳ - 1 - r) / r², even and odd powers apart, so that there is less to wait for.
                const COEFFICIENTS: &[$float] = &$tail;
                let s = k.mul_add(-$ln_2.1, lost);
                let r = r + s;
                let square = r * r;
                let (mut even, mut odd) = (0.0, 0.0);
                for pair in COEFFICIENTS.rchunks(2) {
                    even = square.mul_add(even, pair[0]);
                    odd = square.mul_add(odd, pair[1]);
                }
                r.mul_add(odd, even).mul_add(square, s)
            }

            #[inline(always)]
            fn offset(origin: Self) -> Self {
                // In the last bits of 1.5·2ᵐ, m of them in the mantissa, integers are as they are.
                const INTEGERS: $float = 3.0 * (1_u64 << ($mantissa - 1)) as $float;
                INTEGERS + ($bias + $scale) as Self - origin
            }

            #[inline(always)]
            fn power_of_two(k: Self, offset: Self) -> Self {
                Self::from_bits((k + offset).to_bits() << $mantissa)
            }
        }
    )*};
}

exp_parts! {
    f32 {
        mantissa 23, bias 127, scale 60,
        reach 512.0, vanishes -125.0, round 3072.0,
        ln_2 (std::f32::consts::LN_2, -1.904_654_2e-9),
        // Error 1.4e-9.
        tail [0.5, 0.166_666_69, 0.041_666_556, 0.008_332_307, 0.001_392_042_3, 0.000_208_080_98],
    }
    f64 {
        mantissa 52, bias 1023, scale 200,
        reach 4096.0, vanishes -840.0, round 1_649_267_441_664.0,
        ln_2 (std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17),
        // Error 1.8e-20.
        tail [
            0.5,
            0.166_666_666_666_666_66,
            0.041_666_666_666_666_664,
            0.008_333_333_333_333_448,
            0.001_388_888_888_889_331,
            0.000_198_412_698_405_768_76,
            2.480_158_729_063_144_2e-5,
            2.755_732_098_937_524e-6,
            2.755_732_300_808_898_4e-7,
            2.505_008_604_959_191e-8,
            2.089_094_615_201_175e-9,
            1.692_510_833_281_333e-10,
        ],
    }
}
