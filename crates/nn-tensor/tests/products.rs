//! The three products against sums written out in `f64`.

use nn_tensor::{Matrix, Scalar, ShapeError, View, product};
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

    let mut sum = Matrix::zeros(n, m);
    product::add_transpose_matmul(x.transpose().view(), w.view(), sum.view_mut())?;
    assert_close(&sum, &expected, k);
    product::add_transpose_matmul(x.transpose().view(), w.view(), sum.view_mut())?;
    assert_close(&sum, &expected.map(|m| m.map(|x| 2.0 * x)), k);
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
            (product::add_transpose_matmul, a[0] == b[0] && c == [a[1], b[1]]),
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
