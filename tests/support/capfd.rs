//! A database of capfd, and the CA that issued what is in it.

#![allow(dead_code, reason = "no test binary needs all of it")]

use std::path::{Path, PathBuf};

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, KeyUsage};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder};
use rusqlite::{Connection, ToSql};

pub(crate) const TABLE: &str = "CREATE TABLE devices (
    device_name TEXT PRIMARY KEY,
    operation TEXT,
    authentication TEXT,
    password TEXT,
    key_size INTEGER,
    curve_name TEXT,
    certificate TEXT,
    serial_number TEXT,
    not_valid_before TEXT,
    not_valid_after TEXT)";

pub(crate) struct Capfd {
    pub(crate) path: PathBuf,
    pub(crate) database: Connection,
    ca: X509,
    ca_key: PKey<Private>,
}

/// A phone's certificate, with its key.
pub(crate) struct Lsc {
    certificate: X509,
    key: PKey<Private>,
}

impl Capfd {
    /// A database without phones.
    pub(crate) fn create(path: PathBuf) -> Self {
        let database = Connection::open(&path).unwrap();
        database.execute(TABLE, []).unwrap();
        let ca_key = new_key();
        let name = name("Old capfd");
        let mut ca = builder(&name, &name, &ca_key, 3650);
        let constraints = BasicConstraints::new().critical().ca().build().unwrap();
        ca.append_extension(constraints).unwrap();
        let usage = KeyUsage::new().critical().key_cert_sign().build().unwrap();
        ca.append_extension(usage).unwrap();
        ca.sign(&ca_key, MessageDigest::sha256()).unwrap();
        Self {
            path,
            database,
            ca: ca.build(),
            ca_key,
        }
    }

    /// Writes the issuer's certificate.
    pub(crate) fn write_ca(&self, path: &Path) {
        std::fs::write(path, self.ca.to_pem().unwrap()).unwrap();
    }

    /// Issues a certificate for a phone, which expires in so many days.
    pub(crate) fn issue(&self, device: &str, days: u32) -> Lsc {
        let key = new_key();
        let mut lsc = builder(&name(device), self.ca.subject_name(), &key, days);
        lsc.sign(&self.ca_key, MessageDigest::sha256()).unwrap();
        Lsc {
            certificate: lsc.build(),
            key,
        }
    }

    /// Adds a row with these columns.
    pub(crate) fn add(&self, columns: &[(&str, &dyn ToSql)]) {
        let (names, values): (Vec<_>, Vec<_>) = columns.iter().copied().unzip();
        let places = vec!["?"; values.len()].join(", ");
        let names = names.join(", ");
        let sql = format!("INSERT INTO devices ({names}) VALUES ({places})");
        self.database.execute(&sql, &values[..]).unwrap();
    }
}

impl Lsc {
    pub(crate) fn pem(&self) -> String {
        String::from_utf8(self.certificate.to_pem().unwrap()).unwrap()
    }

    /// The serial number in hexadecimal.
    pub(crate) fn serial_number(&self) -> String {
        let number = self.certificate.serial_number().to_bn().unwrap();
        number.to_hex_str().unwrap().to_string()
    }

    /// Both in one file, as a simulated phone has them.
    pub(crate) fn write_with_key(&self, path: &Path) {
        let key = self.key.private_key_to_pem_pkcs8().unwrap();
        std::fs::write(path, [key, self.pem().into_bytes()].concat()).unwrap();
    }
}

fn new_key() -> PKey<Private> {
    let p256 = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&p256).unwrap()).unwrap()
}

fn name(common_name: &str) -> X509Name {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, common_name)
        .unwrap();
    name.build()
}

fn builder(
    subject: &openssl::x509::X509NameRef,
    issuer: &openssl::x509::X509NameRef,
    key: &PKey<Private>,
    days: u32,
) -> X509Builder {
    let mut serial_number = BigNum::new().unwrap();
    serial_number.rand(120, MsbOption::ONE, false).unwrap();
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    builder
        .set_serial_number(&Asn1Integer::from_bn(&serial_number).unwrap())
        .unwrap();
    builder.set_subject_name(subject).unwrap();
    builder.set_issuer_name(issuer).unwrap();
    builder.set_pubkey(key).unwrap();
    builder
        .set_not_before(&Asn1Time::days_from_now(0).unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::days_from_now(days).unwrap())
        .unwrap();
    builder
}
