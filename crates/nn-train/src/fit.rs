//! The loop.

use nn_data::train_test_split;
use nn_layers::{Network, State, Trace};
use nn_optim::{
    Loss, OptimError, Optimizer, Plateau, PlateauMode, ReduceLrOnPlateau, Targets, add_penalty,
    clip_grad_norm, clip_grad_value, value_and_gradient,
};
use nn_tensor::{Scalar, View, all_finite};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use crate::callback::Place;
use crate::early_stopping::Best;
use crate::evaluation::Evaluation;
use crate::source::Source;
use crate::trainer::{Clip, Pace, Validation};
use crate::{Ending, History, Moment, Result, TrainError, Trainer, TrainingData};

impl<L: Loss<T>, T: Scalar> Trainer<'_, L, T> {
    /// Trains a network, with an optimizer that was made for it, on some data.
    ///
    /// The loss in the history is the mean over the batches of an epoch, each before its step and as in
    /// training, with dropout; a batch counts by its samples, also where the loss is a sum. Metrics and
    /// the validation loss are of the network after the epoch, as in inference. After all epochs, the
    /// network is as the last has left it; with [`Trainer::early_stopping`], or where a callback has
    /// stopped the training, as its best epoch has.
    ///
    /// # Errors
    /// [`TrainError::Batch`] where a step fails, above all where a loss is infinite or NaN,
    /// [`TrainError::Figure`] where a figure cannot be worked out, and others where the trainer was told
    /// what cannot be. The network is then as the last epoch has left it after which a loss was finite, or
    /// as at the start. The optimizer remembers the steps that led astray: make a new one.
    pub fn fit<D: TrainingData<T>>(
        &mut self,
        network: &mut Network<T>,
        optimizer: &mut Optimizer<T>,
        data: &D,
    ) -> Result<History> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let result = match self.validation {
            Validation::None => self.fit_to(network, optimizer, data, None, &mut rng),
            Validation::Data(inputs, targets) => {
                self.fit_to(network, optimizer, data, Some((inputs, targets)), &mut rng)
            }
            Validation::Share(share) => match train_test_split(data, share, &mut rng) {
                Ok((train, held_out)) => {
                    self.fit_to(network, optimizer, &train, Some(held_out.all()), &mut rng)
                }
                Err(error) => Err(error.into()),
            },
        };
        for callback in &mut self.callbacks {
            callback.on_train_end();
        }
        result
    }

    fn fit_to<D: TrainingData<T>>(
        &mut self,
        network: &mut Network<T>,
        optimizer: &mut Optimizer<T>,
        data: &D,
        validation: Option<(View<'_, T>, Targets<'_, T>)>,
        rng: &mut ChaCha8Rng,
    ) -> Result<History> {
        let (mut history, mode) = self.empty_history(validation.is_some())?;
        let mut validation = validation.map(Evaluation::new);
        if let Some(validation) = &mut validation {
            // Data that do not fit are refused before any step.
            if validation.is_empty() {
                return Err(TrainError::Zero { name: "validation samples" });
            }
            self.validation_loss(1, network, validation)?;
        }
        let mut run = Run {
            good: Good { proven: network.state(), latest: network.state() },
            best: Best::new(mode),
            plateau: self.started_plateau(mode, optimizer.learning_rate())?,
            learning_rate: optimizer.learning_rate(),
            training: Evaluation::new(data.all()),
            validation,
            trace: network.trace(),
            stop: false,
            network,
            optimizer,
        };
        run.trace.set_seed(self.seed);
        let result = self.all_epochs(data, rng, &mut history, &mut run);
        if let Err(error) = result {
            run.network.set_state(&run.good.proven)?;
            return Err(error);
        }
        let early = history.ending != Ending::Complete || self.early_stopping.is_some();
        let in_epoch =
            matches!(history.ending, Ending::Callback { epoch } if epoch > history.epochs());
        if let (true, Some(best)) = (early, run.best.state()) {
            run.network.set_state(best)?;
            history.kept_epoch = history.best_epoch;
        } else if in_epoch && history.epochs() > 0 {
            // No figure was ever a number: the last complete epoch, which the steps since have proven.
            run.network.set_state(&run.good.proven)?;
        }
        Ok(history)
    }

    /// A history without epochs, and which values of the monitored figure are better.
    fn empty_history(&self, validates: bool) -> Result<(History, PlateauMode)> {
        for (name, count) in [("epochs", self.epochs), ("batch size", self.batch_size)] {
            if count == 0 {
                return Err(TrainError::Zero { name });
            }
        }
        if let Some(rule) = &self.early_stopping {
            rule.check()?;
        }
        if let Some((_, schedule)) = &self.schedule {
            schedule.check()?;
        }
        let mut names = Vec::new();
        for before in if validates { &["", "validation "][..] } else { &[""] } {
            names.push(format!("{before}loss"));
            names.extend(self.metrics.iter().map(|metric| format!("{before}{}", metric.name)));
        }
        names.push("learning rate".into());

        let loss = if validates { "validation loss" } else { "loss" };
        let (monitored, mode) = match &self.monitor {
            Some((name, mode)) => (name.as_str(), *mode),
            None => (loss, PlateauMode::Min),
        };
        let unfit = |(place, name): (usize, &String)| {
            name.trim().is_empty()
                || name.contains(char::is_control)
                || names[..place].contains(name)
        };
        if let Some((_, name)) = names.iter().enumerate().find(|&each| unfit(each)) {
            return Err(TrainError::FigureName { name: name.clone() });
        }
        match names.iter().position(|name| name == monitored) {
            Some(place) => Ok((History::new(names, place), mode)),
            None => Err(TrainError::UnknownFigure { name: monitored.into(), known: names }),
        }
    }

    fn validation_loss(
        &self,
        epoch: usize,
        network: &Network<T>,
        validation: &mut Evaluation<'_, T>,
    ) -> Result<f64> {
        let loss = validation.predict(network).and_then(|()| validation.loss(&self.loss));
        loss.map_err(|source| {
            let figure = "validation loss".to_owned();
            TrainError::Figure { epoch, figure, source: Box::new(source) }
        })
    }

    /// The plateau rule, ready for the first epoch, and the learning rate now.
    fn started_plateau(&self, mode: PlateauMode, rate: f64) -> Result<Option<(Plateau, f64)>> {
        let Some(rule) = self.plateau else { return Ok(None) };
        Ok(Some((ReduceLrOnPlateau { mode, ..rule }.start(rate)?, rate)))
    }

    fn all_epochs<D: TrainingData<T>>(
        &mut self,
        data: &D,
        rng: &mut ChaCha8Rng,
        history: &mut History,
        run: &mut Run<'_, T>,
    ) -> Result<()> {
        let mut source = Source::new(data, self.batch_size, self.drop_last, self.shuffle)?;
        for epoch in 1..=self.epochs {
            source.start_epoch(rng);
            if let Some((Pace::Epoch, schedule)) = &self.schedule {
                let wrong =
                    |source| TrainError::Batch { epoch, batch: 1, source: Box::new(source) };
                run.optimizer.schedule(schedule.as_ref(), epoch as u64 - 1).map_err(wrong)?;
            }
            let (batches, samples) = (source.batches(), source.samples());
            let mut place =
                Place { epoch, epochs: self.epochs, batch: 0, batches, samples_done: 0, samples };
            let mut sum = 0.0;
            while let Some(batch) = source.next()? {
                place.batch += 1;
                let wrong = |source| TrainError::Batch {
                    epoch,
                    batch: place.batch,
                    source: Box::new(source),
                };
                let (rows, step) = (batch.0.rows(), (epoch - 1) * batches + place.batch - 1);
                sum +=
                    rows as f64 * self.step(run, batch, place.batch, step as u64).map_err(wrong)?;
                place.samples_done += rows;
                for callback in &mut self.callbacks {
                    callback.on_batch_end(&mut run.moment(history, place, sum));
                }
                if run.stop && place.batch < batches {
                    history.ending = Ending::Callback { epoch };
                    return Ok(());
                }
            }
            let loss = sum / place.samples_done as f64;
            let figures = self.figures(epoch, loss, run)?;
            let monitored = run.end_epoch(epoch, &figures, history)?;
            for callback in &mut self.callbacks {
                callback.on_epoch_end(&mut run.moment(history, place, sum));
            }
            let waited = |rule| run.best.waited_too_long(rule, epoch, monitored);
            if run.stop {
                history.ending = Ending::Callback { epoch };
                break;
            }
            if self.early_stopping.is_some_and(waited) {
                history.ending = Ending::EarlyStopping;
                break;
            }
        }
        Ok(())
    }

    /// One step, as one would write it by hand.
    fn step(
        &self,
        run: &mut Run<'_, T>,
        (inputs, targets): (View<'_, T>, Targets<'_, T>),
        batch: usize,
        step: u64,
    ) -> Result<f64, OptimError> {
        let Run { network, optimizer, trace, learning_rate, good, .. } = run;
        if let Some((Pace::Step, schedule)) = &self.schedule {
            optimizer.schedule(schedule.as_ref(), step)?;
        }
        *learning_rate = optimizer.learning_rate();
        let loss = value_and_gradient(network, &self.loss, inputs, targets, trace)?;
        good.prove(batch);
        if let Some(penalty) = &self.penalty {
            add_penalty(network, penalty, trace.gradients_mut())?;
        }
        match self.clip {
            Some(Clip::Norm(norm)) => _ = clip_grad_norm(trace.gradients_mut(), norm, 2.0)?,
            Some(Clip::Value(value)) => clip_grad_value(trace.gradients_mut(), value)?,
            None => {}
        }
        optimizer.step(network, trace)?;
        Ok(loss)
    }

    /// The figures of an epoch, in the order of their names.
    fn figures(&self, epoch: usize, loss: f64, run: &mut Run<'_, T>) -> Result<Vec<f64>> {
        let wrong = |figure: String| {
            move |source| TrainError::Figure { epoch, figure, source: Box::new(source) }
        };
        let mut figures = vec![loss];
        if !self.metrics.is_empty() {
            run.training.predict(run.network).map_err(wrong("prediction".into()))?;
        }
        for metric in &self.metrics {
            let figure = run.training.metric(&metric.function);
            figures.push(figure.map_err(wrong(metric.name.clone()))?);
        }
        if let Some(validation) = &mut run.validation {
            figures.push(self.validation_loss(epoch, run.network, validation)?);
            for metric in &self.metrics {
                let figure = validation.metric(&metric.function);
                figures.push(figure.map_err(wrong(format!("validation {}", metric.name)))?);
            }
        }
        figures.push(run.learning_rate);
        Ok(figures)
    }
}

/// All that the epochs write.
struct Run<'r, T> {
    network: &'r mut Network<T>,
    optimizer: &'r mut Optimizer<T>,
    trace: Trace<T>,
    training: Evaluation<'r, T>,
    validation: Option<Evaluation<'r, T>>,
    good: Good<T>,
    best: Best<T>,
    /// A plateau rule at work, and the learning rate that it has set last.
    plateau: Option<(Plateau, f64)>,
    /// The learning rate of the last step.
    learning_rate: f64,
    stop: bool,
}

impl<T: Scalar> Run<'_, T> {
    /// Notes the figures of an epoch, and returns the monitored one.
    fn end_epoch(&mut self, epoch: usize, figures: &[f64], history: &mut History) -> Result<f64> {
        self.good.latest.copy_from(self.network);
        if !all_finite(self.good.latest.parameters()) || !all_finite(self.good.latest.statistics())
        {
            return Err(TrainError::NonFiniteParameter { epoch });
        }
        let monitored = figures[history.monitored];
        history.push(figures);
        self.best.see(epoch, monitored, self.network);
        (history.best_epoch, history.kept_epoch) = (self.best.epoch(), Some(epoch));
        if self.validation.is_some() {
            self.good.proven.copy_from(self.network);
        }
        if let Some((plateau, rate)) = &mut self.plateau {
            let reduced = plateau.step(monitored);
            if reduced != *rate {
                *rate = reduced;
                self.optimizer.set_learning_rate(reduced)?;
            }
        }
        Ok(monitored)
    }

    fn moment<'a>(&'a mut self, history: &'a History, place: Place, sum: f64) -> Moment<'a, T> {
        let loss = sum / place.samples_done as f64;
        let Self { network, optimizer, stop, .. } = self;
        Moment { network, optimizer, history, place, loss, stop }
    }
}

/// What to go back to when a training fails: a network whose loss was finite.
struct Good<T> {
    /// Has given a finite loss.
    proven: State<T>,
    /// As the last epoch has left the network, which the next loss will prove.
    latest: State<T>,
}

impl<T> Good<T> {
    /// A batch has had a finite loss.
    const fn prove(&mut self, batch: usize) {
        if batch == 1 {
            std::mem::swap(&mut self.proven, &mut self.latest);
        }
    }
}
