//! Service and enterprise parameters: one table, from which help and man pages are made too.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::words::{folded, words};
use super::{CsrProof, UnknownWord};

words! {
    /// Who issues LSCs (the parameter `Certificate Issuer to Endpoint`).
    IssuerMode {
        /// CAPF itself, with its own key.
        Capf = "Cisco Certificate Authority Proxy Function", "capf";
        /// A CA that is asked while the phone waits.
        OnlineCa = "Online CA", "online-ca";
        /// A CA that is reached through files: dump, sign, import.
        OfflineCa = "Offline CA", "offline-ca";
    }
}

words! {
    /// Where Unified CM keeps a parameter.
    Scope {
        /// System > Service Parameters > Cisco Certificate Authority Proxy Function.
        Service = "Service", "service";
        /// System > Enterprise Parameters.
        Enterprise = "Enterprise", "enterprise";
    }
}

words! {
    /// A parameter, by its Cisco name. `CSR Proof` and `Keepalive Message` are our own (D).
    Parameter {
        /// Who issues LSCs.
        CertificateIssuer = "Certificate Issuer to Endpoint", "certificate-issuer";
        /// How long an LSC is valid.
        CertificateValidity = "Duration Of Certificate Validity (in days)", "certificate-validity";
        /// How long a phone may take to make its key.
        KeyGenerationTime = "Maximum Allowable Time For Key Generation (in minutes)", "key-generation-time";
        /// How often a phone is asked for a key in one session.
        KeyGenerationAttempts = "Maximum Allowable Attempts for Key Generation", "key-generation-attempts";
        /// How a request proves possession of the key.
        CsrProof = "CSR Proof", "csr-proof";
        /// How often a held session is kept alive.
        KeepaliveInterval = "Keepalive Interval (in minutes)", "keep_alive";
        /// Whether the keepalive is a message, or TCP's own alone.
        KeepaliveMessage = "Keepalive Message", "keepalive-message";
        /// How long an operation may take from its scheduling.
        OperationExpires = "CAPF Operation Expires in (days)", "operation-expires";
        /// The TCP port on which phones find CAPF.
        PhonePort = "CAPF Phone Port", "phone-port";
    }
}

/// What values a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A whole number between two bounds, both included.
    Integer {
        /// The lowest.
        min: i64,
        /// The highest.
        max: i64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// A value that its parameter does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidParameter {
    /// There is no such parameter.
    #[error(transparent)]
    Unknown(#[from] UnknownWord),
    /// Not a whole number between the bounds.
    #[error("`{parameter}` takes a whole number from {min} to {max}, not `{value}`")]
    Number {
        /// The parameter's name.
        parameter: &'static str,
        /// The value.
        value: String,
        /// The lowest that is taken.
        min: i64,
        /// The highest that is taken.
        max: i64,
    },
    /// Not one of the words.
    #[error("`{parameter}` takes one of: {}; not `{value}`", .expected.join(", "))]
    Choice {
        /// The parameter's name.
        parameter: &'static str,
        /// The value.
        value: String,
        /// What is taken.
        expected: &'static [&'static str],
    },
    /// A choice that this version does not offer yet.
    #[error("`{parameter}` cannot be `{value}` yet: this version has no client for an online CA")]
    NotYet {
        /// The parameter's name.
        parameter: &'static str,
        /// The value.
        value: &'static str,
    },
}

const ISSUERS: &[&str] = &[
    IssuerMode::Capf.as_str(),
    IssuerMode::OnlineCa.as_str(),
    IssuerMode::OfflineCa.as_str(),
];
const PROOFS: &[&str] = &[
    CsrProof::Encrypt.as_str(),
    CsrProof::Sign.as_str(),
    CsrProof::None.as_str(),
];
const BOOLEANS: &[&str] = &["True", "False"];

impl Parameter {
    /// Where Unified CM keeps it.
    pub const fn scope(self) -> Scope {
        match self {
            Self::OperationExpires | Self::PhonePort => Scope::Enterprise,
            _ => Scope::Service,
        }
    }

    /// What it takes.
    pub const fn kind(self) -> ParameterKind {
        match self {
            Self::CertificateIssuer => ParameterKind::Choice(ISSUERS),
            Self::CertificateValidity => ParameterKind::Integer { min: 1, max: 1825 },
            // The bounds of IOS's `keygen-timeout` and `keygen-retry`.
            Self::KeyGenerationTime => ParameterKind::Integer { min: 1, max: 120 },
            Self::KeyGenerationAttempts => ParameterKind::Integer { min: 1, max: 100 },
            Self::CsrProof => ParameterKind::Choice(PROOFS),
            Self::KeepaliveInterval => ParameterKind::Integer { min: 5, max: 60 },
            Self::KeepaliveMessage => ParameterKind::Choice(BOOLEANS),
            Self::OperationExpires => ParameterKind::Integer { min: 1, max: 365 },
            Self::PhonePort => ParameterKind::Integer {
                min: 1024,
                max: 65535,
            },
        }
    }

    /// The value where nobody set one.
    pub const fn default_value(self) -> &'static str {
        match self {
            Self::CertificateIssuer => IssuerMode::Capf.as_str(),
            Self::CertificateValidity => "1825",
            Self::KeyGenerationTime => "30",
            Self::KeyGenerationAttempts => "3",
            Self::CsrProof => CsrProof::None.as_str(),
            Self::KeepaliveInterval => "15",
            Self::KeepaliveMessage => "True",
            Self::OperationExpires => "10",
            Self::PhonePort => "3804",
        }
    }

    /// What it means, as behind the `?` of Unified CM's window.
    pub const fn help(self) -> &'static str {
        match self {
            Self::CertificateIssuer => {
                "Who issues locally significant certificates: CAPF itself, or an offline CA that \
                 signs the requests which `capf csr dump` takes out."
            }
            Self::CertificateValidity => "How many days an LSC that CAPF issues is valid.",
            Self::KeyGenerationTime => {
                "How many minutes a phone may take to make its key. Phones do it at low priority; \
                 half an hour is not unusual."
            }
            Self::KeyGenerationAttempts => {
                "How many times a phone is asked for a key in one session before the operation fails."
            }
            Self::CsrProof => {
                "How a request to an offline CA proves that the phone holds the key: `encrypt` \
                 (the phone signs a digest, RSA only), `sign` (the phone signs the request), or \
                 `none`. The first two are unproven on hardware."
            }
            Self::KeepaliveInterval => {
                "How many minutes pass between two keepalives on a session that waits for its \
                 certificate, so that firewalls keep the connection."
            }
            Self::KeepaliveMessage => {
                "Whether the keepalive is a CAPF message (True) or TCP's keepalive alone (False)."
            }
            Self::OperationExpires => {
                "How many days after its scheduling an operation must complete, where no time was \
                 given."
            }
            Self::PhonePort => {
                "The TCP port on which `capf serve` listens where `--listen` is not given."
            }
        }
    }

    /// Reads a value as a person writes it and gives it in its one spelling.
    pub fn parse(self, value: &str) -> Result<String, InvalidParameter> {
        let parameter = self.as_str();
        match self.kind() {
            ParameterKind::Integer { min, max } => value
                .trim()
                .parse::<i64>()
                .ok()
                .filter(|number| (min..=max).contains(number))
                .map(|number| number.to_string())
                .ok_or_else(|| InvalidParameter::Number {
                    parameter,
                    value: value.to_owned(),
                    min,
                    max,
                }),
            ParameterKind::Choice(expected) => {
                let by_option = value.parse::<IssuerMode>().ok().map(IssuerMode::as_str);
                let chosen = expected
                    .iter()
                    .copied()
                    .find(|word| folded(word) == folded(value) || by_option == Some(word))
                    .ok_or_else(|| InvalidParameter::Choice {
                        parameter,
                        value: value.to_owned(),
                        expected,
                    })?;
                if chosen == IssuerMode::OnlineCa.as_str() {
                    return Err(InvalidParameter::NotYet {
                        parameter,
                        value: chosen,
                    });
                }
                Ok(chosen.to_owned())
            }
        }
    }
}

/// The values in force: what was set, and the defaults for the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterValues(BTreeMap<Parameter, String>);

impl ParameterValues {
    /// Takes the values that were set; each has gone through [`Parameter::parse`].
    pub fn new(set: impl IntoIterator<Item = (Parameter, String)>) -> Self {
        Self(set.into_iter().collect())
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
    fn integer(&self, parameter: Parameter) -> i64 {
        let taken = |value| parameter.parse(value).ok()?.parse().ok();
        taken(self.value(parameter))
            .or_else(|| taken(parameter.default_value()))
            .expect("a number's default is one")
    }

    fn small(&self, parameter: Parameter) -> u32 {
        u32::try_from(self.integer(parameter)).expect("the bounds fit")
    }

    /// Who issues LSCs.
    pub fn issuer_mode(&self) -> IssuerMode {
        self.value(Parameter::CertificateIssuer)
            .parse()
            .unwrap_or(IssuerMode::Capf)
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
        self.value(Parameter::CsrProof)
            .parse()
            .unwrap_or(CsrProof::None)
    }

    /// The time between two keepalives on a held session.
    pub fn keepalive_interval(&self) -> SignedDuration {
        SignedDuration::from_mins(self.integer(Parameter::KeepaliveInterval))
    }

    /// Whether the keepalive is a message.
    pub fn keepalive_message(&self) -> bool {
        self.value(Parameter::KeepaliveMessage) == "True"
    }

    /// The time by which an operation scheduled `now` must complete.
    pub fn completes_by(&self, now: Timestamp) -> Timestamp {
        super::time::days_after(now, self.integer(Parameter::OperationExpires))
    }

    /// The TCP port on which phones find CAPF.
    pub fn phone_port(&self) -> u16 {
        u16::try_from(self.integer(Parameter::PhonePort)).expect("the bounds fit")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_that_its_parameter_takes() {
        for parameter in Parameter::ALL {
            let default = parameter.default_value();
            assert_eq!(
                parameter.parse(default).as_deref(),
                Ok(default),
                "{parameter}"
            );
        }
    }

    #[test]
    fn a_value_that_its_parameter_does_not_take_counts_as_the_default() {
        for value in ["0", "-1", "", "soon", "99999999999999999999"] {
            let values = ParameterValues::new([(Parameter::KeepaliveInterval, value.to_owned())]);
            assert_eq!(
                values.keepalive_interval(),
                SignedDuration::from_mins(15),
                "{value}"
            );
        }
    }

    #[test]
    fn values_outside_the_bounds_are_refused_with_the_bounds() {
        let error = Parameter::KeepaliveInterval
            .parse("61")
            .unwrap_err()
            .to_string();
        assert!(error.contains("5 to 60"), "{error}");
        assert!(Parameter::CertificateIssuer.parse("my CA").is_err());
    }

    #[test]
    fn the_issuer_is_read_in_ciscos_words_and_in_ours() {
        for word in ["Offline CA", "offline-ca", "OFFLINE ca"] {
            assert_eq!(
                Parameter::CertificateIssuer.parse(word).as_deref(),
                Ok("Offline CA")
            );
        }
        let values =
            ParameterValues::new([(Parameter::CertificateIssuer, "Offline CA".to_owned())]);
        assert_eq!(values.issuer_mode(), IssuerMode::OfflineCa);
        assert_eq!(values.certificate_validity_days(), 1825);
    }
}
