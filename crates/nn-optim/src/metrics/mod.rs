//! How good outputs are, in figures for people; one file each.
//!
//! Classes are those of the columns of the outputs, whether samples of each are there or not, as
//! scikit-learn has it with `labels=range(classes)`.

mod accuracy;
mod class_scores;
mod confusion_matrix;
mod log_loss;
mod mean_absolute_error;
mod r_squared;
mod roc_auc;
mod top_k_accuracy;

pub use accuracy::accuracy;
pub use class_scores::Average;
pub use confusion_matrix::ConfusionMatrix;
pub use log_loss::log_loss;
pub use mean_absolute_error::mean_absolute_error;
pub use r_squared::r_squared;
pub use roc_auc::{roc_auc, roc_auc_one_vs_rest};
pub use top_k_accuracy::top_k_accuracy;
