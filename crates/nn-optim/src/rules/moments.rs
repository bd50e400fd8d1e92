//! Running means, as rules remember them of a gradient and of its square.
//!
//! Those of a parameter that has no gradient any more, as beside a ReLU that is always 0, die away. What
//! is so small that it moves no weight becomes 0: some processors take up to a hundred times as long for
//! subnormal numbers, and such a mean would be one for long, if not for ever.

use nn_tensor::Scalar;

/// A mean that decays, or a sum that does.
///
/// ```text
/// m ← kept·m + taken·x
/// ```
#[derive(Clone, Copy)]
pub(super) struct Mean<T> {
    kept: T,
    taken: T,
    /// The least size that is kept. It will be multiplied by a learning rate, which must not make it
    /// subnormal either.
    least: T,
}

impl<T: Scalar> Mean<T> {
    /// `β·m + (1 - β)·x`
    pub(super) fn new(beta: f64) -> Self {
        Self::of(beta, 1.0 - beta)
    }

    pub(super) fn of(kept: f64, taken: f64) -> Self {
        let least = T::MIN_POSITIVE.to_f64() / T::EPSILON.to_f64();
        let [kept, taken, least] = [kept, taken, least].map(T::from_f64);
        Self { kept, taken, least }
    }

    /// The mean with one more value.
    #[inline(always)]
    pub(super) fn update(self, mean: &mut T, x: T) {
        let next = self.kept * *mean + self.taken * x;
        *mean = if next.abs() < self.least { T::ZERO } else { next };
    }
}

/// The mean of the squares, which decays.
///
/// ```text
/// v ← β·v + (1 - β)·x²
/// ```
#[derive(Clone, Copy)]
pub(super) struct MeanSquare<T> {
    kept: T,
    taken: T,
    /// The least that is kept.
    least: T,
    /// The least size of which the square counts.
    least_root: T,
}

impl<T: Scalar> MeanSquare<T> {
    pub(super) fn new(beta: f64) -> Self {
        let least = T::MIN_POSITIVE;
        let least_root = T::from_f64((least.to_f64() / (1.0 - beta)).sqrt() * 1.001);
        let [kept, taken] = [beta, 1.0 - beta].map(T::from_f64);
        Self { kept, taken, least, least_root }
    }

    /// The mean with the square of one more value.
    #[inline(always)]
    pub(super) fn update(self, mean: &mut T, x: T) {
        let counted = if x.abs() < self.least_root { T::ZERO } else { x };
        let next = self.kept * *mean + self.taken * counted * counted;
        *mean = if next < self.least { T::ZERO } else { next };
    }
}

/// Both of a gradient, as Adam and its kin have them.
pub(super) fn moments<T: Scalar>(betas: [f64; 2]) -> (Mean<T>, MeanSquare<T>) {
    (Mean::new(betas[0]), MeanSquare::new(betas[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means_die_away<T: Scalar>() {
        let (mean, mean_square) = moments::<T>([0.5, 0.9]);
        let (mut m, mut v) = (T::ZERO, T::ZERO);
        let mut update = |x: T| {
            mean.update(&mut m, x);
            mean_square.update(&mut v, x);
            (m, v)
        };
        update(T::ONE);
        for _ in 0..10_000 {
            let (m, v) = update(T::ZERO);
            let normal = |x: T| x == T::ZERO || x >= T::MIN_POSITIVE;
            assert!(normal(m) && normal(v), "{m} and {v}");
        }
        assert_eq!(update(T::ZERO), (T::ZERO, T::ZERO));
        assert_eq!(update(T::INFINITY), (T::INFINITY, T::INFINITY));
        let (m, v) = update(T::from_f64(f64::NAN));
        assert!(m.is_nan() && v.is_nan());
    }

    fn squares_are_normal_or_0<T: Scalar>() {
        let mean_square = MeanSquare::<T>::new(0.999);
        let square = |factor: f64| {
            let mut v = T::ZERO;
            mean_square.update(&mut v, mean_square.least_root * T::from_f64(factor));
            v
        };
        assert!(square(1.0) >= T::MIN_POSITIVE && square(-1.0) >= T::MIN_POSITIVE);
        assert_eq!([square(0.999), square(-0.999)], [T::ZERO; 2]);
    }

    #[test]
    fn the_square_of_a_gradient_is_never_subnormal() {
        squares_are_normal_or_0::<f32>();
        squares_are_normal_or_0::<f64>();
    }

    #[test]
    fn means_without_a_gradient_die_away_and_are_never_subnormal() {
        means_die_away::<f32>();
        means_die_away::<f64>();
    }
}
