//! What Cisco's chapter on CAPF says of the phone and CAPF, with simulated phones that enrol at a
//! running service.
//!
//! | file | subject |
//! |---|---|
//! | `sentences` | the chapter's sentences, each a test that is named after it |
//! | `matrix` | every authentication mode, operation, key and version of the protocol, with good and wrong credentials |
//! | `statuses` | every failure status that can be provoked from the network |
//! | `site` | a service, its trust, and the phones' certificates |

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod matrix;
mod sentences;
mod site;
mod statuses;

#[path = "../support/caller.rs"]
mod caller;
#[path = "../server/running.rs"]
mod running;

pub(crate) use caller::Caller;
pub(crate) use running::Running;
pub(crate) use site::Site;
