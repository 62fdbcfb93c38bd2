//! Rows that come one by one, and are read as they come.

use std::fmt::Write as _;
use std::io::{self, Write};

use capf::model::Escaped;
use capf::report::{self, Cell, Column, Dialect, Writer};

use crate::cli::Format;

/// A column, and how many characters its cells have as a rule: nobody knows yet what will come.
pub(crate) type Wide = (Column, usize);

/// A result that is written row by row, each as soon as it is there.
pub(crate) struct Stream<W: Write>(Face<W>);

enum Face<W: Write> {
    Table { widths: Vec<usize>, out: W },
    Report(Writer<W>),
}

impl<W: Write> Stream<W> {
    /// Begins a result of `columns` in `out`.
    pub(crate) fn new(format: Format, columns: &[Wide], mut out: W) -> io::Result<Self> {
        let format = match format {
            Format::Table => {
                let widths: Vec<_> = columns.iter().map(|(_, width)| *width).collect();
                line(&mut out, &widths, columns.iter().map(|(it, _)| it.label))?;
                return Ok(Self(Face::Table { widths, out }));
            }
            Format::Json => report::Format::Json,
            Format::Jsonl => report::Format::JsonLines,
            Format::Csv => report::Format::Csv(Dialect::default()),
        };
        let columns: Vec<_> = columns.iter().map(|(column, _)| *column).collect();
        let mut writer = Writer::new(format, &columns, out)?;
        writer.flush()?;
        Ok(Self(Face::Report(writer)))
    }

    /// Writes a row, which has one cell for each column.
    pub(crate) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        match &mut self.0 {
            Face::Table { widths, out } => line(out, widths, cells.iter().map(Cell::to_string)),
            Face::Report(writer) => {
                writer.row(cells)?;
                writer.flush()
            }
        }
    }

    /// Ends the result.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.0 {
            Face::Table { .. } => Ok(()),
            Face::Report(writer) => writer.finish().map(drop),
        }
    }
}

fn line<T: AsRef<str>>(
    out: &mut impl Write,
    widths: &[usize],
    cells: impl Iterator<Item = T>,
) -> io::Result<()> {
    let mut text = String::new();
    for (cell, width) in cells.zip(widths) {
        let cell = Escaped(cell.as_ref()).to_string();
        // Writing into text does not fail.
        let _ = write!(text, "{cell:<width$}  ");
    }
    writeln!(out, "{}", text.trim_end())?;
    out.flush()
}
