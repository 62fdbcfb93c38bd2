//! What the CAPF certificate, an LSC and a request for one look like.
//!
//! The rules are read off certificates that phones took; each states its standing: P proved
//! against real phones or a real Unified CM, R recorded with another implementation, D decided
//! here.

use der::Encode;
use der::asn1::{Ia5String, ObjectIdentifier, OctetString, PrintableString};
use der::oid::AssociatedOid;
use der::oid::db::rfc4519::{C, CN, O, OU, SERIAL_NUMBER};
use der::oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_SERVER_AUTH};
use jiff::SignedDuration;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
};
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

use super::name::{printable, single, utf8};
use crate::model::DeviceName;

/// How far back validity begins, so that a phone whose clock is slow takes its certificate (D).
pub(super) const CLOCK_ALLOWANCE: SignedDuration = SignedDuration::from_hours(1);

/// The most characters of a common name and of a serial number (RFC 5280, appendix A.1,
/// ub-common-name and ub-serial-number).
const LONGEST_NAME: usize = 64;

/// id-kp-ipsecEndSystem, retired by RFC 4945 but in LSCs all the same (R).
const IPSEC_END_SYSTEM: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.5");

/// The parts of a CAPF certificate's subject that its LSCs copy: C, O and OU; not ST and L (P).
pub(super) fn inherited_names(
    issuer_subject: &RdnSequence,
) -> Result<Vec<RelativeDistinguishedName>, der::Error> {
    let attributes = || {
        issuer_subject
            .iter()
            .flat_map(RelativeDistinguishedName::iter)
    };
    [C, O, OU]
        .into_iter()
        .flat_map(|wanted| attributes().filter(move |attribute| attribute.oid == wanted))
        .map(|attribute| single(attribute.oid, attribute.value.clone()))
        .collect()
}

/// An LSC's subject: `serialNumber=PID:… SN:…, C, O, OU, CN=CP-8861-SEP…` (P).
///
/// A serial number that X.520 would not take (`PrintableString`, 64 characters) is left out: it
/// is ornament, and comes from the phone's MIC.
pub(super) fn lsc_subject(
    inherited: &[RelativeDistinguishedName],
    device: &DeviceName,
    model: &str,
    serial_number: Option<&str>,
) -> Result<RdnSequence, der::Error> {
    let serial_number = serial_number
        .filter(|text| (1..=LONGEST_NAME).contains(&text.len()))
        .filter(|text| PrintableString::new(text).is_ok())
        .map(|text| printable(SERIAL_NUMBER, text))
        .transpose()?;
    let mut names = Vec::with_capacity(inherited.len() + 2);
    names.extend(serial_number);
    names.extend_from_slice(inherited);
    names.push(utf8(CN, &common_name(device, model))?);
    Ok(RdnSequence::from(names))
}

/// `<model>-<device name>` (P), or the device name alone where no model is known (R), or where the
/// two do not fit into a common name (D).
fn common_name(device: &DeviceName, model: &str) -> String {
    let model = model.trim();
    if model.is_empty() || !fits_common_name(device, model) {
        device.to_string()
    } else {
        format!("{model}-{device}")
    }
}

/// Whether the model, which may be empty, can stand in the common name of the phone's LSC: it is
/// left out otherwise.
pub fn fits_common_name(device: &DeviceName, model: &str) -> bool {
    let model = model.trim();
    let length = model.chars().count() + "-".len() + device.as_str().chars().count();
    length <= LONGEST_NAME && !model.contains(char::is_control)
}

/// The extensions that are the same in every LSC: no CA, and what its key is for.
///
/// There is no authority key identifier: Unified CM's LSCs have none (P).
pub(super) fn lsc_extensions() -> Result<Vec<Extension>, der::Error> {
    let mut extensions = vec![no_ca()?];
    extensions.extend(lsc_usages()?);
    Ok(extensions)
}

/// What an LSC's key is for: the extended usages are R.
pub(super) fn lsc_usages() -> Result<[Extension; 2], der::Error> {
    usages(vec![ID_KP_SERVER_AUTH, ID_KP_CLIENT_AUTH, IPSEC_END_SYSTEM])
}

/// An end entity's basic constraints.
pub(super) fn no_ca() -> Result<Extension, der::Error> {
    extension(
        true,
        &BasicConstraints {
            ca: false,
            path_len_constraint: None,
        },
    )
}

/// A phone's key usages. Its registration fails where digitalSignature or keyEncipherment is
/// missing (P), so an EC key has both too, though it enciphers no keys.
pub(super) fn usages(purposes: Vec<ObjectIdentifier>) -> Result<[Extension; 2], der::Error> {
    let usage = KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment;
    Ok([
        extension(true, &KeyUsage(usage))?,
        extension(false, &ExtendedKeyUsage(purposes))?,
    ])
}

/// An LSC's alternative name: the device name as it is, as a URI (R).
///
/// It has no scheme, which RFC 5280 asks for; phones take it, and CAPF finds the bare device name
/// in it.
pub(super) fn device_name(device: &DeviceName) -> Result<Extension, der::Error> {
    let name = GeneralName::UniformResourceIdentifier(Ia5String::new(device.as_str())?);
    extension(false, &SubjectAltName(vec![name]))
}

/// A CA's basic constraints and key usage. Phones fail the handshake with a CAPF certificate that
/// lacks digitalSignature or keyCertSign (P).
pub(super) fn issuer_extensions() -> Result<Vec<Extension>, der::Error> {
    Ok(vec![
        extension(
            true,
            &BasicConstraints {
                ca: true,
                path_len_constraint: Some(0),
            },
        )?,
        extension(
            true,
            &KeyUsage(KeyUsages::DigitalSignature | KeyUsages::KeyCertSign),
        )?,
    ])
}

/// What is asked of the CA that is to sign the CAPF certificate: what Unified CM asks (P).
pub(super) fn issuer_request_extensions() -> Result<Vec<Extension>, der::Error> {
    let mut extensions = issuer_extensions()?;
    extensions.push(extension(
        false,
        &ExtendedKeyUsage(vec![ID_KP_SERVER_AUTH]),
    )?);
    Ok(extensions)
}

/// An extension of any kind.
pub(super) fn extension<T: AssociatedOid + Encode>(
    critical: bool,
    value: &T,
) -> Result<Extension, der::Error> {
    Ok(Extension {
        extn_id: T::OID,
        critical,
        extn_value: OctetString::new(value.to_der()?)?,
    })
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    fn device(name: &str) -> DeviceName {
        name.parse().unwrap()
    }

    fn subject(device: &DeviceName, model: &str, serial_number: Option<&str>) -> String {
        lsc_subject(&[], device, model, serial_number)
            .unwrap()
            .to_string()
    }

    #[test]
    fn country_organization_and_unit_are_inherited_in_that_order_and_nothing_else() {
        let issuer =
            RdnSequence::from_str("C=AU,ST=NSW,L=Sydney,O=stormin,OU=IST+OU=Voice,CN=CAPF-1")
                .unwrap();
        let names = inherited_names(&issuer).unwrap();
        let phone = device("SEPB000B4BA0AEE");
        let subject = lsc_subject(&names, &phone, "CP-8861", Some("PID:CP-8861 SN:FCH1")).unwrap();
        let parts: Vec<String> = subject.iter().map(ToString::to_string).collect();
        let expected = [
            "serialNumber=PID:CP-8861 SN:FCH1",
            "C=AU",
            "O=stormin",
            "OU=IST",
            "OU=Voice",
            "CN=CP-8861-SEPB000B4BA0AEE",
        ];
        assert_eq!(parts[1..], expected[1..]);
        assert!(parts[0].contains("PID:CP-8861 SN:FCH1"), "{}", parts[0]);
    }

    #[test]
    fn without_a_model_the_device_name_is_the_common_name() {
        let phone = device("SEPB000B4BA0AEE");
        for model in ["", "  ", "CP\n8861"] {
            assert_eq!(subject(&phone, model, None), "CN=SEPB000B4BA0AEE");
        }
    }

    #[test]
    fn a_model_that_would_make_the_common_name_too_long_is_left_out() {
        let name = "T".repeat(DeviceName::MAX_LENGTH);
        let phone = device(&name);
        let fits = "M".repeat(LONGEST_NAME - DeviceName::MAX_LENGTH - 1);
        assert_eq!(subject(&phone, &fits, None), format!("CN={fits}-{name}"));
        assert_eq!(
            subject(&phone, &format!("{fits}M"), None),
            format!("CN={name}")
        );
    }

    #[test]
    fn a_serial_number_that_no_certificate_can_carry_is_left_out() {
        let phone = device("SEPB000B4BA0AEE");
        for bad in ["", "SN:FCH*", "SN:ÄÖ", &"x".repeat(65)] {
            assert_eq!(subject(&phone, "", Some(bad)), "CN=SEPB000B4BA0AEE");
        }
    }
}
