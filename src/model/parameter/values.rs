//! The values in force.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use super::{IssuerMode, Parameter, TlsVersion, TraceLevel};
use crate::model::CsrProof;
use crate::model::time::days_after;

/// The values in force: what was set, and the defaults for the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterValues(BTreeMap<Parameter, String>);

impl ParameterValues {
    /// Takes the values that were set; each has gone through [`Parameter::parse`].
    pub fn new(set: impl IntoIterator<Item = (Parameter, String)>) -> Self {
        Self(set.into_iter().collect())
    }

    /// The same values, with these changes; `None` puts back the default.
    #[must_use]
    pub fn with(mut self, changes: impl IntoIterator<Item = (Parameter, Option<String>)>) -> Self {
        for (parameter, value) in changes {
            match value {
                Some(value) => self.0.insert(parameter, value),
                None => self.0.remove(&parameter),
            };
        }
        self
    }

    /// The value in force.
    pub fn value(&self, parameter: Parameter) -> &str {
        self.0
            .get(&parameter)
            .map_or(parameter.default_value(), String::as_str)
    }

    /// Whether somebody set it.
    pub fn is_set(&self, parameter: Parameter) -> bool {
        self.0.contains_key(&parameter)
    }

    /// The number in force; the default where a database that somebody edited has what the
    /// parameter does not take.
    pub(super) fn integer(&self, parameter: Parameter) -> i64 {
        let taken = |value| parameter.parse(value).ok()?.parse().ok();
        taken(self.value(parameter))
            .or_else(|| taken(parameter.default_value()))
            .expect("a number's default is one")
    }

    fn small(&self, parameter: Parameter) -> u32 {
        u32::try_from(self.integer(parameter)).expect("the bounds fit")
    }

    /// The word in force; the default where a database that somebody edited has another.
    fn word<T: FromStr>(&self, parameter: Parameter) -> T {
        let (value, default) = (self.value(parameter), parameter.default_value());
        value
            .parse()
            .or_else(|_| default.parse())
            .unwrap_or_else(|_| unreachable!("a word's default is one"))
    }

    fn is_true(&self, parameter: Parameter) -> bool {
        self.value(parameter) == "True"
    }

    /// Who issues LSCs.
    pub fn issuer_mode(&self) -> IssuerMode {
        self.word(Parameter::CertificateIssuer)
    }

    /// How many days an LSC is valid.
    pub fn certificate_validity_days(&self) -> u32 {
        self.small(Parameter::CertificateValidity)
    }

    /// How long a phone may take to make its key.
    pub fn key_generation_time(&self) -> SignedDuration {
        SignedDuration::from_mins(self.integer(Parameter::KeyGenerationTime))
    }

    /// How many times a phone is asked for a key in one session.
    pub fn key_generation_attempts(&self) -> u32 {
        self.small(Parameter::KeyGenerationAttempts)
    }

    /// How a request proves possession of the key.
    pub fn csr_proof(&self) -> CsrProof {
        self.word(Parameter::CsrProof)
    }

    /// The time between two keepalives on a held session.
    pub fn keepalive_interval(&self) -> SignedDuration {
        SignedDuration::from_mins(self.integer(Parameter::KeepaliveInterval))
    }

    /// Whether the keepalive is a message.
    pub fn keepalive_message(&self) -> bool {
        self.is_true(Parameter::KeepaliveMessage)
    }

    /// The time by which an operation scheduled `now` must complete.
    pub fn completes_by(&self, now: Timestamp) -> Timestamp {
        days_after(now, self.integer(Parameter::OperationExpires))
    }

    /// The TCP port on which phones find CAPF.
    pub fn phone_port(&self) -> u16 {
        u16::try_from(self.integer(Parameter::PhonePort)).expect("the bounds fit")
    }

    /// Whether a proof by certificate must be one that cannot be replayed.
    pub fn requires_sudi_proof(&self) -> bool {
        self.is_true(Parameter::SudiProofRequired)
    }

    /// Whether a MIC counts whose validity has ended.
    pub fn accepts_expired_mic(&self) -> bool {
        self.is_true(Parameter::AcceptExpiredMic)
    }

    /// How many operations may be under way at once; `None` is without limit.
    pub fn concurrent_operations(&self) -> Option<NonZeroU32> {
        NonZeroU32::new(self.small(Parameter::ConcurrentOperations))
    }

    /// How many operations may begin in a minute; `None` is without limit.
    pub fn operations_per_minute(&self) -> Option<NonZeroU32> {
        NonZeroU32::new(self.small(Parameter::OperationRate))
    }

    /// How long a phone over these limits waits.
    pub fn queue_time(&self) -> SignedDuration {
        SignedDuration::from_secs(self.integer(Parameter::QueueTime))
    }

    /// How many sessions of one address may be opening at once.
    pub fn opening_sessions(&self) -> u32 {
        self.small(Parameter::OpeningSessions)
    }

    /// The lowest version of TLS that is spoken.
    pub fn tls_minimum_version(&self) -> TlsVersion {
        self.word(Parameter::TlsMinimumVersion)
    }

    /// Which sessions leave a trace file.
    pub fn trace_level(&self) -> TraceLevel {
        self.word(Parameter::TraceLevel)
    }

    /// How many trace files of sessions are kept.
    pub fn trace_files(&self) -> u32 {
        self.small(Parameter::TraceFiles)
    }

    /// Whether phones are served over IPv6.
    pub fn ipv6_is_enabled(&self) -> bool {
        self.is_true(Parameter::EnableIpv6)
    }
}
