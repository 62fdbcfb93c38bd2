//! A report: one value, many faces.
//!
//! What is reported is columns and rows of [`Cell`]s. A [`Writer`] gives them one of the faces that
//! programs read, row by row, so that memory does not grow with a report; the binary draws the same
//! cells as a table. The faces cannot disagree. [`html`] is a page for people: what the phones come to
//! in numbers, with a list of those that need something.

mod csv;
mod guard;
pub mod html;
mod json;
mod table;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use jiff::Timestamp;

pub use csv::{Delimiter, Dialect};
pub use table::{InvalidTable, Table, TableRow};

/// A column's two names. Both are stable: scripts rest on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its JSON key, in `snake_case`.
    pub key: &'static str,
    /// What Cisco calls it: CSV's header and the table's.
    pub label: &'static str,
}

/// A value in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing: `null` in JSON, no text elsewhere.
    Empty,
    /// Nothing, for which people have a word: `null` in JSON, the word elsewhere.
    Absent(&'static str),
    /// Whether it is so: `true` or `false` in JSON, Yes or No elsewhere.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Text, whatever is in it.
    Text(Cow<'static, str>),
    /// A time, shown in UTC as RFC 3339 has it.
    Time(Timestamp),
}

impl Cell {
    /// A word of an enumeration.
    pub const fn word(word: &'static str) -> Self {
        Self::Text(Cow::Borrowed(word))
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Absent(word) => formatter.write_str(word),
            Self::Bool(true) => formatter.write_str("Yes"),
            Self::Bool(false) => formatter.write_str("No"),
            Self::Integer(number) => number.fmt(formatter),
            Self::Text(text) => text.fmt(formatter),
            Self::Time(time) => time.fmt(formatter),
        }
    }
}

impl From<bool> for Cell {
    fn from(answer: bool) -> Self {
        Self::Bool(answer)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u64> for Cell {
    /// A count; the largest number that a cell holds stands for those above.
    fn from(count: u64) -> Self {
        Self::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned().into())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Timestamp> for Cell {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A face that programs read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, with the labels as its header row.
    Csv(Dialect),
    /// An array of objects.
    Json,
    /// An object on each line.
    JsonLines,
}

impl Format {
    /// How CSV is written, or else what holds JSON together.
    const fn frame(self) -> Result<Dialect, json::Frame> {
        match self {
            Self::Csv(dialect) => Ok(dialect),
            Self::Json => Err(json::Frame::Array),
            Self::JsonLines => Err(json::Frame::Lines),
        }
    }
}

/// Rows of a report in its [`Format`], made apart from it: on another thread, for example.
pub struct Part {
    rows: PartRows,
    count: u64,
}

enum PartRows {
    Csv(Box<csv::Rows>),
    Json(json::Rows),
}

impl Part {
    /// No rows yet, of `columns`.
    pub fn new(format: Format, columns: &[Column]) -> Self {
        let rows = match format.frame() {
            Ok(dialect) => PartRows::Csv(Box::new(csv::Rows::new(dialect, columns))),
            Err(frame) => PartRows::Json(json::Rows::new(frame, columns)),
        };
        Self { rows, count: 0 }
    }

    /// Adds a row, which has one cell for each column.
    ///
    /// Another number of cells is an [`io::ErrorKind::InvalidInput`], and nothing is added.
    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        match &mut self.rows {
            PartRows::Csv(rows) => rows.row(cells)?,
            PartRows::Json(rows) => rows.row(cells)?,
        }
        self.count += 1;
        Ok(())
    }

    /// How many rows it has.
    pub fn count(&self) -> u64 {
        self.count
    }

    fn into_bytes(self) -> io::Result<Vec<u8>> {
        match self.rows {
            PartRows::Csv(rows) => rows.into_bytes(),
            PartRows::Json(rows) => Ok(rows.into_bytes()),
        }
    }
}

/// Writes a report in a [`Format`], row by row or part by part. Rows are gathered before they are
/// written.
pub struct Writer<W: Write> {
    format: Format,
    columns: Vec<Column>,
    out: W,
    /// The rows that are not written yet.
    part: Part,
    has_rows: bool,
}

impl<W: Write> Writer<W> {
    /// How many rows are gathered.
    const GATHERED: u64 = 256;

    /// Begins a report of `columns` in `out`.
    pub fn new(format: Format, columns: &[Column], mut out: W) -> io::Result<Self> {
        match format.frame() {
            Ok(dialect) => out.write_all(&csv::head(dialect, columns)?)?,
            Err(frame) => out.write_all(frame.head())?,
        }
        Ok(Self {
            format,
            columns: columns.to_vec(),
            out,
            part: Part::new(format, columns),
            has_rows: false,
        })
    }

    /// Writes a row, which has one cell for each column.
    ///
    /// Another number of cells is an [`io::ErrorKind::InvalidInput`], and nothing is written.
    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.part.row(cells)?;
        if self.part.count == Self::GATHERED {
            self.write_gathered()?;
        }
        Ok(())
    }

    /// The format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Writes the rows of a part, which has this report's format and columns.
    pub fn part(&mut self, part: Part) -> io::Result<()> {
        self.write_gathered()?;
        self.write(part)
    }

    /// Flushes the rows that are there, for who reads them as they come.
    pub fn flush(&mut self) -> io::Result<()> {
        self.write_gathered()?;
        self.out.flush()
    }

    /// Ends the report, flushes it, and gives back what it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.write_gathered()?;
        if let Err(frame) = self.format.frame() {
            self.out.write_all(frame.tail(self.has_rows))?;
        }
        self.out.flush()?;
        Ok(self.out)
    }

    fn write_gathered(&mut self) -> io::Result<()> {
        let next = Part::new(self.format, &self.columns);
        let gathered = std::mem::replace(&mut self.part, next);
        self.write(gathered)
    }

    fn write(&mut self, part: Part) -> io::Result<()> {
        if part.count == 0 {
            return Ok(());
        }
        if let Err(frame) = self.format.frame()
            && self.has_rows
        {
            self.out.write_all(frame.between())?;
        }
        self.has_rows = true;
        self.out.write_all(&part.into_bytes()?)
    }
}

/// Checks a row against its columns.
fn expect_cells(cells: &[Cell], columns: usize) -> io::Result<()> {
    if cells.len() == columns {
        return Ok(());
    }
    let problem = format!("a row of {} cells for {columns} columns", cells.len());
    Err(io::Error::new(io::ErrorKind::InvalidInput, problem))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CSV: Format = Format::Csv(Dialect {
        delimiter: Delimiter::Comma,
        byte_order_mark: false,
        verbatim: false,
    });

    const COLUMNS: &[Column] = &[
        Column {
            key: "name",
            label: "Device Name",
        },
        Column {
            key: "phones",
            label: "Phones",
        },
        Column {
            key: "lsc_expires",
            label: "LSC Expires",
        },
    ];

    fn written(format: Format, rows: &[[Cell; 3]]) -> String {
        let mut writer = Writer::new(format, COLUMNS, Vec::new()).unwrap();
        for row in rows {
            writer.row(row).unwrap();
        }
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    fn rows() -> [[Cell; 3]; 2] {
        let time: Timestamp = "2027-01-31T18:30:00Z".parse().unwrap();
        [
            ["SEP001122334455".into(), 7_i64.into(), time.into()],
            ["a \"b\", c".into(), (-1_i64).into(), Cell::Empty],
        ]
    }

    #[test]
    fn csv_has_labels_quotes_and_rfc_4180_line_ends() {
        assert_eq!(
            written(CSV, &rows()),
            "Device Name,Phones,LSC Expires\r\n\
             SEP001122334455,7,2027-01-31T18:30:00Z\r\n\
             \"a \"\"b\"\", c\",-1,\r\n"
        );
    }

    #[test]
    fn a_question_is_answered_for_people_and_for_programs() {
        let row = [[Cell::Empty, true.into(), false.into()]];
        assert!(written(CSV, &row).ends_with("\r\n,Yes,No\r\n"));
        assert!(written(Format::Json, &row).contains("\"phones\":true,\"lsc_expires\":false"));
    }

    #[test]
    fn json_is_an_array_of_objects() {
        assert_eq!(
            written(Format::Json, &rows()),
            "[\n\
             {\"name\":\"SEP001122334455\",\"phones\":7,\"lsc_expires\":\"2027-01-31T18:30:00Z\"},\n\
             {\"name\":\"a \\\"b\\\", c\",\"phones\":-1,\"lsc_expires\":null}\n\
             ]\n"
        );
    }

    #[test]
    fn json_lines_are_objects_of_their_own() {
        assert_eq!(
            written(Format::JsonLines, &rows()),
            "{\"name\":\"SEP001122334455\",\"phones\":7,\"lsc_expires\":\"2027-01-31T18:30:00Z\"}\n\
             {\"name\":\"a \\\"b\\\", c\",\"phones\":-1,\"lsc_expires\":null}\n"
        );
    }

    #[test]
    fn csv_is_written_as_the_spreadsheet_wants_it() {
        let format = Format::Csv(Dialect {
            delimiter: Delimiter::Semicolon,
            byte_order_mark: true,
            verbatim: false,
        });
        let row = [["=1+1;".into(), "a,b".into(), Cell::Absent("NA")]];
        assert_eq!(
            written(format, &row),
            "\u{feff}Device Name;Phones;LSC Expires\r\n\"'=1+1;\";a,b;NA\r\n"
        );
    }

    #[test]
    fn numbers_are_no_text_that_has_to_be_guarded() {
        let row = [["-1".into(), (-1_i64).into(), Cell::Empty]];
        assert!(written(CSV, &row).ends_with("\r\n'-1,-1,\r\n"));
    }

    #[test]
    fn what_is_absent_is_a_word_for_people_alone() {
        let row = [[Cell::Empty, Cell::Absent("NA"), Cell::Empty]];
        assert!(written(CSV, &row).ends_with("\r\n,NA,\r\n"));
        assert!(written(Format::Json, &row).contains("\"phones\":null"));
    }

    #[test]
    fn a_report_without_rows_is_valid() {
        assert_eq!(written(Format::Json, &[]), "[]\n");
        assert_eq!(written(Format::JsonLines, &[]), "");
        assert_eq!(written(CSV, &[]), "Device Name,Phones,LSC Expires\r\n");
    }

    #[test]
    fn a_broken_pipe_remains_one() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for format in [CSV, Format::Json, Format::JsonLines] {
            let written = Writer::new(format, COLUMNS, Gone).and_then(|mut writer| {
                // More than any buffer holds.
                (0..10_000).try_for_each(|_| writer.row(&rows()[0]))
            });
            assert_eq!(written.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        }
    }

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        for format in [CSV, Format::Json, Format::JsonLines] {
            let mut writer = Writer::new(format, COLUMNS, Vec::new()).unwrap();
            let error = writer.row(&[Cell::Empty]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            writer.row(&rows()[0]).unwrap();
            writer.finish().unwrap();
        }
    }

    /// Text in which what is special comes often.
    fn nasty() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "['=+@\\-\t\r\n\",; 0-9.eE*ü😀\u{202e}\u{feff}]{0,12}",
        ]
    }

    fn dialect() -> impl Strategy<Value = Dialect> {
        let delimiter = prop::sample::select(Delimiter::ALL);
        (delimiter, any::<bool>()).prop_map(|(delimiter, byte_order_mark)| Dialect {
            delimiter,
            byte_order_mark,
            verbatim: false,
        })
    }

    proptest! {
        #[test]
        fn any_text_comes_back_unchanged(
            texts in prop::collection::vec((nasty(), nasty()), 0..6),
            dialect in dialect(),
        ) {
            let rows: Vec<[Cell; 3]> = texts
                .iter()
                .map(|(a, b)| [a.as_str().into(), b.as_str().into(), Cell::Empty])
                .collect();

            let csv = written(Format::Csv(Dialect { verbatim: true, ..dialect }), &rows);
            let back: Vec<(String, String, String)> = ::csv::ReaderBuilder::new()
                .delimiter(dialect.delimiter.byte())
                .from_reader(csv.as_bytes())
                .deserialize()
                .collect::<Result<_, _>>()
                .unwrap();
            prop_assert_eq!(back.len(), texts.len());
            for ((a, b, empty), (c, d)) in back.iter().zip(&texts) {
                prop_assert_eq!((a, b, empty.as_str()), (c, d, ""));
            }

            let csv = written(Format::Csv(dialect), &rows);
            let back: Vec<_> = Table::open(csv.as_bytes()).unwrap().map(Result::unwrap).collect();
            prop_assert_eq!(back.len(), texts.len());
            for (row, (a, b)) in back.iter().zip(&texts) {
                // Space around a text is not read.
                let read = row.fields.iter().map(|field| field.trim());
                prop_assert!(read.eq([a.trim(), b.trim(), ""]), "{:?}", row);
            }

            let json: Vec<serde_json::Value> =
                serde_json::from_str(&written(Format::Json, &rows)).unwrap();
            let lines = written(Format::JsonLines, &rows);
            let lines: Vec<serde_json::Value> =
                lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            prop_assert_eq!(&json, &lines);
            prop_assert_eq!(json.len(), texts.len());
            for (object, (a, b)) in json.iter().zip(&texts) {
                prop_assert_eq!(object["name"].as_str(), Some(a.as_str()));
                prop_assert_eq!(object["phones"].as_str(), Some(b.as_str()));
                prop_assert!(object["lsc_expires"].is_null());
            }
        }
    }
}
