//! A certificate on its way through an import.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::super::{AdminError, Installation};
use super::survey::{Standing, Survey};
use super::{ImportEntry, Reason, Remark, Verdict};
use crate::archive::Entry;
use crate::model::{Certificate, CertificateState, CsrState, DeviceName};
use crate::pki::{Acceptance, KeyFingerprint, TrustStore};
use crate::store::{AnsweredCsr, KeyMatch, Store};

/// A file of the archive.
pub(super) struct Candidate {
    file: String,
    /// What is in the file, until it is on its way into the store.
    certificate: Option<Certificate>,
    serial_number: Option<String>,
    key: Option<KeyFingerprint>,
    /// The request that it answers.
    csr: Option<AnsweredCsr>,
    device: Option<DeviceName>,
    issuer_not_after: Option<Timestamp>,
    /// The certificate had been imported before.
    unchanged: bool,
    /// A file before this one has the same certificate.
    repeats: bool,
    rejection: Option<Reason>,
    remarks: Vec<Remark>,
}

/// What judges the candidates of an import.
pub(super) struct Judge {
    pub(super) store: Store,
    pub(super) trust: TrustStore,
    pub(super) now: Timestamp,
}

impl Judge {
    /// Finds out what each file is, which request it answers, and whether the policy accepts it.
    pub(super) async fn judge(
        self: Arc<Self>,
        entries: Vec<Entry>,
    ) -> Result<Vec<Candidate>, AdminError> {
        let mut candidates =
            on_thread(move || entries.into_iter().map(Candidate::new).collect::<Vec<_>>()).await?;
        let keys = candidates.iter().filter_map(|candidate| candidate.key);
        let matches = self.store.match_keys(keys.collect()).await?;
        let policy = self.policy(&candidates).await?;
        on_thread(move || {
            let certificates = candidates
                .iter_mut()
                .filter(|candidate| candidate.key.is_some());
            for (candidate, found) in certificates.zip(matches) {
                candidate.matched(found);
                candidate.judged_by(&policy);
            }
            candidates
        })
        .await
    }

    /// The policy, with what is known to be revoked among these and the trust anchors.
    async fn policy(&self, candidates: &[Candidate]) -> Result<Acceptance, AdminError> {
        let shown = candidates
            .iter()
            .filter_map(|candidate| candidate.serial_number.clone());
        let anchors = self.trust.serial_numbers().map(str::to_owned);
        let revocations = self
            .store
            .revocations(shown.chain(anchors).collect())
            .await?;
        let trust = self.trust.clone().revoking(revocations);
        Ok(Acceptance::new(&trust, self.now)?)
    }
}

/// Runs work that keeps a processor busy where it keeps nobody waiting.
async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AdminError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| AdminError::Unfinished)
}

impl Candidate {
    fn new(entry: Entry) -> Self {
        let read = Certificate::from_der(&entry.bytes)
            .map_err(Reason::File)
            .and_then(|certificate| {
                let key = KeyFingerprint::of(certificate.public_key()).map_err(Reason::Key)?;
                Ok((key, certificate))
            });
        let (certificate, key, rejection) = match read {
            Ok((key, certificate)) => (Some(certificate), Some(key), None),
            Err(reason) => (None, None, Some(reason)),
        };
        Self {
            file: entry.name,
            serial_number: certificate
                .as_ref()
                .map(|certificate| certificate.serial_number().to_owned()),
            certificate,
            key,
            csr: None,
            device: None,
            issuer_not_after: None,
            unchanged: false,
            repeats: false,
            rejection,
            remarks: Vec::new(),
        }
    }

    fn matched(&mut self, found: KeyMatch) {
        use CertificateState::{Held, Issued};
        let der = self.certificate.as_ref().map(Certificate::der);
        let on_record = found.lscs.iter().find(|lsc| der == Some(&lsc.der));
        match (&found.csr, on_record.map(|lsc| lsc.state)) {
            (_, Some(Held)) => self.unchanged = true,
            (Some(csr), Some(Issued)) if csr.state == CsrState::Issued => self.unchanged = true,
            (None, Some(_)) => self.rejection = Some(Reason::Past),
            (None, None) => self.rejection = Some(Reason::NoCsr),
            (Some(csr), _) => match csr.state {
                CsrState::Superseded => self.rejection = Some(Reason::Superseded),
                CsrState::Issued => self.remarks.push(Remark::Replaces),
                CsrState::Pending | CsrState::Dumped => {}
            },
        }
        self.device = found
            .csr
            .as_ref()
            .map(|csr| &csr.device)
            .or(on_record.map(|lsc| &lsc.device))
            .cloned();
        self.csr = found.csr;
    }

    fn judged_by(&mut self, policy: &Acceptance) {
        let (None, false, Some(key), Some(certificate), Some(csr)) = (
            &self.rejection,
            self.unchanged,
            &self.key,
            &self.certificate,
            &self.csr,
        ) else {
            return;
        };
        match policy.judge(certificate, &csr.device, key) {
            Ok(accepted) => {
                self.remarks
                    .extend(accepted.warnings.into_iter().map(Remark::Policy));
                self.issuer_not_after = Some(accepted.issuer_not_after);
            }
            Err(rejection) => self.rejection = Some(rejection.into()),
        }
    }

    /// Compares it with the others in its archive, in the archive's order.
    pub(super) fn compare(&mut self, survey: &mut Survey) {
        let (Some(key), Some(csr)) = (&self.key, &self.csr) else {
            return;
        };
        if csr.state == CsrState::Superseded {
            return;
        }
        match survey.standing(key, &self.file) {
            Standing::First => {}
            // Before anything that the policy has to say: whichever it is about may not be meant.
            Standing::Rivals => self.rejection = Some(Reason::Rivals),
            Standing::Repeats(first) => {
                self.repeats = true;
                self.remarks.push(Remark::Repeats { first });
            }
        }
    }

    /// The request, and the certificate that is to be put on record for it.
    fn order(&mut self) -> Option<(i64, Certificate, Option<Timestamp>)> {
        if self.rejection.is_some() || self.unchanged || self.repeats {
            return None;
        }
        let csr = self.csr.as_ref()?;
        let certificate = self.certificate.take()?;
        Some((csr.id, certificate, self.issuer_not_after))
    }

    pub(super) fn into_entry(mut self, survey: &mut Survey) -> ImportEntry {
        let mut verdict = match (&self.rejection, self.unchanged) {
            (Some(_), _) => Verdict::Rejected,
            (None, true) => Verdict::Unchanged,
            (None, false) => Verdict::Accepted,
        };
        if let Some(key) = &self.key
            && self.rejection.is_none()
        {
            // It fares as the first of its kind did, whose commit may have come between.
            verdict = survey.settled(key, self.repeats, verdict);
            if verdict == Verdict::Rejected {
                self.rejection = Some(Reason::Gone);
            }
        }
        ImportEntry {
            file: self.file,
            device: self.device,
            serial_number: self.serial_number,
            verdict,
            // They say what comes of taking it.
            warnings: match verdict {
                Verdict::Rejected => Vec::new(),
                Verdict::Accepted | Verdict::Unchanged => self.remarks,
            },
            reason: self.rejection,
        }
    }
}

/// Puts on record what is accepted, in one transaction.
pub(super) async fn commit(
    installation: &Installation,
    batch: &mut [Candidate],
) -> Result<(), AdminError> {
    let orders: Vec<_> = batch.iter_mut().filter_map(Candidate::order).collect();
    if orders.is_empty() {
        return Ok(());
    }
    let csrs: Vec<_> = orders.iter().map(|(csr, ..)| *csr).collect();
    let taken = installation
        .store()
        .import_certificates(installation.actor(), orders)
        .await?;
    let gone: HashSet<_> = csrs
        .into_iter()
        .zip(taken)
        .filter_map(|(csr, taken)| (!taken).then_some(csr))
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    for candidate in batch {
        if candidate
            .csr
            .as_ref()
            .is_some_and(|csr| gone.contains(&csr.id))
        {
            candidate.rejection.get_or_insert(Reason::Gone);
        }
    }
    Ok(())
}
