//! Where everything on a figure stands.

use crate::canvas::{Anchor, Area, Canvas, Text};
use crate::color::INK;
use crate::figure::Figure;
use crate::font;
use crate::legend::Legend;
use crate::panel::{Panel, Surroundings};
use crate::{PlotError, Result};

/// The width of a figure of a single column, and of any other: what a page of text shows unreduced.
const USUAL_WIDTHS: [u32; 2] = [520, 830];
const MARGIN: f64 = 14.0;
/// Between two columns, and between two rows.
const BETWEEN: [f64; 2] = [22.0, 16.0];
const TITLE_SIZE: f64 = 17.0;
const TITLE_ROW: f64 = 32.0;
/// From a panel to its legend.
const TO_LEGEND: f64 = 6.0;
/// The least that a side of a plot may be.
const LEAST: f64 = 40.0;
/// About what stands beside and below a plot, before it is known.
const USUAL_SURROUNDINGS: [f64; 2] = [38.0, 60.0];
/// How many pixels a figure may have at a scale of 1: at a scale of 4, they take a gibibyte.
const MOST_PIXELS: u32 = 1 << 24;

/// Everything that a figure shows, with its place.
pub(crate) struct Layout<'a> {
    figure: &'a Figure,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The plot of each panel, without what is around it.
    plots: Vec<Area>,
    around: Vec<Surroundings>,
    legends: Legends<'a>,
}

impl<'a> Layout<'a> {
    pub(crate) fn of(figure: &'a Figure) -> Result<Self> {
        let panels = &figure.panels;
        if panels.is_empty() {
            return Err(PlotError::NoPanels);
        }
        let grid = Grid::of(figure);
        let width = figure.width.unwrap_or(USUAL_WIDTHS[usize::from(grid.columns > 1)]);
        let full = f64::from(width) - 2.0 * MARGIN;
        let cell = (full - grid.between_columns()) / grid.columns as f64;
        let legends = Legends::of(panels, full, cell);
        let fixed =
            2.0 * MARGIN + grid.between_rows() + title_row(figure) + legends.shared_height();

        // What is around a plot depends on its size, and the other way round: a guess breaks the circle.
        let rows = grid.rows as f64;
        let guess = |panel: &Panel| {
            let width = cell - USUAL_SURROUNDINGS[0];
            let height = match figure.height {
                Some(height) => (f64::from(height) - fixed) / rows - USUAL_SURROUNDINGS[1],
                None => width * panel.aspect.ratio(),
            };
            [width.max(LEAST), height.max(LEAST)]
        };
        let around: Vec<_> = panels.iter().map(|panel| panel.surroundings(guess(panel))).collect();
        let margins = Margins::of(&grid, &around, &legends);

        let plot_width = cell - margins.beside() / grid.columns as f64;
        let plot_heights = match figure.height {
            Some(height) => {
                vec![(f64::from(height) - fixed - margins.above_and_below()) / rows; grid.rows]
            }
            None => grid.of_rows(panels, |panel| plot_width * panel.aspect.ratio()),
        };
        let total = plot_heights.iter().sum::<f64>() + fixed + margins.above_and_below();
        let height = figure.height.unwrap_or(total.ceil().max(0.0) as u32);
        let least_side = plot_heights.iter().copied().fold(plot_width, f64::min);
        if least_side < LEAST || width.saturating_mul(height) > MOST_PIXELS {
            let least = |fixed: f64, plots: usize| (fixed + LEAST * plots as f64).ceil() as u32;
            let beside = 2.0 * MARGIN + grid.between_columns() + margins.beside();
            return Err(PlotError::FigureSize {
                width,
                height,
                least_width: least(beside, grid.columns),
                least_height: least(fixed + margins.above_and_below(), grid.rows),
                most: MOST_PIXELS,
            });
        }
        let plots = margins.plots(&grid, MARGIN + title_row(figure), plot_width, &plot_heights);
        Ok(Self { figure, width, height, plots, around, legends })
    }

    pub(crate) fn draw(&self, canvas: &mut dyn Canvas) {
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
        let places = || self.plots.iter().zip(&self.around);
        for (panel, (&plot, around)) in self.figure.panels.iter().zip(places()) {
            panel.draw(canvas, plot, around);
        }
        match &self.legends {
            Legends::Shared(legend) => {
                let top = f64::from(self.height) - MARGIN - legend.height();
                legend.draw(canvas, top, MARGIN + full / 2.0, [MARGIN, MARGIN + full]);
            }
            Legends::Own(legends) => {
                for (legend, (plot, around)) in legends.iter().zip(places()) {
                    let top = plot.bottom() + around.bottom + TO_LEGEND;
                    let middle = plot.left + plot.width / 2.0;
                    legend.draw(canvas, top, middle, [plot.left - around.left, plot.right()]);
                }
            }
        }
    }
}

fn title_row(figure: &Figure) -> f64 {
    if figure.title.is_empty() { 0.0 } else { TITLE_ROW }
}

/// Panels in rows, the last of which may be shorter.
struct Grid {
    panels: usize,
    columns: usize,
    rows: usize,
}

impl Grid {
    fn of(figure: &Figure) -> Self {
        let panels = figure.panels.len();
        let usual = match panels {
            ..=3 => panels,
            more => ((more as f64).sqrt().ceil() as usize).min(5),
        };
        let columns = figure.columns.unwrap_or(usual).clamp(1, panels.max(1));
        Self { panels, columns, rows: panels.div_ceil(columns) }
    }

    fn between_columns(&self) -> f64 {
        BETWEEN[0] * (self.columns - 1) as f64
    }

    fn between_rows(&self) -> f64 {
        BETWEEN[1] * (self.rows - 1) as f64
    }

    /// The most in each column.
    fn of_columns<T>(&self, all: &[T], room: impl Fn(&T) -> f64) -> Vec<f64> {
        let in_column = |column| all.iter().skip(column).step_by(self.columns);
        (0..self.columns).map(|column| in_column(column).map(&room).fold(0.0, f64::max)).collect()
    }

    /// The most in each row.
    fn of_rows<T>(&self, all: &[T], room: impl Fn(&T) -> f64) -> Vec<f64> {
        all.chunks(self.columns).map(|row| row.iter().map(&room).fold(0.0, f64::max)).collect()
    }
}

/// Either one for all, or each panel's own.
enum Legends<'a> {
    Shared(Legend<'a>),
    Own(Vec<Legend<'a>>),
}

impl<'a> Legends<'a> {
    /// One legend in the width of the figure where several panels have the same, else one for each in
    /// that of its cell.
    fn of(panels: &'a [Panel], full: f64, cell: f64) -> Self {
        match panels {
            [first, others @ ..]
                if !others.is_empty() && others.iter().all(|panel| panel.keys == first.keys) =>
            {
                Self::Shared(Legend::new(&first.keys, full))
            }
            _ => Self::Own(panels.iter().map(|panel| Legend::new(&panel.keys, cell)).collect()),
        }
    }

    fn shared_height(&self) -> f64 {
        if let Self::Shared(legend) = self { height_of(legend) } else { 0.0 }
    }

    fn own_heights(&self, grid: &Grid) -> Vec<f64> {
        match self {
            Self::Shared(_) => vec![0.0; grid.rows],
            Self::Own(legends) => grid.of_rows(legends, height_of),
        }
    }
}

fn height_of(legend: &Legend<'_>) -> f64 {
    if legend.height() > 0.0 { TO_LEGEND + legend.height() } else { 0.0 }
}

/// The room around the plots of each column and each row, the same for all in it, so that they are
/// aligned.
struct Margins {
    lefts: Vec<f64>,
    rights: Vec<f64>,
    tops: Vec<f64>,
    bottoms: Vec<f64>,
}

impl Margins {
    fn of(grid: &Grid, around: &[Surroundings], legends: &Legends<'_>) -> Self {
        let below = grid.of_rows(around, |around| around.bottom);
        Self {
            lefts: grid.of_columns(around, |around| around.left),
            rights: grid.of_columns(around, |around| around.right),
            tops: grid.of_rows(around, |around| around.top),
            bottoms: below.iter().zip(legends.own_heights(grid)).map(|(a, b)| a + b).collect(),
        }
    }

    fn beside(&self) -> f64 {
        self.lefts.iter().chain(&self.rights).sum()
    }

    fn above_and_below(&self) -> f64 {
        self.tops.iter().chain(&self.bottoms).sum()
    }

    /// Where the plots are, all of one width, and those of a row of one height.
    fn plots(&self, grid: &Grid, top: f64, width: f64, heights: &[f64]) -> Vec<Area> {
        let mut plots = Vec::new();
        let mut top = top;
        for (row, &height) in heights.iter().enumerate() {
            let mut left = MARGIN;
            for column in 0..grid.columns.min(grid.panels - plots.len()) {
                left += self.lefts[column];
                plots.push(Area { left, top: top + self.tops[row], width, height });
                left += width + self.rights[column] + BETWEEN[0];
            }
            top += self.tops[row] + height + self.bottoms[row] + BETWEEN[1];
        }
        plots
    }
}
