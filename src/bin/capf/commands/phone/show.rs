use capf::admin;
use capf::admin::phone::PhoneView;
use capf::model::DeviceName;
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Record;

/// Show one phone whole
///
/// Its settings, what came of its last operation, its LSC and its CSR. The authentication string is
/// shown. With `--format json` the LSC is there in PEM too.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The phone
    name: DeviceName,
}

impl Show {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let installation = context.installation().await?;
        let phone = admin::phone::show(&installation, &self.name).await?;
        context.ui.show(&phone)?;
        Ok(Completion::Done)
    }
}

impl Record for PhoneView {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        let lsc = self.lsc.as_ref();
        let csr = self.csr.as_ref();
        vec![
            ("Device Name", self.name.as_str().into()),
            ("Description", self.description.as_deref().into()),
            ("Device Type", self.model.as_deref().into()),
            ("Security Profile", self.security_profile.as_deref().into()),
            (
                "Device Security Mode",
                self.device_security_mode.as_str().into(),
            ),
            ("Certificate Operation", self.operation.as_str().into()),
            (
                "Authentication Mode",
                self.authentication_mode.as_str().into(),
            ),
            (
                "Authentication String",
                self.authentication_string.as_deref().into(),
            ),
            ("Key Order", self.key_order.as_str().into()),
            ("RSA Key Size (Bits)", i64::from(self.rsa_key_size).into()),
            ("EC Key Size (Bits)", i64::from(self.ec_key_size).into()),
            ("Operation Completes By", self.completes_by.into()),
            (
                "Certificate Operation Status",
                self.operation_status.as_str().into(),
            ),
            ("LSC Subject", lsc.map(|lsc| &lsc.subject[..]).into()),
            ("LSC Issued by", lsc.map(|lsc| &lsc.issuer[..]).into()),
            (
                "LSC Serial Number",
                lsc.map(|lsc| &lsc.serial_number[..]).into(),
            ),
            ("LSC Valid From", lsc.map(|lsc| lsc.not_before).into()),
            ("LSC Expires", lsc.map(|lsc| lsc.not_after).into()),
            ("CSR State", csr.map(|csr| csr.state.as_str()).into()),
            ("CSR Created", csr.map(|csr| csr.created_at).into()),
            ("Locked Until", self.locked_until.into()),
            ("Last Contact", self.last_contact.into()),
            (
                "Address",
                self.address.map(|address| address.to_string()).into(),
            ),
        ]
    }
}
