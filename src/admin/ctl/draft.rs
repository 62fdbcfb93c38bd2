//! A CTL or ITL file, made.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::Serialize;

use super::verdict::{InvalidNow, invalid_now};
use super::{HashAlgorithm, Role};
use crate::admin::{AdminError, read_certificate};
use crate::ctl::CtlFile;
use crate::model::Certificate;
use crate::pki::{CtlDraft, CtlSigner, UnsignableCtl, ctl_record, md5_hex, sha1_hex};

/// What a CTL or ITL file is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CtlOrder {
    /// The name that stands in the file.
    pub file_name: String,
    /// The certificate of the token that signs it, in PEM or DER.
    pub signer_certificate: PathBuf,
    /// The token's private key, in PEM.
    pub signer_key: PathBuf,
    /// The hash under the signature.
    pub hash: HashAlgorithm,
    /// The name or the address of this CAPF server; empty where none is to be said.
    pub capf_host: String,
    /// The records, to which those of the signer and of this CAPF are added where they are missing.
    pub records: Vec<RecordOrder>,
}

/// A certificate that is to be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordOrder {
    /// What for.
    pub role: Role,
    /// The name or the address of its server; empty where none is to be said.
    pub host: String,
    /// The certificate, in PEM or DER.
    pub certificate: PathBuf,
}

/// Why a CTL or ITL file cannot be made as it was ordered.
#[derive(Debug, thiserror::Error)]
pub enum InvalidCtlOrder {
    /// More tokens than a phone takes.
    #[error(
        "{count} certificates would have the role System Administrator Security Token, with the \
         signer's; phones take {}",
        CtlFile::MAX_SASTS
    )]
    TooManySasts {
        /// How many there are.
        count: usize,
    },
    /// It cannot be signed.
    #[error(transparent)]
    Unsignable(#[from] UnsignableCtl),
}

/// A CTL or ITL file that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MadeCtl {
    /// The name that stands in it.
    pub file_name: String,
    /// Its length in bytes.
    pub length: u64,
    /// How many records it has.
    pub records: u64,
    /// The subject of the signer's certificate.
    pub signer: String,
    /// The hash under the signature.
    pub hash_algorithm: String,
    /// MD5 over the file, in hexadecimal, where the system allows it.
    pub md5: Option<String>,
    /// SHA-1 over the file, in hexadecimal.
    pub sha1: String,
    /// The certificates in it that are not valid now.
    pub invalid_now: Vec<InvalidNow>,
    /// The file.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// Makes a file in which `capf` has the role CAPF, and the signer that of a SAST: each has a record,
/// unless one was ordered.
pub fn make(order: &CtlOrder, capf: &Certificate, now: Timestamp) -> Result<MadeCtl, AdminError> {
    let signer = signer(order)?;
    let mut entries = Vec::with_capacity(order.records.len() + 2);
    for record in &order.records {
        let certificate = read_certificate(&record.certificate)?;
        entries.push((record.role, &record.host[..], certificate));
    }
    for own in [
        (Role::CAPF, &order.capf_host[..], capf.clone()),
        (Role::SAST, "", signer.certificate().clone()),
    ] {
        let is_own = |(role, _, certificate): &(_, _, _)| (role, certificate) == (&own.0, &own.2);
        if !entries.iter().any(is_own) {
            entries.insert(0, own);
        }
    }
    // As in every file that Cisco shows, the tokens stand in front.
    entries.sort_by_key(|(role, ..)| *role != Role::SAST);
    let is_sast = |(role, ..): &&(Role, _, _)| *role == Role::SAST;
    let count = entries.iter().filter(is_sast).count();
    if count > CtlFile::MAX_SASTS {
        return Err(InvalidCtlOrder::TooManySasts { count }.into());
    }
    let draft = CtlDraft {
        records: entries
            .iter()
            .map(|(role, host, certificate)| ctl_record(*role, host, certificate))
            .collect(),
        file_name: order.file_name.clone(),
        hash: order.hash,
    };
    let file = signer.sign(draft, now).map_err(InvalidCtlOrder::from)?;
    let bytes = file
        .encode()
        .map_err(|error| InvalidCtlOrder::Unsignable(error.into()))?;
    Ok(MadeCtl {
        file_name: order.file_name.clone(),
        length: bytes.len() as u64,
        records: file.records.len() as u64,
        signer: signer.certificate().subject().to_owned(),
        hash_algorithm: order.hash.to_string(),
        md5: md5_hex(&bytes),
        sha1: sha1_hex(&bytes),
        invalid_now: invalid_now(&file, now),
        bytes,
    })
}

fn signer(order: &CtlOrder) -> Result<CtlSigner, AdminError> {
    let certificate = read_certificate(&order.signer_certificate)?;
    let path = &order.signer_key;
    let key = std::fs::read(path)
        .map(zeroize::Zeroizing::new)
        .map_err(|source| AdminError::Read {
            path: path.clone(),
            source,
        })?;
    Ok(CtlSigner::new(certificate, &key).map_err(InvalidCtlOrder::from)?)
}
