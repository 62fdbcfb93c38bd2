//! The server's side of a session as a pure state machine.

mod record;

pub use record::Record;
