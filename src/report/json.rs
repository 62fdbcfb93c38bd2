//! JSON: objects, one to a line, as an array or on their own.

use std::io::{self, Write};

use super::{Cell, Column, expect_cells};

/// What holds the objects together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// An array.
    Array,
    /// Nothing: each line is a value of its own.
    Lines,
}

pub(super) struct Writer<W: Write> {
    frame: Frame,
    columns: Vec<Column>,
    out: W,
    has_rows: bool,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(frame: Frame, columns: &[Column], mut out: W) -> io::Result<Self> {
        if frame == Frame::Array {
            out.write_all(b"[")?;
        }
        Ok(Self {
            frame,
            columns: columns.to_vec(),
            out,
            has_rows: false,
        })
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        expect_cells(cells, self.columns.len())?;
        self.out.write_all(match (self.frame, self.has_rows) {
            (Frame::Array, false) => b"\n{",
            (Frame::Array, true) => b",\n{",
            (Frame::Lines, _) => b"{",
        })?;
        self.has_rows = true;
        for (index, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            if index > 0 {
                self.out.write_all(b",")?;
            }
            serde_json::to_writer(&mut self.out, column.key)?;
            self.out.write_all(b":")?;
            match cell {
                Cell::Empty | Cell::Absent(_) => self.out.write_all(b"null")?,
                Cell::Bool(answer) => write!(self.out, "{answer}")?,
                Cell::Integer(number) => write!(self.out, "{number}")?,
                Cell::Text(text) => serde_json::to_writer(&mut self.out, text)?,
                Cell::Time(time) => write!(self.out, "\"{time}\"")?,
            }
        }
        self.out.write_all(match self.frame {
            Frame::Array => b"}",
            Frame::Lines => b"}\n",
        })
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.out.write_all(match (self.frame, self.has_rows) {
            (Frame::Array, false) => b"]\n",
            (Frame::Array, true) => b"\n]\n",
            (Frame::Lines, _) => b"",
        })?;
        self.out.flush()?;
        Ok(self.out)
    }
}
