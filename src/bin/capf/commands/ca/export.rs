use std::io::Write as _;
use std::path::PathBuf;

use capf::admin::ca::{self, Handout};

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Write the CAPF certificate to standard output, or into a directory
///
/// In PEM, or in DER for a CTL file. The private key stays where it is. Where there is no
/// certificate yet, it is made.
///
/// With --directory it is written under every name that somebody looks for: `CAPF.cer` (DER) and
/// `CAPF-xxxxxxxx.0` (PEM, under its common name) are those of Unified CM, which Cisco's CTL client
/// copies. The third, eight hexadecimal digits and `.0` (PEM), has nothing to do with them: by this
/// hash of the subject OpenSSL finds a CA in a directory (`openssl verify -CApath`, RADIUS servers).
/// A file that exists is replaced only with `--yes`.
///
/// --chain adds who vouches for the certificate, where another CA signed it: behind it, or in the
/// directory as `CAPF-chain.pem`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf ca export >CAPF.pem
  capf ca export --directory /srv/tftp/ca --chain")]
pub(crate) struct Export {
    /// Write DER
    #[arg(long, conflicts_with_all = ["chain", "directory"])]
    der: bool,

    /// Write the certificates of the CAs above it, too
    #[arg(long)]
    chain: bool,

    /// Write the files into this directory
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

impl Export {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        if self.der {
            context.ui.binary("`> CAPF.cer`")?;
        }
        let (handout, made) = ca::export(&context.installation().await?).await?;
        context.say_if_made(made, handout.certificate.subject());
        match &self.directory {
            Some(directory) => {
                let replace = context.ui.says_yes();
                for path in handout.write(directory, self.chain, replace)? {
                    context.ui.line(&path.display().to_string())?;
                }
            }
            None => self.write(&handout, context)?,
        }
        Ok(Completion::Done)
    }

    fn write(&self, handout: &Handout, context: &Context) -> Result<(), CommandError> {
        let mut out = context.ui.raw();
        if self.der {
            out.write_all(handout.certificate.der())?;
        } else {
            out.write_all(handout.to_pem(self.chain).as_bytes())?;
        }
        Ok(out.flush()?)
    }
}
