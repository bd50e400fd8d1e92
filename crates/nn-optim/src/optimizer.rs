//! What an optimizer is, and the one loop that steps them all.

use std::fmt;
use std::ops::RangeInclusive;

use nn_layers::{Network, ParameterName, Trace};
use nn_tensor::{Scalar, Shape, all_finite, expect_length};

use crate::error::{check, check_not_negative};
use crate::step::{Known, Step};
use crate::{OptimError, Result, Schedule};

/// How an optimizer changes one parameter in one step.
///
/// A rule holds its hyper-parameters as public fields, under PyTorch's names but for `learning_rate`
/// (`lr`), and says two things: how many numbers it remembers of each parameter, and at step `t` a
/// function from a parameter, its gradient and these numbers to the new parameter.
///
/// ```
/// use std::ops::RangeInclusive;
///
/// use nn_optim::{OptimError, Rule, Update};
/// use nn_tensor::Scalar;
///
/// /// w ← w - lr·sign(g) (Bernstein et al., "signSGD", 2018)
/// #[derive(Debug, Clone)]
/// struct SignSgd {
///     learning_rate: f64,
/// }
///
/// impl Rule for SignSgd {
///     const MEMORY: RangeInclusive<usize> = 0..=0;
///
///     fn at_step<T: Scalar>(&self, _t: u64) -> impl Update<T> {
///         let learning_rate = T::from_f64(self.learning_rate);
///         move |w, g, _: &mut [T]| if g > T::ZERO { w - learning_rate } else { w + learning_rate }
///     }
///
///     fn check(&self) -> Result<(), OptimError> {
///         Ok(())
///     }
///
///     fn learning_rate_mut(&mut self) -> &mut f64 {
///         &mut self.learning_rate
///     }
/// }
/// ```
pub trait Rule: fmt::Debug + Clone + Send + Sync + 'static {
    /// How many numbers are remembered of each parameter from step to step: the fewest and the most,
    /// which is at most 3. A loop is compiled for each.
    const MEMORY: RangeInclusive<usize>;

    /// How many it is with these hyper-parameters; the most unless said otherwise.
    fn memory(&self) -> usize {
        *Self::MEMORY.end()
    }

    /// What one of these numbers, counted from 0, is before the first step; 0 unless said otherwise.
    fn memory_start(&self, _number: usize) -> f64 {
        0.0
    }

    /// The function from a parameter, its gradient and what is remembered of it to the new
    /// parameter, at step `t`, counted from 1.
    fn at_step<T: Scalar>(&self, t: u64) -> impl Update<T>;

    /// Refuses hyper-parameters that are out of range.
    ///
    /// # Errors
    /// [`OptimError::Hyperparameter`] with the first that is.
    fn check(&self) -> Result<()>;

    /// The learning rate, which schedules change.
    fn learning_rate_mut(&mut self) -> &mut f64;
}

/// How one parameter changes: `w ← update(w, g, memory)`, with as many numbers of memory as
/// [`Rule::memory`] says. Any closure of this form that captures nothing but numbers is one.
pub trait Update<T>: Fn(T, T, &mut [T]) -> T + Copy + Send + Sync {}

impl<T, F: Fn(T, T, &mut [T]) -> T + Copy + Send + Sync> Update<T> for F {}

/// A [`Rule`] at work on the parameters of a network: counts the steps, and keeps what the rule
/// remembers of each parameter.
///
/// ```
/// use nn_layers::Network;
/// use nn_optim::{Adam, CrossEntropy, Optimizer, value_and_gradient};
/// use nn_tensor::Matrix;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let mut network = Network::<f64>::builder(2).dense(2).build(&mut rng)?;
/// let mut optimizer = Optimizer::new(Adam { learning_rate: 0.1, ..Adam::default() }, &network)?;
/// let mut trace = network.trace();
/// let inputs = Matrix::from([[0.5, -0.5], [1.0, 2.0]]);
///
/// for _ in 0..50 {
///     value_and_gradient(&network, &CrossEntropy::default(), &inputs, &[0, 1], &mut trace)?;
///     optimizer.step(&mut network, &trace)?;
/// }
/// let loss =
///     value_and_gradient(&network, &CrossEntropy::default(), &inputs, &[0, 1], &mut trace)?;
/// assert!(loss < 0.01);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
pub struct Optimizer<T = f32> {
    stepper: Box<dyn Stepper<T>>,
    /// The shape of each parameter of the network that this was made for.
    shapes: Vec<Shape>,
    /// The learning rate that each group of parameters was made with.
    bases: Vec<f64>,
    /// The learning rate of each group in the next step.
    rates: Vec<f64>,
    /// Room for the next.
    next_rates: Vec<f64>,
    steps: u64,
}

impl<T: Scalar> Optimizer<T> {
    /// A rule, ready for the first step of `network`.
    ///
    /// # Errors
    /// [`OptimError::Hyperparameter`] where one is out of range.
    pub fn new<R: Rule>(rule: R, network: &Network<T>) -> Result<Self> {
        let mut groups = Vec::new();
        network.visit(&mut |_, _| groups.push(0));
        Self::of_groups(vec![rule], groups, network)
    }

    /// For each parameter of `network` the rule that `rule_of` gives for its name: a rule of one kind,
    /// with other hyper-parameters where need be (PyTorch's parameter groups). Parameters with equal
    /// rules make up a group.
    ///
    /// ```
    /// use nn_layers::{Network, Relu};
    /// use nn_optim::{AdamW, Optimizer};
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let network: Network = Network::builder(2).dense(8).layer(Relu).dense(2).build(&mut rng)?;
    ///
    /// // Biases do not decay, and the last layer learns more slowly.
    /// let rule = AdamW::default();
    /// let optimizer = Optimizer::with_groups(&network, |parameter| AdamW {
    ///     weight_decay: if parameter.name == "bias" { 0.0 } else { rule.weight_decay },
    ///     learning_rate: if parameter.layer == 2 { 1e-4 } else { rule.learning_rate },
    ///     ..rule
    /// })?;
    /// # Ok::<(), nn_optim::OptimError>(())
    /// ```
    ///
    /// # Errors
    /// [`OptimError::Hyperparameter`] where one is out of range.
    pub fn with_groups<R: Rule + PartialEq>(
        network: &Network<T>,
        rule_of: impl Fn(ParameterName) -> R,
    ) -> Result<Self> {
        let (mut rules, mut groups) = (Vec::new(), Vec::new());
        network.visit(&mut |parameter, _| {
            let rule = rule_of(parameter);
            let known = rules.iter().position(|known| *known == rule);
            groups.push(known.unwrap_or(rules.len()));
            if known.is_none() {
                rules.push(rule);
            }
        });
        Self::of_groups(rules, groups, network)
    }

    /// Parameter `i` of `network` in group `groups[i]`, whose rule is `rules[groups[i]]`.
    fn of_groups<R: Rule>(
        mut rules: Vec<R>,
        groups: Vec<usize>,
        network: &Network<T>,
    ) -> Result<Self> {
        let (mut bases, mut counts) = (Vec::new(), Vec::new());
        for rule in &mut rules {
            rule.check()?;
            check_learning_rate::<T>(*rule.learning_rate_mut())?;
            let (memory, known) = (rule.memory(), R::MEMORY.contains(&rule.memory()));
            check("memory", memory as f64, |_| known, "within Rule::MEMORY")?;
            bases.push(*rule.learning_rate_mut());
            counts.push(rule.memory());
        }
        let largest = counts.iter().copied().max().unwrap_or(0);
        let memory = vec![vec![T::ZERO; network.parameter_count()]; largest];
        let mut shapes = Vec::new();
        network.visit(&mut |_, parameter| shapes.push(parameter.shape()));
        let stepper = Box::new(Remembering { rules, counts, groups, memory });
        let (rates, next_rates) = (bases.clone(), bases.clone());
        Ok(Self { stepper, shapes, rates, next_rates, bases, steps: 0 })
    }

    /// Changes every parameter of `network` by its gradient in `trace`, and moves the statistics that
    /// layers keep for inference, as [`BatchNorm`](nn_layers::BatchNorm) does, by the trace's last pass.
    ///
    /// # Errors
    /// As [`Optimizer::step_by_gradients`], and where the trace was made for another network. The network
    /// is then as it was.
    pub fn step(&mut self, network: &mut Network<T>, trace: &Trace<T>) -> Result<()> {
        self.check_step(network, trace.gradients())?;
        network.update_statistics(trace)?;
        self.take_step(network, trace.gradients());
        Ok(())
    }

    /// Changes every parameter of `network` by its gradient, wherever the gradients come from: they are
    /// in the order of [`Network::visit`], as a [`Trace`] holds them.
    ///
    /// # Errors
    /// [`OptimError::ForeignNetwork`] where the network has not the parameters that this optimizer was
    /// made for, [`OptimError::Shape`] where there are not as many gradients as parameters,
    /// [`OptimError::NonFiniteGradient`] where a gradient is infinite or NaN (where PyTorch would
    /// spoil the parameter). The network is then as it was. What overflows in the step itself, by a
    /// huge learning rate or the square of a huge gradient, is found by the next loss.
    pub fn step_by_gradients(&mut self, network: &mut Network<T>, gradients: &[T]) -> Result<()> {
        self.check_step(network, gradients)?;
        self.take_step(network, gradients);
        Ok(())
    }

    fn take_step(&mut self, network: &mut Network<T>, gradients: &[T]) {
        self.steps += 1;
        self.stepper.step(self.steps, network, gradients);
    }

    /// Refuses a foreign network, and gradients that do not fit it or are not finite.
    fn check_step(&self, network: &Network<T>, gradients: &[T]) -> Result<()> {
        self.check_network(network)?;
        expect_length("step", network.parameter_count(), gradients.len())?;
        if all_finite(gradients) { Ok(()) } else { check_each_gradient(network, gradients) }
    }

    /// Refuses a network whose parameters have not the shapes of those that this was made for.
    fn check_network(&self, network: &Network<T>) -> Result<()> {
        let (mut expected, mut fits) = (self.shapes.iter(), true);
        network.visit(&mut |_, parameter| fits &= expected.next() == Some(&parameter.shape()));
        if fits && expected.next().is_none() {
            return Ok(());
        }
        let count = |shapes: &[Shape]| shapes.iter().map(|shape| shape.rows * shape.columns).sum();
        Err(OptimError::ForeignNetwork {
            expected: count(&self.shapes),
            found: network.parameter_count(),
        })
    }

    /// How many steps were taken.
    #[must_use]
    pub const fn steps(&self) -> u64 {
        self.steps
    }

    /// The learning rate of the next step; of groups, that of the fastest.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        self.rates.iter().copied().fold(0.0, f64::max)
    }

    /// Sets the learning rate from the next step on. Of groups, the fastest gets it, and the others
    /// keep the proportion to it that they were made with.
    ///
    /// # Errors
    /// [`OptimError::Hyperparameter`] where it is negative, infinite or NaN; it is then as it was.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<()> {
        let fastest = self.bases.iter().copied().fold(0.0, f64::max);
        let share = |base| if fastest > 0.0 { base / fastest } else { 1.0 };
        self.set_learning_rates(|base| learning_rate * share(base))
    }

    /// Sets the learning rate to what a [`Schedule`] says for `t`, the number of steps or of epochs
    /// done, from the learning rate that the rule was made with. Each group goes by its own.
    ///
    /// ```
    /// use nn_layers::Network;
    /// use nn_optim::{LambdaLr, Optimizer, Sgd, StepLr};
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let network: Network = Network::builder(2).dense(2).build(&mut rng)?;
    /// let mut optimizer = Optimizer::new(Sgd { learning_rate: 0.5, ..Sgd::default() }, &network)?;
    /// let schedule = StepLr::new(10);
    /// for epoch in 0..20 {
    ///     optimizer.schedule(&schedule, epoch)?;
    ///     // The steps of the epoch.
    /// }
    /// assert_eq!(optimizer.learning_rate(), 0.05);
    ///
    /// // A schedule of one's own, the fraction of the learning rate after 25 steps.
    /// optimizer.schedule(&LambdaLr(|t| 1.0 / (t as f64).sqrt()), 25)?;
    /// assert_eq!(optimizer.learning_rate(), 0.1);
    /// # Ok::<(), nn_optim::OptimError>(())
    /// ```
    ///
    /// # Errors
    /// [`OptimError::Hyperparameter`] where one of the schedule's is out of range, or the learning
    /// rate comes out negative, infinite or NaN; it is then as it was.
    pub fn schedule(&mut self, schedule: &(impl Schedule + ?Sized), t: u64) -> Result<()> {
        schedule.check()?;
        self.set_learning_rates(|base| schedule.learning_rate(base, t))
    }

    /// Sets the learning rate of each group, which was made with `base`, to `from(base)`.
    fn set_learning_rates(&mut self, from: impl Fn(f64) -> f64) -> Result<()> {
        for (next, &base) in self.next_rates.iter_mut().zip(&self.bases) {
            *next = from(base);
            check_learning_rate::<T>(*next)?;
        }
        self.rates.copy_from_slice(&self.next_rates);
        for (group, &rate) in self.rates.iter().enumerate() {
            self.stepper.set_learning_rate(group, rate);
        }
        Ok(())
    }
}

/// `Optimizer(Sgd { .. }, 52 numbers remembered, 3 steps taken)`, with a rule for each group.
impl<T> fmt::Debug for Optimizer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Optimizer({:?}, {} steps taken)", self.stepper, self.steps)
    }
}

/// Refuses a learning rate that is negative or NaN, or infinite once it is rounded as the parameters
/// are.
fn check_learning_rate<T: Scalar>(learning_rate: f64) -> Result<()> {
    check_not_negative("learning_rate", learning_rate)?;
    let finite = |x| T::from_f64(x).is_finite();
    check("learning_rate", learning_rate, finite, "finite in the precision of the network")
}

/// Rules with their memory, whatever rules they are: the one virtual call of a step.
trait Stepper<T: Scalar>: fmt::Debug + Send + Sync {
    fn step(&mut self, t: u64, network: &mut Network<T>, gradients: &[T]);
    fn set_learning_rate(&mut self, group: usize, learning_rate: f64);
}

struct Remembering<T, R> {
    /// The rule of each group.
    rules: Vec<R>,
    /// How many numbers each of these rules remembers of a parameter.
    counts: Vec<usize>,
    /// The group of each parameter.
    groups: Vec<usize>,
    /// As many arrays as any rule remembers numbers, each as long as all parameters.
    memory: Vec<Vec<T>>,
}

impl<T, R: Rule> fmt::Debug for Remembering<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for rule in &self.rules {
            write!(f, "{rule:?}, ")?;
        }
        write!(f, "{} numbers remembered", self.memory.iter().map(Vec::len).sum::<usize>())
    }
}

impl<T: Scalar, R: Rule> Remembering<T, R> {
    /// A step of a group whose rule remembers `N` numbers, as the compiler must know.
    fn step_group<const N: usize>(
        &mut self,
        group: usize,
        t: u64,
        network: &mut Network<T>,
        gradients: &[T],
    ) {
        if const { !remembers::<R>(N) } {
            return;
        }
        let rule = &self.rules[group];
        let update = rule.at_step::<T>(t);
        let mut known = Known { gradients, ..Known::<T, N>::default() };
        for (slice, array) in known.memory.iter_mut().zip(&mut self.memory) {
            *slice = array;
        }
        let mut groups = self.groups.iter();
        network.visit_mut(&mut |_, mut parameter| {
            let parameters = parameter.data_mut();
            let (mut own, others) = std::mem::take(&mut known).split_at(parameters.len());
            known = others;
            if groups.next() != Some(&group) {
                return;
            }
            if t == 1 {
                own.start(|number| T::from_f64(rule.memory_start(number)));
            }
            Step { update, parameters, known: own }.run();
        });
    }
}

/// Whether some rule of this kind remembers so many numbers. For what none does, nothing is compiled.
const fn remembers<R: Rule>(count: usize) -> bool {
    assert!(*R::MEMORY.end() <= 3, "a rule remembers at most 3 numbers of a parameter");
    *R::MEMORY.start() <= count && count <= *R::MEMORY.end()
}

impl<T: Scalar, R: Rule> Stepper<T> for Remembering<T, R> {
    fn step(&mut self, t: u64, network: &mut Network<T>, gradients: &[T]) {
        for group in 0..self.rules.len() {
            match self.counts[group] {
                0 => self.step_group::<0>(group, t, network, gradients),
                1 => self.step_group::<1>(group, t, network, gradients),
                2 => self.step_group::<2>(group, t, network, gradients),
                _ => self.step_group::<3>(group, t, network, gradients),
            }
        }
    }

    fn set_learning_rate(&mut self, group: usize, learning_rate: f64) {
        *self.rules[group].learning_rate_mut() = learning_rate;
    }
}

/// Refuses the first gradient that is not finite, by its parameter.
fn check_each_gradient<T: Scalar>(network: &Network<T>, gradients: &[T]) -> Result<()> {
    let (mut rest, mut result) = (gradients, Ok(()));
    network.visit(&mut |parameter, values| {
        let (own, others) = rest.split_at(values.as_slice().len().min(rest.len()));
        if let (Ok(()), Some(place)) = (&result, own.iter().position(|g| !g.is_finite())) {
            let value = own[place].to_f64();
            result = Err(OptimError::NonFiniteGradient { parameter, place, value });
        }
        rest = others;
    });
    result
}
