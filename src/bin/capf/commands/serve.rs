use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use capf::admin::Installation;
use capf::admin::service::{self, ServiceOrders};
use capf::config::{Config, ListenOn, Settings};
use capf::model::{ParameterValues, TlsVersion};
use capf::server::{self, Ended, Limits, Listener, MetricsListener, Service};

use crate::command_error::{CommandError, Completion};
use crate::commands::end_signals::EndSignals;
use crate::commands::tls_cost::cost_of;
use crate::context::Context;
use crate::log;

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
/// again where it listens.
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
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: String,
}

impl Serve {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        log::begin(&self.log, context.ui.colors_stderr())
            .map_err(|error| CommandError::usage(format!("--log {}: {error}", self.log)))?;
        // Nothing of the key may be left in a file when the process dies.
        server::forbid_core_dumps();
        let if_activated = self.if_activated;
        let config = context.config_with(Settings {
            listen: (!self.listen.is_empty()).then_some(self.listen),
            listen_legacy: (!self.listen_legacy.is_empty()).then_some(self.listen_legacy),
            max_connections: self.max_connections,
            metrics: self.metrics,
            ..Settings::default()
        })?;
        let installation = context.installation().await?;
        let _waits_alone = if if_activated {
            Some(installation.lock_standby()?)
        } else {
            None
        };
        let limits = limits(&config);
        // Before anybody is told that it runs, so that it can be told to end.
        let mut end = EndSignals::listen()?;
        let mut only_one = None;
        loop {
            let orders = if if_activated {
                tokio::select! {
                    orders = service::activated(&installation) => orders?,
                    () = end.come() => return Ok(Completion::Done),
                }
            } else {
                service::orders(&installation).await?
            };
            // It is kept over a restart, so that no other service comes between.
            if only_one.is_none() {
                only_one = Some(installation.lock_service()?);
            }
            match serve(context, &installation, &config, limits, orders, &mut end).await? {
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

/// Serves by the parameters and the CAPF certificate as they are now, until the service is told to end
/// or to begin anew.
async fn serve(
    context: &Context,
    installation: &Installation,
    config: &Config,
    limits: Limits,
    orders: ServiceOrders,
    end: &mut EndSignals,
) -> Result<Ended, CommandError> {
    let capf = installation.capf_certificate().await?;
    if capf.created {
        context.ui.note(&format!(
            "The CAPF certificate `{}` was made; its key lies in {}.\n\
             Put it into the phones' CTL or ITL file (`capf ca export`), make phones known \
             (`capf phone add`), and schedule an installation (`capf phone set NAME \
             --operation install`).",
            capf.issuer.certificate().common_name().unwrap_or_default(),
            capf.directory.display(),
        ));
    }
    let parameters = capf::admin::parameter::values(installation).await?;
    let places = places(config, &parameters);
    warn(context, &places, &parameters);
    let listeners = Listener::bind_all(&places, &capf.issuer)?;
    let metrics = config.metrics.map(bind_metrics).transpose()?;
    announce(context, &listeners, metrics.as_ref())?;
    let store = installation.store().clone();
    let clock = std::sync::Arc::clone(installation.clock());
    let mut service = Service::new(store, capf.issuer, clock, limits)
        .with_traces(installation.traces())?
        .with_issuer_source(installation.issuer_source())
        .begun_with(parameters, orders);
    if let Some(metrics) = metrics {
        service = service.with_metrics(metrics);
    }
    Ok(server::run(service, listeners, end.come()).await?)
}

/// Where to listen, and the lowest version of TLS that is spoken there.
fn places(config: &Config, parameters: &ParameterValues) -> Vec<(SocketAddr, TlsVersion)> {
    let minimum = parameters.tls_minimum_version();
    let everywhere: IpAddr = if parameters.ipv6_is_enabled() {
        Ipv6Addr::UNSPECIFIED.into()
    } else {
        Ipv4Addr::UNSPECIFIED.into()
    };
    if config.listen.is_empty() {
        return vec![((everywhere, parameters.phone_port()).into(), minimum)];
    }
    let listen = config.listen.iter();
    listen
        .map(|place| (place.address, place.minimum_tls.unwrap_or(minimum)))
        .collect()
}

/// Says what the administrator should know of these addresses.
fn warn(context: &Context, places: &[(SocketAddr, TlsVersion)], parameters: &ParameterValues) {
    for (address, minimum) in places {
        if let Some(cost) = cost_of(*minimum) {
            context.ui.warning(&format!("On {address}, {cost}"));
        }
    }
    let ipv6 = places.iter().any(|(address, _)| address.is_ipv6());
    if ipv6 && !parameters.ipv6_is_enabled() {
        context.ui.warning(
            "Phones that connect over IPv6 will be refused, because the parameter `Enable IPv6` is \
             False; `capf parameter set 'Enable IPv6' True` serves them.",
        );
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
