//! `x·Φ(x)` of many values.

use super::gelu_single::gelu_of_blocks;
use crate::Real;
use crate::simd::{Kernel, Simd, Vectors};

/// Numbers of which `x·Φ(x)` is worked for many at once, to the same bits as by [`Real::gelu`].
pub trait GeluValues: Vectors {
    /// `y = x·Φ(x)` of each value.
    fn gelu_values<S: Simd<Self>>(simd: S, x: &[Self], y: &mut [Self]);
}

impl GeluValues for f64 {
    #[inline(always)]
    fn gelu_values<S: Simd<f64>>(_: S, x: &[f64], y: &mut [f64]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = x.gelu();
        }
    }
}

impl GeluValues for f32 {
    #[inline(always)]
    fn gelu_values<S: Simd<f32>>(simd: S, x: &[f32], y: &mut [f32]) {
        simd.apart(Values { x, y });
    }
}

struct Values<'a> {
    x: &'a [f32],
    y: &'a mut [f32],
}

impl Kernel<f32> for Values<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<f32>>(self, simd: S) {
        const LANES: usize = f32::LANES;
        let (x_pairs, x_rest) = self.x.as_chunks::<{ 2 * LANES }>();
        let (y_pairs, y_rest) = self.y.as_chunks_mut::<{ 2 * LANES }>();
        for (y, x) in y_pairs.iter_mut().zip(x_pairs) {
            let (x, y) = (f32::blocks(x).0, f32::blocks_mut(y).0);
            let [first, second] = gelu_of_blocks(simd, [simd.load(&x[0]), simd.load(&x[1])]);
            simd.store(first, &mut y[0]);
            simd.store(second, &mut y[1]);
        }
        for (y, x) in y_rest.chunks_mut(LANES).zip(x_rest.chunks(LANES)) {
            let [values] = gelu_of_blocks(simd, [simd.load_rest(x)]);
            simd.store_rest(values, y);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::simd::{Kernel, Simd, dispatch};
    use crate::{Real, Scalar};

    struct Slice<'a, T>(&'a [T], &'a mut [T]);

    impl<T: Scalar> Kernel<T> for Slice<'_, T> {
        type Output = ();

        #[inline(always)]
        fn run<S: Simd<T>>(self, simd: S) {
            T::gelu_values(simd, self.0, self.1);
        }
    }

    fn gelu_values<T: Scalar>(x: &[T]) -> Vec<T> {
        let mut y = vec![T::ZERO; x.len()];
        dispatch(Slice(x, &mut y));
        y
    }

    /// Both signs of the ends and centres of all intervals, the bound, the limits, and their neighbours.
    fn places() -> impl Iterator<Item = f32> {
        let intervals = (0..120).map(|i| i as f32 / 8.0);
        let others = [14.5, 1e-30, f32::MIN_POSITIVE, 1e-40, f32::MAX, f32::INFINITY, f32::NAN];
        let places = intervals.chain(others).flat_map(|x| [x.next_down(), x, x.next_up()]);
        places.flat_map(|x| [x, -x])
    }

    #[test]
    fn the_values_of_a_slice_are_those_of_its_numbers() {
        let inputs: Vec<f32> =
            (0..=u32::MAX).step_by(300_007).map(f32::from_bits).chain(places()).collect();
        for length in [0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 64, 100, inputs.len()] {
            let x = &inputs[inputs.len() - length..];
            for (&x, y) in x.iter().zip(gelu_values(x)) {
                assert!(y.to_bits() == x.gelu().to_bits() || y.is_nan() && x.is_nan(), "{x:e}");
            }
        }
        let x: Vec<f64> = inputs.iter().map(|&x| f64::from(x)).collect();
        for (&x, y) in x.iter().zip(gelu_values(&x)) {
            assert!(y == x.gelu() || x.is_nan(), "{x:e}");
        }
    }

    #[test]
    fn values_are_within_1_ulp_where_one_table_entry_takes_over_from_another() {
        let x: Vec<f32> = places().filter(|x| x.is_finite()).collect();
        for (&x, y) in x.iter().zip(gelu_values(&x)) {
            let exact = f64::from(x).gelu();
            let ulp = f64::from((exact as f32).abs().next_up() - (exact as f32).abs());
            assert!(
                (f64::from(y) - exact).abs() < ulp || y == exact as f32,
                "{x:e}: {y:e}, not {exact:e}"
            );
        }
        let limits = gelu_values(&[0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY]);
        assert_eq!(format!("{limits:?}"), "[0.0, -0.0, inf, -0.0]");
    }
}
