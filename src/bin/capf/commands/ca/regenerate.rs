use capf::admin::IssuerName;
use capf::admin::ca::{self, Regeneration};

use super::kind_of_key::KindOfKey;
use super::{say_what_follows, warning};
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Make a new CAPF certificate with a new key
///
/// It takes the place of the present one in one step: a power failure leaves the old one or the new
/// one. A running service takes it by itself, for new connections. Asks first; without a terminal it
/// needs `--yes`.
///
/// Phones reach CAPF over TLS only if their CTL or ITL file holds its certificate: a phone with the
/// old file cannot connect until it has the new one. The LSCs that phones hold stay valid, and count
/// as proof, because the old certificate stays in CAPF-trust. Renew them (`capf phone renew`), and
/// keep the old certificate wherever LSCs are checked until the last one is renewed.
///
/// The old certificate and its key are kept in `ca-former` of the data directory, for its owner alone
/// and encrypted if they were: if the phones cannot be given the new certificate, stop the service and
/// put that directory back as `ca`. Delete it when no phone depends on it any more.
///
/// The new certificate is self-signed. If another CA signed the present one, see `capf ca csr`.
#[derive(Debug, clap::Args)]
pub(crate) struct Regenerate {
    /// The new key
    #[arg(long, value_name = "KEY", default_value = "rsa2048")]
    key: KindOfKey,

    /// How many days the new certificate is valid
    ///
    /// No LSC is valid longer than the CAPF certificate. By default 20 years.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: Option<u32>,

    /// Whose the new certificate is: C, O, OU, ST and L, of which O must be there
    ///
    /// `C=AU,O=Example,OU=Voice`; by default as in the present one. The common name is made: `CAPF-`
    /// and eight hexadecimal digits. LSCs take over C, O and OU.
    #[arg(long, value_name = "NAME")]
    subject: Option<IssuerName>,
}

impl Regenerate {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let (present, _) = ca::show(&installation).await?;
        self.key.warn(context);
        context
            .ui
            .confirm(&warning(&present.description.subject, present.phones))?;
        let regeneration = Regeneration {
            name: self.subject,
            key: Some(self.key.request()),
            validity_days: self.days,
        };
        let replaced = ca::regenerate(&installation, regeneration).await?;
        context.ui.show(&replaced)?;
        say_what_follows(context, &replaced);
        Ok(Completion::Done)
    }
}
