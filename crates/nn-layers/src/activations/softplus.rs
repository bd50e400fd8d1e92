use nn_tensor::Real;

use crate::Activation;

/// A smooth ReLU, `f(x) = ln(1 + exp(beta·x)) / beta` (`torch.nn.Softplus`).
///
/// Nothing overflows here, so the exact value is returned for every `x` where PyTorch, with its
/// default of 20 for the threshold, returns `x` where `beta·x` is larger. A lower threshold means
/// what it means there. Dugas, Bengio, Bélisle, Nadeau and Garcia, "Incorporating second-order
/// functional knowledge for better option pricing", 2000.
///
/// ```
/// use nn_layers::{Activation, Softplus};
///
/// assert_eq!(Softplus::default().value(0.0), 0.6931471805599453);
/// assert_eq!(Softplus::default().value(25.0), 25.000000000013888); // PyTorch: 25
///
/// let cut = Softplus { threshold: 5.0, ..Softplus::default() };
/// assert_eq!(cut.value(6.0), 6.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Softplus {
    /// How sharp the bend is, above 0; 1 by default.
    pub beta: f64,
    /// Where `beta·x` is above it, `f(x) = x`; 20 by default, which with all above stands for none.
    pub threshold: f64,
}

impl Default for Softplus {
    fn default() -> Self {
        Self { beta: 1.0, threshold: 20.0 }
    }
}

impl Softplus {
    /// `beta·x`
    #[inline(always)]
    fn sharpened<R: Real>(&self, x: R) -> R {
        R::from_f64(x.to_f64() * self.beta)
    }

    /// Whether `f(x) = x` has been asked for.
    #[inline(always)]
    fn is_cut<R: Real>(&self, x: R) -> bool {
        self.threshold < 20.0 && self.sharpened(x) > R::from_f64(self.threshold)
    }
}

impl Activation for Softplus {
    #[inline(always)]
    fn value<R: Real>(&self, x: R) -> R {
        let y = x.softplus(self.beta);
        if self.is_cut(x) { x } else { y }
    }

    #[inline(always)]
    fn slope<R: Real>(&self, x: R, _y: R) -> R {
        let slope = self.sharpened(x).sigmoid();
        if self.is_cut(x) { R::ONE } else { slope }
    }
}
