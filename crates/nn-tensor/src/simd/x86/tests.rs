//! Every instruction set gives the same bits.

use super::{AVX2, AVX512, PORTABLE, level};
use crate::product::one_hidden::{Backward, Forward};
use crate::product::{Affine, Dots, Finish, OneHidden, Start, Strided, Thin, Tiles, Transpose};
use crate::row_blocks::RowBlock;
use crate::simd::{Kernel, Simd};
use crate::softmax::{log_probabilities, probabilities};
use crate::{Matrix, Scalar};

/// Runs a kernel with the instructions of a level, or those present where they are narrower.
fn run<T: Scalar, K: Kernel<T>>(wanted: u8, kernel: K) -> K::Output
where
    super::Avx512: Simd<T>,
    super::Avx2: Simd<T>,
    super::Portable: Simd<T>,
{
    // SAFETY: `detect` found the instructions of all levels up to `level()`.
    unsafe { super::run(wanted.min(level()), kernel) }
}

/// Every function of one value, at every input.
struct Functions<'a, T>(&'a [T]);

impl<T: Scalar> Kernel<T> for Functions<'_, T> {
    type Output = Vec<T>;

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) -> Vec<T> {
        let (mut found, mut values) = (Vec::new(), vec![T::ZERO; self.0.len()]);
        for of_values in
            [T::gelu_values, T::gelu_tanh_values, T::sigmoid_values, T::silu_values, T::tanh_values]
        {
            of_values(simd, self.0, &mut values);
            found.extend_from_slice(&values);
        }
        T::gelu_gradients(simd, self.0, self.0, &mut values);
        found.extend_from_slice(&values);
        macro_rules! each {
            ($($function:ident)*) => {$(
                for (y, &x) in values.iter_mut().zip(self.0) {
                    *y = T::$function(x);
                }
                found.extend_from_slice(&values);
            )*};
        }
        each! {
            exp exp_minus_abs exp_m1 ln ln_1p tanh sigmoid erf erfc normal_cdf gelu gelu_slope
            gelu_tanh normal_density sqrt silu mish mish_slope tanhshrink
        }
        for (y, &x) in values.iter_mut().zip(self.0) {
            *y = x.softplus(0.7);
        }
        found.extend_from_slice(&values);
        for (y, &x) in values.iter_mut().zip(self.0) {
            *y = x.scaled_exp_m1(1.3, (0.7, 1e-17));
        }
        found.extend_from_slice(&values);
        for (y, &x) in values.iter_mut().zip(self.0) {
            *y = x.scaled_exp(1.3, (0.7, 1e-17));
        }
        found.extend_from_slice(&values);
        found
    }
}

fn bits<T: Scalar>(values: &[T]) -> Vec<u64> {
    // One NaN is as good as another.
    let bits = |x: &T| if x.is_nan() { u64::MAX } else { x.to_f64().to_bits() };
    values.iter().map(bits).collect()
}

fn matrix<T: Scalar>(rows: usize, columns: usize) -> Matrix<T> {
    Matrix::from_fn(rows, columns, |i, j| {
        T::from_f64(((i * 37 + j * 101) % 997) as f64 / 331.0 - 1.5)
    })
}

/// What each kernel computes at a level, as bits.
fn everything<T: Scalar>(level: u8, inputs: &[T]) -> Vec<u64>
where
    super::Avx512: Simd<T>,
    super::Avx2: Simd<T>,
    super::Portable: Simd<T>,
{
    let mut found = bits(&run(level, Functions(inputs)));
    for (n, k, m) in
        [(1, 1, 1), (7, 5, 3), (16, 2, 10), (37, 3, 5), (100, 10, 2), (50, 40, 1), (65, 530, 75)]
    {
        let (a, b, bias) = (matrix::<T>(n, k), matrix::<T>(k, m), matrix::<T>(1, m));
        let (mut c, signs) = (matrix(n, m), matrix(n, m));
        let (start, rows) = (Start::Row(bias.as_slice()), Strided::of(a.view()));
        let b = Strided::of(b.view());
        for finish in [Finish::WherePositive(signs.view()), Finish::Rectify, Finish::Keep] {
            let mut product = Tiles { a: rows, b, start, finish, c: c.view_mut() };
            run(level, product.with_buffer(&mut Vec::new()));
            found.extend(bits(c.as_slice()));
            if k <= 16 || m == 1 {
                let mut thin = matrix(n, m);
                let columns = thin.view_mut();
                run(level, Thin(&mut Tiles { a: rows, b, start, finish, c: columns }));
                assert_eq!(thin, c, "columns and tiles of {n} × {k} × {m}, level {level}");
            }
        }
        let (mut d, mut e) = (matrix(k, m), matrix(k, m));
        let (a, b) = (rows.transposed(), Strided::of(c.view()));
        for start in [Start::Zeros, Start::Output] {
            let mut product = Tiles { a, b, start, finish: Finish::Keep, c: d.view_mut() };
            run(level, product.with_buffer(&mut Vec::new()));
            found.extend(bits(d.as_slice()));
        }
        let (mut transposed, signs) = (matrix(m, k), matrix(m, k));
        for finish in [Finish::WherePositive(signs.view()), Finish::Rectify, Finish::Keep] {
            run(level, Transpose { from: d.view(), finish, to: transposed.view_mut() });
            found.extend(bits(transposed.as_slice()));
        }
        assert_eq!(transposed, d.transpose(), "{n} × {k} × {m}, level {level}");
        let mut sums = vec![T::ZERO; m];
        let (a, b, start, to) = (matrix(n, k), c.view(), None, e.view_mut());
        run(level, &mut Dots { a: a.view(), b, start, c: to, sums: Some(&mut sums) });
        found.extend(bits(e.as_slice()));
        found.extend(bits(&sums));
    }
    for (n, hidden, m) in [(1, 1, 1), (70, 3, 2), (100, 21, 3), (16, 16, 1)] {
        let [v, a, w, b] = [(2, hidden), (1, hidden), (hidden, m), (1, m)]
            .map(|(rows, columns)| matrix::<T>(rows, columns));
        let first = Affine { weights: &v, biases: a.as_slice() };
        let second = Affine { weights: &w, biases: b.as_slice() };
        let (x, mut y) = (matrix(n, 2), matrix(n, m));
        let mut gradients = vec![T::ZERO; 3 * hidden + (hidden + 1) * m];
        let both = OneHidden::new(first, second).expect("widths that fit");
        let forward = Forward::new(both, x.view(), y.view_mut()).expect("shapes that fit");
        run(level, forward);
        let backward = Backward::new(both, x.view(), y.view(), &mut gradients);
        run(level, backward.expect("shapes that fit"));
        found.extend(bits(y.as_slice()));
        found.extend(bits(&gradients));
    }
    found
}

#[test]
fn every_instruction_set_of_this_machine_gives_the_same_bits() {
    // Among them the ends of all intervals of the tables, and the numbers beside them.
    let specials = [-0.0, f32::INFINITY, f32::NEG_INFINITY, f32::MIN_POSITIVE, 1e-40, -1e-40];
    let inputs32: Vec<f32> = (-160..160)
        .map(|i| i as f32 / 8.0)
        .chain(specials)
        .flat_map(|x| [x.next_down(), x, x.next_up()])
        .chain((0..=u32::MAX).step_by(400_009).map(f32::from_bits))
        .collect();
    let inputs64: Vec<f64> = (0..10_000_u64)
        .map(|i| f64::from_bits(i.wrapping_mul(0x0006_8db8_bac7_10cb)))
        .chain((-4000..4000).map(|i| f64::from(i) / 100.0))
        .collect();
    let (portable32, portable64) =
        (everything(PORTABLE, &inputs32), everything(PORTABLE, &inputs64));
    for wider in [AVX2, AVX512] {
        if wider <= level() {
            assert!(everything(wider, &inputs32) == portable32, "f32, level {wider}");
            assert!(everything(wider, &inputs64) == portable64, "f64, level {wider}");
        }
    }
}

/// The operations on blocks that no other kernel here has need of.
struct Blocks<'a, T>(&'a [T]);

impl<T: Scalar> Kernel<T> for Blocks<'_, T> {
    type Output = Vec<T>;

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) -> Vec<T> {
        let (mut found, mut block) = (Vec::new(), T::ZERO_BLOCK);
        for pair in T::blocks(self.0).0.windows(2) {
            let (a, b) = (simd.load(&pair[0]), simd.load(&pair[1]));
            let larger = simd.max(a, b);
            let integers = [3, 0, usize::MAX, 7, 1, 2, 9, 4, 8, 5, 6, 11, 10, 15, 13, 12];
            for result in [
                simd.keys(&integers[..T::LANES]),
                simd.keys(&integers[..3]),
                simd.keys(&[]),
                simd.magnitude_up_to(a, b),
                simd.add_bits(a, b, 5),
                simd.lookup(&pair[0], b, 3),
                simd.sub(a, b),
                simd.mul(a, b),
                simd.div(a, b),
                larger,
                simd.select_equal(larger, a, b, a),
                simd.where_positive(a, b),
                simd.min(a, b),
                simd.select_less(a, b, larger, a),
                simd.copysign(a, b),
                simd.mul_add_where_positive(a, b, simd.splat(T::HALF), simd.splat(T::ONE)),
                simd.mul_add_where_positive(a, larger, b, simd.splat(T::ZERO)),
                simd.load_rest_or(&self.0[..T::LANES + 3], a),
                simd.load_rest_or(&pair[0].as_ref()[..3], b),
                simd.load_last(&self.0[..T::LANES + 3]),
                simd.load_last(&pair[0].as_ref()[..3]),
                T::exp_by_factor(crate::simd::Blocks { simd, vectors: [a] }).vectors[0],
            ] {
                simd.store(result, &mut block);
                found.extend_from_slice(block.as_ref());
            }
            let mut written = vec![T::ONE; T::LANES + 3];
            simd.store_rest(a, &mut written);
            simd.store_rest(b, &mut written[..3]);
            found.append(&mut written);
        }
        found
    }
}

#[test]
fn a_block_is_the_same_for_every_instruction_set() {
    let values32: Vec<f32> = (0..40_000).map(|i| (i - 39_000) as f32 / 300.0).collect();
    let values64: Vec<f64> = (0..40_000).map(|i| f64::from(i - 39_000) / 40.0).collect();
    let specials = [f32::NAN, 0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY, 1.0, -1.0];
    let values32 = [&specials.repeat(16)[..], &values32].concat();
    for level in [AVX2, AVX512] {
        let (found, expected) = (run(level, Blocks(&values32)), run(PORTABLE, Blocks(&values32)));
        assert!(bits(&found) == bits(&expected), "f32, level {level}");
        let (found, expected) = (run(level, Blocks(&values64)), run(PORTABLE, Blocks(&values64)));
        assert!(bits(&found) == bits(&expected), "f64, level {level}");
    }
}

const ROWS: usize = 32;

/// Of a matrix of [`ROWS`] rows as a whole block, and of one of fewer rows in parts.
struct Softmax<'a, T>(&'a Matrix<T>, &'a mut Matrix<T>);

impl<T: Scalar> Kernel<T> for Softmax<'_, T> {
    type Output = Vec<u64>;

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) -> Vec<u64> {
        let Self(x, y) = self;
        let whole = RowBlock::<S, ROWS, true>::whole(simd);
        let parts = RowBlock::<S, ROWS, false>::in_parts(simd, x.rows(), x.columns());
        let mut found = Vec::new();
        macro_rules! each {
            ($($block:ident)*) => {$(
                probabilities::<T, S, ROWS, _, false>($block, x.view(), y.view_mut());
                found.extend(bits(y.as_slice()));
                log_probabilities($block, x.view(), y.view_mut());
                found.extend(bits(y.as_slice()));
            )*};
        }
        if x.rows() == ROWS {
            each!(whole parts);
        } else {
            each!(parts);
        }
        found
    }
}

fn softmax<T: Scalar>(level: u8) -> Vec<u64>
where
    super::Avx512: Simd<T>,
    super::Avx2: Simd<T>,
    super::Portable: Simd<T>,
{
    let mut found = Vec::new();
    for (rows, factor) in [(ROWS, 1.0), (ROWS, 60.0), (ROWS, 1e4), (1, 9.0), (5, 9.0)] {
        let x = matrix::<T>(rows, 150).map(|x| x * T::from_f64(factor));
        found.extend(run(level, Softmax(&x, &mut matrix(rows, 150))));
    }
    found
}

#[test]
fn softmax_is_the_same_for_every_instruction_set() {
    for level in [AVX2, AVX512] {
        assert!(softmax::<f32>(level) == softmax::<f32>(PORTABLE), "f32, level {level}");
        assert!(softmax::<f64>(level) == softmax::<f64>(PORTABLE), "f64, level {level}");
    }
}

#[test]
fn the_environment_holds_to_narrower_instructions_and_never_to_wider_ones() {
    let allowed = |text: &str| super::widest_allowed(Some(text.as_ref()));
    assert_eq!([allowed("portable"), allowed("avx2")], [PORTABLE, AVX2]);
    for other in ["", "avx512", "AVX2", "sse"] {
        assert_eq!(allowed(other), AVX512, "{other}");
    }
    assert_eq!(super::widest_allowed(None), AVX512);
}
