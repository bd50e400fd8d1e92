//! What the programs of this package share: a training to be timed, and data for it.

use nn::prelude::*;
use nn::rand::RngExt;

/// A network at its start, with all that its training needs.
#[derive(Debug)]
pub struct Training {
    /// Dense layers with ReLU between.
    pub network: Network,
    optimizer: Optimizer,
    trace: Trace,
}

impl Training {
    /// A network of these widths, the input's first, to be trained by Adam.
    ///
    /// # Errors
    /// Where a width is 0 or the learning rate out of range.
    pub fn new(widths: &[usize], learning_rate: f64) -> nn::Result<Self> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut builder = Network::builder(widths[0]).dense(widths[1]);
        for &width in &widths[2..] {
            builder = builder.layer(Relu).dense(width);
        }
        let network = builder.build(&mut rng)?;
        let rule = Adam { learning_rate, ..Adam::default() };
        let optimizer = Optimizer::new(rule, &network)?;
        let trace = network.trace();
        Ok(Self { network, optimizer, trace })
    }

    /// Goes once through the data in batches of so many rows, in their order.
    ///
    /// # Errors
    /// Where the data do not fit the network, or the loss is not finite.
    pub fn epoch(&mut self, data: &Dataset, batch: usize) -> nn::Result<()> {
        let Self { network, optimizer, trace } = self;
        for start in (0..data.len()).step_by(batch) {
            let rows = start..data.len().min(start + batch);
            let (inputs, labels) = (data.inputs().row_range(rows.clone())?, &data.labels()[rows]);
            value_and_gradient(network, &CrossEntropy::default(), inputs, labels, trace)?;
            optimizer.step(network, trace)?;
        }
        Ok(())
    }
}

/// Values from 0 to 1, and labels at random.
///
/// # Errors
/// Where there are to be no rows, columns or classes.
pub fn noise(rows: usize, columns: usize, classes: usize) -> nn::Result<Dataset> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let inputs = Matrix::from_fn(rows, columns, |_, _| rng.random());
    let labels = (0..rows).map(|_| rng.random_range(0..classes)).collect();
    Ok(Dataset::new(inputs, labels, classes)?)
}
