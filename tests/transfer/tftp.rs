//! TFTP: against servers that say what the test says, and a whole one behind a bad network.

#[path = "../support/random.rs"]
mod random;

mod embedded;
mod failures;
mod network;
mod options;
mod peer;
mod trip;
mod windows;
