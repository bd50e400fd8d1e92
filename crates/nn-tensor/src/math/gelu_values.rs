//! `x·Φ(x)` of many values, and gradients by its slope.

use super::gelu_single::{gelu_of_lanes, gelu_slope_of_lanes};
use super::lanes::Blocks;
use crate::Real;
use crate::simd::{Kernel, Simd, Vectors};

/// Numbers of which `x·Φ(x)` is worked for many at once, to the same bits as by [`Real::gelu`] and
/// [`Real::gelu_slope`].
pub trait GeluValues: Vectors {
    /// `y = x·Φ(x)` of each value.
    fn gelu_values<S: Simd<Self>>(simd: S, x: &[Self], y: &mut [Self]);

    /// `∂x = ∂y·(Φ(x) + x·φ(x))` of each value.
    fn gelu_gradients<S: Simd<Self>>(simd: S, x: &[Self], dy: &[Self], dx: &mut [Self]);
}

impl GeluValues for f64 {
    #[inline(always)]
    fn gelu_values<S: Simd<f64>>(_: S, x: &[f64], y: &mut [f64]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = x.gelu();
        }
    }

    #[inline(always)]
    fn gelu_gradients<S: Simd<f64>>(_: S, x: &[f64], dy: &[f64], dx: &mut [f64]) {
        for (dx, (&x, &dy)) in dx.iter_mut().zip(x.iter().zip(dy)) {
            *dx = dy * x.gelu_slope();
        }
    }
}

impl GeluValues for f32 {
    #[inline(always)]
    fn gelu_values<S: Simd<f32>>(simd: S, x: &[f32], y: &mut [f32]) {
        simd.apart(Values { x, y });
    }

    #[inline(always)]
    fn gelu_gradients<S: Simd<f32>>(simd: S, x: &[f32], dy: &[f32], dx: &mut [f32]) {
        simd.apart(Gradients { x, dy, dx });
    }
}

const LANES: usize = f32::LANES;

/// So many values are worked at once: two blocks, as each operation on one has to wait for that before it.
const PAIR: usize = 2 * LANES;

struct Values<'a> {
    x: &'a [f32],
    y: &'a mut [f32],
}

impl Kernel<f32> for Values<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<f32>>(self, simd: S) {
        let (x_pairs, x_rest) = self.x.as_chunks::<PAIR>();
        let (y_pairs, y_rest) = self.y.as_chunks_mut::<PAIR>();
        for (y, x) in y_pairs.iter_mut().zip(x_pairs) {
            let vectors = load_pair(simd, x);
            store_pair(simd, gelu_of_lanes(Blocks { simd, vectors }).vectors, y);
        }
        for (y, x) in y_rest.chunks_mut(LANES).zip(x_rest.chunks(LANES)) {
            let vectors = [simd.load_rest(x)];
            let [values] = gelu_of_lanes(Blocks { simd, vectors }).vectors;
            simd.store_rest(values, y);
        }
    }
}

struct Gradients<'a> {
    x: &'a [f32],
    dy: &'a [f32],
    dx: &'a mut [f32],
}

impl Kernel<f32> for Gradients<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<f32>>(self, simd: S) {
        let (x_pairs, x_rest) = self.x.as_chunks::<PAIR>();
        let (dy_pairs, dy_rest) = self.dy.as_chunks::<PAIR>();
        let (dx_pairs, dx_rest) = self.dx.as_chunks_mut::<PAIR>();
        for (dx, (x, dy)) in dx_pairs.iter_mut().zip(x_pairs.iter().zip(dy_pairs)) {
            let (x, dy) = (load_pair(simd, x), load_pair(simd, dy));
            let slopes = gelu_slope_of_lanes(Blocks { simd, vectors: x }).vectors;
            store_pair(simd, [simd.mul(dy[0], slopes[0]), simd.mul(dy[1], slopes[1])], dx);
        }
        let rest = x_rest.chunks(LANES).zip(dy_rest.chunks(LANES));
        for (dx, (x, dy)) in dx_rest.chunks_mut(LANES).zip(rest) {
            let vectors = [simd.load_rest(x)];
            let [slopes] = gelu_slope_of_lanes(Blocks { simd, vectors }).vectors;
            simd.store_rest(simd.mul(simd.load_rest(dy), slopes), dx);
        }
    }
}

#[inline(always)]
fn load_pair<S: Simd<f32>>(simd: S, from: &[f32; PAIR]) -> [S::Vector; 2] {
    let blocks = f32::blocks(from).0;
    [simd.load(&blocks[0]), simd.load(&blocks[1])]
}

#[inline(always)]
fn store_pair<S: Simd<f32>>(simd: S, [first, second]: [S::Vector; 2], to: &mut [f32; PAIR]) {
    let blocks = f32::blocks_mut(to).0;
    simd.store(first, &mut blocks[0]);
    simd.store(second, &mut blocks[1]);
}

#[cfg(test)]
mod tests {
    use crate::simd::{Kernel, Simd, dispatch};
    use crate::{Real, Scalar};

    struct Slice<'a, T>(&'a [T], &'a mut [T], &'a mut [T]);

    impl<T: Scalar> Kernel<T> for Slice<'_, T> {
        type Output = ();

        #[inline(always)]
        fn run<S: Simd<T>>(self, simd: S) {
            let Self(x, y, slopes) = self;
            T::gelu_values(simd, x, y);
            T::gelu_gradients(simd, x, &vec![T::ONE; x.len()], slopes);
        }
    }

    /// Each value and its slope.
    fn gelu_values<T: Scalar>(x: &[T]) -> Vec<(T, T)> {
        let (mut y, mut slopes) = (vec![T::ZERO; x.len()], vec![T::ZERO; x.len()]);
        dispatch(Slice(x, &mut y, &mut slopes));
        y.into_iter().zip(slopes).collect()
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
            for (&x, (y, slope)) in x.iter().zip(gelu_values(x)) {
                let same = |a: f32, b: f32| a.to_bits() == b.to_bits() || x.is_nan() && a.is_nan();
                assert!(same(y, x.gelu()) && same(slope, x.gelu_slope()), "{x:e}");
            }
        }
        let x: Vec<f64> = inputs.iter().map(|&x| f64::from(x)).collect();
        for (&x, (y, slope)) in x.iter().zip(gelu_values(&x)) {
            assert!(y == x.gelu() && slope == x.gelu_slope() || x.is_nan(), "{x:e}");
        }
    }

    #[test]
    fn values_are_within_1_ulp_where_one_table_entry_takes_over_from_another() {
        let x: Vec<f32> = places().filter(|x| x.is_finite()).collect();
        let ulp = |exact: f64| f64::from((exact as f32).abs().next_up() - (exact as f32).abs());
        for (&x, (y, slope)) in x.iter().zip(gelu_values(&x)) {
            let exact = f64::from(x).gelu();
            let error = (f64::from(y) - exact).abs();
            assert!(error < ulp(exact) || y == exact as f32, "{x:e}: {y:e}, not {exact:e}");
            // The slope has a zero, near which it is as exact as its parts are.
            let exact = f64::from(x).gelu_slope();
            let error = (f64::from(slope) - exact).abs();
            let least = if (-1.25..-0.5).contains(&x) { ulp(0.0625) } else { 0.0 };
            let most = (1.25 * ulp(exact)).max(least);
            assert!(error < most || slope == exact as f32, "{x:e}: {slope:e}, not {exact:e}");
        }
        let limits = gelu_values(&[0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY]);
        let limits = limits.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
        assert_eq!(format!("{limits:?}"), "([0.0, -0.0, inf, -0.0], [0.5, 0.5, 1.0, -0.0])");
    }
}
