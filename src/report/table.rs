//! CSV in: a header, and rows with the lines they stand on.

use std::io::{self, Read};

/// A table that was read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The columns' names, as they stand in the header.
    pub columns: Vec<String>,
    /// The rows, in their order.
    pub rows: Vec<TableRow>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// The line on which it begins; the file's first is 1.
    pub line: usize,
    /// Its fields, one for each column, without space around them.
    pub fields: Vec<String>,
}

/// What is wrong with a table.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTable {
    /// There is no first line.
    #[error("the file is empty; its first line has to name the columns")]
    Empty,
    /// A row has more or fewer fields than the header has.
    #[error("line {line} has {found} fields, and the header has {expected}")]
    Fields {
        /// The row's line.
        line: usize,
        /// How many fields the header has.
        expected: usize,
        /// How many the row has.
        found: usize,
    },
    /// The bytes are not UTF-8.
    #[error("line {line} is not UTF-8; save the file as CSV UTF-8")]
    NotUtf8 {
        /// The line.
        line: usize,
    },
    /// The file could not be read.
    #[error("the file could not be read")]
    Read {
        /// Why.
        source: io::Error,
    },
}

impl Table {
    /// Reads CSV (RFC 4180) whose first line names the columns. Empty lines are passed over, and so
    /// is a byte order mark in front, as Excel writes it.
    pub fn read(mut input: impl Read) -> Result<Self, InvalidTable> {
        let mut bytes = Vec::new();
        input
            .read_to_end(&mut bytes)
            .map_err(|source| InvalidTable::Read { source })?;
        let text = str::from_utf8(&bytes).map_err(|error| InvalidTable::NotUtf8 {
            line: 1 + String::from_utf8_lossy(&bytes[..error.valid_up_to()])
                .matches('\n')
                .count(),
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut rows = rows(text)?.into_iter();
        let columns = rows.next().ok_or(InvalidTable::Empty)?.fields;
        if columns.iter().all(String::is_empty) {
            return Err(InvalidTable::Empty);
        }
        let rows = rows
            .map(|row| {
                if row.fields.len() == columns.len() {
                    Ok(row)
                } else {
                    Err(InvalidTable::Fields {
                        line: row.line,
                        expected: columns.len(),
                        found: row.fields.len(),
                    })
                }
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { columns, rows })
    }
}

fn rows(text: &str) -> Result<Vec<TableRow>, InvalidTable> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(::csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let (mut line, mut counted) = (1, 0);
    for record in reader.records() {
        let record = record.map_err(|error| InvalidTable::Read {
            source: error.into(),
        })?;
        // The parser's own count of lines lags behind where lines end in CR LF.
        let from = record.position().map_or(0, ::csv::Position::byte);
        let from = usize::try_from(from).unwrap_or(text.len());
        let begin = text.len() - text[from..].trim_start_matches(['\r', '\n']).len();
        line += text[counted..begin].matches('\n').count();
        counted = begin;
        rows.push(TableRow {
            line,
            fields: record.iter().map(str::to_owned).collect(),
        });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_with_the_lines_they_stand_on() {
        for end in ["\n", "\r\n"] {
            let csv = "\u{feff}Device Name,Description\n\
                       SEP001122334455,\"two\nlines\"\n\
                       \n\
                       SEP001122334456, spaces around \n\
                       SEP001122334457,"
                .replace('\n', end);
            let table = Table::read(csv.as_bytes()).unwrap();
            assert_eq!(table.columns, ["Device Name", "Description"]);
            let lines: Vec<_> = table.rows.iter().map(|row| row.line).collect();
            assert_eq!(lines, [2, 5, 6], "{end:?}");
            assert_eq!(table.rows[0].fields[1], format!("two{end}lines"));
            assert_eq!(table.rows[1].fields[1], "spaces around");
        }
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_line() {
        for empty in ["", "\n", ",\n"] {
            assert!(matches!(
                Table::read(empty.as_bytes()),
                Err(InvalidTable::Empty)
            ));
        }
        assert!(matches!(
            Table::read(&b"a,b\n1,2\n1,2,3\n"[..]),
            Err(InvalidTable::Fields {
                line: 3,
                expected: 2,
                found: 3
            })
        ));
        assert!(matches!(
            Table::read(&b"a,b\n1,\xff\n"[..]),
            Err(InvalidTable::NotUtf8 { line: 2 })
        ));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = Table::read(&bytes[..]);
        }
    }
}
