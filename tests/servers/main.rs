//! Files to the servers that administrators run, as the distribution packages them.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "../support/authority.rs"]
mod authority;
#[path = "../support/installed.rs"]
mod installed;
#[path = "../support/sending.rs"]
mod sending;
#[path = "../transfer/tftp/trip.rs"]
mod tftp_trip;

mod atftpd;
mod nginx;
mod openssh;
mod root;
mod tftp_server;
mod tftpd_hpa;
mod vsftpd;
