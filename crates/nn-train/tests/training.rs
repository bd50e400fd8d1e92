//! What a trainer does, held against the same calls by hand and against what it says.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::cell::{Cell, RefCell};

use nn_data::{Batches, Dataset, Regression, Weighted, circle, moons, sine, train_test_split};
use nn_layers::{BatchNorm, Dropout, Network, Relu, Tanh};
use nn_optim::{
    Adam, CrossEntropy, ExponentialLr, MeanSquaredError, OneCycleLr, OptimError, Optimizer,
    Penalty, PlateauMode, ReduceLrOnPlateau, Reduction, Schedule, Sgd, accuracy, add_penalty,
    clip_grad_norm, r_squared, value_and_gradient,
};
use nn_tensor::Matrix;
use nn_train::{Callback, EarlyStopping, Ending, Moment, TrainError, Trainer, TrainingData};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(0)
}

fn data() -> Dataset {
    moons(200, 0.2, &mut rng()).unwrap()
}

fn network() -> Network {
    Network::builder(2).dense(16).layer(Relu).dense(2).build(&mut rng()).unwrap()
}

/// A network that draws at random in training and keeps running statistics.
fn noisy_network() -> Network {
    let builder = Network::builder(2).dense(16).layer_for_width(BatchNorm::new).layer(Relu);
    builder.layer(Dropout::default()).dense(2).build(&mut rng()).unwrap()
}

fn adam(network: &Network) -> Optimizer {
    Optimizer::new(Adam { learning_rate: 0.01, ..Adam::default() }, network).unwrap()
}

fn trainer<'a>() -> Trainer<'a, CrossEntropy> {
    Trainer::new(CrossEntropy::default()).epochs(10)
}

fn penalty(parameter: nn_layers::ParameterName) -> Penalty {
    Penalty { l1: 0.0, l2: if parameter.name == "weight" { 0.01 } else { 0.0 } }
}

#[test]
fn a_trainer_gives_the_bits_of_the_same_calls_by_hand() {
    let (data, schedule) = (data(), ExponentialLr { gamma: 0.9 });
    let (mut by_hand, mut trained) = (noisy_network(), noisy_network());

    let mut optimizer = adam(&by_hand);
    let (loss, mut trace) = (CrossEntropy::default(), by_hand.trace());
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    trace.set_seed(3);
    let mut batches = Batches::new(&data, 32).unwrap();
    let mut losses = Vec::new();
    for epoch in 0..10 {
        optimizer.schedule(&schedule, epoch).unwrap();
        batches.shuffle(&mut rng);
        let mut sum = 0.0;
        while let Some(batch) = batches.next_batch().unwrap() {
            let (inputs, labels) = (batch.inputs, batch.labels);
            sum += labels.len() as f64
                * value_and_gradient(&by_hand, &loss, inputs, labels, &mut trace).unwrap();
            add_penalty(&by_hand, penalty, trace.gradients_mut()).unwrap();
            clip_grad_norm(trace.gradients_mut(), 0.5, 2.0).unwrap();
            optimizer.step(&mut by_hand, &trace).unwrap();
        }
        losses.push(sum / data.len() as f64);
    }

    let mut optimizer = adam(&trained);
    let history = trainer()
        .seed(3)
        .schedule(schedule)
        .penalty(penalty)
        .clip_grad_norm(0.5)
        .fit(&mut trained, &mut optimizer, &data)
        .unwrap();
    assert_eq!(trained.state(), by_hand.state());
    assert_eq!(history.get("loss").unwrap(), losses);
    assert_eq!((history.kept_epoch(), history.ending()), (Some(10), Ending::Complete));
}

#[test]
fn a_full_batch_is_the_loop_over_all_samples() {
    let data = data();
    let (mut by_hand, mut trained) = (network(), network());
    let (mut optimizer, mut trace) = (adam(&by_hand), by_hand.trace());
    for _ in 0..10 {
        let loss = CrossEntropy::default();
        value_and_gradient(&by_hand, &loss, data.inputs(), data.labels(), &mut trace).unwrap();
        optimizer.step(&mut by_hand, &trace).unwrap();
    }
    let mut optimizer = adam(&trained);
    trainer().full_batch().fit(&mut trained, &mut optimizer, &data).unwrap();
    assert_eq!(trained.state(), by_hand.state());
    assert_eq!(optimizer.steps(), 10);
}

#[test]
fn the_seed_fixes_order_split_and_dropout() {
    let trained = |seed| {
        let mut network = noisy_network();
        let mut optimizer = adam(&network);
        let mut trainer = trainer().seed(seed).validation_split(0.25).metric("accuracy", accuracy);
        let history = trainer.fit(&mut network, &mut optimizer, &data()).unwrap();
        (network.state(), history)
    };
    assert_eq!(trained(1), trained(1));
    assert_ne!(trained(1), trained(2));
}

#[test]
fn the_history_holds_the_figures_of_every_epoch() {
    let (train, validation) = train_test_split(&data(), 0.2, &mut rng()).unwrap();
    let (mut network, seen) = (network(), RefCell::new(Vec::new()));
    let mut optimizer = adam(&network);
    let history = trainer()
        .metric("accuracy", accuracy)
        .validation(&validation)
        .on_epoch_end(|moment| {
            let outputs = moment.network().predict(validation.inputs()).unwrap();
            seen.borrow_mut().push(accuracy(&outputs, validation.labels()).unwrap());
        })
        .fit(&mut network, &mut optimizer, &train)
        .unwrap();
    let names = ["loss", "accuracy", "validation loss", "validation accuracy", "learning rate"];
    assert_eq!(history.names(), names);
    assert_eq!(history.epochs(), 10);
    assert_eq!(history.iter().map(|(_, values)| values.len()).sum::<usize>(), 50);
    assert_eq!(history.get("validation accuracy").unwrap(), *seen.borrow());
    assert_eq!(history.last("learning rate"), Some(0.01_f64));
    let outputs = network.predict(train.inputs()).unwrap();
    assert_eq!(history.last("accuracy"), Some(accuracy(&outputs, train.labels()).unwrap()));
    assert_eq!(history.get("precision"), None);

    let losses = history.get("validation loss").unwrap();
    let best = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(losses[history.best_epoch().unwrap() - 1], best);
    let table = history.to_string();
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert_eq!(table.lines().count(), 13);
}

#[test]
fn early_stopping_waits_for_its_patience_and_brings_the_best_epoch_back() {
    let (train, validation) = train_test_split(&data(), 0.2, &mut rng()).unwrap();
    let states = RefCell::new(Vec::new());
    let mut network = noisy_network();
    let mut optimizer = adam(&network);
    let history = Trainer::new(CrossEntropy::default())
        .epochs(500)
        .validation(&validation)
        .early_stopping(EarlyStopping { patience: 5, ..EarlyStopping::default() })
        .on_epoch_end(|moment| states.borrow_mut().push(moment.network().state()))
        .fit(&mut network, &mut optimizer, &train)
        .unwrap();
    let best = history.best_epoch().unwrap();
    assert_eq!(history.ending(), Ending::EarlyStopping);
    assert_eq!(history.epochs(), best + 5);
    assert_eq!(history.kept_epoch(), Some(best));
    assert_eq!(network.state(), states.borrow()[best - 1]);
    assert_ne!(network.state(), states.borrow()[best]);
    let said =
        format!("The network is that of epoch {best}, after which the validation loss was best.");
    assert_eq!(history.to_string().lines().last(), Some(said.as_str()));
}

#[test]
fn a_gain_below_min_delta_is_not_worth_waiting_on() {
    let mut network = network();
    let mut optimizer = adam(&network);
    let rule = EarlyStopping { patience: 3, min_delta: 10.0 };
    let history =
        trainer().early_stopping(rule).fit(&mut network, &mut optimizer, &data()).unwrap();
    assert_eq!((history.ending(), history.epochs()), (Ending::EarlyStopping, 4));
    // Smaller gains are gains all the same.
    assert_eq!((history.best_epoch(), history.kept_epoch()), (Some(4), Some(4)));
}

#[test]
fn the_monitored_figure_says_what_is_best() {
    let (mut network, mut worst) = (network(), (f64::NEG_INFINITY, 0));
    let mut optimizer = adam(&network);
    let history = trainer()
        .metric("accuracy", accuracy)
        .monitor("accuracy", PlateauMode::Max)
        .early_stopping(EarlyStopping::default())
        .on_epoch_end(|moment| {
            let accuracy = moment.history().last("accuracy").unwrap();
            if accuracy > worst.0 {
                worst = (accuracy, moment.epoch());
            }
        })
        .fit(&mut network, &mut optimizer, &data())
        .unwrap();
    assert_eq!(history.monitored(), "accuracy");
    assert_eq!(history.best_epoch(), Some(worst.1));
}

#[test]
fn a_callback_that_stops_in_an_epoch_leaves_the_best_network_so_far() {
    let (mut network, states) = (network(), RefCell::new(Vec::new()));
    let mut optimizer =
        Optimizer::new(Sgd { learning_rate: 1.5, ..Sgd::default() }, &network).unwrap();
    let history = trainer()
        .on_epoch_end(|moment| states.borrow_mut().push(moment.network().state()))
        .on_batch_end(|moment| {
            if (moment.epoch(), moment.batch()) == (7, 3) {
                assert_eq!((moment.batches(), moment.samples_done()), (7, 96));
                moment.stop();
            }
        })
        .fit(&mut network, &mut optimizer, &data())
        .unwrap();
    assert_eq!(history.ending(), Ending::Callback { epoch: 7 });
    assert_eq!(history.epochs(), 6);
    assert_eq!(optimizer.steps(), 6 * 7 + 3);
    let best = history.best_epoch().unwrap();
    assert_eq!(history.kept_epoch(), Some(best));
    assert_eq!(network.state(), states.borrow()[best - 1]);
    let said = format!(
        "Stopped by a callback in epoch 7.\nThe network is that of epoch {best}, after which the loss was best."
    );
    assert!(history.to_string().ends_with(&said), "{history}");
}

#[test]
fn a_stop_before_the_first_epoch_is_complete_leaves_the_network_as_it_is() {
    let mut network = network();
    let mut optimizer = adam(&network);
    let mut trainer = trainer().on_batch_end(|moment| moment.stop());
    let history = trainer.fit(&mut network, &mut optimizer, &data()).unwrap();
    assert_eq!((history.epochs(), history.best_epoch(), history.kept_epoch()), (0, None, None));
    assert_eq!(optimizer.steps(), 1);
    assert!(history.to_string().ends_with("in epoch 1.\nNo epoch is complete."), "{history}");
}

#[test]
fn callbacks_change_the_learning_rate() {
    let mut network = network();
    let mut optimizer = adam(&network);
    let history = trainer()
        .on_epoch_end(|moment| moment.set_learning_rate(moment.learning_rate() / 2.0).unwrap())
        .fit(&mut network, &mut optimizer, &data())
        .unwrap();
    let rates: Vec<f64> = (0..10).map(|epoch| 0.01 / f64::from(1 << epoch)).collect();
    assert_eq!(history.get("learning rate").unwrap(), rates);
}

#[test]
fn callbacks_are_called_at_every_batch_and_epoch_and_at_the_end() {
    #[derive(Default)]
    struct Count<'a>(Option<&'a Cell<[usize; 3]>>);
    impl Count<'_> {
        fn add(&self, place: usize) {
            let cell = self.0.unwrap();
            let mut counts = cell.get();
            counts[place] += 1;
            cell.set(counts);
        }
    }
    impl Callback<f32> for Count<'_> {
        fn on_batch_end(&mut self, _: &mut Moment<'_, f32>) {
            self.add(0);
        }
        fn on_epoch_end(&mut self, _: &mut Moment<'_, f32>) {
            self.add(1);
        }
        fn on_train_end(&mut self) {
            self.add(2);
        }
    }
    let (mut network, counts) = (network(), Cell::default());
    let mut optimizer = adam(&network);
    let mut trainer = trainer().callback(Count(Some(&counts)));
    trainer.fit(&mut network, &mut optimizer, &data()).unwrap();
    assert_eq!(counts.get(), [70, 10, 1]);
}

#[test]
fn schedules_go_by_epochs_or_by_steps() {
    let (mut network, schedule) = (network(), OneCycleLr::new(70));
    let mut optimizer = adam(&network);
    let seen = RefCell::new(Vec::new());
    trainer()
        .schedule_by_step(schedule)
        .on_batch_end(|moment| seen.borrow_mut().push(moment.learning_rate()))
        .fit(&mut network, &mut optimizer, &data())
        .unwrap();
    let expected: Vec<f64> = (0..70).map(|t| schedule.learning_rate(0.01, t)).collect();
    assert_eq!(*seen.borrow(), expected);
}

#[test]
fn a_plateau_of_the_monitored_figure_lowers_the_learning_rate() {
    let mut network = network();
    let mut optimizer = adam(&network);
    // No gain is enough.
    let rule = ReduceLrOnPlateau { patience: 1, threshold: 0.99, ..ReduceLrOnPlateau::default() };
    let history =
        trainer().reduce_lr_on_plateau(rule).fit(&mut network, &mut optimizer, &data()).unwrap();
    let rates = history.get("learning rate").unwrap();
    assert_eq!((rates[2], rates[3] / rates[2] < 0.11), (0.01, true));
}

#[test]
fn a_plateau_rule_goes_by_the_mode_of_the_monitor_and_leaves_other_rates_alone() {
    let mut network = network();
    let mut optimizer = adam(&network);
    let rising = Cell::new(0.0);
    let history = trainer()
        .metric("rising", |_, _| {
            rising.set(rising.get() + 1.0);
            Ok(rising.get())
        })
        .monitor("rising", PlateauMode::Max)
        .reduce_lr_on_plateau(ReduceLrOnPlateau { patience: 2, ..ReduceLrOnPlateau::default() })
        .on_epoch_end(|moment| moment.set_learning_rate(0.5).unwrap())
        .fit(&mut network, &mut optimizer, &data())
        .unwrap();
    assert_eq!(history.get("learning rate").unwrap()[1..], [0.5; 9]);
}

#[test]
fn the_learning_rate_in_the_history_is_that_of_the_last_step() {
    let (mut network, schedule) = (network(), OneCycleLr::new(70));
    let mut optimizer = adam(&network);
    let mut trainer = trainer().schedule_by_step(schedule);
    let history = trainer.fit(&mut network, &mut optimizer, &data()).unwrap();
    let last_steps: Vec<f64> = (0..10).map(|t| schedule.learning_rate(0.01, 7 * t + 6)).collect();
    assert_eq!(history.get("learning rate").unwrap(), last_steps);
}

#[test]
fn statistics_that_are_not_finite_end_a_training() {
    let mut inputs = data().inputs().clone();
    inputs[(3, 0)] = 2e19;
    let data = data().with_inputs(inputs).unwrap();
    let builder = Network::builder(2).layer_for_width(BatchNorm::new).dense(2);
    let mut network = builder.build(&mut rng()).unwrap();
    let (before, mut optimizer) = (network.state(), adam(&network));
    let error = trainer().fit(&mut network, &mut optimizer, &data).unwrap_err();
    assert_eq!(error, TrainError::NonFiniteParameter { epoch: 1 });
    assert_eq!(network.state(), before);
}

#[test]
fn a_stop_brings_back_the_last_epoch_where_none_was_best() {
    let (mut network, states) = (network(), RefCell::new(Vec::new()));
    let mut optimizer = adam(&network);
    let history = trainer()
        .metric("no number", |_, _| Ok(f64::NAN))
        .monitor("no number", PlateauMode::Max)
        .on_epoch_end(|moment| states.borrow_mut().push(moment.network().state()))
        .on_batch_end(|moment| {
            if (moment.epoch(), moment.batch()) == (3, 2) {
                moment.stop();
            }
        })
        .fit(&mut network, &mut optimizer, &data())
        .unwrap();
    assert_eq!((history.best_epoch(), history.kept_epoch()), (None, Some(2)));
    assert_eq!(network.state(), states.borrow()[1]);
}

#[test]
fn validation_data_that_do_not_fit_are_refused_before_any_step() {
    let fit = |inputs: Matrix<f32>, labels: Vec<usize>| {
        let (mut network, rows) = (network(), inputs.rows());
        let validation = Dataset::new(inputs, labels, 3).unwrap();
        let mut optimizer = adam(&network);
        let mut trainer = trainer().validation(&validation);
        let error = trainer.fit(&mut network, &mut optimizer, &data()).unwrap_err();
        assert_eq!(optimizer.steps(), 0, "{rows} rows");
        error.to_string()
    };
    let message = fit(Matrix::zeros(0, 2), vec![]);
    assert_eq!(message, "validation samples is 0, but must be at least 1");
    let message = fit(Matrix::zeros(1, 5), vec![0]);
    assert!(message.ends_with("expected an input of n × 2, found 1 × 5"), "{message}");
    let message = fit(Matrix::zeros(1, 2), vec![2]);
    assert!(
        message.ends_with("row 0 has label 2, but there are 2 classes, counted from 0"),
        "{message}"
    );
}

#[test]
fn numbers_are_learnt_as_classes_are() {
    let data: Regression = sine(200, 0.05, &mut rng()).unwrap();
    let builder = Network::builder(1).dense(32).layer(Tanh).dense(1);
    let mut network = builder.build(&mut rng()).unwrap();
    let mut optimizer = adam(&network);
    let history = Trainer::new(MeanSquaredError::default())
        .epochs(200)
        .metric_of_values("R²", r_squared)
        .validation_split(0.2)
        .fit(&mut network, &mut optimizer, &data)
        .unwrap();
    assert!(history.last("validation R²") > Some(0.95), "{history}");
}

#[test]
fn a_sample_of_weight_two_is_a_sample_twice() {
    let data = data();
    let weights: Vec<f32> = (0..200).map(|row| (row % 3) as f32).collect();
    let twice: Vec<usize> = (0..200).flat_map(|row| std::iter::repeat_n(row, row % 3)).collect();
    let repeated = nn_data::Samples::select(&data, &twice).unwrap();
    let weighted = Weighted::new(data, weights).unwrap();
    let loss = CrossEntropy { reduction: Reduction::Sum, ..CrossEntropy::default() };
    let (mut a, mut b) = (network(), network());
    let (mut optimizer_a, mut optimizer_b) = (adam(&a), adam(&b));
    let fit = || Trainer::new(loss.clone()).epochs(20).full_batch();
    fit().fit(&mut a, &mut optimizer_a, &weighted).unwrap();
    fit().fit(&mut b, &mut optimizer_b, &repeated).unwrap();
    for (a, b) in a.parameters().iter().zip(b.parameters()) {
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    }
}

#[test]
fn a_loss_that_is_not_finite_is_named_by_epoch_and_batch_and_good_weights_stay() {
    let mut inputs = data().inputs().clone();
    inputs[(150, 0)] = f32::NAN;
    let data = data().with_inputs(inputs).unwrap();
    let mut network = network();
    let (before, mut optimizer) = (network.state(), adam(&network));
    let error = trainer().shuffle(false).fit(&mut network, &mut optimizer, &data).unwrap_err();
    assert_eq!(error.to_string(), "epoch 1, batch 5: the loss is NaN");
    assert!(error.is_not_finite());
    assert_eq!(network.state(), before);
}

#[test]
fn a_training_that_diverges_leaves_weights_whose_loss_is_finite() {
    let data = data();
    for (learning_rate, epochs) in [(1e3, 50), (1e30, 50), (1e38, 1)] {
        let (mut network, rule) = (network(), Sgd { learning_rate, ..Sgd::default() });
        let mut optimizer = Optimizer::new(rule, &network).unwrap();
        // The sum over the samples of losses that grow with the weights.
        let loss = CrossEntropy { reduction: Reduction::Sum, ..CrossEntropy::default() };
        let mut trainer = Trainer::new(loss.clone()).epochs(epochs).full_batch();
        let result = trainer.fit(&mut network, &mut optimizer, &data);
        if let Err(error) = &result {
            assert!(error.is_not_finite(), "{error}");
        }
        assert!(learning_rate < 1e10 || result.is_err(), "{learning_rate}");
        let mut trace = network.trace();
        let value = value_and_gradient(&network, &loss, data.inputs(), data.labels(), &mut trace);
        assert!(value.is_ok(), "{learning_rate}: {value:?} after {result:?}");
    }
}

#[test]
fn a_validation_loss_that_is_not_finite_is_named() {
    let validation = Dataset::new(Matrix::from([[f32::NAN, 0.0]]), vec![0], 2).unwrap();
    let mut network = network();
    let (before, mut optimizer) = (network.state(), adam(&network));
    let mut trainer = trainer().validation(&validation);
    let error = trainer.fit(&mut network, &mut optimizer, &data()).unwrap_err();
    assert_eq!(error.to_string(), "epoch 1, validation loss: the loss is NaN");
    assert_eq!(network.state(), before);
}

fn refused<'a>(
    change: impl FnOnce(Trainer<'a, CrossEntropy>) -> Trainer<'a, CrossEntropy>,
) -> String {
    refused_on(&data(), change)
}

fn refused_on<'a>(
    data: &impl TrainingData<f32>,
    change: impl FnOnce(Trainer<'a, CrossEntropy>) -> Trainer<'a, CrossEntropy>,
) -> String {
    let mut network = network();
    let (before, mut optimizer) = (network.state(), adam(&network));
    let result = change(trainer()).fit(&mut network, &mut optimizer, data);
    assert_eq!(network.state(), before);
    result.unwrap_err().to_string()
}

#[test]
fn what_cannot_be_is_refused_and_leaves_the_network_as_it_was() {
    assert_eq!(refused(|t| t.epochs(0)), "epochs is 0, but must be at least 1");
    assert_eq!(refused(|t| t.batch_size(0)), "batch size is 0, but must be at least 1");
    let rule = |patience, min_delta| EarlyStopping { patience, min_delta };
    let message = refused(|t| t.early_stopping(rule(0, 0.0)));
    assert_eq!(message, "patience is 0, but must be at least 1");
    let message = refused(|t| t.early_stopping(rule(1, f64::NAN)));
    assert_eq!(message, "min_delta is NaN, but must be finite and at least 0");
    let message = refused(|t| t.validation_split(1.5));
    assert_eq!(message, "the share is 1.5, but must be between 0 and 1");
    let message = refused(|t| t.monitor("validation loss", PlateauMode::Min));
    let said =
        "there is no figure \"validation loss\" to be monitored; there are loss, learning rate";
    assert_eq!(message, said);
    let message = refused(|t| t.clip_grad_norm(-1.0));
    assert_eq!(message, "epoch 1, batch 1: max_norm is -1, but must be at least 0");
    let message = refused(|t| t.metric_of_values("R²", r_squared));
    assert_eq!(message, "epoch 1, R²: metric_of_values takes a value for each output as targets");
    for name in ["loss", "learning rate", "", "two\nlines"] {
        let message = refused(|t| t.metric(name, accuracy));
        let said =
            format!("no metric can be called {name:?}: each needs a name of its own, in one line");
        assert_eq!(message, said);
    }
    let message = refused(|t| t.batch_size(1000).drop_last(true));
    assert_eq!(message, "200 samples make no batch of 1000");

    let empty = Dataset::new(Matrix::zeros(0, 2), vec![], 2).unwrap();
    assert_eq!(refused_on(&empty, |t| t), "0 samples make no batch of 32");
    assert_eq!(
        refused_on(&empty, Trainer::full_batch),
        format!("0 samples make no batch of {}", usize::MAX)
    );
    let wide = Dataset::new(Matrix::zeros(3, 5), vec![0, 1, 0], 2).unwrap();
    let message = refused_on(&wide, |t| t);
    assert!(message.ends_with("expected an input of n × 2, found 3 × 5"), "{message}");
    let classes = Dataset::new(Matrix::zeros(1, 2), vec![2], 3).unwrap();
    let message = refused_on(&classes, |t| t);
    assert_eq!(
        message,
        "epoch 1, batch 1: row 0 has label 2, but there are 2 classes, counted from 0"
    );
}

#[test]
fn labels_are_refused_where_the_loss_takes_numbers() {
    let mut network = network();
    let mut optimizer = adam(&network);
    let mut trainer = Trainer::new(MeanSquaredError::default());
    let error = trainer.fit(&mut network, &mut optimizer, &data()).unwrap_err();
    let said = "epoch 1, batch 1: MeanSquaredError takes a value for each output as targets";
    assert_eq!(error.to_string(), said);
}

#[test]
fn an_optimizer_of_another_network_is_refused() {
    let mut network = network();
    let (before, mut optimizer) = (network.state(), adam(&noisy_network()));
    let error = trainer().fit(&mut network, &mut optimizer, &data()).unwrap_err();
    let source = Box::new(OptimError::ForeignNetwork { expected: 82 + 32, found: 82 });
    assert_eq!(error, TrainError::Batch { epoch: 1, batch: 1, source });
    assert_eq!(network.state(), before);
}

#[test]
fn a_last_batch_of_one_sample_can_be_dropped_for_batch_normalisation() {
    let data: Dataset = circle(65, &mut rng()).unwrap();
    for (drop_last, ok) in [(true, true), (false, false)] {
        let mut network = noisy_network();
        let mut optimizer = adam(&network);
        let result = trainer().drop_last(drop_last).fit(&mut network, &mut optimizer, &data);
        assert_eq!(result.is_ok(), ok);
    }
}

#[test]
fn a_trainer_goes_on_where_it_ended() {
    let (mut once, mut twice) = (network(), network());
    let (mut optimizer_once, mut optimizer_twice) = (adam(&once), adam(&twice));
    let mut trainer = trainer().full_batch();
    trainer.fit(&mut twice, &mut optimizer_twice, &data()).unwrap();
    trainer.fit(&mut twice, &mut optimizer_twice, &data()).unwrap();
    trainer.epochs(20).fit(&mut once, &mut optimizer_once, &data()).unwrap();
    assert_eq!(once.state(), twice.state());
}

#[test]
fn a_gradient_that_is_not_finite_leaves_the_network_as_the_epoch_before_has() {
    let data = Regression::new(Matrix::from([[1e10_f32]]), Matrix::from([[0.0]])).unwrap();
    let network = || Network::builder(1).dense(1).build(&mut rng()).unwrap();
    let fit = |network: &mut Network, epochs| {
        let rule = Sgd { learning_rate: 0.1, ..Sgd::default() };
        let mut optimizer = Optimizer::new(rule, network).unwrap();
        Trainer::new(MeanSquaredError::default()).epochs(epochs).fit(network, &mut optimizer, &data)
    };
    let mut once = network();
    fit(&mut once, 1).unwrap();
    let mut twice = network();
    let error = fit(&mut twice, 2).unwrap_err();
    assert!(error.to_string().starts_with("epoch 2, batch 1: "), "{error}");
    assert_eq!(twice.state(), once.state());
}

#[test]
fn a_history_prints_names_of_any_length() {
    let name = "x".repeat(70_000);
    let (mut network, data) = (network(), data());
    let mut optimizer = adam(&network);
    let mut trainer = trainer().epochs(1).metric(name.clone(), accuracy);
    let history = trainer.fit(&mut network, &mut optimizer, &data).unwrap();
    assert!(history.to_string().contains(&name));
}
