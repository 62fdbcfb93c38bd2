use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use capf::admin;
use capf::admin::backup::{Backup as Summary, BackupProgress, Extent, file_name, keep_latest};
use capf::backup::{Encryption, InvalidRecipient};
use capf::report::Cell;
use capf::secret::AccountPassword;
use capf::transfer::Remembering;

use super::local_file::LocalFile;
use super::passphrase;
use super::place::{Place, with_file_name};
use super::server_options::ServerOptions;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::interrupt::stop_on_signal;
use crate::ui::{Record, Unit, counted};

/// Back up the installation, while its service runs
///
/// One .tar.gz holds the store as it is at one moment (phones, LSCs, CSRs, parameters, the trust
/// store, the audit trail), the CAPF certificate with its key, and former ones, and the file of
/// --config. `capf restore` makes an installation of it again.
///
/// Without encryption it holds the private key of the CAPF certificate and every authentication
/// string in the clear. With --encrypt-to or --passphrase-file it is an age file
/// (<https://age-encryption.org>), which `age --decrypt` reads, too.
///
/// TARGET is a path, `-`, or a URL; see `capf csr dump --help`. A target that ends in a slash gets a
/// file name with the time in it. The file has a temporary name until it is whole, and is for its
/// owner alone; a backup that fails or is stopped leaves none, and the one before as it was. A file
/// that exists is replaced only after a question, or with `--yes`.
///
/// The store is copied into the data directory first, which needs as much free space as the database
/// has bytes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf backup /var/backups/capf/ --encrypt-to age1... --keep 14
  capf backup --passphrase-file /etc/capf/passphrase sftp://backup@files.example.com/srv/capf/
  capf --config /etc/capf.toml backup - --encrypt-to age1... | ssh files 'cat >capf.tar.gz.age'")]
pub(crate) struct Backup {
    /// The file or directory to write to, a URL, or `-` for standard output
    target: Place,

    /// Encrypt it to this age recipient
    ///
    /// The public half of a key that `age-keygen` made, `age1...`. It can be given several times: each
    /// of them can decrypt it.
    #[arg(long, value_name = "RECIPIENT", conflicts_with = "passphrase_file")]
    // Somebody may give the secret key by mistake, and clap would repeat what it cannot parse.
    encrypt_to: Vec<AccountPassword>,

    /// Encrypt it to the passphrase in the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,

    /// Back up the trace files, too
    #[arg(long)]
    traces: bool,

    /// Keep the N latest backups in the directory, and remove the older ones
    ///
    /// Those count whose names have the time as this command gives it. TARGET must be a directory on
    /// this machine.
    #[arg(long, value_name = "N")]
    keep: Option<NonZeroUsize>,

    #[command(flatten)]
    server: ServerOptions,
}

impl Backup {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let ui = &context.ui;
        let encryption = self.encryption()?;
        let directory = directory(&self.target).map(Path::to_owned);
        let rotation = match (self.keep, directory) {
            (Some(keep), Some(directory)) => Some((keep, directory)),
            (Some(_), None) => {
                return Err(CommandError::usage("--keep needs a directory as TARGET")
                    .hint("Name one that is there, or end it in a slash."));
            }
            (None, _) => None,
        };
        let place = with_file_name(self.target, &file_name(context.now(), &encryption));
        let replace = place.may_replace(context)?;
        let asked = Remembering::new(ui);
        let access = self.server.access(&asked);
        let target = place.target(ui, replace, &access, "TARGET")?;
        let installation = context.existing_installation().await?;
        let stop = stop_on_signal()?;

        let copying = ui.progress("pages copied", Unit::Count);
        let packing = OnceLock::new();
        let sending = OnceLock::new();
        let progress = BackupProgress {
            copied: &|pages, of| copying.set(pages, Some(of)),
            packed: &|bytes, of| {
                copying.finish();
                let packing = packing.get_or_init(|| ui.progress("packed", Unit::Bytes));
                packing.set(bytes, Some(of));
            },
            moved: &|bytes, of| {
                if let Some(packing) = packing.get() {
                    packing.finish();
                }
                // Before the first byte there may be questions, which nothing may paint over.
                if bytes > 0 {
                    let sending = sending.get_or_init(|| ui.progress("sent", Unit::Bytes));
                    sending.set(bytes, of);
                }
            },
        };
        let extent = Extent {
            configuration: context.config_file(),
            traces: self.traces,
        };
        let made =
            admin::backup::back_up(&installation, extent, &encryption, target, progress, &stop)
                .await?;
        drop((copying, packing, sending));
        if !made.encrypted {
            ui.warning(
                "the backup is not encrypted: whoever reads it has the private key of the CAPF \
                 certificate and every authentication string; --encrypt-to and --passphrase-file \
                 encrypt it",
            );
        }
        match &place {
            Place::Local(LocalFile::Standard) => ui.note(&made.sentence().unwrap_or_default()),
            Place::Local(LocalFile::Path(path)) => {
                ui.show(&made)?;
                ui.note(&format!("{} was written.", path.display()));
            }
            Place::Server(remote) => {
                ui.show(&made)?;
                let verified = if made.verified {
                    "the server has as many"
                } else {
                    "the server cannot say how many it has"
                };
                ui.note(&format!(
                    "{remote} was written: {} bytes, {verified}.",
                    made.bytes
                ));
            }
        }
        if let Some((keep, directory)) = rotation {
            for removed in keep_latest(&directory, keep.get())? {
                ui.note(&format!("{} was removed.", removed.display()));
            }
        }
        Ok(Completion::Done)
    }

    fn encryption(&self) -> Result<Encryption, CommandError> {
        if let Some(file) = &self.passphrase_file {
            return Ok(Encryption::Passphrase(passphrase::read(file)?));
        }
        if self.encrypt_to.is_empty() {
            return Ok(Encryption::Open);
        }
        let recipients = self.encrypt_to.iter().map(|text| text.reveal().parse());
        recipients
            .collect::<Result<_, InvalidRecipient>>()
            .map(Encryption::Recipients)
            .map_err(|error| CommandError::usage(format!("--encrypt-to: {error}")))
    }
}

/// The directory that a target names on this machine.
fn directory(target: &Place) -> Option<&Path> {
    match target {
        Place::Local(LocalFile::Path(path)) if super::place::is_directory(path) => Some(path),
        _ => None,
    }
}

impl Record for Summary {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("Made At", admin::whole_seconds(self.made_at).into()),
            ("Phones", self.counts.phones.into()),
            ("LSCs", self.counts.lscs.into()),
            ("CSRs", self.counts.csrs.into()),
            ("Trusted Certificates", self.counts.trust_anchors.into()),
            ("Files", self.files.into()),
            ("Bytes", self.bytes.into()),
            ("Encrypted", self.encrypted.into()),
            ("Size Verified", self.verified.into()),
        ]
    }

    fn sentence(&self) -> Option<String> {
        Some(format!(
            "Backed up {}, {}, {} and {}: {}.",
            counted(self.counts.phones, "phone"),
            counted(self.counts.lscs, "LSC"),
            counted(self.counts.csrs, "CSR"),
            counted(self.counts.trust_anchors, "trusted certificate"),
            counted(self.bytes, "byte"),
        ))
    }
}
