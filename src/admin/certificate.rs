//! Certificates from an offline CA: imported for the phones whose keys they certify.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use jiff::Timestamp;
use serde::Serialize;

use super::{AdminError, Installation};
use crate::archive::{self, Entry};
use crate::model::{Certificate, CsrRecord, CsrState, DeviceName, TrustPurpose};
use crate::pki::{self, KeyFingerprint, TrustStore};

/// How many keys are asked of the store at a time.
const BATCH: usize = 1000;

/// What came of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CertificateImport {
    /// The files whose certificate was taken.
    pub accepted: u64,
    /// The files whose certificate was not.
    pub rejected: u64,
    /// One for each file, in the order of the archive.
    pub entries: Vec<ImportEntry>,
}

/// What came of one file of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportEntry {
    /// Its name in the archive.
    pub file: String,
    /// The phone that made the key, where one is known.
    pub device: Option<DeviceName>,
    /// The certificate's serial number, where the file is a certificate.
    pub serial_number: Option<String>,
    /// Whether it was taken.
    pub verdict: Verdict,
    /// Why not.
    pub reason: Option<String>,
    /// What is odd about it, and no reason to reject it.
    pub warnings: Vec<String>,
}

/// Whether a certificate was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was taken.
    Accepted,
    /// It was not.
    Rejected,
}

/// Imports a `.tgz` of certificates: each is matched by its public key to the request that it
/// answers, judged by [`pki::accept`], and put on record for its phone, which waits for it.
///
/// An archive that is not whole is refused whole; a file in it that is no acceptable certificate
/// is rejected alone. All that is accepted is committed in one transaction. `dry_run` stops before
/// that.
///
/// Two certificates for one key are both rejected, because nothing says which is meant; the same
/// certificate under two names is taken once.
pub async fn import(
    installation: &Installation,
    source: impl Read,
    dry_run: bool,
) -> Result<CertificateImport, AdminError> {
    let mut candidates = read(source)?;
    match_requests(installation, &mut candidates).await?;
    reject_rivals(&mut candidates);
    judge(installation, &mut candidates).await?;
    if !dry_run {
        commit(installation, &mut candidates).await?;
    }
    let accepted = candidates
        .iter()
        .filter(|it| it.rejection.is_none())
        .count() as u64;
    Ok(CertificateImport {
        accepted,
        rejected: candidates.len() as u64 - accepted,
        entries: candidates.into_iter().map(Candidate::into_entry).collect(),
    })
}

/// A file on its way through the import.
struct Candidate {
    file: String,
    certificate: Option<Certificate>,
    request: Option<CsrRecord>,
    issuer_not_after: Option<Timestamp>,
    /// The file has the same certificate as one before it, and is not committed again.
    repeats: bool,
    rejection: Option<String>,
    warnings: Vec<String>,
}

impl Candidate {
    fn new(entry: Entry) -> Self {
        let (certificate, rejection) = match Certificate::from_der(&entry.bytes) {
            Ok(certificate) => (Some(certificate), None),
            Err(invalid) => (None, Some(invalid.to_string())),
        };
        Self {
            file: entry.name,
            certificate,
            request: None,
            issuer_not_after: None,
            repeats: false,
            rejection,
            warnings: Vec::new(),
        }
    }

    fn reject(&mut self, reason: impl Into<String>) {
        self.rejection.get_or_insert(reason.into());
    }

    /// The certificate and its request, while nothing speaks against them.
    fn accepted(&self) -> Option<(&Certificate, &CsrRecord)> {
        match (&self.rejection, &self.certificate, &self.request) {
            (None, Some(certificate), Some(request)) => Some((certificate, request)),
            _ => None,
        }
    }

    fn into_entry(self) -> ImportEntry {
        ImportEntry {
            file: self.file,
            device: self.request.map(|request| request.device),
            serial_number: self
                .certificate
                .map(|certificate| certificate.serial_number().to_owned()),
            verdict: match self.rejection {
                None => Verdict::Accepted,
                Some(_) => Verdict::Rejected,
            },
            // They say what comes of taking it.
            warnings: match self.rejection {
                None => self.warnings,
                Some(_) => Vec::new(),
            },
            reason: self.rejection,
        }
    }
}

fn read(source: impl Read) -> Result<Vec<Candidate>, AdminError> {
    let mut candidates = Vec::new();
    archive::read(source, &archive::Limits::default(), |entry| {
        candidates.push(Candidate::new(entry));
        Ok::<_, AdminError>(())
    })?;
    Ok(candidates)
}

/// Finds the request that each certificate answers.
async fn match_requests(
    installation: &Installation,
    candidates: &mut [Candidate],
) -> Result<(), AdminError> {
    for batch in candidates.chunks_mut(BATCH) {
        let mut keys = Vec::with_capacity(batch.len());
        let mut asked = Vec::with_capacity(batch.len());
        for candidate in batch {
            let Some(certificate) = &candidate.certificate else {
                continue;
            };
            match KeyFingerprint::of(certificate.public_key()) {
                Ok(key) => {
                    keys.push(key);
                    asked.push(candidate);
                }
                Err(error) => candidate.reject(format!("its public key cannot be read: {error}")),
            }
        }
        let requests = installation.store().csrs_for_keys(keys).await?;
        for (candidate, request) in asked.into_iter().zip(requests) {
            match &request {
                None => candidate.reject(
                    "no phone waits for a certificate with this public key: it answers no CSR",
                ),
                Some(CsrRecord {
                    state: CsrState::Superseded,
                    ..
                }) => candidate.reject(
                    "stale: since this CSR was dumped, the phone has made a new key (dump again) or \
                     refused a certificate for this one (schedule its operation anew)",
                ),
                Some(CsrRecord {
                    state: CsrState::Issued,
                    ..
                }) => candidate.warnings.push(
                    "takes the place of a certificate that the phone has not confirmed".to_owned(),
                ),
                Some(_) => {}
            }
            candidate.request = request;
        }
    }
    Ok(())
}

/// Looks for certificates that answer the same request.
fn reject_rivals(candidates: &mut [Candidate]) {
    let mut answers: HashMap<i64, Vec<usize>> = HashMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        if let Some((_, request)) = candidate.accepted() {
            answers.entry(request.id).or_default().push(index);
        }
    }
    for rivals in answers.into_values().filter(|rivals| rivals.len() > 1) {
        let first = rivals[0];
        let first_file = candidates[first].file.clone();
        let alike = rivals
            .iter()
            .all(|&rival| candidates[rival].certificate == candidates[first].certificate);
        for rival in rivals {
            let candidate = &mut candidates[rival];
            if !alike {
                candidate.reject("the archive has two certificates for this key");
            } else if rival != first {
                candidate.repeats = true;
                candidate
                    .warnings
                    .push(format!("the same certificate as {first_file}: taken once"));
            }
        }
    }
}

async fn judge(
    installation: &Installation,
    candidates: &mut [Candidate],
) -> Result<(), AdminError> {
    let anchors = installation
        .store()
        .trust_anchors(Some(TrustPurpose::Capf))
        .await?;
    let trust = TrustStore::new(anchors.iter().map(|anchor| &anchor.certificate))?;
    let now = installation.now();
    for candidate in candidates {
        let Some((certificate, request)) = candidate.accepted() else {
            continue;
        };
        let key = request.csr.public_key();
        match pki::accept(certificate, &request.device, key, &trust, now) {
            Ok(accepted) => {
                let warnings = accepted.warnings.iter().map(ToString::to_string);
                candidate.warnings.extend(warnings);
                candidate.issuer_not_after = Some(accepted.issuer_not_after);
            }
            Err(rejection) => candidate.reject(rejection.to_string()),
        }
    }
    Ok(())
}

async fn commit(
    installation: &Installation,
    candidates: &mut [Candidate],
) -> Result<(), AdminError> {
    let orders: Vec<_> = candidates
        .iter()
        .filter(|candidate| !candidate.repeats)
        .filter_map(|candidate| {
            let (certificate, request) = candidate.accepted()?;
            Some((request.id, certificate.clone(), candidate.issuer_not_after))
        })
        .collect();
    if orders.is_empty() {
        return Ok(());
    }
    let requests: Vec<_> = orders.iter().map(|(request, ..)| *request).collect();
    let taken = installation
        .store()
        .import_certificates(installation.actor(), orders)
        .await?;
    let refused: HashSet<_> = requests
        .into_iter()
        .zip(taken)
        .filter_map(|(request, taken)| (!taken).then_some(request))
        .collect();
    for candidate in candidates {
        if candidate
            .request
            .as_ref()
            .is_some_and(|request| refused.contains(&request.id))
        {
            candidate.reject("the phone has made a new key, or its CSR was deleted, meanwhile");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Fixture, archive, now};
    use super::*;
    use crate::admin::csr;
    use crate::pki::OutsideCa;

    async fn import(fixture: &Fixture, files: &[(&str, &[u8])]) -> CertificateImport {
        super::import(&fixture.installation, &archive(files)[..], false)
            .await
            .unwrap()
    }

    fn reasons(import: &CertificateImport) -> Vec<&str> {
        import
            .entries
            .iter()
            .map(|entry| entry.reason.as_deref().unwrap_or("accepted"))
            .collect()
    }

    #[tokio::test]
    async fn certificates_find_their_requests_by_the_key_whatever_the_files_are_called() {
        let fixture = Fixture::new().await;
        let (one, other) = (fixture.csr("CSFONE").await, fixture.csr("CSFOTHER").await);
        let (one, other) = (fixture.sign(&one), fixture.sign(&other));
        let import = import(&fixture, &[("a.der", other.der()), ("b.cer", one.der())]).await;
        assert_eq!((import.accepted, import.rejected), (2, 0));
        let device = |index: usize| import.entries[index].device.as_ref().unwrap().as_str();
        assert_eq!((device(0), device(1)), ("CSFOTHER", "CSFONE"));
        let counts = csr::count(&fixture.installation).await.unwrap();
        assert_eq!((counts.pending, counts.issued), (0, 2));
    }

    #[tokio::test]
    async fn what_is_wrong_is_rejected_alone_with_its_reason() {
        let fixture = Fixture::new().await;
        let good = fixture.sign(&fixture.csr("CSFGOOD").await);
        let stale = fixture.sign(&fixture.csr("CSFSTALE").await);
        fixture.csr("CSFSTALE").await;
        let stranger = OutsideCa::create("Strange Root", now()).unwrap();
        let untrusted = fixture.csr("CSFUNTRUSTED").await;
        let untrusted = stranger.sign(&untrusted, now()).unwrap();
        let import = import(
            &fixture,
            &[
                ("good.der", good.der()),
                ("stale.der", stale.der()),
                ("untrusted.der", untrusted.der()),
                ("root.der", stranger.certificate().der()),
                ("readme.txt", b"hello"),
                ("good.pem", good.to_pem().as_bytes()),
            ],
        )
        .await;
        assert_eq!((import.accepted, import.rejected), (1, 5));
        for (reason, says) in reasons(&import).into_iter().zip([
            "accepted",
            "made a new key",
            "not trusted",
            "no phone waits",
            "not a certificate",
            "PEM where DER",
        ]) {
            assert!(reason.contains(says), "{reason}");
        }
    }

    #[tokio::test]
    async fn two_certificates_for_one_key_are_both_rejected() {
        let fixture = Fixture::new().await;
        let csr = fixture.csr("CSFONE").await;
        let (one, other) = (fixture.sign(&csr), fixture.sign(&csr));
        let import = import(&fixture, &[("a.der", one.der()), ("b.der", other.der())]).await;
        assert_eq!(import.accepted, 0);
        assert_eq!(
            reasons(&import),
            ["the archive has two certificates for this key"; 2]
        );
        assert_eq!(
            csr::count(&fixture.installation).await.unwrap().pending,
            1,
            "nothing was imported"
        );
    }

    #[tokio::test]
    async fn the_same_certificate_under_two_names_is_taken_once() {
        let fixture = Fixture::new().await;
        let lsc = fixture.sign(&fixture.csr("CSFONE").await);
        let import = import(&fixture, &[("a.der", lsc.der()), ("b.der", lsc.der())]).await;
        assert_eq!((import.accepted, import.rejected), (2, 0));
        assert!(import.entries[0].warnings.is_empty());
        assert_eq!(
            import.entries[1].warnings,
            ["the same certificate as a.der: taken once"]
        );
    }

    #[tokio::test]
    async fn a_dry_run_changes_nothing_and_says_the_same() {
        let fixture = Fixture::new().await;
        let lsc = fixture.sign(&fixture.csr("CSFONE").await);
        let files: &[(&str, &[u8])] = &[("a.der", lsc.der())];
        let dry = super::import(&fixture.installation, &archive(files)[..], true)
            .await
            .unwrap();
        let counts = csr::count(&fixture.installation).await.unwrap();
        assert_eq!((counts.pending, counts.issued), (1, 0));
        assert_eq!(import(&fixture, files).await, dry);
    }

    #[tokio::test]
    async fn an_archive_that_is_cut_off_imports_nothing() {
        let fixture = Fixture::new().await;
        let lsc = fixture.sign(&fixture.csr("CSFONE").await);
        let mut bytes = archive(&[("a.der", lsc.der())]);
        bytes.truncate(bytes.len() - 9);
        let error = super::import(&fixture.installation, &bytes[..], false)
            .await
            .unwrap_err();
        assert!(matches!(error, AdminError::Archive(_)), "{error}");
        assert_eq!(csr::count(&fixture.installation).await.unwrap().pending, 1);
    }
}
