//! Clouds around centers.

use nn_tensor::{Matrix, Scalar};
use rand::{Rng, RngExt};

use super::draw::draw;
use super::noise::Noise;
use crate::error::{at_least_one, check_finite};
use crate::{Dataset, Result};

/// Where the centers of [`blobs`] are: `3` is three at random in the plane, and a matrix or an array
/// of arrays names them, one a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Centers {
    /// Uniform between -10 and 10 in each feature.
    Random {
        /// How many there are.
        count: usize,
        /// How many features a point has.
        features: usize,
    },
    /// In these places, `classes × features`.
    At(Matrix<f64>),
}

impl From<usize> for Centers {
    fn from(count: usize) -> Self {
        Self::Random { count, features: 2 }
    }
}

impl From<Matrix<f64>> for Centers {
    fn from(places: Matrix<f64>) -> Self {
        Self::At(places)
    }
}

impl<const CLASSES: usize, const FEATURES: usize> From<[[f64; FEATURES]; CLASSES]> for Centers {
    fn from(places: [[f64; FEATURES]; CLASSES]) -> Self {
        Self::At(Matrix::from(places))
    }
}

impl Centers {
    fn places<R: Rng + ?Sized>(self, rng: &mut R) -> Result<Matrix<f64>> {
        let places = match self {
            Self::At(places) => places,
            Self::Random { count, features } => {
                let mut places = Matrix::try_zeros(count, features)?;
                for place in places.as_mut_slice() {
                    *place = 20.0 * rng.random::<f64>() - 10.0;
                }
                places
            }
        };
        at_least_one("centers", places.rows())?;
        at_least_one("features", places.columns())?;
        check_finite(&places)?;
        Ok(places)
    }
}

/// `samples` points in normal clouds around centers, one class a center, dealt to the classes in
/// turn.
///
/// `deviation` is the standard deviation of the clouds in each feature. This is scikit-learn's
/// `make_blobs`, where it is `cluster_std`.
///
/// ```
/// use nn_data::{Dataset, blobs};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let anywhere: Dataset = blobs(100, 3, 1.0, &mut rng)?;
/// assert_eq!(anywhere.class_counts()?, [34, 33, 33]);
/// let apart: Dataset = blobs(100, [[-5.0, 0.0, 0.0], [5.0, 0.0, 0.0]], 1.0, &mut rng)?;
/// assert_eq!((apart.inputs().columns(), apart.classes()), (3, 2));
/// # Ok::<(), nn_data::DataError>(())
/// ```
///
/// # Errors
/// [`DataError::Zero`](crate::DataError::Zero) where there are to be no samples, centers or features,
/// [`DataError::Parameter`](crate::DataError::Parameter) where `deviation` is not finite and at least
/// 0, [`DataError::NotFinite`](crate::DataError::NotFinite) where a center is not finite or a point
/// would not be, and a shape error where there is no memory for them.
pub fn blobs<T: Scalar, R: Rng + ?Sized>(
    samples: usize,
    centers: impl Into<Centers>,
    deviation: f64,
    rng: &mut R,
) -> Result<Dataset<T>> {
    let noise = Noise::new("deviation", deviation)?;
    let centers = centers.into().places(rng)?;
    let (classes, features) = (centers.rows(), centers.columns());
    let (points, labels) = draw(samples, features, |row| {
        let class = row % classes;
        let point: Vec<f64> =
            (0..features).map(|feature| centers[(class, feature)] + noise.draw(rng)).collect();
        (point, class)
    })?;
    Dataset::new(points, labels, classes)
}
