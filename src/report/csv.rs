//! CSV as RFC 4180 has it.

use std::io::{self, Write};

use super::{Cell, Column, expect_cells};

pub(super) struct Writer<W: Write> {
    columns: usize,
    csv: csv::Writer<W>,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(columns: &[Column], out: W) -> io::Result<Self> {
        let mut csv = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        csv.write_record(columns.iter().map(|column| column.label))
            .map_err(as_io)?;
        Ok(Self {
            columns: columns.len(),
            csv,
        })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        expect_cells(cells, self.columns)?;
        for cell in cells {
            match cell {
                Cell::Empty => self.csv.write_field(""),
                Cell::Text(text) => self.csv.write_field(text),
                Cell::Bool(_) | Cell::Integer(_) | Cell::Time(_) => {
                    self.csv.write_field(cell.to_string())
                }
            }
            .map_err(as_io)?;
        }
        self.csv.write_record(None::<&[u8]>).map_err(as_io)
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
