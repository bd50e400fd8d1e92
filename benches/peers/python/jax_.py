"""The jobs in JAX: all epochs compiled as one loop where a batch is the whole data, else one step.

JAX has no Adam of its own, so it is written out here.
"""

import itertools

import jax
import jax.numpy as jnp
import numpy

import measure


def initial_parameters(widths):
    generator = numpy.random.default_rng(1)
    layers = []
    for inputs, outputs in itertools.pairwise(widths):
        bound = 1 / numpy.sqrt(inputs)
        weights = generator.uniform(-bound, bound, (inputs, outputs)).astype(numpy.float32)
        layers.append((jnp.asarray(weights), jnp.zeros(outputs, jnp.float32)))
    return layers


def forward(layers, x):
    *hidden, (weights, biases) = layers
    for w, b in hidden:
        x = jax.nn.relu(x @ w + b)
    return x @ weights + biases


def cross_entropy(layers, x, labels):
    logits = forward(layers, x)
    at_label = jnp.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
    return (jax.nn.logsumexp(logits, axis=1) - at_label).mean()


def step(state, x, labels, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """One step of Adam. The state is the layers, two moments, the number of steps and the loss."""
    layers, first, second, count, _ = state
    loss, gradients = jax.value_and_grad(cross_entropy)(layers, x, labels)
    count = count + 1
    first = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, first, gradients)
    second = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, second, gradients)
    rate = learning_rate / (1 - beta1**count)
    correction = 1 / jnp.sqrt(1 - beta2**count)

    def update(parameter, m, v):
        return parameter - rate * m / (jnp.sqrt(v) * correction + epsilon)

    return jax.tree.map(update, layers, first, second), first, second, count, loss


def initial_state(widths):
    layers = initial_parameters(widths)

    def zeros():
        return jax.tree.map(jnp.zeros_like, layers)

    return layers, zeros(), zeros(), jnp.float32(0), jnp.float32(0)


class Jax(measure.Peer):
    name = "JAX"
    version = jax.__version__

    def train(self, job, training):
        batches = [[jnp.asarray(part) for part in batch] for batch in training.batches()]
        rate = training.learning_rate

        def one(state, x, labels):
            return step(state, x, labels, rate)

        def loop(state, x, labels):
            return jax.lax.fori_loop(
                0, training.epochs, lambda _, state: one(state, x, labels), state
            )

        whole = len(batches) == 1 and training.epochs > 1
        work = self.compiled.setdefault(job, jax.jit(loop if whole else one, donate_argnums=0))
        for batch in {len(labels): (x, labels) for x, labels in batches}.values():
            state = initial_state(training.widths)
            jax.block_until_ready(work(state, *batch))
        state = jax.block_until_ready(initial_state(training.widths))

        def epochs():
            nonlocal state
            for x, labels in batches:
                state = work(state, x, labels)
            jax.block_until_ready(state)

        return measure.seconds(epochs), float(state[-1])

    def __init__(self):
        self.compiled = {}

    def predict(self, widths):
        layers = initial_parameters(widths)
        sample = jnp.ones((1, widths[0]), jnp.float32)
        compiled = jax.jit(forward)
        return lambda: compiled(layers, sample).block_until_ready()

    def activation(self, name, values):
        function = {
            "relu": jax.nn.relu,
            "leaky_relu": lambda x: jax.nn.leaky_relu(x, measure.LEAKY_SLOPE),
            "sigmoid": jax.nn.sigmoid,
            "silu": jax.nn.silu,
            "tanh": jnp.tanh,
            "gelu": lambda x: jax.nn.gelu(x, approximate=False),
            "softmax_10": jax.nn.softmax,
            "softmax_1000": jax.nn.softmax,
        }[name]
        forward = jax.jit(function)
        # From x and ∂y, as JAX differentiates: where it needs y it computes it anew.
        backward = jax.jit(lambda x, dy: jax.vjp(function, x)[1](dy)[0])
        x, dy = jnp.asarray(values), jnp.array(values, copy=True)
        return (
            lambda: forward(x).block_until_ready(),
            lambda: backward(x, dy).block_until_ready(),
        )


if __name__ == "__main__":
    measure.main(Jax())
