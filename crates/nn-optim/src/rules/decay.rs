//! What becomes of a parameter and its gradient before a rule sees them.

use nn_tensor::Scalar;

/// The direction of the steps, and weight decay of one kind or the other.
///
/// ```text
/// g ← -g                                       to maximize
/// g ← g + weight_decay·w                       as an L2 penalty
/// w ← w - learning_rate·weight_decay·w         decoupled from the gradient
/// ```
#[derive(Clone, Copy)]
pub(super) struct Decay<T> {
    sign: T,
    penalty: T,
    kept: T,
}

impl<T: Scalar> Decay<T> {
    /// Weight decay as the gradient of an L2 penalty.
    pub(super) fn penalty(weight_decay: f64, maximize: bool) -> Self {
        let sign = if maximize { -T::ONE } else { T::ONE };
        Self { sign, penalty: T::from_f64(weight_decay), kept: T::ONE }
    }

    /// Weight decay that the rule does not see.
    pub(super) fn decoupled(weight_decay: f64, learning_rate: f64, maximize: bool) -> Self {
        let kept = T::from_f64(1.0 - learning_rate * weight_decay);
        Self { kept, ..Self::penalty(0.0, maximize) }
    }

    /// Weight decay of the kind that the rule was asked for.
    pub(super) fn either(
        decoupled: bool,
        weight_decay: f64,
        learning_rate: f64,
        maximize: bool,
    ) -> Self {
        if decoupled {
            Self::decoupled(weight_decay, learning_rate, maximize)
        } else {
            Self::penalty(weight_decay, maximize)
        }
    }

    /// The parameter and the gradient for the rule.
    #[inline(always)]
    pub(super) fn apply(self, w: T, g: T) -> (T, T) {
        (self.kept * w, self.sign * g + self.penalty * w)
    }
}
