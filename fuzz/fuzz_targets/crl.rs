//! Any bytes as a revocation list that an administrator gives.

#![no_main]

use std::sync::LazyLock;

use capf::model::{Certificate, Crl};
use capf::pki::crl_signer;
use openssl::x509::X509;

/// Stands for the CA.
static CA: LazyLock<Certificate> = LazyLock::new(|| {
    let ca = X509::from_pem(include_bytes!("../../fixtures/crl/ca.pem"));
    let der = ca.and_then(|ca| ca.to_der()).expect("a fixture is PEM");
    Certificate::from_der(&der).expect("a fixture can be read")
});

static SIGNED: LazyLock<Crl> =
    LazyLock::new(|| Crl::from_der(&seeds()[0]).expect("a fixture can be read"));

libfuzzer_sys::fuzz_target!(init: capf_fuzz::plant("crl", seeds()), |bytes: &[u8]| {
    let crl = match Crl::from_der(bytes) {
        Ok(crl) => crl,
        Err(error) => return drop(error.to_string()),
    };
    assert_eq!(crl.der(), bytes);
    assert!(!crl.issuer().chars().any(char::is_control));
    for entry in crl.entries() {
        assert!(entry.serial_number.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
    let number = crl.number();
    assert!(crl.compared_with(number, crl.this_update()).is_eq());
    // Nothing is believed but what the CA signed, which revokes the same in each.
    if crl_signer(&crl, [&*CA]).is_ok() {
        assert_eq!(crl.entries(), SIGNED.entries());
    }
});

fn seeds() -> Vec<Vec<u8>> {
    vec![
        include_bytes!("../../fixtures/crl/ca.crl").to_vec(),
        include_bytes!("../../fixtures/crl/partition.crl").to_vec(),
        include_bytes!("../../fixtures/crl/delta.crl").to_vec(),
    ]
}
