//! Certificate revocation lists (RFC 5280, section 5).

use std::fmt;

use jiff::Timestamp;
use x509_parser::asn1_rs::{Oid, oid};
use x509_parser::extensions::{ParsedExtension, X509Extension};
use x509_parser::oid_registry::{
    OID_X509_EXT_CRL_NUMBER, OID_X509_EXT_DELTA_CRL_INDICATOR,
    OID_X509_EXT_ISSUER_DISTRIBUTION_POINT, OID_X509_EXT_REASON_CODE,
};
use x509_parser::prelude::FromDer as _;
use x509_parser::revocation_list::{CertificateRevocationList, RevokedCertificate};
use x509_parser::time::ASN1Time;

use super::certificate::name_text;
use super::invalid_certificate::problem;
use super::words::words;

words! {
    /// Why a CA has revoked a certificate (RFC 5280, section 5.3.1).
    RevocationReason {
        /// None was given, or one that has no name.
        Unspecified = "Unspecified", "unspecified";
        /// Somebody else has, or may have, the certificate's key.
        KeyCompromise = "Key Compromise", "key-compromise";
        /// Somebody else has, or may have, the key of the CA whose certificate it is.
        CaCompromise = "CA Compromise", "ca-compromise";
        /// What the certificate says of its holder is no longer so.
        AffiliationChanged = "Affiliation Changed", "affiliation-changed";
        /// Another certificate has taken its place.
        Superseded = "Superseded", "superseded";
        /// It is not needed any more.
        CessationOfOperation = "Cessation Of Operation", "cessation-of-operation";
        /// It does not count for now; a later list may have it no longer.
        CertificateHold = "Certificate Hold", "certificate-hold";
        /// Its holder may no longer do what it was for.
        PrivilegeWithdrawn = "Privilege Withdrawn", "privilege-withdrawn";
    }
}

/// A certificate revocation list: its bytes, and what one asks of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Crl {
    der: Box<[u8]>,
    issuer: String,
    number: Option<CrlNumber>,
    scope: Box<[u8]>,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    entries: Vec<CrlEntry>,
}

/// A certificate that a list revokes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CrlEntry {
    /// Its serial number in lower-case hexadecimal, as [`Certificate::serial_number`] has it.
    ///
    /// [`Certificate::serial_number`]: super::Certificate::serial_number
    pub serial_number: String,
    /// When it was revoked.
    pub revoked_at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// The number of a list (RFC 5280, section 5.2.3): the lists of an issuer for one scope have
/// increasing ones. It is kept in hexadecimal without zeros in front.
#[derive(Clone, PartialEq, Eq)]
pub struct CrlNumber(String);

/// Bytes that are no list that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCrl {
    /// The bytes are no list.
    #[error("not a certificate revocation list in DER: {problem}")]
    NotDer {
        /// What is wrong with them.
        problem: String,
    },
    /// A list, and something behind it.
    #[error("{length} bytes stand behind the revocation list")]
    TrailingData {
        /// How many bytes are left over.
        length: usize,
    },
    /// A time that cannot be represented.
    #[error("a time in it lies outside the years 0 to 9999")]
    Time,
    /// It has only the changes since another list.
    #[error(
        "it is a delta CRL, which has only what changed since another; import the CA's complete CRL"
    )]
    Delta,
    /// It has entries of other issuers.
    #[error(
        "it is an indirect CRL, which lists certificates of several CAs; import each CA's own CRL"
    )]
    Indirect,
    /// It says nothing of certificates.
    #[error("it covers attribute certificates alone, which no phone has")]
    AttributeCertificates,
    /// It has an extension without which it must not be used (RFC 5280, section 5.2).
    #[error("its critical extension {oid} is not known, so it must not be used")]
    UnknownExtension {
        /// The extension's object identifier.
        oid: String,
    },
    /// An extension that has to be understood cannot be read, or stands there twice.
    #[error("its extension {extension} cannot be read; have the CA publish the CRL anew")]
    Unreadable {
        /// Which one.
        extension: &'static str,
    },
}

impl Crl {
    /// Reads one complete list in DER with nothing behind it.
    ///
    /// A list that is a part of what its issuer has revoked, by distribution point, is taken, with
    /// its [`Crl::scope`]; deltas and indirect lists are not.
    pub fn from_der(der: &[u8]) -> Result<Self, InvalidCrl> {
        let (rest, view) =
            CertificateRevocationList::from_der(der).map_err(|error| InvalidCrl::NotDer {
                problem: problem(der, &error),
            })?;
        if !rest.is_empty() {
            return Err(InvalidCrl::TrailingData { length: rest.len() });
        }
        let scope = scope(&view)?;
        let entries = view
            .iter_revoked_certificates()
            .map(entry)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            der: der.into(),
            issuer: name_text(view.issuer()),
            number: view
                .crl_number()
                .and_then(|number| CrlNumber::from_hex(&number.to_str_radix(16))),
            scope,
            this_update: time(view.last_update())?,
            next_update: view.next_update().map(time).transpose()?,
            entries,
        })
    }

    /// The list's bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The issuer's name, in the order of the list.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its number, where it has one.
    pub fn number(&self) -> Option<&CrlNumber> {
        self.number.as_ref()
    }

    /// Which part of what its issuer has revoked the list covers: its `IssuingDistributionPoint`
    /// (RFC 5280, section 5.2.5) in DER, and nothing where it covers all.
    pub fn scope(&self) -> &[u8] {
        &self.scope
    }

    /// When it was made.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When the next one is due, where it says so.
    pub fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    /// The certificates that it revokes, in its order.
    pub fn entries(&self) -> &[CrlEntry] {
        &self.entries
    }

    /// How it stands to a list of the same issuer and scope that has this number and time: whether
    /// it is newer, the same, or older.
    pub fn compared_with(
        &self,
        number: Option<&CrlNumber>,
        this_update: Timestamp,
    ) -> std::cmp::Ordering {
        match (&self.number, number) {
            (Some(own), Some(other)) => own.cmp(other),
            _ => std::cmp::Ordering::Equal,
        }
        .then_with(|| self.this_update.cmp(&this_update))
    }
}

impl CrlNumber {
    /// A number in hexadecimal.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let is_hex = !hex.is_empty() && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_hex.then(|| Self(hex.trim_start_matches('0').to_ascii_lowercase()))
    }

    /// The number in lower-case hexadecimal.
    pub fn as_hex(&self) -> &str {
        if self.0.is_empty() { "0" } else { &self.0 }
    }
}

impl PartialOrd for CrlNumber {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CrlNumber {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let (own, other) = (&self.0, &other.0);
        own.len().cmp(&other.len()).then_with(|| own.cmp(other))
    }
}

impl fmt::Display for CrlNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_hex())
    }
}

impl fmt::Debug for CrlNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CrlNumber({self})")
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Crl({}, {} entries)",
            self.issuer,
            self.entries.len()
        )
    }
}

/// The scope of a list that can be used for it.
fn scope(view: &CertificateRevocationList<'_>) -> Result<Box<[u8]>, InvalidCrl> {
    let mut scope = &[][..];
    for extension in unique(view.extensions())? {
        if extension.oid == OID_X509_EXT_DELTA_CRL_INDICATOR {
            return Err(InvalidCrl::Delta);
        }
        if extension.oid == OID_X509_EXT_ISSUER_DISTRIBUTION_POINT {
            let ParsedExtension::IssuingDistributionPoint(point) = extension.parsed_extension()
            else {
                return Err(InvalidCrl::Unreadable {
                    extension: "issuingDistributionPoint",
                });
            };
            if point.indirect_crl {
                return Err(InvalidCrl::Indirect);
            }
            if point.only_contains_attribute_certs {
                return Err(InvalidCrl::AttributeCertificates);
            }
            scope = extension.value;
        } else if extension.oid == OID_X509_EXT_CRL_NUMBER {
            if !matches!(extension.parsed_extension(), ParsedExtension::CRLNumber(_)) {
                return Err(InvalidCrl::Unreadable {
                    extension: "cRLNumber",
                });
            }
        } else if extension.critical {
            return Err(unknown(extension));
        }
    }
    Ok(scope.into())
}

fn entry(revoked: &RevokedCertificate<'_>) -> Result<CrlEntry, InvalidCrl> {
    let mut reason = RevocationReason::Unspecified;
    for extension in unique(revoked.extensions())? {
        /// RFC 5280, section 5.3.3.
        const CERTIFICATE_ISSUER: Oid<'_> = oid!(2.5.29.29);
        if extension.oid == CERTIFICATE_ISSUER {
            return Err(InvalidCrl::Indirect);
        }
        if extension.oid == OID_X509_EXT_REASON_CODE {
            let ParsedExtension::ReasonCode(code) = extension.parsed_extension() else {
                return Err(InvalidCrl::Unreadable {
                    extension: "reasonCode",
                });
            };
            reason = RevocationReason::of(code.0);
        } else if extension.critical {
            return Err(unknown(extension));
        }
    }
    Ok(CrlEntry {
        serial_number: hex::encode(revoked.raw_serial()),
        revoked_at: time(revoked.revocation_date)?,
        reason,
    })
}

impl RevocationReason {
    /// The reason with this code. Of 8, `removeFromCRL`, only deltas speak.
    fn of(code: u8) -> Self {
        match code {
            1 => Self::KeyCompromise,
            2 | 10 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            9 => Self::PrivilegeWithdrawn,
            _ => Self::Unspecified,
        }
    }
}

/// The extensions, each of which may stand there once (RFC 5280, section 4.2).
fn unique<'a, 'b>(
    extensions: &'a [X509Extension<'b>],
) -> Result<&'a [X509Extension<'b>], InvalidCrl> {
    let repeated = extensions.iter().enumerate().find(|(place, extension)| {
        extensions[..*place]
            .iter()
            .any(|one| one.oid == extension.oid)
    });
    match repeated {
        None => Ok(extensions),
        Some((_, extension)) => Err(unknown(extension)),
    }
}

fn unknown(extension: &X509Extension<'_>) -> InvalidCrl {
    InvalidCrl::UnknownExtension {
        oid: extension.oid.to_id_string(),
    }
}

fn time(time: ASN1Time) -> Result<Timestamp, InvalidCrl> {
    Timestamp::from_second(time.timestamp()).map_err(|_| InvalidCrl::Time)
}

/// A list with its place in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlRecord {
    /// Its number in the store.
    pub id: i64,
    /// Whose it is.
    pub issuer: String,
    /// Its number, where it has one.
    pub number: Option<CrlNumber>,
    /// When it was made.
    pub this_update: Timestamp,
    /// When the next one is due, where it says so.
    pub next_update: Option<Timestamp>,
    /// When it was imported.
    pub imported_at: Timestamp,
    /// How many certificates it revokes.
    pub entries: u64,
    /// How many phones hold an LSC that it revokes.
    pub revoked_lscs: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: &[u8] = include_bytes!("../../fixtures/crl/ca.crl");

    #[test]
    fn a_complete_list_is_read_whole() {
        let crl = Crl::from_der(COMPLETE).unwrap();
        assert_eq!(crl.issuer(), "O=Example Corporate CA, CN=Example Root");
        assert_eq!(crl.number().unwrap().as_hex(), "10");
        assert_eq!(crl.this_update().to_string(), "2026-11-20T00:00:00Z");
        assert_eq!(
            crl.next_update().unwrap().to_string(),
            "2126-01-01T00:00:00Z"
        );
        assert!(crl.scope().is_empty());
        let entries = crl.entries().iter().map(|entry| {
            let day = entry.revoked_at.to_string()[..10].to_owned();
            (&entry.serial_number[..], day, entry.reason.as_str())
        });
        assert_eq!(
            entries.collect::<Vec<_>>(),
            [
                ("05", "2026-11-03".to_owned(), "Superseded"),
                ("1a2b", "2026-11-01".to_owned(), "Key Compromise"),
                ("00c0ffee0123", "2026-11-02".to_owned(), "Unspecified"),
            ]
        );
    }

    #[test]
    fn a_part_of_what_is_revoked_says_which_and_what_cannot_be_used_says_why() {
        let part = include_bytes!("../../fixtures/crl/partition.crl");
        let part = Crl::from_der(part).unwrap();
        assert!(!part.scope().is_empty());
        assert_eq!(part.entries().len(), 3);
        for (der, says) in [
            (&include_bytes!("../../fixtures/crl/delta.crl")[..], "delta"),
            (
                include_bytes!("../../fixtures/crl/indirect.crl"),
                "indirect",
            ),
            (
                include_bytes!("../../fixtures/crl/attributes.crl"),
                "attribute certificates",
            ),
            (include_bytes!("../../fixtures/crl/unknown.crl"), "1.2.3.4"),
            (&[COMPLETE, b"x"].concat(), "1 bytes stand behind"),
            (&COMPLETE[..COMPLETE.len() - 1], "cut off or damaged"),
            (b"hello", "does not begin like one"),
            (b"", "does not begin like one"),
        ] {
            let error = Crl::from_der(der).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn the_number_tells_which_list_is_newer_and_where_there_is_none_the_time_does() {
        let crl = Crl::from_der(COMPLETE).unwrap();
        let number = |hex| CrlNumber::from_hex(hex);
        let time = crl.this_update();
        let second = jiff::SignedDuration::from_secs(1);
        for (held, at, newer) in [
            (number("f"), time + second, true),
            (number("0010"), time - second, true),
            (number("10"), time, false),
            (number("10"), time + second, false),
            (number("11"), time - second, false),
            (number("100"), time - second, false),
            (None, time - second, true),
            (None, time, false),
        ] {
            let order = crl.compared_with(held.as_ref(), at);
            assert_eq!(order.is_gt(), newer, "{held:?} {at}");
        }
        assert_eq!(number("10"), number("0010"));
        assert_eq!(number("00").unwrap().to_string(), "0");
        assert_eq!(number("").or(number("1g")), None);
    }
}
