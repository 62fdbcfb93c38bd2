//! The certificate policy: what is issued, requested, and accepted.
