//! Networks: how they are made, what they refuse, and what a pass leaves behind.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_layers::{Dense, Layer, LayerError, LogSoftmax, Network, Relu, Softmax, Tanh};
use nn_tensor::Matrix;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(0)
}

fn network() -> Network<f64> {
    Network::builder(2).dense(5).layer(Tanh).dense(3).layer(Softmax).build(&mut rng()).unwrap()
}

#[test]
fn a_network_is_its_layers_one_after_another() {
    let mut rng = rng();
    let (first, second) =
        (Dense::new(2, 5, &mut rng).unwrap(), Dense::new(5, 3, &mut rng).unwrap());
    let builder = Network::<f64>::builder(2).layer(first.clone()).layer(Tanh);
    let network = builder.layer(second.clone()).layer(LogSoftmax).build(&mut rng).unwrap();
    let part = network.rows_at_once();
    for rows in [0, 1, 255, part - 1, part, part + 1, 3 * part - 100] {
        let x = Matrix::from_fn(rows, 2, |i, j| (i as f64 * 0.37 + j as f64).sin());
        let hidden = Tanh.forward(&first.forward(&x).unwrap()).unwrap();
        let expected = LogSoftmax.forward(&second.forward(&hidden).unwrap()).unwrap();
        let found = network.predict(&x).unwrap();
        let error = found.zip_map(&expected, |a, b| (a - b).abs()).unwrap();
        assert!(error.as_slice().iter().all(|e| *e < 1e-14), "{rows} rows");

        let mut trace = network.trace();
        network.forward(x.view(), &mut trace).unwrap();
        let (output, _) = trace.output_and_gradient().unwrap();
        assert_eq!(output.to_matrix().shape(), expected.shape());
    }
}

#[test]
fn narrow_networks_take_more_rows_at_once_and_none_fewer_than_512() {
    let rows = |width: usize| {
        Network::<f32>::builder(2).dense(width).dense(2).build(&mut rng()).unwrap().rows_at_once()
    };
    assert_eq!(rows(10_000), 512);
    let mut most = usize::MAX;
    for width in [1, 2, 4, 8, 16, 32, 64, 1000] {
        let rows = rows(width);
        assert!((512..=most).contains(&rows) && rows.is_multiple_of(64), "{width}: {rows}");
        most = rows;
    }
    assert!(rows(1) > 1000);
}

/// The output and the gradients of a network, whose layers `each` makes anew, one after another.
fn assert_layers_one_by_one(each: impl Fn() -> Vec<Box<dyn Layer<f64>>>) {
    let network = Network::from_layers(2, each()).unwrap();
    for rows in [1, 2, 40, 300] {
        let x = Matrix::from_fn(rows, 2, |i, j| (i as f64 * 0.37 + j as f64).sin());
        let mut values = vec![x.clone()];
        for layer in each() {
            values.push(layer.forward(&values[values.len() - 1]).unwrap());
        }
        let d_output = values[values.len() - 1].map(|y| y * 0.7 + 0.1);
        let (mut d_value, mut expected) = (d_output.clone(), Vec::new());
        for (layer, x) in each().iter().zip(&values).rev() {
            let gradients = layer.backward(x, &d_value).unwrap();
            d_value = gradients.input;
            expected.splice(0..0, gradients.parameters);
        }

        let mut trace = network.trace();
        network.forward(x.view(), &mut trace).unwrap();
        let (_, mut gradient) = trace.output_and_gradient().unwrap();
        for (to, from) in gradient.iter_columns_mut().zip(d_output.view().iter_columns()) {
            to.copy_from_slice(from);
        }
        network.backward(x.view(), &mut trace).unwrap();
        let output = network.predict(&x).unwrap();
        let outputs = output.as_slice().iter().zip(values[values.len() - 1].as_slice());
        for (found, expected) in outputs.chain(trace.gradients().iter().zip(&expected)) {
            assert!((found - expected).abs() < 1e-12, "{found} for {expected}, {rows} rows");
        }
    }
}

#[test]
fn layers_that_are_worked_at_once_are_layers_one_after_another() {
    let dense = |inputs, outputs| -> Box<dyn Layer<f64>> {
        Box::new(Dense::new(inputs, outputs, &mut rng()).unwrap())
    };
    let relu = || -> Box<dyn Layer<f64>> { Box::new(Relu) };
    assert_layers_one_by_one(|| vec![dense(2, 5), relu(), dense(5, 3)]);
    assert_layers_one_by_one(|| vec![dense(2, 5), relu(), dense(5, 3), Box::new(Tanh)]);
    assert_layers_one_by_one(|| vec![dense(2, 9), relu(), dense(9, 1), Box::new(Softmax)]);
    assert_layers_one_by_one(|| {
        vec![dense(2, 5), relu(), dense(5, 4), relu(), dense(4, 6), relu(), dense(6, 2)]
    });
    assert_layers_one_by_one(|| vec![dense(2, 5), relu(), dense(5, 7), relu(), dense(7, 2)]);
    assert_layers_one_by_one(|| vec![dense(2, 5), Box::new(Tanh), dense(5, 3)]);
}

#[test]
fn a_network_prints_its_layers_and_their_widths() {
    let network = network();
    assert_eq!(
        format!("{network:?}"),
        "Network(2 → Dense 5 → Tanh → Dense 3 → Softmax, 33 parameters)"
    );
    let table = [
        "Layer       Output   Parameters",
        "0 Dense     n × 5            15",
        "1 Tanh      n × 5             0",
        "2 Dense     n × 3            18",
        "3 Softmax   n × 3             0",
        "Total                        33",
    ];
    assert_eq!(network.to_string(), table.join("\n"));
    let mut names = Vec::new();
    network.visit(&mut |name, values| names.push(format!("{name} {}", values.shape())));
    assert_eq!(names, ["0.weight 2 × 5", "0.bias 1 × 5", "2.weight 5 × 3", "2.bias 1 × 3"]);
}

#[test]
fn parameters_can_be_read_and_set_as_one_list() {
    let mut network = network();
    let values: Vec<f64> = (0..33).map(f64::from).collect();
    network.set_parameters(&values).unwrap();
    assert_eq!(network.parameters(), values);
    assert!(network.set_parameters(&values[1..]).is_err());
    assert_eq!(network.parameters(), values);
}

#[test]
fn networks_that_do_not_fit_together_are_refused_by_the_place() {
    let build = |builder: nn_layers::NetworkBuilder<f64>| builder.build(&mut rng()).unwrap_err();
    assert_eq!(build(Network::builder(2)), LayerError::NoLayers);
    assert_eq!(
        build(Network::builder(2).dense(0)),
        LayerError::ZeroWidth { inputs: 2, outputs: 0 }
    );
    assert_eq!(
        build(Network::builder(0).dense(3)),
        LayerError::ZeroWidth { inputs: 0, outputs: 3 }
    );
    assert_eq!(
        build(Network::builder(0).layer(Relu)),
        LayerError::ZeroWidth { inputs: 0, outputs: 0 }
    );
    let misfit = Dense::new(7, 1, &mut rng()).unwrap();
    assert_eq!(
        build(Network::builder(2).dense(3).layer(Relu).layer(misfit)).to_string(),
        "layer 2 (Dense) does not fit: Dense: expected an input of n × 7, found n × 3"
    );
}

#[test]
fn inputs_and_traces_that_do_not_fit_are_refused() {
    let network = network();
    let wide = Matrix::zeros(4, 3);
    assert_eq!(
        network.predict(&wide).unwrap_err().to_string(),
        "predict: expected an input of n × 2, found 4 × 3"
    );
    let mut trace = network.trace();
    assert!(matches!(network.forward(wide.view(), &mut trace), Err(LayerError::Shape(_))));
    let x = Matrix::zeros(4, 2);
    assert_eq!(
        network.backward(x.view(), &mut trace).unwrap_err(),
        LayerError::NoForwardPass { expected: 0, found: 4 }
    );
    let mut foreign = Network::<f64>::builder(2).dense(3).build(&mut rng()).unwrap().trace();
    assert!(matches!(
        network.forward(x.view(), &mut foreign),
        Err(LayerError::ForeignTrace { .. })
    ));
}

#[test]
fn networks_and_traces_can_be_sent_and_shared() {
    fn check<S: Send + Sync>(_: &S) {}
    check(&network());
    check(&network().trace());
}

/// A layer that shows its parameter to those who read but not to those who change.
#[derive(Debug)]
struct Forgetful(Matrix<f64>);

impl Layer<f64> for Forgetful {
    fn output_width(&self, inputs: usize) -> nn_layers::Result<usize> {
        Ok(inputs)
    }

    fn forward_into(
        &self,
        input: nn_tensor::View<'_, f64>,
        output: nn_tensor::ViewMut<'_, f64>,
    ) -> nn_layers::Result<()> {
        Relu.forward_into(input, output)
    }

    fn backward_into(&self, pass: nn_layers::Backward<'_, f64>) -> nn_layers::Result<()> {
        Relu.backward_into(pass)
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<f64>)) {
        visitor("forgotten", &self.0);
    }
}

#[test]
fn a_layer_whose_visitors_disagree_is_refused() {
    let builder = Network::builder(2).dense(2).layer(Forgetful(Matrix::zeros(1, 3)));
    assert_eq!(
        builder.build(&mut rng()).unwrap_err().to_string(),
        "layer 1 (Forgetful) shows 3 parameters, 0 to be changed, and counts 3"
    );
}

/// A layer that keeps a statistic which nobody can bring back, and a parameter that is part of a matrix.
#[derive(Debug)]
struct Partial {
    statistic: Option<Matrix<f64>>,
    parameter: Option<Matrix<f64>>,
    of_matrix: Matrix<f64>,
}

impl Layer<f64> for Partial {
    fn output_width(&self, inputs: usize) -> nn_layers::Result<usize> {
        Ok(inputs)
    }

    fn forward_into(
        &self,
        input: nn_tensor::View<'_, f64>,
        output: nn_tensor::ViewMut<'_, f64>,
    ) -> nn_layers::Result<()> {
        Relu.forward_into(input, output)
    }

    fn backward_into(&self, pass: nn_layers::Backward<'_, f64>) -> nn_layers::Result<()> {
        Relu.backward_into(pass)
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<f64>)) {
        self.parameter.iter().for_each(|parameter| visitor("part", parameter));
    }

    fn visit_mut(&mut self, visitor: &mut dyn FnMut(&'static str, nn_tensor::ViewMut<'_, f64>)) {
        if self.parameter.is_some() {
            visitor("part", self.of_matrix.view_mut().row_range(0..2).unwrap());
        }
    }

    fn visit_statistics<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<f64>)) {
        self.statistic.iter().for_each(|statistic| visitor("statistic", statistic));
    }
}

#[test]
fn a_layer_whose_state_could_not_be_brought_back_is_refused() {
    let (part, of_matrix) = (Some(Matrix::zeros(2, 2)), Matrix::zeros(3, 2));
    let build = |layer: Partial| Network::builder(2).layer(layer).dense(2).build(&mut rng());
    let layer = Partial { statistic: part.clone(), parameter: None, of_matrix: of_matrix.clone() };
    assert_eq!(
        build(layer).unwrap_err().to_string(),
        "layer 0 (Partial) shows 4 statistics, and 0 to be changed"
    );
    let layer = Partial { statistic: None, parameter: part, of_matrix };
    assert_eq!(
        build(layer).unwrap_err().to_string(),
        "layer 0 (Partial) shows part with 3 values from a column to the next, not 2"
    );
}

#[test]
fn no_width_is_too_large_to_be_refused() {
    let error = Network::<f64>::builder(usize::MAX).layer(nn_layers::Glu).build(&mut rng());
    assert!(matches!(error, Err(LayerError::Misfit { index: 0, .. })), "{error:?}");
}

#[test]
fn a_network_can_be_built_of_boxed_layers() {
    let mut builder = Network::<f64>::builder(2);
    for (_, activation) in nn_layers::activations::all() {
        builder = builder.dense(2).layer(activation);
    }
    let network = builder.build(&mut rng()).unwrap();
    let line = format!("{network:?}");
    assert!(line.starts_with("Network(2 → Dense 2 → Celu → Dense 2"), "{line}");
}

#[test]
fn a_cloned_trace_holds_the_same_pass() {
    let network = network();
    let x = Matrix::from_fn(37, 2, |i, j| (i + j) as f64 * 0.1);
    let mut traces = vec![network.trace()];
    network.forward(x.view(), &mut traces[0]).unwrap();
    // Enough clones that their memory begins at different places.
    for i in 0..20 {
        traces.push(traces[i].clone());
    }
    let outputs: Vec<_> =
        traces.iter_mut().map(|trace| trace.output_and_gradient().unwrap().0.to_matrix()).collect();
    assert!(outputs.iter().all(|output| *output == network.predict(&x).unwrap()));
}

#[test]
fn a_pass_backward_is_made_once_for_each_pass_forward() {
    let network = network();
    let x = Matrix::zeros(4, 2);
    let mut trace = network.trace();
    network.forward(x.view(), &mut trace).unwrap();
    network.backward(x.view(), &mut trace).unwrap();
    assert_eq!(
        network.backward(x.view(), &mut trace).unwrap_err(),
        LayerError::NoForwardPass { expected: 0, found: 4 }
    );
}

/// An activation that hides what it can do in place.
#[derive(Debug)]
struct Apart<A>(A);

impl<T: nn_tensor::Scalar, A: Layer<T>> Layer<T> for Apart<A> {
    fn output_width(&self, inputs: usize) -> nn_layers::Result<usize> {
        self.0.output_width(inputs)
    }

    fn forward_into(
        &self,
        input: nn_tensor::View<'_, T>,
        output: nn_tensor::ViewMut<'_, T>,
    ) -> nn_layers::Result<()> {
        self.0.forward_into(input, output)
    }

    fn backward_into(&self, pass: nn_layers::Backward<'_, T>) -> nn_layers::Result<()> {
        self.0.backward_into(pass)
    }
}

#[test]
fn a_layer_in_place_gives_the_same_bits_as_one_with_a_matrix_of_its_own() {
    let network = |apart: bool| {
        let mut builder = Network::<f64>::builder(3);
        for (_, activation) in nn_layers::activations::all() {
            builder = builder.dense(4);
            // Twice, since the second may not write over what the first one needs.
            for layer in [activation, Box::new(Relu)] {
                builder = if apart { builder.layer(Apart(layer)) } else { builder.layer(layer) };
            }
        }
        builder.build(&mut rng()).unwrap()
    };
    let x = Matrix::from_fn(37, 3, |i, j| ((i * 3 + j) as f64 * 0.7).sin());
    let passes = [false, true].map(|apart| {
        let network = network(apart);
        let mut trace = network.trace();
        network.forward(x.view(), &mut trace).unwrap();
        let (output, mut gradient) = trace.output_and_gradient().unwrap();
        let output = output.to_matrix();
        assert_eq!(output, network.predict(&x).unwrap());
        gradient.fill(0.25);
        network.backward(x.view(), &mut trace).unwrap();
        (output, trace.gradients().to_vec())
    });
    assert_eq!(passes[0], passes[1]);
}

/// A dense layer that takes in a ReLU, but has no way of its own for a single sample.
#[derive(Debug)]
struct WithoutRows(Dense<f64>);

impl Layer<f64> for WithoutRows {
    fn output_width(&self, inputs: usize) -> nn_layers::Result<usize> {
        self.0.output_width(inputs)
    }

    fn forward_into(
        &self,
        input: nn_tensor::View<'_, f64>,
        output: nn_tensor::ViewMut<'_, f64>,
    ) -> nn_layers::Result<()> {
        self.0.forward_into(input, output)
    }

    fn backward_into(&self, pass: nn_layers::Backward<'_, f64>) -> nn_layers::Result<()> {
        self.0.backward_into(pass)
    }

    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'static str, &'a Matrix<f64>)) {
        self.0.visit(visitor);
    }

    fn visit_mut(&mut self, visitor: &mut dyn FnMut(&'static str, nn_tensor::ViewMut<'_, f64>)) {
        self.0.visit_mut(visitor);
    }

    fn rectify(&self) -> Option<&dyn nn_layers::Rectify<f64>> {
        self.0.rectify()
    }

    fn needs_output(&self) -> bool {
        false
    }
}

#[test]
fn a_single_sample_is_predicted_as_it_is_in_a_batch_by_layers_with_and_without_a_way_for_rows() {
    for widths in [[1, 1, 1], [2, 10, 2], [3, 4, 7], [15, 16, 17], [40, 5, 3]] {
        for own in [true, false] {
            let mut rng = rng();
            let mut builder = Network::<f64>::builder(widths[0]);
            for pair in widths.windows(2) {
                let dense = Dense::new(pair[0], pair[1], &mut rng).unwrap();
                builder =
                    if own { builder.layer(dense) } else { builder.layer(WithoutRows(dense)) };
                builder = builder.layer(Relu).layer(Tanh);
            }
            let network = builder.build(&mut rng).unwrap();
            let mut x = Matrix::from_fn(9, widths[0], |i, j| ((i * 5 + j) as f64 * 0.7).sin());
            x[(8, 0)] = f64::NAN;
            let batch = network.predict(&x).unwrap();
            for i in 0..9 {
                let sample = Matrix::from_fn(1, widths[0], |_, j| x[(i, j)]);
                let alone = network.predict(&sample).unwrap();
                for j in 0..widths[2] {
                    let (alone, together) = (alone[(0, j)], batch[(i, j)]);
                    let close = (alone - together).abs() < 1e-14;
                    assert!(if i == 8 { alone.is_nan() && together.is_nan() } else { close });
                }
            }
        }
    }
}
