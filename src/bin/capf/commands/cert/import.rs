use capf::admin;
use capf::admin::certificate::{ImportEntry, Verdict};
use capf::model::DeviceName;
use capf::report::{Cell, Column};

use crate::cli::Format;
use crate::command_error::{CommandError, Completion};
use crate::commands::local_file::LocalFile;
use crate::context::Context;
use crate::ui::counted;

/// Import certificates from an offline CA
///
/// SOURCE is a .tgz of certificates in DER, in a flat structure, as `tar cvzf NAME.tgz *.der` makes
/// it. Each certificate is matched to its CSR by the public key, so file names and subjects do not
/// matter. It is verified: it must chain to a certificate in CAPF-trust (`capf trust import`), be
/// valid now, and be fit for a phone. Those accepted are stored in one transaction, and pushed to
/// the phones that wait; a phone's CSR is deleted when it has confirmed.
///
/// Two certificates for one key are both rejected. An archive that is damaged is refused whole.
/// The exit code is 3 where some certificates were rejected, and 1 where all were.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// The archive, or `-` for standard input
    ///
    /// On a terminal it is asked for where it is missing.
    source: Option<LocalFile>,

    /// Verify the certificates, and import none
    #[arg(long)]
    dry_run: bool,
}

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

impl Import {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let ui = &context.ui;
        let source = match self.source {
            Some(source) => source,
            None => ui.ask("Enter the archive to import", None, "SOURCE")?,
        };
        let source = source.open()?;
        let installation = context.installation().await?;
        let import = admin::certificate::import(&installation, source, self.dry_run).await?;
        match ui.format() {
            Format::Json => ui.json(&import)?,
            Format::Csv => ui.list(COLUMNS, import.entries.iter().map(row))?,
            // Thousands of lines that say that all is well would hide the one that does not.
            Format::Table => {
                let remarkable = import
                    .entries
                    .iter()
                    .filter(|entry| entry.reason.is_some() || !entry.warnings.is_empty());
                if remarkable.clone().next().is_some() {
                    ui.list(REMARKS, remarkable.map(remark))?;
                }
                let verb = if self.dry_run {
                    "would be accepted"
                } else {
                    "accepted"
                };
                ui.line(&format!(
                    "{} {verb}, {} rejected.",
                    counted(import.accepted, "certificate"),
                    import.rejected
                ))?;
            }
        }
        Ok(Completion::of(import.accepted, import.rejected))
    }
}

fn row(entry: &ImportEntry) -> Vec<Cell> {
    vec![
        entry.file.as_str().into(),
        entry.device.as_ref().map(DeviceName::as_str).into(),
        entry.serial_number.as_deref().into(),
        verdict(entry).into(),
        entry.reason.as_deref().into(),
        entry.warnings.join("; ").into(),
    ]
}

fn remark(entry: &ImportEntry) -> Vec<Cell> {
    let remarks: Vec<_> = entry
        .reason
        .iter()
        .chain(&entry.warnings)
        .cloned()
        .collect();
    vec![
        entry.file.as_str().into(),
        entry.device.as_ref().map(DeviceName::as_str).into(),
        verdict(entry).into(),
        remarks.join("; ").into(),
    ]
}

fn verdict(entry: &ImportEntry) -> &'static str {
    match entry.verdict {
        Verdict::Accepted => "Accepted",
        Verdict::Rejected => "Rejected",
    }
}
