//! TFTP: against servers that say what the test says, and a whole one behind a bad network.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod embedded;
mod failures;
mod find;
mod left;
mod network;
mod options;
mod peer;
mod trip;
mod windows;
