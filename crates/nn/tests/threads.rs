//! What is computed on several threads is what one thread computes, to the last bit.

#![cfg(feature = "rayon")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use nn::layers::LayerError;
use nn::optim::losses;
use nn::prelude::*;
use nn::rand::RngExt;
use rayon::ThreadPoolBuilder;

/// The parameters after a few steps, and the losses on the way there.
fn train<T: Scalar>(widths: &[usize], rows: usize) -> (Vec<u64>, Vec<u64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let inputs =
        Matrix::<T>::from_fn(rows, widths[0], |_, _| T::from_f64(rng.random_range(-1.0..1.0)));
    let classes = *widths.last().unwrap();
    let labels: Vec<usize> = (0..rows).map(|_| rng.random_range(0..classes)).collect();
    let mut builder = Network::builder(widths[0]).dense(widths[1]);
    for &width in &widths[2..] {
        builder = builder.layer(Relu).dense(width);
    }
    let mut network: Network<T> = builder.build(&mut rng).unwrap();
    let mut optimizer = Optimizer::new(Adam::default(), &network).unwrap();
    let (loss, mut trace) = (CrossEntropy::default(), network.trace());
    let mut losses = Vec::new();
    for _ in 0..3 {
        let value = value_and_gradient(&network, &loss, &inputs, &labels, &mut trace).unwrap();
        losses.push(value.to_bits());
        optimizer.step(&mut network, &trace).unwrap();
    }
    let bits = |x: &T| x.to_f64().to_bits();
    (network.parameters().iter().map(bits).collect(), losses)
}

#[test]
fn one_thread_or_many_give_the_same_bits() {
    // Many parts of a batch, large products of many rows and of few, and many parameters to step.
    for (widths, rows) in
        [(&[2, 40, 32, 3][..], 5000), (&[300, 257, 10], 200), (&[30, 700, 700, 10], 9)]
    {
        let of_threads = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| (train::<f32>(widths, rows), train::<f64>(widths, rows)))
        };
        let alone = of_threads(1);
        for threads in [2, 4, 7] {
            assert!(of_threads(threads) == alone, "{threads} threads, {widths:?}");
        }
    }
}

#[test]
fn what_dropout_draws_and_batch_norm_learns_is_the_same_on_one_thread_or_many() {
    let network = |with_batch_norm: bool| -> Network {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut builder = Network::builder(3).dense(600).layer(Dropout::default()).layer(Relu);
        if with_batch_norm {
            builder = builder.layer_for_width(BatchNorm::new);
        }
        builder.layer_for_width(LayerNorm::new).dense(4).build(&mut rng).unwrap()
    };
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let inputs = Matrix::<f32>::from_fn(2000, 3, |_, _| rng.random_range(-1.0..1.0));
    let labels: Vec<usize> = (0..2000).map(|_| rng.random_range(0..4)).collect();
    for with_batch_norm in [false, true] {
        let of_threads = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut network = network(with_batch_norm);
            let mut optimizer = Optimizer::new(Adam::default(), &network).unwrap();
            let (loss, mut trace) = (CrossEntropy::default(), network.trace());
            pool.install(|| {
                for _ in 0..2 {
                    value_and_gradient(&network, &loss, &inputs, &labels, &mut trace).unwrap();
                    optimizer.step(&mut network, &trace).unwrap();
                }
                network.predict(&inputs).unwrap()
            })
        };
        let alone = of_threads(1);
        assert!([2, 4, 7].map(of_threads).iter().all(|outputs| *outputs == alone));
    }
}

#[test]
fn every_loss_has_the_same_bits_on_one_thread_or_many() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    // Outputs and targets are probabilities, which every loss takes.
    let builder = Network::<f32>::builder(3).dense(600).layer(Tanh).dense(4).layer(Sigmoid);
    let network = builder.build(&mut rng).unwrap();
    let inputs = Matrix::from_fn(3000, 3, |_, _| rng.random_range(-1.0..1.0));
    let values = Matrix::from_fn(3000, 4, |_, _| rng.random_range(0.0..1.0));
    let labels: Vec<usize> = (0..3000).map(|_| rng.random_range(0..4)).collect();
    let weights: Vec<f32> = (0..3000).map(|_| rng.random_range(0.0..2.0)).collect();
    for (name, loss) in losses::all::<f32>() {
        let values = Targets::from(&values);
        let takes_values = loss.divisor(Shape { rows: 3000, columns: 4 }, values).is_ok();
        let targets = if takes_values { values } else { Targets::from(&labels) };
        let of_threads = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut trace = network.trace();
            let loss = pool.install(|| {
                let targets = targets.weighted(&weights);
                value_and_gradient(&network, loss.as_ref(), &inputs, targets, &mut trace).unwrap()
            });
            (loss.to_bits(), trace.gradients().to_vec())
        };
        assert!(of_threads(1) == of_threads(4), "{name}");
    }
}

#[test]
fn the_first_bad_part_of_a_batch_is_the_error_whichever_thread_meets_it() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let network: Network =
        Network::builder(2).dense(600).layer(Relu).dense(3).build(&mut rng).unwrap();
    let inputs = Matrix::zeros(3000, 2);
    let mut trace = network.trace();
    let refuse = |rows: std::ops::Range<usize>, _: View<'_, f32>, _: ViewMut<'_, f32>| {
        if rows.contains(&700) || rows.contains(&2900) {
            return Err(LayerError::ZeroWidth { inputs: rows.start, outputs: rows.end });
        }
        Ok(0.0)
    };
    let pool = ThreadPoolBuilder::new().num_threads(4).build().unwrap();
    for _ in 0..20 {
        let error = pool.install(|| network.forward_backward(inputs.view(), &mut trace, refuse));
        assert_eq!(error, Err(LayerError::ZeroWidth { inputs: 512, outputs: 1024 }));
    }
}

#[test]
fn a_training_is_the_same_bit_for_bit_on_one_thread_or_many() {
    let trained = |threads: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut rng = ChaCha8Rng::seed_from_u64(0);
            let data: Dataset = moons(3000, 0.2, &mut rng).unwrap();
            let builder = Network::builder(2).dense(200).layer(Relu).layer(Dropout::default());
            let builder = builder.dense(200).layer_for_width(BatchNorm::new).layer(Tanh);
            let mut network = builder.dense(2).build(&mut rng).unwrap();
            let mut optimizer = Optimizer::new(AdamW::default(), &network).unwrap();
            let history = Trainer::new(CrossEntropy::default())
                .epochs(3)
                .batch_size(1024)
                .seed(9)
                .clip_grad_norm(1.0)
                .metric("accuracy", accuracy)
                .validation_split(0.2)
                .early_stopping(EarlyStopping::default())
                .fit(&mut network, &mut optimizer, &data)
                .unwrap();
            (network.state(), history)
        })
    };
    let alone = trained(1);
    for threads in [2, 4] {
        assert!(trained(threads) == alone, "{threads} threads");
    }
}
