//! Where phones are served.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use capf::admin::CapfCertificate;
use capf::config::Config;
use capf::model::{ParameterValues, TlsVersion};
use capf::server::Listener;

use crate::command_error::CommandError;
use crate::commands::tls_cost::cost_of;
use crate::context::Context;
use crate::systemd;

/// The sockets that systemd hands over, for as long as the process lives.
pub(super) fn inherited() -> Result<Vec<TcpListener>, CommandError> {
    systemd::sockets().map_err(|error| not_inherited(&error))
}

/// Listeners on the sockets that were handed over, and on the addresses that are listened to besides.
pub(super) fn listeners(
    context: &Context,
    config: &Config,
    parameters: &ParameterValues,
    capf: &CapfCertificate,
    inherited: &[TcpListener],
) -> Result<Vec<Listener>, CommandError> {
    let minimum = parameters.tls_minimum_version();
    let mut own = if inherited.is_empty() || !config.listen.is_empty() {
        places(config, parameters)
    } else {
        Vec::new()
    };
    let mut places = Vec::new();
    let mut sockets = Vec::new();
    for socket in inherited {
        let address = socket.local_addr().map_err(|error| not_inherited(&error))?;
        let given = own.iter().position(|(other, _)| *other == address);
        let place = given.map_or((address, minimum), |given| own.remove(given));
        places.push(place);
        // One that is left stays open: a service that begins anew listens there again, and phones that
        // come meanwhile wait for it.
        sockets.push((
            socket.try_clone().map_err(|error| not_inherited(&error))?,
            place.1,
        ));
    }
    places.extend(&own);
    warn(context, &places, parameters);
    let mut listeners = Vec::new();
    for (socket, version) in sockets {
        listeners.push(Listener::inherit(socket, version, &capf.issuer)?);
    }
    listeners.extend(Listener::bind_all(&own, &capf.issuer)?);
    Ok(listeners)
}

fn not_inherited(error: &io::Error) -> CommandError {
    CommandError::failed(format!(
        "a socket that was handed over cannot be used: {error}"
    ))
    .hint("The socket unit needs ListenStream= with a port, and Accept=no.")
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
