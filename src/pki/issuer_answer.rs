//! What a CA made of the request for a CAPF certificate, judged before anything rests on it.

use std::fmt;

use jiff::Timestamp;
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509VerifyParam;
use openssl::x509::{X509, X509PurposeId, X509StoreContext};

use super::issuer::{CAPF, subject_der};
use super::{Issuer, IssuerKey, LscOrder, PkiError};
use crate::model::{Certificate, Curve, DeviceName, KeyRequest};

/// A CAPF certificate that another CA signed, with its chain, found fit.
#[derive(Clone, Debug)]
pub struct IssuerAnswer {
    /// The CAPF CA as it will be.
    pub issuer: Issuer,
    /// What is well, but not for everybody.
    pub warnings: Vec<AnswerWarning>,
}

/// What an administrator should know of a CAPF certificate that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerWarning {
    /// Verifiers that look at the purposes of CAs will not take LSCs for clients'.
    NotForClients,
}

impl fmt::Display for AnswerWarning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotForClients => {
                "an extended key usage in the chain leaves out client authentication: servers that \
                 check phones by their LSC (802.1X, VPN) may refuse them"
            }
        })
    }
}

/// Why a CA's answer cannot be CAPF's certificate.
#[derive(Debug, thiserror::Error)]
pub enum UnfitAnswer {
    /// No certificate is for a key that CAPF has.
    #[error("none of its {found} certificates is for CAPF's key, or for the key of `capf ca csr`")]
    OtherKey {
        /// How many there are.
        found: usize,
    },
    /// Nobody but CAPF itself vouches for the certificate.
    #[error("`{subject}` is self-signed, and no CA's answer to a request")]
    SelfSigned {
        /// Its subject.
        subject: String,
    },
    /// The name is not a CAPF's, by which its LSCs are known for what they are.
    #[error(
        "`{subject}` has no `CAPF-` in its common name; the CA must keep the name of the request"
    )]
    NotNamedCapf {
        /// Its subject.
        subject: String,
    },
    /// Unified CM reserves `CAPF-` for CAPF's own certificate (P).
    #[error("its CA `{subject}` has `CAPF-` in its common name, which is reserved for CAPF itself")]
    ReservedName {
        /// The CA's subject.
        subject: String,
    },
    /// Phones close the connection where it is not there (P).
    #[error(
        "`{subject}` must have a path length of 0 in its basic constraints (CA:TRUE, pathlen:0)"
    )]
    PathLength {
        /// Its subject.
        subject: String,
    },
    /// The chain ends before a root.
    #[error("the certificate of its issuer `{issuer}` is missing")]
    MissingIssuer {
        /// The name of who is missing.
        issuer: String,
    },
    /// The chain does not hold.
    #[error("{what} does not verify: {reason}{}", by(.subject.as_deref()))]
    Refused {
        /// What was verified.
        what: &'static str,
        /// What OpenSSL says.
        reason: String,
        /// The certificate that is to blame, where it is another.
        subject: Option<String>,
    },
    /// The certificate or its key cannot be an issuer's at all.
    #[error(transparent)]
    Pki(#[from] PkiError),
}

fn by(subject: Option<&str>) -> String {
    subject.map_or_else(String::new, |subject| format!(" (`{subject}`)"))
}

/// More than this many CAs above each other is no chain of a company's.
const LONGEST_CHAIN: usize = 8;

/// The level of security that the chain must have: keys of RSA-2048 or better, no SHA-1.
const SECURITY_LEVEL: i32 = 2;

impl IssuerAnswer {
    /// Judges what a CA sent back: one of `found` must be for one of the `keys`, and its chain, out of
    /// `found` and of the certificates `known` beside them, must lead to a root.
    ///
    /// As the proof an LSC is issued under it, for a phone that is none, and verified up to the root:
    /// so whatever forbids what CAPF is there for is found before a phone does.
    pub fn judge(
        found: &[Certificate],
        known: &[Certificate],
        keys: Vec<IssuerKey>,
        now: Timestamp,
    ) -> Result<Self, UnfitAnswer> {
        let (certificate, key) = ours(found, keys)?;
        let subject = || certificate.subject().to_owned();
        if subject_der(&certificate) == issuer_der(&certificate) {
            return Err(UnfitAnswer::SelfSigned { subject: subject() });
        }
        if !is_capf(&certificate) {
            return Err(UnfitAnswer::NotNamedCapf { subject: subject() });
        }
        let chain = chain(&certificate, found, known)?;
        if let Some(reserved) = chain.iter().find(|ca| is_capf(ca)) {
            return Err(UnfitAnswer::ReservedName {
                subject: reserved.subject().to_owned(),
            });
        }
        let issuer = Issuer::new(certificate.clone(), chain, key)?;
        if !has_path_length_0(&certificate) {
            return Err(UnfitAnswer::PathLength { subject: subject() });
        }
        let server = Some(X509PurposeId::SSL_SERVER);
        verify("it", &certificate, &issuer, server, now)?;
        let lsc = probe(&issuer, now)?;
        verify("an LSC under it", &lsc, &issuer, None, now)?;
        let client = Some(X509PurposeId::SSL_CLIENT);
        let for_clients = verify("an LSC under it", &lsc, &issuer, client, now);
        let warnings = for_clients
            .err()
            .map(|_| AnswerWarning::NotForClients)
            .into_iter()
            .collect();
        Ok(Self { issuer, warnings })
    }
}

/// The certificate that is for one of the keys, with the key; of several the newest.
fn ours(
    found: &[Certificate],
    keys: Vec<IssuerKey>,
) -> Result<(Certificate, IssuerKey), UnfitAnswer> {
    let mut newest: Option<(Certificate, IssuerKey)> = None;
    for key in keys {
        let public_key = key.public_key()?;
        for certificate in found.iter().filter(|one| one.public_key() == public_key) {
            let newer = newest
                .as_ref()
                .is_none_or(|(known, _)| known.not_before() < certificate.not_before());
            if newer {
                newest = Some((certificate.clone(), key.clone()));
            }
        }
    }
    newest.ok_or(UnfitAnswer::OtherKey { found: found.len() })
}

/// Who vouches for the certificate, from its issuer to the root.
fn chain(
    certificate: &Certificate,
    found: &[Certificate],
    known: &[Certificate],
) -> Result<Vec<Certificate>, UnfitAnswer> {
    let mut chain: Vec<Certificate> = Vec::new();
    loop {
        let last = chain.last().unwrap_or(certificate);
        if subject_der(last) == issuer_der(last) {
            return Ok(chain);
        }
        let signer = found
            .iter()
            .chain(known)
            .find(|ca| signed(last, ca))
            .filter(|_| chain.len() < LONGEST_CHAIN);
        let Some(signer) = signer else {
            return Err(UnfitAnswer::MissingIssuer {
                issuer: last.issuer().to_owned(),
            });
        };
        chain.push(signer.clone());
    }
}

/// Whether `ca` has signed the certificate: by name and by signature, for CAs renew their keys.
fn signed(certificate: &Certificate, ca: &Certificate) -> bool {
    issuer_der(certificate) == subject_der(ca)
        && X509::from_der(certificate.der()).is_ok_and(|certificate| {
            X509::from_der(ca.der())
                .and_then(|ca| ca.public_key())
                .and_then(|key| certificate.verify(&key))
                .unwrap_or(false)
        })
}

fn issuer_der(certificate: &Certificate) -> Vec<u8> {
    certificate.read(|view| view.issuer().as_raw().to_vec())
}

fn is_capf(certificate: &Certificate) -> bool {
    certificate
        .common_name()
        .is_some_and(|name| name.contains(CAPF))
}

fn has_path_length_0(certificate: &Certificate) -> bool {
    certificate.read(|view| {
        matches!(view.basic_constraints(), Ok(Some(found))
            if found.value.path_len_constraint == Some(0))
    })
}

/// An LSC for a phone that is none.
fn probe(issuer: &Issuer, now: Timestamp) -> Result<Certificate, PkiError> {
    let device: DeviceName = "SEP000000000000"
        .parse()
        .expect("a phone's name is a device name");
    let key = IssuerKey::generate(KeyRequest::Ec(Curve::P256))?;
    let order = LscOrder {
        device: &device,
        model: "",
        serial_number: None,
        public_key: &key.public_key()?,
        validity_days: 1,
    };
    issuer.issue(&order, now)
}

/// Verifies the certificate up to the issuer's root, as everybody will who knows the root alone.
fn verify(
    what: &'static str,
    certificate: &Certificate,
    issuer: &Issuer,
    purpose: Option<X509PurposeId>,
    now: Timestamp,
) -> Result<(), UnfitAnswer> {
    let refused = |reason: String, subject| UnfitAnswer::Refused {
        what,
        reason,
        subject,
    };
    let verified = || {
        let mut parameters = X509VerifyParam::new()?;
        parameters.set_time(now.as_second());
        parameters.set_auth_level(SECURITY_LEVEL);
        if let Some(purpose) = purpose {
            parameters.set_purpose(purpose)?;
        }
        let mut store = X509StoreBuilder::new()?;
        store.set_param(&parameters)?;
        let mut between = Stack::new()?;
        between.push(X509::from_der(issuer.certificate().der())?)?;
        for ca in issuer.chain() {
            between.push(X509::from_der(ca.der())?)?;
        }
        if let Some(root) = issuer.chain().last() {
            store.add_cert(X509::from_der(root.der())?)?;
        }
        let leaf = X509::from_der(certificate.der())?;
        X509StoreContext::new()?.init(&store.build(), &leaf, &between, |context| {
            let holds = context.verify_cert()?;
            Ok((!holds).then(|| {
                let blamed = context
                    .current_cert()
                    .filter(|_| context.error_depth() > 0)
                    .and_then(|blamed| blamed.to_der().ok())
                    .and_then(|der| Certificate::from_der(&der).ok())
                    .map(|blamed| blamed.subject().to_owned());
                (context.error().error_string().to_owned(), blamed)
            }))
        })
    };
    match verified().map_err(PkiError::OpenSsl)? {
        None => Ok(()),
        Some((reason, subject)) => Err(refused(reason, subject)),
    }
}
