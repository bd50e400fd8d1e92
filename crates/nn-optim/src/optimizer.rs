//! What an optimizer is, and the one loop that steps them all.

use std::fmt;

use nn_layers::Network;
use nn_tensor::{Scalar, Shape, all_finite, expect_length};

use crate::error::check;
use crate::step::{Known, Step};
use crate::{OptimError, Result};

/// How an optimizer changes one parameter in one step.
///
/// A rule holds its hyper-parameters as public fields and says two things: how many numbers it
/// remembers of each parameter, and at step `t` a function from a parameter, its gradient and these
/// numbers to the new parameter.
///
/// ```
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
///     fn memory(&self) -> usize {
///         0
///     }
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
    /// How many numbers are remembered of each parameter from step to step, at most 3; each starts
    /// as 0.
    fn memory(&self) -> usize;

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
///     optimizer.step(&mut network, trace.gradients())?;
/// }
/// let loss =
///     value_and_gradient(&network, &CrossEntropy::default(), &inputs, &[0, 1], &mut trace)?;
/// assert!(loss < 0.01);
/// # Ok::<(), nn_optim::OptimError>(())
/// ```
#[derive(Debug)]
pub struct Optimizer<T = f32> {
    stepper: Box<dyn Stepper<T>>,
    /// The shape of each parameter of the network that this was made for.
    shapes: Vec<Shape>,
    steps: u64,
}

impl<T: Scalar> Optimizer<T> {
    /// A rule, ready for the first step of `network`.
    ///
    /// # Errors
    /// [`OptimError::Hyperparameter`] where one is out of range.
    pub fn new<R: Rule>(mut rule: R, network: &Network<T>) -> Result<Self> {
        rule.check()?;
        check_precision::<T>(*rule.learning_rate_mut())?;
        let mut shapes = Vec::new();
        network.visit(&mut |_, parameter| shapes.push(parameter.shape()));
        let count = rule.memory();
        check("memory", count as f64, |count| count <= 3.0, "at most 3")?;
        let memory = vec![vec![T::ZERO; network.parameter_count()]; count];
        Ok(Self { stepper: Box::new(Remembering { rule, memory }), shapes, steps: 0 })
    }

    /// Changes every parameter of `network` by its gradient; `gradients` is in the order of
    /// [`Network::visit`], as a [`Trace`](nn_layers::Trace) holds it.
    ///
    /// # Errors
    /// [`OptimError::ForeignNetwork`] where the network has not the parameters that this optimizer was
    /// made for, [`OptimError::Shape`] where there are not as many gradients as parameters,
    /// [`OptimError::NonFiniteGradient`] where a gradient is infinite or NaN (where PyTorch would
    /// spoil the parameter). The network is then as it was. What overflows in the step itself, by a
    /// huge learning rate or the square of a huge gradient, is found by the next loss.
    pub fn step(&mut self, network: &mut Network<T>, gradients: &[T]) -> Result<()> {
        self.check_network(network)?;
        expect_length("step", network.parameter_count(), gradients.len())?;
        if !all_finite(gradients) {
            check_each_gradient(network, gradients)?;
        }
        self.steps += 1;
        self.stepper.step(self.steps, network, gradients);
        Ok(())
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

    /// Sets the learning rate from the next step on.
    ///
    /// # Errors
    /// [`OptimError::Hyperparameter`] where it is negative, infinite or NaN; it is then as it was.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<()> {
        check("learning_rate", learning_rate, |x| x >= 0.0, "finite and at least 0")?;
        check_precision::<T>(learning_rate)?;
        *self.stepper.learning_rate_mut() = learning_rate;
        Ok(())
    }
}

/// Refuses a learning rate that is infinite once it is rounded as the parameters are.
fn check_precision<T: Scalar>(learning_rate: f64) -> Result<()> {
    let finite = |x| T::from_f64(x).is_finite();
    check("learning_rate", learning_rate, finite, "finite in the precision of the network")
}

/// A rule with its memory, whatever rule it is: the one virtual call of a step.
trait Stepper<T: Scalar>: fmt::Debug + Send + Sync {
    fn step(&mut self, t: u64, network: &mut Network<T>, gradients: &[T]);
    fn learning_rate_mut(&mut self) -> &mut f64;
}

struct Remembering<T, R> {
    rule: R,
    /// As many arrays as the rule remembers numbers, each as long as all parameters.
    memory: Vec<Vec<T>>,
}

impl<T, R: Rule> fmt::Debug for Remembering<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameters = self.memory.first().map_or(0, Vec::len);
        write!(f, "{:?}, {} numbers remembered", self.rule, self.memory.len() * parameters)
    }
}

impl<T: Scalar, R: Rule> Remembering<T, R> {
    /// A step of a rule that remembers `N` numbers, as the compiler must know.
    fn step_with<const N: usize>(&mut self, t: u64, network: &mut Network<T>, gradients: &[T]) {
        let update = self.rule.at_step::<T>(t);
        let mut known = Known { gradients, ..Known::<T, N>::default() };
        for (slice, array) in known.memory.iter_mut().zip(&mut self.memory) {
            *slice = array;
        }
        network.visit_mut(&mut |_, mut parameter| {
            let parameters = parameter.data_mut();
            let (own, others) = std::mem::take(&mut known).split_at(parameters.len());
            Step { update, parameters, known: own }.run();
            known = others;
        });
    }
}

impl<T: Scalar, R: Rule> Stepper<T> for Remembering<T, R> {
    fn step(&mut self, t: u64, network: &mut Network<T>, gradients: &[T]) {
        match self.memory.len() {
            0 => self.step_with::<0>(t, network, gradients),
            1 => self.step_with::<1>(t, network, gradients),
            2 => self.step_with::<2>(t, network, gradients),
            _ => self.step_with::<3>(t, network, gradients),
        }
    }

    fn learning_rate_mut(&mut self) -> &mut f64 {
        self.rule.learning_rate_mut()
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
