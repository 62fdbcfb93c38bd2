//! A certificate as a record of a CTL or ITL file.

use std::net::Ipv4Addr;

use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::ctl::{Record, RecordTag, Role, Value};
use crate::model::Certificate;

/// A record that trusts `certificate` in a role.
///
/// `host` is the name or the address under which phones connect to it; empty where they do not, as
/// in the records of tokens that Cisco shows. An IPv4 address stands in two fields, as text and in
/// its four bytes, which are 0 for all else (P; that they are for a name is D).
pub fn ctl_record(role: Role, host: &str, certificate: &Certificate) -> Record {
    let address = host.parse().unwrap_or(Ipv4Addr::UNSPECIFIED);
    certificate.read(|view| {
        Record::default()
            .with(RecordTag::DNS_NAME, Value::of_text(host))
            .with(RecordTag::SUBJECT_NAME, name(view.subject()))
            .with(RecordTag::ROLE, role.0.to_be_bytes())
            .with(RecordTag::ISSUER_NAME, name(view.issuer()))
            .with(RecordTag::SERIAL_NUMBER, unsigned(view.raw_serial()))
            .with(
                RecordTag::PUBLIC_KEY,
                &*view.public_key().subject_public_key.data,
            )
            .with(RecordTag::SIGNATURE, &*view.signature_value.data)
            .with(RecordTag::CERTIFICATE, certificate.der())
            .with(RecordTag::IP_ADDRESS, address.octets())
    })
}

/// A serial number as trust lists have it: without the byte that makes DER's positive. P
pub(super) fn unsigned(serial_number: &[u8]) -> &[u8] {
    match serial_number {
        [0, rest @ ..] if !rest.is_empty() => rest,
        whole => whole,
    }
}

/// A name as trust lists have it: most special part first, `CN=CAPF-e9037b69;OU=TAC;O=Cisco`. P
///
/// A part that is no text is in hexadecimal, and nothing is escaped (D).
fn name(name: &X509Name<'_>) -> Value {
    let mut parts: Vec<_> = name
        .iter_rdn()
        .map(|rdn| rdn.iter().map(attribute).collect::<Vec<_>>().join("+"))
        .collect();
    parts.reverse();
    Value::of_text(&parts.join(";"))
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let kind = attribute.attr_type();
    let kind = oid2abbrev(kind, oid_registry()).map_or_else(|_| kind.to_id_string(), str::to_owned);
    match attribute.as_str() {
        Ok(text) => format!("{kind}={text}"),
        Err(_) => format!("{kind}=#{}", hex::encode(attribute.as_slice())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{Issuer, IssuerName};

    #[test]
    fn a_record_has_the_fields_of_those_that_cisco_shows() {
        let name = IssuerName {
            country: Some("PL".to_owned()),
            organization: "Cisco".to_owned(),
            organizational_unit: Some("TAC".to_owned()),
            ..IssuerName::default()
        };
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let issuer = Issuer::create(&name, now).unwrap();
        let certificate = issuer.certificate();
        let record = ctl_record(Role::CAPF, "10.48.47.153", certificate);
        let tags: Vec<_> = record.fields.iter().map(|field| field.tag.0).collect();
        assert_eq!(tags, [2, 3, 4, 5, 6, 7, 8, 9, 10]);
        let common_name = certificate.common_name().unwrap();
        let subject = format!("CN={common_name};OU=TAC;O=Cisco;C=PL");
        assert_eq!(record.text(RecordTag::SUBJECT_NAME), Some(&subject[..]));
        assert_eq!(record.text(RecordTag::ISSUER_NAME), Some(&subject[..]));
        assert_eq!(record.text(RecordTag::DNS_NAME), Some("10.48.47.153"));
        let length = |tag| record.find(tag).unwrap().bytes().len();
        // RSAPublicKey of 2048 bits; with 1024 it would have the 140 bytes that Cisco shows.
        assert_eq!(length(RecordTag::PUBLIC_KEY), 270);
        assert_eq!(length(RecordTag::SIGNATURE), 256);
        let address = record.find(RecordTag::IP_ADDRESS).unwrap();
        assert_eq!(address.bytes(), [10, 48, 47, 153]);
        let nameless = ctl_record(Role::SAST, "", certificate);
        assert_eq!(nameless.find(RecordTag::DNS_NAME).unwrap().bytes(), [0]);
        assert_eq!(
            nameless.find(RecordTag::IP_ADDRESS).unwrap().bytes(),
            [0; 4]
        );
    }

    #[test]
    fn a_serial_number_has_no_sign_byte() {
        assert_eq!(unsigned(&[0, 0x83, 1]), [0x83, 1]);
        assert_eq!(unsigned(&[1, 0]), [1, 0]);
        assert_eq!(unsigned(&[0]), [0]);
    }
}
