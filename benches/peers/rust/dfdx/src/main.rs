//! The jobs in dfdx, whose widths are types.

use std::process::ExitCode;

use dfdx::optim::{Adam, AdamConfig};
use dfdx::prelude::*;
use face::{Epoch, Peer, Training, one_hot};

type Small = ((Linear<2, 10>, ReLU), Linear<10, 2>);
type Spiral = ((Linear<2, 64>, ReLU), Linear<64, 3>);
type Wide = ((Linear<784, 128>, ReLU), (Linear<128, 64>, ReLU), Linear<64, 10>);
type Large = ((Linear<1024, 2048>, ReLU), (Linear<2048, 2048>, ReLU), Linear<2048, 10>);

type Rows<const N: usize> = (usize, Const<N>);
type Batch<const N: usize, Tape = NoneTape> = Tensor<Rows<N>, f32, Cpu, Tape>;

fn train<Network, const IN: usize, const OUT: usize>(training: &Training) -> Epoch<'_>
where
    Network: BuildOnDevice<Cpu, f32>,
    Network::Built: TensorCollection<f32, Cpu>
        + Module<Batch<IN, OwnedTape<f32, Cpu>>, Output = Batch<OUT, OwnedTape<f32, Cpu>>>
        + ZeroGrads<f32, Cpu>
        + 'static,
{
    let device = Cpu::default();
    let mut network = device.build_module::<Network, f32>();
    let config = AdamConfig { lr: training.learning_rate, ..Default::default() };
    let mut optimizer = Adam::new(&network, config);
    let mut gradients = Some(network.alloc_grads());

    let batches: Vec<(Batch<IN>, Batch<OUT>)> = training
        .data
        .batches(training.batch)
        .map(|(inputs, labels)| {
            let inputs = device.tensor_from_vec(inputs.to_vec(), (labels.len(), Const::<IN>));
            let targets = one_hot(labels, OUT);
            (inputs, device.tensor_from_vec(targets, (labels.len(), Const::<OUT>)))
        })
        .collect();

    let mut step = move |(inputs, targets): &(Batch<IN>, Batch<OUT>)| {
        let tape = gradients.take().unwrap_or_else(Gradients::leaky);
        let outputs = network.forward(inputs.clone().traced(tape));
        let loss = cross_entropy_with_logits_loss(outputs, targets.clone());
        let value = loss.array();
        let mut found = loss.backward();
        optimizer.update(&mut network, &found).unwrap();
        network.zero_grads(&mut found);
        gradients = Some(found);
        value
    };
    step(&batches[0]);
    Box::new(move || batches.iter().map(&mut step).last().unwrap())
}

fn predict<Network, const IN: usize, const OUT: usize>(sample: &[f32]) -> Box<dyn FnMut()>
where
    Network: BuildOnDevice<Cpu, f32>,
    Network::Built:
        Module<Tensor<Rank1<IN>, f32, Cpu>, Output = Tensor<Rank1<OUT>, f32, Cpu>> + 'static,
{
    let device = Cpu::default();
    let network = device.build_module::<Network, f32>();
    let sample = device.tensor_from_vec(sample.to_vec(), (Const::<IN>,));
    Box::new(move || drop(std::hint::black_box(network.forward(sample.clone()))))
}

struct Dfdx;

impl Peer for Dfdx {
    fn train(training: &Training) -> Epoch<'_> {
        match training.widths {
            [2, 10, 2] => train::<Small, 2, 2>(training),
            [2, 64, 3] => train::<Spiral, 2, 3>(training),
            [784, ..] => train::<Wide, 784, 10>(training),
            _ => train::<Large, 1024, 10>(training),
        }
    }

    fn predict(widths: &'static [usize], sample: &[f32]) -> Box<dyn FnMut()> {
        match widths {
            [2, ..] => predict::<Small, 2, 2>(sample),
            _ => predict::<Wide, 784, 10>(sample),
        }
    }
}

fn main() -> ExitCode {
    // Its own examples advise this.
    dfdx::flush_denormals_to_zero();
    face::main::<Dfdx>()
}
