//! The service, on real sockets with TLS, each test on a port and a store of its own.
//!
//! A [`Caller`] is a phone that the test moves message by message, so that it can stop, or be
//! stopped, anywhere.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod guess;
mod held;
mod install;
mod ip;
mod metrics;
mod old_tls;
mod orders;
mod running;
mod trouble;
mod turns;
mod twice;

#[path = "../support/caller.rs"]
mod caller;
#[path = "../support/installed.rs"]
mod installed;
#[path = "../support/openssl.rs"]
mod openssl;

pub(crate) use caller::Caller;
pub(crate) use running::Running;
