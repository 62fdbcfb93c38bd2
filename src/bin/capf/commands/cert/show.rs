use std::path::Path;

use capf::admin::description::{Description, Kind, describe};
use capf::report::Cell;

use crate::command_error::{CommandError, Completion};
use crate::commands::local_file::LocalFile;
use crate::ui::{Record, Ui};

/// Show a certificate or a certificate signing request
///
/// Any certificate or CSR, in PEM or DER. Of a file that holds several the first is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The file, or `-` for standard input
    file: LocalFile,
}

impl Show {
    pub(super) fn run(self, ui: &Ui) -> Result<Completion, CommandError> {
        let name = self.file.to_string();
        let found = describe(self.file.open()?, Path::new(&name))?;
        if let [first, rest @ ..] = &found[..] {
            ui.show(first)?;
            if !rest.is_empty() {
                ui.warning(&format!("{name} holds {} more, not shown.", rest.len()));
            }
        }
        Ok(Completion::Done)
    }
}

impl Record for Description {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        let mut fields = vec![
            (
                "Kind",
                match self.kind {
                    Kind::Certificate => "Certificate",
                    Kind::Csr => "Certificate Signing Request",
                }
                .into(),
            ),
            ("Subject", self.subject.as_str().into()),
            ("Issuer", self.issuer.as_deref().into()),
            ("Serial Number", self.serial_number.as_deref().into()),
            ("Not Before", self.not_before.into()),
            ("Not After", self.not_after.into()),
            ("CA", self.is_ca.into()),
            ("Key Usage", self.key_usage.as_deref().into()),
            ("Public Key", self.public_key.as_str().into()),
            ("Signed", self.is_signed.into()),
            (
                "SHA-256 Fingerprint",
                self.sha256_fingerprint.as_str().into(),
            ),
        ];
        fields.retain(|(_, cell)| *cell != Cell::Empty);
        fields
    }
}
