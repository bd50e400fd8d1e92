//! The instructions of the machine: the one place that asks which there are.
//!
//! A program built for any x86-64 runs on machines whose vectors are four times as wide. So a loop
//! worth it is written as a [`Kernel`] and handed to [`dispatch`], which runs the copy of it that
//! was compiled for the widest instructions present: AVX-512, AVX2 with FMA, or whatever the build
//! allows (which on 64-bit ARM is NEON, with nothing to ask).
//!
//! In a kernel, loops over slices are vectorised by the compiler. Where it cannot be relied upon,
//! the kernel works on blocks of 64 bytes, the widest vectors there are, with the [`Simd`] it is
//! given. Every instruction set computes a block alike and rounds alike, so a kernel gives the same
//! bits on every machine. The price is paid by x86-64 machines without FMA, built before 2013: there
//! each `a·b + c` that is to be rounded once is a call of a function.

use crate::Scalar;

/// A loop to be compiled for each set of instructions.
///
/// `run` should be `#[inline(always)]`, and so should all that it calls: what is not inlined is
/// compiled for the narrowest instructions.
pub trait Kernel<T: Vectors> {
    /// What the loop returns.
    type Output;

    /// The loop.
    fn run<S: Simd<T>>(self, simd: S) -> Self::Output;
}

/// Blocks of values in the registers of some instruction set.
///
/// Only [`dispatch`] makes one, after it has found the instructions present.
pub trait Simd<T: Vectors>: Copy {
    /// A block in registers.
    type Vector: Copy;

    /// The same value everywhere.
    fn splat(self, value: T) -> Self::Vector;

    /// Reads a block.
    fn load(self, from: &T::Block) -> Self::Vector;

    /// Writes a block.
    fn store(self, vector: Self::Vector, to: &mut T::Block);

    /// `a·b + c`, rounded once.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;

    /// `a + b`
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The sum of all values: those of the second half are added to those of the first, and so on.
    #[inline(always)]
    fn sum(self, vector: Self::Vector) -> T {
        let mut block = T::ZERO_BLOCK;
        self.store(vector, &mut block);
        T::sum_block(block)
    }

    /// Reads what is left at the end of a slice, with zeros after it.
    #[inline(always)]
    fn load_rest(self, from: &[T]) -> Self::Vector {
        let mut block = T::ZERO_BLOCK;
        block.as_mut()[..from.len()].copy_from_slice(from);
        self.load(&block)
    }

    /// Writes to what is left at the end of a slice.
    #[inline(always)]
    fn store_rest(self, vector: Self::Vector, to: &mut [T]) {
        let mut block = T::ZERO_BLOCK;
        self.store(vector, &mut block);
        to.copy_from_slice(&block.as_ref()[..to.len()]);
    }
}

/// Values that come in blocks of 64 bytes.
pub trait Vectors: Copy {
    /// 64 bytes of values.
    type Block: Copy + AsRef<[Self]> + AsMut<[Self]>;

    /// A block of zeros.
    const ZERO_BLOCK: Self::Block;

    /// The blocks of a slice, and what is left.
    fn blocks(values: &[Self]) -> (&[Self::Block], &[Self]);

    /// The blocks of a slice, and what is left.
    fn blocks_mut(values: &mut [Self]) -> (&mut [Self::Block], &mut [Self]);

    #[doc(hidden)]
    fn sum_block(block: Self::Block) -> Self;

    #[doc(hidden)]
    fn dispatch<K: Kernel<Self>>(kernel: K) -> K::Output;
}

/// Runs a kernel with the widest instructions that the machine has.
#[inline(always)]
pub fn dispatch<T: Scalar, K: Kernel<T>>(kernel: K) -> K::Output {
    T::dispatch(kernel)
}

/// Whatever instructions the build allows.
#[derive(Debug, Clone, Copy)]
struct Portable(());

macro_rules! portable {
    ($($float:ident, $lanes:literal;)*) => {$(
        impl Simd<$float> for Portable {
            type Vector = [$float; $lanes];

            #[inline(always)]
            fn splat(self, value: $float) -> Self::Vector {
                [value; $lanes]
            }
            #[inline(always)]
            fn load(self, from: &[$float; $lanes]) -> Self::Vector {
                *from
            }
            #[inline(always)]
            fn store(self, vector: Self::Vector, to: &mut [$float; $lanes]) {
                *to = vector;
            }
            #[inline(always)]
            fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| a[i].mul_add(b[i], c[i]))
            }
            #[inline(always)]
            fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| a[i] + b[i])
            }
        }

        impl Vectors for $float {
            type Block = [$float; $lanes];
            const ZERO_BLOCK: Self::Block = [0.0; $lanes];

            #[inline(always)]
            fn blocks(values: &[Self]) -> (&[Self::Block], &[Self]) {
                values.as_chunks()
            }
            #[inline(always)]
            fn blocks_mut(values: &mut [Self]) -> (&mut [Self::Block], &mut [Self]) {
                values.as_chunks_mut()
            }
            #[inline(always)]
            fn sum_block(mut block: Self::Block) -> Self {
                let mut half = $lanes / 2;
                while half > 0 {
                    for i in 0..half {
                        block[i] += block[i + half];
                    }
                    half /= 2;
                }
                block[0]
            }
            #[inline(always)]
            fn dispatch<K: Kernel<Self>>(kernel: K) -> K::Output {
                #[cfg(target_arch = "x86_64")]
                return x86::dispatch(kernel);
                #[cfg(not(target_arch = "x86_64"))]
                return kernel.run(Portable(()));
            }
        }
    )*};
}

portable! {
    f32, 16;
    f64, 8;
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    #![allow(unsafe_code, reason = "vector instructions, and functions compiled for them")]

    use std::arch::x86_64::*;
    use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

    use super::{Kernel, Portable, Simd, Vectors};

    /// Proof that AVX-512 is present: made in [`run_avx512`] alone.
    #[derive(Debug, Clone, Copy)]
    pub(super) struct Avx512(());

    /// Proof that AVX2 and FMA are present: made in [`run_avx2`] alone.
    #[derive(Debug, Clone, Copy)]
    pub(super) struct Avx2(());

    const UNKNOWN: u8 = 0;
    const PORTABLE: u8 = 1;
    const AVX2: u8 = 2;
    const AVX512: u8 = 3;

    /// What [`detect`] found; asked once, as that takes longer than a small kernel.
    static LEVEL: AtomicU8 = AtomicU8::new(UNKNOWN);

    #[cold]
    fn detect() -> u8 {
        let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        let avx512 = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl");
        let level = match (avx2, avx512) {
            (true, true) => AVX512,
            (true, false) => AVX2,
            (false, _) => PORTABLE,
        };
        LEVEL.store(level, Relaxed);
        level
    }

    #[inline(always)]
    pub(super) fn dispatch<T: Vectors, K: Kernel<T>>(kernel: K) -> K::Output
    where
        Avx512: Simd<T>,
        Avx2: Simd<T>,
        Portable: Simd<T>,
    {
        let level = match LEVEL.load(Relaxed) {
            UNKNOWN => detect(),
            level => level,
        };
        match level {
            // SAFETY: `detect` found these instructions.
            AVX512 => unsafe { run_avx512(kernel) },
            // SAFETY: `detect` found these instructions.
            AVX2 => unsafe { run_avx2(kernel) },
            _ => kernel.run(Portable(())),
        }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
    fn run_avx512<T: Vectors, K: Kernel<T>>(kernel: K) -> K::Output
    where
        Avx512: Simd<T>,
    {
        kernel.run(Avx512(()))
    }

    #[target_feature(enable = "avx2,fma")]
    fn run_avx2<T: Vectors, K: Kernel<T>>(kernel: K) -> K::Output
    where
        Avx2: Simd<T>,
    {
        kernel.run(Avx2(()))
    }

    macro_rules! avx512 {
        ($($float:ident, $lanes:literal, $vector:ident, $set1:ident, $loadu:ident, $storeu:ident,
            $fmadd:ident, $add:ident, $maskz:ident, $mask_store:ident, $mask:ident;)*) => {$(
            impl Simd<$float> for Avx512 {
                type Vector = $vector;

                #[inline(always)]
                fn splat(self, value: $float) -> $vector {
                    // SAFETY: `self` proves that the instruction is present.
                    unsafe { $set1(value) }
                }
                #[inline(always)]
                fn load(self, from: &[$float; $lanes]) -> $vector {
                    // SAFETY: `self` proves that the instruction is present; the block is one
                    // vector long.
                    unsafe { $loadu(from.as_ptr()) }
                }
                #[inline(always)]
                fn store(self, vector: $vector, to: &mut [$float; $lanes]) {
                    // SAFETY: as for `load`.
                    unsafe { $storeu(to.as_mut_ptr(), vector) }
                }
                #[inline(always)]
                fn mul_add(self, a: $vector, b: $vector, c: $vector) -> $vector {
                    // SAFETY: `self` proves that the instruction is present.
                    unsafe { $fmadd(a, b, c) }
                }
                #[inline(always)]
                fn add(self, a: $vector, b: $vector) -> $vector {
                    // SAFETY: `self` proves that the instruction is present.
                    unsafe { $add(a, b) }
                }
                #[inline(always)]
                fn load_rest(self, from: &[$float]) -> $vector {
                    let mask = ((1_u32 << from.len().min($lanes)) - 1) as $mask;
                    // SAFETY: `self` proves that the instruction is present; it reads the lanes of
                    // the mask alone, which are no more than the slice is long.
                    unsafe { $maskz(mask, from.as_ptr()) }
                }
                #[inline(always)]
                fn store_rest(self, vector: $vector, to: &mut [$float]) {
                    let mask = ((1_u32 << to.len().min($lanes)) - 1) as $mask;
                    // SAFETY: as for `load_rest`.
                    unsafe { $mask_store(to.as_mut_ptr(), mask, vector) }
                }
            }
        )*};
    }

    avx512! {
        f32, 16, __m512, _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_fmadd_ps,
            _mm512_add_ps, _mm512_maskz_loadu_ps, _mm512_mask_storeu_ps, __mmask16;
        f64, 8, __m512d, _mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_fmadd_pd,
            _mm512_add_pd, _mm512_maskz_loadu_pd, _mm512_mask_storeu_pd, __mmask8;
    }

    /// A block is two vectors here.
    macro_rules! avx2 {
        ($($float:ident, $lanes:literal, $vector:ident, $set1:ident, $loadu:ident, $storeu:ident,
            $fmadd:ident, $add:ident;)*) => {$(
            impl Simd<$float> for Avx2 {
                type Vector = [$vector; 2];

                #[inline(always)]
                fn splat(self, value: $float) -> [$vector; 2] {
                    // SAFETY: `self` proves that the instruction is present.
                    unsafe { [$set1(value); 2] }
                }
                #[inline(always)]
                fn load(self, from: &[$float; $lanes]) -> [$vector; 2] {
                    let (first, second) = from.split_at($lanes / 2);
                    // SAFETY: `self` proves that the instruction is present; each half is one
                    // vector long.
                    unsafe { [$loadu(first.as_ptr()), $loadu(second.as_ptr())] }
                }
                #[inline(always)]
                fn store(self, vector: [$vector; 2], to: &mut [$float; $lanes]) {
                    let (first, second) = to.split_at_mut($lanes / 2);
                    // SAFETY: as for `load`.
                    unsafe {
                        $storeu(first.as_mut_ptr(), vector[0]);
                        $storeu(second.as_mut_ptr(), vector[1]);
                    }
                }
                #[inline(always)]
                fn mul_add(
                    self, a: [$vector; 2], b: [$vector; 2], c: [$vector; 2],
                ) -> [$vector; 2] {
                    // SAFETY: `self` proves that the instruction is present.
                    unsafe { [$fmadd(a[0], b[0], c[0]), $fmadd(a[1], b[1], c[1])] }
                }
                #[inline(always)]
                fn add(self, a: [$vector; 2], b: [$vector; 2]) -> [$vector; 2] {
                    // SAFETY: `self` proves that the instruction is present.
                    unsafe { [$add(a[0], b[0]), $add(a[1], b[1])] }
                }
            }
        )*};
    }

    avx2! {
        f32, 16, __m256, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_fmadd_ps,
            _mm256_add_ps;
        f64, 8, __m256d, _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_fmadd_pd,
            _mm256_add_pd;
    }
}
