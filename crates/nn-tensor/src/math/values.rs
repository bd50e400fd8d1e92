//! Functions of many values at once.

use super::gelu_single::gelu_slope;
use super::lanes::Lanes;
use super::{silu_single, single};
use crate::Real;
use crate::simd::{Blocks, Kernel, Simd, Vectors};

/// A function that is written for [`Lanes`].
trait Function {
    fn of<L: Lanes>(&self, x: L) -> L;
}

macro_rules! values {
    (
        $($(#[$doc:meta])* $values:ident: $Function:ident, $function:ident, $of_lanes:path, $blocks:literal;)*
    ) => {
        $(
            struct $Function;

            impl Function for $Function {
                #[inline(always)]
                fn of<L: Lanes>(&self, x: L) -> L {
                    $of_lanes(x)
                }
            }
        )*

        /// Numbers of which functions are worked for many at once, to the same bits as by [`Real`].
        pub trait Values: Vectors {
            $(
                $(#[$doc])*
                fn $values<S: Simd<Self>>(simd: S, x: &[Self], y: &mut [Self]);
            )*

            /// `∂x = ∂y·(Φ(x) + x·φ(x))` of each value.
            fn gelu_gradients<S: Simd<Self>>(simd: S, x: &[Self], dy: &[Self], dx: &mut [Self]);
        }

        impl Values for f64 {
            $(
                #[inline(always)]
                fn $values<S: Simd<f64>>(_: S, x: &[f64], y: &mut [f64]) {
                    for (y, &x) in y.iter_mut().zip(x) {
                        *y = Real::$function(x);
                    }
                }
            )*

            #[inline(always)]
            fn gelu_gradients<S: Simd<f64>>(_: S, x: &[f64], dy: &[f64], dx: &mut [f64]) {
                for (dx, (&x, &dy)) in dx.iter_mut().zip(x.iter().zip(dy)) {
                    *dx = dy * Real::gelu_slope(x);
                }
            }
        }

        impl Values for f32 {
            $(
                #[inline(always)]
                fn $values<S: Simd<f32>>(simd: S, x: &[f32], y: &mut [f32]) {
                    simd.apart(Interleaved::<_, $blocks>(Outputs { function: $Function, x, y }));
                }
            )*

            #[inline(always)]
            fn gelu_gradients<S: Simd<f32>>(simd: S, x: &[f32], dy: &[f32], dx: &mut [f32]) {
                simd.apart(Interleaved::<_, 4>(Gradients { x, dy, dx }));
            }
        }
    };
}

// At the end of each line is how many blocks are interleaved: as many as there are registers for.
values! {
    /// `y = x·Φ(x)` of each value.
    gelu_values: Gelu, gelu, single::gelu, 4;
    /// `y = ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))` of each value.
    gelu_tanh_values: GeluTanh, gelu_tanh, single::gelu_tanh, 4;
    /// `y = 1 / (1 + e⁻ˣ)` of each value.
    sigmoid_values: Sigmoid, sigmoid, single::sigmoid, 4;
    /// `y = x / (1 + e⁻ˣ)` of each value.
    silu_values: Silu, silu, silu_single::single, 3;
    /// `y = tanh x` of each value.
    tanh_values: Tanh, tanh, single::tanh, 4;
}

/// Work on slices, `G` blocks at a time.
trait InGroups {
    fn work<S: Simd<f32>, const G: usize>(self, simd: S);
}

/// Work on `N` blocks interleaved, or on fewer where there are few registers.
struct Interleaved<W, const N: usize>(W);

/// The blocks that are worked interleaved where there are few registers.
const FEW: usize = 2;

impl<W: InGroups, const N: usize> Kernel<f32> for Interleaved<W, N> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<f32>>(self, simd: S) {
        if const { S::MANY_REGISTERS } {
            self.0.work::<S, N>(simd);
        } else {
            self.0.work::<S, FEW>(simd);
        }
    }
}

const LANES: usize = f32::LANES;

/// A function of all values.
struct Outputs<'a, F> {
    function: F,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl<F: Function> InGroups for Outputs<'_, F> {
    #[inline(always)]
    fn work<S: Simd<f32>, const G: usize>(self, simd: S) {
        let (x, x_rest) = groups::<G>(self.x);
        let (y, y_rest) = groups_mut::<G>(self.y);
        for (y, x) in y.iter_mut().zip(x) {
            self.function.of(Blocks::load(simd, x)).store(y);
        }
        for (y, x) in y_rest.chunks_mut(LANES).zip(x_rest.chunks(LANES)) {
            let vectors = [simd.load_rest(x)];
            let [values] = self.function.of(Blocks { simd, vectors }).vectors;
            simd.store_rest(values, y);
        }
    }
}

/// The gradients by the slope of GELU.
struct Gradients<'a> {
    x: &'a [f32],
    dy: &'a [f32],
    dx: &'a mut [f32],
}

impl InGroups for Gradients<'_> {
    #[inline(always)]
    fn work<S: Simd<f32>, const G: usize>(self, simd: S) {
        let (x, x_rest) = groups::<G>(self.x);
        let (dy, dy_rest) = groups::<G>(self.dy);
        let (dx, dx_rest) = groups_mut::<G>(self.dx);
        for (dx, (x, dy)) in dx.iter_mut().zip(x.iter().zip(dy)) {
            (Blocks::load(simd, dy) * gelu_slope(Blocks::load(simd, x))).store(dx);
        }
        let rest = x_rest.chunks(LANES).zip(dy_rest.chunks(LANES));
        for (dx, (x, dy)) in dx_rest.chunks_mut(LANES).zip(rest) {
            let vectors = [simd.load_rest(x)];
            let [slopes] = gelu_slope(Blocks { simd, vectors }).vectors;
            simd.store_rest(simd.mul(simd.load_rest(dy), slopes), dx);
        }
    }
}

/// Groups of `G` blocks of values, and what is left.
#[inline(always)]
fn groups<const G: usize>(values: &[f32]) -> (&[[[f32; LANES]; G]], &[f32]) {
    let (groups, _) = f32::blocks(values).0.as_chunks();
    (groups, &values[groups.len() * G * LANES..])
}

/// The same, to be written.
#[inline(always)]
fn groups_mut<const G: usize>(values: &mut [f32]) -> (&mut [[[f32; LANES]; G]], &mut [f32]) {
    let (values, rest) = values.split_at_mut(values.len() / (G * LANES) * (G * LANES));
    (f32::blocks_mut(values).0.as_chunks_mut().0, rest)
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

    /// The bits of each function of all values, and those of the numbers one by one.
    struct BothWays<'a, T>(&'a [T]);

    impl<T: Scalar> Kernel<T> for BothWays<'_, T> {
        type Output = [Vec<u64>; 2];

        #[inline(always)]
        fn run<S: Simd<T>>(self, simd: S) -> [Vec<u64>; 2] {
            let bits = |y: &T| if y.is_nan() { u64::MAX } else { y.to_f64().to_bits() };
            let (mut at_once, mut one_by_one) = (Vec::new(), Vec::new());
            let mut y = vec![T::ZERO; self.0.len()];
            macro_rules! each {
                ($($values:ident $function:ident)*) => {$(
                    T::$values(simd, self.0, &mut y);
                    at_once.extend(y.iter().map(bits));
                    one_by_one.extend(self.0.iter().map(|x| bits(&x.$function())));
                )*};
            }
            each! {
                gelu_values gelu
                gelu_tanh_values gelu_tanh
                sigmoid_values sigmoid
                silu_values silu
                tanh_values tanh
            }
            T::gelu_gradients(simd, self.0, &vec![T::ONE; y.len()], &mut y);
            at_once.extend(y.iter().map(bits));
            one_by_one.extend(self.0.iter().map(|x| bits(&x.gelu_slope())));
            [at_once, one_by_one]
        }
    }

    #[test]
    fn the_values_of_a_slice_are_those_of_its_numbers() {
        let inputs: Vec<f32> =
            (0..=u32::MAX).step_by(300_007).map(f32::from_bits).chain(places()).collect();
        for length in (0..100).chain([inputs.len()]) {
            let [at_once, one_by_one] = dispatch(BothWays(&inputs[inputs.len() - length..]));
            assert!(at_once == one_by_one, "{length} values");
        }
        let x: Vec<f64> = inputs.iter().map(|&x| f64::from(x)).collect();
        let [at_once, one_by_one] = dispatch(BothWays(&x));
        assert!(at_once == one_by_one, "f64");
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
