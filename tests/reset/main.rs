//! The way to tell a call agent to reset a phone: real programs, and a web server on this machine.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod command;
mod request;

#[path = "../support/authority.rs"]
mod authority;
#[allow(dead_code, reason = "the tests of HTTPS need all of it")]
#[path = "../transfer/http/certificates.rs"]
mod https_certificates;
#[allow(dead_code, reason = "the tests of HTTPS need all of it")]
#[path = "../transfer/http/server.rs"]
mod https_server;

use capf::config;
use capf::model::DeviceName;
use capf::reset::Hook;

fn device(name: &str) -> DeviceName {
    name.parse().unwrap()
}

fn hook(settings: &config::Reset) -> Hook {
    Hook::new(settings).unwrap()
}

/// Why the phone was not reset.
async fn failure(settings: &config::Reset, name: &str) -> String {
    let outcome = hook(settings).reset(&device(name)).await;
    outcome.unwrap_err().to_string()
}
