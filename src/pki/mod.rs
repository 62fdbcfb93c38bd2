//! The certificate policy: what is issued, requested, and accepted.

mod key;

pub use key::{KeyFingerprint, PkiError};
