//! A CA of the test's own, and what it issues.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder};
use tempfile::TempDir;

/// No two have the same name.
static AUTHORITIES: AtomicUsize = AtomicUsize::new(1);

pub(super) struct Authority {
    key: PKey<Private>,
    certificate: X509,
    directory: TempDir,
}

impl Authority {
    pub(super) fn new() -> Self {
        let key = new_key();
        let name_of_it = format!("Example CA {}", AUTHORITIES.fetch_add(1, Ordering::Relaxed));
        let mut builder = begin(&name_of_it, &key, (-10, 10));
        builder.set_issuer_name(&name(&name_of_it)).unwrap();
        let constraints = BasicConstraints::new().critical().ca().build().unwrap();
        builder.append_extension(constraints).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        let certificate = builder.build();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ca.pem");
        std::fs::write(path, certificate.to_pem().unwrap()).unwrap();
        Self {
            key,
            certificate,
            directory,
        }
    }

    /// Its certificate in a file.
    pub(super) fn file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// A server on this machine whose certificate is good.
    pub(super) fn server(&self) -> SslAcceptor {
        self.server_from_until((-1, 1))
    }

    /// A server on this machine; its certificate is valid between these days from now.
    pub(super) fn server_from_until(&self, days: (i64, i64)) -> SslAcceptor {
        let mut names = SubjectAlternativeName::new();
        names.dns("localhost").ip("127.0.0.1").ip("::1");
        self.issue(&names, days)
    }

    /// A server of another name.
    pub(super) fn server_named(&self, host: &str) -> SslAcceptor {
        self.issue(SubjectAlternativeName::new().dns(host), (-1, 1))
    }

    fn issue(&self, names: &SubjectAlternativeName, days: (i64, i64)) -> SslAcceptor {
        let key = new_key();
        let mut builder = begin("server", &key, days);
        builder
            .set_issuer_name(self.certificate.subject_name())
            .unwrap();
        let names = names.build(&builder.x509v3_context(Some(&self.certificate), None));
        builder.append_extension(names.unwrap()).unwrap();
        builder.sign(&self.key, MessageDigest::sha256()).unwrap();
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
        acceptor.set_private_key(&key).unwrap();
        acceptor.set_certificate(&builder.build()).unwrap();
        acceptor.build()
    }
}

fn new_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn begin(common_name: &str, key: &PKey<Private>, (from, until): (i64, i64)) -> X509Builder {
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name(common_name)).unwrap();
    builder.set_pubkey(key).unwrap();
    let mut serial = BigNum::new().unwrap();
    serial.rand(64, MsbOption::ONE, false).unwrap();
    let serial = serial.to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_not_before(&from_now(from)).unwrap();
    builder.set_not_after(&from_now(until)).unwrap();
    builder
}

/// TLS goes by the system's clock, and so must this.
fn from_now(days: i64) -> Asn1Time {
    use capf::clock::{Clock as _, SystemClock};
    Asn1Time::from_unix(SystemClock.now().as_second() + days * 86_400).unwrap()
}

fn name(common_name: &str) -> X509Name {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, common_name)
        .unwrap();
    name.build()
}
