use capf::admin::ca::{self, CapfAuthority};
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::{Record, counted};

/// Show the CAPF certificate
///
/// With it: how many phones hold an LSC under it, in which files it and its key lie, and, where
/// another CA signed it, who vouches for it. Other CAPF certificates in CAPF-trust, such as those that
/// this one has replaced, follow with their phones: one that has none may be taken away with `capf
/// trust remove`.
///
/// Where there is no certificate yet, it is made. Phones must trust it: put it into their CTL or ITL
/// file (see `capf ca export`).
#[derive(Debug, clap::Args)]
pub(crate) struct Show {}

impl Show {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let (authority, made) = ca::show(&context.installation().await?).await?;
        context.say_if_made(made, &authority.description.subject);
        context.ui.show(&authority)?;
        Ok(Completion::Done)
    }
}

impl Record for CapfAuthority {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        let mut fields = self.description.fields();
        fields.extend([
            ("SHA-1 Fingerprint", self.sha1_fingerprint.as_str().into()),
            ("Phones with an LSC under it", self.phones.into()),
            ("File", self.file.display().to_string().into()),
            ("Key File", self.key_file.display().to_string().into()),
            ("Key Encrypted", self.key_encrypted.into()),
        ]);
        let chain = self.chain.iter();
        fields.extend(chain.map(|ca| ("Chain", ca.as_str().into())));
        fields.extend(self.others.iter().map(|other| {
            let text = format!(
                "{}: {}, trust anchor {}",
                other.subject,
                counted(other.phones, "phone"),
                other.id
            );
            ("Other CAPF in CAPF-trust", text.into())
        }));
        fields
    }
}
