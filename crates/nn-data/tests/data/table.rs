//! Laws of reading tables, good and bad.

use std::error::Error;
use std::io::{self, Read};

use nn_data::{
    Column, Csv, DataError, Fault, FeatureTable, LabelTable, Result, TableError, TargetTable,
};
use nn_tensor::Matrix;
use proptest::prelude::*;

fn flowers(csv: &Csv, text: impl AsRef<[u8]>) -> Result<LabelTable<f64>> {
    csv.read_dataset_from(text.as_ref(), "class")
}

/// The table's error, of whatever is no table.
#[expect(clippy::panic, reason = "what fails here fails the test")]
fn error<T>(result: Result<T>) -> TableError {
    match result {
        Err(DataError::Table(error)) => *error,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was read"),
    }
}

/// A table of two columns and their class, beside what is said to it.
const BAD: &[(&[u8], &str)] = &[
    (b"", "the table is empty"),
    (b"\n\r\n\n", "the table is empty"),
    (b"\xef\xbb\xbf", "the table is empty"),
    (b"x,y,class\n", "there is no row under the header"),
    (
        b"class\na\nb\n",
        r#"no column is left for the features; with this delimiter, the columns are "class""#,
    ),
    (b"x,y,kind\n1,2,a\n", r#"there is no column "class"; the columns are "x", "y", "kind""#),
    (b"5.1,3.5,a\n1,2,a\n", r#"there is no column "class"; the columns are "5.1", "3.5", "a""#),
    (b"x;y;class\n1;2;a\n", r#"there is no column "class"; the columns are "x;y;class""#),
    (b"class,x,class\na,1,b\n", r#"2 columns are called "class": choose one by its index"#),
    (b"x,\xff,class\n1,2,a\n", "line 1: \"\u{fffd}\" is not UTF-8"),
    (b"x,y,class\n1,2\n", "line 2: there are 2 cells, but 3 in the first row"),
    (b"x,y,class\n1,2,a\n1,2,3,a\n", "line 3: there are 4 cells, but 3 in the first row"),
    (b"x,y,class\n1,5,2,a\n", "line 2: there are 4 cells, but 3 in the first row"),
    (b"x,y,class\n1,2,a\n,2,a\n", r#"line 3, column "x": the cell is empty"#),
    (b"x,y,class\n1,  ,a\n", r#"line 2, column "y": the cell is empty"#),
    (b"x,y,class\n1,\"\",a\n", r#"line 2, column "y": the cell is empty"#),
    (b"x,y,class\n1,2,\n", r#"line 2, column "class": the cell is empty"#),
    (b"x,y,class\n1,NA,a\n", r#"line 2, column "y": "NA" stands for a missing value"#),
    (b"x,y,class\n1,nan,a\n", r#"line 2, column "y": "nan" stands for a missing value"#),
    (b"x,y,class\n1,2,?\n", r#"line 2, column "class": "?" stands for a missing value"#),
    (b"x,y,class\n1,wide,a\n", r#"line 2, column "y": "wide" is not a number"#),
    (b"x,y,class\n1,0x10,a\n", r#"line 2, column "y": "0x10" is not a number"#),
    (b"x,y,class\n1,1_000,a\n", r#"line 2, column "y": "1_000" is not a number"#),
    (b"x,y,class\n1,\"1,5\",a\n", r#"line 2, column "y": "1,5" is not a number"#),
    (b"x,y,class\n1,1 000,a\n", r#"line 2, column "y": "1 000" is not a number"#),
    (b"x,y,class\n1,-,a\n", r#"line 2, column "y": "-" is not a number"#),
    (b"x,y,class\n1,1.2.3,a\n", r#"line 2, column "y": "1.2.3" is not a number"#),
    (b"x,y,class\n1,\xb5,a\n", "line 2, column \"y\": \"\u{fffd}\" is not a number"),
    (b"x,y,class\n1,inf,a\n", r#"line 2, column "y": "inf" is not finite as f64"#),
    (b"x,y,class\n1,-Infinity,a\n", r#"line 2, column "y": "-Infinity" is not finite as f64"#),
    (b"x,y,class\n1,1e400,a\n", r#"line 2, column "y": "1e400" is not finite as f64"#),
    (b"x,y,class\n1,2,caf\xe9\n", "line 2, column \"class\": \"caf\u{fffd}\" is not UTF-8"),
    (b"x,y,class\n1,2,a\n1,2,\"b\n1,2,c\n", "line 3: a quote is opened and never closed"),
    (b"x,y,\"class\n1,2,a\n", "line 1: a quote is opened and never closed"),
    (b"x,y,class\n1,2,a\n\"", "line 3: a quote is opened and never closed"),
    // Lines are the file's, whatever stands in it.
    (b"x,y,class\r\n1,2,a\r\n1,b,a\r\n", r#"line 3, column "y": "b" is not a number"#),
    (b"\n\nx,y,class\n\n1,2,a\n\n\n1,b,a", r#"line 8, column "y": "b" is not a number"#),
    (b"x,y,class\r\n\r\n1,b,a\r\n", r#"line 3, column "y": "b" is not a number"#),
    (b"x,y,class\n1,2,\"a\nb\"\n1,b,a\n", r#"line 4, column "y": "b" is not a number"#),
    (b"x,y,class\n1,b,\"a\nb\"\n1,b,a\n", r#"line 2, column "y": "b" is not a number"#),
    (
        b"x,y,class\r\n1,2,\"a\r\nb\"\r\n1,2\r\n",
        "line 4: there are 2 cells, but 3 in the first row",
    ),
    (b"\xef\xbb\xbfx,y,class\n1,,a\n", r#"line 2, column "y": the cell is empty"#),
];

#[test]
fn a_bad_table_is_refused_with_place_and_reason() {
    for (text, message) in BAD {
        let error = error(flowers(&Csv::default(), text));
        assert_eq!(error.to_string(), *message, "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn a_bad_choice_is_refused() {
    let column = |name: &str| vec![Column::from(name)];
    let classes = ["b", "c"].map(String::from).to_vec();
    let cases = [
        (
            Csv { delimiter: b'"', ..Csv::default() },
            r#"'"' cannot be the quote: it is also the delimiter"#,
        ),
        (
            Csv { delimiter: b'\n', ..Csv::default() },
            r"'\n' cannot be the delimiter: it is also the end of a line",
        ),
        (
            Csv { comment: Some(b','), ..Csv::default() },
            "',' cannot be the mark of a comment: it is also the delimiter",
        ),
        (
            Csv { leave_out: column("class"), ..Csv::default() },
            r#"the column "class" is chosen twice"#,
        ),
        (
            Csv { features: vec![0.into(), "x".into()], ..Csv::default() },
            r#"the column "x" is chosen twice"#,
        ),
        (
            Csv { leave_out: vec!["x".into(), "y".into()], ..Csv::default() },
            r#"no column is left for the features; with this delimiter, the columns are "x", "y", "class""#,
        ),
        (
            Csv { features: vec![3.into()], ..Csv::default() },
            r#"there is no column 3, counted from 0; the columns are "x", "y", "class""#,
        ),
        (
            Csv { features: vec![Column::FromEnd(7)], ..Csv::default() },
            "there is no column 7, counted from 0 at the last; the columns are \"x\", \"y\", \"class\"",
        ),
        (
            Csv { classes: classes.clone(), ..Csv::default() },
            r#"line 2, column "class": "a" is not among the classes "b", "c""#,
        ),
        (
            Csv { classes: [&classes[..], &classes[..1]].concat(), ..Csv::default() },
            r#"the class "b" is given twice"#,
        ),
        (
            Csv { header: false, ..Csv::default() },
            r#"there is no column "class"; the columns are "0", "1", "2""#,
        ),
    ];
    for (csv, message) in cases {
        let error = error(flowers(&csv, "x,y,class\n1,2,a\n"));
        assert_eq!(error.to_string(), message, "{csv:?}");
    }
    let none: [&str; 0] = [];
    let error = error(Csv::default().read_regression_from::<f32>(&b"x,y\n1,2\n"[..], none));
    assert_eq!(error.to_string(), "no column is chosen as a target");
}

/// Each of these texts is the same table.
#[test]
fn a_table_is_the_same_however_it_is_written() {
    let expected = flowers(&Csv::default(), "x,y,class\n1,-2.5,a\n3e2,4,\"b, or c\"\n").unwrap();
    assert_eq!(expected.data.inputs(), &Matrix::from([[1.0, -2.5], [300.0, 4.0]]));
    assert_eq!(expected.data.labels(), [0, 1]);
    assert_eq!((&expected.features[..], expected.dropped), (&["x", "y"].map(String::from)[..], 0));
    assert_eq!(expected.classes, ["a", "b, or c"]);

    for text in [
        "\u{feff}x,y,class\r\n1,-2.5,a\r\n3e2,4,\"b, or c\"",
        "\u{feff}\"x\",\"y\",\"class\"\n\"1\",\"-2.5\",\"a\"\n\"3e2\",\"4\",\"b, or c\"\n",
        "x , y,\tclass\n 1, -2.5 ,a \n3E+2,+4.,\"b, or c\"\n",
        "x, \"y\", \"class\"\n1, \"-2.5\", \"a\"\n300,004.000,\"b, or c\"\n",
        "x,y,class\r1,-2.5,a\r300,4,\"b, or c\"\r",
        "\n\nx,y,class\n\n1,-2.5,a\n   \n300.0000000000000000,4,\"b, or c\"\n\n \n",
        "x,y,class\n1,-2.5,a\n0.3e3,.4e1,\" b, or c\"\n",
    ] {
        assert_eq!(flowers(&Csv::default(), text).unwrap(), expected, "{text}");
    }
    let other = Csv {
        delimiter: b'\t',
        quote: Some(b'\''),
        comment: Some(b'#'),
        leave_out: vec!["id".into()],
        ..Csv::default()
    };
    let text = "# flowers\nid\tx\ty\tclass\n#\none\t1\t-2.5\ta\ntwo\t300\t4\t'b, or c'\n# end";
    assert_eq!(flowers(&other, text).unwrap(), expected);
}

#[test]
fn a_table_without_header_has_numbered_columns() {
    let csv = Csv { header: false, leave_out: vec![0.into()], ..Csv::default() };
    let text = "17,1,2,a\n18,3,4,b\n";
    let table: LabelTable = csv.read_dataset_from(text.as_bytes(), Column::LAST).unwrap();
    assert_eq!(table.features, ["1", "2"]);
    assert_eq!(table.data.inputs(), &Matrix::from([[1.0, 2.0], [3.0, 4.0]]));
    for label in [3.into(), Column::FromEnd(0), "3".into()] {
        assert_eq!(csv.read_dataset_from(text.as_bytes(), label).unwrap(), table);
    }
    let error = error(csv.read_dataset_from::<f32>("1,2,three,4\n".as_bytes(), 1));
    assert_eq!(error.to_string(), r#"line 1, column "2": "three" is not a number"#);
}

/// pandas writes its index so.
#[test]
fn a_column_without_name_is_called_by_its_index() {
    let csv = Csv { leave_out: vec!["0".into()], ..Csv::default() };
    assert_eq!(flowers(&csv, ",x,class\n0,1,a\n").unwrap().features, ["x"]);
}

#[test]
fn targets_are_read_beside_features() {
    let text = "price,rooms,age,heat\n1.5,2,30,9\n2.5,3,10,8\n";
    let houses: TargetTable =
        Csv::default().read_regression_from(text.as_bytes(), ["heat", "price"]).unwrap();
    assert_eq!(houses.data.inputs(), &Matrix::from([[2.0, 30.0], [3.0, 10.0]]));
    assert_eq!(houses.data.targets(), &Matrix::from([[9.0, 1.5], [8.0, 2.5]]));
    assert_eq!(houses.features, ["rooms", "age"]);
    assert_eq!(houses.targets, ["heat", "price"]);
}

#[test]
fn classes_are_in_the_order_of_their_numbers_or_else_of_their_texts() {
    let classes = |labels: &[&str]| {
        let text = format!("x,class\n1,{}\n", labels.join("\n1,"));
        let table = flowers(&Csv::default(), text).unwrap();
        (table.classes, table.data.labels().to_vec())
    };
    let named = |names: &[&str], labels: &[usize]| {
        (names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), labels.to_vec())
    };
    assert_eq!(classes(&["b", "a", "c", "a"]), named(&["a", "b", "c"], &[1, 0, 2, 0]));
    assert_eq!(classes(&["10", "9", "-1", "9"]), named(&["-1", "9", "10"], &[2, 1, 0, 1]));
    assert_eq!(classes(&["10", "9", "x"]), named(&["10", "9", "x"], &[0, 1, 2]));
    assert_eq!(classes(&["1.0", "0", "1", "-0"]), named(&["-0", "1"], &[1, 0, 1, 0]));
    assert_eq!(classes(&["only", "only"]), named(&["only"], &[0, 0]));
}

#[test]
fn a_second_table_is_read_with_the_features_and_classes_of_the_first() {
    let csv = Csv { leave_out: vec!["id".into()], ..Csv::default() };
    let train = flowers(&csv, "id,x,y,class\na1,1,2,3\na2,3,4,10\n").unwrap();
    let csv = csv.matching(&train.features, &train.classes);

    let test = flowers(&csv, "class,note,y,x\n10.0,good,6,5\n").unwrap();
    assert_eq!((test.data.labels(), test.data.classes()), (&[1][..], 2));
    assert_eq!(test.data.inputs(), &Matrix::from([[5.0, 6.0]]));
    assert_eq!((test.features, test.classes), (train.features, train.classes));
    let new: FeatureTable = csv.read_features_from("y,x\n8,7\n".as_bytes()).unwrap();
    assert_eq!(new.data, Matrix::from([[7.0, 8.0]]));
    assert_eq!(
        error(flowers(&csv, "x,y,class\n1,2,3\n1,2,4\n")).to_string(),
        r#"line 3, column "class": "4" is not among the classes "3", "10""#
    );
}

#[test]
fn incomplete_rows_are_dropped_when_asked() {
    let csv = Csv { drop_incomplete: true, ..Csv::default() };
    let text = "x,y,class\n1,2,b\n,2,z\n1,NA,z\n1,2,\n1,two,z\n1,inf,z\n3,4,a\n";
    let table = flowers(&csv, text).unwrap();
    assert_eq!((table.data.len(), table.dropped), (2, 5));
    assert_eq!(table.classes, ["a", "b"]);
    assert_eq!(table.data.inputs(), &Matrix::from([[1.0, 2.0], [3.0, 4.0]]));
    // A row of another length says that the table is not what it seems.
    assert!(matches!(error(flowers(&csv, "x,y,class\n1,2\n")).fault, Fault::Ragged { .. }));

    let all = error(flowers(&csv, "x,y,class\n1,?,a\n1,,b\n"));
    assert_eq!(
        all.to_string(),
        r#"all 2 rows were dropped, the first for this: line 2, column "y": "?" stands for a missing value"#
    );
    let first = all.source().unwrap().to_string();
    assert_eq!(first, r#"line 2, column "y": "?" stands for a missing value"#);
}

#[test]
fn what_stands_for_a_missing_value_can_be_said() {
    let csv = Csv { missing: vec!["-999".into(), "gone".into()], ..Csv::default() };
    let fault = |text: &str| error(flowers(&csv, format!("x,class\n{text},a\n"))).fault;
    for text in ["-999", "-999.0", "Gone"] {
        assert_eq!(fault(text), Fault::Missing { text: text.into() });
    }
    assert_eq!(fault("NA"), Fault::NotANumber { text: "NA".into() });
    assert_eq!(fault("NaN"), Fault::NotFinite { text: "NaN".into(), number: "f64" });
}

#[test]
fn a_number_too_large_for_its_type_is_refused() {
    let text = "x,class\n1e39,a\n".as_bytes();
    let error = error(Csv::default().read_dataset_from::<f32>(text, "class"));
    assert_eq!(error.to_string(), r#"line 2, column "x": "1e39" is not finite as f32"#);
    assert_eq!(flowers(&Csv::default(), text).unwrap().data.inputs()[(0, 0)], 1e39);
}

#[test]
fn a_long_cell_is_read_and_cut_in_messages() {
    let long = "9".repeat(100_000);
    let table = flowers(&Csv::default(), format!("x,class\n0.{long},{long}\n")).unwrap();
    assert_eq!((table.data.inputs()[(0, 0)], table.classes[0].len()), (1.0, 100_000));
    for letter in ["é", "\u{1f9e0}"] {
        let message =
            error(flowers(&Csv::default(), format!("x,class\n{},a\n", letter.repeat(9999))));
        let cut = format!("line 2, column \"x\": \"{}…\" is not a number", letter.repeat(40));
        assert_eq!(message.to_string(), cut);
    }
}

#[test]
fn a_list_of_columns_is_cut_in_messages() {
    let header: Vec<String> = (0..100).map(|column| format!("x{column}")).collect();
    let message = error(flowers(&Csv::default(), header.join(","))).to_string();
    assert!(message.ends_with(r#""x19", and 80 more"#), "{message}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let directory = env!("CARGO_MANIFEST_DIR");
    let read = |path: &str| error(Csv::default().read_features::<f32>(path));
    let missing = read(&format!("{directory}/data/none.csv"));
    assert!(matches!(missing.fault, Fault::Read { kind: io::ErrorKind::NotFound, .. }));
    assert!(
        missing.to_string().starts_with(&format!("{directory}/data/none.csv: cannot be read: "))
    );
    assert!(matches!(read(directory).fault, Fault::Read { .. }));
    let text = read(&format!("{directory}/data/iris.csv")).to_string();
    let path = format!("{directory}/data/iris.csv");
    assert_eq!(text, format!(r#"{path}, line 2, column "species": "setosa" is not a number"#));
}

/// Gives its bytes one at a time, then fails.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.split_first() {
            Some((&first, rest)) if !buffer.is_empty() => {
                (buffer[0], self.0) = (first, rest);
                Ok(1)
            }
            _ => Err(io::Error::other("the line is down")),
        }
    }
}

#[test]
fn lines_of_white_space_do_not_count_wherever_they_are() {
    let table =
        Csv::default().read_features_from::<f64>("  \na,b\n \n1,2\n\t\n".as_bytes()).unwrap();
    assert_eq!(table.data, Matrix::from([[1.0, 2.0]]));
    let table = Csv::default().read_features_from::<f64>(" \na\n1\n  \n2\n".as_bytes()).unwrap();
    assert_eq!(table.data, Matrix::from([[1.0], [2.0]]));
}

#[test]
fn a_row_that_never_ends_is_an_error() {
    for byte in [b'x', b'"'] {
        let input = io::repeat(byte);
        let error = error(Csv::default().read_features_from::<f64>(input));
        assert!(error.to_string().contains("longer than 268435456 bytes"), "{error}");
    }
    let open = io::Cursor::new(b"\"").chain(io::repeat(b'\n'));
    let error = error(Csv::default().read_features_from::<f64>(open));
    assert!(error.to_string().contains("longer than 268435456 bytes"), "{error}");
}

#[test]
fn an_input_that_fails_is_an_error() {
    let message = error(Csv::default().read_features_from::<f32>(Failing(b"x\n1\n"))).to_string();
    assert_eq!(message, "cannot be read: the line is down");
}

#[test]
fn errors_compare_and_turn_into_those_of_the_crate() {
    let error = error(flowers(&Csv::default(), ""));
    assert_eq!(DataError::from(error.clone()), DataError::from(Fault::Empty));
    assert!(error.source().is_none());
    assert_ne!(DataError::from(error), Fault::NoRows.into());
}

proptest! {
    #[test]
    fn whatever_bytes_come_reading_ends_with_a_table_or_an_error(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "[x1,.\"\r\n#;-]{0,80}".prop_map(String::into_bytes),
            "(\u{feff})?(x,y\n|x,y\r\n)?((1|-2[.]5|a|\"a\"|NA|\"|),(1|b|\"b\nc\"|\"|)(\n|\r\n|\r|))*".prop_map(String::into_bytes),
        ],
        header: bool, drop_incomplete: bool, comment: Option<u8>, delimiter in prop_oneof![Just(b','), any::<u8>()],
    ) {
        let csv = Csv { header, drop_incomplete, comment, delimiter, ..Csv::default() };
        let columns = [Column::LAST];
        let _ = csv.read_features_from::<f32>(&bytes[..]).map(|table| assert!(table.data.is_finite()));
        let _ = csv.read_regression_from::<f64>(&bytes[..], columns).map(|table| assert!(!table.data.is_empty()));
        if let Ok(table) = csv.read_dataset_from::<f32>(&bytes[..], Column::LAST) {
            prop_assert_eq!(table.data.classes(), table.classes.len());
            prop_assert!(table.data.class_counts()?.iter().all(|&count| count > 0));
        }
    }

    #[test]
    fn a_table_is_the_same_in_pieces_of_any_size(
        text in "(\u{feff})?(x,y\n|x,y\r\n)((1|-2[.]5|\"7\"|NA|\"|),(1|b|\"b\nc\"|)(\n|\r\n|\r|\n\n))*",
    ) {
        struct Bytewise<'a>(&'a [u8]);
        impl Read for Bytewise<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let count = buffer.len().min(1);
                self.0.read(&mut buffer[..count])
            }
        }
        let csv = Csv::default();
        let whole = csv.read_dataset_from::<f64>(text.as_bytes(), 1);
        prop_assert_eq!(csv.read_dataset_from::<f64>(Bytewise(text.as_bytes()), 1), whole);
    }

    #[test]
    fn numbers_that_were_written_are_read_again(
        columns in 1..5_usize, values in prop::collection::vec(prop::num::f64::ANY, 1..2000),
    ) {
        let values: Vec<f64> = values.into_iter().filter(|x| x.is_finite()).collect();
        let rows: Vec<&[f64]> = values.chunks_exact(columns).collect();
        prop_assume!(!rows.is_empty());
        let line = |row: &&[f64]| row.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
        let text: Vec<String> = rows.iter().map(line).collect();
        let csv = Csv { header: false, ..Csv::default() };
        let read = csv.read_features_from::<f64>(text.join("\n").as_bytes())?;
        let bits = |matrix: &Matrix<f64>| matrix.as_slice().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&read.data), bits(&Matrix::from_rows(&rows)?));
    }

    #[test]
    fn single_precision_is_read_again_as_well(bits: u32) {
        let x = f32::from_bits(bits);
        prop_assume!(x.is_finite());
        let csv = Csv { header: false, ..Csv::default() };
        let read = csv.read_features_from::<f32>(format!("{x:e}\n{x}").as_bytes())?;
        prop_assert_eq!(read.data.as_slice(), [x, x]);
    }
}
