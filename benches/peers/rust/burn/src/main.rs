//! The jobs in burn, on its processor backend `flex`.

use std::process::ExitCode;

use burn::module::Module;
use burn::nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig};
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};
use face::{Epoch, Peer, Training};

#[derive(Module, Debug)]
struct Network {
    layers: Vec<Linear>,
}

impl Network {
    fn new(widths: &[usize], device: &Device) -> Self {
        let layer = |pair: &[usize]| LinearConfig::new(pair[0], pair[1]).init(device);
        Self { layers: widths.windows(2).map(layer).collect() }
    }

    fn forward(&self, mut x: Tensor<2>) -> Tensor<2> {
        for (i, layer) in self.layers.iter().enumerate() {
            x = layer.forward(x);
            if i + 1 < self.layers.len() {
                x = activation::relu(x);
            }
        }
        x
    }
}

fn tensor(values: &[f32], columns: usize, device: &Device) -> Tensor<2> {
    let shape = [values.len() / columns, columns];
    Tensor::from_data(TensorData::new(values.to_vec(), shape), device)
}

struct Burn;

impl Peer for Burn {
    fn train(training: &Training) -> Epoch<'_> {
        let device = Device::flex().autodiff();
        let mut network = Network::new(training.widths, &device);
        let mut optimizer = AdamConfig::new().with_epsilon(1e-8).init();
        let cross_entropy: CrossEntropyLoss = CrossEntropyLossConfig::new().init(&device);
        let batches: Vec<(Tensor<2>, Tensor<1, Int>)> = training
            .data
            .batches(training.batch)
            .map(|(inputs, labels)| {
                let labels: Vec<i32> = labels.iter().map(|&label| label as i32).collect();
                let count = labels.len();
                let labels = Tensor::from_data(TensorData::new(labels, [count]), &device);
                (tensor(inputs, training.data.columns, &device), labels)
            })
            .collect();

        let mut step = move |(inputs, labels): &(Tensor<2>, Tensor<1, Int>)| {
            let loss = cross_entropy.forward(network.forward(inputs.clone()), labels.clone());
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            network = optimizer.step(training.learning_rate, network.clone(), gradients);
            loss
        };
        step(&batches[0]);
        Box::new(move || batches.iter().map(&mut step).last().unwrap().into_scalar())
    }

    fn predict(widths: &'static [usize], sample: &[f32]) -> Box<dyn FnMut()> {
        let device = Device::flex();
        let network = Network::new(widths, &device);
        let sample = tensor(sample, sample.len(), &device);
        Box::new(move || drop(std::hint::black_box(network.forward(sample.clone()))))
    }

    fn activation(name: &str, values: &[f32], columns: usize) -> Option<Box<dyn FnMut()>> {
        let x = tensor(values, columns, &Device::flex());
        let function: fn(Tensor<2>) -> Tensor<2> = match name {
            "relu" => activation::relu,
            "leaky_relu" => |x| activation::leaky_relu(x, 0.01),
            "sigmoid" => activation::sigmoid,
            "silu" => activation::silu,
            "tanh" => activation::tanh,
            "gelu" => activation::gelu,
            "softmax_10" | "softmax_1000" => |x| activation::softmax(x, 1),
            _ => return None,
        };
        Some(Box::new(move || drop(std::hint::black_box(function(x.clone())))))
    }
}

fn main() -> ExitCode {
    face::main::<Burn>()
}
