use capf::admin::store_copy::{self, StoreCopy};
use capf::report::Cell;
use capf::secret::AccountPassword;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::interrupt::stop_on_signal;
use crate::ui::{Record, Unit, counted};

/// Copy the whole database into another, from SQLite to PostgreSQL or back
///
/// Phones, LSCs, CSRs, parameters, the trust store, revocation lists, saved searches and the audit trail.
/// Every row is compared with the original before any of it counts; a copy that fails or is stopped
/// leaves TO empty. TO must be empty, and no service may run on either: what would change in FROM
/// meanwhile would be missing. FROM stays as it is. The directory `ca` with the CAPF key is no part of
/// the database; each machine that serves phones needs it.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Example:
  capf service deactivate
  capf store copy sqlite:/var/lib/capf/capf.db postgres://capf@db.example.com/capf
  capf --store postgres://capf@db.example.com/capf service activate")]
pub(crate) struct Copy {
    /// The database that is copied: `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`
    // There may be a password in it, which clap would repeat.
    from: AccountPassword,

    /// The empty database that it is copied into
    to: AccountPassword,
}

impl Copy {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let config = context.config()?;
        let stop = stop_on_signal()?;
        let progress = context.ui.progress("rows copied", Unit::Count);
        let copied = store_copy::copy(
            self.from.reveal(),
            self.to.reveal(),
            &config.data_dir,
            context.clock(),
            move |done, of| progress.set(done, Some(of)),
            &stop,
        )
        .await?;
        context.ui.show(&copied)?;
        Ok(Completion::Done)
    }
}

impl Record for StoreCopy {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("From", self.from.as_str().into()),
            ("To", self.to.as_str().into()),
            ("Rows", self.rows.into()),
        ]
    }

    fn sentence(&self) -> Option<String> {
        let rows = counted(self.rows, "row");
        Some(format!(
            "{rows} copied from {} to {}, and compared there.",
            self.from, self.to
        ))
    }
}
