//! Formulas that are written once for a number and for blocks of numbers in registers.
//!
//! The compiler makes a loop over single numbers one over vectors, but it looks up a table in memory,
//! value by value. So functions with tables are written for [`Lanes`].

use std::ops::{Add, Mul, Sub};

use crate::simd::{Simd, Vectors};

/// An `f32`, or several that go the same way.
pub(super) trait Lanes:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self>
{
    /// The same value in as many lanes.
    fn all(self, value: f32) -> Self;

    /// `self·b + c`, rounded once.
    fn mul_add(self, b: Self, c: Self) -> Self;

    /// The absolute value, or the bound where it is larger; NaN stays NaN.
    fn magnitude_up_to(self, bound: f32) -> Self;

    /// 0 below 0, and the value itself elsewhere, also where it is NaN.
    fn positive_part(self) -> Self;

    /// 0 below 0, and 1 elsewhere.
    fn one_unless_negative(self) -> Self;

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
    fn magnitude_up_to(self, bound: f32) -> f32 {
        if self.abs() > bound { bound } else { self.abs() }
    }
    #[inline(always)]
    fn positive_part(self) -> f32 {
        if self < 0.0 { 0.0 } else { self }
    }
    #[inline(always)]
    fn one_unless_negative(self) -> f32 {
        if self < 0.0 { 0.0 } else { 1.0 }
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

/// Blocks that are worked in turns, as each operation on one has to wait for that before it.
#[derive(Clone, Copy)]
pub(super) struct Blocks<S: Simd<f32>, const N: usize> {
    pub(super) simd: S,
    pub(super) vectors: [S::Vector; N],
}

/// The blocks of which each is what is said of number `i`.
macro_rules! each {
    ($blocks:ident, $i:ident: $vector:expr) => {{
        let mut vectors = $blocks.vectors;
        for $i in 0..N {
            vectors[$i] = $vector;
        }
        Self { vectors, ..$blocks }
    }};
}

impl<S: Simd<f32>, const N: usize> Add for Blocks<S, N> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        each!(self, i: self.simd.add(self.vectors[i], other.vectors[i]))
    }
}

impl<S: Simd<f32>, const N: usize> Sub for Blocks<S, N> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        each!(self, i: self.simd.sub(self.vectors[i], other.vectors[i]))
    }
}

impl<S: Simd<f32>, const N: usize> Mul for Blocks<S, N> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        each!(self, i: self.simd.mul(self.vectors[i], other.vectors[i]))
    }
}

impl<S: Simd<f32>, const N: usize> Lanes for Blocks<S, N> {
    #[inline(always)]
    fn all(self, value: f32) -> Self {
        Self { vectors: [self.simd.splat(value); N], ..self }
    }
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        each!(self, i: self.simd.mul_add(self.vectors[i], b.vectors[i], c.vectors[i]))
    }
    #[inline(always)]
    fn magnitude_up_to(self, bound: f32) -> Self {
        let bound = self.simd.splat(bound);
        each!(self, i: self.simd.magnitude_up_to(self.vectors[i], bound))
    }
    #[inline(always)]
    fn positive_part(self) -> Self {
        let zero = self.simd.splat(0.0);
        each!(self, i: self.simd.larger(zero, self.vectors[i]))
    }
    #[inline(always)]
    fn one_unless_negative(self) -> Self {
        let (zero, one) = (self.simd.splat(0.0), self.simd.splat(1.0));
        each!(self, i: self.simd.unless_below(self.vectors[i], zero, one))
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
