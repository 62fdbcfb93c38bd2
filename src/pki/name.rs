//! Distinguished names (RFC 5280, section 4.1.2.4).

use std::str::FromStr;

use der::asn1::{Any, ObjectIdentifier, PrintableString};
use der::oid::db::rfc4519::{C, CN, L, O, OU, ST};
use der::{Decode as _, Encode as _};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::pkix::name::DirectoryString;
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

use super::PkiError;
use super::issuer::subject_der;
use crate::model::Certificate;

/// Whose CAPF this is: the parts of its certificate's subject beside the common name.
///
/// Country, organization and organizational unit come back in every LSC; state and locality do not
/// (P).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerName {
    /// The two letters of ISO 3166.
    pub country: Option<String>,
    /// The organization, at most 64 characters.
    pub organization: String,
    /// The organizational unit, at most 64 characters.
    pub organizational_unit: Option<String>,
    /// The state or province, at most 128 characters.
    pub state: Option<String>,
    /// The locality, at most 128 characters.
    pub locality: Option<String>,
}

impl Default for IssuerName {
    fn default() -> Self {
        Self {
            country: None,
            organization: "capf".to_owned(),
            organizational_unit: None,
            state: None,
            locality: None,
        }
    }
}

/// Text that is not the name of a CAPF.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIssuerName {
    /// It is no list of attributes.
    #[error("`{part}` is no attribute; write C=AU,O=Example,OU=Voice,ST=NSW,L=Sydney")]
    NoAttribute {
        /// What was given.
        part: String,
    },
    /// The attribute has no place in it.
    #[error("{attribute} has no place in it; C, O, OU, ST and L have, each once")]
    Attribute {
        /// The attribute.
        attribute: String,
    },
    /// Capf makes the common name.
    #[error("the common name is made by capf: CAPF- and eight hexadecimal digits")]
    CommonName,
    /// There is no organization.
    #[error("an organization is missing: O=…")]
    NoOrganization,
}

impl FromStr for IssuerName {
    type Err = InvalidIssuerName;

    /// Reads `C=AU,O=Example,OU=Voice,ST=NSW,L=Sydney`, in any order; a comma in a value is written
    /// with a backslash in front (RFC 4514).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts: [Option<String>; 5] = Default::default();
        for part in split(text) {
            let (attribute, value) =
                part.split_once('=')
                    .ok_or_else(|| InvalidIssuerName::NoAttribute {
                        part: part.escape_debug().to_string(),
                    })?;
            let attribute = attribute.trim().to_uppercase();
            if attribute == "CN" {
                return Err(InvalidIssuerName::CommonName);
            }
            let place = ["C", "O", "OU", "ST", "L"]
                .iter()
                .position(|known| *known == attribute)
                .filter(|place| parts[*place].is_none())
                .ok_or_else(|| InvalidIssuerName::Attribute {
                    attribute: attribute.escape_debug().to_string(),
                })?;
            parts[place] = Some(value.trim().to_owned());
        }
        let [country, organization, organizational_unit, state, locality] = parts;
        Ok(Self {
            country,
            organization: organization.ok_or(InvalidIssuerName::NoOrganization)?,
            organizational_unit,
            state,
            locality,
        })
    }
}

/// The parts between commas that have no backslash in front, without those backslashes.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            ',' => {
                parts.push(String::new());
                continue;
            }
            '\\' => letters.next().unwrap_or('\\'),
            other => other,
        };
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts
}

impl IssuerName {
    /// The name that a CAPF certificate has. An organization is put in where it has none.
    pub fn of(certificate: &Certificate) -> Result<Self, PkiError> {
        let subject = RdnSequence::from_der(&subject_der(certificate))?;
        let attributes: Vec<_> = subject
            .iter()
            .flat_map(RelativeDistinguishedName::iter)
            .collect();
        let value = |oid| {
            let attribute = attributes.iter().find(|attribute| attribute.oid == oid)?;
            DirectoryString::from_der(&attribute.value.to_der().ok()?)
                .map(|text| text.value().into_owned())
                .ok()
        };
        Ok(Self {
            country: value(C),
            organization: value(O).unwrap_or_else(|| Self::default().organization),
            organizational_unit: value(OU),
            state: value(ST),
            locality: value(L),
        })
    }

    /// The subject of a CAPF certificate, in Unified CM's order: C, O, OU, CN, ST, L (P). The
    /// lengths are RFC 5280's, appendix A.1, `ub-…`.
    pub(super) fn with_common_name(&self, common_name: &str) -> Result<RdnSequence, PkiError> {
        let optional = |oid, field, longest, value: &Option<String>| {
            value
                .as_deref()
                .map(|value| text(oid, field, longest, value))
                .transpose()
        };
        let names = [
            self.country.as_deref().map(country).transpose()?,
            Some(text(O, "organization", 64, &self.organization)?),
            optional(OU, "organizational unit", 64, &self.organizational_unit)?,
            Some(text(CN, "common name", 64, common_name)?),
            optional(ST, "state", 128, &self.state)?,
            optional(L, "locality", 128, &self.locality)?,
        ];
        Ok(RdnSequence::from(
            names.into_iter().flatten().collect::<Vec<_>>(),
        ))
    }
}

fn text(
    oid: ObjectIdentifier,
    field: &'static str,
    longest: usize,
    value: &str,
) -> Result<RelativeDistinguishedName, PkiError> {
    let length = value.chars().count();
    if (1..=longest).contains(&length) && !value.contains(char::is_control) {
        Ok(utf8(oid, value)?)
    } else {
        Err(PkiError::InvalidName {
            field,
            value: value.escape_debug().to_string(),
            reason: format!("it takes 1 to {longest} characters, and no control characters"),
        })
    }
}

fn country(code: &str) -> Result<RelativeDistinguishedName, PkiError> {
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        Ok(printable(C, &code.to_ascii_uppercase())?)
    } else {
        Err(PkiError::InvalidName {
            field: "country",
            value: code.escape_debug().to_string(),
            reason: "it takes the two letters of ISO 3166".to_owned(),
        })
    }
}

/// One attribute as `UTF8String`, which RFC 5280 takes for every text.
pub(super) fn utf8(
    oid: ObjectIdentifier,
    value: &str,
) -> Result<RelativeDistinguishedName, der::Error> {
    single(oid, Any::new(der::Tag::Utf8String, value.as_bytes())?)
}

/// One attribute as `PrintableString`, which X.520 demands of a country and a serial number.
pub(super) fn printable(
    oid: ObjectIdentifier,
    value: &str,
) -> Result<RelativeDistinguishedName, der::Error> {
    single(oid, Any::from(&PrintableString::new(value)?))
}

/// A relative name of one attribute alone.
pub(super) fn single(
    oid: ObjectIdentifier,
    value: Any,
) -> Result<RelativeDistinguishedName, der::Error> {
    RelativeDistinguishedName::try_from(vec![AttributeTypeAndValue { oid, value }])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(change: impl FnOnce(&mut IssuerName)) -> Result<RdnSequence, PkiError> {
        let mut name = IssuerName::default();
        change(&mut name);
        name.with_common_name("CAPF-00112233")
    }

    #[test]
    fn a_full_name_stands_in_unified_cms_order() {
        let name = IssuerName {
            country: Some("au".to_owned()),
            organization: "Störmin".to_owned(),
            organizational_unit: Some("IST".to_owned()),
            state: Some("NSW".to_owned()),
            locality: Some("Sydney".to_owned()),
        };
        // RFC 4514 writes the last part first.
        assert_eq!(
            name.with_common_name("CAPF-00112233").unwrap().to_string(),
            "L=Sydney,ST=NSW,CN=CAPF-00112233,OU=IST,O=Störmin,C=AU"
        );
    }

    #[test]
    fn the_default_is_an_organization_alone() {
        assert_eq!(
            named(|_| ()).unwrap().to_string(),
            "CN=CAPF-00112233,O=capf"
        );
    }

    #[test]
    fn a_name_is_read_from_its_attributes_in_any_order() {
        let read = |text: &str| text.parse::<IssuerName>();
        assert_eq!(
            read("L=Sydney, o=Acme\\, Inc.,C=AU"),
            Ok(IssuerName {
                country: Some("AU".to_owned()),
                organization: "Acme, Inc.".to_owned(),
                organizational_unit: None,
                state: None,
                locality: Some("Sydney".to_owned()),
            })
        );
        assert_eq!(read("O=a,CN=CAPF-1"), Err(InvalidIssuerName::CommonName));
        assert_eq!(read("C=AU"), Err(InvalidIssuerName::NoOrganization));
        for bad in ["O=a,O=b", "O=a,DC=b"] {
            assert!(matches!(
                read(bad),
                Err(InvalidIssuerName::Attribute { .. })
            ));
        }
        for bad in ["", "Acme", "O=a,,C=AU", "O=a,"] {
            assert!(matches!(
                read(bad),
                Err(InvalidIssuerName::NoAttribute { .. })
            ));
        }
    }

    #[test]
    fn the_next_certificate_has_the_name_of_the_last() {
        let name = IssuerName {
            country: Some("AU".to_owned()),
            organization: "Störmin".to_owned(),
            organizational_unit: Some("IST".to_owned()),
            state: Some("NSW".to_owned()),
            locality: Some("Sydney".to_owned()),
        };
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        for name in [name, IssuerName::default()] {
            let issuer = crate::pki::Issuer::create(&name, now).unwrap();
            assert_eq!(IssuerName::of(issuer.certificate()).unwrap(), name);
        }
    }

    #[test]
    fn what_a_certificate_cannot_carry_is_refused() {
        for bad in ["", "a\nb", &"x".repeat(65)] {
            let error = named(|name| name.organization = bad.to_owned()).unwrap_err();
            assert!(!error.to_string().contains('\n'), "{error}");
            assert!(named(|name| name.organizational_unit = Some(bad.to_owned())).is_err());
        }
        for bad in ["", "A", "AUS", "A1", "Ä"] {
            assert!(named(|name| name.country = Some(bad.to_owned())).is_err());
        }
        assert!(named(|name| name.state = Some("x".repeat(129))).is_err());
        assert!(named(|name| name.locality = Some("x".repeat(128))).is_ok());
    }
}
