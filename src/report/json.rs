//! JSON: objects, one to a line, as an array or on their own.

use std::io::{self, Write as _};

use super::{Cell, Column, expect_cells};

/// What holds the objects together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// An array.
    Array,
    /// Nothing: each line is a value of its own.
    Lines,
}

impl Frame {
    /// What stands in front of the rows.
    pub(super) const fn head(self) -> &'static [u8] {
        match self {
            Self::Array => b"[",
            Self::Lines => b"",
        }
    }

    /// What stands between two rows.
    pub(super) const fn between(self) -> &'static [u8] {
        match self {
            Self::Array => b",",
            Self::Lines => b"",
        }
    }

    /// What stands behind the rows, if there are any.
    pub(super) const fn tail(self, has_rows: bool) -> &'static [u8] {
        match (self, has_rows) {
            (Self::Array, false) => b"]\n",
            (Self::Array, true) => b"\n]\n",
            (Self::Lines, _) => b"",
        }
    }
}

/// Rows as bytes.
pub(super) struct Rows {
    frame: Frame,
    columns: Vec<Column>,
    bytes: Vec<u8>,
}

impl Rows {
    pub(super) fn new(frame: Frame, columns: &[Column]) -> Self {
        Self {
            frame,
            columns: columns.to_vec(),
            bytes: Vec::new(),
        }
    }

    pub(super) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        expect_cells(cells, self.columns.len())?;
        let out = &mut self.bytes;
        if !out.is_empty() {
            out.write_all(self.frame.between())?;
        }
        out.write_all(match self.frame {
            Frame::Array => b"\n{",
            Frame::Lines => b"{",
        })?;
        for (index, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            if index > 0 {
                out.write_all(b",")?;
            }
            serde_json::to_writer(&mut *out, column.key)?;
            out.write_all(b":")?;
            match cell {
                Cell::Empty | Cell::Absent(_) => out.write_all(b"null")?,
                Cell::Bool(answer) => write!(out, "{answer}")?,
                Cell::Integer(number) => write!(out, "{number}")?,
                Cell::Text(text) => serde_json::to_writer(&mut *out, text)?,
                Cell::Time(time) => write!(out, "\"{time}\"")?,
            }
        }
        out.write_all(match self.frame {
            Frame::Array => b"}",
            Frame::Lines => b"}\n",
        })
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
