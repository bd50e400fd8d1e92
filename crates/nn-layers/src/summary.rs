//! A network as a table.

use std::fmt;

use nn_tensor::Scalar;

use crate::Network;

/// A table: each layer with its output and its parameters, and how many there are in all (Keras's
/// `model.summary()`).
impl<T: Scalar> fmt::Display for Network<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.layers().len() - 1;
        let digits = last.to_string().len();
        let mut rows = vec![["Layer".into(), "Output".into(), "Parameters".into()]];
        for (index, layer) in self.layers().iter().enumerate() {
            let name = format!("{index:>digits$} {}", layer.kind());
            let output = format!("n × {}", self.widths()[index + 1]);
            rows.push([name, output, layer.parameter_count().to_string()]);
        }
        rows.push(["Total".into(), String::new(), self.parameter_count().to_string()]);
        if self.statistics_count() > 0 {
            let count = self.statistics_count().to_string();
            rows.push(["Running statistics".into(), String::new(), count]);
        }
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let [names, outputs, counts] = [0, 1, 2].map(|column| width(column).unwrap_or(0));
        for (index, [name, output, count]) in rows.iter().enumerate() {
            let line = if index == 0 { "" } else { "\n" };
            write!(f, "{line}{name:<names$}   {output:<outputs$}   {count:>counts$}")?;
        }
        Ok(())
    }
}
