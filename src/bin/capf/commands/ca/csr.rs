use std::io::Write as _;
use std::path::{Path, PathBuf};

use capf::admin::{IssuerName, ca};
use capf::whole_file::WholeFile;

use super::kind_of_key::KindOfKey;
use crate::command_error::{CommandError, Completion};
use crate::commands::local_file::may_replace;
use crate::context::Context;

/// Write a request by which another CA signs the CAPF certificate
///
/// CAPF is that CA's subordinate then. The request asks for what Unified CM asks for: CA:TRUE with
/// path length 0, the key usages digitalSignature and keyCertSign, the extended key usage serverAuth.
/// Microsoft's CAs sign it with the template "Subordinate Certification Authority". `capf ca import`
/// takes the answer; until then nothing changes.
///
/// It is for the present key, under the present name, or with --new-key for a key that is made now and
/// takes the place of the present one with its certificate. A request for a new key replaces an
/// earlier one.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf ca csr --output CAPF.csr
  capf ca csr --new-key rsa3072 --subject 'C=AU,O=Example,OU=Voice' --output CAPF.csr")]
pub(crate) struct Csr {
    /// Write to this file, and not to standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Make a new key
    #[arg(long, value_name = "KEY")]
    new_key: Option<KindOfKey>,

    /// Whose the certificate is to be, as for `capf ca regenerate`
    #[arg(long, value_name = "NAME", requires = "new_key")]
    subject: Option<IssuerName>,
}

impl Csr {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let replace = match &self.output {
            Some(path) => may_replace(context, path)?,
            None => false,
        };
        let installation = context.installation().await?;
        if let Some(key) = self.new_key {
            key.warn(context);
        }
        let new = self.new_key.map(|key| (self.subject, key.request()));
        let csr = ca::request(&installation, new).await?;
        if let Some(path) = &self.output {
            write(path, replace, &csr.to_pem())?;
            context.ui.note(&format!(
                "Have {} signed as a subordinate CA, and take the answer in with `capf ca import \
                 FILE…`.",
                path.display()
            ));
        } else {
            let mut out = context.ui.raw();
            out.write_all(csr.to_pem().as_bytes())?;
            out.flush()?;
        }
        Ok(Completion::Done)
    }
}

fn write(path: &Path, replace: bool, pem: &str) -> Result<(), CommandError> {
    let mut file = WholeFile::create(path, replace)?;
    file.write_all(pem.as_bytes())?;
    Ok(file.commit()?)
}
