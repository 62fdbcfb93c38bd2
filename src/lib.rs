//! # capf
//!
//! A Certificate Authority Proxy Function: the service on TCP port 3804 that gives Cisco IP phones
//! their locally significant certificates (LSCs), and what an administrator needs around it.
//!
//! The crate is a house of floors. A room imports its own floor where the table says so, and the
//! floors below; never above (`tests/house.rs` reads every `use` and fails on an upward import).
//!
//! | floor | rooms | what lives there |
//! |---|---|---|
//! | 0 words | [`model`] [`clock`] [`secret`] [`config`] | the field's nouns, without IO |
//! | 1 forms | [`wire`] [`archive`] [`backup`] [`ctl`] [`report`] | bytes ↔ values |
//! | 2 judgement | [`pki`] [`auth`] [`session`] | every rule of CAPF, pure and sync |
//! | 3 doors | [`reset`] [`store`] [`trace`] [`transfer`] [`transport`] [`whole_file`] | all IO |
//! | 4 work | [`server`] [`admin`] [`phone_sim`] | what is done with the rest |
//! | 5 binary | `src/bin/capf` | the command line |
//!
//! A phone's message goes up the floors: [`transport`] turns bytes into a [`wire::Message`],
//! [`server`] hands it to a [`session::Session`], which answers with outputs to be carried out in
//! order; a certificate is recorded by the [`store`] before it is sent.

pub mod admin;
pub mod archive;
pub mod auth;
pub mod backup;
pub mod clock;
pub mod config;
pub mod ctl;
pub mod model;
pub mod phone_sim;
pub mod pki;
pub mod report;
pub mod reset;
pub mod secret;
pub mod server;
pub mod session;
pub mod store;
pub mod trace;
pub mod transfer;
pub mod transport;
pub mod whole_file;
pub mod wire;
