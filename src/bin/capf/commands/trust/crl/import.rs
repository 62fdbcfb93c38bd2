use std::path::PathBuf;

use capf::admin::trust::crl::{self, ImportedCrl};
use capf::report::{Cell, Column};

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::{Ui, counted};

/// Honour the revocation lists in these files
///
/// A file holds one CRL in DER, or one or several in PEM, as the CAs that are trusted publish them. A
/// certificate that is on a list of its issuer is refused from now on: a MIC or an LSC that a phone
/// shows as proof, and one that `capf cert import` is to take. An intermediate CA that its root has
/// revoked is trusted no more. A service that runs heeds it at once.
///
/// A list takes the place of the one before it of the same issuer. One that is older, that no trust
/// anchor has signed, or that is not complete (a delta or an indirect CRL) is refused, and nothing is
/// imported then. A list goes on counting when it is overdue; `capf check` warns of that.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// Files with CRLs
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

const COLUMNS: &[Column] = &[
    Column {
        key: "id",
        label: "ID",
    },
    Column {
        key: "issuer",
        label: "Issuer",
    },
    Column {
        key: "this_update",
        label: "Made",
    },
    Column {
        key: "next_update",
        label: "Next Due",
    },
    Column {
        key: "entries",
        label: "Certificates",
    },
    Column {
        key: "added",
        label: "Added",
    },
    Column {
        key: "removed",
        label: "Removed",
    },
    Column {
        key: "result",
        label: "Result",
    },
];

impl Import {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let imported = crl::import(&installation, &self.files).await?;
        context.ui.list(COLUMNS, imported.iter().map(row))?;
        for list in imported.iter().filter(|list| list.overdue) {
            context.ui.warning(&format!(
                "{}: the next CRL is due already; get the CA's latest.",
                list.issuer
            ));
        }
        warn_of_revoked(&context.ui, &crl::revoked_lscs(&installation).await?);
        Ok(Completion::Done)
    }
}

fn row(list: &ImportedCrl) -> Vec<Cell> {
    vec![
        list.id.into(),
        list.issuer.as_str().into(),
        list.this_update.into(),
        list.next_update.map_or(Cell::Empty, Cell::from),
        list.entries.into(),
        list.added.into(),
        list.removed.into(),
        if list.unchanged {
            "There already"
        } else {
            "Imported"
        }
        .into(),
    ]
}

/// Names phones whose LSC is revoked.
fn warn_of_revoked(ui: &Ui, revoked: &crl::RevokedLscs) {
    if revoked.count == 0 {
        return;
    }
    let names: Vec<_> = revoked.phones.iter().map(ToString::to_string).collect();
    let more = revoked.count - names.len() as u64;
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let verb = if revoked.count == 1 { "holds" } else { "hold" };
    ui.warning(&format!(
        "{} {verb} a revoked LSC: {}{more}. Let them enrol anew, by another authentication mode: `capf \
         phone set NAME --operation install`.",
        counted(revoked.count, "phone"),
        names.join(", "),
    ));
}
