//! The service, on real sockets with TLS, each test on a port and a store of its own.
//!
//! A [`Caller`] is a phone that the test moves message by message, so that it can stop, or be
//! stopped, anywhere.

mod caller;
mod held;
mod install;
mod running;
mod trouble;

pub(crate) use caller::Caller;
pub(crate) use running::Running;
