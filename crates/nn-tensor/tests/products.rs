//! The three products against sums written out in `f64`.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_tensor::{Matrix, Scalar, ShapeError, View, column_sums, product};
use proptest::prelude::*;

/// A matrix of small values that differ from place to place.
fn matrix<T: Scalar>(rows: usize, columns: usize, seed: u64) -> Matrix<T> {
    let mut state = seed;
    Matrix::from_fn(rows, columns, |_, _| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        T::from_f64((state >> 40) as f64 / f64::from(1 << 23) - 1.0)
    })
}

/// `Σₖ a(i, k)·b(k, j)` in `f64`, and `Σₖ |a(i, k)·b(k, j)|`, to which rounding errors are held.
fn naive<T: Scalar>(
    [rows, inner, columns]: [usize; 3],
    a: impl Fn(usize, usize) -> T,
    b: impl Fn(usize, usize) -> T,
) -> [Matrix<f64>; 2] {
    [|x: f64| x, f64::abs].map(|part| {
        Matrix::from_fn(rows, columns, |i, j| {
            (0..inner).map(|k| part(a(i, k).to_f64() * b(k, j).to_f64())).sum()
        })
    })
}

fn assert_close<T: Scalar>(found: &Matrix<T>, [sums, sizes]: &[Matrix<f64>; 2], inner: usize) {
    assert_eq!(found.shape(), sums.shape());
    let tolerance = (inner + 2) as f64 * T::EPSILON.to_f64();
    for ((found, sum), size) in found.as_slice().iter().zip(sums.as_slice()).zip(sizes.as_slice()) {
        let error = (found.to_f64() - sum).abs();
        assert!(error <= tolerance * (size + 1.0), "{found} for {sum}");
    }
}

fn products_are_sums<T: Scalar>(shape: [usize; 3], seed: u64) -> Result<(), ShapeError> {
    let [n, k, m] = shape;
    let (x, w) = (matrix::<T>(n, k, seed), matrix::<T>(k, m, seed + 1));
    let expected = naive(shape, |i, j| x[(i, j)], |i, j| w[(i, j)]);
    assert_close(&x.matmul(&w)?, &expected, k);

    let mut product = matrix(n, m, seed + 2); // to be overwritten
    product::matmul_transpose(x.view(), w.transpose().view(), product.view_mut())?;
    assert_close(&product, &expected, k);

    let mut product = matrix(n, m, seed + 3); // to be overwritten
    product::transpose_matmul(x.transpose().view(), w.view(), product.view_mut())?;
    assert_close(&product, &expected, k);

    if n > 0 {
        let row: Vec<T> = (0..k).map(|j| x[(0, j)]).collect();
        let bias: Vec<T> = (0..m).map(|j| T::from_f64(j as f64)).collect();
        let mut y = vec![T::ZERO; m];
        product::affine_row(&row, &w, &bias, &mut y)?;
        let expected = naive([1, k, m], |_, j| row[j], |i, j| w[(i, j)]);
        let biased = expected.map(|m| Matrix::from_fn(1, m.columns(), |_, j| m[(0, j)] + j as f64));
        assert_close(&Matrix::from_row_slice(1, m, &y)?, &biased, k);
    }
    Ok(())
}

/// Short sides more often than long ones.
fn side() -> impl Strategy<Value = usize> {
    prop_oneof![Just(1_usize), 0..4_usize, 1..20_usize, 20..90_usize]
}

proptest! {
    #[test]
    fn products_of_any_shape_are_the_sums_of_their_definition(
        shape in [side(), side(), side()], seed in 0_u64..1000,
    ) {
        products_are_sums::<f32>(shape, seed)?;
        products_are_sums::<f64>(shape, seed)?;
    }

    #[test]
    fn products_of_some_rows_are_those_rows_of_the_product(
        [n, k, m] in [side(), side(), side()], start in 0_usize..90, count in 0_usize..90,
    ) {
        let (x, w) = (matrix::<f64>(n, k, 1), matrix::<f64>(k, m, 2));
        let (start, end) = (start.min(n), (start + count).min(n));
        let whole = x.matmul(&w)?;
        let mut part = Matrix::zeros(n, m);
        product::matmul(
            x.row_range(start..end)?, w.view(), part.view_mut().row_range(start..end)?,
        )?;
        for i in 0..n {
            for j in 0..m {
                let expected = if (start..end).contains(&i) { whole[(i, j)] } else { 0.0 };
                prop_assert!((part[(i, j)] - expected).abs() <= 1e-13);
            }
        }
    }

    #[test]
    fn mismatched_shapes_are_an_error_that_leaves_the_output_alone(
        shapes in [[side(), side()], [side(), side()], [side(), side()]],
    ) {
        type Product = fn(View<'_, f64>, View<'_, f64>, nn_tensor::ViewMut<'_, f64>) -> Result<(), ShapeError>;
        let [a, b, c] = shapes;
        let products: [(Product, bool); 3] = [
            (product::matmul, a[1] == b[0] && c == [a[0], b[1]]),
            (product::transpose_matmul, a[0] == b[0] && c == [a[1], b[1]]),
            (product::matmul_transpose, a[1] == b[1] && c == [a[0], b[0]]),
        ];
        for (product, fits) in products {
            let [x, y] = [a, b].map(|[rows, columns]| matrix::<f64>(rows, columns, 3));
            let before = matrix::<f64>(c[0], c[1], 4);
            let mut output = before.clone();
            let result = product(x.view(), y.view(), output.view_mut());
            prop_assert_eq!(result.is_ok(), fits);
            if let Err(error) = result {
                let typed = matches!(error, ShapeError::Mismatch { .. });
                prop_assert!(typed, "{error}");
                prop_assert_eq!(output, before);
            }
        }
    }
}

fn rectified_rows_are_rows_without_what_is_negative<T: Scalar>() -> Result<(), ShapeError> {
    for (k, m) in (0..20).flat_map(|k| [1, 2, 3, 4, 5, 10].map(|m| (k, m))) {
        let mut weights = matrix::<T>(k, m, 1);
        if k > 0 {
            weights[(k - 1, m - 1)] = T::from_f64(f64::NAN);
        }
        let (x, bias) = (matrix::<T>(1, k, 2), matrix::<T>(1, m, 3));
        let (x, bias) = (x.as_slice(), bias.as_slice());
        let (mut y, mut rectified) = (vec![T::ONE; m], vec![T::ONE; m]); // to be overwritten
        product::affine_row(x, &weights, bias, &mut y)?;
        product::affine_row_rectified(x, &weights, bias, &mut rectified)?;
        assert_eq!(y[m - 1].is_nan(), k > 0, "{k} × {m}");
        for (&y, &rectified) in y.iter().zip(&rectified) {
            let same =
                if y.is_nan() { rectified.is_nan() } else { rectified == y.maximum(T::ZERO) };
            assert!(same, "{k} × {m}: {rectified} of {y}");
        }
    }
    Ok(())
}

#[test]
fn a_rectified_row_is_the_row_where_it_is_positive_or_nan_and_0_elsewhere() {
    rectified_rows_are_rows_without_what_is_negative::<f32>().unwrap();
    rectified_rows_are_rows_without_what_is_negative::<f64>().unwrap();
}

#[test]
fn a_row_of_another_length_is_an_error_that_leaves_the_output_alone() {
    type Product = fn(&[f32], &Matrix<f32>, &[f32], &mut [f32]) -> Result<(), ShapeError>;
    let products: [(&str, Product); 2] = [
        ("affine_row", product::affine_row),
        ("affine_row_rectified", product::affine_row_rectified),
    ];
    for (operation, product) in products {
        for k in [2, 10, 40] {
            let weights = matrix::<f32>(k, 3, 1);
            for (x, bias, y, expected, found) in
                [(k + 1, 3, 3, k, k + 1), (k, 4, 3, 3, 4), (k, 3, 2, 3, 2)]
            {
                let mut output = vec![7.0; y];
                let result = product(&vec![1.0; x], &weights, &vec![1.0; bias], &mut output);
                assert_eq!(result, Err(ShapeError::Length { operation, expected, found }));
                assert_eq!(output, vec![7.0; y]);
            }
        }
    }
}

/// Sides around those of tiles, and around the number of columns that are worked at once.
const ROWS: [usize; 7] = [2, 15, 16, 47, 64, 130, 200];
const INNER: [usize; 6] = [1, 7, 16, 256, 513, 1030];
const COLUMNS: [usize; 8] = [1, 2, 3, 7, 8, 13, 33, 70];

/// Calls a function with every combination of sides.
fn for_each_shape(mut f: impl FnMut(usize, usize, usize)) {
    for n in ROWS {
        for k in INNER {
            for m in COLUMNS {
                f(n, k, m);
            }
        }
    }
}

/// `start + Σₖ a(i, k)·b(k, j)`, from the first product to the last, each rounded once with its sum.
fn chains(a: &Matrix<f32>, b: &Matrix<f32>, start: impl Fn(usize, usize) -> f32) -> Matrix<f32> {
    Matrix::from_fn(a.rows(), b.columns(), |i, j| {
        (0..a.columns()).fold(start(i, j), |sum, k| a[(i, k)].mul_add(b[(k, j)], sum))
    })
}

#[test]
fn every_value_of_a_batch_is_one_chain_of_fused_multiply_adds() {
    for_each_shape(|n, k, m| {
        let (x, w) = (matrix::<f32>(n, k, 1), matrix::<f32>(k, m, 2));
        let biases: Vec<f32> = matrix(1, m, 3).as_slice().to_vec();
        let expected = chains(&x, &w, |_, _| 0.0);
        // What the output held before is not read.
        let mut y = Matrix::from_fn(n, m, |_, _| f32::NAN);
        product::matmul(x.view(), w.view(), y.view_mut()).unwrap();
        assert_eq!(y, expected, "{n} × {k} × {m}");
        y.view_mut().fill(f32::NAN);
        product::matmul_transpose(x.view(), w.transpose().view(), y.view_mut()).unwrap();
        assert_eq!(y, expected, "{n} × {k} × {m}, transposed");
        y.view_mut().fill(f32::NAN);
        product::affine(x.view(), w.view(), &biases, y.view_mut()).unwrap();
        assert_eq!(y, chains(&x, &w, |_, j| biases[j]), "{n} × {k} × {m}, affine");
    });
}

#[test]
fn a_rectified_product_is_the_product_and_0_where_that_or_the_input_is_not_positive() {
    for_each_shape(|n, k, m| {
        let (x, w, signs) = (matrix::<f32>(n, k, 1), matrix::<f32>(k, m, 2), matrix(n, m, 4));
        let biases: Vec<f32> = matrix(1, m, 3).as_slice().to_vec();
        let (mut y, mut rectified) = (Matrix::zeros(n, m), matrix(n, m, 5)); // to be overwritten
        product::affine(x.view(), w.view(), &biases, y.view_mut()).unwrap();
        product::affine_rectified(x.view(), w.view(), &biases, rectified.view_mut()).unwrap();
        assert_eq!(rectified, y.map(|y| y.max(0.0)), "{n} × {k} × {m}");

        let w = w.transpose();
        product::matmul_transpose(x.view(), w.view(), y.view_mut()).unwrap();
        let output = rectified.view_mut();
        product::matmul_transpose_rectified(x.view(), w.view(), signs.view(), output).unwrap();
        let positive = |i, j| if signs[(i, j)] > 0.0 { y[(i, j)] } else { 0.0 };
        assert_eq!(rectified, Matrix::from_fn(n, m, positive), "{n} × {k} × {m}, transposed");
    });
}

#[test]
fn the_product_with_sums_is_the_product_and_the_sums() {
    for (n, k, m) in [(0, 2, 3), (5, 0, 3), (7, 3, 0), (9, 2, 10), (100, 10, 2), (300, 70, 40)] {
        let (x, dy) = (matrix::<f32>(n, k, 1), matrix::<f32>(n, m, 2));
        let (mut product, mut sums) = (matrix::<f32>(k, m, 3), vec![f32::NAN; m]);
        let (mut expected_product, mut expected_sums) = (product.clone(), sums.clone());
        let c = product.view_mut();
        product::transpose_matmul_and_sums(x.view(), dy.view(), c, &mut sums).unwrap();
        product::transpose_matmul(x.view(), dy.view(), expected_product.view_mut()).unwrap();
        column_sums(dy.view(), &mut expected_sums).unwrap();
        assert_eq!((product, sums), (expected_product, expected_sums), "{n} × {k} × {m}");
    }
}

#[test]
fn products_around_the_sizes_of_tiles_are_the_sums_of_their_definition() {
    for_each_shape(|n, k, m| {
        if n * k * m < 100_000 {
            products_are_sums::<f32>([n, k, m], 1).unwrap();
            products_are_sums::<f64>([n, k, m], 2).unwrap();
        }
    });
}

#[test]
fn products_of_rows_within_larger_matrices_have_the_same_bits_and_touch_no_other_rows() {
    for (n, k, m) in [(2, 3, 5), (17, 9, 10), (40, 70, 33), (150, 20, 12), (150, 6, 3)] {
        let (x, dy, w) = (matrix::<f32>(n, k, 1), matrix::<f32>(n, m, 2), matrix::<f32>(k, m, 3));
        let within = |inner: &Matrix<f32>| {
            Matrix::from_fn(n + 9, inner.columns(), |i, j| {
                if (5..n + 5).contains(&i) { inner[(i - 5, j)] } else { f32::NAN }
            })
        };
        let (large_x, large_dy) = (within(&x), within(&dy));
        let rows = 5..n + 5;
        let (x_rows, dy_rows) =
            (large_x.row_range(rows.clone()).unwrap(), large_dy.row_range(rows.clone()).unwrap());

        let (mut y, mut large_y) = (Matrix::zeros(n, m), Matrix::zeros(n + 9, m));
        product::matmul(x.view(), w.view(), y.view_mut()).unwrap();
        let part = large_y.view_mut().row_range(rows.clone()).unwrap();
        product::matmul(x_rows, w.view(), part).unwrap();
        assert_eq!(large_y.row_range(rows.clone()).unwrap().to_matrix(), y);
        let outside = (0..5).chain(n + 5..n + 9);
        assert!(outside.clone().all(|i| (0..m).all(|j| large_y[(i, j)] == 0.0)));

        let (mut dw, mut dw_of_rows) = (matrix::<f32>(k, m, 4), matrix::<f32>(k, m, 4));
        product::transpose_matmul(x.view(), dy.view(), dw.view_mut()).unwrap();
        product::transpose_matmul(x_rows, dy_rows, dw_of_rows.view_mut()).unwrap();
        assert_eq!(dw, dw_of_rows);

        let (mut dx, mut large_dx) = (Matrix::zeros(n, k), Matrix::zeros(n + 9, k));
        product::matmul_transpose(dy.view(), w.view(), dx.view_mut()).unwrap();
        let part = large_dx.view_mut().row_range(rows.clone()).unwrap();
        product::matmul_transpose(dy_rows, w.view(), part).unwrap();
        assert_eq!(large_dx.row_range(rows).unwrap().to_matrix(), dx);
        assert!(outside.into_iter().all(|i| (0..k).all(|j| large_dx[(i, j)] == 0.0)));
    }
}

#[test]
fn a_value_that_is_not_finite_reaches_what_it_is_multiplied_into_and_nothing_else() {
    for (n, k, m) in [(1, 5, 3), (20, 3, 2), (33, 40, 17), (200, 8, 8)] {
        for value in [f32::NAN, f32::INFINITY] {
            let (mut x, w) = (matrix::<f32>(n, k, 1), matrix::<f32>(k, m, 2));
            let dy = matrix::<f32>(n, m, 3);
            x[(n - 1, k / 2)] = value;
            let y = x.matmul(&w).unwrap();
            assert!((0..n).all(|i| (0..m).all(|j| y[(i, j)].is_finite() == (i < n - 1))));
            let mut dw = Matrix::zeros(k, m);
            product::transpose_matmul(x.view(), dy.view(), dw.view_mut()).unwrap();
            assert!((0..k).all(|i| (0..m).all(|j| dw[(i, j)].is_finite() == (i != k / 2))));
            let mut z = Matrix::zeros(n, m);
            product::matmul_transpose(x.view(), w.transpose().view(), z.view_mut()).unwrap();
            assert!((0..n).all(|i| (0..m).all(|j| z[(i, j)].is_finite() == (i < n - 1))));
        }
    }
}

#[test]
#[cfg(feature = "rayon")]
fn the_number_of_threads_changes_no_bit() {
    let tiles = [(256, 300, 301), (64, 1000, 90), (700, 64, 100), (1, 3000, 2000)];
    // Worked by their transpose, some of them in no more columns than make a vector.
    let few_rows = [(16, 8192, 512), (8, 16, 16_400), (16, 512, 8192), (20, 3000, 70)];
    let few_columns = [(16_400, 8, 16), (8200, 12, 40), (3000, 16, 100)];
    for (n, k, m) in tiles.into_iter().chain(few_rows).chain(few_columns) {
        let (x, w, dy) = (matrix::<f32>(n, k, 1), matrix::<f32>(k, m, 2), matrix::<f32>(n, m, 3));
        let biases = matrix::<f32>(1, m, 4);
        let products = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let (mut y, mut dw) = (Matrix::zeros(n, m), matrix(k, m, 5));
                let mut dx = Matrix::zeros(n, k);
                product::affine(x.view(), w.view(), biases.as_slice(), y.view_mut()).unwrap();
                product::transpose_matmul(x.view(), dy.view(), dw.view_mut()).unwrap();
                product::matmul_transpose(dy.view(), w.view(), dx.view_mut()).unwrap();
                [y, dw, dx]
            })
        };
        let expected = products(1);
        for threads in [2, 4, 7] {
            assert_eq!(products(threads), expected, "{threads} threads");
        }
    }
}

/// Rows are packed for eight tiles at once where they are a page of memory apart; the values of the last row
/// end where the matrix does.
#[test]
fn products_with_the_transpose_of_a_tall_matrix_are_the_sums_of_their_definition() {
    for columns in [1024, 1104, 1105] {
        products_are_sums::<f32>([70, 65, columns], 5).unwrap();
        products_are_sums::<f64>([70, 65, columns], 6).unwrap();
    }
}

fn a_row_gives_the_same_bits_wherever_it_is<T: Scalar>() {
    for (k, m) in [(63, 3), (64, 5), (100, 9), (784, 13), (1029, 4)] {
        let (x, w) = (matrix::<T>(1, k, 1), matrix::<T>(k, m, 2));
        let mut results = Vec::new();
        for before in 0..16 {
            let mut memory = vec![T::INFINITY; before];
            memory.extend_from_slice(w.as_slice());
            let w = View::from_slice(&memory[before..], k, m).unwrap();
            let mut y = matrix(1, m, 3); // to be overwritten
            product::matmul(x.view(), w, y.view_mut()).unwrap();
            results.push(y);
        }
        let expected = naive([1, k, m], |i, j| x[(i, j)], |i, j| w[(i, j)]);
        assert_close(&results[0], &expected, k);
        assert!(results.iter().all(|y| *y == results[0]), "{k} × {m}");
    }
}

#[test]
fn a_product_with_a_row_gives_the_same_bits_wherever_the_matrix_lies_in_memory() {
    a_row_gives_the_same_bits_wherever_it_is::<f32>();
    a_row_gives_the_same_bits_wherever_it_is::<f64>();
}

#[test]
fn a_single_column_may_be_any_distance_from_a_next_one() {
    for (n, k) in [(1, 64), (16, 64), (3, 2)] {
        let (x, w) = (matrix::<f32>(n, k, 1), matrix::<f32>(k, 1, 2));
        let far = View::with_stride(w.as_slice(), k, 1, usize::MAX).unwrap();
        let mut y = Matrix::zeros(n, 1);
        product::matmul(x.view(), far, y.view_mut()).unwrap();
        assert_eq!(y, x.matmul(&w).unwrap());
        let (mut dw, mut dx) = (Matrix::zeros(k, 1), Matrix::zeros(n, k));
        let far = View::with_stride(y.as_slice(), n, 1, usize::MAX).unwrap();
        product::transpose_matmul(x.view(), far, dw.view_mut()).unwrap();
        product::matmul_transpose(far, w.view(), dx.view_mut()).unwrap();
        let mut expected = Matrix::zeros(k, 1);
        product::transpose_matmul(x.view(), y.view(), expected.view_mut()).unwrap();
        assert_eq!(dw, expected);
        let mut expected = Matrix::zeros(n, k);
        product::matmul_transpose(y.view(), w.view(), expected.view_mut()).unwrap();
        assert_eq!(dx, expected);
    }
}
