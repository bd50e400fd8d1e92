//! What layers do in training that they do not do in inference, and layers against PyTorch 2.15's
//! figures.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_layers::{
    AlphaDropout, Backward, BatchNorm, Dropout, Glu, InTraining, Layer, LayerError, LayerNorm,
    Network, PRelu, RRelu, Randomness, all,
};
use nn_tensor::{Axis, Matrix, Shape, View, ViewMut};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

fn random(rows: usize, columns: usize, seed: u64) -> Matrix<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Matrix::from_fn(rows, columns, |_, _| 4.0 * rng.random::<f64>() - 2.0)
}

/// The output of a layer in training, and what it remembers.
fn train(layer: &dyn InTraining<f64>, x: &Matrix<f64>, seed: u64) -> (Matrix<f64>, Vec<f64>) {
    let mut remembered = vec![f64::NAN; layer.remembers(x.shape())];
    let mut y = Matrix::zeros(x.rows(), x.columns());
    let randomness = Randomness { seed, ..Randomness::default() };
    layer.forward_training(x.view(), y.view_mut(), &mut remembered, randomness).unwrap();
    (y, remembered)
}

/// The gradients of the input and the parameters in training.
fn back(
    layer: &dyn InTraining<f64>,
    parameters: usize,
    [x, y, dy]: [&Matrix<f64>; 3],
    remembered: &[f64],
) -> (Matrix<f64>, Vec<f64>) {
    let mut dx = Matrix::zeros(x.rows(), x.columns());
    let mut d_parameters = vec![f64::NAN; parameters];
    let pass = Backward {
        input: x.view(),
        output: y.view(),
        d_output: dy.view(),
        d_input: Some(dx.view_mut()),
        d_parameters: &mut d_parameters,
    };
    layer.backward_training(pass, remembered).unwrap();
    (dx, d_parameters)
}

fn assert_near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let tolerance = 1e-12 * expected.abs().max(1.0);
        assert!((found - expected).abs() <= tolerance, "{found} for {expected}");
    }
}

fn rows(matrix: &Matrix<f64>) -> Vec<f64> {
    matrix.iter_rows().flatten().collect()
}

#[test]
fn every_layers_gradients_in_training_are_the_derivatives() {
    for (n, width) in [(2, 1), (5, 3), (131, 2)] {
        for (name, layer) in all::<f64, _>(width, &mut ChaCha8Rng::seed_from_u64(0)).unwrap() {
            let Some(training) = layer.in_training() else { continue };
            let (mut x, dy) = (random(n, width, 1), random(n, width, 2));
            let (y, remembered) = train(training, &x, 3);
            let (dx, _) = back(training, layer.parameter_count(), [&x, &y, &dy], &remembered);
            for place in 0..n * width {
                let start = x.as_slice()[place];
                let mut value = |change: f64| {
                    x.as_mut_slice()[place] = start + change;
                    let (y, _) = train(training, &x, 3);
                    x.as_mut_slice()[place] = start;
                    y.zip_map(&dy, |y, dy| y * dy).unwrap().sum()
                };
                let h = 1e-3;
                let finite =
                    (8.0 * (value(h) - value(-h)) - value(2.0 * h) + value(-2.0 * h)) / (12.0 * h);
                let found = dx.as_slice()[place];
                let scale = finite.abs().max(1e-2);
                assert!((found - finite).abs() < 1e-6 * scale, "{name}: {found} for {finite}");
            }
        }
    }
}

#[test]
fn batch_norm_is_pytorchs() {
    let x = Matrix::from([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]]);
    let dy = Matrix::from([[1.0, 0.5], [-2.0, 1.0], [0.25, 3.0]]);
    let mut layer = BatchNorm::new(2).unwrap();
    let affine = layer.affine.as_mut().unwrap();
    affine.weights = Matrix::from([[1.5, -0.5]]);
    affine.biases = Matrix::from([[0.1, 0.2]]);
    let (y, remembered) = train(&layer, &x, 0);
    #[rustfmt::skip]
    assert_near(&rows(&y), &[
        -0.594_362_098_998_223_2, 0.118_889_385_486_605_33,
        2.183_086_296_994_67, 0.848_884_916_107_157_2,
        -1.288_724_197_996_446_5, -0.367_774_301_593_762_56,
    ]);
    let (dx, d_parameters) = back(&layer, 4, [&x, &y, &dy], &remembered);
    #[rustfmt::skip]
    assert_near(&rows(&dx), &[
        0.991_952_232_451_876_4, 0.272_147_388_343_652_26,
        -0.198_408_301_362_736_13, -0.108_858_436_657_654_42,
        -0.793_543_931_089_140_3, -0.163_288_951_685_997_9,
    ]);
    let expected = [-3.471_810_494_991_116, 2.189_986_591_861_654_6, -0.75, 4.5];
    assert_near(&d_parameters, &expected);
    layer.update_statistics(&remembered);
    assert_near(layer.running_mean.as_slice(), &[0.15, 0.166_666_666_666_666_69]);
    assert_near(layer.running_var.as_slice(), &[1.075, 1.533_333_333_333_333_4]);
    #[rustfmt::skip]
    assert_near(&rows(&layer.forward(&x).unwrap()), &[
        1.329_713_476_950_285_2, -0.540_272_701_401_191_3,
        4.223_156_952_127_427, 0.671_082_628_164_394_5,
        0.606_352_608_155_999_8, -1.347_842_921_111_581_9,
    ]);
}

#[test]
fn layer_norm_glu_and_prelu_are_pytorchs() {
    let x = Matrix::from([[1.0, 2.0, 4.0], [3.0, -1.0, 0.5]]);
    let dy = Matrix::from([[1.0, 0.5, -1.0], [-2.0, 1.0, 0.25]]);
    let mut layer = LayerNorm::new(3).unwrap();
    let affine = layer.affine.as_mut().unwrap();
    affine.weights = Matrix::from([[1.5, -0.5, 2.0]]);
    affine.biases = Matrix::from([[0.1, 0.2, -0.3]]);
    #[rustfmt::skip]
    assert_near(&rows(&layer.forward(&x).unwrap()), &[
        -1.503_562_297_175_446_5, 0.333_630_191_431_287_25, 2.372_603_828_625_744,
        2.069_793_843_891_440_5, 0.755_582_879_046_303_7, -0.704_060_275_670_039_2,
    ]);
    let gradients = layer.backward(&x, &dy).unwrap();
    #[rustfmt::skip]
    assert_near(&rows(&gradients.input), &[
        0.200_453_018_558_304_22, -0.300_665_997_867_553, 0.100_212_979_309_248_77,
        -0.287_587_113_078_798_5, -0.479_303_320_420_125, 0.766_890_433_498_923_5,
    ]);
    #[rustfmt::skip]
    assert_near(&gradients.parameters, &[
        -3.695_433_323_305_552, -1.244_795_949_523_895, -1.386_809_448_771_626_7, -1.0, 1.5, -0.75,
    ]);

    let x = Matrix::from([[1.0, 2.0, 4.0, -3.0]]);
    let y = Glu.forward(&x).unwrap();
    assert_near(y.as_slice(), &[0.982_013_790_037_908_5, 0.094_851_746_355_133_56]);
    let dx = Glu.backward(&x, &Matrix::from([[1.0, -2.0]])).unwrap().input;
    #[rustfmt::skip]
    assert_near(dx.as_slice(), &[
        0.982_013_790_037_908_5, -0.094_851_746_355_133_56,
        0.017_662_706_213_291_11, -0.180_706_638_923_648_55,
    ]);
    assert_eq!(
        Layer::<f64>::output_width(&Glu, 3).unwrap_err().to_string(),
        "Glu: expected an input of an even width of n × 4, found n × 3"
    );

    let x = Matrix::from([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]]);
    let dy = Matrix::from([[1.0, 0.5], [-2.0, 1.0], [0.25, 3.0]]);
    for (slopes, d_slopes) in [(1, vec![-1.0]), (2, vec![0.0, -1.0])] {
        let gradients = PRelu::new(slopes).unwrap().backward(&x, &dy).unwrap();
        assert_eq!(gradients.parameters, d_slopes);
        assert_eq!(gradients.input, Matrix::from([[1.0, 0.5], [-2.0, 0.25], [0.25, 3.0]]));
    }
}

#[test]
fn batch_norm_gives_each_feature_mean_0_and_variance_1_at_any_offset() {
    for offset in [0.0, 1e6] {
        let x = random(300, 4, 1).map(|x| offset + x);
        let (y, _) = train(&BatchNorm { eps: 0.0, ..BatchNorm::new(4).unwrap() }, &x, 0);
        let variances = y.map(|y| y * y).mean_axis(Axis::Rows);
        assert!(y.mean_axis(Axis::Rows).as_slice().iter().all(|mean| mean.abs() < 1e-8));
        assert!(variances.as_slice().iter().all(|variance| (variance - 1.0).abs() < 1e-8));
    }
}

#[test]
fn batch_norm_refuses_a_single_row_in_training_and_takes_it_in_inference() {
    let layer = BatchNorm::<f64>::new(2).unwrap();
    let x = Matrix::from([[1.0, 2.0]]);
    let mut network = Network::from_layers(2, vec![Box::new(layer.clone()) as _]).unwrap();
    let mut trace = network.trace();
    assert_eq!(
        network.forward(x.view(), &mut trace),
        Err(LayerError::TooFewRows { rows: 1, least: 2 })
    );
    // There is nothing to be moved towards.
    let before = network.state();
    network.update_statistics(&trace).unwrap();
    assert_eq!(network.state(), before);
    assert!(network.predict(&x).is_ok());
}

#[test]
fn a_running_variance_that_was_infinite_once_stays_so_and_gives_no_nan() {
    let layers: Vec<Box<dyn Layer<f32>>> = vec![Box::new(BatchNorm::new(1).unwrap())];
    let mut network = Network::from_layers(1, layers).unwrap();
    let mut trace = network.trace();
    for scale in [1e25, 1.0, 1.0] {
        let x = Matrix::from([[scale], [-scale], [2.0 * scale]]);
        network.forward(x.view(), &mut trace).unwrap();
        network.update_statistics(&trace).unwrap();
    }
    assert_eq!(network.predict(&Matrix::from([[3.0]])).unwrap(), Matrix::from([[0.0]]));
}

/// An activation that doubles in training what it leaves as it is in inference, and could do that in place.
#[derive(Debug)]
struct Doubling;

impl Layer<f64> for Doubling {
    fn output_width(&self, inputs: usize) -> nn_layers::Result<usize> {
        Ok(inputs)
    }

    fn forward_into(
        &self,
        input: View<'_, f64>,
        output: ViewMut<'_, f64>,
    ) -> nn_layers::Result<()> {
        nn_layers::Identity.forward_into(input, output)
    }

    fn backward_into(&self, pass: Backward<'_, f64>) -> nn_layers::Result<()> {
        nn_layers::Identity.backward_into(pass)
    }

    fn in_place(&self) -> Option<&dyn nn_layers::InPlace<f64>> {
        Some(&nn_layers::Identity)
    }

    fn in_training(&self) -> Option<&dyn InTraining<f64>> {
        Some(self)
    }
}

impl InTraining<f64> for Doubling {
    fn remembers(&self, _: Shape) -> usize {
        0
    }

    fn forward_training(
        &self,
        input: View<'_, f64>,
        mut output: ViewMut<'_, f64>,
        _: &mut [f64],
        _: Randomness,
    ) -> nn_layers::Result<()> {
        for (y, x) in output.iter_columns_mut().zip(input.iter_columns()) {
            y.iter_mut().zip(x).for_each(|(y, x)| *y = 2.0 * x);
        }
        Ok(())
    }

    fn backward_training(&self, pass: Backward<'_, f64>, _: &[f64]) -> nn_layers::Result<()> {
        self.backward_into(pass)
    }
}

#[test]
fn a_layer_that_could_work_in_place_does_in_training_what_it_says() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let network = Network::builder(2).dense(3).layer(Doubling).build(&mut rng).unwrap();
    let x = random(5, 2, 1);
    let mut trace = network.trace();
    network.forward(x.view(), &mut trace).unwrap();
    let (y, _) = trace.output_and_gradient().unwrap();
    assert_eq!(y.to_matrix(), network.predict(&x).unwrap().map(|y| 2.0 * y));
}

#[test]
fn running_statistics_become_those_of_the_data() {
    let x = random(1000, 2, 1).map(|x| 3.0 * x + 5.0);
    let layers: Vec<Box<dyn Layer<f64>>> = vec![Box::new(BatchNorm::new(2).unwrap())];
    let mut network = Network::from_layers(2, layers).unwrap();
    let before = network.predict(&x).unwrap();
    let mut trace = network.trace();
    for _ in 0..200 {
        network.forward(x.view(), &mut trace).unwrap();
        assert_eq!(network.predict(&x).unwrap().shape(), before.shape());
        network.update_statistics(&trace).unwrap();
    }
    let (y, _) = trace.output_and_gradient().unwrap();
    let difference = network.predict(&x).unwrap().zip_map(&y.to_matrix(), |a, b| (a - b).abs());
    assert!(difference.unwrap().as_slice().iter().all(|d| *d < 2e-3));
}

#[test]
fn a_state_brings_back_parameters_and_running_statistics_or_nothing() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let builder = Network::<f64>::builder(2).dense(3).layer_for_width(BatchNorm::new);
    let mut network = builder.build(&mut rng).unwrap();
    let (x, mut trace) = (random(100, 2, 1), network.trace());
    let before = network.state();
    assert_eq!((before.parameters().len(), before.statistics().len()), (15, 6));
    network.forward(x.view(), &mut trace).unwrap();
    network.update_statistics(&trace).unwrap();
    network.set_parameters(&[1.0; 15]).unwrap();
    let after = network.state();
    assert_ne!(before.statistics(), after.statistics());

    let plain = Network::<f64>::builder(2).dense(5).build(&mut rng).unwrap();
    assert_eq!(plain.parameter_count(), 15);
    assert!(network.set_state(&plain.state()).is_err());
    assert_eq!(network.state(), after);
    network.set_state(&before).unwrap();
    assert_eq!(network.state(), before);
    let table = network.to_string();
    assert_eq!(table.lines().last(), Some("Running statistics                     6"));
}

#[test]
fn dropout_leaves_out_the_share_it_says_and_keeps_mean_and_scale() {
    let x = Matrix::<f64>::from_fn(1000, 50, |_, _| 1.0);
    for p in [0.0, 0.1, 0.5, 0.9, 1.0] {
        let layer = Dropout::new(p).unwrap();
        assert_eq!(layer.forward(&x).unwrap(), x);
        let (y, factors) = train(&layer, &x, 1);
        let left_out = y.as_slice().iter().filter(|y| **y == 0.0).count() as f64 / 5e4;
        assert!((left_out - p).abs() < 0.01, "{left_out} for {p}");
        assert!(y.as_slice().iter().all(|&y| y == 0.0 || (y * (1.0 - p) - 1.0).abs() < 1e-12));
        let (dx, _) = back(&layer, 0, [&x, &y, &x], &factors);
        assert_eq!(dx, y, "where the input is 1, gradient and output are the same");
    }
}

#[test]
fn alpha_dropout_keeps_mean_and_variance_of_standard_normal_values() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let mut normal = || -> f64 { (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0 };
    let x = Matrix::from_fn(2000, 50, |_, _| normal());
    for p in [0.05, 0.3, 0.7] {
        let (y, _) = train(&AlphaDropout::new(p).unwrap(), &x, 1);
        let mean = y.sum() / 1e5;
        let variance = y.map(|y| y * y).sum() / 1e5 - mean * mean;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.02, "{p}: {mean}, {variance}");
    }
}

#[test]
fn rrelu_draws_slopes_from_its_range_and_uses_their_mean_in_inference() {
    let layer = RRelu::new(0.2, 0.4).unwrap();
    let x = Matrix::<f64>::from_fn(500, 4, |_, j| if j < 2 { -1.0 } else { 2.0 });
    let (y, _) = train(&layer, &x, 5);
    let slopes: Vec<f64> = y.as_slice()[..1000].iter().map(|y| -y).collect();
    assert!(slopes.iter().all(|slope| (0.2..0.4).contains(slope)));
    assert!((slopes.iter().sum::<f64>() / 1000.0 - 0.3).abs() < 0.01);
    assert!(y.as_slice()[1000..].iter().all(|y| *y == 2.0));
    assert_eq!(layer.forward(&x).unwrap()[(0, 0)], -0.300_000_000_000_000_04);
    // At 0 as well, where PyTorch draws one.
    let (_, slopes) = train(&layer, &Matrix::zeros(100, 1), 6);
    assert!(slopes.iter().all(|slope| (0.2..0.4).contains(slope)));
}

#[test]
fn what_is_drawn_depends_on_seed_and_pass_and_part_alone() {
    let layers = || -> Vec<Box<dyn Layer<f64>>> {
        vec![Box::new(Dropout::default()), Box::new(Dropout::default())]
    };
    let network = Network::from_layers(40, layers()).unwrap();
    let x = Matrix::from_fn(600, 40, |_, _| 1.0);
    let pass = |trace: &mut nn_layers::Trace<f64>| {
        network.forward(x.view(), trace).unwrap();
        trace.output_and_gradient().unwrap().0.to_matrix()
    };
    let (mut one, mut other) = (network.trace(), network.trace());
    let first = pass(&mut one);
    assert_eq!(first, pass(&mut other), "the same seed");
    let second = pass(&mut one);
    assert_ne!(first, second, "another pass");
    other.set_seed(1);
    assert_ne!(first, pass(&mut other), "another seed");
    one.set_seed(0);
    assert_eq!(first, pass(&mut one), "the seed again");
    // Two layers that drew alike would leave out a half, not three quarters.
    let kept = first.as_slice().iter().filter(|y| **y != 0.0).count() as f64 / 24_000.0;
    assert!((kept - 0.25).abs() < 0.02, "{kept}");
    let keep = |rows| {
        let stream = Randomness { first_row: rows, ..Randomness::default() };
        stream.rng().random::<u64>()
    };
    assert_ne!(keep(0), keep(512));
}

#[test]
fn what_is_out_of_range_is_a_typed_error() {
    for p in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let expected =
            |error: LayerError| matches!(error, LayerError::Hyperparameter { name: "p", .. });
        assert!(
            expected(Dropout::new(p).unwrap_err()) && expected(AlphaDropout::new(p).unwrap_err())
        );
    }
    assert!(RRelu::new(0.3, 0.2).is_err() && RRelu::new(f64::NAN, 1.0).is_err());
    assert!(RRelu::new(-1e308, 1e308).is_err());
    assert!(PRelu::<f64>::with_slope(1, f64::INFINITY).is_err() && PRelu::<f64>::new(0).is_err());
    let x = Matrix::<f64>::zeros(3, 2);
    for layer in [
        BatchNorm { momentum: 1.5, ..BatchNorm::new(2).unwrap() },
        BatchNorm { eps: -1.0, ..BatchNorm::new(2).unwrap() },
        BatchNorm { running_var: Matrix::zeros(1, 3), ..BatchNorm::new(2).unwrap() },
        BatchNorm::new(3).unwrap(),
    ] {
        assert!(layer.forward(&x).is_err(), "{layer:?}");
        let mut remembered = vec![0.0; layer.remembers(Shape { rows: 3, columns: 2 })];
        let mut y = Matrix::zeros(3, 2);
        let (output, randomness) = (y.view_mut(), Randomness::default());
        assert!(layer.forward_training(x.view(), output, &mut remembered, randomness).is_err());
    }
}
