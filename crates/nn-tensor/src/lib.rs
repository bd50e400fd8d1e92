//! Dense matrices for small neural networks.
//!
//! A [`Matrix`] is nalgebra's, with products, element-wise mathematics and reductions by axis that
//! return a typed [`ShapeError`] where shapes do not fit. The decision that this crate rests on: a
//! batch has **one row per sample**, and memory runs down the columns. One feature over the whole
//! batch is then contiguous, so bias, activation, softmax over classes and column sums all run down
//! contiguous memory and are vectorised across samples. The price is that one sample's features lie
//! apart, which costs where samples are handled one at a time.
//!
//! The elementary functions ([`Real`]) are this crate's own: within one unit in the last place of the
//! exact values, the same bits on every platform and for every instruction set.
//!
//! With the feature `rayon`, large products share the threads of rayon's pool ([`threads`]).
//!
//! ```
//! use nn_tensor::{Axis, Matrix, Real};
//!
//! // Softmax by hand: exponentials, divided by the sum of their row.
//! let x = Matrix::from([[4.8, 1.21, 2.385], [8.9, -1.81, 0.2]]);
//! let exponentials = x.map(Real::exp);
//! let sums = exponentials.sum_axis(Axis::Columns);
//! let softmax = Matrix::from_fn(2, 3, |i, j| exponentials[(i, j)] / sums[(i, 0)]);
//! assert_eq!(softmax[(0, 0)], 0.8952826639572619);
//!
//! // What does not fit is an error that says the numbers.
//! let error = x.matmul(&x).unwrap_err();
//! assert_eq!(error.to_string(), "matmul: expected a right-hand side of 3 × m, found 2 × 3");
//! ```

mod math;
mod matrix;
pub mod product;
mod real;
mod reduce;
/// For the row functions of nn-layers. Not part of the public interface.
#[doc(hidden)]
pub mod row_blocks;
mod shape;
pub mod simd;
/// For the layers of nn-layers. Not part of the public interface.
#[doc(hidden)]
pub mod softmax;
pub mod threads;
mod view;

pub use matrix::Matrix;
pub use real::{Real, Scalar};
pub use reduce::{Axis, all_finite, column_sums};
pub use shape::{Expected, Shape, ShapeError, expect_length, expect_shape};
pub use view::{View, ViewMut};
