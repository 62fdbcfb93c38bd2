//! By Existing Certificate: the phone shows its LSC or MIC and signs with its key.
//!
//! Which of the two a phone shows is the phone's choice: in both modes it takes the preferred one,
//! or the other where it lacks it. So either is accepted in either mode, by who vouches for it: a
//! CAPF-trust anchor for an LSC, a manufacturing anchor for a MIC, each for nothing else.
//!
//! The signatures over the authentication data say nothing of the session: whoever has seen them
//! inside the TLS tunnel can use them again (P). `SudiData` is the proof with the session's id in
//! it. Where a phone gives one, it must hold; the parameter `SUDI Proof Required` refuses phones
//! that give none.

use super::signature::{holds, is_known};
use super::{Authenticated, Circumstances, Claim, Refusal};
use crate::model::{
    AuthenticationMode, Certificate, CertificateKind, DeviceName, Phone, TrustPurpose,
};
use crate::pki::{PublicKey, TrustStore, Untrusted, Validity};
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
    let bench = Bench {
        device: &phone.name,
        circumstances,
    };
    let kind = bench
        .kind(&certificate)
        .map_err(|source| untrusted(meant(claim, mode), &certificate, source))?;
    bench.belongs(kind, &certificate)?;
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
}

impl Bench<'_> {
    /// Which certificate it is, by who vouches for it; or why nobody does.
    fn kind(&self, certificate: &Certificate) -> Result<CertificateKind, Untrusted> {
        let Err(no_lsc) = self.is_lsc(certificate) else {
            return Ok(CertificateKind::Lsc);
        };
        match self.is_mic(certificate) {
            Ok(()) => Ok(CertificateKind::Mic),
            // Of two answers, the one that knows the issuer says more.
            Err(no_mic) if no_lsc.is_stranger() => Err(no_mic),
            Err(_) => Err(no_lsc),
        }
    }

    fn is_lsc(&self, certificate: &Certificate) -> Result<(), Untrusted> {
        let now = Validity::At(self.circumstances.now);
        self.vouched_for(certificate, TrustPurpose::Capf, now)
    }

    fn is_mic(&self, certificate: &Certificate) -> Result<(), Untrusted> {
        let now = self.circumstances.now;
        let tolerant = self.circumstances.parameters.accepts_expired_mic();
        let validity = if tolerant && certificate.not_before() <= now {
            Validity::Any
        } else {
            Validity::At(now)
        };
        self.vouched_for(certificate, TrustPurpose::Manufacturing, validity)
    }

    fn vouched_for(
        &self,
        certificate: &Certificate,
        purpose: TrustPurpose,
        validity: Validity,
    ) -> Result<(), Untrusted> {
        let anchors = self.circumstances.anchors.iter();
        let trusted = anchors.filter(|anchor| anchor.purpose == purpose);
        TrustStore::new(trusted.map(|anchor| &anchor.certificate))?
            .verify(certificate, validity)
            .map(drop)
    }

    /// Whether a trusted certificate is this device's: by its name, or because it is on record as
    /// the one that the phone holds, whatever name an outside CA has given it.
    fn belongs(&self, kind: CertificateKind, certificate: &Certificate) -> Result<(), Refusal> {
        let on_record = self.circumstances.held == Some(certificate);
        if on_record || certificate.belongs_to(self.device) {
            Ok(())
        } else {
            Err(Refusal::ForeignDevice {
                kind,
                subject: certificate.subject().to_owned(),
            })
        }
    }

    /// The certificate of a proof that was made for this session, where there is one that counts.
    ///
    /// A signature that does not hold is refused whoever made it: it may be a replay. A certificate
    /// that nobody vouches for, however, proves nothing and is no offence: an administrator who
    /// trusts LSCs alone has imported no manufacturing CA. It counts as no proof, which is refused
    /// where one is demanded.
    fn sudi(&self, claim: &Claim) -> Result<Option<Certificate>, Refusal> {
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
            Err(refusal) if required => Err(Refusal::Sudi(Box::new(refusal))),
            Err(_) => Ok(None),
        }
    }

    fn sudi_certificate(&self, sudi: &SudiData) -> Result<Certificate, Refusal> {
        let kind = CertificateKind::Sudi;
        let certificate = Certificate::from_der(&sudi.certificate)
            .map_err(|source| Refusal::Unreadable { kind, source })?;
        let key = PublicKey::from_der(certificate.public_key())
            .map_err(|source| Refusal::Key { kind, source })?;
        // P, R: the session id as a LITTLE-endian u32, then the certificate.
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
        self.is_mic(&certificate)
            .map_err(|source| untrusted(kind, &certificate, source))?;
        self.belongs(kind, &certificate)?;
        Ok(certificate)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use jiff::{SignedDuration, Timestamp};
    use openssl::ecdsa::EcdsaSig;
    use openssl::hash::{MessageDigest, hash};
    use openssl::pkey::{Id, PKey, Private};
    use openssl::rsa::{Padding, Rsa};

    use super::super::judge;
    use super::*;
    use crate::model::{FailureReason, Parameter, ParameterValues, TrustAnchor};
    use crate::pki::{Issuer, IssuerName, LscOrder};
    use crate::wire::{Message, SessionId, Sha2SignedData};

    const SESSION: SessionId = SessionId(0x0102_0304);
    const SERIAL: &str = "PID:CP-8861 SN:FCH18198CNQ";
    const DAY: SignedDuration = SignedDuration::from_hours(24);

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn issuer() -> Issuer {
        Issuer::create(&IssuerName::default(), now() - DAY * 400).unwrap()
    }

    static CAPF: LazyLock<Issuer> = LazyLock::new(issuer);
    static FACTORY: LazyLock<Issuer> = LazyLock::new(issuer);
    static STRANGER: LazyLock<Issuer> = LazyLock::new(issuer);
    static RSA: LazyLock<PKey<Private>> =
        LazyLock::new(|| PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap());
    static EC: LazyLock<PKey<Private>> = LazyLock::new(|| PKey::ec_gen("secp384r1").unwrap());

    /// A phone's certificate, and its key.
    #[derive(Clone)]
    struct Identity(Certificate, PKey<Private>);

    fn identity(issuer: &Issuer, device: &str, key: &PKey<Private>) -> Identity {
        issued(issuer, device, key, now() - DAY, 365)
    }

    fn issued(
        issuer: &Issuer,
        device: &str,
        key: &PKey<Private>,
        at: Timestamp,
        validity_days: u32,
    ) -> Identity {
        let order = LscOrder {
            device: &device.parse().unwrap(),
            model: "CP-8861",
            serial_number: Some(SERIAL),
            public_key: &key.public_key_to_der().unwrap(),
            validity_days,
        };
        Identity(issuer.issue(&order, at).unwrap(), key.clone())
    }

    /// As a phone signs: the bare digest.
    fn sign(key: &PKey<Private>, digest: DigestType, data: &[u8]) -> Vec<u8> {
        let digest = match digest {
            DigestType::SHA1 => MessageDigest::sha1(),
            _ => MessageDigest::sha512(),
        };
        let digest = hash(digest, data).unwrap();
        if key.id() == Id::RSA {
            let key = key.rsa().unwrap();
            let mut signature = vec![0; key.size() as usize];
            key.private_encrypt(&digest, &mut signature, Padding::PKCS1)
                .unwrap();
            return signature;
        }
        let signature = EcdsaSig::sign(&digest, &key.ec_key().unwrap()).unwrap();
        signature.to_der().unwrap()
    }

    const NAME: &str = "SEP001122334455";

    /// What a phone of this name says with its certificate, all signatures good.
    fn claim(Identity(certificate, key): &Identity) -> Claim {
        let data = [NAME.as_bytes(), &[0], certificate.der()].concat();
        Claim {
            name: NAME.to_owned(),
            password: None,
            certificate: Some(certificate.der().to_vec()),
            signed_data: Some(sign(key, DigestType::SHA1, &data)),
            sha2_signed_data: Some(Sha2SignedData {
                digest: DigestType::SHA512,
                signature: sign(key, DigestType::SHA512, &data),
            }),
            sudi_data: None,
        }
    }

    fn sudi(Identity(certificate, key): &Identity, session_id: SessionId) -> SudiData {
        let data = [&session_id.0.to_le_bytes(), certificate.der()].concat();
        let signed = |digest| Sha2SignedData {
            digest,
            signature: sign(key, digest, &data),
        };
        SudiData {
            certificate: certificate.der().to_vec(),
            signatures: [DigestType::SHA1, DigestType::SHA512].map(signed).to_vec(),
        }
    }

    fn with_sudi(shown: &Identity, mic: &Identity, session_id: SessionId) -> Claim {
        Claim {
            sudi_data: Some(sudi(mic, session_id)),
            ..claim(shown)
        }
    }

    /// Where a claim is judged.
    struct Court {
        mode: AuthenticationMode,
        set: Vec<(Parameter, String)>,
        anchors: Vec<TrustAnchor>,
        held: Option<Certificate>,
    }

    fn anchor(purpose: TrustPurpose, certificate: &Certificate) -> TrustAnchor {
        TrustAnchor {
            id: 1,
            purpose,
            certificate: certificate.clone(),
            imported_at: now(),
        }
    }

    impl Court {
        fn new(mode: AuthenticationMode) -> Self {
            Self {
                mode,
                set: Vec::new(),
                anchors: vec![
                    anchor(TrustPurpose::Capf, CAPF.certificate()),
                    anchor(TrustPurpose::Manufacturing, FACTORY.certificate()),
                ],
                held: None,
            }
        }

        fn with(mut self, parameter: Parameter) -> Self {
            self.set.push((parameter, "True".to_owned()));
            self
        }

        fn judge(&self, claim: &Claim) -> Result<Authenticated, Refusal> {
            self.judge_in(SESSION, claim)
        }

        fn judge_in(&self, session_id: SessionId, claim: &Claim) -> Result<Authenticated, Refusal> {
            let mut phone = Phone::new(claim.name.parse().unwrap());
            phone.capf.authentication_mode = self.mode;
            let circumstances = Circumstances {
                session_id,
                now: now(),
                parameters: &ParameterValues::new(self.set.clone()),
                anchors: &self.anchors,
                held: self.held.as_ref(),
                locked_until: None,
            };
            judge(&phone, claim, &circumstances)
        }

        /// Cisco's word for why the claim is refused, and ours.
        fn refuses(&self, claim: &Claim) -> (FailureReason, Refusal) {
            let refusal = self.judge(claim).unwrap_err();
            (refusal.failure(), refusal)
        }
    }

    use AuthenticationMode::{ExistingLsc, ExistingMic};
    use FailureReason::{InvalidCredentials, InvalidLsc, InvalidMic};

    #[test]
    fn either_certificate_is_accepted_in_either_mode_with_rsa_and_ec() {
        for mode in [ExistingLsc, ExistingMic] {
            for key in [&*RSA, &*EC] {
                for (issuer, kind) in [
                    (&*CAPF, CertificateKind::Lsc),
                    (&*FACTORY, CertificateKind::Mic),
                ] {
                    let shown = identity(issuer, NAME, key);
                    let proof = Court::new(mode).judge(&claim(&shown)).unwrap();
                    assert_eq!(proof.mode(), mode);
                    assert_eq!(proof.certificate(), Some((kind, &shown.0)));
                    assert_eq!(proof.serial_number(), Some(SERIAL));
                    assert!(!proof.is_fresh());
                }
            }
        }
    }

    #[test]
    fn with_neither_certificate_the_operation_fails_by_the_certificate_that_was_wanted() {
        let none = Claim {
            certificate: None,
            ..claim(&identity(&CAPF, NAME, &RSA))
        };
        assert_eq!(Court::new(ExistingLsc).refuses(&none).0, InvalidLsc);
        assert_eq!(Court::new(ExistingMic).refuses(&none).0, InvalidMic);
    }

    #[test]
    fn an_lsc_of_another_cluster_is_invalid_and_the_refusal_says_whose_it_was() {
        let foreign = identity(&STRANGER, NAME, &RSA);
        let (failure, refusal) = Court::new(ExistingLsc).refuses(&claim(&foreign));
        assert_eq!(failure, InvalidLsc);
        let text = refusal.to_string();
        let issuer = STRANGER.certificate().common_name().unwrap();
        assert!(text.contains(issuer) && text.contains(NAME), "{text}");
        assert!(text.contains(foreign.0.serial_number()), "{text}");
    }

    #[test]
    fn a_mic_of_an_unknown_factory_is_an_invalid_mic_in_both_modes() {
        let mic = identity(&STRANGER, NAME, &RSA);
        let claim = with_sudi(&mic, &mic, SESSION);
        for mode in [ExistingLsc, ExistingMic] {
            assert_eq!(Court::new(mode).refuses(&claim).0, InvalidMic);
        }
    }

    #[test]
    fn an_anchor_counts_for_its_purpose_alone() {
        let mut court = Court::new(ExistingLsc);
        for anchor in &mut court.anchors {
            anchor.purpose = TrustPurpose::Manufacturing;
        }
        let lsc = identity(&CAPF, NAME, &RSA);
        let proof = court.judge(&claim(&lsc)).unwrap();
        assert_eq!(proof.certificate().unwrap().0, CertificateKind::Mic);
        court.anchors.clear();
        assert_eq!(court.refuses(&claim(&lsc)).0, InvalidLsc);
    }

    #[test]
    fn a_past_issuer_of_ours_that_is_still_an_anchor_counts() {
        let mut court = Court::new(ExistingLsc);
        court
            .anchors
            .push(anchor(TrustPurpose::Capf, STRANGER.certificate()));
        let old = identity(&STRANGER, NAME, &RSA);
        assert!(court.judge(&claim(&old)).is_ok());
    }

    #[test]
    fn another_devices_certificate_is_refused_however_well_it_is_signed() {
        for (issuer, failure) in [(&*CAPF, InvalidLsc), (&*FACTORY, InvalidMic)] {
            for other in ["SEP001122334456", "X-SEP001122334455", "SEP00112233445A"] {
                let shown = identity(issuer, other, &RSA);
                let (found, refusal) = Court::new(ExistingLsc).refuses(&claim(&shown));
                assert_eq!(found, failure, "{other}");
                assert!(
                    matches!(refusal, Refusal::ForeignDevice { .. }),
                    "{refusal}"
                );
            }
        }
    }

    #[test]
    fn an_lsc_by_any_name_counts_where_it_is_on_record_as_the_phones() {
        let shown = identity(&CAPF, "CUSTOMER-42", &RSA);
        let mut court = Court::new(ExistingLsc);
        assert!(court.judge(&claim(&shown)).is_err());
        court.held = Some(shown.0.clone());
        assert!(court.judge(&claim(&shown)).is_ok());
        // On record is no proof of trust.
        court.anchors.clear();
        assert!(court.judge(&claim(&shown)).is_err());
    }

    #[test]
    fn an_expired_certificate_is_refused_and_an_expired_mic_may_be_tolerated() {
        let expired = |issuer| issued(issuer, NAME, &RSA, now() - DAY * 300, 100);
        let unborn = |issuer| issued(issuer, NAME, &RSA, now() + DAY, 100);
        let (strict, tolerant) = (
            Court::new(ExistingMic),
            Court::new(ExistingMic).with(Parameter::AcceptExpiredMic),
        );
        for (shown, failure) in [
            (expired(&CAPF), InvalidLsc),
            (unborn(&CAPF), InvalidLsc),
            (unborn(&FACTORY), InvalidMic),
        ] {
            let claim = claim(&shown);
            // Which certificate a phone meant is told by the mode, where nobody vouches for it.
            assert_eq!(strict.refuses(&claim).0, InvalidMic);
            let lsc_mode = Court::new(ExistingLsc).with(Parameter::AcceptExpiredMic);
            if failure == InvalidLsc {
                assert_eq!(lsc_mode.refuses(&claim).0, failure);
            }
            assert!(tolerant.judge(&claim).is_err());
        }
        let mic = claim(&expired(&FACTORY));
        let (failure, refusal) = strict.refuses(&mic);
        assert_eq!(failure, InvalidMic);
        assert!(refusal.to_string().contains("expired"), "{refusal}");
        assert!(tolerant.judge(&mic).is_ok());
        // Tolerated is that it expired, not whose it is.
        let foreign = issued(&FACTORY, "SEP001122334456", &RSA, now() - DAY * 300, 100);
        assert!(tolerant.judge(&claim(&foreign)).is_err());
    }

    #[test]
    fn every_signature_that_is_given_must_hold_and_one_must_be_given() {
        for key in [&*RSA, &*EC] {
            let shown = identity(&CAPF, NAME, key);
            let court = Court::new(ExistingLsc);
            let good = || claim(&shown);
            // Old phones may sign with SHA-1 alone.
            let sha1_alone = Claim {
                sha2_signed_data: None,
                ..good()
            };
            let sha2_alone = Claim {
                signed_data: None,
                ..good()
            };
            assert!(court.judge(&sha1_alone).is_ok());
            assert!(court.judge(&sha2_alone).is_ok());
            let nothing = Claim {
                signed_data: None,
                ..sha1_alone
            };
            assert_eq!(
                court.refuses(&nothing),
                (InvalidCredentials, Refusal::NoSignature)
            );

            let mut bad_sha1 = good();
            *bad_sha1.signed_data.as_mut().unwrap().last_mut().unwrap() ^= 1;
            let mut bad_sha2 = good();
            *bad_sha2
                .sha2_signed_data
                .as_mut()
                .unwrap()
                .signature
                .last_mut()
                .unwrap() ^= 1;
            let mut unknown_digest = good();
            unknown_digest.sha2_signed_data.as_mut().unwrap().digest = DigestType(9);
            for bad in [bad_sha1, bad_sha2, unknown_digest] {
                let (failure, refusal) = court.refuses(&bad);
                assert_eq!(failure, InvalidCredentials);
                assert!(matches!(refusal, Refusal::BadSignature { .. }), "{refusal}");
            }
        }
    }

    #[test]
    fn a_certificate_without_its_key_proves_nothing() {
        let other = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
        let stolen = Identity(identity(&CAPF, NAME, &RSA).0, other);
        let (failure, _) = Court::new(ExistingLsc).refuses(&claim(&stolen));
        assert_eq!(failure, InvalidCredentials);
    }

    #[test]
    fn a_proof_for_another_name_is_none_for_this() {
        // The name is part of what is signed, as the phone wrote it.
        let mut renamed = claim(&identity(&CAPF, NAME, &RSA));
        renamed.name = NAME.to_lowercase();
        assert_eq!(
            Court::new(ExistingLsc).refuses(&renamed).0,
            InvalidCredentials
        );
    }

    #[test]
    fn sudi_data_of_this_session_makes_the_proof_fresh_beside_either_certificate() {
        let mic = identity(&FACTORY, NAME, &RSA);
        for (shown, key) in [(&CAPF, &EC), (&CAPF, &RSA), (&FACTORY, &RSA)] {
            let shown = identity(shown, NAME, key);
            let court = Court::new(ExistingLsc).with(Parameter::SudiProofRequired);
            let proof = court.judge(&with_sudi(&shown, &mic, SESSION)).unwrap();
            assert!(proof.is_fresh());
        }
    }

    #[test]
    fn a_replay_is_refused_whether_or_not_the_proof_is_demanded() {
        let lsc = identity(&CAPF, NAME, &RSA);
        let mic = identity(&FACTORY, NAME, &RSA);
        let replay = with_sudi(&lsc, &mic, SessionId(SESSION.0 - 1));
        // The same number with its bytes turned is another number.
        let turned = with_sudi(&lsc, &mic, SessionId(SESSION.0.swap_bytes()));
        let mut unsigned = with_sudi(&lsc, &mic, SESSION);
        unsigned.sudi_data.as_mut().unwrap().signatures.clear();
        let mut half = with_sudi(&lsc, &mic, SESSION);
        half.sudi_data.as_mut().unwrap().signatures[1].signature[0] ^= 1;
        // Even by a MIC that nobody knows: the phone's own claim does not hold.
        let stranger = identity(&STRANGER, NAME, &RSA);
        let unknown = with_sudi(&lsc, &stranger, SessionId(1));
        for bad in [replay, turned, unsigned, half, unknown] {
            for court in [
                Court::new(ExistingLsc),
                Court::new(ExistingLsc).with(Parameter::SudiProofRequired),
            ] {
                assert_eq!(court.refuses(&bad), (InvalidCredentials, Refusal::Replayed));
            }
        }
    }

    #[test]
    fn where_sudi_data_is_demanded_none_or_a_strangers_is_refused() {
        let lsc = identity(&CAPF, NAME, &RSA);
        let demanding = Court::new(ExistingLsc).with(Parameter::SudiProofRequired);
        assert_eq!(
            demanding.refuses(&claim(&lsc)),
            (InvalidCredentials, Refusal::NoSudiData)
        );
        let stranger = identity(&STRANGER, NAME, &RSA);
        let unknown = with_sudi(&lsc, &stranger, SESSION);
        let (failure, refusal) = demanding.refuses(&unknown);
        assert_eq!(failure, InvalidCredentials);
        assert!(matches!(refusal, Refusal::Sudi(_)), "{refusal}");
        // Where it is not, a MIC that nobody vouches for is as good as none.
        let proof = Court::new(ExistingLsc).judge(&unknown).unwrap();
        assert!(!proof.is_fresh());
    }

    #[test]
    fn sudi_data_of_another_phones_mic_is_refused() {
        let lsc = identity(&CAPF, NAME, &RSA);
        let other = identity(&FACTORY, "SEP001122334456", &RSA);
        let (failure, _) = Court::new(ExistingLsc).refuses(&with_sudi(&lsc, &other, SESSION));
        assert_eq!(failure, InvalidMic);
    }

    #[test]
    fn what_is_no_certificate_or_has_no_key_that_phones_have_is_refused() {
        let mut garbage = claim(&identity(&CAPF, NAME, &RSA));
        garbage.certificate = Some(b"\x30\x03\x02\x01\x00".to_vec());
        assert_eq!(Court::new(ExistingLsc).refuses(&garbage).0, InvalidLsc);
        assert_eq!(Court::new(ExistingMic).refuses(&garbage).0, InvalidMic);
    }

    /// The first message of each side in a recorded conversation.
    fn recorded(conversation: &str) -> (SessionId, Claim) {
        let first = |prefix| {
            let line = conversation
                .lines()
                .find_map(|line| line.strip_prefix(prefix));
            Message::decode(&hex::decode(line.unwrap()).unwrap()).unwrap()
        };
        let id = first("S>C ").session_id;
        (id, Claim::of(&first("C>S ")).unwrap())
    }

    #[test]
    fn recorded_phones_are_believed_in_their_own_session_and_no_other() {
        for (conversation, kind) in [
            (
                include_str!("../../fixtures/conversations/install-mic-rsa2048.txt"),
                CertificateKind::Mic,
            ),
            (
                include_str!("../../fixtures/conversations/renew-lsc-ec256-with-mic-sudi.txt"),
                CertificateKind::Lsc,
            ),
            (
                include_str!("../../fixtures/conversations/renew-lsc-rsa2048-with-mic-sudi.txt"),
                CertificateKind::Lsc,
            ),
        ] {
            let (id, claim) = recorded(conversation);
            let mut court = Court::new(ExistingLsc).with(Parameter::SudiProofRequired);
            // Whoever issued them was not recorded: they vouch for themselves.
            let mic = Certificate::from_der(&claim.sudi_data.as_ref().unwrap().certificate);
            court.anchors = vec![anchor(TrustPurpose::Manufacturing, &mic.unwrap())];
            if kind == CertificateKind::Lsc {
                let lsc = Certificate::from_der(claim.certificate.as_ref().unwrap()).unwrap();
                court.anchors.push(anchor(TrustPurpose::Capf, &lsc));
            }
            let proof = court.judge_in(id, &claim).unwrap();
            assert!(proof.is_fresh());
            assert_eq!(proof.certificate().unwrap().0, kind);
            let later = SessionId(id.0 + 1);
            assert_eq!(
                court.judge_in(later, &claim).unwrap_err(),
                Refusal::Replayed
            );
        }
    }
}
