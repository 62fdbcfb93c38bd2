//! By Existing Certificate: the phone shows its LSC or MIC and signs with its key.
//!
//! Which of the two a phone shows is the phone's choice: in both modes it takes the preferred one,
//! or the other where it lacks it. So either is accepted in either mode, by who vouches for it: a
//! CAPF-trust anchor for an LSC, a manufacturing anchor for a MIC, each for nothing else.
//!
//! A CAPF issues LSCs alone, so its word for a name is enough. A third-party CA issues certificates
//! for other ends too, to people who may choose their names: its certificate counts where it is on
//! record as the one that this phone holds, or that is on its way there (D). An LSC that the phone
//! has deleted counts no more, whoever issued it. One that was replaced does: a phone that said it
//! stored the newer one and lost it has nothing else to show (D).
//!
//! The signatures over the authentication data say nothing of the session: whoever has seen them
//! inside the TLS tunnel can use them again (P). `SudiData` is the proof with the session's id in
//! it. Where a phone gives one, it must hold; the parameter `SUDI Proof Required` refuses phones
//! that give none.
//!
//! | file | subject |
//! |---|---|
//! | `vouchers` | who vouches for a certificate |
//! | `fitness` | whether a certificate is of the kind by which a phone proves itself |

mod fitness;
mod vouchers;

pub use vouchers::is_capf;

use vouchers::{Voucher, Vouchers};

use super::signature::{holds, is_known};
use super::{Authenticated, Circumstances, Claim, Refusal};
use crate::model::{
    AuthenticationMode, Certificate, CertificateKind, CertificateState, DeviceName, Phone,
};
use crate::pki::{PublicKey, Untrusted, Validity};
use crate::wire::{DigestType, SudiData};

pub(super) fn judge(
    phone: &Phone,
    claim: &Claim,
    circumstances: &Circumstances<'_>,
) -> Result<Authenticated, Refusal> {
    let mode = phone.capf.authentication_mode;
    let der = claim
        .certificate
        .as_deref()
        .ok_or(Refusal::NoCertificate { mode })?;
    let certificate = Certificate::from_der(der).map_err(|source| Refusal::Unreadable {
        kind: meant(claim, mode),
        source,
    })?;
    let mut bench = Bench {
        device: &phone.name,
        circumstances,
        vouchers: Vouchers::new(circumstances.anchors, circumstances.revocations),
    };
    let voucher = bench
        .voucher(&certificate)
        .map_err(|source| untrusted(meant(claim, mode), &certificate, source))?;
    let kind = match voucher {
        Voucher::Capf | Voucher::OutsideCa => CertificateKind::Lsc,
        Voucher::Factory => CertificateKind::Mic,
    };
    bench.counts(kind, voucher, &certificate)?;
    signed(claim, kind, &certificate)?;
    let sudi = bench.sudi(claim)?;
    let serial_number = sudi
        .as_ref()
        .and_then(Certificate::subject_serial_number)
        .or_else(|| certificate.subject_serial_number());
    Ok(Authenticated {
        by: mode,
        serial_number,
        is_fresh: sudi.is_some(),
        certificate: Some((kind, certificate)),
    })
}

/// Which certificate the phone meant to show, where nobody vouches for it: its `SudiData` is its
/// MIC's, and else its mode says what it should be.
fn meant(claim: &Claim, mode: AuthenticationMode) -> CertificateKind {
    let is_sudi = claim
        .sudi_data
        .as_ref()
        .is_some_and(|sudi| claim.certificate.as_ref() == Some(&sudi.certificate));
    if is_sudi || mode == AuthenticationMode::ExistingMic {
        CertificateKind::Mic
    } else {
        CertificateKind::Lsc
    }
}

fn untrusted(kind: CertificateKind, certificate: &Certificate, source: Untrusted) -> Refusal {
    Refusal::Untrusted {
        kind,
        subject: certificate.subject().to_owned(),
        issuer: certificate.issuer().to_owned(),
        serial_number: certificate.serial_number().to_owned(),
        source,
    }
}

/// How much of the certificate's issuer is known to who does not vouch for it.
fn knows(error: &Untrusted) -> u8 {
    match error {
        Untrusted::NoAnchor => 0,
        Untrusted::UnknownIssuer => 1,
        Untrusted::Refused { .. } | Untrusted::Revoked { .. } => 2,
    }
}

/// Whether the phone signed with the key of the certificate that it shows. Every signature that it
/// gives must hold, and one it must give.
fn signed(claim: &Claim, kind: CertificateKind, certificate: &Certificate) -> Result<(), Refusal> {
    let key = PublicKey::from_der(certificate.public_key())
        .map_err(|source| Refusal::Key { kind, source })?;
    // P, R: `device name || 00 || certificate`.
    let data = [claim.name.as_bytes(), &[0], certificate.der()].concat();
    let sha1 = claim.signed_data.as_deref();
    let sha2 = claim.sha2_signed_data.as_ref();
    let given = sha1
        .map(|signature| (DigestType::SHA1, signature))
        .into_iter()
        .chain(sha2.map(|signed| (signed.digest, &signed.signature[..])));
    let mut proved = false;
    for (digest, signature) in given {
        if !holds(&key, digest, &data, signature) {
            return Err(Refusal::BadSignature { digest });
        }
        proved = true;
    }
    if proved {
        Ok(())
    } else {
        Err(Refusal::NoSignature)
    }
}

/// Where certificates are judged: for one device, in one session.
struct Bench<'a> {
    device: &'a DeviceName,
    circumstances: &'a Circumstances<'a>,
    vouchers: Vouchers<'a>,
}

impl Bench<'_> {
    /// Who vouches for the certificate; or why nobody does.
    fn voucher(&mut self, certificate: &Certificate) -> Result<Voucher, Untrusted> {
        let mut says_most = Untrusted::NoAnchor;
        for voucher in [Voucher::Capf, Voucher::OutsideCa, Voucher::Factory] {
            match self.verify(voucher, certificate) {
                Ok(()) => return Ok(voucher),
                // Of two answers, the one that knows the issuer says more.
                Err(error) if knows(&error) > knows(&says_most) => says_most = error,
                Err(_) => {}
            }
        }
        Err(says_most)
    }

    fn verify(&mut self, voucher: Voucher, certificate: &Certificate) -> Result<(), Untrusted> {
        let now = self.circumstances.now;
        let tolerant = voucher == Voucher::Factory
            && self.circumstances.parameters.accepts_expired_mic()
            && certificate.not_before() <= now;
        let validity = if tolerant {
            Validity::Any
        } else {
            Validity::At(now)
        };
        self.vouchers.verify(voucher, certificate, validity)
    }

    /// Whether a trusted certificate proves that this device is there: it is fit for that, and this
    /// device's by its name, or because it is on record as the one that the phone holds, whatever
    /// name an outside CA has given it.
    fn counts(
        &self,
        kind: CertificateKind,
        voucher: Voucher,
        certificate: &Certificate,
    ) -> Result<(), Refusal> {
        let subject = || certificate.subject().to_owned();
        if let Some(what) = fitness::unfit(kind, certificate) {
            let subject = subject();
            return Err(Refusal::Unfit {
                kind,
                subject,
                what,
            });
        }
        let is_recorded_as = |states: &[CertificateState]| {
            let mut lscs = self.circumstances.lscs.iter();
            lscs.any(|(state, lsc)| states.contains(state) && lsc == certificate)
        };
        if is_recorded_as(&[CertificateState::Deleted]) {
            let subject = subject();
            return Err(Refusal::Deleted { subject });
        }
        if is_recorded_as(&[CertificateState::Held, CertificateState::Issued]) {
            return Ok(());
        }
        if !certificate.belongs_to(self.device) {
            let subject = subject();
            return Err(Refusal::ForeignDevice { kind, subject });
        }
        if voucher == Voucher::OutsideCa {
            return Err(Refusal::NotOnRecord {
                subject: subject(),
                issuer: certificate.issuer().to_owned(),
            });
        }
        Ok(())
    }

    /// The certificate of a proof that was made for this session, where there is one that counts.
    ///
    /// A signature that does not hold is refused whoever made it: it may be a replay. A certificate
    /// that nobody vouches for, however, proves nothing and is no offence: an administrator who
    /// trusts LSCs alone has imported no manufacturing CA. It counts as no proof, which is refused
    /// where one is demanded. One that its CA has revoked is refused: the key may be in other hands.
    fn sudi(&mut self, claim: &Claim) -> Result<Option<Certificate>, Refusal> {
        let required = self.circumstances.parameters.requires_sudi_proof();
        let Some(sudi) = &claim.sudi_data else {
            return if required {
                Err(Refusal::NoSudiData)
            } else {
                Ok(None)
            };
        };
        match self.sudi_certificate(sudi) {
            Ok(certificate) => Ok(Some(certificate)),
            Err(refusal @ (Refusal::Replayed | Refusal::ForeignDevice { .. })) => Err(refusal),
            Err(refusal) if refusal.is_revoked() => Err(refusal),
            Err(refusal) if required => Err(Refusal::Sudi(Box::new(refusal))),
            Err(_) => Ok(None),
        }
    }

    fn sudi_certificate(&mut self, sudi: &SudiData) -> Result<Certificate, Refusal> {
        let kind = CertificateKind::Sudi;
        let certificate = Certificate::from_der(&sudi.certificate)
            .map_err(|source| Refusal::Unreadable { kind, source })?;
        let key = PublicKey::from_der(certificate.public_key())
            .map_err(|source| Refusal::Key { kind, source })?;
        // The session id as a LITTLE-endian u32, then the certificate: with RSA keys P, R. Nobody has
        // recorded another; that a MIC with an EC key signs the same as with RSA is D.
        let id = self.circumstances.session_id.0.to_le_bytes();
        let data = [&id, certificate.der()].concat();
        let mut judged = sudi
            .signatures
            .iter()
            .filter(|signed| is_known(signed.digest))
            .map(|signed| holds(&key, signed.digest, &data, &signed.signature))
            .peekable();
        if judged.peek().is_none() || !judged.all(|holds| holds) {
            return Err(Refusal::Replayed);
        }
        self.verify(Voucher::Factory, &certificate)
            .map_err(|source| untrusted(kind, &certificate, source))?;
        self.counts(kind, Voucher::Factory, &certificate)?;
        Ok(certificate)
    }
}

#[cfg(test)]
mod tests;
