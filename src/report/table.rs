//! CSV in: a header, and rows with the lines they stand on.

use std::collections::VecDeque;
use std::io::{self, Chain, Cursor, Read};

use super::Delimiter;
use super::guard::unguarded;

/// A table that is read row by row, so that memory does not grow with it.
pub struct Table<R> {
    columns: Vec<String>,
    csv: ::csv::Reader<Lines<Chain<Cursor<Vec<u8>>, R>>>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// The line on which it begins; the file's first is 1.
    pub line: usize,
    /// Its fields, one for each column, without space around them, and without the apostrophe that
    /// keeps a spreadsheet from changing them.
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

impl<R: Read> Table<R> {
    /// Begins to read CSV (RFC 4180) whose first line names the columns; what stands between the
    /// names may be any [`Delimiter`]. Empty lines are passed over, and so is a byte order mark in
    /// front, as Excel writes it.
    pub fn open(mut input: R) -> Result<Self, InvalidTable> {
        let mut beginning = Vec::new();
        let read = input.by_ref().take(BEGINNING).read_to_end(&mut beginning);
        read.map_err(|source| InvalidTable::Read { source })?;
        let delimiter = delimiter(&beginning);
        let input = Cursor::new(beginning).chain(input);
        let csv = ::csv::ReaderBuilder::new()
            .delimiter(delimiter.byte())
            .has_headers(false)
            .flexible(true)
            .trim(::csv::Trim::All)
            .from_reader(Lines::new(input));
        let mut table = Self {
            columns: Vec::new(),
            csv,
        };
        let header = table.record()?.ok_or(InvalidTable::Empty)?;
        if header.fields.iter().all(String::is_empty) {
            return Err(InvalidTable::Empty);
        }
        table.columns = header.fields;
        Ok(table)
    }

    /// The columns' names, as they stand in the header.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    fn record(&mut self) -> Result<Option<TableRow>, InvalidTable> {
        let mut record = ::csv::StringRecord::new();
        let from = self.csv.position().byte();
        let read = self.csv.read_record(&mut record);
        let line = self.csv.get_mut().line_of(from);
        match read {
            Ok(true) => Ok(Some(TableRow {
                line,
                fields: record
                    .iter()
                    .map(|field| unguarded(field).to_owned())
                    .collect(),
            })),
            Ok(false) => Ok(None),
            Err(error) => Err(match error.into_kind() {
                ::csv::ErrorKind::Utf8 { .. } => InvalidTable::NotUtf8 { line },
                ::csv::ErrorKind::Io(source) => InvalidTable::Read { source },
                other => InvalidTable::Read {
                    source: io::Error::other(format!("{other:?}")),
                },
            }),
        }
    }
}

impl<R: Read> Iterator for Table<R> {
    type Item = Result<TableRow, InvalidTable>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.record().transpose()?;
        Some(row.and_then(|row| {
            if row.fields.len() == self.columns.len() {
                Ok(row)
            } else {
                Err(InvalidTable::Fields {
                    line: row.line,
                    expected: self.columns.len(),
                    found: row.fields.len(),
                })
            }
        }))
    }
}

/// In how many bytes at the most the end of the first column's name is looked for.
const BEGINNING: u64 = 4096;

/// The delimiter of a table that begins so: the first that stands in its first line. No name of a
/// column has one in it.
fn delimiter(beginning: &[u8]) -> Delimiter {
    let header = beginning
        .strip_prefix("\u{feff}".as_bytes())
        .unwrap_or(beginning)
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let delimiters = header.iter().filter_map(|byte| {
        let mut all = Delimiter::ALL.iter();
        all.find(|delimiter| delimiter.byte() == *byte)
    });
    delimiters.copied().next().unwrap_or_default()
}

/// Counts lines as they go by: the parser's own count lags behind where lines end in CR LF.
struct Lines<R> {
    input: R,
    /// How many bytes have gone by.
    offset: u64,
    /// Whether the present line is empty so far.
    is_empty: bool,
    /// The ends of lines that have gone by and are not counted yet.
    ends: VecDeque<LineEnd>,
    /// The line in front of the first of them.
    line: usize,
}

struct LineEnd {
    offset: u64,
    is_empty: bool,
}

impl<R> Lines<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            offset: 0,
            is_empty: true,
            ends: VecDeque::new(),
            line: 1,
        }
    }

    /// The line of the row that the parser looked for from `offset` on: it passes over empty lines,
    /// and over the LF of the row before. Asked in the order of the rows.
    fn line_of(&mut self, offset: u64) -> usize {
        while self
            .ends
            .pop_front_if(|end| end.offset <= offset || end.is_empty)
            .is_some()
        {
            self.line += 1;
        }
        self.line
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        for byte in &buffer[..length] {
            match byte {
                b'\n' => {
                    self.ends.push_back(LineEnd {
                        offset: self.offset,
                        is_empty: self.is_empty,
                    });
                    self.is_empty = true;
                }
                b'\r' => {}
                _ => self.is_empty = false,
            }
            self.offset += 1;
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns and the rows.
    fn read(bytes: &[u8]) -> Result<(Vec<String>, Vec<TableRow>), InvalidTable> {
        let mut table = Table::open(bytes)?;
        let rows = table.by_ref().collect::<Result<_, _>>()?;
        Ok((table.columns, rows))
    }

    #[test]
    fn rows_come_with_the_lines_they_stand_on() {
        for end in ["\n", "\r\n"] {
            let csv = "\u{feff}Device Name,Description\n\
                       SEP001122334455,\"two\nlines\"\n\
                       \n\
                       SEP001122334456, spaces around \n\
                       SEP001122334457,"
                .replace('\n', end);
            let (columns, rows) = read(csv.as_bytes()).unwrap();
            assert_eq!(columns, ["Device Name", "Description"]);
            let lines: Vec<_> = rows.iter().map(|row| row.line).collect();
            assert_eq!(lines, [2, 5, 6], "{end:?}");
            assert_eq!(rows[0].fields[1], format!("two{end}lines"));
            assert_eq!(rows[1].fields[1], "spaces around");
        }
    }

    #[test]
    fn lines_are_counted_in_a_file_that_is_longer_than_any_buffer() {
        for end in ["\n", "\r\n"] {
            // Each row has two lines, and two empty ones behind it.
            let rows: Vec<_> = (2..20_000)
                .step_by(4)
                .map(|line| format!("{line},\"two\nlines\"\n\n\n"))
                .collect();
            let csv = format!("line,text\n{}", rows.concat()).replace('\n', end);
            let (_, read) = read(csv.as_bytes()).unwrap();
            assert_eq!(read.len(), rows.len());
            for row in read {
                assert_eq!(row.fields[0], row.line.to_string(), "{end:?}");
            }
        }
    }

    #[test]
    fn the_header_tells_what_stands_between_the_cells() {
        for csv in [
            "\u{feff}\n\r\nname;model\nCSFA;'=1,5\t\n",
            "name\tmodel\nCSFA\t\"'=1,5\"\n",
        ] {
            let (columns, rows) = read(csv.as_bytes()).unwrap();
            assert_eq!(columns, ["name", "model"], "{csv:?}");
            assert_eq!(rows[0].fields, ["CSFA", "=1,5"], "{csv:?}");
        }
        let (columns, rows) = read(b"name\na;b\n").unwrap();
        assert_eq!(
            (&columns[..], &rows[0].fields[..]),
            (&["name".to_owned()][..], &["a;b".to_owned()][..])
        );
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_line() {
        for empty in ["", "\n", ",\n"] {
            assert!(matches!(read(empty.as_bytes()), Err(InvalidTable::Empty)));
        }
        assert!(matches!(
            read(&b"a,b\n1,2\n1,2,3\n"[..]),
            Err(InvalidTable::Fields {
                line: 3,
                expected: 2,
                found: 3
            })
        ));
        assert!(matches!(
            read(&b"a,b\n1,\xff\n"[..]),
            Err(InvalidTable::NotUtf8 { line: 2 })
        ));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
