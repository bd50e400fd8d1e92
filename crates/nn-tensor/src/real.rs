//! Numbers: what a formula may do with one value ([`Real`]) and what a matrix may hold ([`Scalar`]).

use std::fmt::{Debug, Display, LowerExp};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use crate::{math, product::Gemm, simd::Vectors};

/// A real number: arithmetic, comparison and the elementary functions.
///
/// Formulas that are written once and run at any precision, such as an activation and its slope,
/// are written against this trait. The functions are this crate's own: the same input gives the
/// same bits on every platform, no result is further than 1 ulp from the exact one (of all `f32`
/// inputs, and of all `f64` inputs that were tried), and a NaN that goes in comes out.
///
/// They are meant for loops that are [dispatched](crate::simd::dispatch). Called one at a time in a
/// program built for x86-64 without FMA, they are as exact, but slower.
///
/// ```
/// use nn_tensor::Real;
///
/// fn gaussian<R: Real>(x: R) -> R {
///     (-x * x).exp()
/// }
/// assert_eq!(gaussian(1.0_f32), 0.36787945);
/// ```
pub trait Real:
    sealed::Sealed
    + Copy
    + PartialOrd
    + Debug
    + Display
    + LowerExp
    + Default
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + Sum
    + 'static
{
    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;
    /// ½
    const HALF: Self;
    /// The distance from 1 to the next larger number.
    const EPSILON: Self;
    /// The least positive number that is not subnormal.
    const MIN_POSITIVE: Self;
    /// +∞
    const INFINITY: Self;

    /// The nearest number to `x`.
    fn from_f64(x: f64) -> Self;
    /// This number in `f64`, exactly.
    fn to_f64(self) -> f64;

    /// `|x|`
    fn abs(self) -> Self;
    /// `√x`, correctly rounded.
    fn sqrt(self) -> Self;
    /// `x·a + b`, rounded once.
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// The larger of two numbers, and NaN if either is NaN (as in NumPy's `maximum`).
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        let larger = if self > other { self } else { other };
        if self.is_nan() { self } else { larger }
    }
    /// The smaller of two numbers, and NaN if either is NaN (as in NumPy's `minimum`).
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        let smaller = if self < other { self } else { other };
        if self.is_nan() { self } else { smaller }
    }
    /// Whether this is not a number.
    #[inline(always)]
    #[expect(clippy::eq_op, reason = "a NaN is what differs from itself")]
    fn is_nan(self) -> bool {
        self != self
    }

    /// `eˣ`
    fn exp(self) -> Self;
    /// `exp(-|x|)`, in less time than [`Real::exp`] takes.
    fn exp_minus_abs(self) -> Self;
    /// `eˣ - 1`, accurate near 0.
    fn exp_m1(self) -> Self;
    /// `ln x`; negative infinity at 0, NaN below.
    fn ln(self) -> Self;
    /// `ln(1 + x)`, accurate near 0; negative infinity at -1, NaN below.
    fn ln_1p(self) -> Self;
    /// `tanh x`
    fn tanh(self) -> Self;
    /// `1 / (1 + e⁻ˣ)`, the logistic function.
    fn sigmoid(self) -> Self;
    /// `erf x = 2/√π ∫₀ˣ exp(-t²) dt`
    fn erf(self) -> Self;
    /// `erfc x = 1 - erf x`, accurate where it is tiny.
    fn erfc(self) -> Self;
    /// `Φ(x) = ½·erfc(-x/√2)`, the cumulative distribution function of the standard normal,
    /// accurate where it is tiny.
    fn normal_cdf(self) -> Self;
    /// `x·Φ(x)`, accurate where it is tiny; its limits are 0 and infinity.
    fn gelu(self) -> Self;
    /// `Φ(x) + x·φ(x)`, the slope of [`Real::gelu`]; its limits are 0 and 1. Near its zero at -0.75 it is as
    /// exact as its terms are, not as itself.
    fn gelu_slope(self) -> Self;
    /// `½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`, the approximation of [`Real::gelu`] by `tanh`,
    /// accurate where it is tiny; its limits are 0 and infinity.
    fn gelu_tanh(self) -> Self;
    /// `φ(x) = exp(-x²/2) / √(2π)`, the density of the standard normal.
    fn normal_density(self) -> Self;

    /// `x·σ(x) = x / (1 + e⁻ˣ)`; its limits are 0 and infinity.
    fn silu(self) -> Self;
    /// `x·tanh(ln(1 + eˣ))`; its limits are 0 and infinity.
    fn mish(self) -> Self;
    /// The slope of [`Real::mish`]; its limits are 0 and 1.
    fn mish_slope(self) -> Self;
    /// `x - tanh x`, accurate near 0.
    fn tanhshrink(self) -> Self;
    /// `ln(1 + exp(beta·x)) / beta`, accurate where it is tiny; its limits are 0 and infinity.
    fn softplus(self, beta: f64) -> Self;
    /// `factor·(exp(x / divisor) - 1)`, accurate near 0. The factor is the unevaluated sum of two `f64`, the
    /// second of which is 0 where one suffices.
    fn scaled_exp_m1(self, divisor: f64, factor: (f64, f64)) -> Self;
    /// `factor·exp(x / divisor)`, the slope of [`Real::scaled_exp_m1`] but for the divisor.
    fn scaled_exp(self, divisor: f64, factor: (f64, f64)) -> Self;
}

/// What a matrix may hold: `f32` or `f64`.
pub trait Scalar:
    Real + math::ExpParts + math::ExpBlock + math::Values + nalgebra::Scalar + Gemm + Vectors
{
}

impl Scalar for f32 {}
impl Scalar for f64 {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// Functions by way of `f64`.
macro_rules! through_f64 {
    ($float:ty: $($function:ident)*) => {
        $(
            #[inline(always)]
            fn $function(self) -> Self {
                math::$function(f64::from(self)) as $float
            }
        )*
    };
}

/// Functions in `f32` alone.
macro_rules! in_f32 {
    ($($function:ident)*) => {
        $(
            #[inline(always)]
            fn $function(self) -> Self {
                math::single::$function(self)
            }
        )*
    };
}

/// Functions with a form for each precision.
macro_rules! of_each_precision {
    ($form:ident: $($function:ident($($option:ident: $type:ty),*))*) => {
        $(
            #[inline(always)]
            fn $function(self $(, $option: $type)*) -> Self {
                math::$function::$form(self $(, $option)*)
            }
        )*
    };
}

macro_rules! real {
    ($($float:ident { $($functions:item)* })*) => {$(
        impl Real for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const HALF: Self = 0.5;
            const EPSILON: Self = $float::EPSILON;
            const MIN_POSITIVE: Self = $float::MIN_POSITIVE;
            const INFINITY: Self = $float::INFINITY;

            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as $float
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $float::abs(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $float::sqrt(self)
            }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                $float::mul_add(self, a, b)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $float::is_finite(self)
            }
            $($functions)*
        }
    )*};
}

real! {
    f32 {
        in_f32! {
            exp exp_minus_abs ln ln_1p sigmoid tanh normal_cdf normal_density gelu gelu_slope
            gelu_tanh
        }
        through_f64! { f32: exp_m1 erf erfc }
        #[inline(always)]
        fn mish_slope(self) -> Self {
            math::mish::single_slope(self)
        }
        of_each_precision! {
            single: silu() mish() tanhshrink()
            softplus(beta: f64) scaled_exp_m1(divisor: f64, factor: (f64, f64))
            scaled_exp(divisor: f64, factor: (f64, f64))
        }
    }
    f64 {
        through_f64! {
            f64: exp exp_minus_abs exp_m1 ln ln_1p tanh sigmoid erf erfc normal_cdf normal_density
            gelu gelu_slope gelu_tanh
        }
        #[inline(always)]
        fn mish_slope(self) -> Self {
            math::mish::double_slope(self)
        }
        of_each_precision! {
            double: silu() mish() tanhshrink()
            softplus(beta: f64) scaled_exp_m1(divisor: f64, factor: (f64, f64))
            scaled_exp(divisor: f64, factor: (f64, f64))
        }
    }
}
