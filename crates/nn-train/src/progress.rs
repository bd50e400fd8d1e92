//! A bar in the terminal.

use indicatif::{HumanDuration, ProgressDrawTarget, ProgressState, ProgressStyle};
use nn_tensor::Scalar;

use crate::history::Figure;
use crate::{Callback, History, Moment};

/// How far the training is and how fast, and below it the last figures.
const TEMPLATE: &str = "epoch {epoch} {wide_bar:.cyan/blue} {rate} samples/s, {left} left\n{msg}";

/// A bar on standard error while a network is trained; nothing where that is no terminal.
#[derive(Debug, Default)]
pub(crate) struct ProgressBar(Option<indicatif::ProgressBar>);

impl ProgressBar {
    /// The bar, which the first call makes.
    fn bar<T: Scalar>(&mut self, moment: &Moment<'_, T>) -> &indicatif::ProgressBar {
        self.0.get_or_insert_with(|| {
            let (samples, epochs) = (moment.samples() as u64, moment.epochs());
            let target = ProgressDrawTarget::stderr_with_hz(10);
            let length = samples.saturating_mul(epochs as u64);
            let bar = indicatif::ProgressBar::with_draw_target(Some(length), target);
            bar.set_style(style(samples, epochs));
            bar
        })
    }
}

impl<T: Scalar> Callback<T> for ProgressBar {
    fn on_batch_end(&mut self, moment: &mut Moment<'_, T>) {
        let before = (moment.epoch() - 1).saturating_mul(moment.samples());
        let done = (before.saturating_add(moment.samples_done())) as u64;
        self.bar(moment).set_position(done);
    }

    fn on_epoch_end(&mut self, moment: &mut Moment<'_, T>) {
        let message = figures(moment.history());
        self.bar(moment).set_message(message);
    }

    fn on_train_end(&mut self) {
        if let Some(bar) = self.0.take() {
            bar.abandon();
        }
    }
}

/// The figures of the last epoch, those on the validation data behind those of training, without the
/// learning rate, which would take a line of eighty characters to its end.
fn figures(history: &History) -> String {
    let mut text = String::new();
    for name in history.names().split_last().map_or(&[][..], |(_rate, names)| names) {
        let validation = history.last(&format!("validation {name}"));
        match (history.last(name), validation) {
            (Some(training), Some(validation)) => {
                let (training, validation) = (Figure(training), Figure(validation));
                text += &format!("{name} {training} (validation {validation})   ");
            }
            (Some(figure), None) if !name.starts_with("validation ") => {
                text += &format!("{name} {}   ", Figure(figure));
            }
            _ => {}
        }
    }
    text
}

fn style(samples: u64, epochs: usize) -> ProgressStyle {
    let width = epochs.to_string().len();
    let epoch = move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        let epoch = (state.pos().div_ceil(samples)).max(1);
        let _ = write!(text, "{epoch:>width$}/{epochs}");
    };
    let rate = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        let _ = match state.per_sec() {
            fast if fast >= 1e6 => write!(text, "{:.1} million", fast / 1e6),
            rate => write!(text, "{rate:.0}"),
        };
    };
    let left = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        let _ = write!(text, "{}", HumanDuration(state.eta()));
    };
    ProgressStyle::with_template(TEMPLATE)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("epoch", epoch)
        .with_key("rate", rate)
        .with_key("left", left)
}
