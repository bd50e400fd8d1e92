//! What pictures show, and where they go.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use nn_data::{Dataset, spiral};
use nn_layers::{Network, Relu, activations};
use nn_optim::metrics::ConfusionMatrix;
use nn_plot::{
    ActivationCurve, Confusion, DecisionBoundary, Figure, Histogram, LearningCurves, PlotError,
    ScalingCurves,
};
use rand::{SeedableRng, rngs::ChaCha8Rng};
use roxmltree::{Document, Node};

fn network() -> Network {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    Network::builder(2).dense(16).layer(Relu).dense(3).build(rng).unwrap()
}

fn data() -> Dataset {
    spiral(50, 3, &mut ChaCha8Rng::seed_from_u64(1)).unwrap()
}

fn boundary() -> DecisionBoundary {
    DecisionBoundary::new(&network(), &data()).unwrap()
}

fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.filter_map(|node| node.text()).map(str::to_owned).collect()
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

/// The width and the height that the header of a PNG says.
fn dimensions(png: &[u8]) -> [u32; 2] {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
    [&png[16..20], &png[20..24]].map(|bytes| u32::from_be_bytes(bytes.try_into().unwrap()))
}

#[test]
fn every_sample_is_a_marker_of_its_class_and_the_legend_has_one_more() {
    let svg = Figure::new().panel(boundary()).to_svg().unwrap();
    let document = Document::parse(&svg).unwrap();
    let groups: Vec<Node<'_, '_>> =
        document.descendants().filter(|node| node.has_tag_name("g")).collect();
    let mut counts = [0; 3];
    for (i, group) in groups.iter().enumerate() {
        counts[i % 3] += group.children().filter(Node::is_element).count();
    }
    assert_eq!((groups.len(), counts), (6, [51; 3]));
    let circles = document.descendants().filter(|node| node.has_tag_name("circle"));
    assert_eq!(circles.count(), 51);
}

#[test]
fn titles_names_and_labels_are_texts() {
    let named = boundary()
        .title("After training")
        .class_names(&["first", "second", "third"])
        .unwrap()
        .feature_names("x₁", "x₂");
    let curves = LearningCurves::new()
        .title("Loss")
        .label("cross-entropy")
        .series("training", &[3.0, 2.0, 1.0])
        .series("validation", &[3.0, 2.5, 2.6])
        .best_epoch(2);
    let matrix = ConfusionMatrix::of_predictions(2, &[0, 0, 1], &[0, 1, 1]).unwrap();
    let confusion =
        Confusion::new(&matrix).unwrap().title("Confusion").class_names(&["no", "yes"]).unwrap();
    let figure = Figure::new().title("All").panel(named).panel(curves).panel(confusion);
    let found = texts(&figure.to_svg().unwrap());
    for text in [
        "All",
        "After training",
        "first",
        "second",
        "third",
        "x₁",
        "x₂",
        "Loss",
        "cross-entropy",
        "training",
        "validation",
        "best: epoch 2",
        "epoch",
        "Confusion",
        "no",
        "yes",
        "true class",
        "predicted class",
        "1",
    ] {
        assert!(found.iter().any(|each| each == text), "{text} among {found:?}");
    }
}

#[test]
fn the_cells_of_a_confusion_matrix_are_its_counts() {
    let matrix = ConfusionMatrix::of_predictions(2, &[0; 7], &[0, 0, 0, 0, 1, 1, 1]).unwrap();
    let found = texts(&Figure::new().panel(Confusion::new(&matrix).unwrap()).to_svg().unwrap());
    for (count, times) in [("4", 1), ("3", 1)] {
        assert_eq!(found.iter().filter(|text| *text == count).count(), times, "{found:?}");
    }
}

#[test]
fn the_sheet_has_every_activation_and_one_legend() {
    let figure = Figure::new().panels(ActivationCurve::all().unwrap());
    let found = texts(&figure.to_svg().unwrap());
    for (name, _) in activations::all::<f64>() {
        assert!(found.iter().any(|text| text == name), "{name}");
    }
    assert_eq!(found.iter().filter(|text| *text == "slope f′(x)").count(), 1);
}

#[test]
fn every_parameter_has_a_histogram() {
    let names = |histograms: Vec<Histogram>| {
        let found = texts(&Figure::new().panels(histograms).to_svg().unwrap());
        found
            .into_iter()
            .filter(|text| text.contains(".w") || text.contains(".b"))
            .collect::<Vec<_>>()
    };
    let all = names(Histogram::of_parameters(&network()));
    assert_eq!(all, ["0.weight", "0.bias", "2.weight", "2.bias"]);
    assert_eq!(names(Histogram::of_weights(&network())), ["0.weight", "2.weight"]);
}

#[test]
fn a_power_of_the_size_is_a_straight_line() {
    let points = [1.0, 10.0, 100.0, 1000.0].map(|size: f64| [size, 3.0 * size.powf(1.5)]);
    let curves = ScalingCurves::new("samples").title("An epoch").label("ms");
    let svg = Figure::new().panel(curves.series("time", &points).proportional()).to_svg().unwrap();
    let document = Document::parse(&svg).unwrap();
    let circles = document.descendants().filter(|node| node.has_tag_name("circle"));
    let places: Vec<_> = circles.map(|node| [number(node, "cx"), number(node, "cy")]).collect();
    assert_eq!(places.len(), 4);
    let steps = places.windows(2).map(|pair| [pair[1][0] - pair[0][0], pair[0][1] - pair[1][1]]);
    for [right, up] in steps {
        assert!((right - (places[1][0] - places[0][0])).abs() < 0.3, "{places:?}");
        assert!((up - (places[0][1] - places[1][1])).abs() < 0.3, "{places:?}");
        assert!(right > 20.0 && up > 20.0, "{places:?}");
    }
    let found = texts(&svg);
    for text in ["samples", "An epoch", "ms", "time", "proportional", "1", "10", "100", "1000"] {
        assert!(found.iter().any(|each| each == text), "{text} among {found:?}");
    }
}

#[test]
fn texts_are_11_pixels_high_at_least_and_lie_within_the_picture() {
    let figures = [
        Figure::new().panels(ActivationCurve::all().unwrap()),
        Figure::new().title("Strip").columns(4).panels(vec![boundary(); 4]),
        Figure::new().panels(Histogram::of_parameters(&network())),
        Figure::new().panel(boundary().class_names(&["nnnnnnnnnnnnnnnnnnnn"; 3]).unwrap()),
    ];
    for figure in figures {
        let svg = figure.to_svg().unwrap();
        let document = Document::parse(&svg).unwrap();
        let [width, height] = ["width", "height"].map(|side| number(document.root_element(), side));
        assert!(width <= 830.0);
        for text in document.descendants().filter(|node| node.has_tag_name("text")) {
            assert!(number(text, "font-size") >= 11.0);
            let (x, y) = (number(text, "x"), number(text, "y"));
            assert!((0.0..=width).contains(&x) && (0.0..=height).contains(&y), "{text:?}");
            // About as narrow as letters are on the average.
            let letters = text.text().unwrap().chars().count() as f64;
            let reach = 0.4 * number(text, "font-size") * letters;
            assert!(text.attribute("text-anchor") != Some("start") || x + reach <= width);
        }
    }
}

#[test]
fn a_png_has_the_size_that_was_asked_for() {
    let figure = Figure::new().panel(boundary()).size(600, 450);
    assert_eq!(dimensions(&figure.to_png().unwrap()), [1200, 900]);
    assert_eq!(dimensions(&figure.clone().scale(1).to_png().unwrap()), [600, 450]);
    assert_eq!(dimensions(&figure.scale(3).to_png().unwrap()), [1800, 1350]);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let figure = || Figure::new().panel(boundary()).panels(ActivationCurve::all().unwrap());
    assert_eq!(figure().to_svg(), figure().to_svg());
    assert_eq!(figure().to_png(), figure().to_png());
}

#[test]
fn a_panel_stays_as_it_was_while_the_network_changes() {
    let mut network = network();
    let before = DecisionBoundary::new(&network, &data()).unwrap();
    network.visit_mut(&mut |_, mut parameter| parameter.fill(0.5));
    assert_eq!(before, boundary());
    assert_ne!(before, DecisionBoundary::new(&network, &data()).unwrap());
}

#[test]
fn a_file_is_what_its_extension_says() {
    let directory = std::env::temp_dir().join(format!("nn-plot-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let figure = Figure::new().panel(boundary());
    for name in ["a.svg", "b.SVG"] {
        figure.save(directory.join(name)).unwrap();
        assert_eq!(fs::read_to_string(directory.join(name)).unwrap(), figure.to_svg().unwrap());
    }
    figure.save(directory.join("c.Png")).unwrap();
    assert_eq!(fs::read(directory.join("c.Png")).unwrap(), figure.to_png().unwrap());

    for name in ["d.pdf", "svg", ".png", "e.", ""] {
        let path = PathBuf::from(name);
        assert_eq!(figure.save(name).unwrap_err(), PlotError::Extension { path });
    }
    let path = directory.join("missing").join("f.svg");
    let error = figure.save(&path).unwrap_err();
    assert!(matches!(error, PlotError::Write { kind: ErrorKind::NotFound, .. }), "{error}");
    assert!(error.to_string().starts_with(path.to_str().unwrap()));
    fs::remove_dir_all(directory).unwrap();
}
