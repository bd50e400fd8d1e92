//! Loss and accuracy over the epochs, in a memory that does not grow with them.

/// How good a network is on its data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figures {
    pub(crate) loss: f64,
    pub(crate) accuracy: f64,
}

/// The figures of every epoch, of every second, of every fourth ..., so that they stay few.
#[derive(Debug)]
pub(crate) struct Curve {
    figures: Vec<Figures>,
    every: u64,
}

/// More than a terminal has columns.
const MOST: usize = 512;

impl Curve {
    pub(crate) const fn new() -> Self {
        Self { figures: Vec::new(), every: 1 }
    }

    /// Whether the curve wants the figures of this epoch.
    pub(crate) const fn wants(&self, epoch: u64) -> bool {
        epoch == self.every * self.figures.len() as u64
    }

    pub(crate) fn push(&mut self, figures: Figures) {
        self.figures.push(figures);
        if self.figures.len() > MOST {
            let mut is_kept = false;
            self.figures.retain(|_| {
                is_kept = !is_kept;
                is_kept
            });
            self.every *= 2;
        }
    }

    /// Each epoch that was kept, with its figures.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, Figures)> + '_ {
        (0..).step_by(self.every as usize).zip(self.figures.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_stays_short_and_keeps_its_epochs() {
        let mut curve = Curve::new();
        for epoch in 0..100_000 {
            if curve.wants(epoch) {
                curve.push(Figures { loss: epoch as f64, accuracy: 0.0 });
            }
        }
        assert!((MOST / 2..=MOST).contains(&curve.iter().count()));
        assert!(curve.iter().all(|(epoch, figures)| figures.loss == epoch as f64));
        assert!(curve.iter().last().unwrap().0 > 99_000);
    }
}
