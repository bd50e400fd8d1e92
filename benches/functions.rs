//! Each elementary function over 10⁴ values, in both precisions.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::prelude::*;
use nn::tensor::simd::{Kernel, Simd, dispatch};

const COUNT: usize = 10_000;

macro_rules! functions {
    ($criterion:ident: $($function:ident)*) => {$({
        /// The function in the loop that layers use.
        struct Apply<'a, T>(&'a [T], &'a mut [T]);

        impl<T: Scalar> Kernel<T> for Apply<'_, T> {
            type Output = ();

            #[inline(always)]
            fn run<S: Simd<T>>(self, _: S) {
                for (y, &x) in self.1.iter_mut().zip(self.0) {
                    *y = Real::$function(x);
                }
            }
        }

        let mut group = $criterion.benchmark_group(stringify!($function));
        group.throughput(Throughput::Elements(COUNT as u64));
        functions!(group f32);
        functions!(group f64);
        group.finish();
    })*};
    ($group:ident $float:ident) => {
        // Where a function is defined for positive numbers alone, half of these are not.
        let x: Vec<$float> = (0..COUNT).map(|i| i as $float / 625.0 - 8.0).collect();
        let mut y = vec![0.0; COUNT];
        $group.bench_function(BenchmarkId::from_parameter(stringify!($float)), |bencher| {
            bencher.iter(|| dispatch(Apply(&x, &mut y)));
        });
    };
}

fn bench(criterion: &mut Criterion) {
    functions! {
        criterion:
        exp exp_m1 ln ln_1p tanh sigmoid erf erfc normal_cdf gelu gelu_tanh normal_density
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
