//! AVX-512, AVX2 with FMA, and how to find out which there is.

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

/// The widest instructions present.
#[inline(always)]
fn level() -> u8 {
    match LEVEL.load(Relaxed) {
        UNKNOWN => detect(),
        level => level,
    }
}

#[inline(always)]
pub(super) fn dispatch<T: Vectors, K: Kernel<T>>(kernel: K) -> K::Output
where
    Avx512: Simd<T>,
    Avx2: Simd<T>,
    Portable: Simd<T>,
{
    // SAFETY: `detect` found the instructions of this level.
    unsafe { run(level(), kernel) }
}

/// Runs a kernel with the instructions of a level.
///
/// # Safety
/// The machine must have them.
#[inline(always)]
unsafe fn run<T: Vectors, K: Kernel<T>>(level: u8, kernel: K) -> K::Output
where
    Avx512: Simd<T>,
    Avx2: Simd<T>,
    Portable: Simd<T>,
{
    match level {
        // SAFETY: the caller's.
        AVX512 => unsafe { run_avx512(kernel) },
        // SAFETY: the caller's.
        AVX2 => unsafe { run_avx2(kernel) },
        _ => kernel.run(Portable(())),
    }
}

// What keeps parts of kernels apart is that `Simd::apart` is never inlined: a function with target
// features cannot be that (the compiler drops the attribute), and is inlined where its caller has them.
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
        $fmadd:ident, $add:ident, $mask_load:ident, $mask_store:ident, $mask:ident,
        $permute:ident, $low:expr, $high:expr,
        $sub:ident, $mul:ident, $div:ident, $max:ident, $compare:ident, $keep:ident,
        $fmadd_where:ident,
        $bits:ident, $from_bits:ident, $equal:ident, $blend:ident, $shift:ident,
        $abs:ident, $min:ident, $and:ident, $or:ident, $add_bits:ident, $up:ident, $down:ident,
        $lookup:ident, {$($keys:item)?};)*) => {$(
        impl Simd<$float> for Avx512 {
            type Vector = $vector;

            const REGISTERS: usize = 32;

            #[inline(never)]
            fn apart<K: Kernel<$float>>(self, part: K) -> K::Output {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { run_avx512(part) }
            }
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
            fn sub(self, a: $vector, b: $vector) -> $vector {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { $sub(a, b) }
            }
            #[inline(always)]
            fn mul(self, a: $vector, b: $vector) -> $vector {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { $mul(a, b) }
            }
            #[inline(always)]
            fn div(self, a: $vector, b: $vector) -> $vector {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { $div(a, b) }
            }
            #[inline(always)]
            fn larger(self, a: $vector, b: $vector) -> $vector {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { $max(a, b) }
            }
            #[inline(always)]
            fn smaller(self, a: $vector, b: $vector) -> $vector {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { $min(a, b) }
            }
            #[inline(always)]
            fn where_positive(self, keys: $vector, values: $vector) -> $vector {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { $keep($compare::<_CMP_GT_OQ>(keys, $set1(0.0)), values) }
            }
            #[inline(always)]
            fn where_below(
                self, keys: $vector, bound: $vector, a: $vector, b: $vector,
            ) -> $vector {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { $blend($compare::<_CMP_LT_OQ>(keys, bound), b, a) }
            }
            #[inline(always)]
            fn mul_add_where_positive(
                self, keys: $vector, a: $vector, b: $vector, c: $vector,
            ) -> $vector {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { $fmadd_where(a, b, c, $compare::<_CMP_GT_OQ>(keys, $set1(0.0))) }
            }
            #[inline(always)]
            fn select(self, keys: $vector, key: $vector, a: $vector, b: $vector) -> $vector {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { $blend($equal($bits(keys), $bits(key)), b, a) }
            }
            #[inline(always)]
            fn exponent_from_low_bits(self, vector: $vector) -> $vector {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { $from_bits($shift::<{ $float::MANTISSA_DIGITS - 1 }>($bits(vector))) }
            }
            #[inline(always)]
            fn with_signs(self, vector: $vector, signs: $vector) -> $vector {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { $or($abs(vector), $and($set1(-0.0), signs)) }
            }
            #[inline(always)]
            fn magnitude_up_to(self, vector: $vector, bound: $vector) -> $vector {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { $min(bound, $abs(vector)) }
            }
            #[inline(always)]
            fn add_bits(self, a: $vector, b: $vector, up: u32) -> $vector {
                // SAFETY: `self` proves that the instructions are present.
                unsafe {
                    let b = $up($bits(b), _mm_cvtsi32_si128(up as i32));
                    $from_bits($add_bits($bits(a), b))
                }
            }
            #[inline(always)]
            fn lookup(self, table: &[$float; $lanes], keys: $vector, from: u32) -> $vector {
                // SAFETY: `self` proves that the instructions are present; the table is one vector
                // long, and the lookup takes no more bits than it needs.
                unsafe {
                    let places = $down($bits(keys), _mm_cvtsi32_si128(from as i32));
                    $lookup(places, $loadu(table.as_ptr()))
                }
            }
            $($keys)?
            #[inline(always)]
            fn prefetch(self, value: &$float) {
                // SAFETY: every x86-64 has the instruction, which reads nothing.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) }
            }
            #[inline(always)]
            fn interleave(self, a: $vector, b: $vector) -> [$vector; 2] {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { [$permute(a, $low, b), $permute(a, $high, b)] }
            }
            #[inline(always)]
            fn load_rest_or(self, from: &[$float], rest: $vector) -> $vector {
                let mask = ((1_u32 << from.len().min($lanes)) - 1) as $mask;
                // SAFETY: `self` proves that the instruction is present; it reads the lanes of
                // the mask alone, which are no more than the slice is long.
                unsafe { $mask_load(rest, mask, from.as_ptr()) }
            }
            #[inline(always)]
            fn load_last(self, from: &[$float]) -> $vector {
                let before = $lanes - from.len().min($lanes);
                let (mask, first) = (($mask::MAX as u32) << before, from.as_ptr().wrapping_sub(before));
                // SAFETY: `self` proves that the instruction is present; it reads the lanes of
                // the mask alone, which are those from the slice's first value on.
                unsafe { $mask_load($set1(0.0), mask as $mask, first) }
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
        _mm512_add_ps, _mm512_mask_loadu_ps, _mm512_mask_storeu_ps, __mmask16,
        _mm512_permutex2var_ps,
        _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
        _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
        _mm512_sub_ps, _mm512_mul_ps, _mm512_div_ps, _mm512_max_ps,
        _mm512_cmp_ps_mask, _mm512_maskz_mov_ps, _mm512_mask3_fmadd_ps,
        _mm512_castps_si512, _mm512_castsi512_ps, _mm512_cmpeq_epi32_mask, _mm512_mask_blend_ps,
        _mm512_slli_epi32,
        _mm512_abs_ps, _mm512_min_ps, _mm512_and_ps, _mm512_or_ps, _mm512_add_epi32,
        _mm512_sll_epi32, _mm512_srl_epi32, _mm512_permutexvar_ps, {
            #[inline(always)]
            fn keys(self, integers: &[usize]) -> __m512 {
                let mask = (1_u32 << integers.len().min(16)) - 1;
                let (first, second) = (mask as __mmask8, (mask >> 8) as __mmask8);
                let integers: *const i64 = integers.as_ptr().cast();
                // SAFETY: `self` proves that the instructions are present; they read the lanes of the
                // masks alone, which are no more than the slice is long, each a `usize` of 64 bits:
                // this file is compiled where pointers have as many.
                unsafe {
                    let none = _mm512_set1_epi64(-1);
                    let first = _mm512_mask_loadu_epi64(none, first, integers);
                    let second = _mm512_mask_loadu_epi64(none, second, integers.wrapping_add(8));
                    let keys = _mm512_castsi256_si512(_mm512_cvtepi64_epi32(first));
                    let second = _mm512_cvtepi64_epi32(second);
                    _mm512_castsi512_ps(_mm512_inserti64x4::<1>(keys, second))
                }
            }
        };
    f64, 8, __m512d, _mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_fmadd_pd,
        _mm512_add_pd, _mm512_mask_loadu_pd, _mm512_mask_storeu_pd, __mmask8,
        _mm512_permutex2var_pd,
        _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11),
        _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15),
        _mm512_sub_pd, _mm512_mul_pd, _mm512_div_pd, _mm512_max_pd,
        _mm512_cmp_pd_mask, _mm512_maskz_mov_pd, _mm512_mask3_fmadd_pd,
        _mm512_castpd_si512, _mm512_castsi512_pd, _mm512_cmpeq_epi64_mask, _mm512_mask_blend_pd,
        _mm512_slli_epi64,
        _mm512_abs_pd, _mm512_min_pd, _mm512_and_pd, _mm512_or_pd, _mm512_add_epi64,
        _mm512_sll_epi64, _mm512_srl_epi64, _mm512_permutexvar_pd, {
            // As compiled: they are as wide as they are.
        };
}

/// A block is two vectors here.
macro_rules! avx2 {
    ($($float:ident, $lanes:literal, $vector:ident, $set1:ident, $loadu:ident, $storeu:ident,
        $fmadd:ident, $add:ident, $unpack_low:ident, $unpack_high:ident, $halves:ident,
        $sub:ident, $mul:ident, $div:ident, $max:ident, $compare:ident, $and:ident,
        $bits:ident, $from_bits:ident, $equal:ident, $blend:ident, $shift:ident,
        $and_not:ident, $or:ident, $min:ident, $add_bits:ident, $up:ident, {$($lookup:item)?};)*) => {$(
        impl Simd<$float> for Avx2 {
            type Vector = [$vector; 2];

            const REGISTERS: usize = 8;

            #[inline(never)]
            fn apart<K: Kernel<$float>>(self, part: K) -> K::Output {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { run_avx2(part) }
            }
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
            #[inline(always)]
            fn sub(self, a: [$vector; 2], b: [$vector; 2]) -> [$vector; 2] {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { [$sub(a[0], b[0]), $sub(a[1], b[1])] }
            }
            #[inline(always)]
            fn mul(self, a: [$vector; 2], b: [$vector; 2]) -> [$vector; 2] {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { [$mul(a[0], b[0]), $mul(a[1], b[1])] }
            }
            #[inline(always)]
            fn div(self, a: [$vector; 2], b: [$vector; 2]) -> [$vector; 2] {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { [$div(a[0], b[0]), $div(a[1], b[1])] }
            }
            #[inline(always)]
            fn larger(self, a: [$vector; 2], b: [$vector; 2]) -> [$vector; 2] {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { [$max(a[0], b[0]), $max(a[1], b[1])] }
            }
            #[inline(always)]
            fn smaller(self, a: [$vector; 2], b: [$vector; 2]) -> [$vector; 2] {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { [$min(a[0], b[0]), $min(a[1], b[1])] }
            }
            #[inline(always)]
            fn where_positive(self, keys: [$vector; 2], values: [$vector; 2]) -> [$vector; 2] {
                let mut kept = values;
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        let positive = $compare::<_CMP_GT_OQ>(keys[half], $set1(0.0));
                        kept[half] = $and(positive, values[half]);
                    }
                }
                kept
            }
            #[inline(always)]
            fn where_below(
                self, keys: [$vector; 2], bound: [$vector; 2], a: [$vector; 2], b: [$vector; 2],
            ) -> [$vector; 2] {
                let mut selected = b;
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        let below = $compare::<_CMP_LT_OQ>(keys[half], bound[half]);
                        selected[half] = $blend(b[half], a[half], below);
                    }
                }
                selected
            }
            #[inline(always)]
            fn select(
                self, keys: [$vector; 2], key: [$vector; 2], a: [$vector; 2], b: [$vector; 2],
            ) -> [$vector; 2] {
                let mut selected = b;
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        let equal = $equal($bits(keys[half]), $bits(key[half]));
                        selected[half] = $blend(b[half], a[half], $from_bits(equal));
                    }
                }
                selected
            }
            #[inline(always)]
            fn exponent_from_low_bits(self, vector: [$vector; 2]) -> [$vector; 2] {
                // SAFETY: `self` proves that the instruction is present.
                unsafe {
                    [
                        $from_bits($shift::<{ $float::MANTISSA_DIGITS as i32 - 1 }>($bits(vector[0]))),
                        $from_bits($shift::<{ $float::MANTISSA_DIGITS as i32 - 1 }>($bits(vector[1]))),
                    ]
                 }
            }
            #[inline(always)]
            fn with_signs(self, vector: [$vector; 2], signs: [$vector; 2]) -> [$vector; 2] {
                let mut signed = vector;
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        let magnitude = $and_not($set1(-0.0), vector[half]);
                        signed[half] = $or(magnitude, $and($set1(-0.0), signs[half]));
                    }
                }
                signed
            }
            #[inline(always)]
            fn magnitude_up_to(self, vector: [$vector; 2], bound: [$vector; 2]) -> [$vector; 2] {
                let mut bounded = bound;
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        let magnitude = $and_not($set1(-0.0), vector[half]);
                        bounded[half] = $min(bound[half], magnitude);
                    }
                }
                bounded
            }
            #[inline(always)]
            fn add_bits(self, a: [$vector; 2], b: [$vector; 2], up: u32) -> [$vector; 2] {
                let mut sums = a;
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        let b = $up($bits(b[half]), _mm_cvtsi32_si128(up as i32));
                        sums[half] = $from_bits($add_bits($bits(a[half]), b));
                    }
                }
                sums
            }
            $($lookup)?
            #[inline(always)]
            fn prefetch(self, value: &$float) {
                // SAFETY: every x86-64 has the instruction, which reads nothing.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) }
            }
            #[inline(always)]
            fn interleave(self, a: [$vector; 2], b: [$vector; 2]) -> [[$vector; 2]; 2] {
                let mut pairs = [a; 2];
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        // Each 128 bits of these hold neighbours: first those of the lower 64 bits
                        // of `a` and `b`, then those of the upper.
                        let low = $unpack_low(a[half], b[half]);
                        let high = $unpack_high(a[half], b[half]);
                        pairs[half] = [$halves::<0x20>(low, high), $halves::<0x31>(low, high)];
                    }
                }
                pairs
            }
        }
    )*};
}

avx2! {
    f32, 16, __m256, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_fmadd_ps,
        _mm256_add_ps, _mm256_unpacklo_ps, _mm256_unpackhi_ps, _mm256_permute2f128_ps,
        _mm256_sub_ps, _mm256_mul_ps, _mm256_div_ps, _mm256_max_ps,
        _mm256_cmp_ps, _mm256_and_ps,
        _mm256_castps_si256, _mm256_castsi256_ps, _mm256_cmpeq_epi32, _mm256_blendv_ps,
        _mm256_slli_epi32,
        _mm256_andnot_ps, _mm256_or_ps, _mm256_min_ps, _mm256_add_epi32, _mm256_sll_epi32, {
            #[inline(always)]
            fn lookup(self, table: &[f32; 16], keys: [__m256; 2], from: u32) -> [__m256; 2] {
                let [first, second] = Simd::<f32>::load(self, table);
                let mut found = keys;
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present; a lookup in half of
                    // the table takes no more than three bits.
                    unsafe {
                        let keys = _mm256_castps_si256(keys[half]);
                        let places = _mm256_srl_epi32(keys, _mm_cvtsi32_si128(from as i32));
                        let low = _mm256_permutevar8x32_ps(first, places);
                        let high = _mm256_permutevar8x32_ps(second, places);
                        // The fourth bit becomes the sign, by which one of the two is taken.
                        let fourth = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(places));
                        found[half] = _mm256_blendv_ps(low, high, fourth);
                    }
                }
                found
            }
        };
    f64, 8, __m256d, _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_fmadd_pd,
        _mm256_add_pd, _mm256_unpacklo_pd, _mm256_unpackhi_pd, _mm256_permute2f128_pd,
        _mm256_sub_pd, _mm256_mul_pd, _mm256_div_pd, _mm256_max_pd,
        _mm256_cmp_pd, _mm256_and_pd,
        _mm256_castpd_si256, _mm256_castsi256_pd, _mm256_cmpeq_epi64, _mm256_blendv_pd,
        _mm256_slli_epi64,
        _mm256_andnot_pd, _mm256_or_pd, _mm256_min_pd, _mm256_add_epi64, _mm256_sll_epi64, {
            // No instruction looks up one of four, and no kernel asks for it.
        };
}

#[cfg(test)]
mod tests;
