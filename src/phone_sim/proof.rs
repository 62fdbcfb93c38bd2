//! How a phone proves itself with a certificate.

use super::{Flaw, Identity, Key, PhoneSim, PhoneSimError, ProofDefect, ProofElement};
use crate::model::{AuthenticationMode, Certificate, DeviceName};
use crate::wire::{CertificateItem, DigestType, Element, SessionId, Sha2SignedData, SudiData};

/// The elements of a proof, as far as the phone has what they are made with.
#[derive(Debug, Default)]
pub(super) struct Proven {
    pub(super) certificate: Option<Element>,
    pub(super) signed_data: Option<Element>,
    pub(super) sha2_signed_data: Option<Element>,
    pub(super) sudi_data: Option<Element>,
}

impl Proven {
    /// What `phone`, which has `lsc` now, proves in this session and this mode; where there is no
    /// mode, it proves what it can.
    pub(super) fn new(
        phone: &PhoneSim,
        mode: Option<AuthenticationMode>,
        lsc: Option<&Identity>,
        session_id: SessionId,
    ) -> Result<Self, PhoneSimError> {
        let mic = phone.mic.as_ref();
        let shown = match mode {
            Some(AuthenticationMode::AuthenticationString | AuthenticationMode::NullString) => None,
            None | Some(AuthenticationMode::ExistingLsc) => lsc.or(mic),
            Some(AuthenticationMode::ExistingMic) => mic.or(lsc),
        };
        let Some(shown) = shown else {
            return match phone.proof_defects.first() {
                None => Ok(Self::default()),
                Some(_) => Err(PhoneSimError::NothingToSpoil),
            };
        };
        let mut recipe = Recipe {
            certificate: shown.certificate(),
            key: shown.key(),
            mic: mic.filter(|mic| mic.key().is_rsa()),
            session_id,
            sha512: true,
            flaws: Vec::new(),
            left_out: Vec::new(),
        };
        for defect in &phone.proof_defects {
            recipe.spoil(defect)?;
        }
        recipe.prove(&phone.device)
    }
}

/// What a proof is made of.
struct Recipe<'a> {
    certificate: &'a Certificate,
    /// What `SignedData` and `Sha2SignedData` are made with.
    key: &'a Key,
    /// What `SudiData` is made with. RSA only. P, R
    mic: Option<&'a Identity>,
    /// Which session `SudiData` is for.
    session_id: SessionId,
    /// Whether there are signatures with SHA-512.
    sha512: bool,
    flaws: Vec<(ProofElement, Flaw)>,
    left_out: Vec<ProofElement>,
}

impl<'a> Recipe<'a> {
    /// Brings a defect in.
    fn spoil(&mut self, defect: &'a ProofDefect) -> Result<(), PhoneSimError> {
        match defect {
            ProofDefect::Flawed(element, flaw) => self.flaws.push((*element, *flaw)),
            ProofDefect::ForeignCertificate(other) => {
                (self.certificate, self.key) = (other.certificate(), other.key());
            }
            ProofDefect::ForeignSudi(other) => self.mic = Some(other),
            ProofDefect::LeftOut(element) => self.left_out.push(*element),
            ProofDefect::ReplayedSudi(_) if self.mic.is_none() => {
                return Err(PhoneSimError::NothingToSpoil);
            }
            ProofDefect::ReplayedSudi(session_id) => self.session_id = *session_id,
            ProofDefect::Sha1Only => self.sha512 = false,
            ProofDefect::Unsigned => self.left_out.extend(ProofElement::ALL),
            ProofDefect::WrongKey(key) => self.key = key,
        }
        Ok(())
    }

    fn prove(&self, device: &DeviceName) -> Result<Proven, PhoneSimError> {
        let der = self.certificate.der();
        // `device name || 00 || certificate`. P, R
        let data = [device.as_str().as_bytes(), &[0], der].concat();
        Ok(Proven {
            certificate: Some(Element::Certificate(CertificateItem::new(der.to_vec()))),
            signed_data: self.element(ProofElement::SignedData, |flaw| {
                let signature = signature(self.key, DigestType::SHA1, &data, flaw)?;
                Ok(Some(Element::SignedData(signature)))
            })?,
            sha2_signed_data: self.element(ProofElement::Sha2SignedData, |flaw| {
                Ok(self
                    .sha512(self.key, &data, flaw)
                    .map(Element::Sha2SignedData))
            })?,
            sudi_data: self.element(ProofElement::SudiData, |flaw| {
                self.mic.map(|mic| self.sudi_data(mic, flaw)).transpose()
            })?,
        })
    }

    /// The element with its flaw, if it has one, where there is what it is made of.
    fn element(
        &self,
        element: ProofElement,
        make: impl FnOnce(Option<Flaw>) -> Result<Option<Element>, PhoneSimError>,
    ) -> Result<Option<Element>, PhoneSimError> {
        if self.left_out.contains(&element) {
            return Ok(None);
        }
        let flaw = self.flaws.iter().find(|(flawed, _)| *flawed == element);
        let flaw = flaw.map(|(_, flaw)| *flaw);
        let element = make(flaw)?;
        if flaw.is_some() && element.is_none() {
            return Err(PhoneSimError::NothingToSpoil);
        }
        Ok(element)
    }

    /// The MIC, signed together with the session id in LITTLE-endian order. P, R
    fn sudi_data(&self, mic: &Identity, flaw: Option<Flaw>) -> Result<Element, PhoneSimError> {
        let certificate = mic.certificate().der();
        let data = [&self.session_id.0.to_le_bytes(), certificate].concat();
        let sha1 = Sha2SignedData {
            digest: DigestType::SHA1,
            signature: signature(mic.key(), DigestType::SHA1, &data, flaw)?,
        };
        let sha512 = self.sha512(mic.key(), &data, flaw);
        Ok(Element::SudiData(SudiData {
            certificate: certificate.to_vec(),
            signatures: std::iter::once(sha1).chain(sha512).collect(),
        }))
    }

    /// SHA-512 does not fit into an RSA key of 512 bits; what a phone does then is unknown.
    fn sha512(&self, key: &Key, data: &[u8], flaw: Option<Flaw>) -> Option<Sha2SignedData> {
        let digest = DigestType::SHA512;
        let signature = self
            .sha512
            .then(|| signature(key, digest, data, flaw).ok())
            .flatten()?;
        Some(Sha2SignedData { digest, signature })
    }
}

/// A signature as phones make it, or with a flaw.
fn signature(
    key: &Key,
    digest: DigestType,
    data: &[u8],
    flaw: Option<Flaw>,
) -> Result<Vec<u8>, PhoneSimError> {
    match flaw {
        None => key.prove(digest, data),
        Some(Flaw::FlippedBit) => {
            let mut signature = key.prove(digest, data)?;
            if let Some(last) = signature.last_mut() {
                *last ^= 1;
            }
            Ok(signature)
        }
        Some(Flaw::OtherData) => key.prove(digest, &[data, b"other"].concat()),
        Some(Flaw::WrongPadding) => key.prove_behind_junk(digest, data),
    }
}

#[cfg(test)]
mod tests {
    use openssl::ecdsa::EcdsaSig;
    use openssl::hash::{MessageDigest, hash};
    use openssl::pkey::PKey;
    use openssl::rsa::Padding;

    use super::super::KeyShape;
    use super::super::identity::tests::{P256, identity};
    use super::*;
    use crate::model::Certificate;
    use crate::wire::Message;

    use AuthenticationMode::{AuthenticationString, ExistingLsc, ExistingMic, NullString};

    const RSA: KeyShape = KeyShape::Rsa { bits: 1024 };
    const SESSION: SessionId = SessionId(0x0102_0304);

    /// The phone's first message in a recorded conversation.
    fn recorded(conversation: &str) -> Message {
        let line = conversation
            .lines()
            .find_map(|line| line.strip_prefix("C>S "))
            .unwrap();
        Message::decode(&hex::decode(line).unwrap()).unwrap()
    }

    /// Our own message with the same elements.
    fn own(phone: &PhoneSim, mode: AuthenticationMode) -> Message {
        let proven = Proven::new(phone, Some(mode), phone.lsc.as_ref(), SESSION).unwrap();
        let name = Element::DeviceName(phone.device.to_string());
        Message {
            command: crate::wire::Command::AUTH_RESPONSE,
            session_id: SESSION,
            elements: [
                Some(name),
                proven.certificate,
                proven.signed_data,
                proven.sha2_signed_data,
                proven.sudi_data,
            ]
            .into_iter()
            .flatten()
            .collect(),
        }
    }

    /// Whether a signature is one of a phone's: this reads it without the code above.
    fn holds(certificate: &[u8], digest: DigestType, data: &[u8], signature: &[u8]) -> bool {
        let digest = match digest {
            DigestType::SHA1 => MessageDigest::sha1(),
            DigestType::SHA512 => MessageDigest::sha512(),
            other => panic!("phones do not sign with {other}"),
        };
        let digest = hash(digest, data).unwrap();
        let certificate = Certificate::from_der(certificate).unwrap();
        let key = PKey::public_key_from_der(certificate.public_key()).unwrap();
        if let Ok(rsa) = key.rsa() {
            let mut block = vec![0; rsa.size() as usize];
            rsa.public_decrypt(signature, &mut block, Padding::PKCS1)
                .is_ok_and(|length| block[..length] == *digest)
        } else {
            let signature = EcdsaSig::from_der(signature).unwrap();
            signature.verify(&digest, &key.ec_key().unwrap()).unwrap()
        }
    }

    type Signature = (ProofElement, DigestType, bool);

    /// The signatures in a proof, and whether each is one of this phone's for this session.
    fn signatures(message: &Message) -> Vec<Signature> {
        let certificate = message.certificate().unwrap();
        let name = message.device_name().unwrap();
        let data = [name.as_bytes(), &[0], certificate].concat();
        let mut signatures = Vec::new();
        if let Some(signature) = message.signed_data() {
            let sha1 = DigestType::SHA1;
            let holds = holds(certificate, sha1, &data, signature);
            signatures.push((ProofElement::SignedData, sha1, holds));
        }
        if let Some(signed) = message.sha2_signed_data() {
            let holds = holds(certificate, signed.digest, &data, &signed.signature);
            signatures.push((ProofElement::Sha2SignedData, signed.digest, holds));
        }
        if let Some(sudi) = message.sudi_data() {
            let id = message.session_id.0.to_le_bytes();
            let data = [&id, &sudi.certificate[..]].concat();
            for signed in &sudi.signatures {
                let holds = holds(&sudi.certificate, signed.digest, &data, &signed.signature);
                signatures.push((ProofElement::SudiData, signed.digest, holds));
            }
        }
        signatures
    }

    /// What [`signatures`] says of a good proof.
    const GOOD: [Signature; 4] = [
        (ProofElement::SignedData, DigestType::SHA1, true),
        (ProofElement::Sha2SignedData, DigestType::SHA512, true),
        (ProofElement::SudiData, DigestType::SHA1, true),
        (ProofElement::SudiData, DigestType::SHA512, true),
    ];

    fn phone(lsc: Option<Identity>, mic: Option<Identity>) -> PhoneSim {
        PhoneSim {
            lsc,
            mic,
            ..PhoneSim::new("SEP001122334455".parse().unwrap())
        }
    }

    #[test]
    fn what_was_recorded_and_what_is_made_here_hold_alike() {
        for conversation in [
            include_str!("../../fixtures/conversations/install-mic-rsa2048.txt"),
            include_str!("../../fixtures/conversations/renew-lsc-ec256-with-mic-sudi.txt"),
            include_str!("../../fixtures/conversations/renew-lsc-rsa2048-with-mic-sudi.txt"),
        ] {
            let recorded = recorded(conversation);
            assert_eq!(signatures(&recorded), GOOD);
        }
        let mic = identity("CP-8841-SEP001122334455", RSA);
        for shape in [RSA, P256] {
            let lsc = identity("SEP001122334455", shape);
            let with_mic = phone(Some(lsc.clone()), Some(mic.clone()));
            assert_eq!(signatures(&own(&with_mic, ExistingLsc)), GOOD);
            let without = phone(Some(lsc), None);
            assert_eq!(signatures(&own(&without, ExistingLsc)), GOOD[..2]);
        }
    }

    #[test]
    fn the_preferred_certificate_is_shown_or_the_other_where_it_is_missing() {
        let (lsc, mic) = (identity("LSC", P256), identity("MIC", RSA));
        let der = |identity: &Identity| Some(identity.certificate().der().to_vec());
        for (mode, with_lsc, with_mic, expected) in [
            (ExistingLsc, true, true, der(&lsc)),
            (ExistingLsc, false, true, der(&mic)),
            (ExistingMic, true, true, der(&mic)),
            (ExistingMic, true, false, der(&lsc)),
            (ExistingMic, false, false, None),
            (NullString, true, true, None),
            (AuthenticationString, true, true, None),
        ] {
            let phone = phone(with_lsc.then(|| lsc.clone()), with_mic.then(|| mic.clone()));
            let shown = own(&phone, mode).certificate().map(<[u8]>::to_vec);
            assert_eq!(shown, expected, "{mode}, {with_lsc}, {with_mic}");
        }
    }

    #[test]
    fn there_is_no_sudi_data_without_an_rsa_mic() {
        let lsc = identity("LSC", RSA);
        for mic in [None, Some(identity("MIC", P256))] {
            let message = own(&phone(Some(lsc.clone()), mic), ExistingLsc);
            assert_eq!(message.sudi_data(), None);
        }
    }

    fn defective(phone: &PhoneSim, defects: &[ProofDefect]) -> PhoneSim {
        PhoneSim {
            proof_defects: defects.to_vec(),
            ..phone.clone()
        }
    }

    #[test]
    fn each_defect_spoils_what_it_says_and_nothing_else() {
        use ProofElement::{Sha2SignedData, SignedData, SudiData};
        let mic = identity("CP-8841-SEP001122334455", RSA);
        let another = identity("SEP00AABBCCDDEE", RSA);
        for shape in [RSA, P256] {
            let lsc = identity("SEP001122334455", shape);
            let wrong = Key::generate(shape).unwrap();
            let mut cases = vec![
                (
                    ProofDefect::ForeignCertificate(another.clone()),
                    vec![],
                    vec![],
                ),
                (ProofDefect::ForeignSudi(another.clone()), vec![], vec![]),
                (
                    ProofDefect::ReplayedSudi(SessionId(1)),
                    vec![SudiData],
                    vec![],
                ),
                (
                    ProofDefect::WrongKey(wrong),
                    vec![SignedData, Sha2SignedData],
                    vec![],
                ),
                (ProofDefect::Unsigned, vec![], ProofElement::ALL.to_vec()),
            ];
            for element in ProofElement::ALL {
                cases.push((ProofDefect::LeftOut(element), vec![], vec![element]));
                for flaw in [Flaw::FlippedBit, Flaw::OtherData, Flaw::WrongPadding] {
                    // What is on a curve has no padding; the MIC is RSA.
                    if flaw != Flaw::WrongPadding || shape == RSA || element == SudiData {
                        cases.push((ProofDefect::Flawed(element, flaw), vec![element], vec![]));
                    }
                }
            }
            let phone = phone(Some(lsc.clone()), Some(mic.clone()));
            for (defect, bad, absent) in cases {
                let message = own(
                    &defective(&phone, std::slice::from_ref(&defect)),
                    ExistingLsc,
                );
                let expected: Vec<Signature> = GOOD
                    .into_iter()
                    .filter(|(element, ..)| !absent.contains(element))
                    .map(|(element, digest, _)| (element, digest, !bad.contains(&element)))
                    .collect();
                assert_eq!(signatures(&message), expected, "{defect:?}");
                let (shown, sudi) = match &defect {
                    ProofDefect::ForeignCertificate(other) => (other, &mic),
                    ProofDefect::ForeignSudi(other) => (&lsc, other),
                    _ => (&lsc, &mic),
                };
                assert_eq!(message.certificate(), Some(shown.certificate().der()));
                if let Some(data) = message.sudi_data() {
                    assert_eq!(data.certificate, sudi.certificate().der(), "{defect:?}");
                }
            }
        }
    }

    #[test]
    fn a_replayed_proof_was_good_in_its_session_and_sha_1_alone_is_good_as_far_as_it_goes() {
        let phone = phone(Some(identity("LSC", RSA)), Some(identity("MIC", RSA)));
        let elsewhere = SessionId(1);
        let mut replayed = own(
            &defective(&phone, &[ProofDefect::ReplayedSudi(elsewhere)]),
            ExistingLsc,
        );
        replayed.session_id = elsewhere;
        assert_eq!(signatures(&replayed), GOOD);
        let sha1 = own(&defective(&phone, &[ProofDefect::Sha1Only]), ExistingLsc);
        assert_eq!(signatures(&sha1), [GOOD[0], GOOD[2]]);
    }

    #[test]
    fn who_compares_the_last_bytes_alone_believes_a_block_without_padding() {
        let lsc = identity("SEP001122334455", RSA);
        let forged = ProofDefect::Flawed(ProofElement::SignedData, Flaw::WrongPadding);
        let phone = phone(Some(lsc.clone()), None);
        let message = own(&defective(&phone, &[forged]), ExistingLsc);
        let data = [b"SEP001122334455\0", lsc.certificate().der()].concat();
        let digest = hash(MessageDigest::sha1(), &data).unwrap();
        let key = PKey::public_key_from_der(lsc.certificate().public_key()).unwrap();
        let mut block = vec![0; 128];
        key.rsa()
            .unwrap()
            .public_decrypt(message.signed_data().unwrap(), &mut block, Padding::NONE)
            .unwrap();
        assert!(block.ends_with(&digest));
        assert!(!block.starts_with(&[0, 1, 0xff]));
    }

    #[test]
    fn a_defect_that_there_is_nothing_to_make_of_is_an_error() {
        let (lsc, mic) = (identity("LSC", P256), identity("MIC", RSA));
        let short = identity("SHORT", KeyShape::Rsa { bits: 512 });
        let sudi = ProofDefect::Flawed(ProofElement::SudiData, Flaw::FlippedBit);
        let sha2 = ProofDefect::Flawed(ProofElement::Sha2SignedData, Flaw::OtherData);
        let padding = ProofDefect::Flawed(ProofElement::SignedData, Flaw::WrongPadding);
        for (lsc, mic, mode, defect) in [
            (Some(&lsc), Some(&mic), NullString, ProofDefect::Unsigned),
            (None, None, ExistingLsc, ProofDefect::Sha1Only),
            (Some(&lsc), None, ExistingLsc, sudi),
            (
                Some(&lsc),
                None,
                ExistingLsc,
                ProofDefect::ReplayedSudi(SESSION),
            ),
            (Some(&short), None, ExistingLsc, sha2),
            (Some(&lsc), None, ExistingLsc, padding),
        ] {
            let phone = defective(
                &phone(lsc.cloned(), mic.cloned()),
                std::slice::from_ref(&defect),
            );
            let proven = Proven::new(&phone, Some(mode), phone.lsc.as_ref(), SESSION);
            assert!(proven.is_err(), "{defect:?}");
        }
    }
}
