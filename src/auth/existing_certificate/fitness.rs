//! Whether a certificate is of the kind by which a phone proves itself.

use crate::model::{Certificate, CertificateKind};

/// What is read of a certificate here. One that has it, and has it so that nobody can read it, has
/// said something that we do not know.
const READ: [(&str, &str); 4] = [
    ("2.5.29.15", "its keyUsage cannot be read"),
    ("2.5.29.17", "its alternative names cannot be read"),
    ("2.5.29.19", "its basicConstraints cannot be read"),
    ("2.5.29.37", "its extendedKeyUsage cannot be read"),
];

/// Why the certificate proves nothing, if it does not.
///
/// It is no CA's. An LSC is for signing, and for a client, where it says what it is for (RFC 5280,
/// sections 4.2.1.3 and 4.2.1.12), as those that CAPFs issue (P) and those that are imported. What
/// MICs of every age say, nobody has recorded (N), so that is not asked of them.
pub(super) fn unfit(kind: CertificateKind, certificate: &Certificate) -> Option<&'static str> {
    certificate.read(|view| {
        for (oid, unreadable) in READ {
            let mut found = view
                .extensions()
                .iter()
                .filter(|extension| extension.oid.to_id_string() == oid);
            let first = found.next();
            if first.is_some_and(|it| it.parsed_extension().error().is_some())
                || found.next().is_some()
            {
                return Some(unreadable);
            }
        }
        if view.is_ca() {
            return Some("it is a CA's");
        }
        if kind != CertificateKind::Lsc {
            return None;
        }
        let usage = view.key_usage().ok().flatten();
        if usage.is_some_and(|usage| !usage.value.digital_signature()) {
            return Some("its keyUsage lacks digitalSignature");
        }
        let extended = view.extended_key_usage().ok().flatten();
        extended
            .is_some_and(|usage| !usage.value.client_auth && !usage.value.any)
            .then_some("its extendedKeyUsage lacks clientAuth")
    })
}
