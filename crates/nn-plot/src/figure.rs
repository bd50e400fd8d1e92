//! Panels on a sheet, and the file that it goes to.

use std::fs;
use std::path::Path;

use crate::canvas::{Anchor, Area, Canvas, Text};
use crate::color::INK;
use crate::font;
use crate::legend::Legend;
use crate::panel::{Panel, Surroundings};
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
    title: String,
    panels: Vec<Panel>,
    columns: Option<usize>,
    width: Option<u32>,
    height: Option<u32>,
    scale: u32,
}

/// The width of a figure of a single column, and of any other: what a page of text shows unreduced.
const USUAL_WIDTHS: [u32; 2] = [520, 830];
const MARGIN: f64 = 14.0;
const BETWEEN: [f64; 2] = [22.0, 16.0];
const TITLE_SIZE: f64 = 17.0;
const TITLE_ROW: f64 = 32.0;
/// From a panel to its legend.
const TO_LEGEND: f64 = 6.0;
/// The least that a side of a plot may be.
const LEAST: f64 = 40.0;
/// How many pixels a figure may have at a scale of 1: at a scale of 4, they take a gibibyte.
const MOST_PIXELS: u32 = 1 << 24;

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
        let refused =
            |error: std::io::Error| PlotError::Write { path: path.into(), kind: error.kind() };
        fs::write(path, bytes).map_err(refused)
    }

    /// The title, or those of the panels, in a few words.
    fn name(&self) -> String {
        let titles = self.panels.iter().map(|panel| &panel.title);
        let titles = if self.title.is_empty() { titles.collect() } else { vec![&self.title] };
        let titles: Vec<_> = titles
            .into_iter()
            .filter(|title| !title.is_empty())
            .map(|title| font::fit(title, TITLE_SIZE, f64::from(USUAL_WIDTHS[1])))
            .collect();
        titles.join(", ")
    }

    fn column_count(&self) -> usize {
        let panels = self.panels.len();
        let usual =
            if panels <= 3 { panels } else { ((panels as f64).sqrt().ceil() as usize).min(5) };
        self.columns.unwrap_or(usual).clamp(1, panels.max(1))
    }
}

/// Where everything on a figure stands.
struct Layout<'a> {
    figure: &'a Figure,
    width: u32,
    height: u32,
    /// The plot of each panel, without what is around it.
    plots: Vec<Area>,
    around: Vec<Surroundings>,
    legends: Legends<'a>,
}

/// Either one for all, or each panel's own.
enum Legends<'a> {
    Shared(Legend<'a>),
    Own(Vec<Legend<'a>>),
}

impl<'a> Layout<'a> {
    fn of(figure: &'a Figure) -> Result<Self> {
        let panels = &figure.panels;
        if panels.is_empty() {
            return Err(PlotError::NoPanels);
        }
        let columns = figure.column_count();
        let rows = panels.len().div_ceil(columns);
        let width = figure.width.unwrap_or(USUAL_WIDTHS[usize::from(columns > 1)]);
        let full = f64::from(width) - 2.0 * MARGIN;
        let cell = (full - BETWEEN[0] * (columns - 1) as f64) / columns as f64;

        let legends = match shared_keys(panels) {
            Some(panel) => Legends::Shared(panel.legend(full)),
            None => Legends::Own(panels.iter().map(|panel| panel.legend(cell)).collect()),
        };
        let legend_heights = |row: usize| match &legends {
            Legends::Shared(_) => 0.0,
            Legends::Own(own) => largest(in_row(own, columns, row).map(height_of)),
        };
        let title = if figure.title.is_empty() { 0.0 } else { TITLE_ROW };
        let shared = if let Legends::Shared(legend) = &legends { height_of(legend) } else { 0.0 };
        let fixed = 2.0 * MARGIN + BETWEEN[1] * (rows - 1) as f64 + title + shared;

        // What is around a plot depends on its size, and the other way round: a guess breaks the circle.
        let guess = |panel: &Panel| {
            let width = cell - 38.0;
            let height = match figure.height {
                Some(height) => (f64::from(height) - fixed) / rows as f64 - 60.0,
                None => width * panel.aspect.ratio(),
            };
            [width.max(LEAST), height.max(LEAST)]
        };
        let around: Vec<_> = panels.iter().map(|panel| panel.surroundings(guess(panel))).collect();
        let lefts = of_columns(&around, columns, |around| around.left);
        let rights = of_columns(&around, columns, |around| around.right);
        let tops: Vec<_> = (0..rows)
            .map(|row| largest(in_row(&around, columns, row).map(|each| each.top)))
            .collect();
        let bottoms: Vec<_> = (0..rows)
            .map(|row| {
                largest(in_row(&around, columns, row).map(|each| each.bottom)) + legend_heights(row)
            })
            .collect();

        let beside: f64 = lefts.iter().chain(&rights).sum();
        let above_and_below: f64 = tops.iter().chain(&bottoms).sum();
        let plot_width = cell - beside / columns as f64;
        let heights: Vec<f64> = match figure.height {
            Some(height) => {
                vec![(f64::from(height) - fixed - above_and_below) / rows as f64; rows]
            }
            None => (0..rows)
                .map(|row| {
                    let ratios = in_row(panels, columns, row).map(|panel| panel.aspect.ratio());
                    plot_width * largest(ratios)
                })
                .collect(),
        };
        let total: f64 = heights.iter().sum::<f64>() + fixed + above_and_below;
        let height = figure.height.unwrap_or(total.ceil().max(0.0) as u32);
        let least_plot = heights.iter().copied().fold(plot_width, f64::min);
        if least_plot < LEAST || width.saturating_mul(height) > MOST_PIXELS {
            let between = BETWEEN[0] * (columns - 1) as f64;
            let least_width = 2.0 * MARGIN + between + beside + LEAST * columns as f64;
            let least_height = fixed + above_and_below + LEAST * rows as f64;
            return Err(PlotError::FigureSize {
                width,
                height,
                least_width: least_width.ceil() as u32,
                least_height: least_height.ceil() as u32,
                most: MOST_PIXELS,
            });
        }

        let mut plots = Vec::new();
        let mut top = MARGIN + title;
        for row in 0..rows {
            let mut left = MARGIN;
            for _ in in_row(panels, columns, row) {
                let column = plots.len() % columns;
                left += lefts[column];
                let (top, height) = (top + tops[row], heights[row]);
                plots.push(Area { left, top, width: plot_width, height });
                left += plot_width + rights[column] + BETWEEN[0];
            }
            top += tops[row] + heights[row] + bottoms[row] + BETWEEN[1];
        }
        Ok(Self { figure, width, height, plots, around, legends })
    }

    fn draw(&self, canvas: &mut dyn Canvas) {
        let full = f64::from(self.width) - 2.0 * MARGIN;
        let title = font::fit(&self.figure.title, TITLE_SIZE, full);
        if !title.is_empty() {
            canvas.text(Text {
                text: &title,
                at: [MARGIN, MARGIN + TITLE_SIZE],
                size: TITLE_SIZE,
                color: INK,
                anchor: Anchor::Start,
                turn: 0.0,
            });
        }
        for ((panel, &plot), around) in self.figure.panels.iter().zip(&self.plots).zip(&self.around)
        {
            panel.draw(canvas, plot, around);
        }
        match &self.legends {
            Legends::Shared(legend) => {
                let top = f64::from(self.height) - MARGIN - legend.height();
                legend.draw(canvas, MARGIN, top, full);
            }
            Legends::Own(legends) => {
                for ((legend, plot), around) in legends.iter().zip(&self.plots).zip(&self.around) {
                    let (left, width) = (plot.left - around.left, around.left + plot.width);
                    let top = plot.bottom() + around.bottom + TO_LEGEND;
                    legend.draw(canvas, left, top, width);
                }
            }
        }
    }
}

/// The first of several panels, if all have the same legend.
fn shared_keys(panels: &[Panel]) -> Option<&Panel> {
    let (first, others) = panels.split_first()?;
    let is_shared = !others.is_empty() && others.iter().all(|panel| panel.keys == first.keys);
    is_shared.then_some(first)
}

fn height_of(legend: &Legend<'_>) -> f64 {
    if legend.height() > 0.0 { TO_LEGEND + legend.height() } else { 0.0 }
}

fn in_row<T>(all: &[T], columns: usize, row: usize) -> impl Iterator<Item = &T> {
    all.iter().skip(row * columns).take(columns)
}

fn of_columns<T>(all: &[T], columns: usize, room: impl Fn(&T) -> f64) -> Vec<f64> {
    let in_column = |column: usize| all.iter().skip(column).step_by(columns);
    (0..columns).map(|column| largest(in_column(column).map(&room))).collect()
}

fn largest(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, f64::max)
}
