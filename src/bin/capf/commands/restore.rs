use std::path::PathBuf;
use std::sync::OnceLock;

use capf::admin;
use capf::admin::restore::{Found, Restored, Restorer, Restoring, Target};
use capf::backup::Decryption;
use capf::config::admin_name;
use capf::report::Cell;
use capf::transfer::Remembering;

use super::passphrase;
use super::place::{Place, warn_of_clear_text};
use super::server_options::ServerOptions;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::interrupt::stop_on_signal;
use crate::ui::{Record, Unit};

/// Restore the installation from a backup
///
/// Everything is verified before anything is touched: that the backup is whole and every file what its
/// manifest says, that the database is sound and no newer than this program, and that the CAPF key
/// fits its certificate. Then the restored directory takes the place of the data directory, in one
/// step: whatever ends the command, the data directory is what it was, or what was restored.
///
/// No service may run on the data directory. An installation that is there is replaced only after a
/// question, or with `--yes`, and kept beside, as `NAME.before-TIME`. The files belong to whom the data
/// directory belongs. A service that is started then serves phones at once.
///
/// The data directory must not be a mount point, and the store must lie in it. The configuration file
/// that was backed up is put into the data directory as capf.toml, and read where --config names it.
///
/// FILE is a path, `-`, or a URL; see `capf csr dump --help`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf restore /var/backups/capf/capf-20261126T020000Z.tar.gz
  capf restore --identity key.txt sftp://backup@files.example.com/srv/capf/capf.tar.gz.age
  capf restore --dry-run --passphrase-file passphrase capf.tar.gz.age")]
pub(crate) struct Restore {
    /// The backup, a URL, or `-` for standard input
    file: Place,

    /// Decrypt it with a secret key in this file
    ///
    /// As `age-keygen` writes it. The key itself must not be encrypted.
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_file")]
    identity: Option<PathBuf>,

    /// Decrypt it with the passphrase in the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,

    /// Verify the backup and show what is in it, and restore nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    server: ServerOptions,
}

impl Restore {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let ui = &context.ui;
        let decryption = self.decryption()?;
        let config = context.config()?;
        let target = Target::of(&config)?;
        let restoring = match (self.dry_run, target.found()) {
            (true, _) => Restoring::Verify,
            (false, Found::Nothing) => Restoring::New,
            (false, Found::Installation) => {
                ui.confirm(&format!(
                    "This operation will replace the installation in {}.",
                    target.directory().display()
                ))?;
                Restoring::Replace
            }
        };
        let key_passphrase = config.ca_passphrase.read()?;
        let stop = stop_on_signal()?;
        let backup = match &self.file {
            Place::Local(file) => file.open()?,
            Place::Server(remote) => {
                warn_of_clear_text(ui, remote);
                let asked = Remembering::new(ui);
                let access = self.server.access(&asked);
                // Before the first byte there may be questions, which nothing may paint over.
                let receiving = OnceLock::new();
                let moved = |bytes, of| {
                    let receiving = receiving.get_or_init(|| ui.progress("received", Unit::Bytes));
                    receiving.set(bytes, of);
                };
                let fetched = admin::restore::fetch(&target, remote, &access, &moved, &stop);
                Box::new(fetched.await?)
            }
        };
        let unpacking = ui.progress("unpacked", Unit::Bytes);
        let restored = admin::restore::restore(
            &target,
            backup,
            &decryption,
            restoring,
            Restorer {
                clock: context.clock(),
                administrator: &admin_name(),
                key_passphrase: key_passphrase.as_ref(),
            },
            &|bytes, of| unpacking.set(bytes, Some(of)),
            &stop,
        )
        .await?;
        drop(unpacking);
        ui.show(&restored)?;
        if restored.key_verified == Some(false) {
            ui.warning(
                "The CAPF key has a passphrase, which is not known here: the key was not tried. The \
                 service needs it.",
            );
        }
        if self.dry_run {
            ui.note("The backup is whole. Nothing was restored.");
        }
        for before in &restored.before {
            ui.note(&format!(
                "The installation that was there before is kept in {}; remove it when nobody needs \
                 it any more.",
                before.display()
            ));
        }
        if let Some(configuration) = &restored.configuration {
            ui.note(&format!(
                "The configuration file is {}; give it with --config.",
                configuration.display()
            ));
        }
        Ok(Completion::Done)
    }

    fn decryption(&self) -> Result<Decryption, CommandError> {
        match (&self.identity, &self.passphrase_file) {
            (Some(file), _) => Decryption::identities(&passphrase::read_secret(file)?)
                .map_err(|error| CommandError::failed(format!("{}: {error}", file.display()))),
            (None, Some(file)) => Ok(Decryption::Passphrase(passphrase::read(file)?)),
            (None, None) => Ok(Decryption::Open),
        }
    }
}

impl Record for Restored {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        let data_dir = self.data_dir.as_ref();
        vec![
            ("Made At", admin::whole_seconds(self.made_at).into()),
            ("Host", self.host.as_str().into()),
            ("capf", self.capf.as_str().into()),
            ("Schema", self.schema.into()),
            ("CAPF Certificate", self.capf_certificate.as_deref().into()),
            ("Phones", self.counts.phones.into()),
            ("LSCs", self.counts.lscs.into()),
            ("CSRs", self.counts.csrs.into()),
            ("Trusted Certificates", self.counts.trust_anchors.into()),
            ("Files", self.files.into()),
            ("Bytes", self.bytes.into()),
            (
                "Restored Into",
                data_dir.map(|path| path.display().to_string()).into(),
            ),
        ]
    }
}
