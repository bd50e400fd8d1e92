//! Any shapes at all, for every layer and every loss: an answer of the right shape or a typed error,
//! never a panic.

use nn::layers::{self, LayerError};
use nn::optim::{OptimError, losses};
use nn::prelude::*;
use proptest::prelude::*;

fn matrix([rows, columns]: [usize; 2]) -> Matrix<f64> {
    Matrix::from_fn(rows, columns, |i, j| (i * 7 + j * 3) as f64 % 5.0 - 2.0)
}

fn shape() -> impl Strategy<Value = [usize; 2]> {
    (prop_oneof![0..4_usize, 125..135_usize], 0..5_usize)
        .prop_map(|(rows, columns)| [rows, columns])
}

proptest! {
    #[test]
    fn every_layer_answers_any_shapes(
        inputs in 1..5_usize, shapes in [shape(), shape(), shape(), shape()], parameters in 0..30_usize,
    ) {
        let [x, y, dy, dx] = shapes.map(matrix);
        for (name, layer) in layers::all::<f64, _>(inputs, &mut ChaCha8Rng::seed_from_u64(0))? {
            let width = layer.output_width(x.columns());
            let whole = width.is_ok();
            if let Ok(width) = &width {
                let output = layer.forward(&x)?;
                prop_assert_eq!(output.shape(), Shape { rows: x.rows(), columns: *width });
            } else {
                let typed = matches!(layer.forward(&x), Err(LayerError::Shape(_)));
                prop_assert!(typed, "{name}");
            }
            let fits = whole && y.rows() == x.rows() && width.as_ref() == Ok(&y.columns());
            let mut output = y.clone();
            prop_assert_eq!(layer.forward_into(x.view(), output.view_mut()).is_ok(), fits, "{}", name);

            let mut d_parameters = vec![0.0; parameters];
            let mut d_input = dx.clone();
            let result = layer.backward_into(Backward {
                input: x.view(),
                output: y.view(),
                d_output: dy.view(),
                d_input: Some(d_input.view_mut()),
                d_parameters: &mut d_parameters,
            });
            let fits = fits
                && dy.shape() == y.shape()
                && dx.shape() == x.shape()
                && parameters == layer.parameter_count();
            prop_assert_eq!(result.is_ok(), fits, "{}", name);
            if !fits {
                let typed = matches!(result, Err(LayerError::Shape(_)));
                prop_assert!(typed, "{name}: {result:?}");
                prop_assert_eq!(d_input, dx.clone());
                prop_assert!(d_parameters.iter().all(|g| *g == 0.0));
            }
        }
    }

    #[test]
    fn every_loss_answers_any_shapes(
        shapes in [shape(), shape(), shape()], labels in prop::collection::vec(0..6_usize, 0..135),
    ) {
        // Probabilities, which every loss takes.
        let [outputs, values, gradient] = shapes.map(|shape| matrix(shape).map(Real::sigmoid));
        for (name, loss) in losses::all::<f64>() {
            for targets in [Targets::from(&labels), Targets::from(&values)] {
                let divisor = loss.divisor(outputs.shape(), targets);
                let mut written = gradient.clone();
                let sum = loss.sum_into(outputs.view(), targets, 1.0, written.view_mut());
                let in_range = labels.iter().all(|label| *label < outputs.columns());
                let fits = divisor.is_ok()
                    && gradient.shape() == outputs.shape()
                    && (in_range || !targets.are_labels());
                prop_assert_eq!(sum.is_ok(), fits, "{}", name);
                if let Err(error) = sum {
                    let typed = !matches!(error, OptimError::NonFiniteLoss { .. });
                    prop_assert!(typed, "{name}: {error}");
                    prop_assert_eq!(written, gradient.clone());
                }
            }
        }
    }
}
