//! A simulated phone, with a state machine of its own.
//!
//! It knows the wire and what a phone does, and nothing of how a server judges: a simulation that
//! shared the server's state machine would prove nothing about it. It serves three: an administrator
//! who looks at a CAPF server with it, the demo, and the tests.
//!
//! | file | subject |
//! |---|---|
//! | `phone` | [`PhoneSim`]: what a phone is, has and does |
//! | `ip_mode` | over which version of IP it connects |
//! | `key`, `identity` | its private keys, and the certificates with them |
//! | `proof` | how it proves itself with a certificate |
//! | `conversation` | one connection: what it is asked, and what it answers |
//! | `run` | one session: connections until one brings an end |
//! | `memory` | what it remembers from connection to connection |
//! | `state_dir` | what it remembers from session to session |
//! | `misbehaviour` | what it does wrong, where a test says so |
//! | `outcome` | everything that was asked, answered and came of it |
//! | `fleet` | many phones |
//! | `capf_server` | where the server is, which of its addresses answers, and whether it is the right one |

mod capf_server;
mod conversation;
mod error;
mod fleet;
mod identity;
mod ip_mode;
mod key;
mod memory;
mod misbehaviour;
mod outcome;
mod phone;
mod proof;
mod run;
mod state_dir;

pub use capf_server::CapfServer;
pub use conversation::Conversation;
pub use error::PhoneSimError;
pub use fleet::run_fleet;
pub use identity::Identity;
pub use ip_mode::{IpAddresses, IpMode};
pub use key::{Key, KeyShape};
pub use misbehaviour::{Flaw, Misbehaviour, Misdeed, ProofDefect, ProofElement};
pub use outcome::{End, Event, Outcome, Step};
pub use phone::{Configuration, PhoneKind, PhoneSim, Retry, Stop};
pub use state_dir::StateDir;

pub use crate::transport::{Negotiated, ServerTrust, TlsProfile};
