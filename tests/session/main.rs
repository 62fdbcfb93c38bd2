//! The session's rules, step by step, without a socket.
//!
//! A [`Walk`] plays the driver: it answers what the session asks of store and CA, and keeps what
//! the session did, in order.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod delete;
mod install;
mod offline_ca;
mod opening;
mod recorded;
mod troubleshoot;
mod walk;

#[path = "../conversation/mod.rs"]
mod conversation;
