//! What no picture may break on: nothing panics, nothing is missing that can be drawn, and files stay
//! small.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_data::{Dataset, circles};
use nn_layers::{Dense, Layer, LogSoftmax, Network, PRelu, Relu, Sigmoid, Softmax, Softmin, Tanh};
use nn_optim::metrics::ConfusionMatrix;
use nn_plot::{
    ActivationCurve, Confusion, DecisionBoundary, Figure, Histogram, LearningCurves, Panel,
    PlotError, ScalingCurves,
};
use nn_tensor::Matrix;
use proptest::prelude::*;
use rand::{SeedableRng, rngs::ChaCha8Rng};

fn network(outputs: usize) -> Network<f64> {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    Network::builder(2).dense(8).layer(Tanh).dense(outputs).build(rng).unwrap()
}

fn data(points: &[[f64; 2]], classes: usize) -> Dataset<f64> {
    let labels = (0..points.len()).map(|i| i % classes).collect();
    Dataset::new(Matrix::from_fn(points.len(), 2, |i, j| points[i][j]), labels, classes).unwrap()
}

/// Draws a panel both ways, and returns the SVG, which must be XML and no larger than 300 kB.
fn drawn(panel: impl Into<Panel>) -> String {
    let figure = Figure::new().scale(1).panel(panel);
    let svg = figure.to_svg().unwrap();
    roxmltree::Document::parse(&svg).unwrap();
    assert!(svg.len() < 300_000, "{}", svg.len());
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
    assert!(figure.to_png().unwrap().starts_with(b"\x89PNG\r\n"));
    svg
}

#[test]
fn any_points_have_a_boundary() {
    let (nan, infinity) = (f64::NAN, f64::INFINITY);
    let lists: [&[[f64; 2]]; 9] = [
        &[],
        &[[0.5, -0.5]],
        &[[1e-320, 0.0]],
        &[[3.0, 3.0]; 5],
        &[[nan, 1.0], [0.0, infinity], [-infinity, nan]],
        &[[nan, nan], [0.0, 1.0], [1.0, 0.0]],
        &[[1e30, -1e30], [-1e30, 1e30]],
        &[[f64::MAX, f64::MIN], [f64::MIN, f64::MAX], [1.0, 2.0]],
        &[[0.0, 0.0], [1.0, 1e-300], [1e300, 1.0]],
    ];
    for points in lists {
        drawn(DecisionBoundary::new(&network(2), &data(points, 2)).unwrap());
        let narrow = data(points, 2).inputs().cast::<f32>();
        let narrow = Dataset::new(narrow, data(points, 2).labels().to_vec(), 2).unwrap();
        let network = Network::<f32>::builder(2).dense(3).layer(Relu).dense(2);
        let network = network.build(&mut ChaCha8Rng::seed_from_u64(0)).unwrap();
        drawn(DecisionBoundary::new(&network, &narrow).unwrap());
    }
}

#[test]
fn a_network_that_answers_nan_is_drawn_without_regions() {
    let mut network = network(3);
    network.visit_mut(&mut |_, mut parameter| parameter.fill(f64::NAN));
    let svg = drawn(DecisionBoundary::new(&network, &data(&[[0.0, 1.0], [1.0, 0.0]], 3)).unwrap());
    assert_eq!(svg.matches("<image").count(), 1);
}

#[test]
fn every_last_layer_is_read_as_what_it_says() {
    let points = data(&[[0.0, 0.0], [1.0, 1.0]], 2);
    let dense = |outputs| -> Box<dyn Layer<f64>> {
        Box::new(Dense::new(2, outputs, &mut ChaCha8Rng::seed_from_u64(3)).unwrap())
    };
    let boundary = |outputs, last: Option<Box<dyn Layer<f64>>>| {
        let layers = std::iter::once(dense(outputs)).chain(last).collect();
        let network = Network::from_layers(2, layers).unwrap();
        DecisionBoundary::new(&network, &points).unwrap()
    };
    let logits = boundary(2, None);
    assert_eq!(drawn(logits.clone()), drawn(boundary(2, Some(Box::new(Softmax)))));
    assert_eq!(drawn(logits), drawn(boundary(2, Some(Box::new(LogSoftmax)))));
    assert_eq!(drawn(boundary(1, None)), drawn(boundary(1, Some(Box::new(Sigmoid)))));
    drawn(boundary(3, Some(Box::new(Sigmoid))));
    drawn(boundary(2, Some(Box::new(Softmin))));
}

#[test]
fn one_class_and_fifty_are_drawn_and_too_many_are_refused() {
    let points: Vec<[f64; 2]> =
        (0..200).map(|i| [f64::from(i).sin(), f64::from(i * i).cos()]).collect();
    drawn(DecisionBoundary::new(&network(2), &data(&points, 1)).unwrap());
    let svg = drawn(DecisionBoundary::new(&network(50), &data(&points, 50)).unwrap());
    assert!(svg.contains("more</text>"));
    let error = DecisionBoundary::new(&network(65), &data(&points, 50)).unwrap_err();
    assert_eq!(error, PlotError::TooManyClasses { classes: 65, most: 64 });

    for classes in [1, 50, 64] {
        let all: Vec<usize> = (0..classes * classes).collect();
        let (labels, taken): (Vec<_>, Vec<_>) =
            all.iter().map(|i| (i % classes, i / classes)).unzip();
        let matrix = ConfusionMatrix::of_predictions(classes, &taken, &labels).unwrap();
        drawn(Confusion::new(&matrix).unwrap());
    }
    let matrix = ConfusionMatrix::of_predictions(65, &[0], &[0]).unwrap();
    assert!(matches!(Confusion::new(&matrix), Err(PlotError::TooManyClasses { .. })));
}

#[test]
fn any_series_is_drawn() {
    let (nan, infinity) = (f64::NAN, f64::INFINITY);
    let lists: [&[f64]; 9] = [
        &[],
        &[0.3],
        &[nan; 10],
        &[0.0; 10],
        &[-1.0, -2.0],
        &[1.0, nan, 2.0, infinity, 3.0, 4.0, -infinity],
        &[1e300, -1e300, 1e-300],
        &[f64::MAX, f64::MIN],
        &[5e-324, 1.0],
    ];
    for values in lists {
        for best in [0, 1, usize::MAX] {
            let curves = LearningCurves::new().series("training", values).best_epoch(best);
            drawn(curves.clone());
            drawn(curves.logarithmic());
        }
        drawn(Histogram::new("values", values.iter().copied()));
        let points: Vec<[f64; 2]> = values.windows(2).map(|pair| [pair[0], pair[1]]).collect();
        drawn(ScalingCurves::new("size").series("time", &points).proportional());
    }
    drawn(ScalingCurves::new("").proportional());
    drawn(LearningCurves::new());
    drawn(LearningCurves::new().logarithmic());
}

#[test]
fn a_million_points_epochs_and_weights_make_a_small_file() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let data = circles(1_000_000, 0.1, 0.5, rng).unwrap();
    drawn(DecisionBoundary::new(&network(2), &data).unwrap());
    let values: Vec<f64> = data.inputs().as_slice().to_vec();
    drawn(LearningCurves::new().series("noise", &values));
    drawn(Histogram::new("noise", values));
}

#[test]
fn names_of_any_characters_stay_within_the_picture() {
    let names = ["<&\">", "a\u{0}b\u{1b}\n\u{ffff}", "🦀 عربي 漢字"];
    let long = "very ".repeat(100_000);
    let points = data(&[[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]], 3);
    let boundary = DecisionBoundary::new(&network(3), &points).unwrap();
    let svg = drawn(boundary.clone().class_names(&names).unwrap().title(&long));
    assert!(svg.contains("&lt;&amp;&quot;&gt;") && svg.contains("🦀 عربي 漢字"));
    drawn(boundary.class_names(&[&long, "", " "]).unwrap().feature_names(&long, &long));
    drawn(LearningCurves::new().series(&long, &[1.0]).title(&long).label(&long));
    drawn(Histogram::new(&long, [1.0]));
    drawn(ScalingCurves::new(&long).series(&long, &[[1.0, 1.0]]).title(&long).label(&long));
    let matrix = ConfusionMatrix::of_predictions(3, &[0, 1, 2], &[0, 1, 1]).unwrap();
    drawn(Confusion::new(&matrix).unwrap().class_names(&[&long, "<", "🦀"]).unwrap());
    let svg = Figure::new().title(&long).panel(Histogram::new("", [])).to_svg().unwrap();
    assert!(svg.len() < 300_000);
}

#[test]
fn what_cannot_be_drawn_is_refused_with_a_typed_error() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let three = Network::<f64>::builder(3).dense(2).build(rng).unwrap();
    let points = data(&[[0.0, 0.0], [1.0, 1.0]], 2);
    let error = DecisionBoundary::new(&three, &points).unwrap_err();
    assert_eq!(error, PlotError::NotAPlane { what: "the network", found: 3 });
    let cube = Dataset::new(Matrix::zeros(4, 3), vec![0; 4], 2).unwrap();
    let error = DecisionBoundary::new(&network(2), &cube).unwrap_err();
    assert_eq!(error, PlotError::NotAPlane { what: "the data", found: 3 });
    let error = DecisionBoundary::new(&network(2), &data(&[[0.0, 0.0]; 4], 3)).unwrap_err();
    assert_eq!(error, PlotError::UnknownClasses { data: 3, network: 2 });
    let boundary = DecisionBoundary::new(&network(2), &points).unwrap();
    let error = boundary.class_names(&["one"]).unwrap_err();
    assert_eq!(error, PlotError::ClassNames { names: 1, classes: 2 });
    let wide = Dense::<f64>::new(1, 3, rng).unwrap();
    let error = ActivationCurve::new("Dense", &wide).unwrap_err();
    assert_eq!(error, PlotError::NotAFunction { layer: "Dense".into(), outputs: 3 });
    assert!(matches!(
        ActivationCurve::new("PRelu", &PRelu::new(2).unwrap()),
        Err(PlotError::Layer(_))
    ));
}

#[test]
fn a_figure_without_room_for_its_panels_is_refused() {
    assert_eq!(Figure::new().to_svg().unwrap_err(), PlotError::NoPanels);
    let figure = Figure::new().panels(ActivationCurve::all().unwrap());
    for (width, height) in
        [(0, 0), (0, 500), (500, 0), (100, 100), (u32::MAX, u32::MAX), (5000, 5000)]
    {
        let error = figure.clone().size(width, height).to_png().unwrap_err();
        assert!(matches!(error, PlotError::FigureSize { .. }), "{error}");
    }
    let PlotError::FigureSize { least_width, least_height, .. } =
        figure.clone().size(1, 1).to_svg().unwrap_err()
    else {
        panic!("another error");
    };
    figure.size(least_width, least_height).to_png().unwrap();
    assert!(Figure::new().panel(Histogram::new("", [1.0])).width(0).to_svg().is_err());
    assert!(Figure::new().panel(Histogram::new("", [1.0])).columns(0).to_svg().is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn numbers_of_every_kind_are_drawn(
        values in prop::collection::vec(prop::num::f64::ANY, 0..12),
        width in 0_u32..1200,
        height in 0_u32..1200,
    ) {
        let points: Vec<[f64; 2]> = values.windows(2).map(|pair| [pair[0], pair[1]]).collect();
        let figure = Figure::new()
            .panel(LearningCurves::new().series("a", &values).logarithmic())
            .panel(Histogram::new("b", values))
            .panel(ScalingCurves::new("c").series("d", &points).proportional())
            .panel(DecisionBoundary::new(&network(3), &data(&points, 3)).unwrap())
            .scale(1);
        roxmltree::Document::parse(&figure.to_svg().unwrap()).unwrap();
        match figure.size(width, height).to_png() {
            Ok(png) => prop_assert_eq!(&png[16..20], &width.to_be_bytes()),
            Err(PlotError::FigureSize { least_width, least_height, .. }) => {
                prop_assert!(width < least_width || height < least_height);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
