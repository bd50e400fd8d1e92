"""The jobs in scikit-learn's `MLPClassifier`.

It does a little less and a little more than the others. Two classes are one logistic output, so the
networks of W1 and of its sample are 2-10-1. Each call checks and converts what it is given, and a
prediction ends in softmax.
"""

import warnings

import numpy
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

import measure

warnings.filterwarnings("ignore", category=ConvergenceWarning)


class ScikitLearn(measure.Peer):
    name = "scikit-learn"
    version = sklearn.__version__

    def classifier(self, widths, **options):
        return MLPClassifier(
            widths[1:-1], activation="relu", solver="adam", alpha=0, random_state=0, **options
        )

    def train(self, job, training):
        x, labels = training.data.inputs, training.data.labels
        network = self.classifier(
            training.widths,
            learning_rate_init=training.learning_rate,
            batch_size=training.batch,
            shuffle=False,
            max_iter=training.epochs,
            tol=0,
            n_iter_no_change=training.epochs + 1,
        )
        if training.epochs > 1:
            return measure.seconds(lambda: network.fit(x, labels)), network.loss_
        # One pass over the data, after a step that takes the memory.
        network.partial_fit(x[: training.batch], labels[: training.batch], classes=numpy.arange(10))
        return measure.seconds(lambda: network.partial_fit(x, labels)), network.loss_

    def predict(self, widths):
        classes = numpy.arange(widths[-1])
        inputs = numpy.random.default_rng(0).random((len(classes), widths[0]), dtype=numpy.float32)
        network = self.classifier(widths).partial_fit(inputs, classes, classes=classes)
        sample = inputs[:1]
        return lambda: network.predict_proba(sample)

    def activation(self, name, values):
        return None


if __name__ == "__main__":
    measure.main(ScikitLearn())
