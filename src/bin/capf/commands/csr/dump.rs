use std::sync::OnceLock;

use capf::admin::csr::{Dump as Summary, DumpProgress};
use capf::admin::{self, AdminError};
use capf::report::Cell;
use capf::transfer::Remembering;
use jiff::Timestamp;

use super::selection::Selection;
use crate::command_error::{CommandError, Completion};
use crate::commands::local_file::LocalFile;
use crate::commands::place::{Place, Questions, with_file_name};
use crate::commands::server_options::ServerOptions;
use crate::context::Context;
use crate::interrupt::stop_on_signal;
use crate::ui::{Record, Unit, counted};

/// Take certificate signing requests out in one .tgz
///
/// The archive holds one `NAME.csr` for each phone that waits for a certificate; those that were
/// dumped before are in it again, unless --only-new is given. Where a phone did not sign its request
/// (the parameter `CSR Proof` is `none`), its public key lies beside it as `NAME.pub.pem`, for CAs
/// that take a bare key.
///
/// TARGET is a path, `-`, or a URL: ftp, ftps, sftp, tftp or https. `ftps://` is FTP that changes to
/// TLS (explicit), or TLS from the start (implicit) on port 990; `ftps+implicit://` is that on any
/// port. FTP paths begin at the login directory, and at the root with two slashes; SFTP paths begin
/// at the root, and at the login directory with `/~/`. HTTPS files are PUT. A target that ends in a
/// slash gets a file name with the time in it.
///
/// The requests are marked as dumped once the target has the archive whole; if anything fails before,
/// none is, and there is no file. On servers the archive has a temporary name until it is whole, where
/// the protocol can rename, and its size is compared, where the server can tell it.
///
/// A file that exists is replaced only after a question, or with `--yes`. Some TFTP servers cannot be
/// asked what is there.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf csr dump csrs.tgz
  capf csr dump --only-new sftp://admin@files.example.com/srv/ca/
  CAPF_PASSWORD=... capf csr dump ftps://admin@192.0.2.1/csrs.tgz --ca-file ca.pem
  capf csr dump - --where 'Description begins with Zurich' | ssh ca 'cat >csrs.tgz'")]
pub(crate) struct Dump {
    /// The file to write, a URL, or `-` for standard output
    ///
    /// On a terminal it is asked for where it is missing.
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    target: Option<Place>,

    /// How the requests in the archive are encoded
    #[arg(long, value_name = "ENCODING", default_value = "pem")]
    encoding: Encoding,

    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    server: ServerOptions,
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
        let file_name = file_name(context.now());
        let target = match self.target {
            Some(target) => target,
            None => Questions {
                place: "Where are the CSRs to go (local|ftp|ftps|sftp|tftp|https)?",
                file_name: file_name.clone(),
            }
            .ask(ui, "TARGET")?,
        };
        let place = with_file_name(target, &file_name);
        let asked = Remembering::new(ui);
        let access = self.server.access(&asked);
        let mut replace = place.may_replace(context)?;
        let installation = context.installation().await?;
        let selection = self.selection.resolve(&installation, context.now());
        let selection = selection.await?;
        let stop = stop_on_signal()?;
        let summary = loop {
            let target = place.target(ui, replace, &access, "TARGET")?;
            let packing = ui.progress("CSRs packed", Unit::Count);
            let sending = OnceLock::new();
            let progress = DumpProgress {
                packed: &mut |count| packing.set(count, None),
                moved: &|bytes, of| {
                    packing.finish();
                    // Before the first byte there may be questions, which nothing may paint over.
                    if bytes > 0 {
                        let sending = sending.get_or_init(|| ui.progress("sent", Unit::Bytes));
                        sending.set(bytes, of);
                    }
                },
            };
            let encoding = self.encoding.into();
            let dumped =
                admin::csr::dump(&installation, &selection, encoding, target, progress, &stop)
                    .await;
            match dumped {
                // Only now is it known that there is something to ask.
                Err(AdminError::Transfer(error)) if error.is_taken() && ui.can_ask() => {
                    drop((packing, sending));
                    ui.confirm(&format!("This operation will replace {}.", error.place))?;
                    replace = true;
                }
                summary => break summary?,
            }
        };
        match &place {
            Place::Local(LocalFile::Standard) => ui.note(&summary.sentence().unwrap_or_default()),
            Place::Local(LocalFile::Path(_)) => ui.show(&summary)?,
            Place::Server(remote) => {
                ui.show(&summary)?;
                let verified = if summary.verified {
                    "the server has as many"
                } else {
                    "the server cannot say how many it has"
                };
                ui.note(&format!(
                    "{remote} was written: {} bytes, {verified}.",
                    summary.bytes
                ));
            }
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

/// A name that no dump of another minute has.
fn file_name(now: Timestamp) -> String {
    format!("csrs-{}.tgz", now.strftime("%Y%m%dT%H%M%SZ"))
}

impl Record for Summary {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("CSRs Dumped", self.csrs.into()),
            ("New CSRs", self.new.into()),
            ("Unsigned CSRs", self.unsigned.into()),
            ("Bytes", self.bytes.into()),
            ("Size Verified", self.verified.into()),
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
