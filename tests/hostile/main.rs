//! Phones that break the protocol, or are broken off, at any place: the service goes on, and so
//! does the phone at its next try.
//!
//! | file | subject |
//! |---|---|
//! | `mutated` | a thousand mutations of each recorded conversation |
//! | `mutation` | what is done to the messages of a phone |
//! | `cut` | sessions of which only the first bytes arrive |
//! | `phone` | a phone that does as it is asked |
//! | `watch` | panics anywhere in the process, and the log |

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod cut;
mod mutated;
mod mutation;
mod phone;
mod watch;

#[path = "../support/caller.rs"]
mod caller;
#[path = "../conversation/mod.rs"]
mod conversation;
#[path = "../support/random.rs"]
mod random;
#[path = "../server/running.rs"]
mod running;

pub(crate) use caller::Caller;
pub(crate) use running::Running;
