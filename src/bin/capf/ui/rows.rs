//! Rows as a table, as JSON or as CSV.

use std::io::{self, Write};

use capf::model::Escaped;
use capf::report::{self, Cell, Column, Dialect, Writer};
use comfy_table::{Attribute, ContentArrangement, Table, presets};

use crate::cli::Format;

/// How many rows share one table. A longer result is several, each with its header, so that
/// memory does not grow with it.
const BLOCK: usize = 1000;

/// A result that is written row by row.
pub(crate) struct Rows<W: Write>(Face<W>);

enum Face<W: Write> {
    Table(Box<Blocks<W>>),
    Report(Writer<W>),
}

impl<W: Write> Rows<W> {
    /// Begins a result of `columns` in `out`; `dialect` is how CSV is written.
    pub(crate) fn new(
        format: Format,
        dialect: Dialect,
        columns: &[Column],
        out: W,
        bold: bool,
    ) -> io::Result<Self> {
        let format = match format {
            Format::Table => {
                return Ok(Self(Face::Table(Box::new(Blocks {
                    columns: columns.to_vec(),
                    table: header(columns, bold),
                    bold,
                    out,
                }))));
            }
            Format::Json => report::Format::Json,
            Format::Jsonl => report::Format::JsonLines,
            Format::Csv => report::Format::Csv(dialect),
        };
        Ok(Self(Face::Report(Writer::new(format, columns, out)?)))
    }

    /// Writes a row, which has one cell for each column.
    pub(crate) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        match &mut self.0 {
            Face::Table(blocks) => blocks.row(cells),
            Face::Report(writer) => writer.row(cells),
        }
    }

    /// The report, where it is one that programs read.
    pub(crate) fn report(&mut self) -> Option<&mut Writer<W>> {
        match &mut self.0 {
            Face::Table(_) => None,
            Face::Report(writer) => Some(writer),
        }
    }

    /// Ends the result, flushes it, and gives back what it was written to.
    pub(crate) fn finish(self) -> io::Result<W> {
        match self.0 {
            Face::Table(blocks) => blocks.finish(),
            Face::Report(writer) => writer.finish(),
        }
    }
}

struct Blocks<W: Write> {
    columns: Vec<Column>,
    table: Table,
    bold: bool,
    out: W,
}

impl<W: Write> Blocks<W> {
    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        if self.table.row_count() == BLOCK {
            let mut full = std::mem::replace(&mut self.table, header(&self.columns, self.bold));
            write(&mut self.out, &mut full)?;
            writeln!(self.out)?;
        }
        self.table.add_row(cells.iter().map(shown));
        Ok(())
    }

    fn finish(mut self) -> io::Result<W> {
        write(&mut self.out, &mut self.table)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A record as a table of two columns.
pub(super) fn pairs(fields: &[(&'static str, Cell)]) -> String {
    let mut table = plain();
    for (label, cell) in fields {
        table.add_row([(*label).to_owned(), shown(cell)]);
    }
    let mut text = Vec::new();
    write(&mut text, &mut table).expect("memory takes everything");
    String::from_utf8_lossy(&text).into_owned()
}

fn header(columns: &[Column], bold: bool) -> Table {
    let mut table = plain();
    if bold {
        table.enforce_styling();
    }
    table.set_header(columns.iter().map(|column| {
        let cell = comfy_table::Cell::new(column.label);
        if bold {
            cell.add_attribute(Attribute::Bold)
        } else {
            cell
        }
    }));
    table
}

/// A table without lines, whose rows are never broken: they can be searched and copied.
fn plain() -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table
}

fn shown(cell: &Cell) -> String {
    Escaped(&cell.to_string()).to_string()
}

/// Writes a table with two spaces between its columns, and none around them.
fn write(out: &mut impl Write, table: &mut Table) -> io::Result<()> {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
