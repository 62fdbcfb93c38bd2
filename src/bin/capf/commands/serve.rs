mod listen;

use std::error::Error;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;

use capf::admin::service::{self, ServiceOrders};
use capf::admin::{Installation, check};
use capf::config::{self, Config, ListenOn, Settings};
use capf::model::NodeName;
use capf::server::{self, Ended, Limits, Listener, MetricsListener, Service};
use clap::ValueEnum;
use tokio::signal::unix::{Signal, SignalKind};

use crate::command_error::{CommandError, Completion};
use crate::commands::end_signals::{EndSignals, listen_to};
use crate::context::Context;
use crate::log::{self, Log};
use crate::systemd::Systemd;

/// Run the CAPF service
///
/// Phones connect to it, prove who they are, and have their certificates installed, deleted or
/// fetched, as is scheduled for them. The first start makes the data directory, the store and the
/// CAPF certificate, and says what to do next. `listening on ADDRESS` is written to standard output
/// for each address once phones can connect, and what happens to standard error.
///
/// SIGTERM and SIGINT end the service: sessions under way may finish, phones that wait for an
/// offline CA are let go and come back. `capf service deactivate` ends it, too, and `capf service
/// restart` lets it begin anew: it reads the parameters and the CAPF certificate again, and says
/// again where it listens. SIGHUP reads `log` from the configuration file again, so that the level of
/// the log changes while the service runs.
///
/// systemd is told when phones can connect, that the service works, and when it ends (`Type=notify`,
/// `WatchdogSec=`). Where systemd hands sockets over (a socket unit), phones are served on these, and on
/// the addresses of `--listen`, but not on the default port. For a socket on an address of `--listen`
/// the TLS version counts that stands there.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Listen on this address; may be repeated
    ///
    /// Behind a slash may stand the lowest version of TLS that is spoken there: 192.0.2.1:3804/1.2.
    /// Without, it is that of the parameter `TLS Minimum Version` (1.2). `[::]:3804` listens on
    /// every IPv6 and IPv4 address; phones that connect over IPv6 are served where the parameter
    /// `Enable IPv6` is True. By default the service listens on the port of the parameter `CAPF
    /// Phone Port` (3804), on every IPv4 address, and on every IPv6 address where IPv6 is enabled.
    #[arg(long, value_name = "ADDR[/TLS]", value_delimiter = ',')]
    listen: Vec<ListenOn>,

    /// Listen on this address, for phones that know TLS 1.0 alone, too; may be repeated
    ///
    /// The same as `--listen ADDR/1.0`. Phones of the 7900 series need it. With phones that know it,
    /// TLS 1.2 or 1.3 is spoken all the same.
    #[arg(long, value_name = "ADDR", value_delimiter = ',')]
    listen_legacy: Vec<SocketAddr>,

    /// Expect at this address a load balancer, which says whose a connection is; may be repeated
    ///
    /// Each connection from there has to begin with a header of the PROXY protocol, version 1 or 2
    /// (`send-proxy-v2`), and counts as the phone's: for what an address may do, in the log
    /// and as the last contact. Without this, a phone behind a balancer has the balancer's address.
    #[arg(long, value_name = "ADDR", value_delimiter = ',')]
    balancer: Vec<IpAddr>,

    /// Serve under this name among the machines that work on one PostgreSQL database
    ///
    /// Each needs its own; by default it is the host name. See `capf node list`.
    #[arg(long, value_name = "NAME")]
    node: Option<NodeName>,

    /// Have no more than this many connections at a time
    ///
    /// Those that wait for an offline CA included. By default 16384, and never more than the
    /// system allows files to be open.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    max_connections: Option<u32>,

    /// Let a monitoring system ask at this address
    ///
    /// `/metrics` has numbers for Prometheus, `/health` answers as long as the service lives, and
    /// `/ready` with 200 while it serves phones, and with 503 and the reason while it cannot. `metrics
    /// on ADDRESS` is written to standard output. It is HTTP without TLS and without a password:
    /// give an address that the monitoring system alone reaches, such as 127.0.0.1:9804. Off by
    /// default.
    #[arg(long, value_name = "ADDR")]
    metrics: Option<SocketAddr>,

    /// Serve only while the service is activated, and else wait for `capf service activate`
    ///
    /// For an init system: an installation that nobody has activated yet serves no phone, as on
    /// Unified CM. Without this option the service serves, activated or not.
    #[arg(long)]
    if_activated: bool,

    /// Log what is at least this important: error, warn, info, debug
    ///
    /// By default info.
    #[arg(long, value_name = "LEVEL")]
    log: Option<String>,

    /// Write the log in this format
    ///
    /// `text` is for a person. `json` is for programs: an object on each line, with `timestamp`,
    /// `level`, `message` and the event's own keys. `journal` is for systemd's journal: the priority
    /// in front, and no time. By default it is `journal` where standard error is the journal, and
    /// `text` elsewhere. The line at the end of a session has the message `session over` and the keys
    /// `session`, `address`, `device`, `operation`, `result`, `lost` or `cut_off` where the session
    /// came to no end, and `milliseconds`; a key of which nothing is known is left out.
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
}

/// How a log is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogFormat {
    Text,
    Json,
    Journal,
}

impl From<LogFormat> for config::LogFormat {
    fn from(format: LogFormat) -> Self {
        match format {
            LogFormat::Text => Self::Text,
            LogFormat::Json => Self::Json,
            LogFormat::Journal => Self::Journal,
        }
    }
}

impl Serve {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        // Nothing of the key may be left in a file when the process dies.
        server::forbid_core_dumps();
        let if_activated = self.if_activated;
        let is_level_given = self.log.is_some();
        let config = context.config_with(Settings {
            listen: (!self.listen.is_empty()).then_some(self.listen),
            listen_legacy: (!self.listen_legacy.is_empty()).then_some(self.listen_legacy),
            balancer: (!self.balancer.is_empty()).then_some(self.balancer),
            node: self.node,
            max_connections: self.max_connections,
            metrics: self.metrics,
            log: self.log,
            log_format: self.log_format.map(Into::into),
            ..Settings::default()
        })?;
        let level = config.log.as_deref().unwrap_or(log::DEFAULT_LEVEL);
        let log = log::begin(level, config.log_format, &context.ui)
            .map_err(|error| CommandError::usage(format!("the log's level: {error}")))?;
        let installation = context.installation().await?;
        let _waits_alone = if if_activated {
            Some(installation.lock_standby()?)
        } else {
            None
        };
        // Before anybody is told that it runs, so that it can be told to end.
        let mut end = EndSignals::listen()?;
        if let Some(file) = context.file()
            && !is_level_given
        {
            tokio::spawn(follow_level(log, file, listen_to(SignalKind::hangup())?));
        }
        let process = Process {
            context,
            installation: &installation,
            limits: limits(&config),
            config: &config,
            inherited: listen::inherited()?,
            systemd: Systemd::of_this_process(if_activated),
        };
        let mut only_one = None;
        loop {
            let orders = if if_activated {
                tokio::select! {
                    orders = process.activated() => orders?,
                    () = end.come() => return Ok(Completion::Done),
                }
            } else {
                service::orders(&installation).await?
            };
            // It is kept over a restart, so that no other service comes between.
            if only_one.is_none() {
                only_one = Some(installation.lock_service()?);
            }
            match process.serve(orders, &mut end).await? {
                Ended::Told => return Ok(Completion::Done),
                Ended::Restarted => tracing::info!("beginning anew"),
                Ended::Deactivated => {
                    tracing::info!("deactivated");
                    if !if_activated {
                        return Ok(Completion::Done);
                    }
                    only_one = None;
                }
            }
        }
    }
}

/// What stays the same while the service begins anew.
struct Process<'a> {
    context: &'a Context,
    installation: &'a Installation,
    config: &'a Config,
    limits: Limits,
    /// The sockets that were handed over.
    inherited: Vec<TcpListener>,
    systemd: Option<Systemd>,
}

impl Process<'_> {
    /// Waits until the service is activated.
    async fn activated(&self) -> Result<ServiceOrders, CommandError> {
        let tell = async {
            match self.systemd {
                Some(systemd) => systemd.waits(self.installation).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            orders = service::activated(self.installation) => Ok(orders?),
            never = tell => match never {},
        }
    }

    /// Serves by the parameters and the CAPF certificate as they are now, until the service is told to
    /// end or to begin anew.
    async fn serve(
        &self,
        orders: ServiceOrders,
        end: &mut EndSignals,
    ) -> Result<Ended, CommandError> {
        let capf = self.installation.capf_certificate().await?;
        if capf.created {
            self.context.ui.note(&format!(
                "The CAPF certificate `{}` was made; its key lies in {}.\n\
                 Put it into the phones' CTL or ITL file (`capf ca export`), make phones known \
                 (`capf phone add`), and schedule an installation (`capf phone set NAME \
                 --operation install`).",
                capf.issuer.certificate().common_name().unwrap_or_default(),
                capf.directory.display(),
            ));
        }
        self.warn().await?;
        let parameters = capf::admin::parameter::values(self.installation).await?;
        let listeners = listen::listeners(
            self.context,
            self.config,
            &parameters,
            &capf,
            &self.inherited,
        )?;
        let metrics = self.config.metrics.map(bind_metrics).transpose()?;
        announce(self.context, &listeners, metrics.as_ref())?;
        let store = self.installation.store().clone();
        let clock = std::sync::Arc::clone(self.installation.clock());
        let mut service = Service::new(store, capf.issuer, clock, self.limits)
            .with_traces(self.installation.traces())?
            .with_issuer_source(self.installation.issuer_source())
            .on_node(self.config.node.clone())
            .behind(self.config.balancers.clone())
            .begun_with(parameters, orders);
        if let Some(metrics) = metrics {
            service = service.with_metrics(metrics);
        }
        if let Some(systemd) = self.systemd {
            service = service.with_supervisor(systemd);
        }
        Ok(server::run(service, listeners, end.come()).await?)
    }
}

impl Process<'_> {
    /// Says in the log which certificates and lists of those who vouch for phones need somebody.
    async fn warn(&self) -> Result<(), CommandError> {
        let findings = check::authorities(self.installation, &check::Limits::default()).await?;
        for finding in findings {
            if finding.state != check::State::Ok {
                tracing::warn!("{}", finding.message);
            }
        }
        Ok(())
    }
}

/// Files that the service needs beside its connections: the store's, the logs', the listeners'.
const OTHER_FILES: u64 = 64;

fn limits(config: &Config) -> Limits {
    let wanted = u64::from(config.max_connections) + OTHER_FILES;
    let files = server::allow_open_files(wanted);
    if files < wanted {
        tracing::warn!(
            "the system lets this process open {files} files, so no more than {} phones can be \
             connected; raise it with `ulimit -n` or LimitNOFILE=",
            files.saturating_sub(OTHER_FILES)
        );
    }
    let connections = files
        .saturating_sub(OTHER_FILES)
        .min(u64::from(config.max_connections));
    Limits {
        connections: usize::try_from(connections).unwrap_or(usize::MAX),
        ..Limits::default()
    }
}

fn bind_metrics(address: SocketAddr) -> Result<MetricsListener, CommandError> {
    MetricsListener::bind(address)
        .map_err(|error| CommandError::from(error).hint("Give another address with --metrics."))
}

/// Says where phones are served, and where a monitoring system may ask. Nobody need read it: a
/// service goes on without.
fn announce(
    context: &Context,
    listeners: &[Listener],
    metrics: Option<&MetricsListener>,
) -> Result<(), CommandError> {
    let mut out = context.ui.raw();
    let mut say = |what, address| {
        if writeln!(out, "{what} {address}")
            .and_then(|()| out.flush())
            .is_err()
        {
            tracing::info!("{what} {address}");
        }
    };
    for listener in listeners {
        say("listening on", listener.address()?);
    }
    if let Some(metrics) = metrics {
        say("metrics on", metrics.address()?);
    }
    Ok(())
}

/// Reads the level of the log anew as often as it is told to.
async fn follow_level(log: Log, file: PathBuf, mut told: Signal) {
    while told.recv().await.is_some() {
        let level = match Settings::read(&file) {
            Ok(settings) => settings.log,
            Err(error) => {
                let error = &error as &dyn Error;
                tracing::error!(error, "the level of the log stays as it is");
                continue;
            }
        };
        let level = level.as_deref().unwrap_or(log::DEFAULT_LEVEL);
        match log.set_level(level) {
            Ok(()) => tracing::info!("the level of the log is `{level}` now"),
            Err(error) => tracing::error!("the level of the log stays as it is: {error}"),
        }
    }
}
