//! How a phone proves itself with a certificate.

use super::phone::{PhoneSim, Proof};
use super::{Identity, PhoneSimError};
use crate::model::DeviceName;
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
    /// What `phone`, which has `lsc` now, proves in this session.
    pub(super) fn new(
        phone: &PhoneSim,
        lsc: Option<&Identity>,
        session_id: SessionId,
    ) -> Result<Self, PhoneSimError> {
        let mic = phone.mic.as_ref();
        let shown = match phone.proof {
            Proof::None => None,
            Proof::Lsc => lsc.or(mic),
            Proof::Mic => mic.or(lsc),
        };
        let Some(shown) = shown else {
            return Ok(Self::default());
        };
        let data = authentication_data(&phone.device, shown);
        Ok(Self {
            certificate: Some(Element::Certificate(CertificateItem::new(
                shown.certificate().der().to_vec(),
            ))),
            signed_data: Some(Element::SignedData(
                shown.key().prove(DigestType::SHA1, &data)?,
            )),
            // SHA-512 does not fit into an RSA key of 512 bits; what a phone does then is unknown.
            sha2_signed_data: sha512(shown, &data).map(Element::Sha2SignedData),
            sudi_data: mic
                .filter(|mic| mic.key().is_rsa())
                .map(|mic| sudi_data(mic, session_id))
                .transpose()?,
        })
    }
}

/// `device name || 00 || certificate`. P, R
fn authentication_data(device: &DeviceName, shown: &Identity) -> Vec<u8> {
    [device.as_str().as_bytes(), &[0], shown.certificate().der()].concat()
}

/// The MIC, signed together with the session id in LITTLE-endian order, RSA only. P, R
fn sudi_data(mic: &Identity, session_id: SessionId) -> Result<Element, PhoneSimError> {
    let certificate = mic.certificate().der();
    let data = [&session_id.0.to_le_bytes(), certificate].concat();
    let sha1 = Sha2SignedData {
        digest: DigestType::SHA1,
        signature: mic.key().prove(DigestType::SHA1, &data)?,
    };
    Ok(Element::SudiData(SudiData {
        certificate: certificate.to_vec(),
        signatures: std::iter::once(sha1).chain(sha512(mic, &data)).collect(),
    }))
}

fn sha512(shown: &Identity, data: &[u8]) -> Option<Sha2SignedData> {
    let signature = shown.key().prove(DigestType::SHA512, data).ok()?;
    Some(Sha2SignedData {
        digest: DigestType::SHA512,
        signature,
    })
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
    fn own(phone: &PhoneSim, lsc: Option<&Identity>) -> Message {
        let proven = Proven::new(phone, lsc, SESSION).unwrap();
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
            let length = rsa
                .public_decrypt(signature, &mut block, Padding::PKCS1)
                .unwrap();
            block[..length] == *digest
        } else {
            let signature = EcdsaSig::from_der(signature).unwrap();
            signature.verify(&digest, &key.ec_key().unwrap()).unwrap()
        }
    }

    fn assert_proof_holds(message: &Message) {
        let certificate = message.certificate().unwrap();
        let name = message.device_name().unwrap();
        let data = [name.as_bytes(), &[0], certificate].concat();
        let sha1 = message.signed_data().unwrap();
        assert!(holds(certificate, DigestType::SHA1, &data, sha1));
        let sha2 = message.sha2_signed_data().unwrap();
        assert_eq!(sha2.digest, DigestType::SHA512);
        assert!(holds(certificate, sha2.digest, &data, &sha2.signature));
        if let Some(sudi) = message.sudi_data() {
            let id = message.session_id.0.to_le_bytes();
            let data = [&id, &sudi.certificate[..]].concat();
            let digests: Vec<_> = sudi.signatures.iter().map(|signed| signed.digest).collect();
            assert_eq!(digests, [DigestType::SHA1, DigestType::SHA512]);
            for signed in &sudi.signatures {
                assert!(holds(
                    &sudi.certificate,
                    signed.digest,
                    &data,
                    &signed.signature
                ));
            }
        }
    }

    fn phone(proof: Proof, mic: Option<Identity>) -> PhoneSim {
        PhoneSim {
            mic,
            proof,
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
            assert!(recorded.sudi_data().is_some());
            assert_proof_holds(&recorded);
        }
        let mic = identity("CP-8841-SEP001122334455", RSA);
        for shape in [RSA, P256] {
            let lsc = identity("SEP001122334455", shape);
            assert_proof_holds(&own(&phone(Proof::Lsc, Some(mic.clone())), Some(&lsc)));
            assert_proof_holds(&own(&phone(Proof::Lsc, None), Some(&lsc)));
        }
    }

    #[test]
    fn the_preferred_certificate_is_shown_or_the_other_where_it_is_missing() {
        let (lsc, mic) = (identity("LSC", P256), identity("MIC", RSA));
        let shown = |proof, mic: Option<&Identity>, lsc| {
            let message = own(&phone(proof, mic.cloned()), lsc);
            message.certificate().map(<[u8]>::to_vec)
        };
        let der = |identity: &Identity| Some(identity.certificate().der().to_vec());
        for (proof, with_lsc, with_mic, expected) in [
            (Proof::Lsc, true, true, der(&lsc)),
            (Proof::Lsc, false, true, der(&mic)),
            (Proof::Mic, true, true, der(&mic)),
            (Proof::Mic, true, false, der(&lsc)),
            (Proof::Mic, false, false, None),
            (Proof::None, true, true, None),
        ] {
            let found = shown(proof, with_mic.then_some(&mic), with_lsc.then_some(&lsc));
            assert_eq!(found, expected, "{proof:?} {with_lsc} {with_mic}");
        }
    }

    #[test]
    fn there_is_no_sudi_data_without_an_rsa_mic() {
        let lsc = identity("LSC", RSA);
        for mic in [None, Some(identity("MIC", P256))] {
            let message = own(&phone(Proof::Lsc, mic), Some(&lsc));
            assert_eq!(message.sudi_data(), None);
        }
    }
}
