//! Files to servers and back, against servers that the tests start themselves.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/authority.rs"]
mod authority;
#[path = "../support/random.rs"]
mod random;
#[path = "../support/sending.rs"]
mod sending;

mod ftp;
mod http;
mod sftp;
mod tftp;
