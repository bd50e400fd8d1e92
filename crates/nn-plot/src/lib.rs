//! Pictures of what a network has learnt, as SVG and PNG.
//!
//! Each picture is a panel of a [`Figure`]: a [`DecisionBoundary`], [`LearningCurves`], a [`Confusion`]
//! matrix, an [`ActivationCurve`], a [`Histogram`] of weights or [`ScalingCurves`]. Figures set panels side
//! by side, align them, and [save](Figure::save) them.
//!
//! The decision that this crate rests on: a picture is drawn once, on a canvas of five operations, of
//! which there are two, one that writes SVG and one of pixels. So both look alike, and the crate needs no
//! font, no library and no program of the system: letters are measured and drawn with a font that it
//! brings along. The price is that the axes are our own. The same input gives the same bytes.
//!
//! ```
//! use nn_data::{Dataset, circle};
//! use nn_layers::{Network, Relu};
//! use nn_plot::{DecisionBoundary, Figure};
//! use rand::{SeedableRng, rngs::ChaCha8Rng};
//!
//! let mut rng = ChaCha8Rng::seed_from_u64(0);
//! let data: Dataset = circle(500, &mut rng)?;
//! let linear = Network::builder(2).dense(10).dense(2).build(&mut rng)?;
//! let non_linear = Network::builder(2).dense(10).layer(Relu).dense(2).build(&mut rng)?;
//! // ... training ...
//! let figure = Figure::new()
//!     .panel(DecisionBoundary::new(&linear, &data)?.title("Linear"))
//!     .panel(DecisionBoundary::new(&non_linear, &data)?.title("ReLU"));
//! let directory = std::env::temp_dir();
//! figure.save(directory.join("circle.svg"))?;
//! figure.save(directory.join("circle.png"))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod activation;
mod axis;
mod boundary;
mod canvas;
mod class_names;
mod color;
mod confusion;
mod contour;
mod curves;
mod error;
mod figure;
mod font;
mod histogram;
mod layout;
mod legend;
mod marker;
mod number;
mod panel;
mod probabilities;
mod range;
mod raster;
mod scaling;
mod svg;
mod ticks;

pub use activation::ActivationCurve;
pub use boundary::DecisionBoundary;
pub use confusion::Confusion;
pub use curves::LearningCurves;
pub use error::{PlotError, Result};
pub use figure::Figure;
pub use histogram::Histogram;
pub use panel::Panel;
pub use scaling::ScalingCurves;
