//! The certificate policy: what is issued, requested, and accepted.
//!
//! - [`Issuer`] is the CAPF certificate with its key; it issues LSCs.
//! - [`IssuerKey`] is the CAPF CA's key, and [`IssuerAnswer`] a CAPF certificate that another CA signed.
//! - [`Request`] is a PKCS#10 request for a phone's key, which another CA signs.
//! - [`Acceptance`] judges the certificate that comes back; [`TrustStore`] knows whom to believe.
//! - [`PublicKey`] is a phone's key that was found fit, [`KeyFingerprint`] what keys are matched by.
//! - [`Description`] says what is in a certificate or a request, for a person.
//! - [`CtlSigner`] signs trust lists (CTL and ITL files) of [`ctl_record`]s, [`verify_ctl`] verifies.
//! - [`OutsideCa`] stands in for the company's CA in the demo and in tests.
//!
//! Nothing here asks for the time or does IO: the time is an argument, bytes come and go as values.

mod acceptance;
mod ctl_record;
mod ctl_signature;
mod description;
mod draft;
mod error;
mod fingerprint;
mod issuer;
mod issuer_answer;
mod issuer_key;
mod issuer_request;
mod key;
mod name;
mod outside_ca;
mod pkcs7;
mod plain;
mod profile;
mod request;
mod signed;
mod trust;

pub use acceptance::{Acceptance, Accepted, Rejection, Warning};
pub use ctl_record::ctl_record;
pub use ctl_signature::{
    BadCtlSignature, CtlDraft, CtlSigner, UnsignableCtl, ctl_hash, ctl_signer, verify_ctl,
};
pub use description::{Description, Kind};
pub use error::PkiError;
pub use fingerprint::{fingerprint, md5_hex, sha1_hex};
pub use issuer::{Issuer, IssuerOrder, LscOrder};
pub use issuer_answer::{AnswerWarning, IssuerAnswer, UnfitAnswer};
pub use issuer_key::IssuerKey;
pub use issuer_request::{new_issuer_request, subject_hash};
pub use key::{InvalidKey, KeyFingerprint, KeyKind, PublicKey};
pub use name::{InvalidIssuerName, IssuerName};
pub use outside_ca::OutsideCa;
pub use pkcs7::certificates_in_pkcs7;
pub use profile::fits_common_name;
pub use request::Request;
pub use trust::{
    Revocation, TrustStore, UnsignedCrl, Untrusted, Validity, Verified, Verifier, crl_signer,
};
