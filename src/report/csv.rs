//! CSV as RFC 4180 has it, in the ways that spreadsheets ask for.

use std::io::{self, Write};

use super::guard::guarded;
use super::{Cell, Column, expect_cells};

/// What stands between two cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delimiter {
    /// The comma of RFC 4180.
    #[default]
    Comma,
    /// What a spreadsheet expects where the comma belongs to numbers.
    Semicolon,
    /// A tabulator.
    Tab,
}

impl Delimiter {
    /// Every delimiter.
    pub const ALL: &[Self] = &[Self::Comma, Self::Semicolon, Self::Tab];

    /// Its byte.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// How CSV is written. [`Table`](super::Table) reads all of it back but what is verbatim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between two cells.
    pub delimiter: Delimiter,
    /// Whether a byte order mark stands in front, by which Excel knows UTF-8.
    pub byte_order_mark: bool,
    /// Whether text is written as it is even where a spreadsheet would run it as a formula, or make
    /// another number of its digits. Otherwise an apostrophe stands in front of it then.
    pub verbatim: bool,
}

pub(super) struct Writer<W: Write> {
    columns: usize,
    verbatim: bool,
    csv: csv::Writer<W>,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(dialect: Dialect, columns: &[Column], mut out: W) -> io::Result<Self> {
        if dialect.byte_order_mark {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut csv = csv::WriterBuilder::new()
            .delimiter(dialect.delimiter.byte())
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        csv.write_record(columns.iter().map(|column| column.label))
            .map_err(as_io)?;
        Ok(Self {
            columns: columns.len(),
            verbatim: dialect.verbatim,
            csv,
        })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        expect_cells(cells, self.columns)?;
        for cell in cells {
            match cell {
                Cell::Empty => self.csv.write_field(""),
                Cell::Text(text) if self.verbatim => self.csv.write_field(text),
                Cell::Text(text) => self.csv.write_field(&*guarded(text)),
                Cell::Absent(_) | Cell::Bool(_) | Cell::Integer(_) | Cell::Time(_) => {
                    self.csv.write_field(cell.to_string())
                }
            }
            .map_err(as_io)?;
        }
        self.csv.write_record(None::<&[u8]>).map_err(as_io)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.csv.flush()
    }

    pub(super) fn finish(self) -> io::Result<W> {
        self.csv
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)
    }
}

/// The output's own error, with its kind: a broken pipe has to remain one.
fn as_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
