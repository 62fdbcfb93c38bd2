//! Files to the servers that administrators run, as the distribution packages them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/authority.rs"]
mod authority;
mod installed;
#[path = "../support/sending.rs"]
mod sending;

mod atftpd;
mod nginx;
mod openssh;
mod tftpd_hpa;
mod vsftpd;
