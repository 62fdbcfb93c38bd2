use std::path::PathBuf;

use capf::admin::ca;

use super::{say_what_follows, warning};
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Take the CAPF certificate that another CA signed
///
/// The files hold the certificate and the CAs above it up to the root, in any order: PEM, DER, or
/// PKCS#7 (`.p7b`), as Microsoft's CAs hand it out. CAs that are in CAPF-trust need not be in them.
///
/// The certificate must be for CAPF's key or for that of `capf ca csr --new-key`, be a CA's with path
/// length 0, have digitalSignature and keyCertSign, be valid now, and keep `CAPF-` in its common name,
/// which no CA above it may have. The chain must verify up to a self-signed root, with keys of RSA-2048
/// and better and without SHA-1, for the certificate and for an LSC under it.
///
/// It takes the place of the present one, as `capf ca regenerate` says; LSCs are issued under it from
/// then on, and none is valid longer than any CA of the chain. In TLS phones are shown the certificate
/// and the CAs above it, without the root. Asks first; without a terminal it needs `--yes`.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// The files with the certificate and its chain
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Import {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        // What is not fit is refused before anybody is asked.
        ca::judge(&installation, &self.files).await?;
        let (present, _) = ca::show(&installation).await?;
        context
            .ui
            .confirm(&warning(&present.description.subject, present.phones))?;
        let replaced = ca::import(&installation, &self.files).await?;
        context.ui.show(&replaced)?;
        say_what_follows(context, &replaced);
        Ok(Completion::Done)
    }
}
