//! The field's nouns: what a phone, an operation, a certificate and a parameter are.
//!
//! Each type is parsed once, from the words that Cisco's documents use, and is printed in the same
//! words. Nothing here does IO.

mod certificate;
mod criteria;
mod crl;
mod csr;
mod device_name;
mod invalid_certificate;
mod node;
pub(crate) mod number;
mod operation;
mod overview;
mod parameter;
mod phone;
mod saved_search;
mod time;
mod words;

pub use certificate::{
    Certificate, CertificateKind, CertificateRecord, CertificateState, TrustAnchor, TrustPurpose,
};
pub use criteria::{Criterion, Field, InvalidCriterion, Pattern};
pub use crl::{Crl, CrlEntry, CrlNumber, CrlRecord, InvalidCrl, RevocationReason};
pub use csr::{Csr, CsrCounts, CsrProof, CsrRecord, CsrState, InvalidCsr};
pub use device_name::{DeviceName, InvalidDeviceName};
pub use invalid_certificate::InvalidCertificate;
pub use node::{InvalidNodeName, NodeName};
pub use operation::{
    AuthenticationMode, CertificateOperation, Curve, FailureReason, KeyOrder, KeyRequest,
    OperationStatus, RsaKeySize,
};
pub use overview::{ExpiryCount, IssuerCount, Overview, StatusCount};
pub use parameter::{
    AbsentParameter, InvalidParameter, IssuerMode, Parameter, ParameterKind, ParameterValues,
    Scope, TakesEffect, TlsVersion, TraceLevel,
};
pub use phone::{
    CapfSettings, DeviceSecurityMode, InvalidPhoneText, Phone, PhoneChange, phone_text,
};
pub use saved_search::{InvalidSearchName, SavedSearch, SearchName};
pub use time::{InvalidDuration, InvalidTime, parse_duration, parse_past_time, parse_time};
pub use words::{Escaped, UnknownWord, folded, is_unseen, shortened};
