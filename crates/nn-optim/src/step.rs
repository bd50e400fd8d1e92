//! The one loop that steps every rule.

use nn_tensor::simd::{Kernel, Simd, dispatch};
use nn_tensor::{Scalar, threads};

use crate::Update;

/// More parameters than this are shared by the threads there are.
const PARAMETERS_A_THREAD: usize = 1 << 16;

/// What some parameters are stepped by: the gradient of each, and `N` numbers remembered of it.
pub(crate) struct Known<'a, T, const N: usize> {
    pub(crate) gradients: &'a [T],
    pub(crate) memory: [&'a mut [T]; N],
}

impl<T, const N: usize> Default for Known<'_, T, N> {
    fn default() -> Self {
        Self { gradients: &[], memory: [(); N].map(|()| <&mut [T]>::default()) }
    }
}

impl<T, const N: usize> Known<'_, T, N> {
    /// What is known of the first `count` parameters, and of the others.
    pub(crate) fn split_at(self, count: usize) -> (Self, Self) {
        let (mut first, mut others) = (Self::default(), Self::default());
        (first.gradients, others.gradients) = self.gradients.split_at(count);
        for (i, memory) in self.memory.into_iter().enumerate() {
            (first.memory[i], others.memory[i]) = memory.split_at_mut(count);
        }
        (first, others)
    }

    /// Sets each number remembered to what it starts at.
    pub(crate) fn start(&mut self, start: impl Fn(usize) -> T)
    where
        T: Copy,
    {
        for (number, memory) in self.memory.iter_mut().enumerate() {
            memory.fill(start(number));
        }
    }
}

/// `w ← update(w, g, memory)` for each parameter `w`.
pub(crate) struct Step<'a, T, F, const N: usize> {
    pub(crate) update: F,
    pub(crate) parameters: &'a mut [T],
    pub(crate) known: Known<'a, T, N>,
}

impl<T: Scalar, F: Update<T>, const N: usize> Step<'_, T, F, N> {
    /// Runs the loop.
    pub(crate) fn run(self) {
        let Self { update, parameters, known } = self;
        if parameters.len() <= PARAMETERS_A_THREAD || threads::count() == 1 {
            return dispatch(Step { update, parameters, known });
        }
        let middle = parameters.len() / 2;
        let (left, right) = parameters.split_at_mut(middle);
        let (of_left, of_right) = known.split_at(middle);
        threads::join(
            || Step { update, parameters: left, known: of_left }.run(),
            || Step { update, parameters: right, known: of_right }.run(),
        );
    }
}

impl<T: Scalar, F: Update<T>, const N: usize> Kernel<T> for Step<'_, T, F, N> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) {
        // Every slice as long as the first: the compiler then leaves out its checks.
        let count = self.parameters.len();
        let gradients = &self.known.gradients[..count];
        let mut memory = self.known.memory;
        for array in &mut memory {
            *array = &mut std::mem::take(array)[..count];
        }
        for i in 0..count {
            let mut numbers = [T::ZERO; N];
            for (number, array) in numbers.iter_mut().zip(&memory) {
                *number = array[i];
            }
            self.parameters[i] = (self.update)(self.parameters[i], gradients[i], &mut numbers);
            for (number, array) in numbers.iter().zip(&mut memory) {
                array[i] = *number;
            }
        }
    }
}
