//! What the keys change, and how fast the training goes.

use std::time::{Duration, Instant};

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::curve::Figures;
use crate::options::Options;
use crate::setup::{Setup, activation_names, data_sets};
use crate::training::Training;

/// As long as a line of 80 columns.
pub(crate) const KEYS: &str = "space pause  s step  +- rate  [] speed  aA activation  \
                               d data  r restart  q quit";

const RATE_FACTOR: f64 = 1.5;
const RATES: [f64; 2] = [1e-9, 1e3];
const MOST_SPEED: u64 = 1 << 20;

pub(crate) struct Playground {
    setup: Setup,
    training: Training,
    figures: Figures,
    /// The most epochs between two frames.
    speed: u64,
    is_paused: bool,
    is_over: bool,
    /// Why the training stopped by itself.
    trouble: Option<String>,
    meter: Meter,
}

impl Playground {
    pub(crate) fn new(options: Options) -> nn::Result<Self> {
        let mut training = Training::new(&options.setup)?;
        Ok(Self {
            figures: training.figures()?,
            training,
            setup: options.setup,
            speed: options.speed,
            is_paused: false,
            is_over: false,
            trouble: None,
            meter: Meter::new(),
        })
    }

    pub(crate) const fn setup(&self) -> &Setup {
        &self.setup
    }

    pub(crate) const fn training(&self) -> &Training {
        &self.training
    }

    pub(crate) const fn figures(&self) -> Figures {
        self.figures
    }

    pub(crate) const fn speed(&self) -> u64 {
        self.speed
    }

    pub(crate) const fn is_paused(&self) -> bool {
        self.is_paused
    }

    pub(crate) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// How many epochs a second there were of late.
    pub(crate) const fn epochs_per_second(&self) -> Option<f64> {
        self.meter.rate
    }

    pub(crate) const fn is_over(&self) -> bool {
        self.is_over
    }

    /// Does what a key says.
    pub(crate) fn press(&mut self, key: KeyEvent) -> nn::Result<()> {
        match key.code {
            KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                self.is_over = true;
            }
            KeyCode::Char('q') | KeyCode::Esc => self.is_over = true,
            KeyCode::Char(' ') => self.is_paused = !self.is_paused,
            KeyCode::Char('s') | KeyCode::Right if self.is_paused => self.train(1, Duration::MAX),
            KeyCode::Char('+' | '=') => self.scale_learning_rate(RATE_FACTOR)?,
            KeyCode::Char('-') => self.scale_learning_rate(1.0 / RATE_FACTOR)?,
            KeyCode::Char(']') => self.speed = (self.speed * 2).min(MOST_SPEED),
            KeyCode::Char('[') => self.speed = (self.speed / 2).max(1),
            KeyCode::Char('a') => self.choose_activation(1)?,
            KeyCode::Char('A') => self.choose_activation(activation_names().len() - 1)?,
            KeyCode::Char('d') => {
                self.setup.data_set = (self.setup.data_set + 1) % data_sets().len();
                self.restart()?;
            }
            KeyCode::Char('r') => {
                self.setup.seed = self.setup.seed.wrapping_add(1);
                self.restart()?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Trains for a frame: at the speed that was chosen, but no longer than `time`.
    pub(crate) fn advance(&mut self, time: Duration) {
        if !self.is_paused {
            self.train(self.speed, time);
        }
        self.meter.count(self.training.epochs());
    }

    fn train(&mut self, epochs: u64, time: Duration) {
        let start = Instant::now();
        let mut result = Ok(());
        for _ in 0..epochs {
            result = self.training.train_epoch();
            if result.is_err() || start.elapsed() >= time {
                break;
            }
        }
        let figures = self.training.figures();
        match result.and(figures) {
            Ok(figures) => (self.figures, self.trouble) = (figures, None),
            Err(error) => (self.is_paused, self.trouble) = (true, Some(error.to_string())),
        }
    }

    fn scale_learning_rate(&mut self, factor: f64) -> nn::Result<()> {
        let [least, most] = RATES;
        self.setup.learning_rate = (self.setup.learning_rate * factor).clamp(least, most);
        self.training.set_learning_rate(self.setup.learning_rate)
    }

    fn choose_activation(&mut self, further: usize) -> nn::Result<()> {
        self.setup.activation = (self.setup.activation + further) % activation_names().len();
        self.restart()
    }

    /// A training that stopped by itself runs again after this.
    fn restart(&mut self) -> nn::Result<()> {
        self.training = Training::new(&self.setup)?;
        self.figures = self.training.figures()?;
        self.is_paused &= self.trouble.take().is_none();
        self.meter = Meter::new();
        Ok(())
    }
}

/// Measures epochs a second, twice a second.
struct Meter {
    since: Instant,
    epochs: u64,
    rate: Option<f64>,
}

impl Meter {
    const INTERVAL: Duration = Duration::from_millis(500);

    fn new() -> Self {
        Self { since: Instant::now(), epochs: 0, rate: None }
    }

    fn count(&mut self, epochs: u64) {
        let elapsed = self.since.elapsed();
        if elapsed >= Self::INTERVAL {
            let rate = (epochs - self.epochs) as f64 / elapsed.as_secs_f64();
            *self = Self { since: Instant::now(), epochs, rate: Some(rate) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::tests::read;

    fn playground() -> Playground {
        Playground::new(Options::default()).unwrap()
    }

    fn press(playground: &mut Playground, key: char) {
        playground.press(KeyEvent::from(KeyCode::Char(key))).unwrap();
    }

    fn advance(playground: &mut Playground) -> u64 {
        playground.advance(Duration::MAX);
        playground.training().epochs()
    }

    #[test]
    fn a_frame_trains_for_as_many_epochs_as_the_speed_says() {
        let mut playground = playground();
        assert_eq!(advance(&mut playground), 2);
        press(&mut playground, ']');
        assert_eq!(advance(&mut playground), 6);
        press(&mut playground, '[');
        press(&mut playground, '[');
        press(&mut playground, '[');
        assert_eq!(advance(&mut playground), 7);
    }

    #[test]
    fn a_frame_without_time_trains_for_one_epoch() {
        let mut playground = playground();
        playground.advance(Duration::ZERO);
        assert_eq!(playground.training().epochs(), 1);
    }

    #[test]
    fn space_pauses_and_a_pause_is_left_by_steps() {
        let mut playground = playground();
        press(&mut playground, 's');
        assert_eq!(playground.training().epochs(), 0);
        press(&mut playground, ' ');
        assert_eq!(advance(&mut playground), 0);
        press(&mut playground, 's');
        playground.press(KeyEvent::from(KeyCode::Right)).unwrap();
        assert_eq!(advance(&mut playground), 2);
        press(&mut playground, ' ');
        assert_eq!(advance(&mut playground), 4);
    }

    #[test]
    fn plus_and_minus_scale_the_learning_rate_within_bounds() {
        let mut playground = playground();
        press(&mut playground, '+');
        assert!((playground.setup().learning_rate - 0.045).abs() < 1e-12);
        for _ in 0..100 {
            press(&mut playground, '-');
        }
        assert_eq!(playground.setup().learning_rate, RATES[0]);
        for _ in 0..100 {
            press(&mut playground, '=');
        }
        assert_eq!(playground.setup().learning_rate, RATES[1]);
    }

    #[test]
    fn another_activation_starts_again_on_the_same_points() {
        let mut playground = playground();
        advance(&mut playground);
        let points = playground.training().data().clone();
        press(&mut playground, 'a');
        assert_eq!(playground.setup().activation_name(), "Tanhshrink");
        assert_eq!(playground.training().epochs(), 0);
        assert_eq!(playground.training().data(), &points);
        press(&mut playground, 'A');
        press(&mut playground, 'A');
        assert_eq!(playground.setup().activation_name(), "Softsign");
    }

    #[test]
    fn d_goes_round_all_data_sets() {
        let mut playground = playground();
        for _ in data_sets() {
            advance(&mut playground);
            press(&mut playground, 'd');
            assert_eq!(playground.training().epochs(), 0);
        }
        assert_eq!(playground.setup().data_set_name(), "spiral");
    }

    #[test]
    fn r_starts_again_with_other_points() {
        let mut playground = playground();
        let points = playground.training().data().clone();
        press(&mut playground, 'r');
        assert_eq!(playground.setup().seed, 1);
        assert_ne!(playground.training().data(), &points);
    }

    #[test]
    fn three_keys_quit_and_no_other() {
        let control_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        for key in [KeyCode::Char('q').into(), KeyCode::Esc.into(), control_c] {
            let mut playground = playground();
            for other in " s+-][aAdrcxQ".chars() {
                press(&mut playground, other);
            }
            assert!(!playground.is_over());
            playground.press(key).unwrap();
            assert!(playground.is_over());
        }
    }

    #[test]
    fn a_loss_that_is_not_finite_pauses_until_the_next_start() {
        let mut options = read(&["--activation", "relu"]).unwrap();
        options.setup.learning_rate = 1e30;
        let mut playground = Playground::new(options).unwrap();
        for _ in 0..10 {
            playground.advance(Duration::MAX);
        }
        assert!(playground.is_paused() && playground.trouble().is_some());
        let epochs = playground.training().epochs();
        assert_eq!(advance(&mut playground), epochs);
        press(&mut playground, 'r');
        assert!(!playground.is_paused() && playground.trouble().is_none());
    }
}
