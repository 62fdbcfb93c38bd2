//! What phones show, and what comes of it.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use openssl::asn1::{Asn1Object, Asn1OctetString, Asn1Time};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{MessageDigest, hash};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
use openssl::x509::{X509, X509Builder, X509Extension, X509Name, X509NameBuilder};

use super::super::judge;
use super::*;
use crate::model::{
    CrlEntry, FailureReason, Parameter, ParameterValues, RevocationReason, TrustAnchor,
    TrustPurpose,
};
use crate::pki::{Issuer, IssuerName, LscOrder, Revocation};
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
    revocations: Vec<Revocation>,
    lscs: Vec<(CertificateState, Certificate)>,
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
            revocations: Vec::new(),
            lscs: Vec::new(),
        }
    }

    /// Has the issuer revoke the certificate.
    fn revoke(&mut self, issuer: &Issuer, certificate: &Certificate) {
        self.revocations.push(Revocation {
            issuer: issuer.certificate().subject().to_owned(),
            issuer_key: issuer.certificate().public_key().into(),
            entry: CrlEntry {
                serial_number: certificate.serial_number().to_owned(),
                revoked_at: now(),
                reason: RevocationReason::KeyCompromise,
            },
        });
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
            revocations: &self.revocations,
            lscs: &self.lscs,
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
fn a_revoked_certificate_is_no_proof_even_where_it_is_on_record() {
    for (issuer, mode, failure) in [
        (&*CAPF, ExistingLsc, InvalidLsc),
        (&*FACTORY, ExistingMic, InvalidMic),
    ] {
        let shown = identity(issuer, NAME, &RSA);
        let mut court = Court::new(mode);
        court.lscs.push((CertificateState::Held, shown.0.clone()));
        // Another CA's word on this serial number is none.
        court.revoke(&STRANGER, &shown.0);
        court.judge(&claim(&shown)).unwrap();
        court.revoke(issuer, &shown.0);
        let (found, refusal) = court.refuses(&claim(&shown));
        assert_eq!(found, failure);
        let text = refusal.to_string();
        assert!(text.contains("it was revoked at 20"), "{text}");
        assert!(text.contains("(Key Compromise)"), "{text}");
    }
}

#[test]
fn a_revoked_mic_is_refused_as_the_second_proof_and_where_it_may_have_expired_too() {
    let (lsc, mic) = (identity(&CAPF, NAME, &RSA), identity(&FACTORY, NAME, &EC));
    let claim = with_sudi(&lsc, &mic, SESSION);
    for court in [
        Court::new(ExistingLsc),
        Court::new(ExistingLsc).with(Parameter::AcceptExpiredMic),
        Court::new(ExistingLsc).with(Parameter::SudiProofRequired),
    ] {
        let mut court = court;
        assert!(court.judge(&claim).unwrap().is_fresh());
        court.revoke(&FACTORY, &mic.0);
        let (_, refusal) = court.refuses(&claim);
        assert!(refusal.to_string().contains("revoked"), "{refusal}");
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
    court.lscs = vec![(CertificateState::Held, shown.0.clone())];
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
            include_str!("../../../fixtures/conversations/install-mic-rsa2048.txt"),
            CertificateKind::Mic,
        ),
        (
            include_str!("../../../fixtures/conversations/renew-lsc-ec256-with-mic-sudi.txt"),
            CertificateKind::Lsc,
        ),
        (
            include_str!("../../../fixtures/conversations/renew-lsc-rsa2048-with-mic-sudi.txt"),
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
            court.lscs = vec![(CertificateState::Held, lsc)];
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

/// A certificate for a device's name, by a CA that may issue to anybody, with these extensions.
fn requested(ca: &Ca, name: &str, extensions: &[X509Extension]) -> Identity {
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&common_name(name)).unwrap();
    builder
        .set_issuer_name(ca.certificate.subject_name())
        .unwrap();
    builder.set_pubkey(&EC).unwrap();
    builder
        .set_not_before(&Asn1Time::from_str("20260101000000Z").unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::from_str("20310101000000Z").unwrap())
        .unwrap();
    for extension in extensions {
        builder.append_extension2(extension).unwrap();
    }
    builder.sign(&ca.key, MessageDigest::sha256()).unwrap();
    let der = builder.build().to_der().unwrap();
    Identity(Certificate::from_der(&der).unwrap(), EC.clone())
}

fn common_name(text: &str) -> X509Name {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, text).unwrap();
    name.build()
}

/// A CA whose key these tests have.
struct Ca {
    certificate: X509,
    key: PKey<Private>,
}

impl Ca {
    fn new(name: &str) -> Self {
        let key = PKey::ec_gen("prime256v1").unwrap();
        let mut builder = X509Builder::new().unwrap();
        builder.set_version(2).unwrap();
        builder.set_subject_name(&common_name(name)).unwrap();
        builder.set_issuer_name(&common_name(name)).unwrap();
        builder.set_pubkey(&key).unwrap();
        builder
            .set_not_before(&Asn1Time::from_str("20260101000000Z").unwrap())
            .unwrap();
        builder
            .set_not_after(&Asn1Time::from_str("20310101000000Z").unwrap())
            .unwrap();
        let is_ca = BasicConstraints::new().critical().ca().build().unwrap();
        builder.append_extension(is_ca).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        let certificate = builder.build();
        Self { certificate, key }
    }

    fn anchor(&self) -> TrustAnchor {
        let der = self.certificate.to_der().unwrap();
        anchor(TrustPurpose::Capf, &Certificate::from_der(&der).unwrap())
    }
}

#[test]
fn a_third_party_cas_word_for_a_name_is_not_enough_without_a_record() {
    // Even one that takes on a CAPF's name in every way but the one that is reserved.
    for name in ["Example CA", "capf-00112233"] {
        let ca = Ca::new(name);
        let mut court = Court::new(ExistingLsc);
        court.anchors.push(ca.anchor());
        for cn in [NAME, "x-SEP001122334455"] {
            let shown = requested(&ca, cn, &[]);
            let (failure, refusal) = court.refuses(&claim(&shown));
            assert_eq!(failure, InvalidLsc);
            let text = refusal.to_string();
            assert!(matches!(refusal, Refusal::NotOnRecord { .. }), "{text}");
            assert!(
                text.contains(name) && text.contains("not on record"),
                "{text}"
            );
            for (state, counts) in [
                (CertificateState::Held, true),
                (CertificateState::Issued, true),
                (CertificateState::Fetched, false),
                (CertificateState::Replaced, false),
                (CertificateState::Stale, false),
            ] {
                court.lscs = vec![(state, shown.0.clone())];
                assert_eq!(court.judge(&claim(&shown)).is_ok(), counts, "{state}");
            }
            // That another of its certificates is on record says nothing for this one.
            let other = requested(&ca, cn, &[]);
            court.lscs = vec![(CertificateState::Held, other.0)];
            assert!(court.judge(&claim(&shown)).is_err());
            court.lscs.clear();
        }
    }
}

#[test]
fn an_lsc_that_the_phone_has_deleted_counts_no_more_whoever_issued_it() {
    let shown = identity(&CAPF, NAME, &RSA);
    let mut court = Court::new(ExistingLsc);
    court.lscs = vec![(CertificateState::Deleted, shown.0.clone())];
    let (failure, refusal) = court.refuses(&claim(&shown));
    assert_eq!(failure, InvalidLsc);
    assert!(matches!(refusal, Refusal::Deleted { .. }), "{refusal}");
    assert!(refusal.to_string().contains("deleted"), "{refusal}");
    // Another, that it got since, does.
    let newer = identity(&CAPF, NAME, &EC);
    assert!(court.judge(&claim(&newer)).is_ok());
}

#[test]
fn an_lsc_must_be_for_a_client_that_signs_and_no_cas_though_it_is_on_record() {
    let capf = Ca::new("CAPF-00112233");
    let signs = || KeyUsage::new().digital_signature().build().unwrap();
    let client = || ExtendedKeyUsage::new().client_auth().build().unwrap();
    for (extensions, lacks) in [
        (vec![], None),
        (vec![signs(), client()], None),
        (
            vec![KeyUsage::new().key_encipherment().build().unwrap()],
            Some("digitalSignature"),
        ),
        (
            vec![ExtendedKeyUsage::new().server_auth().build().unwrap()],
            Some("clientAuth"),
        ),
        (
            vec![BasicConstraints::new().ca().build().unwrap()],
            Some("a CA's"),
        ),
    ] {
        let shown = requested(&capf, NAME, &extensions);
        for recorded in [false, true] {
            let mut court = Court::new(ExistingLsc);
            court.anchors.push(capf.anchor());
            if recorded {
                court.lscs = vec![(CertificateState::Held, shown.0.clone())];
            }
            let verdict = court.judge(&claim(&shown));
            let Some(lacks) = lacks else {
                assert!(verdict.is_ok(), "{verdict:?}");
                continue;
            };
            let refusal = verdict.unwrap_err();
            assert_eq!(refusal.failure(), InvalidLsc);
            assert!(refusal.to_string().contains(lacks), "{refusal}");
        }
    }
}

#[test]
fn an_extension_that_counts_and_cannot_be_read_is_no_proof() {
    let capf = Ca::new("CAPF-00112233");
    for oid in ["2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.37"] {
        let oid = Asn1Object::from_str(oid).unwrap();
        let value = Asn1OctetString::new_from_bytes(b"\x30\x05\x02").unwrap();
        let unreadable = X509Extension::new_from_der(&oid, false, &value).unwrap();
        let shown = requested(&capf, NAME, &[unreadable]);
        for kind in [CertificateKind::Lsc, CertificateKind::Mic] {
            let what = fitness::unfit(kind, &shown.0).unwrap();
            assert!(what.contains("cannot be read"), "{what}");
        }
        let mut court = Court::new(ExistingLsc);
        court.anchors.push(capf.anchor());
        assert!(court.judge(&claim(&shown)).is_err());
    }
}
