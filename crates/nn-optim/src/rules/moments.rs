//! What Adam and its kin remember of a parameter.

use nn_tensor::Scalar;

/// How the running means of the gradient and of its square go on.
///
/// ```text
/// m ← β₁·m + (1 - β₁)·g
/// v ← β₂·v + (1 - β₂)·g²
/// ```
///
/// Those of a parameter that has no gradient any more, as beside a ReLU that is always 0, die away. What
/// is so small that it moves no weight becomes 0, and so does the square of such a gradient: some
/// processors take a hundred times as long for subnormal numbers, and such a mean would be one for long.
#[derive(Clone, Copy)]
pub(super) struct Moments<T> {
    kept: [T; 2],
    taken: [T; 2],
    /// The least that is kept of each.
    least: [T; 2],
    /// The least gradient of which the square counts.
    least_gradient: T,
}

impl<T: Scalar> Moments<T> {
    pub(super) fn new(betas: [f64; 2]) -> Self {
        let taken = betas.map(|beta| T::from_f64(1.0 - beta));
        let normal = T::MIN_POSITIVE.to_f64();
        // The first is multiplied by a learning rate, which must not make it subnormal either.
        let least = [normal / T::EPSILON.to_f64(), normal].map(T::from_f64);
        let least_gradient = T::from_f64((normal / (1.0 - betas[1])).sqrt() * 1.001);
        Self { kept: betas.map(T::from_f64), taken, least, least_gradient }
    }

    /// Both means with one more gradient.
    #[inline(always)]
    pub(super) fn update(self, m: &mut T, v: &mut T, g: T) {
        let next_m = self.kept[0] * *m + self.taken[0] * g;
        let counted = if g.abs() < self.least_gradient { T::ZERO } else { g };
        let next_v = self.kept[1] * *v + self.taken[1] * counted * counted;
        *m = if next_m.abs() < self.least[0] { T::ZERO } else { next_m };
        *v = if next_v < self.least[1] { T::ZERO } else { next_v };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means_die_away<T: Scalar>() {
        let (moments, mut m, mut v) = (Moments::<T>::new([0.5, 0.9]), T::ZERO, T::ZERO);
        moments.update(&mut m, &mut v, T::ONE);
        for _ in 0..10_000 {
            moments.update(&mut m, &mut v, T::ZERO);
            let normal = |x: T| x == T::ZERO || x.to_f64().abs() >= moments.least[1].to_f64();
            assert!(normal(m) && normal(v), "{m} and {v}");
        }
        assert_eq!((m, v), (T::ZERO, T::ZERO));
        moments.update(&mut m, &mut v, T::INFINITY);
        assert_eq!((m, v), (T::INFINITY, T::INFINITY));
        moments.update(&mut m, &mut v, T::from_f64(f64::NAN));
        assert!(m.is_nan() && v.is_nan());
    }

    fn squares_are_normal_or_0<T: Scalar>() {
        let (moments, mut m) = (Moments::<T>::new([0.9, 0.999]), T::ZERO);
        let mut square = |factor: f64| {
            let mut v = T::ZERO;
            moments.update(&mut m, &mut v, moments.least_gradient * T::from_f64(factor));
            v
        };
        assert!(square(1.0) >= moments.least[1] && square(-1.0) >= moments.least[1]);
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
