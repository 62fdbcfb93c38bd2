use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};

use capf::admin::Installation;
use capf::config::{Config, Settings};
use capf::server::{self, Limits, Listener, Service, TlsProfile};
use tokio::signal::unix::{SignalKind, signal};

use crate::command_error::{CommandError, Completion};
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
/// offline CA are let go and come back.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Listen on this address, for phones that know TLS 1.2; may be repeated
    ///
    /// By default, and where no `--listen-legacy` is given either, the port of the parameter `CAPF
    /// Phone Port` (3804) on every IPv4 address.
    #[arg(long, value_name = "ADDR", value_delimiter = ',')]
    listen: Vec<SocketAddr>,

    /// Listen on this address, for phones that know TLS 1.0 alone, too; may be repeated
    ///
    /// Phones of the 7900 series need it. TLS 1.2 is spoken with phones that know it.
    #[arg(long, value_name = "ADDR", value_delimiter = ',')]
    listen_legacy: Vec<SocketAddr>,

    /// Have no more than this many connections at a time
    ///
    /// Those that wait for an offline CA included. By default 16384, and never more than the
    /// system allows files to be open.
    #[arg(long, value_name = "NUMBER")]
    max_connections: Option<u32>,

    /// Log what is at least this important: error, warn, info, debug
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: String,
}

impl Serve {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        log::begin(&self.log, context.ui.colors_stderr())
            .map_err(|error| CommandError::usage(format!("--log {}: {error}", self.log)))?;
        let config = context.config_with(Settings {
            listen: (!self.listen.is_empty()).then_some(self.listen),
            listen_legacy: (!self.listen_legacy.is_empty()).then_some(self.listen_legacy),
            max_connections: self.max_connections,
            ..Settings::default()
        })?;
        let installation = context.installation().await?;
        let _only_one = installation.lock_service()?;
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
        let limits = limits(&config);
        let mut listeners = Vec::new();
        for (address, profile) in addresses(&config, &installation).await? {
            listeners.push(Listener::bind(address, profile, &capf.issuer).await?);
        }
        // Before anybody is told that it runs, so that it can be told to end.
        let end = end()?;
        announce(context, &listeners)?;
        let store = installation.store().clone();
        let clock = std::sync::Arc::clone(installation.clock());
        let service = Service::new(store, capf.issuer, clock, limits);
        server::run(service, listeners, end).await?;
        Ok(Completion::Done)
    }
}

/// Where to listen, and how TLS is spoken there.
async fn addresses(
    config: &Config,
    installation: &Installation,
) -> Result<Vec<(SocketAddr, TlsProfile)>, CommandError> {
    let modern = config
        .listen
        .iter()
        .map(|address| (*address, TlsProfile::Modern));
    let legacy = config
        .listen_legacy
        .iter()
        .map(|address| (*address, TlsProfile::Legacy));
    let addresses: Vec<_> = modern.chain(legacy).collect();
    if !addresses.is_empty() {
        return Ok(addresses);
    }
    let port = capf::admin::parameter::values(installation)
        .await?
        .phone_port();
    Ok(vec![(
        (Ipv4Addr::UNSPECIFIED, port).into(),
        TlsProfile::Modern,
    )])
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

fn announce(context: &Context, listeners: &[Listener]) -> Result<(), CommandError> {
    let mut out = context.ui.raw();
    for listener in listeners {
        writeln!(out, "listening on {}", listener.address()?)?;
    }
    out.flush()?;
    Ok(())
}

/// Resolves when the service is told to end.
fn end() -> Result<impl Future<Output = ()>, CommandError> {
    let wait_for = |kind| {
        signal(kind).map_err(|error| CommandError::failed(format!("no signals come in: {error}")))
    };
    let mut terminated = wait_for(SignalKind::terminate())?;
    let mut interrupted = wait_for(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}
