use capf::admin::phone::{ImportedPhones, PhoneFile};
use capf::report::Cell;

use super::{DEADLOCK, added, concerning, listed, note_untrusted, warn_of_doubts};
use crate::cli::Format;
use crate::command_error::{CommandError, Completion};
use crate::commands::local_file::LocalFile;
use crate::context::Context;
use crate::interrupt::stop_on_signal;
use crate::ui::{Record, Unit, counted};

/// Add phones from a CSV file, with their state
///
/// `capf phone import` and `capf migrate csv` are two names of one command.
///
/// The first line names the columns, in Cisco's labels (any case, spaces, hyphens or underscores)
/// or in the keys of `capf phone show --format json`. `Device Name` must be there; the others may.
///
/// What an administrator sets: Description, Device Type (or model), Security Profile, Device
/// Security Mode, Certificate Operation (or operation), Authentication Mode, Authentication String
/// (digits or `generate`), Key Order, RSA Key Size, EC Key Size, Operation Completes By (or
/// completes-by). A cell that is empty leaves the default. A description or a device type has up to
/// 128 characters.
///
/// What is known of the phone: LSC Status (or operation status), one of Cisco's 34; LSC Certificate
/// (or LSC), the certificate that the phone holds, in PEM or as the base64 of its DER, whoever issued
/// it; MIC Certificate (or MIC), alike; Last Contact and Address, of which neither stands without the
/// other. Where LSC Status is empty, an operation that is scheduled is Operation Pending, and a phone
/// with an LSC is Upgrade Success. LSC Serial Number must be that of the LSC beside it.
///
/// The other columns of `capf report --format csv` are passed over, so that a report from one system
/// is an import for another. With `--with-lsc` the report holds the LSCs too. A report that hides the
/// authentication strings (****) is refused.
///
/// Commas, semicolons or tabulators stand between the cells, as in the first line. Space around a cell
/// is left away, and so is the apostrophe that `capf report` puts in front of what a spreadsheet would
/// change: '=1+1 is =1+1 and '0123 is 0123, but 'Ndrangheta stays.
///
/// The whole file is read first: if a line is wrong, no phone is added, and every wrong line is named.
/// An operation that can come to nothing is warned of, and refused no phone: a string that is missing,
/// a time that has passed, a certificate to be deleted or fetched that is not known.
///
/// Phones that are there already stay as they are and are named in the result; if some were, the exit
/// code is 3, and 1 if all were. Phones are committed by the thousand; an import that was broken off
/// (Ctrl-C ends it between two thousands, and says how many are in) goes on where it is run again.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Example:
  Device Name,Description,Device Type,Certificate Operation,Authentication Mode,Authentication String
  SEP001122334455,Reception,CP-8861,Install/Upgrade,By Authentication String,generate
  SEP001122334456,Workshop,CP-7841,install,null-string,

  Device Name,Device Type,LSC Status,LSC Certificate
  SEP001122334457,CP-8861,Upgrade Success,MIIDKzCCAhOgAwIBAgIQ...")]
pub(crate) struct Import {
    /// The CSV file, or `-` for standard input
    #[arg(value_hint = clap::ValueHint::FilePath)]
    file: LocalFile,

    /// Check the file, and add no phone
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    pub(crate) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let ui = &context.ui;
        let source = self.file.open()?;
        let installation = context.installation().await?;
        let file = PhoneFile::read(&installation, source)?;
        let stop = stop_on_signal()?;
        let progress = ui.progress("phones", Unit::Count);
        let mut done = |count| progress.set(count, None);
        let imported = file.import(&installation, self.dry_run, &mut done, &stop);
        let imported = imported.await?;
        drop(progress);
        if self.dry_run && ui.format() == Format::Table {
            ui.line(&added("Would add", &imported.phones))?;
        } else {
            ui.show(&imported)?;
        }
        let remarks = &imported.remarks;
        if !remarks.foreign_lscs.is_empty() {
            ui.warning(&format!(
                "the LSCs of these phones are made out to other names; make sure that they are \
                 theirs: {}",
                listed(&remarks.foreign_lscs)
            ));
        }
        warn_of_doubts(ui, &remarks.doubts);
        if !remarks.doubts.deadlocked.is_empty() {
            ui.warning(&concerning(DEADLOCK, &remarks.doubts.deadlocked));
        }
        if remarks.missing_lscs > 0 {
            ui.note(&format!(
                "Of {} the file tells that there is an LSC, and does not hold it, so it is not \
                 known here. A report `--with-lsc` holds them.",
                counted(remarks.missing_lscs, "phone")
            ));
        }
        note_untrusted(ui, &imported.untrusted_issuers);
        Ok(Completion::of(
            imported.phones.added,
            imported.phones.existing.len() as u64,
        ))
    }
}

impl Record for ImportedPhones {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        self.phones.fields()
    }

    fn sentence(&self) -> Option<String> {
        self.phones.sentence()
    }
}
