use std::io::Write as _;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Write the CAPF certificate to standard output
///
/// In PEM, or in DER for a CTL file. The private key stays where it is. Where there is no
/// certificate yet, it is made.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// Write DER
    #[arg(long)]
    der: bool,
}

impl Export {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let mut out = if self.der {
            context.ui.binary("`> CAPF.cer`")?
        } else {
            context.ui.raw()
        };
        let capf = context.installation().await?.capf_certificate().await?;
        context.say_if_created(&capf);
        let certificate = capf.issuer.certificate();
        if self.der {
            out.write_all(certificate.der())?;
        } else {
            out.write_all(certificate.to_pem().as_bytes())?;
        }
        out.flush()?;
        Ok(Completion::Done)
    }
}
