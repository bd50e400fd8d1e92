//! A frame: the plane, and beside it what there is to know.

use nn::prelude::*;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Style, Stylize};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Block, Chart, Dataset as Series, GraphType, Paragraph, Wrap};

use crate::color::Depth;
use crate::curve::Figures;
use crate::picture::Picture;
use crate::playground::{KEYS, Playground};

/// The smallest terminal in which there is something to see.
const LEAST: [u16; 2] = [60, 22];

/// The columns beside the plane, and those between.
const SIDE: u16 = 36;
const GAP: u16 = 2;

pub(crate) struct Screen {
    depth: Depth,
    scratch: Scratch,
}

impl Screen {
    pub(crate) fn new(depth: Depth) -> Self {
        Self { depth, scratch: Scratch::default() }
    }

    pub(crate) fn draw(
        &mut self,
        frame: &mut Frame<'_>,
        playground: &Playground,
    ) -> nn::Result<()> {
        let area = frame.area();
        let [columns, rows] = LEAST;
        if area.width < columns || area.height < rows {
            let Rect { width, height, .. } = area;
            let message = format!(
                "The terminal has {width}×{height} cells; the playground needs {columns}×{rows}. q quits."
            );
            frame.render_widget(Paragraph::new(message).wrap(Wrap { trim: true }), area);
            return Ok(());
        }
        let keys = Paragraph::new(KEYS).wrap(Wrap { trim: true });
        let lines = if usize::from(area.width) < KEYS.len() { 2 } else { 1 };
        let [top, state, bottom] = Layout::vertical([
            Constraint::Fill(1),
            Constraint::Length(1),
            Constraint::Length(lines),
        ])
        .areas(area);
        let [plane, _, side] = Layout::horizontal([
            Constraint::Fill(1),
            Constraint::Length(GAP),
            Constraint::Length(SIDE),
        ])
        .areas(top);
        self.draw_plane(frame, plane, playground)?;
        self.draw_side(frame, side, playground);
        frame.render_widget(state_of(playground), state);
        frame.render_widget(keys, bottom);
        Ok(())
    }

    /// Two pixels a cell: the upper half block in front of the lower.
    fn draw_plane(
        &mut self,
        frame: &mut Frame<'_>,
        area: Rect,
        playground: &Playground,
    ) -> nn::Result<()> {
        let training = playground.training();
        let size = [usize::from(area.width), 2 * usize::from(area.height)];
        let picture =
            Picture::new(training.network(), training.data(), size, 1.0, &mut self.scratch)?;
        let mut rows = picture.rows();
        for y in area.top()..area.bottom() {
            let (Some(upper), Some(lower)) = (rows.next(), rows.next()) else { break };
            for ((x, &upper), &lower) in (area.left()..).zip(upper).zip(lower) {
                frame.buffer_mut()[(x, y)]
                    .set_char('▀')
                    .set_fg(self.depth.of_pixel(upper))
                    .set_bg(self.depth.of_pixel(lower));
            }
        }
        Ok(())
    }

    fn draw_side(&self, frame: &mut Frame<'_>, area: Rect, playground: &Playground) {
        let facts = self.facts(playground);
        // Both curves are equally high; below the second are the epochs of both.
        let text = facts.len() as u16;
        let rows = area.height.saturating_sub(text + 4) / 2;
        let [text, loss, accuracy] = Layout::vertical([
            Constraint::Length(text),
            Constraint::Length(1 + rows),
            Constraint::Length(3 + rows),
        ])
        .areas(area);
        frame.render_widget(Paragraph::new(facts), text);
        let curve = playground.training().curve();
        let highest = curve.iter().map(|(_, figures)| figures.loss).filter(|loss| loss.is_finite());
        let highest = highest.fold(f64::MIN_POSITIVE, f64::max);
        draw_curve(frame, loss, playground, Shown::Loss { highest });
        draw_curve(frame, accuracy, playground, Shown::Accuracy);
    }

    fn facts(&self, playground: &Playground) -> Vec<Line<'static>> {
        let (setup, training) = (playground.setup(), playground.training());
        let Figures { loss, accuracy } = playground.figures();
        let widths = [&[2], setup.hidden.as_slice(), &[training.data().classes()]].concat();
        let widths: Vec<_> = widths.iter().map(usize::to_string).collect();
        let pace = playground.epochs_per_second().filter(|_| !playground.is_paused());
        let pace = pace.map_or_else(String::new, |pace| format!(", {pace:.0} a second"));
        let classes = (0..training.data().classes()).flat_map(|class| {
            [
                Span::styled("■ ", Style::new().fg(self.depth.of_class(class))),
                Span::raw(format!("class {class}  ")),
            ]
        });
        vec![
            Line::from(format!("{}, {} points", setup.data_set_name(), training.data().len()))
                .bold(),
            fact("network", widths.join(" → ")),
            fact("activation", setup.activation_name()),
            fact("rate", number(setup.learning_rate)),
            fact("seed", setup.seed),
            fact("speed", format!("{} epochs a frame", playground.speed())),
            Line::default(),
            fact("epoch", format!("{}{pace}", training.epochs())),
            fact("loss", number(loss)),
            fact("accuracy", format!("{accuracy:.3}")),
            Line::from_iter(classes),
            Line::default(),
        ]
    }
}

/// Why nothing moves, where nothing does.
fn state_of(playground: &Playground) -> Line<'_> {
    match (playground.trouble(), playground.is_paused()) {
        (Some(trouble), _) => Line::from(format!("stopped: {trouble}")).bold().red(),
        (None, true) => Line::from("paused").bold(),
        (None, false) => Line::default(),
    }
}

fn fact(name: &str, value: impl std::fmt::Display) -> Line<'static> {
    Line::from(vec![Span::raw(format!("{name:<11}")).dim(), Span::raw(value.to_string())])
}

/// A positive number in few digits.
fn number(x: f64) -> String {
    match x {
        1e-3..1.0 => format!("{x:.4}"),
        1.0..1e4 => format!("{x:.2}"),
        _ => format!("{x:.2e}"),
    }
}

/// What a curve shows.
#[derive(Clone, Copy)]
enum Shown {
    Loss { highest: f64 },
    Accuracy,
}

/// A curve over the epochs, from 0 upwards.
fn draw_curve(frame: &mut Frame<'_>, area: Rect, playground: &Playground, shown: Shown) {
    let training = playground.training();
    let last = training.epochs().max(1);
    let epochs = Axis::default().dim().bounds([0.0, last as f64]);
    let (name, highest, epochs) = match shown {
        Shown::Loss { highest } => ("loss", highest, epochs),
        Shown::Accuracy => ("accuracy", 1.0, epochs.labels(["0".to_owned(), last.to_string()])),
    };
    let point = |(epoch, Figures { loss, accuracy }): (u64, Figures)| match shown {
        Shown::Loss { .. } => (epoch as f64, loss),
        Shown::Accuracy => (epoch as f64, accuracy),
    };
    let points: Vec<_> =
        training.curve().iter().map(point).filter(|(_, y)| y.is_finite()).collect();
    // The colour of a class would say that the curve is that of the class.
    let line =
        Series::default().data(&points).marker(Marker::Braille).graph_type(GraphType::Line).cyan();
    let heights = Axis::default().dim().bounds([0.0, highest]);
    let chart = Chart::new(vec![line])
        .block(Block::new().title(name))
        .x_axis(epochs)
        .y_axis(heights.labels(["0".to_owned(), number(highest)]));
    frame.render_widget(chart, area);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::crossterm::event::{KeyCode, KeyEvent};

    use super::*;
    use crate::options::Options;
    use crate::options::tests::read;
    use crate::setup::{activation_names, data_sets};

    fn drawn(playground: &Playground, [width, height]: [u16; 2]) -> Terminal<TestBackend> {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut screen = Screen::new(Depth::Full);
        terminal.draw(|frame| screen.draw(frame, playground).unwrap()).unwrap();
        terminal
    }

    #[test]
    fn every_size_is_drawn() {
        let mut playground = Playground::new(Options::default()).unwrap();
        playground.advance(Duration::MAX);
        for width in [1, 2, 10, 40, 59, 60, 61, 80, 200] {
            for height in [1, 2, 5, 21, 22, 23, 50, 100] {
                drawn(&playground, [width, height]);
            }
        }
    }

    #[test]
    fn a_terminal_that_is_too_small_says_so() {
        let playground = Playground::new(Options::default()).unwrap();
        let text = drawn(&playground, [40, 10]).backend().to_string();
        assert!(text.contains("The terminal has 40×10 cells"), "{text}");
    }

    #[test]
    fn the_screen_tells_the_figures_and_the_keys() {
        let mut playground = Playground::new(Options::default()).unwrap();
        playground.advance(Duration::MAX);
        let text = drawn(&playground, [110, 35]).backend().to_string();
        let accuracy = format!("accuracy   {:.3}", playground.figures().accuracy);
        for part in ["spiral, 600 points", "2 → 8 → 8 → 3", "Tanh", KEYS, &accuracy] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }

    #[test]
    fn every_data_set_is_drawn_with_every_activation() {
        let mut options = Options::default();
        options.setup.samples = 20;
        for data_set in 0..data_sets().len() {
            for activation in 0..activation_names().len() {
                options.setup.data_set = data_set;
                options.setup.activation = activation;
                let mut playground = Playground::new(options.clone()).unwrap();
                playground.advance(Duration::MAX);
                assert_eq!(playground.trouble(), None);
                let terminal = drawn(&playground, [80, 24]);
                let plane = Rect::new(0, 0, 80 - SIDE - GAP, 22);
                let buffer = terminal.backend().buffer();
                assert!(plane.positions().all(|place| buffer[place].symbol() == "▀"));
            }
        }
    }

    #[test]
    fn training_changes_the_picture() {
        let mut playground = Playground::new(Options::default()).unwrap();
        let before = drawn(&playground, [80, 24]);
        for _ in 0..100 {
            playground.advance(Duration::MAX);
        }
        assert_ne!(drawn(&playground, [80, 24]).backend().buffer(), before.backend().buffer());
    }

    #[test]
    fn a_network_that_is_lost_is_drawn_with_its_trouble() {
        let mut options = read(&["--activation", "relu"]).unwrap();
        options.setup.learning_rate = 1e30;
        let mut playground = Playground::new(options).unwrap();
        for _ in 0..10 {
            playground.advance(Duration::MAX);
        }
        assert!(drawn(&playground, [80, 24]).backend().to_string().contains("stopped: "));
        playground.press(KeyEvent::from(KeyCode::Char('s'))).unwrap();
        drawn(&playground, [80, 24]);
    }
}
