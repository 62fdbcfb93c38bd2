//! The session's rules, step by step, without a socket.
//!
//! A [`Walk`] plays the driver: it answers what the session asks of store and CA, and keeps what
//! the session did, in order.

mod delete;
mod install;
mod offline_ca;
mod opening;
mod recorded;
mod troubleshoot;
mod walk;

#[path = "../conversation/mod.rs"]
mod conversation;
