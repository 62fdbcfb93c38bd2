mod add;
mod config;
mod find;
mod import;
mod remove;
mod renew;
mod reset;
mod resets;
mod selection;
mod set;
mod settings;
mod show;

use capf::admin::phone::{AddedPhones, Doubts, Settings};
use capf::admin::{self, Installation, UntrustedIssuer};
use capf::model::{AuthenticationMode, DeviceName, TrustPurpose};
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::{Record, Ui, counted};

pub(super) use import::Import;

/// Phones and the certificate operations scheduled for them
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Add(add::Add),
    Set(Box<set::Set>),
    Show(show::Show),
    Find(find::Find),
    Renew(renew::Renew),
    Reset(reset::Reset),
    Remove(remove::Remove),
    Import(Import),
    Config(config::Config),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::Add(command) => command.run(context).await,
            Self::Set(command) => command.run(context).await,
            Self::Show(command) => command.run(context).await,
            Self::Find(command) => command.run(context).await,
            Self::Renew(command) => command.run(context).await,
            Self::Reset(command) => command.run(context).await,
            Self::Remove(command) => command.run(context).await,
            Self::Import(command) => command.run(context).await,
            Self::Config(command) => command.run(context).await,
        }
    }
}

impl Record for AddedPhones {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("Added", self.added.into()),
            ("Existing", listed(&self.existing).into()),
        ]
    }

    fn sentence(&self) -> Option<String> {
        Some(added("Added", self))
    }
}

/// How many phones were added, and which were there already.
fn added(verb: &str, phones: &AddedPhones) -> String {
    let added = counted(phones.added, "phone");
    if phones.existing.is_empty() {
        format!("{verb} {added}.")
    } else {
        let existing = listed(&phones.existing);
        format!("{verb} {added}. There already: {existing}.")
    }
}

/// Says whose LSCs came in that nobody here trusts.
pub(super) fn note_untrusted(ui: &Ui, issuers: &[UntrustedIssuer]) {
    if issuers.is_empty() {
        return;
    }
    let lscs = issuers.iter().map(|issuer| issuer.lscs).sum();
    let named: Vec<_> = issuers
        .iter()
        .map(|UntrustedIssuer { issuer, lscs }| format!("\n  {issuer} ({lscs})"))
        .collect();
    ui.note(&format!(
        "Issued by CAs that are not in CAPF-trust: {}. `capf trust import` with a CA's certificate, \
         or `capf trust import --other-capf` with another CAPF's, makes its LSCs count as proof:{}",
        counted(lscs, "LSC"),
        named.concat()
    ));
}

/// Names in a sentence.
pub(super) fn listed<T: ToString>(names: &[T]) -> String {
    const SHOWN: usize = 20;
    let (shown, more) = names.split_at(names.len().min(SHOWN));
    let list: Vec<_> = shown.iter().map(T::to_string).collect();
    let list = list.join(", ");
    if more.is_empty() {
        list
    } else {
        format!("{list} and {} more", more.len())
    }
}

const DEADLOCK: &str = "By Authentication String with a Device Security Mode of Authenticated or \
    Encrypted is a deadlock for a phone without an LSC: it cannot register without one, and a phone \
    that has not registered does not contact CAPF by itself. Somebody would have to enter the \
    string on the phone. Choose null-string or mic, or install the LSC in the mode non-secure first.";

/// Explains the deadlock into which these phones would be put, and asks whether that is meant.
fn confirm_deadlock(ui: &Ui, phones: &[DeviceName]) -> Result<(), CommandError> {
    if phones.is_empty() {
        return Ok(());
    }
    ui.confirm(&concerning(DEADLOCK, phones))
}

/// Warns of what may not come to what was meant, but for the deadlock.
fn warn_of_doubts(ui: &Ui, doubts: &Doubts) {
    for (warning, phones) in [
        (
            "By Authentication String, and no string is set: there is nothing that the user could \
             enter. `capf phone set NAME --auth-string generate` sets one.",
            &doubts.without_string,
        ),
        (
            "Operation Completes By is past, so that the operation will be refused; \
             `capf phone set NAME --completes-by 10d` sets it anew.",
            &doubts.overdue,
        ),
        (
            "Delete and Troubleshoot make no sense for a phone of which no certificate is known. \
             `capf phone set NAME --operation none` calls them off where there is none.",
            &doubts.without_certificate,
        ),
        (
            "The device type does not fit into the common name of an LSC, which has up to 64 \
             characters with the name of the phone, and no control characters: LSCs will be issued \
             without it.",
            &doubts.unfit_model,
        ),
    ] {
        if !phones.is_empty() {
            ui.warning(&concerning(warning, phones));
        }
    }
}

/// What concerns these phones.
fn concerning(text: &str, phones: &[DeviceName]) -> String {
    format!(
        "{text} This concerns {}: {}.",
        counted(phones.len() as u64, "phone"),
        listed(phones)
    )
}

/// Warns where phones will be refused, because nobody vouches for the certificates that they are
/// to show.
async fn warn_of_distrust(
    context: &Context,
    installation: &Installation,
    settings: &Settings,
) -> Result<(), CommandError> {
    let shows_mic = matches!(
        settings.change.authentication_mode,
        Some(AuthenticationMode::ExistingLsc | AuthenticationMode::ExistingMic)
    );
    let manufacturing = TrustPurpose::Manufacturing;
    if shows_mic
        && admin::trust::anchors(installation)
            .await?
            .iter()
            .all(|anchor| anchor.purpose != manufacturing)
    {
        context.ui.warning(
            "No manufacturing CA is trusted, so a phone that shows its MIC will be refused; \
             `capf trust import --purpose manufacturing` imports the CA that signed it.",
        );
    }
    Ok(())
}

/// What was done to how many phones, and the names that no phone has.
fn done(verb: &str, phones: u64, unknown: &[DeviceName]) -> String {
    let phones = counted(phones, "phone");
    if unknown.is_empty() {
        format!("{verb} {phones}.")
    } else {
        format!("{verb} {phones}. No such phone: {}.", listed(unknown))
    }
}
