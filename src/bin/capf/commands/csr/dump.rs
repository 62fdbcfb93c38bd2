use capf::admin;
use capf::admin::csr::Dump as Summary;
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::commands::local_file::{LocalFile, may_replace};
use crate::context::Context;
use crate::ui::{Record, Unit, counted};

/// Take all certificate signing requests out in one .tgz
///
/// The archive holds one `NAME.csr` for each phone that waits for a certificate; those that were
/// dumped before are in it again. Where a phone did not sign its request (the parameter `CSR Proof`
/// is `none`), its public key lies beside it as `NAME.pub.pem`, for CAs that take a bare key. The
/// requests are marked as dumped once the archive is complete; if anything fails before, none is,
/// and there is no file.
///
/// A file that exists is replaced only after a question, or with `--yes`.
#[derive(Debug, clap::Args)]
pub(crate) struct Dump {
    /// The file to write, or `-` for standard output
    ///
    /// On a terminal it is asked for where it is missing.
    target: Option<LocalFile>,

    /// How the requests in the archive are encoded
    #[arg(long, value_name = "ENCODING", default_value = "pem")]
    encoding: Encoding,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Encoding {
    /// Base64 between two lines
    Pem,
    /// Binary
    Der,
}

impl From<Encoding> for admin::csr::Encoding {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Pem => Self::Pem,
            Encoding::Der => Self::Der,
        }
    }
}

impl Dump {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let ui = &context.ui;
        let target = match self.target {
            Some(target) => target,
            None => ui.ask("Enter the file to write the CSRs to", None, "TARGET")?,
        };
        let installation = context.installation().await?;
        let encoding = self.encoding.into();
        let progress = ui.progress("CSRs packed", Unit::Count);
        let mut packed = |count| progress.set(count, None);
        let summary = match &target {
            LocalFile::Standard => {
                let out = ui.binary("TARGET")?;
                admin::csr::dump_to_stream(&installation, out, encoding, &mut packed).await?
            }
            LocalFile::Path(path) => {
                let replace = may_replace(context, path)?;
                admin::csr::dump_to_file(&installation, path, replace, encoding, &mut packed)
                    .await?
            }
        };
        drop(progress);
        match target {
            LocalFile::Standard => ui.note(&summary.sentence().unwrap_or_default()),
            LocalFile::Path(_) => ui.show(&summary)?,
        }
        if summary.unsigned > 0 {
            ui.note(
                "CSRs that their phones did not sign prove no possession of the key; a CA that \
                 insists on it takes the NAME.pub.pem beside them, or needs another `CSR Proof`.",
            );
        }
        Ok(Completion::Done)
    }
}

impl Record for Summary {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("CSRs Dumped", self.csrs.into()),
            ("New CSRs", self.new.into()),
            ("Unsigned CSRs", self.unsigned.into()),
        ]
    }

    fn sentence(&self) -> Option<String> {
        Some(format!(
            "Dumped {}, {} of them for the first time.",
            counted(self.csrs, "CSR"),
            self.new
        ))
    }
}
