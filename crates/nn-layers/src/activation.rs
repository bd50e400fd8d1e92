//! Functions of single values, and the one loop that makes a layer of each.

use std::fmt;
use std::ops::Range;

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Real, Scalar, View, ViewMut, expect_length, expect_shape};

use crate::{Backward, InPlace, Layer, Result};

/// A function of one value, applied to each value of a matrix.
///
/// Two one-line functions, written once for every precision, and it is a [`Layer`]:
///
/// ```
/// use nn_layers::{Activation, Layer};
/// use nn_tensor::{Matrix, Real};
///
/// /// y = x² for x > 0, else 0 (So et al., "Primer", 2021).
/// #[derive(Debug, Clone, Copy)]
/// struct SquaredRelu;
///
/// impl Activation for SquaredRelu {
///     #[inline(always)]
///     fn value<R: Real>(&self, x: R) -> R {
///         x * x.maximum(R::ZERO)
///     }
///
///     #[inline(always)]
///     fn slope<R: Real>(&self, x: R, _y: R) -> R {
///         let positive = x.maximum(R::ZERO);
///         positive + positive
///     }
/// }
///
/// let x = Matrix::from([[-1.0, 0.5, 3.0]]);
/// assert_eq!(SquaredRelu.forward(&x)?, Matrix::from([[0.0, 0.25, 9.0]]));
/// # Ok::<(), nn_layers::LayerError>(())
/// ```
///
/// The loop is compiled for each activation by itself and for each instruction set, so a
/// branch-free pair of functions is vectorised, whoever wrote it. Mark both `#[inline(always)]`:
/// what is not inlined is called for one value at a time, which can be a hundred times slower. The
/// functions of [`Real`] are branch-free; those of the standard library are not.
///
/// Where the slope can be told from `y` alone, say so by [`Activation::SLOPE_FROM_OUTPUT`], and a
/// network spares a matrix.
pub trait Activation: fmt::Debug + Copy + Send + Sync {
    /// Whether `slope` looks at `y` alone. In a network, the layer then writes its output over its
    /// input, and `slope` is given `y` in the place of `x`.
    const SLOPE_FROM_OUTPUT: bool = false;

    /// Whether this is `max(x, 0)`, which the layer before and the layer after it may then do on their
    /// way; see [`Rectify`](crate::Rectify).
    const RECTIFIES: bool = false;

    /// `f(x)`
    fn value<R: Real>(&self, x: R) -> R;

    /// `y = f(x)` of each value. A function that is faster on vectors than the compiler makes it, as
    /// one with tables is, may say here how; to the same bits as by `value`.
    #[inline(always)]
    fn values<T: Scalar, S: Simd<T>>(&self, _simd: S, x: &[T], y: &mut [T]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = self.value(x);
        }
    }

    /// `f′(x)`, given `y = f(x)` as well: many slopes are simplest through the output.
    fn slope<R: Real>(&self, x: R, y: R) -> R;

    /// `∂x = ∂y·f′(x)` of each value, given `y = f(x)` as well. An override gives the same bits as `slope`.
    #[inline(always)]
    fn gradients<T: Scalar, S: Simd<T>>(&self, _simd: S, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
        for (dx, ((&x, &y), &dy)) in dx.iter_mut().zip(x.iter().zip(y).zip(dy)) {
            *dx = dy * self.slope(x, y);
        }
    }
}

impl<T: Scalar, A: Activation> Layer<T> for A {
    fn output_width(&self, inputs: usize) -> Result<usize> {
        Ok(inputs)
    }

    fn forward_into(&self, input: View<'_, T>, mut output: ViewMut<'_, T>) -> Result<()> {
        expect_shape("activation", "an output", input.shape(), output.shape())?;
        let packed = is_packed(&input) && is_packed(&output.as_view());
        let (input, output) = (columns(input, packed)?, columns_mut(&mut output, packed)?);
        dispatch(Forward { activation: *self, input, output });
        Ok(())
    }

    fn forward_row(&self, input: &[T], output: &mut [T]) -> Result<()> {
        expect_length("activation", input.len(), output.len())?;
        dispatch(ForwardRow { activation: *self, input, output });
        Ok(())
    }

    fn backward_into(&self, pass: Backward<'_, T>) -> Result<()> {
        pass.check("activation", pass.input.columns(), 0)?;
        let Some(mut d_input) = pass.d_input else { return Ok(()) };
        let packed = [pass.input, pass.output, pass.d_output].iter().all(is_packed)
            && is_packed(&d_input.as_view());
        dispatch(Slopes {
            activation: *self,
            input: columns(pass.input, packed)?,
            output: columns(pass.output, packed)?,
            d_output: columns(pass.d_output, packed)?,
            d_input: columns_mut(&mut d_input, packed)?,
        });
        Ok(())
    }

    fn in_place(&self) -> Option<&dyn InPlace<T>> {
        if A::SLOPE_FROM_OUTPUT { Some(self) } else { None }
    }
}

/// Whether nothing lies between the columns of a matrix.
pub(crate) fn is_packed<T: Scalar>(view: &View<'_, T>) -> bool {
    view.stride() == view.rows()
}

/// The columns of a matrix; where all that are worked together are packed, as a single one, since
/// many short ones would cost more in their starts and ends than in between.
pub(crate) fn columns<T: Scalar>(view: View<'_, T>, packed: bool) -> Result<View<'_, T>> {
    let length = view.data().len();
    Ok(if packed { View::from_slice(view.data(), length, 1)? } else { view })
}

/// As [`columns`], to be written.
pub(crate) fn columns_mut<'a, T: Scalar>(
    view: &'a mut ViewMut<'_, T>,
    packed: bool,
) -> Result<ViewMut<'a, T>> {
    let length = view.as_view().data().len();
    Ok(if packed { ViewMut::from_slice(view.data_mut(), length, 1)? } else { view.reborrow() })
}

/// The bytes of a line of cache.
const LINE: usize = 64;

/// The ranges in which a column is written: where it does not begin at a line of cache, its first
/// values, then whole lines, and at last what is left. Each is a vector long at least, if the column
/// is, so that no values are worked one by one; to this end the ranges overlap.
///
/// A vector that is written across two lines takes twice as long as one that fits.
#[inline(always)]
fn in_lines<T: Scalar>(column: &[T]) -> [Range<usize>; 3] {
    let length = column.len();
    let lanes = T::LANES.min(length);
    let start = column.as_ptr().align_offset(LINE).min(length);
    let end = length - (length - start) % T::LANES;
    let first = if start > 0 { 0..lanes } else { 0..0 };
    let last = if end < length { length - lanes..length } else { 0..0 };
    [first, start..end, last]
}

/// `Y = f(X)`
struct Forward<'a, T, A> {
    activation: A,
    input: View<'a, T>,
    output: ViewMut<'a, T>,
}

impl<T: Scalar, A: Activation> Kernel<T> for Forward<'_, T, A> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, simd: S) {
        for j in 0..self.input.columns() {
            let (Some(y), Some(x)) = (self.output.column_mut(j), self.input.column(j)) else {
                return;
            };
            for range in in_lines(y) {
                self.activation.values(simd, &x[range.clone()], &mut y[range]);
            }
        }
    }
}

/// `y = f(x)` for a single row.
struct ForwardRow<'a, T, A> {
    activation: A,
    input: &'a [T],
    output: &'a mut [T],
}

impl<T: Scalar, A: Activation> Kernel<T> for ForwardRow<'_, T, A> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, simd: S) {
        self.activation.values(simd, self.input, self.output);
    }
}

/// `∂X = ∂Y ∘ f′(X)`
struct Slopes<'a, T, A> {
    activation: A,
    input: View<'a, T>,
    output: View<'a, T>,
    d_output: View<'a, T>,
    d_input: ViewMut<'a, T>,
}

impl<T: Scalar, A: Activation> Kernel<T> for Slopes<'_, T, A> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(mut self, simd: S) {
        for j in 0..self.input.columns() {
            let (Some(x), Some(y)) = (self.input.column(j), self.output.column(j)) else { return };
            let (Some(dx), Some(dy)) = (self.d_input.column_mut(j), self.d_output.column(j)) else {
                return;
            };
            for range in in_lines(dx) {
                let (x, y, dy) = (&x[range.clone()], &y[range.clone()], &dy[range.clone()]);
                self.activation.gradients(simd, x, y, dy, &mut dx[range]);
            }
        }
    }
}
