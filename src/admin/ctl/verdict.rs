//! Whether phones that hold a CTL or ITL file believe this CAPF.

use jiff::Timestamp;
use serde::Serialize;

use super::view::certificate;
use crate::admin::{AdminError, Installation};
use crate::ctl::{CtlFile, HashAlgorithm, Record, RecordTag, Role};
use crate::model::Certificate;
use crate::pki::{BadCtlSignature, ctl_hash, verify_ctl};

/// What came of verifying a CTL or ITL file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CtlVerdict {
    /// The subject of this CAPF's certificate.
    pub capf_certificate: String,
    /// Whether it is in the file, with the role CAPF.
    pub is_in_file: bool,
    /// Whether it is valid now.
    pub is_valid_now: bool,
    /// The subjects of other certificates in the file that have the role CAPF.
    pub other_capfs: Vec<String>,
    /// Whether the signature holds.
    pub signature_is_valid: bool,
    /// Why it does not.
    pub signature_problem: Option<BadCtlSignature>,
    /// The certificates in the file that are not valid now, or that cannot be read.
    pub invalid_now: Vec<InvalidNow>,
}

/// A certificate in the file that is not valid now, or that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InvalidNow {
    /// The number of its record, from 1.
    pub record: u64,
    /// What it is for.
    pub role: Option<String>,
    /// Its subject, as it stands in the record.
    pub subject: Option<String>,
    /// What is wrong with it.
    pub problem: String,
}

impl CtlVerdict {
    /// Whether phones that hold the file believe this CAPF.
    pub fn is_good(&self) -> bool {
        self.is_in_file && self.is_valid_now && self.signature_is_valid
    }
}

/// Verifies a file for this CAPF. `None` where there is no CAPF certificate yet.
pub async fn verify(
    installation: &Installation,
    file: &CtlFile,
) -> Result<Option<CtlVerdict>, AdminError> {
    let own = installation.own_certificate().await?;
    Ok(own.map(|own| judge(file, &own, installation.now())))
}

fn judge(file: &CtlFile, own: &Certificate, now: Timestamp) -> CtlVerdict {
    let capfs = || {
        let records = file.records.iter();
        records.filter(|record| record.role() == Some(Role::CAPF))
    };
    let signature = verify_ctl(file);
    CtlVerdict {
        capf_certificate: own.subject().to_owned(),
        is_in_file: capfs().any(|record| is_of(record, own)),
        is_valid_now: is_valid(own, now),
        other_capfs: capfs()
            .filter(|record| !is_of(record, own))
            .map(|record| {
                record
                    .text(RecordTag::SUBJECT_NAME)
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect(),
        signature_is_valid: signature.is_ok(),
        signature_problem: signature.err(),
        invalid_now: invalid_now(file, now),
    }
}

/// Whether the record trusts this certificate: holds it, or a hash of it.
fn is_of(record: &Record, certificate: &Certificate) -> bool {
    if let Some(der) = record.find(RecordTag::CERTIFICATE) {
        return der.bytes() == certificate.der();
    }
    let hash = || {
        let number = record.find(RecordTag::HASH_ALGORITHM)?.number()?;
        ctl_hash(HashAlgorithm(u8::try_from(number).ok()?), certificate.der())
    };
    let stated = record.find(RecordTag::CERTIFICATE_HASH);
    stated.is_some_and(|stated| hash().is_some_and(|hash| hash == stated.bytes()))
}

fn is_valid(certificate: &Certificate, now: Timestamp) -> bool {
    (certificate.not_before()..=certificate.not_after()).contains(&now)
}

/// The certificates in the file that are not valid now, or that cannot be read.
pub(super) fn invalid_now(file: &CtlFile, now: Timestamp) -> Vec<InvalidNow> {
    let records = file.records.iter().enumerate();
    records
        .filter_map(|(index, record)| {
            let problem = match certificate(record)? {
                Ok(certificate) if is_valid(&certificate, now) => return None,
                Ok(certificate) => format!(
                    "it is valid from {} to {}, not now",
                    certificate.not_before(),
                    certificate.not_after()
                ),
                Err(invalid) => invalid.to_string(),
            };
            Some(InvalidNow {
                record: index as u64 + 1,
                role: record.role().map(|role| role.to_string()),
                subject: record.text(RecordTag::SUBJECT_NAME).map(str::to_owned),
                problem,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctl::Version;
    use crate::pki::{Issuer, IssuerName, ctl_record};

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn capf() -> Certificate {
        let issuer = Issuer::create(&IssuerName::default(), now()).unwrap();
        issuer.certificate().clone()
    }

    fn file(records: Vec<Record>) -> CtlFile {
        CtlFile {
            version: Version { major: 1, minor: 2 },
            header: Vec::new(),
            records,
        }
    }

    #[test]
    fn only_this_capf_in_the_role_of_a_capf_counts() {
        let (own, other) = (capf(), capf());
        let found = |role, certificate: &Certificate| {
            let file = file(vec![ctl_record(role, "", certificate)]);
            let verdict = judge(&file, &own, now());
            (verdict.is_in_file, verdict.other_capfs.len())
        };
        assert_eq!(found(Role::CAPF, &own), (true, 0));
        assert_eq!(found(Role::CAPF, &other), (false, 1));
        assert_eq!(found(Role::CCM, &own), (false, 0));
    }

    #[test]
    fn a_hash_of_the_certificate_stands_for_it() {
        let own = capf();
        let record = |hash: HashAlgorithm, value: Vec<u8>| {
            Record::default()
                .with(RecordTag::ROLE, [0, 4])
                .with(RecordTag::CERTIFICATE_HASH, value)
                .with(RecordTag::HASH_ALGORITHM, [hash.0])
        };
        for (hash, _) in HashAlgorithm::OPTIONS {
            let value = ctl_hash(hash, own.der()).unwrap();
            assert!(is_of(&record(hash, value.clone()), &own), "{hash}");
            assert!(!is_of(&record(hash, value[1..].to_vec()), &own), "{hash}");
            assert!(!is_of(&record(hash, value.clone()), &capf()), "{hash}");
            assert!(!is_of(&record(HashAlgorithm(9), value), &own));
        }
        let nothing = Record::default().with(RecordTag::ROLE, [0, 4]);
        assert!(!is_of(&nothing, &own));
    }

    #[test]
    fn certificates_that_are_not_valid_now_are_named() {
        let own = capf();
        let damaged = Record::default().with(RecordTag::CERTIFICATE, *b"no DER");
        let file = file(vec![
            ctl_record(Role::CAPF, "", &own),
            damaged,
            Record::default(),
        ]);
        let numbers = |now| {
            let verdict = judge(&file, &own, now);
            let numbers = verdict.invalid_now.iter().map(|it| it.record).collect();
            (verdict.is_valid_now, numbers)
        };
        assert_eq!(numbers(now()), (true, vec![2]));
        assert_eq!(numbers(own.not_after()), (true, vec![2]));
        let later = "2050-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(numbers(later), (false, vec![1, 2]));
    }

    #[test]
    fn a_file_without_a_good_signature_is_not_good() {
        let own = capf();
        let verdict = judge(&file(vec![ctl_record(Role::CAPF, "", &own)]), &own, now());
        assert!(verdict.is_in_file && verdict.is_valid_now);
        assert_eq!(verdict.signature_problem, Some(BadCtlSignature::Missing));
        assert!(!verdict.is_good());
    }
}
