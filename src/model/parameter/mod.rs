//! Service and enterprise parameters, by their Cisco names.
//!
//! | file | subject |
//! |---|---|
//! | `table` | each parameter's scope, values, default, effect and help, from which help and man pages are made |
//! | `values` | the values in force |
//! | `together` | which values make no sense beside each other |
//! | `absent` | Cisco's parameters that are not here, and why |

mod absent;
mod table;
mod together;
mod values;

use super::UnknownWord;
use super::words::{folded, words};

pub use absent::AbsentParameter;
pub use values::ParameterValues;

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
    /// Which sessions leave a trace file (the parameter `Trace Level`).
    TraceLevel {
        /// None; the certificates that a Troubleshoot fetches are written all the same.
        None = "None", "none";
        /// Those that failed.
        Error = "Error", "error";
        /// All.
        Detailed = "Detailed", "detailed";
    }
}

words! {
    /// A version of TLS (the parameter `TLS Minimum Version`).
    TlsVersion {
        /// RFC 2246, without which phones of the 7900 series cannot connect (P).
        Tls10 = "1.0", "tls1.0";
        /// RFC 4346.
        Tls11 = "1.1", "tls1.1";
        /// RFC 5246.
        Tls12 = "1.2", "tls1.2";
        /// RFC 8446.
        Tls13 = "1.3", "tls1.3";
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
    /// When a change of a parameter takes effect in a service that runs.
    TakesEffect {
        /// At once, for the phones, too, that wait for an offline CA.
        AtOnce = "At once", "at-once";
        /// For sessions that begin after it; those under way keep to the old value.
        NextSession = "With the next session", "next-session";
        /// Where the service begins anew, as all of Cisco's do.
        Restart = "At restart of the service", "restart";
        /// At once for what phones may do, at restart for where the service listens.
        InPart = "At once; for where the service listens, at its restart", "in-part";
    }
}

impl TakesEffect {
    /// Whether something of a change waits for a restart of the service.
    pub const fn needs_restart(self) -> bool {
        matches!(self, Self::Restart | Self::InPart)
    }
}

words! {
    /// A parameter. Those of which `table` says so have their name from us and not from Cisco.
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
        /// Whether a proof by certificate must be one that cannot be replayed.
        SudiProofRequired = "SUDI Proof Required", "sudi-proof-required";
        /// Whether a MIC counts whose validity has ended.
        AcceptExpiredMic = "Accept Expired MIC", "accept-expired-mic";
        /// How often a held session is kept alive.
        KeepaliveInterval = "Keepalive Interval (in minutes)", "keep_alive";
        /// Whether the keepalive is a message, or TCP's own alone.
        KeepaliveMessage = "Keepalive Message", "keepalive-message";
        /// How many operations may be under way at once.
        ConcurrentOperations = "Maximum Concurrent Certificate Operations", "concurrent-operations";
        /// How many operations may begin in a minute.
        OperationRate = "Maximum Certificate Operations per Minute", "operations-per-minute";
        /// How long a phone over these limits waits.
        QueueTime = "Maximum Queue Time (in seconds)", "queue-time";
        /// How many sessions of one address may be opening at once.
        OpeningSessions = "Maximum Opening Sessions per Address", "opening-sessions-per-address";
        /// The lowest version of TLS that is spoken.
        TlsMinimumVersion = "TLS Minimum Version", "tls-minimum-version";
        /// Which sessions leave a trace file.
        TraceLevel = "Trace Level", "trace-level";
        /// How many trace files of sessions are kept.
        TraceFiles = "Maximum Number of Trace Files", "trace-files";
        /// How long an operation may take from its scheduling.
        OperationExpires = "CAPF Operation Expires in (days)", "operation-expires";
        /// The TCP port on which phones find CAPF.
        PhonePort = "CAPF Phone Port", "phone-port";
        /// Whether phones are served over IPv6.
        EnableIpv6 = "Enable IPv6", "enable-ipv6";
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
    /// Phones would have longer to make their keys than an operation may take.
    #[error(
        "phones would have {attempts} times {minutes} minutes to make their key, and an operation \
         expires after {days} {}", if *.days == 1 { "day" } else { "days" }
    )]
    KeyGenerationOutlastsOperation {
        /// How many times a phone is asked for a key.
        attempts: u32,
        /// How many minutes it has each time.
        minutes: i64,
        /// How many days an operation may take.
        days: i64,
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

impl Parameter {
    /// Where Unified CM keeps it.
    pub const fn scope(self) -> Scope {
        self.definition().scope
    }

    /// What it takes.
    pub const fn kind(self) -> ParameterKind {
        self.definition().kind
    }

    /// The value where nobody set one.
    pub const fn default_value(self) -> &'static str {
        self.definition().default
    }

    /// What its number counts, such as minutes; empty where it is a plain number or a word.
    pub const fn unit(self) -> &'static str {
        self.definition().unit
    }

    /// When a change takes effect.
    pub const fn takes_effect(self) -> TakesEffect {
        self.definition().takes_effect
    }

    /// From where its name is, and since which release of Unified CM, where that is known.
    pub const fn origin(self) -> &'static str {
        self.definition().origin
    }

    /// What it means, as behind the `?` of Unified CM's window.
    pub const fn help(self) -> &'static str {
        self.definition().help
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
                let option = self.spelling_of_option(value);
                let chosen = expected
                    .iter()
                    .copied()
                    .find(|word| folded(word) == folded(value) || option == Some(word))
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

    /// The spelling of what was given in the command line's short word, where there are any.
    fn spelling_of_option(self, value: &str) -> Option<&'static str> {
        match self {
            Self::CertificateIssuer => value.parse().map(IssuerMode::as_str).ok(),
            Self::TlsMinimumVersion => value.parse().map(TlsVersion::as_str).ok(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

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
