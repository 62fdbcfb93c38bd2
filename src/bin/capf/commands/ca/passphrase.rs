use std::path::PathBuf;

use capf::admin::ca;
use capf::config::PassphraseSource;
use capf::report::Cell;
use capf::secret::AccountPassword;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Record;

/// Set, change or remove the passphrase of the CAPF key
///
/// With a passphrase the key is encrypted on the disk (PKCS#8, PBES2 with AES-256), and the service
/// needs the passphrase at its start. It looks for it in this order: --ca-passphrase-file (a file with
/// one line, which not everybody may read), the environment variable `CAPF_CA_PASSPHRASE`,
/// `ca-passphrase-file` in the file of --config, and the systemd credential `capf-key-passphrase`. This
/// command finds the present passphrase in the same places, and asks for the new one twice, or reads it
/// from --new-file.
///
/// The key file is replaced in one step, and a service that runs goes on with the key that it has. Keys
/// in `ca-former` keep the passphrase that they had.
///
/// A passphrase protects the key where it is kept apart from the data directory and its backups: `LoadCredentialEncrypted=capf-key-passphrase` in the systemd unit binds it to the machine.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf ca passphrase --new-file /etc/capf/passphrase
  capf ca passphrase --ca-passphrase-file /etc/capf/passphrase --remove")]
pub(crate) struct Passphrase {
    /// Read the new passphrase from this file
    #[arg(long, value_name = "FILE", conflicts_with = "remove")]
    new_file: Option<PathBuf>,

    /// Keep the key in the clear
    #[arg(long)]
    remove: bool,
}

#[derive(serde::Serialize)]
struct Changed {
    key_encrypted: bool,
}

impl Passphrase {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let new = self.new_passphrase(context)?;
        if new.is_none() {
            context.ui.confirm(
                "This operation will keep the CAPF key in the clear: whoever reads its file, or a \
                 backup of it, can issue LSCs.",
            )?;
        }
        let changed = Changed {
            key_encrypted: new.is_some(),
        };
        ca::change_passphrase(&installation, new).await?;
        context.ui.show(&changed)?;
        Ok(Completion::Done)
    }

    fn new_passphrase(&self, context: &Context) -> Result<Option<AccountPassword>, CommandError> {
        if self.remove {
            return Ok(None);
        }
        if let Some(file) = &self.new_file {
            return Ok(PassphraseSource::File(file.clone()).read()?);
        }
        let Some(first) = context.ui.secret("New passphrase of the CAPF key:") else {
            return Err(CommandError::usage("the new passphrase is missing")
                .hint("There is no terminal to ask on: give --new-file, or --remove."));
        };
        let passphrase = PassphraseSource::entered(first.reveal())?;
        if context.ui.secret("Once more:") != Some(first) {
            return Err(CommandError::failed(
                "the two are not the same; nothing was changed",
            ));
        }
        Ok(Some(passphrase))
    }
}

impl Record for Changed {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![("Key Encrypted", self.key_encrypted.into())]
    }

    fn sentence(&self) -> Option<String> {
        Some(if self.key_encrypted {
            "The CAPF key is encrypted; the service needs the passphrase at its next start."
                .to_owned()
        } else {
            "The CAPF key is in the clear.".to_owned()
        })
    }
}
