//! What to do where a use case failed.

use capf::admin::ctl::InvalidCtlOrder;
use capf::admin::migrate::CapfdError;
use capf::admin::restore::InvalidTarget;
use capf::admin::trust::UnfitAnchor;
use capf::admin::trust::crl::UnfitCrl;
use capf::admin::{AdminError, InvalidPhones, PkiError, UnfitAnswer};
use capf::backup::InvalidBackup;
use capf::config::InvalidPassphrase;
use capf::model::InvalidParameter;
use capf::trace::TraceError;

use crate::command_error::hint_on_file;

/// What to do about the failure, where there is something to do. For a transfer `transfer_hint` says it.
pub(crate) fn admin_hint(error: &AdminError) -> Option<&'static str> {
    Some(match error {
        AdminError::Backup(error) => backup_hint(error),
        AdminError::BackupRuns { .. } => "Try again when it is done.",
        AdminError::NoInstallation { .. } => {
            "Name the one that is meant with --data-dir, --store or --config."
        }
        AdminError::Target(error) => target_hint(error),
        AdminError::File(error) => return hint_on_file(error),
        AdminError::Capfd(error) => return capfd_hint(error),
        AdminError::Ctl { .. } => {
            "CTLFile.tlv, ITLFile.tlv or a phone's own file is meant, as the TFTP server has it."
        }
        AdminError::CtlOrder(InvalidCtlOrder::TooManySasts { .. }) => {
            "Give fewer --record sast=…; the signer needs none."
        }
        AdminError::Interrupted { .. } => {
            "Run the command again: what is in stays in, and the rest follows."
        }
        AdminError::Parameter(error) => return parameter_hint(error),
        AdminError::NotDirectory { .. } => "Name a directory with --data-dir.",
        AdminError::NoCertificate { .. } => "Give --force if the phone has one.",
        AdminError::NoCsr { selected: true } => {
            "`capf csr list` takes the same options and shows what they select."
        }
        AdminError::NoCsr { selected: false } => {
            "Schedule Install/Upgrade on phones while the parameter `Certificate Issuer to Endpoint` \
             is `Offline CA`; `capf csr count` shows when their keys have arrived."
        }
        AdminError::NoOutsideCa => {
            "Import the CA's certificate first, `capf trust import FILE`: what comes back from it is \
             verified against that."
        }
        AdminError::OwnCertificate { .. } => {
            "Nothing was removed. To withdraw an LSC, let its phone delete it: `capf phone set NAME \
             --operation delete`."
        }
        AdminError::Passphrase(InvalidPassphrase::Exposed { .. }) => {
            "Let its owner alone read it: `chmod 600 FILE`."
        }
        AdminError::Pki(PkiError::NoPassphrase | PkiError::WrongPassphrase) => {
            "Name the file with it as --ca-passphrase-file or `ca-passphrase-file` in the \
             configuration, or give CAPF_CA_PASSPHRASE or the credential `capf-key-passphrase`."
        }
        AdminError::UnfitAnswer { source } => answer_hint(source),
        AdminError::Phones(InvalidPhones::Lines(_)) => {
            "No phone was added. Correct these lines and import the file again."
        }
        AdminError::Phones(_) => {
            "No phone was added. `capf phone import --help` lists the columns."
        }
        AdminError::Stopped => "Nothing was changed.",
        AdminError::Trace(TraceError::Unknown { .. }) => "`capf trace list` lists them.",
        AdminError::RenewedForEver { .. } => {
            "Give a shorter --expires-within, or raise the parameter `Duration Of Certificate Validity \
             (in days)`."
        }
        AdminError::UnknownPhone { .. } => {
            "`capf phone find` lists phones, and `capf phone add` adds them."
        }
        AdminError::UnknownSearch { .. } => {
            "`capf saved-search list` lists them, and `capf phone find --save NAME` saves one."
        }
        AdminError::UnfitAnchor { source, .. } => anchor_hint(source),
        AdminError::UnfitCrl { source, .. } => crl_hint(source),
        _ => return service_hint(error),
    })
}

fn service_hint(error: &AdminError) -> Option<&'static str> {
    Some(match error {
        AdminError::NoCommonKey { .. } | AdminError::AnotherKey { .. } => {
            "Copy the directory `ca` from the data directory of a node that serves into this one, with \
             its owner and modes."
        }
        AdminError::NodeRuns { .. } => {
            "End it first, with `capf service deactivate` or where it was started."
        }
        AdminError::NoServiceRuns => {
            "`capf service status` says how it stands. One that begins has the parameters as they are \
             then."
        }
        AdminError::ServiceRuns { .. } => {
            "End it first, or name another directory with --data-dir."
        }
        AdminError::ServiceFailed { .. } => {
            "Its log says why; `capf service status` says how it stands."
        }
        AdminError::ServiceSlow { .. } => {
            "It was told, and may still do it: `capf service status` says how it stands. Sessions under \
             way have some seconds to finish; --wait gives it longer."
        }
        _ => return None,
    })
}

fn answer_hint(error: &UnfitAnswer) -> &'static str {
    match error {
        UnfitAnswer::MissingIssuer { .. } => {
            "Nothing was changed. Name the files with the CAs up to the root, too."
        }
        UnfitAnswer::OtherKey { .. } => {
            "Nothing was changed. `capf ca csr` writes the request that the CA must sign."
        }
        _ => "Nothing was changed. Ask the CA for a subordinate CA's certificate.",
    }
}

fn anchor_hint(error: &UnfitAnchor) -> &'static str {
    match error {
        UnfitAnchor::ReservedName { .. } => {
            "Nothing was imported. If it is another cluster's CAPF, and the LSCs of its phones are to \
             count as proof, give --other-capf."
        }
        _ => "Nothing was imported.",
    }
}

fn crl_hint(error: &UnfitCrl) -> &'static str {
    match error {
        UnfitCrl::Unsigned { .. } => {
            "Nothing was imported. `capf trust import` makes the CA known whose list it is."
        }
        _ => "Nothing was imported.",
    }
}

/// What to do where parameters are not as they may be.
fn parameter_hint(error: &InvalidParameter) -> Option<&'static str> {
    match error {
        InvalidParameter::KeyGenerationOutlastsOperation { .. } => Some(
            "Nothing was changed. Lower the time or the attempts for key generation, or raise `CAPF \
             Operation Expires in (days)`; `capf parameter set` takes several at once.",
        ),
        _ => None,
    }
}

fn capfd_hint(error: &CapfdError) -> Option<&'static str> {
    Some(match error {
        CapfdError::Changed { .. } => "capfd has begun to work with it. Run the command again.",
        CapfdError::Locked { .. } => "Try again when capfd has less to do, or stop it meanwhile.",
        CapfdError::Unfinished { .. } => {
            "Start capfd once, or open it with `sqlite3 FILE 'SELECT 1 FROM devices'`; then try \
             again."
        }
        CapfdError::NoDeviceNames { .. }
        | CapfdError::NoTable { .. }
        | CapfdError::NotRegularFile { .. }
        | CapfdError::NotSqlite { .. } => {
            "Name the SQLite file in which capfd keeps its phones, in the table `devices`."
        }
        CapfdError::Sqlite { .. } => "Check it with `sqlite3 FILE 'PRAGMA integrity_check'`.",
        CapfdError::Read { .. } => return None,
    })
}

fn backup_hint(error: &InvalidBackup) -> &'static str {
    match error {
        InvalidBackup::Encrypted { passphrase: true } => {
            "Give a file that holds it with --passphrase-file."
        }
        InvalidBackup::Encrypted { passphrase: false } => {
            "Give the file with its secret key with --identity."
        }
        InvalidBackup::NotEncrypted => {
            "If it is the right one all the same, leave out --identity or --passphrase-file."
        }
        InvalidBackup::Format { .. } => "Use the newer capf that made it.",
        InvalidBackup::WrongKey { .. } => "Nothing was changed.",
        _ => "Nothing was changed. Take another copy of it, or an older backup.",
    }
}

fn target_hint(error: &InvalidTarget) -> &'static str {
    match error {
        InvalidTarget::Exists { .. } => "Give --yes to replace it; it is kept beside.",
        InvalidTarget::CannotExchange { .. } => {
            "Nothing was changed. Move the directory away, and restore where it was."
        }
        InvalidTarget::MountPoint { .. } => {
            "Name a directory in it with --data-dir, here and where the service starts."
        }
        InvalidTarget::NotInstallation { .. } => {
            "Name another directory with --data-dir: it need not exist."
        }
        InvalidTarget::OtherOwner { .. } => "Nothing was changed. Restore as root.",
        InvalidTarget::StoreElsewhere { .. } => {
            "Restore without --store into a directory of its own, and move its capf.db to where the \
             store is to be, or bring it to PostgreSQL with `capf store copy`, while no service runs."
        }
    }
}
