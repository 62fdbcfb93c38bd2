use std::path::PathBuf;

use capf::admin::trust;
use capf::model::TrustPurpose;
use capf::report::Column;

use super::list::issued_by;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::words::words;

/// Trust the CAs in these files
///
/// A file holds one CA certificate in DER, one or several in PEM, or a PKCS #7 bundle (`.p7b`), as
/// Windows exports a chain. Those that sign LSCs belong into CAPF-trust: `capf cert import` takes
/// certificates of these CAs alone. Those that sign the phones' MICs are imported with `--purpose
/// manufacturing`. A certificate that is no CA's, that has expired, or that has `CAPF-` in its name,
/// which is reserved, is refused, and nothing is imported then. A key that is short, and a certificate
/// that expires soon, is a warning.
///
/// Of a chain, the CA that signs the phones' certificates is needed, and counts without its root; a
/// root alone vouches for what it signed itself, and not for what an intermediate of it signed that is
/// not imported.
///
/// The certificate of another CAPF, of the cluster from which phones have come, is imported with
/// `--other-capf`: the LSCs that it issued count as proof then. A manufacturing CA that has expired
/// is taken where the parameter `Accept Expired MIC` is True.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// Files with CA certificates
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// What they are trusted for
    #[arg(
        long,
        default_value = "capf",
        value_parser = words(TrustPurpose::ALL, TrustPurpose::option)
    )]
    purpose: TrustPurpose,

    /// Trust the LSCs of another CAPF, whose certificate this is
    #[arg(long, conflicts_with = "purpose")]
    other_capf: bool,
}

const COLUMNS: &[Column] = &[
    Column {
        key: "id",
        label: "ID",
    },
    Column {
        key: "purpose",
        label: "Purpose",
    },
    Column {
        key: "subject",
        label: "Subject",
    },
    Column {
        key: "issued_by",
        label: "Issued By",
    },
    Column {
        key: "not_after",
        label: "Expires",
    },
    Column {
        key: "result",
        label: "Result",
    },
];

impl Import {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let import = match self.purpose {
            _ if self.other_capf => trust::Import::OtherCapf,
            TrustPurpose::Capf => trust::Import::Capf,
            TrustPurpose::Manufacturing => trust::Import::Manufacturing,
        };
        let imported = trust::import(&installation, &self.files, import).await?;
        let rows = imported.iter().map(|anchor| {
            vec![
                anchor.id.into(),
                anchor.purpose.as_str().into(),
                anchor.subject.as_str().into(),
                issued_by(anchor.issued_by),
                anchor.not_after.into(),
                if anchor.new {
                    "Imported"
                } else {
                    "There already"
                }
                .into(),
            ]
        });
        context.ui.list(COLUMNS, rows)?;
        for anchor in &imported {
            for warning in &anchor.warnings {
                context
                    .ui
                    .warning(&format!("{}: {warning}.", anchor.subject));
            }
        }
        Ok(Completion::Done)
    }
}
