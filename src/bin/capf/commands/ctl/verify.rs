use capf::admin::ctl::{CtlVerdict, verify};
use capf::report::Cell;

use super::{read_file, warn_of_invalid, warn_of_signature};
use crate::command_error::{CommandError, Completion};
use crate::commands::local_file::LocalFile;
use crate::context::Context;
use crate::ui::{Record, Ui};

/// Verify that phones which hold a CTL or ITL file believe this CAPF
///
/// A phone connects to CAPF only if the CAPF certificate is in its CTL or ITL file. The exit code is
/// 0 if this CAPF's certificate is in the file with the role CAPF and is valid now, and the file's
/// signature holds; it is 1 if not, and what to do is said. Other certificates in the file that are
/// not valid now are warned of.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The file, or `-` for standard input
    file: LocalFile,
}

impl Verify {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let file = read_file(&self.file)?;
        let installation = context.installation().await?;
        let verdict = verify(&installation, &file).await?.ok_or_else(|| {
            CommandError::failed("there is no CAPF certificate yet that could be in the file")
                .hint("`capf ca show` makes it; then build the file anew with it.")
        })?;
        context.ui.show(&verdict)?;
        warn_of_invalid(&context.ui, &verdict.invalid_now);
        say_what_to_do(&context.ui, &verdict);
        Ok(if verdict.is_good() {
            Completion::Done
        } else {
            Completion::NotDone
        })
    }
}

fn say_what_to_do(ui: &Ui, verdict: &CtlVerdict) {
    if !verdict.is_in_file {
        ui.warning(
            "Phones that hold this file will not connect to this CAPF. Put its certificate into the \
             file: build it anew with `capf ctl build`, or give the certificate (`capf ca export`) to \
             the program that makes the file. Sign it with a token that the phones know, and reset \
             them.",
        );
    }
    if !verdict.is_valid_now {
        ui.warning("The CAPF certificate is not valid now; `capf ca show` has its dates.");
    }
    warn_of_signature(ui, verdict.signature_problem.as_ref());
}

impl Record for CtlVerdict {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("CAPF Certificate", self.capf_certificate.as_str().into()),
            ("In the File", self.is_in_file.into()),
            ("Valid Now", self.is_valid_now.into()),
            ("Other CAPFs", self.other_capfs.join(", ").into()),
            ("Signature Valid", self.signature_is_valid.into()),
            (
                "Certificates Not Valid Now",
                (self.invalid_now.len() as u64).into(),
            ),
        ]
    }
}
