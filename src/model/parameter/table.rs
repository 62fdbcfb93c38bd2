//! Each parameter in one place.
//!
//! Names and bounds are Cisco's where Cisco's documents have them. "Ours" marks a name that stands
//! in none of them (D).

use super::{IssuerMode, Parameter, ParameterKind, Scope, TlsVersion, TraceLevel};
use crate::model::CsrProof;

/// What there is to know of a parameter.
pub(super) struct Definition {
    parameter: Parameter,
    pub(super) scope: Scope,
    pub(super) kind: ParameterKind,
    pub(super) default: &'static str,
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
        default: IssuerMode::Capf.as_str(),
        help: "Who issues locally significant certificates: CAPF itself, or an offline CA that \
               signs the requests which `capf csr dump` takes out.",
    },
    Definition {
        parameter: Parameter::CertificateValidity,
        scope: Scope::Service,
        kind: integer(1, 1825),
        default: "1825",
        help: "How many days an LSC that CAPF issues is valid.",
    },
    // The bounds and defaults of IOS's `keygen-timeout` and `keygen-retry`.
    Definition {
        parameter: Parameter::KeyGenerationTime,
        scope: Scope::Service,
        kind: integer(1, 120),
        default: "30",
        help: "How many minutes a phone may take to make its key, before it is asked again. \
               Phones do it at low priority; half an hour is not unusual.",
    },
    Definition {
        parameter: Parameter::KeyGenerationAttempts,
        scope: Scope::Service,
        kind: integer(1, 100),
        default: "3",
        help: "How many times a phone is asked for a key in one session before the operation \
               fails.",
    },
    // Ours.
    Definition {
        parameter: Parameter::CsrProof,
        scope: Scope::Service,
        kind: choice(PROOFS),
        default: CsrProof::None.as_str(),
        help: "How a request to an offline CA proves that the phone holds the key: `encrypt` \
               (the phone signs a digest, RSA only), `sign` (the phone signs the request), or \
               `none`. The first two are unproven on hardware.",
    },
    // Ours.
    Definition {
        parameter: Parameter::SudiProofRequired,
        scope: Scope::Service,
        kind: BOOLEAN,
        default: FALSE,
        help: "Whether a phone that proves itself by an existing certificate must sign this \
               session's number with its MIC (SudiData), too. Without it, whoever has seen a \
               phone's proof inside the TLS connection can use it again; phones without an RSA \
               MIC cannot give it. Where a phone gives it, it must hold, whatever is set here.",
    },
    // Ours.
    Definition {
        parameter: Parameter::AcceptExpiredMic,
        scope: Scope::Service,
        kind: BOOLEAN,
        default: FALSE,
        help: "Whether a MIC counts as proof after its validity, or its issuer's, has ended, as \
               that of many phones of the 7900 series has. A MIC of another phone never counts.",
    },
    Definition {
        parameter: Parameter::KeepaliveInterval,
        scope: Scope::Service,
        kind: integer(5, 60),
        default: "15",
        help: "How many minutes pass between two keepalives on a session that waits for its \
               certificate, so that firewalls keep the connection.",
    },
    // Ours.
    Definition {
        parameter: Parameter::KeepaliveMessage,
        scope: Scope::Service,
        kind: BOOLEAN,
        default: TRUE,
        help: "Whether the keepalive is a CAPF message (True) or TCP's keepalive alone (False).",
    },
    // Ours, and the three that follow.
    Definition {
        parameter: Parameter::ConcurrentOperations,
        scope: Scope::Service,
        kind: integer(0, 100_000),
        default: "0",
        help: "How many phones may carry out a certificate operation at the same time; 0 is \
               without limit. Phones that wait for an offline CA do not count. Many phones that \
               make keys at once may interrupt call processing: use it, or a maintenance window.",
    },
    Definition {
        parameter: Parameter::OperationRate,
        scope: Scope::Service,
        kind: integer(0, 100_000),
        default: "0",
        help: "How many phones may begin a certificate operation in a minute, evenly spread; 0 \
               is without limit.",
    },
    Definition {
        parameter: Parameter::QueueTime,
        scope: Scope::Service,
        kind: integer(0, 600),
        default: "30",
        help: "How many seconds a phone over these limits is let wait for its turn, before it is \
               told to come again.",
    },
    Definition {
        parameter: Parameter::OpeningSessions,
        scope: Scope::Service,
        kind: integer(1, 100_000),
        default: "256",
        help: "How many connections of one address (of IPv6, of one /64 network) may be opening at \
               once: shake hands, and prove which phone they are. Others of the address wait for \
               their turn, for a minute at the most. An address that has a quarter as many phones \
               there as places are left gets no more of them: one more is closed, and the phone \
               tries again after 30 seconds. Raise it where very many phones sit behind one \
               address.",
    },
    // Ours; Unified CM has `set tls min-version`.
    Definition {
        parameter: Parameter::TlsMinimumVersion,
        scope: Scope::Service,
        kind: choice(VERSIONS),
        default: TlsVersion::Tls12.as_str(),
        help: "The lowest version of TLS that is spoken on the addresses for which `capf serve` \
               is told no other. Phones of the 7900 series know 1.0 alone. It takes effect when \
               the service starts.",
    },
    // Ours; of the seven levels of Unified CM's trace configuration, two of the same name.
    Definition {
        parameter: Parameter::TraceLevel,
        scope: Scope::Service,
        kind: choice(LEVELS),
        default: TraceLevel::Error.as_str(),
        help: "Which phones' sessions leave a trace file: None, those that failed (Error), or \
               all (Detailed). Secrets never stand in one. The certificates that a Troubleshoot \
               fetches are written whatever is set here.",
    },
    // Unified CM's trace configuration has a setting of this kind.
    Definition {
        parameter: Parameter::TraceFiles,
        scope: Scope::Service,
        kind: integer(10, 100_000),
        default: "1000",
        help: "How many trace files of sessions are kept; the oldest go first. Those of \
               Troubleshoot operations stay, one a phone and type of certificate.",
    },
    Definition {
        parameter: Parameter::OperationExpires,
        scope: Scope::Enterprise,
        kind: integer(1, 365),
        default: "10",
        help: "How many days after its scheduling an operation must complete, where no time was \
               given.",
    },
    Definition {
        parameter: Parameter::PhonePort,
        scope: Scope::Enterprise,
        kind: integer(1024, 65535),
        default: "3804",
        help: "The TCP port on which `capf serve` listens where `--listen` is not given.",
    },
    Definition {
        parameter: Parameter::EnableIpv6,
        scope: Scope::Enterprise,
        kind: BOOLEAN,
        default: FALSE,
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
