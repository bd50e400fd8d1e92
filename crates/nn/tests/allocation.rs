//! Training and prediction with layers that are thin on one side take no memory after the first
//! time.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]
#![allow(unsafe_code, reason = "an allocator is unsafe to write")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use nn::layers::activations;
use nn::prelude::*;

/// The system's allocator, which counts what is asked of it.
struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Relaxed);
        // SAFETY: as the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller's.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.fetch_add(1, Relaxed);
        // SAFETY: as the caller's.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The only test of this file, so that no other counts.
#[test]
fn thin_steps_and_predictions_take_no_memory_after_the_first() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data: Dataset = spiral(200, 3, &mut rng).unwrap();
    let mut batches = Batches::new(&data, 300).unwrap();
    let mut builder = Network::builder(2).dense(64).layer(Relu).dense(3);
    for (_, activation) in activations::all::<f32>() {
        builder = builder.layer(activation).dense(3);
    }
    let mut network = builder.layer(Softmax).layer(LogSoftmax).build(&mut rng).unwrap();
    for rule in [Adam::default(), Adam { weight_decay: 0.1, ..Adam::default() }] {
        let mut optimizer = Optimizer::new(rule, &network).unwrap();
        let (loss, mut trace) = (CrossEntropy::default(), network.trace());
        let mut epoch = |network: &mut Network, rng: &mut ChaCha8Rng| {
            batches.shuffle(rng);
            while let Some(batch) = batches.next_batch().unwrap() {
                value_and_gradient(network, &loss, batch.inputs, batch.labels, &mut trace).unwrap();
                optimizer.step(network, trace.gradients()).unwrap();
            }
        };
        epoch(&mut network, &mut rng);
        let before = COUNT.load(Relaxed);
        for _ in 0..3 {
            epoch(&mut network, &mut rng);
        }
        assert_eq!(COUNT.load(Relaxed) - before, 0);
    }

    let (mut scratch, mut output) = (Scratch::default(), Matrix::zeros(data.len(), 3));
    let mut predict =
        || network.predict_into(data.inputs().view(), output.view_mut(), &mut scratch).unwrap();
    predict();
    let before = COUNT.load(Relaxed);
    predict();
    assert_eq!(COUNT.load(Relaxed) - before, 0);
}
