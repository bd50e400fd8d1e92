//! The instructions of the machine: the one place that asks which there are.
//!
//! A program built for any x86-64 runs on machines whose vectors are four times as wide. So a loop
//! worth it is written as a [`Kernel`] and handed to [`dispatch`], which runs the copy of it that
//! was compiled for the widest instructions present: AVX-512, AVX2 with FMA, or whatever the build
//! allows (which on 64-bit ARM is NEON, with nothing to ask).
//!
//! The environment variable `NN_CPU_CAPABILITY` holds a program to narrower ones, for comparisons: `avx2`,
//! or `portable` (as PyTorch's `ATEN_CPU_CAPABILITY`). It is read once, and anything else in it is ignored.
//!
//! In a kernel, loops over slices are vectorised by the compiler. Where it cannot be relied upon,
//! the kernel works on blocks of 64 bytes, the widest vectors there are, with the [`Simd`] it is
//! given. Every instruction set computes a block alike and rounds alike, so a kernel gives the same
//! bits on every machine. The price is paid by x86-64 machines without FMA, built before 2013: there
//! each `a·b + c` that is to be rounded once is a call of a function.

use crate::Scalar;

mod blocks;

pub use blocks::Blocks;
pub(crate) use blocks::each;

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

    /// How many blocks the registers hold.
    const REGISTERS: usize;

    /// Whether they hold 32. A kernel that asks does so in a `const` block: what is not for these
    /// instructions is then not compiled for them.
    const MANY_REGISTERS: bool = Self::REGISTERS >= 32;

    /// Whether they hold less than 8, too few to work with several blocks at once.
    const FEW_REGISTERS: bool = Self::REGISTERS < 8;

    /// Runs a part of a kernel, compiled as a function of its own.
    ///
    /// For kernels with many loops: what the compiler takes for a function grows faster than the
    /// function.
    fn apart<K: Kernel<T>>(self, part: K) -> K::Output;

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

    /// `a - b`
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a·b`
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a / b`
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a` where it is larger, and `b` elsewhere, also where either is NaN.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a` where it is smaller, and `b` elsewhere, also where either is NaN.
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a` where `keys` has the bits of `key`, and `b` elsewhere.
    fn select_equal(
        self,
        keys: Self::Vector,
        key: Self::Vector,
        a: Self::Vector,
        b: Self::Vector,
    ) -> Self::Vector;

    /// `values` where `keys` are above 0, and 0 elsewhere, also where a key is NaN.
    #[inline(always)]
    fn where_positive(self, keys: Self::Vector, values: Self::Vector) -> Self::Vector {
        let zero = self.load(&T::ZERO_BLOCK);
        self.select_less(zero, keys, values, zero)
    }

    /// `a` where `keys` are below `bound`, and `b` elsewhere, also where a key is NaN.
    fn select_less(
        self,
        keys: Self::Vector,
        bound: Self::Vector,
        a: Self::Vector,
        b: Self::Vector,
    ) -> Self::Vector;

    /// `a·b + c` where `keys` are above 0, and `c`, which is not to be -0, elsewhere.
    #[inline(always)]
    fn mul_add_where_positive(
        self,
        keys: Self::Vector,
        a: Self::Vector,
        b: Self::Vector,
        c: Self::Vector,
    ) -> Self::Vector {
        self.mul_add(self.where_positive(keys, a), self.where_positive(keys, b), c)
    }

    /// The last bits of a value, moved up to where the exponent is.
    #[inline(always)]
    fn exponent_from_low_bits(self, vector: Self::Vector) -> Self::Vector {
        self.add_bits(self.load(&T::ZERO_BLOCK), vector, T::EXPONENT)
    }

    /// The values with the signs of others.
    fn copysign(self, vector: Self::Vector, signs: Self::Vector) -> Self::Vector;

    /// The absolute values, and `bound` where they are larger; NaN stays NaN.
    #[inline(always)]
    fn magnitude_up_to(self, vector: Self::Vector, bound: Self::Vector) -> Self::Vector {
        self.min(bound, self.copysign(vector, self.load(&T::ZERO_BLOCK)))
    }

    /// `a`, to whose bits those of `b` are added as integers, moved up by so many places: `a·2ᵏ`, where
    /// `b` has the bits of an integer `k` in its own.
    fn add_bits(self, a: Self::Vector, b: Self::Vector, up: u32) -> Self::Vector;

    /// The values of a table at the places that the bits of `keys` tell, from the one of number `from`
    /// on and as many as it takes.
    #[inline(always)]
    fn lookup(self, table: &T::Block, keys: Self::Vector, from: u32) -> Self::Vector {
        let mut block = T::ZERO_BLOCK;
        self.store(keys, &mut block);
        for key in block.as_mut() {
            *key = table.as_ref()[key.place(from)];
        }
        self.load(&block)
    }

    /// The integers, at most as many as a block has values, as [`Simd::select_equal`] compares them; the
    /// lanes after the last hold what equals no integer.
    #[inline(always)]
    fn keys(self, integers: &[usize]) -> Self::Vector {
        let mut block = T::ZERO_BLOCK;
        block.as_mut()[integers.len().min(T::LANES)..].fill(T::key(usize::MAX));
        for (key, &integer) in block.as_mut().iter_mut().zip(integers) {
            *key = T::key(integer);
        }
        self.load(&block)
    }

    /// Asks for the line of cache that a value is in, without waiting for it.
    #[inline(always)]
    fn prefetch(self, _: &T) {}

    /// `a₀, b₀, a₁, b₁, …`, which fill two blocks.
    fn interleave(self, a: Self::Vector, b: Self::Vector) -> [Self::Vector; 2];

    /// The sum of all values: those of the second half are added to those of the first, and so on.
    #[inline(always)]
    fn sum(self, vector: Self::Vector) -> T {
        let mut block = T::ZERO_BLOCK;
        self.store(vector, &mut block);
        T::sum_block(block)
    }

    /// Reads what is left at the end of a slice, at most a block of it, with zeros after it.
    #[inline(always)]
    fn load_rest(self, from: &[T]) -> Self::Vector {
        self.load_rest_or(from, self.load(&T::ZERO_BLOCK))
    }

    /// Reads a slice, at most a block of it, into the last places, with zeros before it.
    #[inline(always)]
    fn load_last(self, from: &[T]) -> Self::Vector {
        let mut block = T::ZERO_BLOCK;
        let first = T::LANES - from.len().min(T::LANES);
        block.as_mut()[first..].copy_from_slice(&from[..T::LANES - first]);
        self.load(&block)
    }

    /// Reads what is left at the end of a slice, at most a block of it, and after it what `rest` has there.
    #[inline(always)]
    fn load_rest_or(self, from: &[T], rest: Self::Vector) -> Self::Vector {
        let mut block = T::ZERO_BLOCK;
        self.store(rest, &mut block);
        let length = from.len().min(T::LANES);
        block.as_mut()[..length].copy_from_slice(&from[..length]);
        self.load(&block)
    }

    /// Writes to what is left at the end of a slice, at most a block of it.
    #[inline(always)]
    fn store_rest(self, vector: Self::Vector, to: &mut [T]) {
        let mut block = T::ZERO_BLOCK;
        self.store(vector, &mut block);
        let length = to.len().min(T::LANES);
        to[..length].copy_from_slice(&block.as_ref()[..length]);
    }
}

/// Values that come in blocks of 64 bytes.
pub trait Vectors: Copy {
    /// 64 bytes of values.
    type Block: Copy + AsRef<[Self]> + AsMut<[Self]>;

    /// How many values make a block.
    const LANES: usize;

    /// A block of zeros.
    const ZERO_BLOCK: Self::Block;

    /// Which bit is the last of the exponent.
    const EXPONENT: u32;

    /// The blocks of a slice, and what is left.
    fn blocks(values: &[Self]) -> (&[Self::Block], &[Self]);

    /// The blocks of a slice, and what is left.
    fn blocks_mut(values: &mut [Self]) -> (&mut [Self::Block], &mut [Self]);

    /// The place in a block that the bits tell, from the one of number `from` on.
    fn place(self, from: u32) -> usize;

    /// The value of which an integer is the bits, to be compared by [`Simd::select_equal`].
    fn key(integer: usize) -> Self;

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

/// Names the widest instructions that are to be used.
#[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
const CAPABILITY: &str = "NN_CPU_CAPABILITY";

/// Whatever instructions the build allows.
#[derive(Debug, Clone, Copy)]
struct Portable(());

macro_rules! portable {
    ($($(#[$inline:meta])* $float:ident, $lanes:literal;)*) => {$(
        impl Simd<$float> for Portable {
            type Vector = [$float; $lanes];

            // On x86-64 one is as good as none: see below.
            const REGISTERS: usize = if cfg!(target_arch = "aarch64") {
                8
            } else if cfg!(target_arch = "x86_64") {
                1
            } else {
                4
            };

            #[inline(never)]
            fn apart<K: Kernel<$float>>(self, part: K) -> K::Output {
                part.run(self)
            }
            $(#[$inline])*
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
            $(#[$inline])*
            fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| a[i].mul_add(b[i], c[i]))
            }
            $(#[$inline])*
            fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| a[i] + b[i])
            }
            $(#[$inline])*
            fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| a[i] - b[i])
            }
            $(#[$inline])*
            fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| a[i] * b[i])
            }
            $(#[$inline])*
            fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| a[i] / b[i])
            }
            $(#[$inline])*
            fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| if a[i] > b[i] { a[i] } else { b[i] })
            }
            $(#[$inline])*
            fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| if a[i] < b[i] { a[i] } else { b[i] })
            }
            $(#[$inline])*
            fn select_equal(
                self, keys: Self::Vector, key: Self::Vector, a: Self::Vector, b: Self::Vector,
            ) -> Self::Vector {
                std::array::from_fn(|i| {
                    if keys[i].to_bits() == key[i].to_bits() { a[i] } else { b[i] }
                })
            }
            $(#[$inline])*
            fn select_less(
                self, keys: Self::Vector, bound: Self::Vector, a: Self::Vector, b: Self::Vector,
            ) -> Self::Vector {
                std::array::from_fn(|i| if keys[i] < bound[i] { a[i] } else { b[i] })
            }
            $(#[$inline])*
            fn mul_add_where_positive(
                self, keys: Self::Vector, a: Self::Vector, b: Self::Vector, c: Self::Vector,
            ) -> Self::Vector {
                std::array::from_fn(|i| if keys[i] > 0.0 { a[i].mul_add(b[i], c[i]) } else { c[i] })
            }
            $(#[$inline])*
            fn copysign(self, vector: Self::Vector, signs: Self::Vector) -> Self::Vector {
                std::array::from_fn(|i| vector[i].copysign(signs[i]))
            }
            $(#[$inline])*
            fn add_bits(self, a: Self::Vector, b: Self::Vector, up: u32) -> Self::Vector {
                std::array::from_fn(|i| {
                    $float::from_bits(a[i].to_bits().wrapping_add(b[i].to_bits() << up))
                })
            }
            $(#[$inline])*
            fn interleave(self, a: Self::Vector, b: Self::Vector) -> [Self::Vector; 2] {
                let mut pairs = [[0.0; $lanes]; 2];
                let values = pairs.as_flattened_mut();
                for i in 0..$lanes {
                    (values[2 * i], values[2 * i + 1]) = (a[i], b[i]);
                }
                pairs
            }
        }

        impl Vectors for $float {
            type Block = [$float; $lanes];
            const LANES: usize = $lanes;
            const ZERO_BLOCK: Self::Block = [0.0; $lanes];
            const EXPONENT: u32 = $float::MANTISSA_DIGITS - 1;

            #[inline(always)]
            fn blocks(values: &[Self]) -> (&[Self::Block], &[Self]) {
                values.as_chunks()
            }
            #[inline(always)]
            fn blocks_mut(values: &mut [Self]) -> (&mut [Self::Block], &mut [Self]) {
                values.as_chunks_mut()
            }
            #[inline(always)]
            fn place(self, from: u32) -> usize {
                (self.to_bits() >> from) as usize % $lanes
            }
            #[inline(always)]
            fn key(integer: usize) -> Self {
                Self::from_bits(integer as _)
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
                #[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
                return x86::dispatch(kernel);
                #[cfg(not(all(target_arch = "x86_64", target_pointer_width = "64")))]
                return kernel.run(Portable(()));
            }
        }
    )*};
}

// On x86-64 this is for machines without FMA, where a fused multiply-add is a call for each value: so
// slow that each operation may be a call as well, and be compiled once and not into every loop.
portable! {
    #[cfg_attr(target_arch = "x86_64", inline(never))]
    #[cfg_attr(not(target_arch = "x86_64"), inline(always))]
    f32, 16;
    #[cfg_attr(target_arch = "x86_64", inline(never))]
    #[cfg_attr(not(target_arch = "x86_64"), inline(always))]
    f64, 8;
}

#[cfg(all(target_arch = "x86_64", target_pointer_width = "64"))]
mod x86;
