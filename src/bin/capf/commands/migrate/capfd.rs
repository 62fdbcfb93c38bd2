use std::path::PathBuf;

use capf::admin;
use capf::admin::migrate::{Migration, MigrationEntry, Verdict};
use capf::report::{Cell, Column};

use crate::cli::Format;
use crate::command_error::{CommandError, Completion};
use crate::commands::phone::{listed, note_untrusted};
use crate::context::Context;
use crate::interrupt::stop_on_signal;
use crate::ui::{Ui, Unit, counted};

/// Add the phones of a capfd
///
/// FILE is the SQLite database in which capfd keeps its phones, in the table `devices`. It is only
/// read; capfd may be running. Each phone comes with what is scheduled for it, how it proves itself,
/// the key that it is asked for, and its certificate, which becomes the LSC that it holds.
///
/// The operations `install`, `fetch`, `delete` and `none` are Install/Upgrade, Troubleshoot, Delete
/// and No Pending Operation. The authentications `no password`, `password` and `certificate` are By
/// Null String, By Authentication String and By Existing Certificate (precedence to LSC). A key size
/// alone is RSA Only, a curve alone EC Only, both are EC Preferred, RSA Backup, and neither is what
/// `capf phone add` sets. Where no operation is scheduled, a phone with a certificate has the status
/// Upgrade Success. capfd knows no descriptions and device types: `capf phone set` gives them.
///
/// A phone is rejected alone, with the reason: a name that is none, a password that is asked for and
/// is not 4 to 10 digits, a certificate that cannot be read, or whose serial number or validity is
/// not what the database says. Phones that are there already stay as they are. Both are listed; if
/// there were some, the exit code is 3, and 1 if no phone was added. Phones are committed by the
/// thousand; a run that was broken off (Ctrl-C ends it between two thousands, and says how many are
/// in) goes on where it is run again.
///
/// Issuers of LSCs that are not in CAPF-trust are named. By `capf trust import`, with `--other-capf`
/// where the issuer's name has `CAPF-` in it, their LSCs count as proof (By Existing Certificate).
/// When it is done before, lists show when the issuer expires.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Example:
  capf migrate capfd /var/lib/capfd/capfd.db --dry-run
  capf trust import old-issuer.pem
  capf migrate capfd /var/lib/capfd/capfd.db
  capf phone find --where 'lsc-expires is-before 2027-01-31'")]
pub(crate) struct Capfd {
    /// The database of capfd
    file: PathBuf,

    /// Say what would be done, and add no phone
    #[arg(long)]
    dry_run: bool,
}

const fn column(key: &'static str, label: &'static str) -> Column {
    Column { key, label }
}

const ROW: Column = column("row", "Row");
const DEVICE: Column = column("device", "Device Name");
const VERDICT: Column = column("verdict", "Verdict");

const COLUMNS: &[Column] = &[
    ROW,
    DEVICE,
    VERDICT,
    column("reason", "Reason"),
    column("warnings", "Warnings"),
];

/// What a person needs of it.
const REMARKS: &[Column] = &[ROW, DEVICE, VERDICT, column("remark", "Remark")];

impl Capfd {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let ui = &context.ui;
        let installation = context.installation().await?;
        let progress = ui.progress("phones", Unit::Count);
        let stop = stop_on_signal()?;
        let mut done = |count| progress.set(count, None);
        let migration =
            admin::migrate::capfd(&installation, &self.file, self.dry_run, &mut done, &stop)
                .await?;
        drop(progress);
        match ui.format() {
            Format::Json => ui.json(&migration)?,
            Format::Jsonl | Format::Csv => ui.list(COLUMNS, migration.entries.iter().map(row))?,
            // Thousands of phones that are there already would hide the one that cannot be taken.
            Format::Table => {
                let mut others = entries_but_existing(&migration).peekable();
                if others.peek().is_some() {
                    ui.list(REMARKS, others.map(remark))?;
                }
                ui.line(&self.sentence(&migration))?;
            }
        }
        note(ui, &migration);
        Ok(Completion::of(
            migration.added,
            migration.existing + migration.rejected,
        ))
    }

    fn sentence(&self, migration: &Migration) -> String {
        let added = counted(migration.added, "phone");
        let verb = if self.dry_run {
            "would be added"
        } else {
            "added"
        };
        let mut sentence = format!("{added} {verb}, {} rejected.", migration.rejected);
        let existing: Vec<_> = migration
            .entries
            .iter()
            .filter(|entry| entry.verdict == Verdict::Existing)
            .map(|entry| entry.device.as_str())
            .collect();
        if !existing.is_empty() {
            sentence = format!("{sentence} There already: {}.", listed(&existing));
        }
        sentence
    }
}

/// The entries that a table is for.
fn entries_but_existing(migration: &Migration) -> impl Iterator<Item = &MigrationEntry> {
    let entries = migration.entries.iter();
    entries.filter(|entry| entry.verdict != Verdict::Existing)
}

fn note(ui: &Ui, migration: &Migration) {
    if !migration.missing_columns.is_empty() {
        ui.note(&format!(
            "The database lacks what this version knows of: {}. Nothing was read there.",
            migration.missing_columns.join(", ")
        ));
    }
    note_untrusted(ui, &migration.untrusted_issuers);
}

fn row(entry: &MigrationEntry) -> Vec<Cell> {
    let mut cells = beginning(entry);
    cells.push(entry.reason.as_deref().into());
    cells.push(entry.warnings.join("; ").into());
    cells
}

fn remark(entry: &MigrationEntry) -> Vec<Cell> {
    let remarks: Vec<_> = entry
        .reason
        .iter()
        .chain(&entry.warnings)
        .cloned()
        .collect();
    let mut cells = beginning(entry);
    cells.push(remarks.join("; ").into());
    cells
}

fn beginning(entry: &MigrationEntry) -> Vec<Cell> {
    let verdict = match entry.verdict {
        Verdict::Added => "Added",
        Verdict::Existing => "There already",
        Verdict::Rejected => "Rejected",
    };
    vec![
        entry.row.into(),
        entry.device.as_str().into(),
        verdict.into(),
    ]
}
