//! The wire protocol: bytes ↔ messages.
