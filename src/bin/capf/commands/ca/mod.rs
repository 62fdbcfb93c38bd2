mod csr;
mod export;
mod import;
mod kind_of_key;
mod passphrase;
mod regenerate;
mod show;

use capf::admin::ca::Replaced;
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Record;

/// The CAPF certificate
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Show(show::Show),
    Export(export::Export),
    Regenerate(regenerate::Regenerate),
    Csr(csr::Csr),
    Import(import::Import),
    Passphrase(passphrase::Passphrase),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::Show(command) => command.run(context).await,
            Self::Export(command) => command.run(context).await,
            Self::Regenerate(command) => command.run(context).await,
            Self::Csr(command) => command.run(context).await,
            Self::Import(command) => command.run(context).await,
            Self::Passphrase(command) => command.run(context).await,
        }
    }
}

impl Record for Replaced {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        let mut fields = self.description.fields();
        fields.extend([
            ("Former Certificate", self.former.as_str().into()),
            ("Phones with an LSC under it", self.former_phones.into()),
            (
                "Kept In",
                self.former_directory.display().to_string().into(),
            ),
        ]);
        fields
    }
}

/// What a new CAPF certificate comes to, before it is there.
fn warning(subject: &str, phones: u64) -> String {
    format!(
        "This operation will put a new CAPF certificate into the place of {subject}. Phones whose \
         CTL or ITL file does not hold the new one cannot reach CAPF from then on. {} an LSC under \
         the old one, which goes on counting as proof.",
        match phones {
            0 => "No phone holds".to_owned(),
            1 => "1 phone holds".to_owned(),
            _ => format!("{phones} phones hold"),
        },
    )
}

/// Says what must follow now that the certificate is another.
fn say_what_follows(context: &Context, replaced: &Replaced) {
    for warning in &replaced.warnings {
        context.ui.warning(&format!("{warning}."));
    }
    context.ui.note(
        "The new CAPF certificate is in force; a running service takes it by itself.\n\
         1. Put it into the phones' CTL or ITL file (`capf ca export`), and wherever LSCs are \
         checked: call agent, RADIUS, VPN.",
    );
    if replaced.same_key {
        context
            .ui
            .note("2. The key is the same, so the LSCs that phones hold are valid under it, too.");
    } else {
        context.ui.note(&format!(
            "2. Renew the LSCs: `capf phone set --where 'LSC Issued by is exactly {0}' --operation \
             install`.\n\
             3. When `capf ca show` counts no phone under {0}, `capf trust remove` takes it away; not \
             before.",
            replaced.former
        ));
    }
}
