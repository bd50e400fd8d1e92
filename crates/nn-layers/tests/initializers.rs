//! How parameters start.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn_layers::LayerError;
use nn_layers::initializers::{
    Fan, FanMode, Initializer, KaimingUniform, Orthogonal, TruncatedNormal, XavierUniform, gain,
};
use nn_reference::load;
use nn_tensor::{Matrix, Real};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

fn filled(initializer: &dyn Initializer, rows: usize, columns: usize) -> Matrix<f64> {
    let mut values = Matrix::zeros(rows, columns);
    let fan = Fan { fan_in: rows, fan_out: columns };
    initializer.fill(values.view_mut(), fan, &mut ChaCha8Rng::seed_from_u64(3)).unwrap();
    values
}

#[test]
fn gains_are_pytorchs() {
    let gains = load("dense").get("gains");
    for (name, found) in [
        ("linear", gain::LINEAR),
        ("sigmoid", gain::SIGMOID),
        ("tanh", gain::TANH),
        ("relu", gain::RELU),
        ("leaky_relu", gain::leaky_relu(0.01)),
        ("selu", gain::SELU),
    ] {
        assert_eq!(found, gains.get(name).number(), "{name}");
    }
}

#[test]
fn uniform_values_reach_the_bounds_of_their_papers_and_no_further() {
    let gain = gain::TANH;
    let initializers: [(&dyn Initializer, f64); 3] = [
        (&XavierUniform { gain }, gain * (6.0_f64 / 400.0).sqrt()),
        (&KaimingUniform { gain, mode: FanMode::FanIn }, gain * (3.0_f64 / 300.0).sqrt()),
        (&KaimingUniform { gain, mode: FanMode::FanOut }, gain * (3.0_f64 / 100.0).sqrt()),
    ];
    for (initializer, bound) in initializers {
        let values = filled(initializer, 300, 100);
        let largest = values.as_slice().iter().fold(0.0, |largest, w| w.abs().max(largest));
        assert!(largest <= bound && largest > 0.999 * bound, "{initializer:?}: {largest}, {bound}");
    }
}

#[test]
fn the_shorter_side_of_an_orthogonal_matrix_is_orthonormal() {
    for (rows, columns) in [(1, 1), (1, 7), (7, 1), (5, 5), (40, 13), (13, 40), (100, 100)] {
        let q = filled(&Orthogonal { gain: 2.0 }, rows, columns);
        let products = if rows >= columns {
            q.transpose().matmul(&q).unwrap()
        } else {
            q.matmul(&q.transpose()).unwrap()
        };
        let identity =
            Matrix::from_fn(
                products.rows(),
                products.rows(),
                |i, j| {
                    if i == j { 4.0 } else { 0.0 }
                },
            );
        let off = products.zip_map(&identity, |a, b| (a - b).abs()).unwrap();
        assert!(off.as_slice().iter().all(|off| *off < 1e-12), "{rows} × {columns}");
    }
}

#[test]
fn orthogonal_matrices_turn_either_way() {
    // Each of the two 1 × 1 matrices is as likely as the other.
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let fan = Fan { fan_in: 1, fan_out: 1 };
    let mut sum = 0.0;
    for _ in 0..1000 {
        let mut value = Matrix::zeros(1, 1);
        Orthogonal::default().fill(value.view_mut(), fan, &mut rng).unwrap();
        assert_eq!(value[(0, 0)].abs(), 1.0);
        sum += value[(0, 0)];
    }
    assert!(sum.abs() < 100.0, "{sum}");
}

#[test]
fn truncated_normal_values_are_spread_as_the_distribution_says() {
    // About the mean, beside it, in a tail, in a narrow part of a tail, and all but not truncated.
    for (low, high) in
        [(-2.0, 2.0), (-0.3, 1.0), (0.5, 0.9), (3.0, 8.0), (-6.1, -6.0), (-9.0, 40.0)]
    {
        let (mean, std) = (10.0, 0.5);
        let (low, high) = (mean + std * low, mean + std * high);
        let values = filled(&TruncatedNormal { mean, std, low, high }, 200, 100);
        let mut sorted = values.as_slice().to_vec();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted[0] >= low && *sorted.last().unwrap() <= high);
        // The largest distance of the two cumulative distributions (Kolmogorov): 1.95 / √n is exceeded
        // once in a thousand times. Above the mean the tails are counted from the other end.
        let sign = if low > mean { -1.0 } else { 1.0 };
        let below = |x: f64| (sign * (x - mean) / std).normal_cdf();
        let whole = below(high) - below(low);
        let count = sorted.len() as f64;
        for (place, &x) in sorted.iter().enumerate() {
            let expected = (below(x) - below(low)) / whole;
            let off = (place as f64 / count - expected).abs();
            assert!(off < 1.95 / count.sqrt(), "{low} to {high}: {off} at {x}");
        }
    }
}

#[test]
fn truncated_normal_values_come_at_once_however_far_the_bounds() {
    let far = [
        (1e300, 1.0, -1.0, 1.0),
        (-5.0, 1e-300, 3.0, 4.0),
        (0.0, 1.0, 1e9, 2e9),
        (0.0, 0.0, 1.0, 2.0),
    ];
    for (mean, std, low, high) in far {
        let values = filled(&TruncatedNormal { mean, std, low, high }, 10, 10);
        assert!(values.as_slice().iter().all(|x| (low..=high).contains(x)), "{values:?}");
    }
    let point = TruncatedNormal { low: 0.25, high: 0.25, ..TruncatedNormal::default() };
    assert!(filled(&point, 3, 3).as_slice().iter().all(|x| *x == 0.25));
}

#[test]
fn what_is_out_of_range_is_refused() {
    let truncated = TruncatedNormal::default();
    let refused: [&dyn Initializer; 6] = [
        &TruncatedNormal { std: -1.0, ..truncated },
        &TruncatedNormal { mean: f64::NAN, ..truncated },
        &TruncatedNormal { low: 3.0, ..truncated },
        &TruncatedNormal { high: f64::INFINITY, ..truncated },
        &Orthogonal { gain: -1.0 },
        &Orthogonal { gain: f64::NAN },
    ];
    for initializer in refused {
        let fan = Fan { fan_in: 1, fan_out: 1 };
        let mut value = Matrix::zeros(1, 1);
        let result = initializer.fill(value.view_mut(), fan, &mut ChaCha8Rng::seed_from_u64(0));
        let error = result.unwrap_err();
        assert!(matches!(error, LayerError::Hyperparameter { .. }), "{initializer:?}: {error}");
    }
}
