//! Panels on a sheet, and the file that it goes to.

use std::fs;
use std::path::Path;

use crate::font;
use crate::layout::Layout;
use crate::panel::Panel;
use crate::raster::Raster;
use crate::svg::Svg;
use crate::{PlotError, Result};

/// Panels in rows, to be saved as SVG or PNG.
///
/// Their plots are aligned and equally large. A legend that all of them share stands once, below.
///
/// ```
/// use nn_layers::{Relu, Tanh};
/// use nn_plot::{ActivationCurve, Figure};
///
/// let figure = Figure::new()
///     .title("Two activations")
///     .panel(ActivationCurve::new("ReLU", &Relu)?)
///     .panel(ActivationCurve::new("Tanh", &Tanh)?);
/// let svg = figure.to_svg()?;
/// assert!(svg.starts_with("<svg") && svg.contains("ReLU") && svg.contains("Tanh"));
/// # Ok::<(), nn_plot::PlotError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub(crate) title: String,
    pub(crate) panels: Vec<Panel>,
    pub(crate) columns: Option<usize>,
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
    scale: u32,
}

/// As much of a title as a screen reader is given, in widths of a capital letter.
const LONGEST_NAME: f64 = 60.0;

impl Default for Figure {
    fn default() -> Self {
        Self::new()
    }
}

impl Figure {
    /// A figure without panels.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            title: String::new(),
            panels: Vec::new(),
            columns: None,
            width: None,
            height: None,
            scale: 2,
        }
    }

    /// Adds a panel, after those that are there.
    #[must_use]
    pub fn panel(mut self, panel: impl Into<Panel>) -> Self {
        self.panels.push(panel.into());
        self
    }

    /// Adds several panels.
    #[must_use]
    pub fn panels<P: Into<Panel>>(mut self, panels: impl IntoIterator<Item = P>) -> Self {
        self.panels.extend(panels.into_iter().map(Into::into));
        self
    }

    /// A title above all panels.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// How many panels stand side by side, at least 1. By default, up to three in one row, more in about
    /// as many columns as rows, of which there are at most five.
    #[must_use]
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = Some(columns.max(1));
        self
    }

    /// The width as shown, in pixels: 520 by default for a single column, 830 for more, where text is 11
    /// pixels high at least. The height follows.
    #[must_use]
    pub const fn width(mut self, width: u32) -> Self {
        (self.width, self.height) = (Some(width), None);
        self
    }

    /// The width and the height as shown, in pixels.
    #[must_use]
    pub const fn size(mut self, width: u32, height: u32) -> Self {
        (self.width, self.height) = (Some(width), Some(height));
        self
    }

    /// How many pixels of a PNG stand for one of the figure's, in width and in height: from 1 to 4, by
    /// default 2, which is sharp on screens of high density.
    #[must_use]
    pub fn scale(mut self, scale: u32) -> Self {
        self.scale = scale.clamp(1, 4);
        self
    }

    /// The figure as SVG. Texts stay texts, and the font goes along.
    ///
    /// # Errors
    /// [`PlotError::NoPanels`] where there are none, [`PlotError::FigureSize`] where they do not fit.
    pub fn to_svg(&self) -> Result<String> {
        let layout = Layout::of(self)?;
        let mut svg = Svg::new(layout.width, layout.height, &self.name());
        layout.draw(&mut svg);
        Ok(svg.finish())
    }

    /// The figure as the bytes of a PNG, which looks as the SVG does.
    ///
    /// # Errors
    /// As [`Figure::to_svg`], and [`PlotError::Png`] where it cannot be packed.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        let layout = Layout::of(self)?;
        let (width, height) = (layout.width, layout.height);
        let error = PlotError::Png { width, height };
        let mut raster = Raster::new(width, height, self.scale).ok_or(error.clone())?;
        layout.draw(&mut raster);
        raster.finish().ok_or(error)
    }

    /// Writes the figure to a file that ends in `.svg` or `.png`.
    ///
    /// # Errors
    /// As [`Figure::to_svg`] and [`Figure::to_png`], [`PlotError::Extension`] where the file's name ends
    /// otherwise, [`PlotError::Write`] where it cannot be written, as in a directory that is not there.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        let bytes = match extension.to_str() {
            Some("svg") => self.to_svg()?.into_bytes(),
            Some("png") => self.to_png()?,
            _ => return Err(PlotError::Extension { path: path.into() }),
        };
        let refused = |error: std::io::Error| PlotError::Write {
            path: path.into(),
            kind: error.kind(),
            message: error.to_string(),
        };
        fs::write(path, bytes).map_err(refused)
    }

    /// The title, or those of the panels, in a few words.
    fn name(&self) -> String {
        let titles = self.panels.iter().map(|panel| &panel.title);
        let titles = if self.title.is_empty() { titles.collect() } else { vec![&self.title] };
        let titles: Vec<_> = titles
            .into_iter()
            .filter(|title| !title.is_empty())
            .map(|title| font::fit(title, 1.0, LONGEST_NAME))
            .collect();
        titles.join(", ")
    }
}
