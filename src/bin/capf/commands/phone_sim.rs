use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use capf::admin::{self, DeviceNames};
use capf::config::LogFormat;
use capf::model::{AuthenticationMode, Certificate, DeviceName, Escaped};
use capf::phone_sim::{
    self, CapfServer, Configuration, Identity, IpAddresses, IpMode, Outcome, PhoneKind, Retry,
    ServerTrust, StateDir, Stop, TlsProfile,
};
use capf::report::{Cell, Column};
use capf::secret::{AuthenticationString, Password};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use tokio::sync::Notify;

use crate::cli::Format;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::interrupt::heed;
use crate::ui::{Out, Rows, Ui, unless_unread};
use crate::words::words;

/// Simulate phones against any CAPF server, to test and to diagnose
///
/// Each phone does one session: it connects, does what the server asks, and waits where it is told
/// to wait. What was asked, what the phone answered and what came of it is written as each session
/// ends. It makes no use of the store: the server may be any, capf's or another.
///
/// The exit code is 0 only if every phone ended well, and 3 if only some did.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf phone-sim --server 192.0.2.1:3804 --ca CAPF.cer SEP001122334455
  capf phone-sim --server localhost:3804 --state-dir phones SEP000000000001..SEP000000000032
  capf phone-sim --server 192.0.2.1:3804 --server '[2001:db8::1]:3804' --ip-mode ipv6 CSFUSER")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line, free of the others"
)]
pub(crate) struct PhoneSim {
    /// The server's address; may be repeated
    ///
    /// Once with its IPv4 and once with its IPv6 address, where it has both. A name that stands for
    /// both is enough.
    #[arg(
        long,
        required = true,
        value_name = "HOST:PORT",
        value_delimiter = ',',
        value_parser = host_and_port
    )]
    server: Vec<String>,

    /// The phones' IP mode
    ///
    /// A dual-stack phone connects over IPv6 where it has an IPv6 address and the server does, and
    /// over IPv4 where it cannot.
    #[arg(
        long,
        value_name = "MODE",
        default_value = "dual-stack",
        value_parser = one_of(IP_MODES)
    )]
    ip_mode: IpMode,

    /// The IP addresses that the phones have
    #[arg(
        long,
        value_name = "ADDRESSES",
        default_value = "both",
        value_parser = one_of(IP_ADDRESSES)
    )]
    ip_addresses: IpAddresses,

    /// Believe no server but the one with this certificate, or one that it issued
    ///
    /// The CAPF certificate (`capf ca export`), in PEM or DER. By default any server is believed.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,

    /// The authentication mode that the phones' configuration file says
    ///
    /// With auth-string a phone sends the string that its user enters; with lsc or mic it proves itself
    /// with that certificate, or with the other where it does not have that one; with null-string it
    /// does neither. The mode stays in its flash until a certificate operation has completed. Without
    /// this option a phone sends what it has, the string and a proof (with its LSC, or with its MIC
    /// where it has no LSC), and leaves its flash alone.
    #[arg(
        long,
        value_name = "MODE",
        value_parser = words(AuthenticationMode::ALL, AuthenticationMode::option)
    )]
    auth_mode: Option<AuthenticationMode>,

    /// Have the phones load no configuration file, and use the mode in their flash
    ///
    /// As after a power failure while the TFTP server is away. The flash of a phone is NAME.flash in
    /// the directory of `--state-dir`.
    #[arg(long, requires = "state_dir", conflicts_with = "auth_mode")]
    no_tftp: bool,

    /// The string that the phones' user enters
    #[arg(
        long,
        value_name = "DIGITS",
        value_parser = AuthenticationString::new
    )]
    auth_string: Option<AuthenticationString>,

    /// The LSC that the phones have, with its private key, in one PEM file
    ///
    /// One that `--state-dir` has for a phone goes before it.
    #[arg(long, value_name = "FILE")]
    lsc: Option<PathBuf>,

    /// The MIC that the phones have, with its private key, in one PEM file
    #[arg(long, value_name = "FILE")]
    mic: Option<PathBuf>,

    /// Keep what phones remember in this directory
    ///
    /// Each phone's key and LSC as NAME.pem, and the authentication mode in its flash as NAME.flash.
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,

    /// Have no more than this many phones connected at a time
    ///
    /// A phone that waits for its certificate counts.
    #[arg(long, value_name = "N", default_value = "100")]
    jobs: std::num::NonZeroUsize,

    /// Try again this often after a communication failure, as a real phone does
    ///
    /// And where the server asks the phone to come back later.
    #[arg(long, value_name = "N", default_value_t = Retry::default().count)]
    retries: u32,

    /// Wait this long before trying again, unless the server says how long
    #[arg(long, value_name = "SECONDS", default_value_t = Retry::default().interval.as_secs())]
    retry_interval: u64,

    /// Be phones of the 7900 series, which know TLS 1.0 alone
    #[arg(long)]
    legacy: bool,

    /// Be softphones, which speak version 2 of the protocol and send neither a string nor a proof
    #[arg(long)]
    softphone: bool,

    /// Take this much longer to make a key
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    key_delay: u64,

    /// Know no keys on elliptic curves
    #[arg(long)]
    no_ec: bool,

    /// Refuse to store a certificate
    #[arg(long)]
    refuse: bool,

    /// Have the user press Stop: at first-request, key (the default), storing, or after SECONDS
    ///
    /// At `first-request` before the phone says who it is, at `key` while it makes its key, at
    /// `storing` when it is sent its certificate, and after SECONDS when it has waited so long for it.
    /// The phone declines what it was asked; where it waits, it drops the connection.
    #[arg(
        long,
        value_name = "WHEN|SECONDS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "key",
        value_parser = stop
    )]
    press_stop: Option<Stop>,

    /// The phones, by name or as a range SEP000000000001..SEP000000000032
    #[arg(required = true, value_name = "NAME")]
    names: Vec<DeviceNames>,
}

const COLUMNS: &[Column] = &[
    Column {
        key: "device",
        label: "Device Name",
    },
    Column {
        key: "succeeded",
        label: "Succeeded",
    },
    Column {
        key: "result",
        label: "Result",
    },
    Column {
        key: "attempts",
        label: "Attempts",
    },
    Column {
        key: "connected_to",
        label: "Connected To",
    },
    Column {
        key: "milliseconds",
        label: "Milliseconds",
    },
    Column {
        key: "lsc_subject",
        label: "LSC Subject",
    },
    Column {
        key: "lsc_serial_number",
        label: "LSC Serial Number",
    },
    Column {
        key: "steps",
        label: "Steps",
    },
];

impl PhoneSim {
    pub(crate) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        // What goes wrong meanwhile: nothing else is said of a phone before its session is over.
        crate::log::begin("warn", Some(LogFormat::Text), &context.ui)
            .map_err(|error| CommandError::failed(error.to_string()))?;
        let names = DeviceNames::expand(&self.names)?;
        let server = self.server()?;
        let phone = self.phone(&names[0])?;
        let phones = names.into_iter().map(|device| phone_sim::PhoneSim {
            device,
            ..phone.clone()
        });

        let mut results = Results::begin(&context.ui)?;
        let (mut ended_well, mut failed) = (0, 0);
        let mut written = Ok(());
        let nobody_reads = Notify::new();
        heed();
        let abort = async {
            tokio::select! {
                () = nobody_reads.notified() => {}
                // Without signals, nobody can break it off; it ends by itself.
                Ok(()) = tokio::signal::ctrl_c() => {}
            }
        };
        phone_sim::run_fleet(phones, &server, self.jobs.get(), abort, |outcome| {
            if outcome.succeeded() {
                ended_well += 1;
            } else {
                failed += 1;
            }
            if written.is_ok() {
                written = results.write(&outcome);
                if written.is_err() {
                    nobody_reads.notify_one();
                }
            }
        })
        .await;
        unless_unread(written.and_then(|()| results.finish()))?;
        Ok(Completion::of(ended_well, failed))
    }

    fn server(&self) -> Result<CapfServer, CommandError> {
        let trust = match &self.ca {
            Some(path) => ServerTrust::Certificate(admin::read_certificate(path)?),
            None => ServerTrust::Any,
        };
        let profile = if self.legacy {
            TlsProfile::Legacy
        } else {
            TlsProfile::Modern
        };
        let (first, others) = self.server.split_first().expect("clap asks for one");
        let server = CapfServer::new(first, trust, profile)
            .map_err(|error| CommandError::failed(error.to_string()))?;
        Ok(others.iter().fold(server, CapfServer::and_at))
    }

    /// A phone as they all are, but for their names.
    fn phone(&self, device: &DeviceName) -> Result<phone_sim::PhoneSim, CommandError> {
        let state = self.state_dir.as_ref().map(StateDir::open).transpose();
        Ok(phone_sim::PhoneSim {
            ip_mode: self.ip_mode,
            ip_addresses: self.ip_addresses,
            configuration: match self.auth_mode {
                Some(mode) => Configuration::Loaded(mode),
                None if self.no_tftp => Configuration::Lost,
                None => Configuration::Silent,
            },
            password: self
                .auth_string
                .as_ref()
                .map(|string| Password::new(string.reveal().as_bytes())),
            lsc: self.lsc.as_deref().map(identity).transpose()?,
            mic: self.mic.as_deref().map(identity).transpose()?,
            state: state.map_err(|error| CommandError::failed(error.to_string()))?,
            retry: Retry {
                count: self.retries,
                interval: Duration::from_secs(self.retry_interval),
            },
            kind: if self.softphone {
                PhoneKind::Softphone
            } else {
                PhoneKind::Hardware
            },
            key_generation_delay: Duration::from_secs(self.key_delay),
            supports_ec: !self.no_ec,
            refuses_certificates: self.refuse,
            presses_stop: self.press_stop,
            ..phone_sim::PhoneSim::new(device.clone())
        })
    }
}

const IP_MODES: &[(&str, IpMode)] = &[
    ("dual-stack", IpMode::DualStack),
    ("ipv4", IpMode::Ipv4),
    ("ipv6", IpMode::Ipv6),
];

const IP_ADDRESSES: &[(&str, IpAddresses)] = &[
    ("both", IpAddresses::Both),
    ("ipv4", IpAddresses::Ipv4),
    ("ipv6", IpAddresses::Ipv6),
];

/// A parser of the words of `table`.
fn one_of<T: Copy + Send + Sync + 'static>(
    table: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(table.iter().map(|(word, _)| *word)).map(|found| {
        let entry = table.iter().find(|(word, _)| *word == found);
        entry.expect("clap takes no other word").1
    })
}

/// Reads when Stop is pressed.
fn stop(text: &str) -> Result<Stop, &'static str> {
    match text {
        "first-request" => Ok(Stop::FirstRequest),
        "key" => Ok(Stop::KeyGeneration),
        "storing" => Ok(Stop::Storing),
        seconds => match seconds.parse().map(Duration::from_secs) {
            Ok(after) => Ok(Stop::Waiting { after }),
            Err(_) => Err("write first-request, key, storing, or a number of seconds"),
        },
    }
}

/// Checks an address as far as this can be done without asking for the host.
fn host_and_port(text: &str) -> Result<String, &'static str> {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
            Ok(text.to_owned())
        }
        _ => Err("write HOST:PORT, for example 192.0.2.1:3804 or [2001:db8::1]:3804"),
    }
}

fn identity(path: &Path) -> Result<Identity, CommandError> {
    let failed = |error: &dyn std::fmt::Display| {
        CommandError::failed(format!("{}: {error}", path.display()))
    };
    let pem = std::fs::read(path).map_err(|error| failed(&error))?;
    Identity::from_pem(&pem).map_err(|error| failed(&error))
}

/// What came of the phones' sessions, written one by one.
enum Results {
    /// Each with its steps, for a person.
    Text(Out),
    Rows(Rows<Out>),
}

impl Results {
    fn begin(ui: &Ui) -> Result<Self, CommandError> {
        Ok(match ui.format() {
            Format::Table => Self::Text(ui.raw()),
            Format::Json | Format::Jsonl | Format::Csv => Self::Rows(ui.rows(COLUMNS)?),
        })
    }

    fn write(&mut self, outcome: &Outcome) -> io::Result<()> {
        match self {
            Self::Text(out) => {
                let mut line = |text: &str| writeln!(out, "{} {}", outcome.device, Escaped(text));
                for step in steps(outcome) {
                    line(&step)?;
                }
                line(&format!(
                    "{:>8} {}{}",
                    seconds(outcome.duration),
                    if outcome.succeeded() { "" } else { "failed: " },
                    outcome.end
                ))?;
                out.flush()
            }
            Self::Rows(rows) => rows.row(&row(outcome)),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Text(mut out) => out.flush(),
            Self::Rows(rows) => rows.finish().map(drop),
        }
    }
}

fn row(outcome: &Outcome) -> [Cell; 9] {
    let lsc = outcome.lsc.as_ref().map(Identity::certificate);
    let milliseconds = u64::try_from(outcome.duration.as_millis()).unwrap_or(u64::MAX);
    [
        outcome.device.as_str().into(),
        outcome.succeeded().into(),
        outcome.end.to_string().into(),
        u64::from(outcome.attempts).into(),
        outcome
            .connected_to
            .as_ref()
            .map(SocketAddr::to_string)
            .into(),
        milliseconds.into(),
        lsc.map(Certificate::subject).into(),
        lsc.map(Certificate::serial_number).into(),
        steps(outcome).collect::<Vec<_>>().join("\n").into(),
    ]
}

fn steps(outcome: &Outcome) -> impl Iterator<Item = String> {
    outcome
        .steps
        .iter()
        .map(|step| format!("{:>8} {}", seconds(step.at), step.event))
}

fn seconds(duration: Duration) -> String {
    format!("{:.3} s", duration.as_secs_f32())
}
