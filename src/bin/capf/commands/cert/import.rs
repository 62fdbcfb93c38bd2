use std::path::PathBuf;
use std::sync::OnceLock;

use capf::admin;
use capf::transfer::Remembering;
use capf::whole_file::WholeFile;

use super::outcome::Outcome;
use crate::command_error::{CommandError, Completion};
use crate::commands::local_file::may_replace;
use crate::commands::place::{Place, Questions, warn_of_clear_text};
use crate::commands::server_options::ServerOptions;
use crate::context::Context;
use crate::interrupt::stop_on_signal;
use crate::ui::Unit;

/// Import certificates from an offline CA
///
/// SOURCE is a .tgz of certificates in DER, in a flat structure, as `tar cvzf NAME.tgz *.der` makes
/// it. Each certificate is matched to its CSR by the public key, so file names and subjects do not
/// matter. It is verified: it must chain to a certificate in CAPF-trust (`capf trust import`), be
/// valid now, and be fit for a phone. Those accepted are pushed to the phones that wait; a phone's
/// CSR is deleted when it has confirmed.
///
/// Two certificates for one key are both rejected. An archive that is damaged is refused whole,
/// before anything is taken of it. Certificates are committed in batches: where an import ends
/// early (Ctrl-C is one way), what is in stays in, and the same import goes on where it is run
/// again. One that is in already is left as it is.
///
/// SOURCE can be a URL: ftp, ftps, sftp, tftp or https; see `capf csr dump --help`. An archive from a
/// server is transferred whole before anything is taken of it.
///
/// The exit code is 3 where some certificates were rejected, and 1 where all were.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf cert import certs.tgz --report what-came-of-it.csv
  capf cert import sftp://admin@files.example.com/srv/ca/certs.tgz
  ssh ca 'cat certs.tgz' | capf cert import - --dry-run")]
pub(crate) struct Import {
    /// The archive, a URL, or `-` for standard input
    ///
    /// On a terminal it is asked for where it is missing.
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    source: Option<Place>,

    /// Verify the certificates, and import none
    #[arg(long)]
    dry_run: bool,

    /// Write what came of each file to this CSV file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    #[command(flatten)]
    server: ServerOptions,
}

impl Import {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let ui = &context.ui;
        let source = match self.source {
            Some(source) => source,
            None => Questions {
                place: "Where are the certificates (local|ftp|ftps|sftp|tftp|https)?",
                file_name: "certs.tgz".to_owned(),
            }
            .ask(ui, "SOURCE")?,
        };
        let report = match &self.report {
            Some(path) => Some(WholeFile::create(path, may_replace(context, path)?)?),
            None => None,
        };
        let installation = context.installation().await?;
        let stop = stop_on_signal()?;
        let archive = match &source {
            Place::Local(file) => file.archive()?,
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
                admin::certificate::fetch(&installation, remote, &access, &moved, &stop).await?
            }
        };
        let mut outcome = Outcome::begin(ui, report)?;
        let import =
            admin::certificate::import(&installation, archive, self.dry_run, &mut outcome, &stop)
                .await?;
        outcome.finish(&import, self.dry_run)?;
        if import.left > 0 {
            ui.warning(
                "it was stopped. What is in stays in, and the same import goes on where it is run \
                 again.",
            );
        }
        Ok(Completion::of(
            import.accepted + import.unchanged,
            import.rejected + import.left,
        ))
    }
}
