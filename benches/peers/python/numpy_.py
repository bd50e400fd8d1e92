"""The jobs in NumPy: forward, backward and Adam written out by hand."""

import itertools

import numpy

import measure


class Network:
    """Dense layers with ReLU between; the parameters are views of one vector."""

    def __init__(self, widths, learning_rate=0.0):
        generator = numpy.random.default_rng(1)
        pairs = list(itertools.pairwise(widths))
        self.parameters = numpy.zeros(sum((n + 1) * m for n, m in pairs), numpy.float32)
        self.gradients = numpy.zeros_like(self.parameters)
        self.first = numpy.zeros_like(self.parameters)
        self.second = numpy.zeros_like(self.parameters)
        self.learning_rate, self.steps = learning_rate, 0
        self.layers = list(self.views(self.parameters, pairs))
        self.d_layers = list(self.views(self.gradients, pairs))
        for weights, _ in self.layers:
            bound = 1 / numpy.sqrt(len(weights))
            weights[:] = generator.uniform(-bound, bound, weights.shape)

    @staticmethod
    def views(vector, pairs):
        start = 0
        for n, m in pairs:
            end = start + n * m
            yield vector[start:end].reshape(n, m), vector[end : end + m]
            start = end + m

    def forward(self, x):
        """What goes into each layer, and what comes out of the last."""
        values = [x]
        for index, (weights, biases) in enumerate(self.layers):
            y = values[-1] @ weights
            y += biases
            if index + 1 < len(self.layers):
                numpy.maximum(y, 0, out=y)
            values.append(y)
        return values

    def step(self, x, labels):
        """One step of Adam on the cross-entropy; the loss before it."""
        *values, logits = self.forward(x)
        rows = numpy.arange(len(labels))

        # The gradient of the logits: softmax less one at the label, over the number of rows.
        logits -= logits.max(axis=1, keepdims=True)
        at_label = logits[rows, labels]
        numpy.exp(logits, out=logits)
        sums = logits.sum(axis=1, keepdims=True)
        loss = (numpy.log(sums).sum() - at_label.sum()) / len(labels)
        logits /= sums
        logits[rows, labels] -= 1
        logits /= len(labels)

        dy = logits
        for index in reversed(range(len(self.layers))):
            d_weights, d_biases = self.d_layers[index]
            numpy.matmul(values[index].T, dy, out=d_weights)
            dy.sum(axis=0, out=d_biases)
            if index > 0:
                dy = dy @ self.layers[index][0].T
                dy *= values[index] > 0
        self.adam()
        return loss

    def adam(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.steps += 1
        gradients = self.gradients
        self.first *= beta1
        self.first += (1 - beta1) * gradients
        self.second *= beta2
        gradients *= gradients
        gradients *= 1 - beta2
        self.second += gradients
        rate = self.learning_rate / (1 - beta1**self.steps)
        denominator = numpy.sqrt(self.second)
        denominator *= 1 / numpy.sqrt(1 - beta2**self.steps, dtype=numpy.float32)
        denominator += epsilon
        numpy.divide(self.first, denominator, out=denominator)
        denominator *= rate
        self.parameters -= denominator


class NumPy(measure.Peer):
    name = "NumPy"
    version = numpy.__version__

    def train(self, job, training):
        network = Network(training.widths, training.learning_rate)
        batches = list(training.batches())
        loss = network.step(*batches[0])

        def epochs():
            nonlocal loss
            for _ in range(training.epochs):
                for inputs, labels in batches:
                    loss = network.step(inputs, labels)

        return measure.seconds(epochs), loss

    def predict(self, widths):
        network = Network(widths)
        sample = numpy.random.default_rng(0).random((1, widths[0]), dtype=numpy.float32)
        return lambda: network.forward(sample)

    def activation(self, name, values):
        """Forward only, in as few passes as NumPy needs, into memory that is there already."""
        x, y = values, numpy.empty_like(values)

        def sigmoid():
            numpy.negative(x, out=y)
            numpy.exp(y, out=y)
            numpy.add(y, 1, out=y)
            numpy.divide(1, y, out=y)

        def silu():
            sigmoid()
            numpy.multiply(x, y, out=y)

        def leaky_relu():
            numpy.multiply(x, measure.LEAKY_SLOPE, out=y)
            numpy.maximum(x, y, out=y)

        def softmax():
            numpy.subtract(x, x.max(axis=1, keepdims=True), out=y)
            numpy.exp(y, out=y)
            numpy.divide(y, y.sum(axis=1, keepdims=True), out=y)

        match name:
            case "relu":
                return (lambda: numpy.maximum(x, 0, out=y),)
            case "leaky_relu":
                return (leaky_relu,)
            case "sigmoid":
                return (sigmoid,)
            case "silu":
                return (silu,)
            case "tanh":
                return (lambda: numpy.tanh(x, out=y),)
            case "softmax_10" | "softmax_1000":
                return (softmax,)


if __name__ == "__main__":
    measure.main(NumPy())
