//! The jobs in candle.

use std::process::ExitCode;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{
    AdamW, Linear, Module, Optimizer, ParamsAdamW, VarBuilder, VarMap, linear, loss, ops,
};
use face::{Epoch, Peer, Training};

struct Candle;

/// Dense layers, and the variables in them.
struct Network {
    layers: Vec<Linear>,
    variables: VarMap,
}

impl Network {
    fn new(widths: &[usize]) -> Result<Self> {
        let variables = VarMap::new();
        let builder = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
        let layer = |(i, pair): (usize, &[usize])| linear(pair[0], pair[1], builder.pp(i));
        let layers = widths.windows(2).enumerate().map(layer).collect::<Result<_>>()?;
        Ok(Self { layers, variables })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let Some((last, hidden)) = self.layers.split_last() else { return Ok(x.clone()) };
        let mut x = x.clone();
        for layer in hidden {
            x = layer.forward(&x)?.relu()?;
        }
        last.forward(&x)
    }
}

fn train(training: &Training) -> Result<Epoch<'_>> {
    let network = Network::new(training.widths)?;
    // Adam is AdamW without decay.
    let parameters =
        ParamsAdamW { lr: training.learning_rate, weight_decay: 0.0, ..Default::default() };
    let mut optimizer = AdamW::new(network.variables.all_vars(), parameters)?;
    let mut batches = Vec::new();
    for (inputs, labels) in training.data.batches(training.batch) {
        let shape = (labels.len(), training.data.columns);
        let labels = labels.iter().map(|&label| label as u32).collect();
        let labels = Tensor::from_vec(labels, shape.0, &Device::Cpu)?;
        batches.push((Tensor::from_slice(inputs, shape, &Device::Cpu)?, labels));
    }
    let mut step = move |(inputs, labels): &(Tensor, Tensor)| -> Result<Tensor> {
        let loss = loss::cross_entropy(&network.forward(inputs)?, labels)?;
        optimizer.backward_step(&loss)?;
        Ok(loss)
    };
    step(&batches[0])?;
    let mut epoch = move || batches.iter().map(&mut step).last().unwrap()?.to_scalar::<f32>();
    Ok(Box::new(move || epoch().unwrap()))
}

fn predict(widths: &[usize], sample: &[f32]) -> Result<Box<dyn FnMut()>> {
    let network = Network::new(widths)?;
    // Without variables nothing is recorded.
    let layers = network
        .layers
        .iter()
        .map(|layer| Linear::new(layer.weight().detach(), layer.bias().map(Tensor::detach)));
    let network = Network { layers: layers.collect(), variables: VarMap::new() };
    let sample = Tensor::from_slice(sample, (1, sample.len()), &Device::Cpu)?;
    Ok(Box::new(move || drop(network.forward(&sample).unwrap())))
}

fn activation(name: &str, values: &[f32], columns: usize) -> Result<Option<Box<dyn FnMut()>>> {
    let x = Tensor::from_slice(values, (values.len() / columns, columns), &Device::Cpu)?;
    let function: fn(&Tensor) -> Result<Tensor> = match name {
        "relu" => Tensor::relu,
        "leaky_relu" => |x| ops::leaky_relu(x, 0.01),
        "sigmoid" => ops::sigmoid,
        "silu" => Tensor::silu,
        "tanh" => Tensor::tanh,
        "gelu" => Tensor::gelu_erf,
        "softmax_10" | "softmax_1000" => ops::softmax_last_dim,
        _ => return Ok(None),
    };
    Ok(Some(Box::new(move || drop(function(&x).unwrap()))))
}

impl Peer for Candle {
    fn train(training: &Training) -> Epoch<'_> {
        train(training).unwrap()
    }

    fn predict(widths: &'static [usize], sample: &[f32]) -> Box<dyn FnMut()> {
        predict(widths, sample).unwrap()
    }

    fn activation(name: &str, values: &[f32], columns: usize) -> Option<Box<dyn FnMut()>> {
        activation(name, values, columns).unwrap()
    }
}

fn main() -> ExitCode {
    face::main::<Candle>()
}
