//! Several blocks at once, for parallelism among instructions.
//!
//! Each operation of a formula has to wait for the one before it. A processor looks some hundred
//! operations ahead for others that need not wait, which is not far enough where the formula is long: so
//! each operation is done for several blocks before the next one.

use std::ops::{Add, Div, Mul, Sub};

use super::{Simd, Vectors};

/// `N` blocks that are worked interleaved.
#[derive(Debug, Clone, Copy)]
pub struct Blocks<T: Vectors, S: Simd<T>, const N: usize> {
    /// The instructions.
    pub simd: S,
    /// The blocks.
    pub vectors: [S::Vector; N],
}

/// The blocks of which each is what is said of number `i`. A closure is not inlined where instructions are
/// enabled for a single function.
macro_rules! each {
    ($blocks:ident, $i:ident: $vector:expr) => {{
        let mut vectors = $blocks.vectors;
        for $i in 0..N {
            vectors[$i] = $vector;
        }
        Self { vectors, ..$blocks }
    }};
}
pub(crate) use each;

macro_rules! operators {
    ($($Operator:ident $operator:ident)*) => {$(
        impl<T: Vectors, S: Simd<T>, const N: usize> $Operator for Blocks<T, S, N> {
            type Output = Self;

            #[inline(always)]
            fn $operator(self, other: Self) -> Self {
                each!(self, i: self.simd.$operator(self.vectors[i], other.vectors[i]))
            }
        }
    )*};
}

operators! { Add add Sub sub Mul mul Div div }

impl<T: Vectors, S: Simd<T>, const N: usize> Blocks<T, S, N> {
    /// The same value everywhere.
    #[inline(always)]
    #[must_use]
    pub fn splat(simd: S, value: T) -> Self {
        Self { simd, vectors: [simd.splat(value); N] }
    }

    /// Zeros.
    #[inline(always)]
    #[must_use]
    pub fn zeros(simd: S) -> Self {
        Self { simd, vectors: [simd.load(&T::ZERO_BLOCK); N] }
    }

    /// Reads them.
    #[inline(always)]
    #[must_use]
    pub fn load(simd: S, from: &[T::Block; N]) -> Self {
        let mut blocks = Self::zeros(simd);
        for (vector, block) in blocks.vectors.iter_mut().zip(from) {
            *vector = simd.load(block);
        }
        blocks
    }

    /// Writes them.
    #[inline(always)]
    pub fn store(self, to: &mut [T::Block; N]) {
        for (vector, block) in self.vectors.into_iter().zip(to) {
            self.simd.store(vector, block);
        }
    }

    /// The same value in as many blocks.
    #[inline(always)]
    pub fn all(self, value: T) -> Self {
        Self::splat(self.simd, value)
    }

    /// `self·b + c`, rounded once.
    #[inline(always)]
    pub fn mul_add(self, b: Self, c: Self) -> Self {
        each!(self, i: self.simd.mul_add(self.vectors[i], b.vectors[i], c.vectors[i]))
    }

    /// See [`Simd::max`].
    #[inline(always)]
    pub fn max(self, other: Self) -> Self {
        each!(self, i: self.simd.max(self.vectors[i], other.vectors[i]))
    }

    /// See [`Simd::select_equal`]; these are the keys.
    #[inline(always)]
    pub fn select_equal(self, key: Self, a: Self, b: Self) -> Self {
        each!(self, i: {
            self.simd.select_equal(self.vectors[i], key.vectors[i], a.vectors[i], b.vectors[i])
        })
    }

    /// See [`Simd::select_less`]; these are the keys.
    #[inline(always)]
    pub fn select_less(self, bound: Self, a: Self, b: Self) -> Self {
        each!(self, i: {
            self.simd.select_less(self.vectors[i], bound.vectors[i], a.vectors[i], b.vectors[i])
        })
    }

    /// See [`Simd::exponent_from_low_bits`].
    #[inline(always)]
    pub fn exponent_from_low_bits(self) -> Self {
        each!(self, i: self.simd.exponent_from_low_bits(self.vectors[i]))
    }
}
