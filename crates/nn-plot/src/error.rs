//! What can go wrong in drawing or saving a picture.

use std::io;
use std::path::PathBuf;

use nn_layers::LayerError;

/// A picture cannot be drawn or saved.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// A network or a layer refuses what it was asked to work out.
    #[error(transparent)]
    Layer(#[from] LayerError),
    /// A picture on a plane needs two features.
    #[error("{what} has {found} features, but a plane has 2")]
    NotAPlane {
        /// What has another number of features.
        what: &'static str,
        /// How many it has.
        found: usize,
    },
    /// The data have classes of which the network knows nothing.
    #[error("the data have {data} classes, but the network tells {network} apart")]
    UnknownClasses {
        /// The classes of the data.
        data: usize,
        /// The classes that the network's outputs stand for.
        network: usize,
    },
    /// There are more classes than a picture can show.
    #[error("{classes} classes are too many for a picture: there may be at most {most}")]
    TooManyClasses {
        /// How many there are.
        classes: usize,
        /// How many there may be.
        most: usize,
    },
    /// There are not as many names as classes.
    #[error("{names} names for {classes} classes")]
    ClassNames {
        /// The names given.
        names: usize,
        /// The classes.
        classes: usize,
    },
    /// A curve needs a layer that makes one value of one value.
    #[error("{layer} makes {outputs} values of one, but a curve needs a single one")]
    NotAFunction {
        /// The layer's name.
        layer: String,
        /// The width of its output.
        outputs: usize,
    },
    /// A figure has no panels.
    #[error("a figure needs at least one panel")]
    NoPanels,
    /// A figure is too small for its panels, or too large for memory.
    #[error(
        "a figure of {width} × {height}: its panels need at least {least_width} × {least_height}, and \
         there may be at most {most} pixels"
    )]
    FigureSize {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
        /// The least width for its panels.
        least_width: u32,
        /// The least height for its panels.
        least_height: u32,
        /// How many pixels it may have, at a scale of 1.
        most: u32,
    },
    /// A file is to be written whose name says no format that there is.
    #[error("{}: the name of a picture ends in .svg or .png", path.display())]
    Extension {
        /// The file.
        path: PathBuf,
    },
    /// A file cannot be written.
    #[error("{} cannot be written: {message}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What kind of failure it is.
        kind: io::ErrorKind,
        /// What the system says.
        message: String,
    },
    /// A picture cannot be packed as PNG.
    #[error("a picture of {width} × {height} pixels cannot be packed as PNG")]
    Png {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
}

/// A result whose error is a [`PlotError`].
pub type Result<T, E = PlotError> = std::result::Result<T, E>;
