//! Phones that come from elsewhere with what is known of them.
//!
//! They are committed batch by batch: memory does not grow with their number, and a service that
//! works on the same database has its turn between two batches.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::encoded::decode_cell;
use super::{AdminError, Installation};
use crate::model::{
    Certificate, CertificateOperation, DeviceName, OperationStatus, Phone, TrustAnchor,
    TrustPurpose,
};
use crate::pki::{KeyFingerprint, TrustStore, Validity};
use crate::store::{Added, NewPhone};

/// How many phones are committed together.
const BATCH: usize = 1000;

/// An issuer of LSCs that no trust anchor in CAPF-trust vouches for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UntrustedIssuer {
    /// Its name.
    pub issuer: String,
    /// How many of the LSCs that came in are its.
    pub lscs: u64,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) added: u64,
    /// Those that were there already, and stay as they were.
    pub(super) existing: Vec<DeviceName>,
    pub(super) untrusted_issuers: Vec<UntrustedIssuer>,
}

/// Takes in phones, whose names all differ.
pub(super) struct Intake<'a> {
    installation: &'a Installation,
    /// Whether nothing is to be added.
    dry_run: bool,
    /// Hears how many phones are done with.
    progress: &'a mut dyn FnMut(u64),
    /// Ends it between two batches.
    stop: &'a CancellationToken,
    trust: CapfTrust,
    batch: Vec<NewPhone>,
    added: u64,
    existing: Vec<DeviceName>,
    strangers: BTreeMap<String, u64>,
}

impl<'a> Intake<'a> {
    pub(super) async fn begin(
        installation: &'a Installation,
        dry_run: bool,
        progress: &'a mut dyn FnMut(u64),
        stop: &'a CancellationToken,
    ) -> Result<Self, AdminError> {
        Ok(Self {
            installation,
            dry_run,
            progress,
            stop,
            trust: CapfTrust::read(installation).await?,
            batch: Vec::with_capacity(BATCH),
            added: 0,
            existing: Vec::new(),
            strangers: BTreeMap::new(),
        })
    }

    pub(super) async fn take(&mut self, phone: NewPhone) -> Result<(), AdminError> {
        self.batch.push(phone);
        if self.batch.len() == BATCH {
            self.flush().await?;
        }
        Ok(())
    }

    pub(super) async fn finish(mut self) -> Result<Taken, AdminError> {
        self.flush().await?;
        Ok(Taken {
            added: self.added,
            existing: self.existing,
            untrusted_issuers: self
                .strangers
                .into_iter()
                .map(|(issuer, lscs)| UntrustedIssuer { issuer, lscs })
                .collect(),
        })
    }

    /// Says of an error how far it came before.
    pub(super) fn interrupted(&self, error: impl Into<AdminError>) -> AdminError {
        if self.dry_run || self.added == 0 {
            return error.into();
        }
        AdminError::Interrupted {
            count: self.added,
            what: "phones had been added",
            source: Box::new(error.into()),
        }
    }

    /// An error where it is to stop, which says how far it came.
    pub(super) fn go_on(&self) -> Result<(), AdminError> {
        if self.stop.is_cancelled() {
            Err(self.interrupted(AdminError::Stopped))
        } else {
            Ok(())
        }
    }

    async fn flush(&mut self) -> Result<(), AdminError> {
        // What is done is not stopped any more.
        if self.batch.is_empty() {
            return Ok(());
        }
        self.go_on()?;
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        let mut strangers = Vec::new();
        for NewPhone { phone, lsc, .. } in &batch {
            if let Some(lsc) = lsc
                && !self.trust.covers(lsc)
            {
                strangers.push((phone.name.clone(), lsc.issuer().to_owned()));
            }
        }
        let committed = self.commit(batch).await;
        let Added { added, existing } = committed.map_err(|error| self.interrupted(error))?;
        let there: HashSet<_> = existing.iter().collect();
        for (name, issuer) in strangers {
            if !there.contains(&name) {
                *self.strangers.entry(issuer).or_default() += 1;
            }
        }
        self.added += added;
        self.existing.extend(existing);
        (self.progress)(self.added + self.existing.len() as u64);
        Ok(())
    }

    async fn commit(&self, batch: Vec<NewPhone>) -> Result<Added, AdminError> {
        let store = self.installation.store();
        if self.dry_run {
            let count = batch.len();
            let names = batch.into_iter().map(|new| new.phone.name).collect();
            let existing = store.known_phones(names).await?;
            return Ok(Added {
                added: (count - existing.len()) as u64,
                existing,
            });
        }
        let actor = self.installation.actor();
        Ok(store.add_phones_with_certificates(actor, batch).await?)
    }
}

/// Which issuers of LSCs are trusted.
struct CapfTrust {
    anchors: Vec<TrustAnchor>,
    trust: TrustStore,
    known: HashMap<Signer, bool>,
}

/// Who signed a certificate, as far as the certificate says: its issuer's name, and the identifier
/// of the issuer's key (RFC 5280, section 4.2.1.1) where it has one.
#[derive(PartialEq, Eq, Hash)]
struct Signer {
    name: String,
    key_identifier: Vec<u8>,
}

impl Signer {
    fn of(certificate: &Certificate) -> Self {
        const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
        let key_identifier = certificate.read(|view| {
            let mut extensions = view.extensions().iter();
            extensions
                .find(|extension| extension.oid.to_id_string() == AUTHORITY_KEY_IDENTIFIER)
                .map(|extension| extension.value.to_vec())
        });
        Self {
            name: certificate.issuer().to_owned(),
            key_identifier: key_identifier.unwrap_or_default(),
        }
    }
}

impl CapfTrust {
    async fn read(installation: &Installation) -> Result<Self, AdminError> {
        let anchors = installation
            .store()
            .trust_anchors(Some(TrustPurpose::Capf))
            .await?;
        Ok(Self {
            trust: TrustStore::new(anchors.iter().map(|anchor| &anchor.certificate))?,
            known: HashMap::new(),
            anchors,
        })
    }

    /// Whether an anchor issued the LSC; one that has expired meanwhile, too.
    ///
    /// The signature is verified on the first LSC of each signer alone, because that takes longer
    /// than all else; on others it is when they count as proof.
    fn covers(&mut self, lsc: &Certificate) -> bool {
        *self.known.entry(Signer::of(lsc)).or_insert_with(|| {
            self.anchors
                .iter()
                .any(|anchor| anchor.certificate.subject() == lsc.issuer())
                && self.trust.verify(lsc, Validity::Any).is_ok()
        })
    }
}

/// Reads a phone's certificate out of a table's cell, or says what is wrong with it.
pub(super) fn certificate(cell: &[u8]) -> Result<Certificate, String> {
    let certificate = decode_cell(cell).map_err(|error| error.to_string())?;
    if certificate.read(|view| view.is_ca()) {
        return Err("it is a CA's certificate, not a phone's".to_owned());
    }
    KeyFingerprint::of(certificate.public_key())
        .map_err(|error| format!("its public key cannot be read: {error}"))?;
    Ok(certificate)
}

/// The status of a phone of which none is told: an operation that is scheduled is pending, and an
/// LSC in the phone was installed some time.
pub(super) fn status(phone: &Phone, lsc: Option<&Certificate>) -> OperationStatus {
    match (phone.capf.operation, lsc) {
        (CertificateOperation::None, None) => OperationStatus::None,
        (CertificateOperation::None, Some(_)) => OperationStatus::UpgradeSuccess,
        _ => OperationStatus::OperationPending,
    }
}

/// Whether `text` is the certificate's serial number: in hexadecimal, with or without colons or
/// `0x`, or in decimal.
pub(super) fn is_serial_number(text: &str, certificate: &Certificate) -> bool {
    /// Twenty octets are the longest that there should be (RFC 5280, section 4.1.2.2).
    const MOST_DIGITS: usize = 2 * 32;
    let significant = |digits: &str| digits.trim_start_matches('0').to_owned();
    let serial = significant(certificate.serial_number());
    let text = text.trim().to_ascii_lowercase();
    let digits = text.strip_prefix("0x").unwrap_or(&text).replace(':', "");
    significant(&digits) == serial
        || serial.len() <= MOST_DIGITS && significant(&text) == decimal(&serial)
}

/// A number in hexadecimal as one in decimal, without zeros in front.
fn decimal(hexadecimal: &str) -> String {
    let mut digits: Vec<u32> = Vec::new();
    for digit in hexadecimal.chars().filter_map(|c| c.to_digit(16)) {
        let mut carry = digit;
        for place in &mut digits {
            carry += *place * 16;
            *place = carry % 10;
            carry /= 10;
        }
        while carry > 0 {
            digits.push(carry % 10);
            carry /= 10;
        }
    }
    digits
        .iter()
        .rev()
        .filter_map(|digit| char::from_digit(*digit, 10))
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::testing::{Fixture, now};
    use super::*;
    use crate::pki::OutsideCa;

    #[tokio::test]
    async fn an_issuer_is_trusted_that_signed_the_lsc_whenever_that_was_valid() {
        let fixture = Fixture::new().await;
        let csr = fixture.csr("CSFONE").await;
        let mut trust = CapfTrust::read(&fixture.installation).await.unwrap();
        let years = SignedDuration::from_hours(24 * 365 * 3);
        for lsc in [
            fixture.sign(&csr),
            fixture.ca.sign(&csr, now() + years).unwrap(),
        ] {
            trust.known.clear();
            assert!(trust.covers(&lsc), "from {}", lsc.not_before());
        }
        let other = OutsideCa::create("Other Root", now()).unwrap();
        assert!(!trust.covers(&other.sign(&csr, now()).unwrap()));
    }

    #[tokio::test]
    async fn a_ca_of_the_same_name_is_another() {
        let fixture = Fixture::new().await;
        let csr = fixture.csr("CSFONE").await;
        let impostor = OutsideCa::create("Example Root", now()).unwrap();
        let lsc = impostor.sign(&csr, now()).unwrap();
        assert_eq!(lsc.issuer(), fixture.ca.certificate().subject());
        let mut trust = CapfTrust::read(&fixture.installation).await.unwrap();
        assert!(!trust.covers(&lsc));
    }

    #[test]
    fn a_number_is_written_in_decimal() {
        for (hexadecimal, expected) in [
            ("", ""),
            ("0", ""),
            ("a", "10"),
            ("ff", "255"),
            ("499602d2", "1234567890"),
            (
                "ffffffffffffffffffffffffffffffff",
                "340282366920938463463374607431768211455",
            ),
        ] {
            assert_eq!(decimal(hexadecimal), expected, "{hexadecimal}");
        }
    }
}
