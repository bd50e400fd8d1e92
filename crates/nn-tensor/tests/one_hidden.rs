//! Two layers in one against the same layers one by one.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_tensor::product::{self, Affine, OneHidden};
use nn_tensor::{Matrix, Scalar, Shape, ShapeError};

const ROWS: [usize; 12] = [0, 1, 2, 15, 16, 17, 47, 64, 65, 130, 300, 513];
const HIDDEN: [usize; 8] = [1, 2, 7, 10, 16, 17, 33, 64];

fn matrix<T: Scalar>(rows: usize, columns: usize, seed: f64) -> Matrix<T> {
    let value = |i: usize, j: usize| ((i * 37 + j * 101) as f64 + seed).sin() * 1.7;
    Matrix::from_fn(rows, columns, |i, j| T::from_f64(value(i, j)))
}

/// The parameters of both layers.
struct Layers<T> {
    v: Matrix<T>,
    a: Matrix<T>,
    w: Matrix<T>,
    b: Matrix<T>,
}

impl<T: Scalar> Layers<T> {
    fn new(inputs: usize, hidden: usize, outputs: usize) -> Self {
        Self {
            v: matrix(inputs, hidden, 0.1),
            a: matrix(1, hidden, 0.2),
            w: matrix(hidden, outputs, 0.3),
            b: matrix(1, outputs, 0.4),
        }
    }

    fn both(&self) -> Option<OneHidden<'_, T>> {
        let hidden = Affine { weights: &self.v, biases: self.a.as_slice() };
        OneHidden::new(hidden, Affine { weights: &self.w, biases: self.b.as_slice() })
    }

    /// The hidden values and the output, one layer after the other.
    fn forward(&self, x: &Matrix<T>) -> (Matrix<T>, Matrix<T>) {
        let mut h = Matrix::zeros(x.rows(), self.v.columns());
        let mut y = Matrix::zeros(x.rows(), self.w.columns());
        let (x, v, w) = (x.view(), self.v.view(), self.w.view());
        product::affine_rectified(x, v, self.a.as_slice(), h.view_mut()).unwrap();
        product::affine(h.view(), w, self.b.as_slice(), y.view_mut()).unwrap();
        (h, y)
    }
}

/// Holds values to others within so many times the precision.
fn assert_close<T: Scalar>(found: &[T], expected: &[T], most: f64) {
    assert_eq!(found.len(), expected.len());
    for (place, (&f, &e)) in found.iter().zip(expected).enumerate() {
        let error = (f.to_f64() - e.to_f64()).abs();
        assert!(error <= most * T::EPSILON.to_f64(), "{f} for {e} at {place}");
    }
}

/// Calls with every number of rows, hidden units and outputs.
fn each_shape(call: impl Fn([usize; 3])) {
    for rows in ROWS {
        for hidden in HIDDEN {
            for outputs in 1..=3 {
                call([rows, hidden, outputs]);
            }
        }
    }
}

fn forward_is_one_layer_after_the_other<T: Scalar>() {
    each_shape(|[rows, hidden, outputs]| {
        let (layers, x) = (Layers::<T>::new(2, hidden, outputs), matrix(rows, 2, 0.5));
        let mut y = matrix(rows, outputs, 0.6); // to be overwritten
        layers.both().unwrap().forward(x.view(), y.view_mut()).unwrap();
        let (_, expected) = layers.forward(&x);
        if rows == 1 {
            // A single row is summed in another order.
            assert_close(y.as_slice(), expected.as_slice(), 100.0);
        } else {
            assert_eq!(y, expected, "{rows} rows, {hidden} hidden units, {outputs} outputs");
        }
    });
}

#[test]
fn both_layers_at_once_give_the_bits_of_one_after_the_other() {
    forward_is_one_layer_after_the_other::<f32>();
    forward_is_one_layer_after_the_other::<f64>();
}

fn gradients_are_those_of_one_layer_after_the_other<T: Scalar>() {
    each_shape(|[rows, hidden, outputs]| {
        let (layers, x) = (Layers::<T>::new(2, hidden, outputs), matrix(rows, 2, 0.5));
        let (dy, (h, _)) = (matrix::<T>(rows, outputs, 0.7), layers.forward(&x));
        let mut found = vec![T::INFINITY; 3 * hidden + (hidden + 1) * outputs]; // to be overwritten
        layers.both().unwrap().backward(x.view(), dy.view(), &mut found).unwrap();

        let mut dh = Matrix::zeros(rows, hidden);
        let (w, keys) = (layers.w.view(), h.view());
        product::matmul_transpose_rectified(dy.view(), w, keys, dh.view_mut()).unwrap();
        let [mut dv, mut dw] = [Matrix::zeros(2, hidden), Matrix::zeros(hidden, outputs)];
        let [mut da, mut db] = [vec![T::ZERO; hidden], vec![T::ZERO; outputs]];
        let to = dv.view_mut();
        product::transpose_matmul_and_sums(x.view(), dh.view(), to, &mut da).unwrap();
        let to = dw.view_mut();
        product::transpose_matmul_and_sums(h.view(), dy.view(), to, &mut db).unwrap();
        let expected = [dv.as_slice(), &da, dw.as_slice(), &db].concat();

        assert_close(&found, &expected, 10.0 * (rows + 1) as f64);
    });
}

#[test]
fn gradients_of_both_layers_are_those_of_one_after_the_other() {
    gradients_are_those_of_one_layer_after_the_other::<f32>();
    gradients_are_those_of_one_layer_after_the_other::<f64>();
}

#[test]
fn nan_stays_nan_and_only_in_its_row() {
    let layers = Layers::<f32>::new(2, 5, 3);
    let mut x = matrix::<f32>(40, 2, 0.5);
    x[(20, 1)] = f32::NAN;
    let mut y = Matrix::zeros(40, 3);
    layers.both().unwrap().forward(x.view(), y.view_mut()).unwrap();
    for i in 0..40 {
        assert!((0..3).all(|j| y[(i, j)].is_nan() == (i == 20)), "row {i}");
    }
}

#[test]
fn other_widths_are_left_to_other_products() {
    for [inputs, hidden, outputs] in [[1, 5, 2], [3, 5, 2], [2, 5, 4], [2, 5, 0], [2, 0, 2]] {
        let layers = Layers::<f32>::new(inputs, hidden, outputs);
        assert!(layers.both().is_none(), "{inputs}-{hidden}-{outputs}");
    }
    let mut layers = Layers::<f32>::new(2, 5, 3);
    layers.w = matrix(4, 3, 0.3);
    assert!(layers.both().is_none(), "5 hidden units, weights for 4");
    layers = Layers::new(2, 5, 3);
    layers.a = matrix(1, 4, 0.2);
    assert!(layers.both().is_none(), "5 hidden units, biases for 4");
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    let layers = Layers::<f32>::new(2, 5, 3);
    let both = layers.both().unwrap();
    let shape = |rows, columns| Shape { rows, columns };
    let x = matrix::<f32>(4, 2, 0.5);
    for (found, wrong) in [(shape(4, 2), "an output"), (shape(3, 3), "an output")] {
        let mut y = Matrix::zeros(found.rows, found.columns);
        let error = both.forward(x.view(), y.view_mut()).unwrap_err();
        assert!(matches!(error, ShapeError::Mismatch { what, .. } if what == wrong), "{error}");
    }
    let (y, mut gradients) = (matrix::<f32>(4, 3, 0.1), vec![0.0; 33]);
    assert!(both.backward(matrix(4, 3, 0.5).view(), y.view(), &mut gradients).is_err());
    assert!(both.backward(x.view(), y.view(), &mut gradients[1..]).is_err());
    assert!(both.backward(x.view(), y.view(), &mut gradients).is_ok());
}
