//! Training and prediction take no memory after the first time, on one thread or on several.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]
#![allow(unsafe_code, reason = "an allocator is unsafe to write")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use nn::layers::{ParameterName, activations};
use nn::optim::rules;
use nn::prelude::*;

/// The system's allocator, which counts what the threads of the test ask of it.
struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Whether this thread is one of the test's: the one that runs tests takes memory when it likes.
    static COUNTS: Cell<bool> = const { Cell::new(false) };
}

fn count() {
    COUNT.fetch_add(usize::from(COUNTS.get()), Relaxed);
}

// SAFETY: every call is passed on as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller's.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as the caller's.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn counted(work: impl FnOnce()) -> usize {
    let before = COUNT.load(Relaxed);
    work();
    COUNT.load(Relaxed) - before
}

/// Trains a few epochs, and predicts: nothing of it takes memory but the first time.
fn takes_no_memory_after_the_first_time(data: &Dataset, network: &mut Network, batch: usize) {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let mut batches = Batches::new(data, batch).unwrap();
    for rule in [Adam::default(), Adam { amsgrad: true, weight_decay: 0.1, ..Adam::default() }] {
        let mut optimizer = Optimizer::new(rule, network).unwrap();
        let (loss, mut trace) = (CrossEntropy::default(), network.trace());
        let mut epoch = || {
            batches.shuffle(rng);
            while let Some(batch) = batches.next_batch().unwrap() {
                value_and_gradient(network, &loss, batch.inputs, batch.labels, &mut trace).unwrap();
                optimizer.step(network, &trace).unwrap();
            }
        };
        epoch();
        assert_eq!(counted(|| (0..3).for_each(|_| epoch())), 0);
    }

    let mut output = Matrix::zeros(data.len(), network.output_width());
    let mut row = Matrix::zeros(1, network.output_width());
    let sample = data.inputs().row_range(0..1).unwrap().to_matrix();
    let mut scratch = Scratch::default();
    let mut predict = || {
        network.predict_into(data.inputs().view(), output.view_mut(), &mut scratch).unwrap();
        network.predict_into(sample.view(), row.view_mut(), &mut scratch).unwrap();
    };
    predict();
    assert_eq!(counted(predict), 0);
}

/// Steps of every rule, clipped and by a schedule: nothing of them takes memory but the first time.
fn steps_take_no_memory(network: &mut Network) {
    let mut gradients = vec![0.5; network.parameter_count()];
    let mut optimizers = rules::all(network).unwrap();
    let group = |parameter: ParameterName| Sgd {
        momentum: if parameter.name == "bias" { 0.0 } else { 0.9 },
        ..Sgd::default()
    };
    optimizers.push(("groups", Optimizer::with_groups(network, group).unwrap()));
    for (name, optimizer) in &mut optimizers {
        let mut step = |t| {
            optimizer.schedule(&CosineAnnealingLr::new(10), t).unwrap();
            clip_grad_norm(&mut gradients, 0.5, 2.0).unwrap();
            optimizer.step_by_gradients(network, &gradients).unwrap();
        };
        step(0);
        assert_eq!(counted(|| (1..4).for_each(step)), 0, "{name}");
    }
}

/// The only test of this file, so that no other counts.
#[test]
fn steps_and_predictions_take_no_memory_after_the_first() {
    COUNTS.set(true);
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data: Dataset = spiral(400, 3, &mut rng).unwrap();
    let mut builder = Network::builder(2).dense(64).layer(Relu).dense(3);
    for (_, activation) in activations::all::<f32>() {
        builder = builder.layer(activation).dense(3);
    }
    let mut network = builder.layer(Softmax).layer(LogSoftmax).build(&mut rng).unwrap();
    takes_no_memory_after_the_first_time(&data, &mut network, 300);
    let builder =
        Network::builder(2).dense(30).layer_for_width(BatchNorm::new).layer(Dropout::default());
    let builder = builder.layer(RRelu::default()).layer_for_width(LayerNorm::new).dense(3);
    let mut network = builder.build(&mut rng).unwrap();
    takes_no_memory_after_the_first_time(&data, &mut network, 300);
    let builder = Network::builder(2).dense(300).layer(Relu).dense(200).layer(Gelu).dense(3);
    let mut network = builder.build(&mut rng).unwrap();
    takes_no_memory_after_the_first_time(&data, &mut network, 1200);

    steps_take_no_memory(&mut network);

    #[cfg(feature = "rayon")]
    {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
        // Each thread takes the memory for packing at its first large product.
        let (a, b) = (Matrix::<f32>::zeros(300, 300), Matrix::zeros(300, 300));
        pool.broadcast(|_| {
            COUNTS.set(true);
            a.matmul(&b).map(drop).unwrap();
        });
        pool.install(|| takes_no_memory_after_the_first_time(&data, &mut network, 1200));
    }
}
