//! What the phone answers, request by request.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep;

use super::{Conversation, blocking, failed};
use crate::model::{AuthenticationMode, Certificate};
use crate::phone_sim::proof::Proven;
use crate::phone_sim::{End, Identity, Key, KeyShape, PhoneKind, PhoneSim, PhoneSimError, Stop};
use crate::secret::Password;
use crate::wire::{
    CertificateItem, CertificateType, Command, DigestType, Element, Message, Reason, SessionId,
};

impl<S: AsyncRead + AsyncWrite + Unpin> Conversation<'_, S> {
    /// `AuthRequest`: the phone says who it is, in the order that was recorded (R); of a softphone,
    /// P.
    pub(super) async fn authenticate(&mut self, session_id: SessionId) -> Result<(), End> {
        let phone = self.phone;
        if phone.presses_stop == Some(Stop::FirstRequest) {
            return self.stop(Command::AUTH_RESPONSE).await;
        }
        let version = Element::Version(phone.kind.version());
        let name = Element::DeviceName(phone.device.to_string());
        let reason = Element::Reason(Reason::SUCCESS);
        let elements = match phone.kind {
            PhoneKind::Softphone => vec![version, name, reason],
            PhoneKind::Hardware => {
                let mode = phone.mode(self.memory.flash).map_err(failed)?;
                let proven = Proven::new(phone, mode, self.memory.lsc.as_ref(), session_id)
                    .map_err(failed)?;
                let entered = match mode {
                    None | Some(AuthenticationMode::AuthenticationString) => phone.password.clone(),
                    Some(_) => None,
                };
                let password = entered.unwrap_or_else(|| Password::new(b""));
                [
                    Some(reason),
                    proven.certificate,
                    proven.signed_data,
                    Some(version),
                    Some(Element::Password(password)),
                    Some(name),
                    proven.sudi_data,
                    proven.sha2_signed_data,
                ]
                .into_iter()
                .flatten()
                .collect()
            }
        };
        self.send(Command::AUTH_RESPONSE, elements).await
    }

    /// `KeyGenerateRequest`: hardware says that it is at work before it makes the key, a softphone
    /// does not (R). One that makes none says so with a Reason and without a key (P).
    pub(super) async fn generate_key(&mut self, request: &Message) -> Result<(), End> {
        self.memory.awaits_certificate = true;
        let response = Command::KEY_GENERATE_RESPONSE;
        let shape = match KeyShape::asked(request) {
            Some(KeyShape::Ec(_)) if !self.phone.supports_ec => {
                return self.decline(response, "it makes no keys on curves").await;
            }
            Some(shape) => shape,
            None => return self.decline(response, "no such key is known to it").await,
        };
        if self.phone.kind == PhoneKind::Hardware {
            self.send(Command::REQUEST_IN_PROGRESS, Vec::new()).await?;
        }
        sleep(self.phone.key_generation_delay).await;
        if self.phone.presses_stop == Some(Stop::KeyGeneration) {
            return self.stop(response).await;
        }
        let made = make_key(self.phone, shape)
            .await
            .and_then(|key| Ok((key.public_key()?, key)));
        match made {
            Ok((public_key, key)) => {
                self.memory.made_key = Some(key);
                self.send(response, vec![Element::PublicKey(public_key)])
                    .await
            }
            Err(error) => self.decline(response, error).await,
        }
    }

    /// `EncryptRequest`: the private key's operation over what is sent, as it stands. N; which
    /// bytes it is over is D.
    pub(super) async fn encrypt(&mut self, request: &Message) -> Result<(), End> {
        let encrypted = self.signs(request).map(|(key, data)| key.encrypt(data));
        let response = Command::ENCRYPT_RESPONSE;
        match encrypted {
            Some(Ok(encrypted)) => {
                self.send(response, vec![Element::SignedData(encrypted)])
                    .await
            }
            Some(Err(error)) => self.decline(response, error).await,
            None => self.decline(response, "no key or nothing to sign").await,
        }
    }

    /// `SignCertificateRequest`: a signature over what is sent, with the digest that is named;
    /// SHA-256 where none is. N; all but the names is D.
    pub(super) async fn sign(&mut self, request: &Message) -> Result<(), End> {
        let digest = request.digest_type().unwrap_or(DigestType::SHA256);
        let signed = self
            .signs(request)
            .map(|(key, data)| key.sign(digest, data));
        let response = Command::SIGN_CERTIFICATE_RESPONSE;
        match signed {
            Some(Ok(signature)) => {
                let elements = vec![Element::DigestType(digest), Element::SignedData(signature)];
                self.send(response, elements).await
            }
            Some(Err(error)) => self.decline(response, error).await,
            None => self.decline(response, "no key or nothing to sign").await,
        }
    }

    /// The key that the phone made last, and what it is to sign.
    fn signs<'r>(&self, request: &'r Message) -> Option<(&Key, &'r [u8])> {
        self.memory.made_key.as_ref().zip(request.signed_data())
    }

    /// `StoreCertificateRequest`: the phone stores what is for its key, and nothing else.
    pub(super) async fn store(&mut self, request: &Message) -> Result<(), End> {
        let response = Command::STORE_CERTIFICATE_RESPONSE;
        if self.phone.refuses_certificates {
            return self.decline(response, "it refuses certificates").await;
        }
        let lsc = match self.fitting(request) {
            Ok(lsc) => lsc,
            Err(why) => return self.decline(response, why).await,
        };
        if let Some(state) = self.phone.state.clone() {
            let (device, kept) = (self.phone.device.clone(), lsc.clone());
            if let Err(error) = blocking(move || state.save(&device, &kept)).await {
                return self.decline(response, error).await;
            }
        }
        self.memory.stored = Some(lsc.certificate().clone());
        self.memory.awaits_certificate = false;
        self.memory.lsc = Some(lsc);
        self.send(response, vec![Element::Reason(Reason::SUCCESS)])
            .await
    }

    /// The certificate that is to be stored, with the key of the phone's that it is for.
    fn fitting(&self, request: &Message) -> Result<Identity, String> {
        if request.certificate_type().unwrap_or(CertificateType::LSC) != CertificateType::LSC {
            return Err("only LSCs can be stored".to_owned());
        }
        let der = request.certificate().ok_or("there is no certificate")?;
        let certificate = Certificate::from_der(der).map_err(|error| error.to_string())?;
        let made = self.memory.made_key.as_ref();
        let held = self.memory.lsc.as_ref().map(Identity::key);
        [made, self.phone.key.as_ref(), held]
            .into_iter()
            .flatten()
            .find(|key| key.is_of(certificate.public_key()))
            .and_then(|key| Identity::new(certificate, key.clone()).ok())
            .ok_or_else(|| "the certificate is for another key".to_owned())
    }

    /// `FetchCertificateRequest`: the certificate that is asked for; where none is named, the LSC,
    /// or the MIC of a phone without one.
    pub(super) async fn fetch(&mut self, request: &Message) -> Result<(), End> {
        let (lsc, mic) = (self.memory.lsc.as_ref(), self.phone.mic.as_ref());
        let fetched = match request.certificate_type() {
            Some(CertificateType::LSC) => lsc,
            Some(CertificateType::MIC) => mic,
            Some(_) => None,
            None => lsc.or(mic),
        };
        let response = Command::FETCH_CERTIFICATE_RESPONSE;
        match fetched.map(|identity| identity.certificate().der().to_vec()) {
            Some(der) => {
                let elements = vec![
                    Element::Reason(Reason::SUCCESS),
                    Element::Certificate(CertificateItem::new(der)),
                ];
                self.send(response, elements).await
            }
            None => self.decline(response, "it has no such certificate").await,
        }
    }

    /// `DeleteCertificateRequest`: the LSC goes.
    pub(super) async fn delete(&mut self) -> Result<(), End> {
        let response = Command::DELETE_CERTIFICATE_RESPONSE;
        if self.memory.lsc.is_none() {
            return self.decline(response, "it has no LSC").await;
        }
        if let Some(state) = self.phone.state.clone() {
            let device = self.phone.device.clone();
            if let Err(error) = blocking(move || state.remove(&device)).await {
                return self.decline(response, error).await;
            }
        }
        self.memory.lsc = None;
        self.send(response, vec![Element::Reason(Reason::SUCCESS)])
            .await
    }

    /// The user has pressed Stop: what the phone is asked it declines.
    pub(super) async fn stop(&mut self, response: Command) -> Result<(), End> {
        self.memory.stopped = true;
        self.decline(response, "its user pressed Stop").await
    }

    async fn decline(&mut self, response: Command, why: impl std::fmt::Display) -> Result<(), End> {
        self.memory
            .journal
            .note(format_args!("the phone declines: {why}"));
        self.send(response, vec![Element::Reason(Reason::DECLINED)])
            .await
    }
}

/// The phone's key of this shape: the one that it made before, or a new one.
async fn make_key(phone: &PhoneSim, shape: KeyShape) -> Result<Key, PhoneSimError> {
    match &phone.key {
        Some(key) if key.shape() == Some(shape) => Ok(key.clone()),
        _ => blocking(move || Key::generate(shape)).await,
    }
}
