//! What Adam and its kin remember of a parameter.

use nn_tensor::Scalar;

/// How the running means of the gradient and of its square go on.
///
/// ```text
/// m ← β₁·m + (1 - β₁)·g
/// v ← β₂·v + (1 - β₂)·g²
/// ```
#[derive(Clone, Copy)]
pub(super) struct Moments<T> {
    kept: [T; 2],
    taken: [T; 2],
}

impl<T: Scalar> Moments<T> {
    pub(super) fn new(betas: [f64; 2]) -> Self {
        let taken = betas.map(|beta| T::from_f64(1.0 - beta));
        Self { kept: betas.map(T::from_f64), taken }
    }

    /// Both means with one more gradient.
    #[inline(always)]
    pub(super) fn update(self, m: &mut T, v: &mut T, g: T) {
        *m = self.kept[0] * *m + self.taken[0] * g;
        *v = self.kept[1] * *v + self.taken[1] * g * g;
    }
}
