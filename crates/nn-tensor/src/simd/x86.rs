//! AVX-512, AVX2 with FMA, and how to find out which there is.

#![allow(unsafe_code, reason = "vector instructions, and functions compiled for them")]

use std::arch::x86_64::*;
use std::ffi::OsStr;
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
    let present = match (avx2, avx512) {
        (true, true) => AVX512,
        (true, false) => AVX2,
        (false, _) => PORTABLE,
    };
    let level = present.min(widest_allowed(std::env::var_os(super::CAPABILITY).as_deref()));
    LEVEL.store(level, Relaxed);
    level
}

/// The widest instructions that the environment allows.
fn widest_allowed(capability: Option<&OsStr>) -> u8 {
    match capability.and_then(OsStr::to_str) {
        Some("portable") => PORTABLE,
        Some("avx2") => AVX2,
        _ => AVX512,
    }
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

// The instructions that differ by the type of the values, by what they do.

mod avx512_f32 {
    pub(super) use std::arch::x86_64::{
        __m512 as Vector, __mmask16 as Mask, _mm512_abs_ps as abs,
        _mm512_add_epi32 as add_integers, _mm512_add_ps as add, _mm512_and_ps as and,
        _mm512_castps_si512 as bits, _mm512_castsi512_ps as from_bits,
        _mm512_cmp_ps_mask as compare, _mm512_cmpeq_epi32_mask as equal_integers,
        _mm512_div_ps as div, _mm512_fmadd_ps as mul_add, _mm512_loadu_ps as load,
        _mm512_mask_blend_ps as blend, _mm512_mask_loadu_ps as load_masked,
        _mm512_mask_storeu_ps as store_masked, _mm512_mask3_fmadd_ps as mul_add_masked,
        _mm512_max_ps as max, _mm512_min_ps as min, _mm512_mul_ps as mul, _mm512_or_ps as or,
        _mm512_permutex2var_ps as pick_of_two, _mm512_permutexvar_ps as pick,
        _mm512_set1_ps as splat, _mm512_sll_epi32 as shift_up, _mm512_srl_epi32 as shift_down,
        _mm512_storeu_ps as store, _mm512_sub_ps as sub,
    };
}

mod avx512_f64 {
    pub(super) use std::arch::x86_64::{
        __m512d as Vector, __mmask8 as Mask, _mm512_abs_pd as abs,
        _mm512_add_epi64 as add_integers, _mm512_add_pd as add, _mm512_and_pd as and,
        _mm512_castpd_si512 as bits, _mm512_castsi512_pd as from_bits,
        _mm512_cmp_pd_mask as compare, _mm512_cmpeq_epi64_mask as equal_integers,
        _mm512_div_pd as div, _mm512_fmadd_pd as mul_add, _mm512_loadu_pd as load,
        _mm512_mask_blend_pd as blend, _mm512_mask_loadu_pd as load_masked,
        _mm512_mask_storeu_pd as store_masked, _mm512_mask3_fmadd_pd as mul_add_masked,
        _mm512_max_pd as max, _mm512_min_pd as min, _mm512_mul_pd as mul, _mm512_or_pd as or,
        _mm512_permutex2var_pd as pick_of_two, _mm512_permutexvar_pd as pick,
        _mm512_set1_pd as splat, _mm512_sll_epi64 as shift_up, _mm512_srl_epi64 as shift_down,
        _mm512_storeu_pd as store, _mm512_sub_pd as sub,
    };
}

mod avx2_f32 {
    pub(super) use std::arch::x86_64::{
        __m256 as Vector, _mm256_add_epi32 as add_integers, _mm256_add_ps as add,
        _mm256_and_ps as and, _mm256_andnot_ps as and_not, _mm256_blendv_ps as blend,
        _mm256_castps_si256 as bits, _mm256_castsi256_ps as from_bits, _mm256_cmp_ps as compare,
        _mm256_cmpeq_epi32 as equal_integers, _mm256_div_ps as div, _mm256_fmadd_ps as mul_add,
        _mm256_loadu_ps as load, _mm256_maskload_ps as load_masked,
        _mm256_maskstore_ps as store_masked, _mm256_max_ps as max, _mm256_min_ps as min,
        _mm256_mul_ps as mul, _mm256_or_ps as or, _mm256_permute2f128_ps as pick_halves,
        _mm256_set1_ps as splat, _mm256_sll_epi32 as shift_up, _mm256_storeu_ps as store,
        _mm256_sub_ps as sub, _mm256_unpackhi_ps as interleave_upper,
        _mm256_unpacklo_ps as interleave_lower,
    };
}

mod avx2_f64 {
    pub(super) use std::arch::x86_64::{
        __m256d as Vector, _mm256_add_epi64 as add_integers, _mm256_add_pd as add,
        _mm256_and_pd as and, _mm256_andnot_pd as and_not, _mm256_blendv_pd as blend,
        _mm256_castpd_si256 as bits, _mm256_castsi256_pd as from_bits, _mm256_cmp_pd as compare,
        _mm256_cmpeq_epi64 as equal_integers, _mm256_div_pd as div, _mm256_fmadd_pd as mul_add,
        _mm256_loadu_pd as load, _mm256_maskload_pd as load_masked,
        _mm256_maskstore_pd as store_masked, _mm256_max_pd as max, _mm256_min_pd as min,
        _mm256_mul_pd as mul, _mm256_or_pd as or, _mm256_permute2f128_pd as pick_halves,
        _mm256_set1_pd as splat, _mm256_sll_epi64 as shift_up, _mm256_storeu_pd as store,
        _mm256_sub_pd as sub, _mm256_unpackhi_pd as interleave_upper,
        _mm256_unpacklo_pd as interleave_lower,
    };
}

macro_rules! avx512 {
    ($float:ident, $lanes:literal, $integer:ident, $of:ident {$($binary:ident)*} $($keys:item)?) => {
        impl Simd<$float> for Avx512 {
            type Vector = $of::Vector;

            const REGISTERS: usize = 32;

            #[inline(never)]
            fn apart<K: Kernel<$float>>(self, part: K) -> K::Output {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { run_avx512(part) }
            }
            #[inline(always)]
            fn splat(self, value: $float) -> Self::Vector {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { $of::splat(value) }
            }
            #[inline(always)]
            fn load(self, from: &[$float; $lanes]) -> Self::Vector {
                // SAFETY: `self` proves that the instruction is present; the block is one
                // vector long.
                unsafe { $of::load(from.as_ptr()) }
            }
            #[inline(always)]
            fn store(self, vector: Self::Vector, to: &mut [$float; $lanes]) {
                // SAFETY: as for `load`.
                unsafe { $of::store(to.as_mut_ptr(), vector) }
            }
            $(
                #[inline(always)]
                fn $binary(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                    // SAFETY: `self` proves that the instruction is present.
                    unsafe { $of::$binary(a, b) }
                }
            )*
            #[inline(always)]
            fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { $of::mul_add(a, b, c) }
            }
            #[inline(always)]
            fn select_less(
                self, keys: Self::Vector, bound: Self::Vector, a: Self::Vector, b: Self::Vector,
            ) -> Self::Vector {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { $of::blend($of::compare::<_CMP_LT_OQ>(keys, bound), b, a) }
            }
            #[inline(always)]
            fn select_equal(
                self, keys: Self::Vector, key: Self::Vector, a: Self::Vector, b: Self::Vector,
            ) -> Self::Vector {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { $of::blend($of::equal_integers($of::bits(keys), $of::bits(key)), b, a) }
            }
            #[inline(always)]
            fn mul_add_where_positive(
                self, keys: Self::Vector, a: Self::Vector, b: Self::Vector, c: Self::Vector,
            ) -> Self::Vector {
                // SAFETY: `self` proves that the instructions are present.
                unsafe {
                    let positive = $of::compare::<_CMP_GT_OQ>(keys, $of::splat(0.0));
                    $of::mul_add_masked(a, b, c, positive)
                }
            }
            #[inline(always)]
            fn copysign(self, vector: Self::Vector, signs: Self::Vector) -> Self::Vector {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { $of::or($of::abs(vector), $of::and($of::splat(-0.0), signs)) }
            }
            #[inline(always)]
            fn add_bits(self, a: Self::Vector, b: Self::Vector, up: u32) -> Self::Vector {
                // SAFETY: `self` proves that the instructions are present.
                unsafe {
                    let b = $of::shift_up($of::bits(b), _mm_cvtsi32_si128(up as i32));
                    $of::from_bits($of::add_integers($of::bits(a), b))
                }
            }
            #[inline(always)]
            fn lookup(
                self, table: &[$float; $lanes], keys: Self::Vector, from: u32,
            ) -> Self::Vector {
                // SAFETY: `self` proves that the instructions are present; the table is one vector
                // long, and the lookup takes no more bits than it needs.
                unsafe {
                    let places = $of::shift_down($of::bits(keys), _mm_cvtsi32_si128(from as i32));
                    $of::pick(places, $of::load(table.as_ptr()))
                }
            }
            $($keys)?
            #[inline(always)]
            fn prefetch(self, value: &$float) {
                // SAFETY: every x86-64 has the instruction, which reads nothing.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) }
            }
            #[inline(always)]
            fn interleave(self, a: Self::Vector, b: Self::Vector) -> [Self::Vector; 2] {
                /// Where the values of either half are in `a` and `b`, one after the other.
                const PLACES: [[$integer; $lanes]; 2] = {
                    let mut places = [[0; $lanes]; 2];
                    let mut i = 0;
                    while i < $lanes {
                        places[0][i] = (i / 2 + i % 2 * $lanes) as $integer;
                        places[1][i] = places[0][i] + $lanes / 2;
                        i += 1;
                    }
                    places
                };
                let mut halves = [a; 2];
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present; the places of a half
                    // are one vector long.
                    unsafe {
                        let places = _mm512_loadu_si512(PLACES[half].as_ptr().cast());
                        halves[half] = $of::pick_of_two(a, places, b);
                    }
                }
                halves
            }
            #[inline(always)]
            fn load_rest_or(self, from: &[$float], rest: Self::Vector) -> Self::Vector {
                let mask = ((1_u32 << from.len().min($lanes)) - 1) as $of::Mask;
                // SAFETY: `self` proves that the instruction is present; it reads the lanes of
                // the mask alone, which are no more than the slice is long.
                unsafe { $of::load_masked(rest, mask, from.as_ptr()) }
            }
            #[inline(always)]
            fn load_last(self, from: &[$float]) -> Self::Vector {
                let before = $lanes - from.len().min($lanes);
                let mask = (u32::from($of::Mask::MAX) << before) as $of::Mask;
                let first = from.as_ptr().wrapping_sub(before);
                // SAFETY: `self` proves that the instruction is present; it reads the lanes of
                // the mask alone, which are those from the slice's first value on.
                unsafe { $of::load_masked($of::splat(0.0), mask, first) }
            }
            #[inline(always)]
            fn store_rest(self, vector: Self::Vector, to: &mut [$float]) {
                let mask = ((1_u32 << to.len().min($lanes)) - 1) as $of::Mask;
                // SAFETY: as for `load_rest_or`.
                unsafe { $of::store_masked(to.as_mut_ptr(), mask, vector) }
            }
        }
    };
}

avx512! {
    f32, 16, i32, avx512_f32 { add sub mul div max min }

    #[inline(always)]
    fn keys(self, integers: &[usize]) -> Self::Vector {
        let mask = (1_u32 << integers.len().min(16)) - 1;
        let (first, second) = (mask as __mmask8, (mask >> 8) as __mmask8);
        let integers: *const i64 = integers.as_ptr().cast();
        // SAFETY: `self` proves that the instructions are present; they read the lanes of the masks
        // alone, which are no more than the slice is long, each a `usize` of 64 bits: this file is
        // compiled where pointers have as many.
        unsafe {
            let none = _mm512_set1_epi64(-1);
            let first = _mm512_mask_loadu_epi64(none, first, integers);
            let second = _mm512_mask_loadu_epi64(none, second, integers.wrapping_add(8));
            let keys = _mm512_castsi256_si512(_mm512_cvtepi64_epi32(first));
            let second = _mm512_cvtepi64_epi32(second);
            _mm512_castsi512_ps(_mm512_inserti64x4::<1>(keys, second))
        }
    }
}

// A `usize` is as wide as an `f64`, so that the compiler makes vectors of `keys` as it stands.
avx512! { f64, 8, i64, avx512_f64 { add sub mul div max min } }

impl Avx2 {
    /// All ones for so many first bytes of a block, and zeros for the others.
    #[inline(always)]
    fn first_bytes(self, count: usize) -> [__m256i; 2] {
        static EDGE: [[u8; 64]; 2] = [[0xff; 64], [0; 64]];
        let masks = &EDGE.as_flattened()[64 - count.min(64)..][..64];
        let (first, second) = masks.split_at(32);
        // SAFETY: `self` proves that the instruction is present; each half is one vector long.
        unsafe {
            [_mm256_loadu_si256(first.as_ptr().cast()), _mm256_loadu_si256(second.as_ptr().cast())]
        }
    }
}

/// A block is two vectors here.
macro_rules! avx2 {
    ($float:ident, $lanes:literal, $of:ident {$($binary:ident)*} $($lookup:item)?) => {
        impl Simd<$float> for Avx2 {
            type Vector = [$of::Vector; 2];

            const REGISTERS: usize = 8;

            #[inline(never)]
            fn apart<K: Kernel<$float>>(self, part: K) -> K::Output {
                // SAFETY: `self` proves that the instructions are present.
                unsafe { run_avx2(part) }
            }
            #[inline(always)]
            fn splat(self, value: $float) -> Self::Vector {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { [$of::splat(value); 2] }
            }
            #[inline(always)]
            fn load(self, from: &[$float; $lanes]) -> Self::Vector {
                let (first, second) = from.split_at($lanes / 2);
                // SAFETY: `self` proves that the instruction is present; each half is one
                // vector long.
                unsafe { [$of::load(first.as_ptr()), $of::load(second.as_ptr())] }
            }
            #[inline(always)]
            fn store(self, vector: Self::Vector, to: &mut [$float; $lanes]) {
                let (first, second) = to.split_at_mut($lanes / 2);
                // SAFETY: as for `load`.
                unsafe {
                    $of::store(first.as_mut_ptr(), vector[0]);
                    $of::store(second.as_mut_ptr(), vector[1]);
                }
            }
            $(
                #[inline(always)]
                fn $binary(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                    // SAFETY: `self` proves that the instruction is present.
                    unsafe { [$of::$binary(a[0], b[0]), $of::$binary(a[1], b[1])] }
                }
            )*
            #[inline(always)]
            fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
                // SAFETY: `self` proves that the instruction is present.
                unsafe { [$of::mul_add(a[0], b[0], c[0]), $of::mul_add(a[1], b[1], c[1])] }
            }
            #[inline(always)]
            fn where_positive(self, keys: Self::Vector, values: Self::Vector) -> Self::Vector {
                let mut kept = values;
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        let positive = $of::compare::<_CMP_GT_OQ>(keys[half], $of::splat(0.0));
                        kept[half] = $of::and(positive, values[half]);
                    }
                }
                kept
            }
            #[inline(always)]
            fn select_less(
                self, keys: Self::Vector, bound: Self::Vector, a: Self::Vector, b: Self::Vector,
            ) -> Self::Vector {
                let mut selected = b;
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        let less = $of::compare::<_CMP_LT_OQ>(keys[half], bound[half]);
                        selected[half] = $of::blend(b[half], a[half], less);
                    }
                }
                selected
            }
            #[inline(always)]
            fn select_equal(
                self, keys: Self::Vector, key: Self::Vector, a: Self::Vector, b: Self::Vector,
            ) -> Self::Vector {
                let mut selected = b;
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        let equal = $of::equal_integers($of::bits(keys[half]), $of::bits(key[half]));
                        selected[half] = $of::blend(b[half], a[half], $of::from_bits(equal));
                    }
                }
                selected
            }
            #[inline(always)]
            fn copysign(self, vector: Self::Vector, signs: Self::Vector) -> Self::Vector {
                let mut signed = vector;
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        let magnitude = $of::and_not($of::splat(-0.0), vector[half]);
                        signed[half] = $of::or(magnitude, $of::and($of::splat(-0.0), signs[half]));
                    }
                }
                signed
            }
            #[inline(always)]
            fn add_bits(self, a: Self::Vector, b: Self::Vector, up: u32) -> Self::Vector {
                let mut sums = a;
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        let b = $of::shift_up($of::bits(b[half]), _mm_cvtsi32_si128(up as i32));
                        sums[half] = $of::from_bits($of::add_integers($of::bits(a[half]), b));
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
            fn interleave(self, a: Self::Vector, b: Self::Vector) -> [Self::Vector; 2] {
                let mut pairs = [a; 2];
                for half in 0..2 {
                    // SAFETY: `self` proves that the instructions are present.
                    unsafe {
                        // Each 128 bits of these hold neighbours: first those of the lower 64 bits
                        // of `a` and `b`, then those of the upper.
                        let lower = $of::interleave_lower(a[half], b[half]);
                        let upper = $of::interleave_upper(a[half], b[half]);
                        pairs[half] = [
                            $of::pick_halves::<0x20>(lower, upper),
                            $of::pick_halves::<0x31>(lower, upper),
                        ];
                    }
                }
                pairs
            }
            #[inline(always)]
            fn load_rest_or(self, from: &[$float], rest: Self::Vector) -> Self::Vector {
                let (masks, mut loaded) = (self.first_bytes(size_of_val(from)), rest);
                for half in 0..2 {
                    let from = from.as_ptr().wrapping_add(half * $lanes / 2);
                    // SAFETY: `self` proves that the instructions are present; they read the lanes of
                    // the masks alone, which are no more than the slice is long.
                    unsafe {
                        let values = $of::load_masked(from, masks[half]);
                        loaded[half] = $of::blend(rest[half], values, $of::from_bits(masks[half]));
                    }
                }
                loaded
            }
            #[inline(always)]
            fn store_rest(self, vector: Self::Vector, to: &mut [$float]) {
                let masks = self.first_bytes(size_of_val(to));
                for half in 0..2 {
                    let to = to.as_mut_ptr().wrapping_add(half * $lanes / 2);
                    // SAFETY: as for `load_rest_or`.
                    unsafe { $of::store_masked(to, masks[half], vector[half]) }
                }
            }
        }
    };
}

avx2! {
    f32, 16, avx2_f32 { add sub mul div max min }

    #[inline(always)]
    fn lookup(self, table: &[f32; 16], keys: Self::Vector, from: u32) -> Self::Vector {
        let [first, second] = Simd::<f32>::load(self, table);
        let mut found = keys;
        for half in 0..2 {
            // SAFETY: `self` proves that the instructions are present; a lookup in half of the table
            // takes no more than three bits.
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
}

// No instruction looks up one of four values, and no kernel asks for it.
avx2! { f64, 8, avx2_f64 { add sub mul div max min } }

#[cfg(test)]
mod tests;
