//! `capf shell`: at a terminal, from a script, and with every form of the commands that Cisco
//! documents.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod forms;
mod prompt;
mod script;

#[path = "../support/home.rs"]
mod home;
#[path = "../round/terminal.rs"]
mod terminal;
