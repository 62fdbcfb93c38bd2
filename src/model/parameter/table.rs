//! Each parameter in one place.
//!
//! Names and bounds are Cisco's where Cisco's documents have them; `origin` says so, and which names
//! are ours (D).

use super::{IssuerMode, Parameter, ParameterKind, Scope, TakesEffect, TlsVersion, TraceLevel};
use crate::model::CsrProof;

/// What there is to know of a parameter.
pub(super) struct Definition {
    parameter: Parameter,
    pub(super) scope: Scope,
    pub(super) kind: ParameterKind,
    /// What an integer counts; empty where the name says it, or it is a word.
    pub(super) unit: &'static str,
    pub(super) default: &'static str,
    pub(super) takes_effect: TakesEffect,
    /// From where its name is, and since which release of Unified CM, where that is known.
    pub(super) origin: &'static str,
    pub(super) help: &'static str,
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
const VERSIONS: &[&str] = &[
    TlsVersion::Tls10.as_str(),
    TlsVersion::Tls11.as_str(),
    TlsVersion::Tls12.as_str(),
    TlsVersion::Tls13.as_str(),
];
const LEVELS: &[&str] = &[
    TraceLevel::None.as_str(),
    TraceLevel::Error.as_str(),
    TraceLevel::Detailed.as_str(),
];

const OURS: &str = "capf; Unified CM has none of this name";
const UNIFIED_CM: &str = "Unified CM";

const TRUE: &str = "True";
const FALSE: &str = "False";
const BOOLEAN: ParameterKind = choice(&[TRUE, FALSE]);

const fn choice(words: &'static [&'static str]) -> ParameterKind {
    ParameterKind::Choice(words)
}

const fn integer(min: i64, max: i64) -> ParameterKind {
    ParameterKind::Integer { min, max }
}

/// Every parameter, in the order of [`Parameter::ALL`].
const TABLE: &[Definition] = &[
    Definition {
        parameter: Parameter::CertificateIssuer,
        scope: Scope::Service,
        kind: choice(ISSUERS),
        unit: "",
        default: IssuerMode::Capf.as_str(),
        takes_effect: TakesEffect::NextSession,
        origin: "Unified CM; Offline CA since 10.0, Online CA since 12.5(1)",
        help: "Who issues locally significant certificates: CAPF itself, or an offline CA that \
               signs the requests which `capf csr dump` takes out. For an offline CA, its \
               certificate has to be trusted first (`capf trust import`). On Unified CM a change \
               waits for a restart of the service; here it counts for the next session, and a \
               phone that waits for an offline CA goes on waiting.",
    },
    Definition {
        parameter: Parameter::CertificateValidity,
        scope: Scope::Service,
        kind: integer(1, 1825),
        unit: "days",
        default: "1825",
        takes_effect: TakesEffect::NextSession,
        origin: "Unified CM; in years in old releases",
        help: "How many days an LSC that CAPF issues is valid, but no longer than the CAPF \
               certificate. An offline CA decides for itself.",
    },
    Definition {
        parameter: Parameter::KeyGenerationTime,
        scope: Scope::Service,
        kind: integer(1, 120),
        unit: "minutes",
        default: "30",
        takes_effect: TakesEffect::NextSession,
        origin: "Unified CM; bounds and default of keygen-timeout in Unified CM Express",
        help: "How many minutes a phone may take to make its key, before it is asked again. \
               Phones do it at low priority; half an hour is not unusual.",
    },
    Definition {
        parameter: Parameter::KeyGenerationAttempts,
        scope: Scope::Service,
        kind: integer(1, 100),
        unit: "attempts",
        default: "3",
        takes_effect: TakesEffect::NextSession,
        origin: "Unified CM; bounds and default of keygen-retry in Unified CM Express",
        help: "How many times a phone is asked for a key in one session before the operation \
               fails.",
    },
    Definition {
        parameter: Parameter::CsrProof,
        scope: Scope::Service,
        kind: choice(PROOFS),
        unit: "",
        default: CsrProof::None.as_str(),
        takes_effect: TakesEffect::NextSession,
        origin: OURS,
        help: "How a request to an offline CA proves that the phone holds the key: `encrypt` \
               (the phone signs a digest, RSA only), `sign` (the phone signs the request), or \
               `none`. The first two are unproven on hardware.",
    },
    Definition {
        parameter: Parameter::SudiProofRequired,
        scope: Scope::Service,
        kind: BOOLEAN,
        unit: "",
        default: FALSE,
        takes_effect: TakesEffect::NextSession,
        origin: OURS,
        help: "Whether a phone that proves itself by an existing certificate must sign this \
               session's number with its MIC (SudiData), too. Without it, whoever has seen a \
               phone's proof inside the TLS connection can use it again; phones without an RSA \
               MIC cannot give it. Where a phone gives it, it must hold, whatever is set here.",
    },
    Definition {
        parameter: Parameter::AcceptExpiredMic,
        scope: Scope::Service,
        kind: BOOLEAN,
        unit: "",
        default: FALSE,
        takes_effect: TakesEffect::NextSession,
        origin: OURS,
        help: "Whether a MIC counts as proof after its validity, or its issuer's, has ended, as \
               that of many phones of the 7900 series has. A MIC of another phone never counts.",
    },
    Definition {
        parameter: Parameter::KeepaliveInterval,
        scope: Scope::Service,
        kind: integer(5, 60),
        unit: "minutes",
        default: "15",
        takes_effect: TakesEffect::AtOnce,
        origin: "Unified CM has it as `utils capf set keep_alive`, since 12.5(1)",
        help: "How many minutes pass between two keepalives on a session that waits for its \
               certificate, so that firewalls keep the connection.",
    },
    Definition {
        parameter: Parameter::KeepaliveMessage,
        scope: Scope::Service,
        kind: BOOLEAN,
        unit: "",
        default: TRUE,
        takes_effect: TakesEffect::AtOnce,
        origin: OURS,
        help: "Whether the keepalive is a CAPF message (True) or TCP's keepalive alone (False).",
    },
    Definition {
        parameter: Parameter::ConcurrentOperations,
        scope: Scope::Service,
        kind: integer(0, 100_000),
        unit: "phones",
        default: "0",
        takes_effect: TakesEffect::AtOnce,
        origin: OURS,
        help: "How many phones may carry out a certificate operation at the same time; 0 is \
               without limit. Phones that wait for an offline CA do not count. Many phones that \
               make keys at once may interrupt call processing: use it, or a maintenance window.",
    },
    Definition {
        parameter: Parameter::OperationRate,
        scope: Scope::Service,
        kind: integer(0, 100_000),
        unit: "phones",
        default: "0",
        takes_effect: TakesEffect::AtOnce,
        origin: OURS,
        help: "How many phones may begin a certificate operation in a minute, evenly spread; 0 \
               is without limit.",
    },
    Definition {
        parameter: Parameter::QueueTime,
        scope: Scope::Service,
        kind: integer(0, 600),
        unit: "seconds",
        default: "30",
        takes_effect: TakesEffect::AtOnce,
        origin: OURS,
        help: "How many seconds a phone over these limits is let wait for its turn, before it is \
               told to come again.",
    },
    Definition {
        parameter: Parameter::OpeningSessions,
        scope: Scope::Service,
        kind: integer(1, 100_000),
        unit: "connections",
        default: "256",
        takes_effect: TakesEffect::AtOnce,
        origin: OURS,
        help: "How many connections of one address (of IPv6, of one /64 network) may be opening at \
               once: shake hands, and prove which phone they are. Others of the address wait for \
               their turn, for a minute at the most. An address that has a quarter as many phones \
               there as places are left gets no more of them: one more is closed, and the phone \
               tries again after 30 seconds. Raise it where very many phones sit behind one \
               address.",
    },
    Definition {
        parameter: Parameter::TlsMinimumVersion,
        scope: Scope::Service,
        kind: choice(VERSIONS),
        unit: "",
        default: TlsVersion::Tls12.as_str(),
        takes_effect: TakesEffect::Restart,
        origin: "capf; Unified CM has it as `set tls min-version`",
        help: "The lowest version of TLS that is spoken on the addresses for which `capf serve` \
               is told no other. Phones of the 7900 series know 1.0 alone.",
    },
    Definition {
        parameter: Parameter::TraceLevel,
        scope: Scope::Service,
        kind: choice(LEVELS),
        unit: "",
        default: TraceLevel::Error.as_str(),
        takes_effect: TakesEffect::NextSession,
        origin: "capf; two of the levels of Unified CM's trace configuration, and None",
        help: "Which phones' sessions leave a trace file: None, those that failed (Error), or \
               all (Detailed). Secrets never stand in one. The certificates that a Troubleshoot \
               fetches are written whatever is set here.",
    },
    Definition {
        parameter: Parameter::TraceFiles,
        scope: Scope::Service,
        kind: integer(10, 100_000),
        unit: "files",
        default: "1000",
        takes_effect: TakesEffect::NextSession,
        origin: "Unified CM's trace configuration",
        help: "How many trace files of sessions are kept; the oldest go first. Those of \
               Troubleshoot operations stay, one a phone and type of certificate.",
    },
    Definition {
        parameter: Parameter::OperationExpires,
        scope: Scope::Enterprise,
        kind: integer(1, 365),
        unit: "days",
        default: "10",
        takes_effect: TakesEffect::AtOnce,
        origin: UNIFIED_CM,
        help: "How many days after its scheduling an operation must complete, where no time was \
               given. A change leaves alone what is scheduled already.",
    },
    Definition {
        parameter: Parameter::PhonePort,
        scope: Scope::Enterprise,
        kind: integer(1024, 65535),
        unit: "",
        default: "3804",
        takes_effect: TakesEffect::Restart,
        origin: UNIFIED_CM,
        help: "The TCP port on which `capf serve` listens where `--listen` is not given.",
    },
    Definition {
        parameter: Parameter::EnableIpv6,
        scope: Scope::Enterprise,
        kind: BOOLEAN,
        unit: "",
        default: FALSE,
        takes_effect: TakesEffect::InPart,
        origin: UNIFIED_CM,
        help: "Whether phones are served that connect over IPv6. False: their connections are \
               closed and logged, and they get no certificate unless they can use IPv4. A service \
               that listens to IPv4 alone listens to IPv6, too, from its next start on.",
    },
];

/// Each parameter stands in its place, or this does not compile.
const _: () = {
    assert!(TABLE.len() == Parameter::ALL.len());
    let mut place = 0;
    while place < TABLE.len() {
        assert!(TABLE[place].parameter as usize == place);
        place += 1;
    }
};

impl Parameter {
    pub(super) const fn definition(self) -> &'static Definition {
        &TABLE[self as usize]
    }
}
