use capf::admin;
use capf::admin::trust::Dependents;
use capf::report::Cell;

use super::unknown;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Record;

/// Trust a CA no longer
///
/// Says first who would suffer: phones whose LSC it signed, which can no longer prove themselves by
/// it; phones with a pending operation that are to; and CSRs that wait for a certificate of the last CA
/// that is trusted. Then it asks; without a terminal it needs `--yes`. The revocation lists of its key
/// go with the last certificate that has it. This CAPF's own certificate stays.
#[derive(Debug, clap::Args)]
pub(crate) struct Remove {
    /// The number that `capf trust list` shows
    id: i64,
}

#[derive(serde::Serialize)]
struct Removed {
    removed: i64,
}

impl Remove {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let (anchor, dependents) = admin::trust::removable(&installation, self.id)
            .await?
            .ok_or_else(|| unknown(self.id))?;
        context.ui.confirm(&format!(
            "This operation will remove {} from {}.{}",
            anchor.certificate.subject(),
            anchor.purpose,
            consequences(dependents)
        ))?;
        if !admin::trust::remove(&installation, self.id).await? {
            return Err(unknown(self.id));
        }
        context.ui.show(&Removed { removed: self.id })?;
        Ok(Completion::Done)
    }
}

/// Who would suffer, in sentences with a space before each.
fn consequences(dependents: Dependents) -> String {
    let mut text = String::new();
    let one_of = |count: u64, one: &str, several: &str| match count {
        0 => String::new(),
        1 => format!(" 1 {one}"),
        count => format!(" {count} {several}"),
    };
    text += &one_of(
        dependents.lscs,
        "phone holds an LSC that it issued, which will be proof no more.",
        "phones hold LSCs that it issued, which will be proof no more.",
    );
    text += &one_of(
        dependents.proofs,
        "phone with a pending operation is to prove itself by a certificate, which may be refused.",
        "phones with a pending operation are to prove themselves by certificates, which may be refused.",
    );
    text += &one_of(
        dependents.csrs,
        "CSR waits for a certificate, and no other CA is trusted whose certificate could be imported.",
        "CSRs wait for certificates, and no other CA is trusted whose certificates could be imported.",
    );
    text
}

impl Record for Removed {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![("Removed", self.removed.into())]
    }

    fn sentence(&self) -> Option<String> {
        Some(format!("Removed trusted certificate {}.", self.removed))
    }
}
