//! How a table is written, and the reading of it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use nn_tensor::{Matrix, Scalar};

use super::classes::Classes;
use super::column::{Column, Columns};
use super::error::{Fault, TableError, excerpt};
use super::growing::Growing;
use super::number;
use super::records::{Records, Row, trim};
use crate::{DataError, Dataset, Regression, Result};

/// How a table is written as CSV, and which of its columns are of interest: what pandas' `read_csv`
/// and scikit-learn's `LabelEncoder` do.
///
/// Each method reads a file by its path, or, by the name that ends in `_from`, whatever can be read.
/// Everything in a table but the labels must be a finite number in decimal digits; `drop_incomplete`
/// leaves out the rows where it is not. Numbers are read in `f64` and rounded once, so that `f32` and
/// `f64` data are the same points. White space around a cell does not count, nor do blank lines; a
/// cell in quotes may hold delimiters and ends of lines. The text is UTF-8.
///
/// ```
/// use nn_data::{Csv, LabelTable};
///
/// let text = "\
/// id,length,width,species
/// 1,5.1,3.5,setosa
/// 2,6.7,3.1,versicolor
/// 3,NA,3.0,setosa
/// 4,6.3,3.3,virginica
/// ";
/// let csv = Csv { leave_out: vec!["id".into()], drop_incomplete: true, ..Csv::default() };
/// let flowers: LabelTable = csv.read_dataset_from(text.as_bytes(), "species")?;
/// assert_eq!(flowers.features, ["length", "width"]);
/// assert_eq!(flowers.classes, ["setosa", "versicolor", "virginica"]);
/// assert_eq!(flowers.data.labels(), [0, 1, 2]);
/// assert_eq!(flowers.data.inputs()[(2, 0)], 6.3);
/// assert_eq!(flowers.dropped, 1);
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Csv {
    /// Whether the first row names the columns, as it does by default.
    pub header: bool,
    /// What stands between cells; a comma by default.
    pub delimiter: u8,
    /// What encloses a cell that holds delimiters or ends of lines; `"` by default.
    pub quote: Option<u8>,
    /// What begins a line that does not count; none by default.
    pub comment: Option<u8>,
    /// The columns that are features, in this order. Where there are none, as by default, these are all
    /// that are neither label, nor target, nor left out.
    pub features: Vec<Column>,
    /// The columns that do not count; none by default.
    pub leave_out: Vec<Column>,
    /// The classes in the order of their labels, where a label that is none of them is to be refused.
    /// Where there are none, as by default, the classes are those of the table: in the order of the
    /// numbers where all are numbers, and else of their texts.
    pub classes: Vec<String>,
    /// What stands for a missing value, in whatever case, besides an empty cell; `NA`, `N/A`, `NaN`,
    /// `null` and `?` by default. A number, such as -999, stands for all that equal it.
    pub missing: Vec<String>,
    /// Whether a row is dropped that lacks a value or holds one that is not a finite number, instead of
    /// being refused; not by default.
    pub drop_incomplete: bool,
}

impl Default for Csv {
    fn default() -> Self {
        Self {
            header: true,
            delimiter: b',',
            quote: Some(b'"'),
            comment: None,
            features: Vec::new(),
            leave_out: Vec::new(),
            classes: Vec::new(),
            missing: ["NA", "N/A", "NaN", "null", "?"].map(String::from).to_vec(),
            drop_incomplete: false,
        }
    }
}

/// A table with a class in each row.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelTable<T = f32> {
    /// The features, and the label of each row.
    pub data: Dataset<T>,
    /// The names of the features.
    pub features: Vec<String>,
    /// The names of the classes, in the order of the labels.
    pub classes: Vec<String>,
    /// How many rows were dropped.
    pub dropped: usize,
}

/// A table with numbers to be predicted in each row.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetTable<T = f32> {
    /// The features and the targets.
    pub data: Regression<T>,
    /// The names of the features.
    pub features: Vec<String>,
    /// The names of the targets.
    pub targets: Vec<String>,
    /// How many rows were dropped.
    pub dropped: usize,
}

/// A table of features alone, such as those to be predicted for.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureTable<T = f32> {
    /// The features.
    pub data: Matrix<T>,
    /// Their names.
    pub features: Vec<String>,
    /// How many rows were dropped.
    pub dropped: usize,
}

impl Csv {
    /// The same format for another table, with these features wherever they stand in it, and these
    /// classes: how the data to be tested are read once the training data are.
    ///
    /// ```
    /// use nn_data::{Csv, FeatureTable, LabelTable};
    ///
    /// let csv = Csv::default();
    /// let train = "x,y,class\n0,1,cat\n2,3,dog\n";
    /// let train: LabelTable = csv.read_dataset_from(train.as_bytes(), "class")?;
    ///
    /// let csv = csv.matching(&train.features, &train.classes);
    /// let test: LabelTable = csv.read_dataset_from("class,y,x\ndog,5,4\n".as_bytes(), "class")?;
    /// assert_eq!(test.data.labels(), [1]);
    /// let new: FeatureTable = csv.read_features_from("time,y,x\n12:00,7,6\n".as_bytes())?;
    /// assert_eq!(new.data.as_slice(), [6.0, 7.0]);
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn matching(&self, features: &[String], classes: &[String]) -> Self {
        Self {
            features: features.iter().map(Column::from).collect(),
            leave_out: Vec::new(),
            classes: classes.to_vec(),
            ..self.clone()
        }
    }

    /// Reads features and labels from a file.
    ///
    /// # Errors
    /// [`DataError::Table`] where the file cannot be read or is not such a table, and a shape error
    /// where there is no memory for it.
    pub fn read_dataset<T: Scalar>(
        &self,
        path: impl AsRef<Path>,
        label: impl Into<Column>,
    ) -> Result<LabelTable<T>> {
        in_file(path.as_ref(), |file| self.read_dataset_from(file, label))
    }

    /// Reads features and labels.
    ///
    /// # Errors
    /// As [`Csv::read_dataset`].
    pub fn read_dataset_from<T: Scalar>(
        &self,
        input: impl Read,
        label: impl Into<Column>,
    ) -> Result<LabelTable<T>> {
        let Content { inputs, labels, features, classes, dropped, .. } =
            self.read(input, Some(&label.into()), &[])?;
        let data = Dataset::new(inputs, labels, classes.len())?;
        Ok(LabelTable { data, features, classes, dropped })
    }

    /// Reads features and targets from a file.
    ///
    /// ```no_run
    /// use nn_data::{Csv, TargetTable};
    ///
    /// let houses: TargetTable = Csv::default().read_regression("houses.csv", ["price"])?;
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Csv::read_dataset`].
    pub fn read_regression<T: Scalar>(
        &self,
        path: impl AsRef<Path>,
        targets: impl IntoIterator<Item: Into<Column>>,
    ) -> Result<TargetTable<T>> {
        in_file(path.as_ref(), |file| self.read_regression_from(file, targets))
    }

    /// Reads features and targets.
    ///
    /// # Errors
    /// As [`Csv::read_dataset`].
    pub fn read_regression_from<T: Scalar>(
        &self,
        input: impl Read,
        targets: impl IntoIterator<Item: Into<Column>>,
    ) -> Result<TargetTable<T>> {
        let columns: Vec<Column> = targets.into_iter().map(Into::into).collect();
        if columns.is_empty() {
            return Err(Fault::NoTargets.into());
        }
        let Content { inputs, targets, features, target_names, dropped, .. } =
            self.read(input, None, &columns)?;
        let data = Regression::new(inputs, targets)?;
        Ok(TargetTable { data, features, targets: target_names, dropped })
    }

    /// Reads features from a file.
    ///
    /// # Errors
    /// As [`Csv::read_dataset`].
    pub fn read_features<T: Scalar>(&self, path: impl AsRef<Path>) -> Result<FeatureTable<T>> {
        in_file(path.as_ref(), |file| self.read_features_from(file))
    }

    /// Reads features.
    ///
    /// # Errors
    /// As [`Csv::read_dataset`].
    pub fn read_features_from<T: Scalar>(&self, input: impl Read) -> Result<FeatureTable<T>> {
        let Content { inputs, features, dropped, .. } = self.read(input, None, &[])?;
        Ok(FeatureTable { data: inputs, features, dropped })
    }

    /// Reads all that is asked for.
    fn read<T: Scalar>(
        &self,
        input: impl Read,
        label: Option<&Column>,
        targets: &[Column],
    ) -> Result<Content<T>> {
        let mut classes = Classes::new(&self.classes)?;
        self.check_format()?;
        let mut records = Records::new(self, input);
        if !records.advance()? {
            return Err(Fault::Empty.into());
        }
        let columns = if self.header {
            Columns::named(&records.row(), self.quote)
        } else {
            Ok(Columns::numbered(records.row().len()))
        };
        let columns = columns.map_err(|error| records.locate(error))?;
        let choice = self.choose(columns, label, targets)?;
        let cells = Cells::new(self);

        let mut numbers = Growing::new(choice.numbers.len());
        let (mut rows, mut labels) = (0_usize, Vec::new());
        let (mut dropped, mut first_dropped) = (0, None);
        let mut is_row = !self.header || records.advance()?;
        while is_row {
            match choice.read_row(&records.row(), &cells, &mut numbers, &mut classes) {
                Ok(label) => {
                    rows += 1;
                    labels.extend(label);
                }
                Err(error) => {
                    let error = records.locate(error);
                    if !(self.drop_incomplete && error.fault.is_incomplete()) {
                        return Err(error.into());
                    }
                    dropped += 1;
                    first_dropped.get_or_insert(error);
                }
            }
            if numbers.is_block_full() {
                numbers.empty_block()?;
            }
            is_row = records.advance()?;
        }
        if rows == 0 {
            let fault = match first_dropped {
                Some(first) => Fault::AllDropped { rows: dropped, first: Box::new(first) },
                None => Fault::NoRows,
            };
            return Err(fault.into());
        }

        let mut names = choice.numbers.iter().map(|&column| choice.names[column].clone());
        let features: Vec<String> = names.by_ref().take(choice.features).collect();
        let target_names = names.collect();
        let (inputs, targets) = numbers.split(choice.features)?;
        let classes = classes.sort(&mut labels);
        Ok(Content { inputs, targets, labels, features, target_names, classes, dropped })
    }

    /// Refuses a format in which one byte means two things.
    fn check_format(&self) -> Result<(), Fault> {
        let delimiter = Some((self.delimiter, "delimiter"));
        let quote = self.quote.map(|byte| (byte, "quote"));
        let comment = self.comment.map(|byte| (byte, "mark of a comment"));
        let mut taken = vec![(b'\n', "end of a line"), (b'\r', "end of a line")];
        for (byte, role) in [delimiter, quote, comment].into_iter().flatten() {
            if let Some(&(_, other)) = taken.iter().find(|(other, _)| *other == byte) {
                return Err(Fault::Format { role, other, byte: byte.into() });
            }
            taken.push((byte, role));
        }
        Ok(())
    }

    /// Which columns are read as what.
    fn choose(
        &self,
        mut columns: Columns,
        label: Option<&Column>,
        targets: &[Column],
    ) -> Result<Choice, Fault> {
        let label = label.map(|column| columns.take(column)).transpose()?;
        let targets: Vec<usize> = columns.take_all(targets)?;
        columns.take_all(&self.leave_out)?;
        let mut numbers = columns.take_all(&self.features)?;
        if numbers.is_empty() {
            numbers.extend(columns.rest());
        }
        if numbers.is_empty() {
            return Err(Fault::NoFeatures { names: columns.into_names() });
        }
        let features = numbers.len();
        numbers.extend(targets);
        Ok(Choice { numbers, features, label, names: columns.into_names() })
    }
}

/// What `read` makes of a file, with the file's name where it is an error.
fn in_file<R>(path: &Path, read: impl FnOnce(File) -> Result<R>) -> Result<R> {
    let file = File::open(path).map_err(|error| DataError::from(TableError::from(error)));
    file.and_then(read).map_err(|error| match error {
        DataError::Table(error) => error.in_file(path).into(),
        error => error,
    })
}

/// All that can be asked of a table.
struct Content<T> {
    inputs: Matrix<T>,
    targets: Matrix<T>,
    labels: Vec<usize>,
    features: Vec<String>,
    target_names: Vec<String>,
    classes: Vec<String>,
    dropped: usize,
}

/// Which columns are read as what.
struct Choice {
    /// The columns of numbers: the features, then the targets.
    numbers: Vec<usize>,
    /// How many of these are features.
    features: usize,
    label: Option<usize>,
    /// The names of all columns.
    names: Vec<String>,
}

impl Choice {
    /// Adds a row to `numbers` and returns its label, if rows have labels; or adds nothing.
    fn read_row<T: Scalar>(
        &self,
        row: &Row<'_>,
        cells: &Cells<'_>,
        numbers: &mut Growing<T>,
        classes: &mut Classes,
    ) -> Result<Option<usize>, TableError> {
        let place =
            |column: usize| move |fault| TableError::from(fault).in_column(&self.names[column]);
        let values = self.numbers.iter();
        let values = values.map(|&column| cells.number(row.cell(column)).map_err(place(column)));
        match self.label {
            None => numbers.push_row(values).map(|()| None),
            Some(column) => {
                let text = trim(row.cell(column), cells.quote);
                let label = classes.find(text);
                if label.is_none()
                    && let Some(fault) = cells.missing(text, number::parse(text))
                {
                    return Err(place(column)(fault));
                }
                numbers.push_row(values)?;
                // Last, so that a row that is dropped brings no class.
                let label = label.map_or_else(|| classes.add(text), Ok);
                label.map(Some).map_err(place(column))
            }
        }
    }
}

/// What stands in a cell.
struct Cells<'a> {
    quote: Option<u8>,
    missing: &'a [String],
    /// Those of the missing that are numbers.
    missing_numbers: Vec<f64>,
}

impl<'a> Cells<'a> {
    fn new(csv: &'a Csv) -> Self {
        let numbers = csv.missing.iter().filter_map(|text| number::parse(text.as_bytes()));
        let missing_numbers = numbers.filter(|number| !number.is_nan()).collect();
        Self { quote: csv.quote, missing: &csv.missing, missing_numbers }
    }

    /// The number in a cell.
    #[inline]
    fn number<T: Scalar>(&self, cell: &[u8]) -> Result<T, Fault> {
        if let Some(number) = number::parse(cell) {
            let value = T::from_f64(number);
            if value.is_finite() && !self.missing_numbers.contains(&number) {
                return Ok(value);
            }
        }
        self.trimmed_number(trim(cell, self.quote))
    }

    /// The number that a text is, or why it is none.
    #[cold]
    fn trimmed_number<T: Scalar>(&self, text: &[u8]) -> Result<T, Fault> {
        let number = number::parse(text);
        if let Some(fault) = self.missing(text, number) {
            return Err(fault);
        }
        let text = excerpt(text);
        match number.map(T::from_f64) {
            Some(value) if value.is_finite() => Ok(value),
            Some(_) => Err(Fault::NotFinite { text, number: std::any::type_name::<T>() }),
            None => Err(Fault::NotANumber { text }),
        }
    }

    /// Whether a text, and the number that it is, stands for a missing value.
    fn missing(&self, text: &[u8], number: Option<f64>) -> Option<Fault> {
        if text.is_empty() {
            return Some(Fault::EmptyCell);
        }
        let is_missing = number.is_some_and(|number| self.missing_numbers.contains(&number))
            || self.missing.iter().any(|missing| missing.as_bytes().eq_ignore_ascii_case(text));
        is_missing.then(|| Fault::Missing { text: excerpt(text) })
    }
}
