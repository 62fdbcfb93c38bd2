//! Distinguished names (RFC 5280, section 4.1.2.4).

use der::asn1::{Any, ObjectIdentifier, PrintableString};
use der::oid::db::rfc4519::{C, CN, L, O, OU, ST};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

use super::PkiError;

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

impl IssuerName {
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
