//! Each elementary function in both precisions, over 10⁴ and 10⁶ values, and with the environment
//! variable `LARGE` over 10⁸ as well.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::prelude::*;
use nn::tensor::simd::{Kernel, Simd, dispatch};

/// How many values to work at once.
fn counts() -> impl Iterator<Item = usize> {
    let most = if std::env::var_os("LARGE").is_some() { 100_000_000 } else { 1_000_000 };
    [10_000, 1_000_000, 100_000_000].into_iter().filter(move |&count| count <= most)
}

macro_rules! functions {
    ($criterion:ident: $($function:ident)*) => {$({
        /// The function in the loop that layers use.
        struct Apply<'a, T>(&'a [T], &'a mut [T]);

        impl<T: Scalar> Kernel<T> for Apply<'_, T> {
            type Output = ();

            #[inline(always)]
            fn run<S: Simd<T>>(self, simd: S) {
                functions!(loop $function simd self);
            }
        }

        let mut group = $criterion.benchmark_group(stringify!($function));
        for count in counts() {
            group.throughput(Throughput::Elements(count as u64));
            functions!(group count f32);
            functions!(group count f64);
        }
        group.finish();
    })*};
    (loop gelu $simd:ident $self:ident) => {
        T::gelu_values($simd, $self.0, $self.1)
    };
    (loop $function:ident $simd:ident $self:ident) => {{
        let _ = $simd;
        for (y, &x) in $self.1.iter_mut().zip($self.0) {
            *y = Real::$function(x);
        }
    }};
    ($group:ident $count:ident $float:ident) => {
        // Where a function is defined for positive numbers alone, half of these are not.
        let x: Vec<$float> = (0..$count).map(|i| (i % 10_000) as $float / 625.0 - 8.0).collect();
        let mut y = vec![0.0; $count];
        $group.bench_function(BenchmarkId::new(stringify!($float), $count), |bencher| {
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
