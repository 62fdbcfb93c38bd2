//! What came of an import, file by file, as it is shown and as it is reported.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use capf::admin::certificate::{CertificateImport, ImportEntry, ImportListener, Verdict};
use capf::model::DeviceName;
use capf::report::{Cell, Column, Dialect};
use capf::whole_file::WholeFile;

use crate::cli::Format;
use crate::command_error::CommandError;
use crate::ui::{Out, Progress, Rows, Ui, Unit, counted, unless_unread};

/// How many files a person is shown one by one. Of more, the reasons are counted.
const SHOWN: usize = 50;

const COLUMNS: &[Column] = &[
    Column {
        key: "file",
        label: "File",
    },
    Column {
        key: "device",
        label: "Device Name",
    },
    Column {
        key: "serial_number",
        label: "Serial Number",
    },
    Column {
        key: "verdict",
        label: "Verdict",
    },
    Column {
        key: "reason",
        label: "Reason",
    },
    Column {
        key: "warnings",
        label: "Warnings",
    },
];

/// What a person needs of it.
const REMARKS: &[Column] = &[
    Column {
        key: "file",
        label: "File",
    },
    Column {
        key: "device",
        label: "Device Name",
    },
    Column {
        key: "verdict",
        label: "Verdict",
    },
    Column {
        key: "remark",
        label: "Remark",
    },
];

const REASONS: &[Column] = &[
    Column {
        key: "files",
        label: "Files",
    },
    Column {
        key: "reason",
        label: "Reason",
    },
];

/// Takes down what came of each file while the import goes on. An output or a report that cannot take
/// it stops no import, and neither the other: that is said at the end.
pub(super) struct Outcome<'a> {
    ui: &'a Ui,
    progress: Progress,
    /// Begun with the first file: an archive that is refused has no outcome.
    face: Option<Face>,
    report: Option<Rows<WholeFile>>,
    /// How writing the output has gone so far; an error is the first one.
    written: io::Result<()>,
    reported: io::Result<()>,
    decided: u64,
}

enum Face {
    /// One object, whose `entries` come first.
    Json(Out),
    Rows(Rows<Out>),
    /// Thousands of lines that say that all is well would hide the one that does not.
    Table {
        remarkable: Vec<Vec<Cell>>,
        more: u64,
    },
}

impl Face {
    fn begin(ui: &Ui) -> io::Result<Self> {
        Ok(match ui.format() {
            Format::Json => Self::Json(ui.raw()),
            format @ (Format::Jsonl | Format::Csv) => Self::Rows(Rows::new(
                format,
                Dialect::default(),
                COLUMNS,
                ui.raw(),
                false,
            )?),
            Format::Table => Self::Table {
                remarkable: Vec::new(),
                more: 0,
            },
        })
    }
}

impl<'a> Outcome<'a> {
    pub(super) fn begin(ui: &'a Ui, report: Option<WholeFile>) -> Result<Self, CommandError> {
        Ok(Self {
            ui,
            progress: ui.progress("files checked", Unit::Count),
            face: None,
            report: report
                .map(|file| Rows::new(Format::Csv, Dialect::default(), COLUMNS, file, false))
                .transpose()?,
            written: Ok(()),
            reported: Ok(()),
            decided: 0,
        })
    }

    /// Ends the report, and shows the whole.
    pub(super) fn finish(
        self,
        import: &CertificateImport,
        dry_run: bool,
    ) -> Result<(), CommandError> {
        drop(self.progress);
        let reported = self.reported.map_err(CommandError::from).and_then(|()| {
            if let Some(rows) = self.report {
                rows.finish()?.commit()?;
            }
            Ok(())
        });
        // The result counts first: what is in is in, whatever has become of the report.
        match self.written {
            Ok(()) => show(self.ui, self.face, import, dry_run)?,
            unwritten => unless_unread(unwritten)?,
        }
        reported
    }

    fn write(&mut self, entry: &ImportEntry) -> io::Result<()> {
        let face = match &mut self.face {
            Some(face) => face,
            none => none.insert(Face::begin(self.ui)?),
        };
        match face {
            Face::Json(out) => {
                let is_first = self.decided == 1;
                out.write_all(if is_first {
                    b"{\"entries\":[\n".as_slice()
                } else {
                    b",\n"
                })?;
                serde_json::to_writer(&mut *out, entry)?;
            }
            Face::Rows(rows) => rows.row(&row(entry))?,
            Face::Table { remarkable, more } => {
                if entry.reason.is_some() || !entry.warnings.is_empty() {
                    if remarkable.len() < SHOWN {
                        remarkable.push(remark(entry));
                    } else {
                        *more += 1;
                    }
                }
            }
        }
        Ok(())
    }
}

fn show(
    ui: &Ui,
    face: Option<Face>,
    import: &CertificateImport,
    dry_run: bool,
) -> Result<(), CommandError> {
    match face {
        // An archive without files is refused.
        None => Ok(()),
        Some(Face::Json(out)) => unless_unread(end_object(out, import)),
        Some(Face::Rows(rows)) => unless_unread(rows.finish().map(drop)),
        Some(Face::Table { remarkable, more }) => {
            if !remarkable.is_empty() {
                ui.list(REMARKS, remarkable)?;
            }
            if more > 0 {
                ui.note(&format!(
                    "… and {more} files more; `--report FILE.csv` has them all."
                ));
                let reasons = import.reasons.iter();
                ui.list(
                    REASONS,
                    reasons.map(|count| vec![count.files.into(), count.reason.into()]),
                )?;
            }
            ui.line(&sentence(import, dry_run))
        }
    }
}

fn end_object(mut out: Out, import: &CertificateImport) -> io::Result<()> {
    let summary = serde_json::to_vec(import)?;
    out.write_all(b"\n],")?;
    // Behind the brace that opens it.
    out.write_all(summary.get(1..).unwrap_or_default())?;
    out.write_all(b"\n")?;
    out.flush()
}

impl ImportListener for Outcome<'_> {
    fn checked(&mut self, files: u64) {
        self.progress.set(files, None);
    }

    fn decided(&mut self, entry: &ImportEntry, files: u64) {
        if self.decided == 0 {
            self.progress = self.ui.progress("certificates", Unit::Count);
        }
        self.decided += 1;
        self.progress.set(self.decided, Some(files));
        if self.written.is_ok() {
            self.written = self.write(entry);
        }
        if let (Ok(()), Some(report)) = (&self.reported, &mut self.report) {
            self.reported = report.row(&row(entry));
        }
    }
}

fn sentence(import: &CertificateImport, dry_run: bool) -> String {
    let verb = if dry_run {
        "would be accepted"
    } else {
        "accepted"
    };
    let mut sentence = format!(
        "{} {verb}, {} rejected",
        counted(import.accepted, "certificate"),
        import.rejected
    );
    if import.unchanged > 0 {
        let _ = write!(sentence, ", {} in already", import.unchanged);
    }
    if import.left > 0 {
        let _ = write!(sentence, ", {} not looked at", import.left);
    }
    if import.accepted == 0 && import.unchanged > 0 && !dry_run {
        sentence.push_str("; nothing was changed");
    }
    sentence.push('.');
    sentence
}

fn row(entry: &ImportEntry) -> Vec<Cell> {
    vec![
        entry.file.as_str().into(),
        entry.device.as_ref().map(DeviceName::as_str).into(),
        entry.serial_number.as_deref().into(),
        verdict(entry).into(),
        entry.reason.as_ref().map(ToString::to_string).into(),
        warnings(entry).join("; ").into(),
    ]
}

fn remark(entry: &ImportEntry) -> Vec<Cell> {
    let mut remarks = warnings(entry);
    remarks.extend(entry.reason.as_ref().map(ToString::to_string));
    vec![
        entry.file.as_str().into(),
        entry.device.as_ref().map(DeviceName::as_str).into(),
        verdict(entry).into(),
        remarks.join("; ").into(),
    ]
}

fn warnings(entry: &ImportEntry) -> Vec<String> {
    entry.warnings.iter().map(ToString::to_string).collect()
}

fn verdict(entry: &ImportEntry) -> &'static str {
    match entry.verdict {
        Verdict::Accepted => "Accepted",
        Verdict::Unchanged => "Unchanged",
        Verdict::Rejected => "Rejected",
    }
}
