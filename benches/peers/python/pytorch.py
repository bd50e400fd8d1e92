"""The jobs in PyTorch, eager, with its plain Adam or with the fused one (`--fused`)."""

import itertools
import sys

import torch
from torch import nn
from torch.ops import aten

import measure


class PyTorch(measure.Peer):
    name = "PyTorch"
    version = torch.__version__

    def __init__(self, fused):
        self.fused = fused

    def network(self, widths):
        torch.manual_seed(0)
        layers = [[nn.Linear(*pair), nn.ReLU()] for pair in itertools.pairwise(widths)]
        return nn.Sequential(*itertools.chain.from_iterable(layers))[:-1]

    def train(self, job, training):
        network = self.network(training.widths)
        optimizer = torch.optim.Adam(
            network.parameters(), lr=training.learning_rate, fused=self.fused
        )
        cross_entropy = nn.CrossEntropyLoss()
        batches = [[torch.from_numpy(part) for part in batch] for batch in training.batches()]

        def step(inputs, labels):
            optimizer.zero_grad()
            loss = cross_entropy(network(inputs), labels)
            loss.backward()
            optimizer.step()
            return loss

        def epochs():
            nonlocal loss
            for _ in range(training.epochs):
                for inputs, labels in batches:
                    loss = step(inputs, labels)

        loss = step(*batches[0])
        return measure.seconds(epochs), loss.item()

    def predict(self, widths):
        network = self.network(widths).requires_grad_(False)
        sample = torch.rand(1, widths[0])
        return lambda: network(sample)

    def activation(self, name, values):
        """The kernels that autograd calls, writing into memory that is there already."""
        x = torch.from_numpy(values)
        y, dy, dx = torch.empty_like(x), x.clone(), torch.empty_like(x)
        slope = measure.LEAKY_SLOPE
        match name:
            case "relu":
                return (
                    lambda: aten.relu.out(x, out=y),
                    lambda: aten.threshold_backward.grad_input(dy, y, 0, grad_input=dx),
                )
            case "leaky_relu":
                backward = aten.leaky_relu_backward.grad_input
                return (
                    lambda: aten.leaky_relu.out(x, slope, out=y),
                    lambda: backward(dy, x, slope, False, grad_input=dx),
                )
            case "sigmoid":
                return (
                    lambda: aten.sigmoid.out(x, out=y),
                    lambda: aten.sigmoid_backward.grad_input(dy, y, grad_input=dx),
                )
            case "silu":
                return (
                    lambda: aten.silu.out(x, out=y),
                    lambda: aten.silu_backward.grad_input(dy, x, grad_input=dx),
                )
            case "tanh":
                return (
                    lambda: aten.tanh.out(x, out=y),
                    lambda: aten.tanh_backward.grad_input(dy, y, grad_input=dx),
                )
            case "gelu":
                return (
                    lambda: aten.gelu.out(x, out=y),
                    lambda: aten.gelu_backward.grad_input(dy, x, grad_input=dx),
                )
            case "softmax_10" | "softmax_1000":
                backward = aten._softmax_backward_data.out
                return (
                    lambda: aten._softmax.out(x, 1, False, out=y),
                    lambda: backward(dy, y, 1, torch.float32, grad_input=dx),
                )


if __name__ == "__main__":
    fused = "--fused" in sys.argv
    if fused:
        sys.argv.remove("--fused")
    measure.main(PyTorch(fused))
