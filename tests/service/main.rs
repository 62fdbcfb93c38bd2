//! The program as its users run it: processes, files, signals; and the `openssl` command as the CA
//! and as the judge.
//!
//! What these tests do not show: a real phone.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod activation;
mod authority;
mod backup;
mod capf_issues;
mod follow;
mod kill;
mod log;
mod metrics;
mod migrate;
mod offline_ca;
mod revocation;
mod signals;
mod supervised;
mod trust;

#[path = "../support/caller.rs"]
mod caller;
#[path = "../support/capfd.rs"]
mod capfd;
#[path = "../support/place.rs"]
mod place;
#[path = "../support/mod.rs"]
mod support;

use support::installed;

pub(crate) use place::{Place, Serving};
