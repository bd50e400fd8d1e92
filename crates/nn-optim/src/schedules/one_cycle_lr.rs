use super::cosine_annealing_lr::cosine;
use crate::error::check;
use crate::{Result, Schedule};

/// Up to the learning rate, then down to next to nothing (`torch.optim.lr_scheduler.OneCycleLR`).
///
/// ```text
/// base / div_factor                         at 0
/// base                                      at pct_start·total_steps - 1
/// base / div_factor / final_div_factor      at total_steps - 1, and from then on
/// ```
///
/// The learning rate that the rule was made with is the highest (PyTorch's `max_lr`), so that each
/// group of parameters has its own. In three phases, it is back at `base / div_factor` as long after
/// the top as the top is after the start. The momentum is left as it is, as with PyTorch's
/// `cycle_momentum=False`. PyTorch refuses steps after the last.
///
/// Smith and Topin, "Super-convergence: very fast training of neural networks using large learning
/// rates", 2018.
///
/// ```
/// use nn_optim::{OneCycleLr, Schedule};
///
/// let schedule = OneCycleLr::new(100);
/// assert_eq!(schedule.learning_rate(0.1, 0), 0.004);
/// assert_eq!(schedule.learning_rate(0.1, 29), 0.1);
/// assert!(schedule.learning_rate(0.1, 99) < 1e-6);
/// ```
#[doc(alias = "OneCycleLR")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneCycleLr {
    /// How many steps there are, at least 1.
    pub total_steps: u64,
    /// The share of the steps that go up, from 0 to 1, and to ½ in three phases; 0.3 by default.
    pub pct_start: f64,
    /// Along which curve; a cosine by default.
    pub anneal_strategy: AnnealStrategy,
    /// How much lower the first learning rate is than the highest, above 0; 25 by default.
    pub div_factor: f64,
    /// How much lower the last learning rate is than the first, above 0; 10 000 by default.
    pub final_div_factor: f64,
    /// Whether to come down to the first learning rate before the last; not by default.
    pub three_phase: bool,
}

/// The curve from one learning rate to the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnnealStrategy {
    /// Half a cosine; the default.
    #[default]
    Cos,
    /// A line.
    Linear,
}

impl OneCycleLr {
    /// One cycle of `total_steps`.
    #[must_use]
    pub const fn new(total_steps: u64) -> Self {
        Self {
            total_steps,
            pct_start: 0.3,
            anneal_strategy: AnnealStrategy::Cos,
            div_factor: 25.0,
            final_div_factor: 1e4,
            three_phase: false,
        }
    }
}

impl Schedule for OneCycleLr {
    fn learning_rate(&self, base: f64, t: u64) -> f64 {
        let first = base / self.div_factor;
        let last = (self.total_steps as f64 - 1.0).max(0.0);
        let top = self.pct_start * self.total_steps as f64 - 1.0;
        // The corners: when, and at what learning rate.
        let down = if self.three_phase { (2.0 * top, first) } else { (top, base) };
        let corners = [(0.0, first), (top, base), down, (last, first / self.final_div_factor)];

        let t = (t as f64).min(last);
        let next = corners[1..3].iter().position(|&(end, _)| t <= end).unwrap_or(2);
        let ((start, from), (end, to)) = (corners[next], corners[next + 1]);
        let share = if end > start { (t - start) / (end - start) } else { 1.0 };
        match self.anneal_strategy {
            AnnealStrategy::Cos => cosine(from, to, share),
            AnnealStrategy::Linear => from + (to - from) * share,
        }
    }

    fn check(&self) -> Result<()> {
        check("total_steps", self.total_steps as f64, |x| x >= 1.0, "at least 1")?;
        if self.three_phase {
            check("pct_start", self.pct_start, |x| (0.0..=0.5).contains(&x), "from 0 to ½")?;
        }
        check("pct_start", self.pct_start, |x| (0.0..=1.0).contains(&x), "from 0 to 1")?;
        check("div_factor", self.div_factor, |x| x > 0.0, "finite and above 0")?;
        check("final_div_factor", self.final_div_factor, |x| x > 0.0, "finite and above 0")
    }
}
