//! Formulas that are written once for a number and for blocks of numbers in registers.
//!
//! The compiler makes a loop over single numbers one over vectors, but it looks up a table in memory,
//! value by value, and works one vector to the end before it begins the next: a processor then waits
//! for one operation after another. So functions with tables, and those that are used most, are written
//! for [`Lanes`], and several [`Blocks`] are worked interleaved.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::simd::{Blocks, Simd, Vectors, each};

/// An `f32`, or several that go the same way.
pub(crate) trait Lanes:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// The same value in as many lanes.
    fn all(self, value: f32) -> Self;

    /// `self·b + c`, rounded once.
    fn mul_add(self, b: Self, c: Self) -> Self;

    /// The value, or the bound where it is smaller; NaN stays NaN.
    fn at_least(self, bound: f32) -> Self;

    /// The value, or the bound where it is larger; NaN stays NaN.
    fn at_most(self, bound: f32) -> Self;

    /// The absolute value, or the bound where it is larger; NaN stays NaN.
    fn magnitude_up_to(self, bound: f32) -> Self;

    /// One of two values: the first where this is below the bound, and the second elsewhere, also where
    /// this is NaN.
    fn select_less(self, bound: f32, first: Self, second: Self) -> Self;

    /// The value with the sign of another.
    fn copysign(self, other: Self) -> Self;

    /// 0 below 0, and the value itself elsewhere, also where it is NaN.
    #[inline(always)]
    fn positive_part(self) -> Self {
        self.at_least(0.0)
    }

    /// See [`Simd::exponent_from_low_bits`].
    fn exponent_from_low_bits(self) -> Self;

    /// See [`Simd::lookup`].
    fn lookup(self, table: &[f32; 16], from: u32) -> Self;

    /// See [`Simd::add_bits`].
    fn add_bits(self, bits: Self, up: u32) -> Self;
}

impl Lanes for f32 {
    #[inline(always)]
    fn all(self, value: f32) -> f32 {
        value
    }
    #[inline(always)]
    fn mul_add(self, b: f32, c: f32) -> f32 {
        f32::mul_add(self, b, c)
    }
    #[inline(always)]
    fn at_least(self, bound: f32) -> f32 {
        if self < bound { bound } else { self }
    }
    #[inline(always)]
    fn at_most(self, bound: f32) -> f32 {
        if self > bound { bound } else { self }
    }
    #[inline(always)]
    fn magnitude_up_to(self, bound: f32) -> f32 {
        self.abs().at_most(bound)
    }
    #[inline(always)]
    fn select_less(self, bound: f32, first: f32, second: f32) -> f32 {
        if self < bound { first } else { second }
    }
    #[inline(always)]
    fn copysign(self, other: f32) -> f32 {
        self.copysign(other)
    }
    #[inline(always)]
    fn exponent_from_low_bits(self) -> f32 {
        f32::from_bits(self.to_bits() << (f32::MANTISSA_DIGITS - 1))
    }
    #[inline(always)]
    fn lookup(self, table: &[f32; 16], from: u32) -> f32 {
        table[self.place(from)]
    }
    #[inline(always)]
    fn add_bits(self, bits: f32, up: u32) -> f32 {
        f32::from_bits(self.to_bits().wrapping_add(bits.to_bits() << up))
    }
}

impl<S: Simd<f32>, const N: usize> Neg for Blocks<f32, S, N> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        self.all(-0.0) - self
    }
}

impl<S: Simd<f32>, const N: usize> Lanes for Blocks<f32, S, N> {
    #[inline(always)]
    fn all(self, value: f32) -> Self {
        self.all(value)
    }
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        self.mul_add(b, c)
    }
    #[inline(always)]
    fn at_least(self, bound: f32) -> Self {
        self.all(bound).max(self)
    }
    #[inline(always)]
    fn at_most(self, bound: f32) -> Self {
        let bound = self.simd.splat(bound);
        each!(self, i: self.simd.min(bound, self.vectors[i]))
    }
    #[inline(always)]
    fn magnitude_up_to(self, bound: f32) -> Self {
        let bound = self.simd.splat(bound);
        each!(self, i: self.simd.magnitude_up_to(self.vectors[i], bound))
    }
    #[inline(always)]
    fn select_less(self, bound: f32, first: Self, second: Self) -> Self {
        self.select_less(self.all(bound), first, second)
    }
    #[inline(always)]
    fn copysign(self, other: Self) -> Self {
        each!(self, i: self.simd.copysign(self.vectors[i], other.vectors[i]))
    }
    #[inline(always)]
    fn exponent_from_low_bits(self) -> Self {
        self.exponent_from_low_bits()
    }
    #[inline(always)]
    fn lookup(self, table: &[f32; 16], from: u32) -> Self {
        each!(self, i: self.simd.lookup(table, self.vectors[i], from))
    }
    #[inline(always)]
    fn add_bits(self, bits: Self, up: u32) -> Self {
        each!(self, i: self.simd.add_bits(self.vectors[i], bits.vectors[i], up))
    }
}
