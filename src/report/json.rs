//! JSON: an array of objects, one to a line.

use std::io::{self, Write};

use super::{Cell, Column, expect_cells};

pub(super) struct Writer<W: Write> {
    columns: Vec<Column>,
    out: W,
    has_rows: bool,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(columns: &[Column], mut out: W) -> io::Result<Self> {
        out.write_all(b"[")?;
        Ok(Self {
            columns: columns.to_vec(),
            out,
            has_rows: false,
        })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        expect_cells(cells, self.columns.len())?;
        self.out
            .write_all(if self.has_rows { b",\n{" } else { b"\n{" })?;
        self.has_rows = true;
        for (index, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            if index > 0 {
                self.out.write_all(b",")?;
            }
            serde_json::to_writer(&mut self.out, column.key)?;
            self.out.write_all(b":")?;
            match cell {
                Cell::Empty => self.out.write_all(b"null")?,
                Cell::Bool(answer) => write!(self.out, "{answer}")?,
                Cell::Integer(number) => write!(self.out, "{number}")?,
                Cell::Text(text) => serde_json::to_writer(&mut self.out, text)?,
                Cell::Time(time) => write!(self.out, "\"{time}\"")?,
            }
        }
        self.out.write_all(b"}")
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.out
            .write_all(if self.has_rows { b"\n]\n" } else { b"]\n" })?;
        self.out.flush()?;
        Ok(self.out)
    }
}
