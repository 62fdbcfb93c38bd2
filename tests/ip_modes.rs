//! How phones of every IP mode connect to CAPF: Table 1 of Cisco's chapter on it, with simulated
//! phones that enrol at the service over real sockets.
//!
//! IPv6 is not left out where the machine has no `::1`: the test fails.

#![expect(clippy::unwrap_used, reason = "what is missing fails the test")]

use std::future::pending;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

use capf::clock::{Clock, SystemClock};
use capf::model::{
    CertificateOperation, Curve, DeviceName, KeyOrder, Parameter, Phone, PhoneChange, TlsVersion,
};
use capf::phone_sim::{
    CapfServer, End, Event, IpAddresses, IpMode, Outcome, PhoneSim, Retry, ServerTrust, TlsProfile,
};
use capf::pki::{Issuer, IssuerName};
use capf::server::{self, Limits, Listener, Service};
use capf::store::{Actor, Change, Store, StoreUri};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpSocket;
use tokio::task::spawn_blocking;

use At::{V4, V6, V6Disabled, V6Refused};
use IpAddresses::Both;
use IpMode::{DualStack, Ipv4, Ipv6};

const HAS_V4: IpAddresses = IpAddresses::Ipv4;
const HAS_V6: IpAddresses = IpAddresses::Ipv6;

/// An address of CAPF's.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    V4,
    V6,
    /// IPv6, where nobody listens.
    V6Refused,
    /// IPv6, at a service whose parameter `Enable IPv6` is False.
    V6Disabled,
}

/// A row's number, the phone's IP mode and addresses, CAPF's addresses, and over which of them the
/// phone connects; `None` is "Phone cannot connect to CAPF".
type Row = (u8, IpMode, IpAddresses, &'static [At], Option<At>);

/// The table. Where IPv6 can fail and IPv4 is left, a row stands here once for each outcome.
const TABLE: &[Row] = &[
    (1, DualStack, Both, &[V4, V6], Some(V6)),
    (1, DualStack, Both, &[V4, V6Refused], Some(V4)),
    (1, DualStack, Both, &[V4, V6Disabled], Some(V4)),
    (2, DualStack, HAS_V4, &[V4, V6], Some(V4)),
    (3, DualStack, HAS_V6, &[V4, V6], Some(V6)),
    (3, DualStack, HAS_V6, &[V4, V6Refused], Some(V4)),
    (3, DualStack, HAS_V6, &[V4, V6Disabled], Some(V4)),
    (4, DualStack, HAS_V4, &[V4], Some(V4)),
    (5, DualStack, Both, &[V6], Some(V6)),
    (6, DualStack, Both, &[V4], Some(V4)),
    (7, DualStack, HAS_V4, &[V6], None),
    (8, DualStack, HAS_V6, &[V4], None),
    (9, DualStack, HAS_V6, &[V6], Some(V6)),
    (10, Ipv4, HAS_V4, &[V4, V6], Some(V4)),
    (11, Ipv6, HAS_V6, &[V4, V6], Some(V6)),
    (12, Ipv4, HAS_V4, &[V4], Some(V4)),
    (13, Ipv4, HAS_V4, &[V6], None),
    (14, Ipv6, HAS_V6, &[V6], Some(V6)),
    (15, Ipv6, HAS_V6, &[V4], None),
];

#[tokio::test]
async fn phones_connect_to_capf_as_the_table_says() {
    let capf = Capf::start().await;
    for (number, (row, ip_mode, ip_addresses, at, expected)) in TABLE.iter().enumerate() {
        let phone = PhoneSim {
            ip_mode: *ip_mode,
            ip_addresses: *ip_addresses,
            retry: Retry::NEVER,
            ..PhoneSim::new(device(number))
        };
        let outcome = phone.run(&capf.server(at), pending()).await;
        let what = format!("row {row}, {at:?}: {:?}", outcome.steps);
        let connected_to = expected.map(|at| capf.address(at));
        assert_eq!(outcome.connected_to, connected_to, "{what}");
        assert_eq!(outcome.attempts, 1, "{what}");
        match expected {
            Some(_) => assert!(outcome.succeeded() && outcome.lsc.is_some(), "{what}"),
            None => assert!(matches!(outcome.end, End::CannotConnect(_)), "{what}"),
        }
        let fell_back = at.contains(&V6Refused) || at.contains(&V6Disabled);
        assert_eq!(noted(&outcome), usize::from(fell_back), "{what}");
    }
}

#[tokio::test]
async fn who_cannot_connect_is_told_why() {
    let capf = Capf::start().await;
    let phone = PhoneSim {
        ip_addresses: HAS_V6,
        ..PhoneSim::new(device(0))
    };
    let outcome = phone.run(&capf.server(&[V4]), pending()).await;
    assert_eq!(
        outcome.end.to_string(),
        format!(
            "the phone cannot connect to CAPF: in IP mode Dual-stack and with an IPv6 address alone \
             it has no way to {}",
            capf.v4
        )
    );
    assert_eq!(outcome.attempts, 1, "it is not tried again");
}

/// What the command line says of the phone, and over which of CAPF's addresses it connects.
const COMMANDS: &[(&[&str], Option<At>)] = &[
    (&[], Some(V6)),
    (&["--ip-mode", "ipv4"], Some(V4)),
    (&["--ip-addresses", "ipv4"], Some(V4)),
    (&["--ip-mode", "ipv6", "--ip-addresses", "ipv4"], None),
];

#[tokio::test]
async fn the_command_line_says_over_which_address_a_phone_connected() {
    let capf = Capf::start().await;
    let [v4, v6] = [capf.v4, capf.v6].map(|address| address.to_string());
    for (number, (words, expected)) in COMMANDS.iter().enumerate() {
        let mut command = Command::new(env!("CARGO_BIN_EXE_capf"));
        command
            .env_clear()
            .args(["--format", "json", "phone-sim"])
            .args(["--server", &v4, "--server", &v6])
            .args(*words)
            .arg(device(number).as_str());
        let output = spawn_blocking(move || command.output()).await.unwrap();
        let output = output.unwrap();
        let outcomes: Value = serde_json::from_slice(&output.stdout).unwrap();
        let outcome = &outcomes[0];
        let connected_to = expected.map(|at| capf.address(at).to_string());
        assert_eq!(outcome["connected_to"].as_str(), connected_to.as_deref());
        assert_eq!(outcome["succeeded"], expected.is_some(), "{outcome}");
        assert_eq!(output.status.success(), expected.is_some(), "{outcome}");
    }
}

/// How many words about a failed address there are.
fn noted(outcome: &Outcome) -> usize {
    let noted = |event: &&Event| matches!(event, Event::Noted(_));
    outcome
        .steps
        .iter()
        .map(|step| &step.event)
        .filter(noted)
        .count()
}

fn device(number: usize) -> DeviceName {
    format!("SEP{number:012X}").parse().unwrap()
}

/// The service on an address of each version, with an installation scheduled for every phone; and
/// two IPv6 addresses where there is none for them.
struct Capf {
    v4: SocketAddr,
    v6: SocketAddr,
    v6_refused: SocketAddr,
    v6_disabled: SocketAddr,
    _nobody: TcpSocket,
    _directories: [TempDir; 2],
}

impl Capf {
    async fn start() -> Self {
        let (v4_and_v6, enabled) = serve(&["127.0.0.1:0", "[::1]:0"], "True").await;
        let (v6, disabled) = serve(&["[::1]:0"], "False").await;
        // It is bound, so that nobody else can listen there.
        let nobody = TcpSocket::new_v6().unwrap();
        nobody.bind("[::1]:0".parse().unwrap()).unwrap();
        Self {
            v4: v4_and_v6[0],
            v6: v4_and_v6[1],
            v6_refused: nobody.local_addr().unwrap(),
            v6_disabled: v6[0],
            _nobody: nobody,
            _directories: [enabled, disabled],
        }
    }

    fn address(&self, at: At) -> SocketAddr {
        match at {
            V4 => self.v4,
            V6 => self.v6,
            V6Refused => self.v6_refused,
            V6Disabled => self.v6_disabled,
        }
    }

    /// CAPF as a phone knows it that has these of its addresses.
    fn server(&self, at: &[At]) -> CapfServer {
        let mut addresses = at.iter().map(|at| self.address(*at).to_string());
        let first = addresses.next().unwrap();
        let server = CapfServer::new(first, ServerTrust::Any, TlsProfile::Modern).unwrap();
        addresses.fold(server, CapfServer::and_at)
    }
}

/// A service on these addresses, with this value of `Enable IPv6`.
async fn serve(addresses: &[&str], enable_ipv6: &str) -> (Vec<SocketAddr>, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let uri = StoreUri::sqlite(directory.path().join("capf.db"));
    let store = Store::open(&uri, Arc::clone(&clock)).await.unwrap();
    schedule(&store, enable_ipv6).await;
    let issuer = Issuer::create(&IssuerName::default(), clock.now()).unwrap();
    let places: Vec<_> = addresses
        .iter()
        .map(|address| (address.parse().unwrap(), TlsVersion::Tls12))
        .collect();
    let listeners = Listener::bind_all(&places, &issuer).expect("the machine has these addresses");
    let bound = listeners.iter().map(|listener| listener.address().unwrap());
    let bound = bound.collect();
    let service = Service::new(store, issuer, clock, Limits::default());
    tokio::spawn(server::run(service, listeners, pending()));
    (bound, directory)
}

/// Makes a phone known for each row, with an installation to be done.
async fn schedule(store: &Store, enable_ipv6: &str) {
    let admin = Actor::Admin("tester".to_owned());
    let enabled = Some(enable_ipv6.to_owned());
    store
        .set_parameter(&admin, Parameter::EnableIpv6, enabled)
        .await
        .unwrap();
    let devices: Vec<DeviceName> = (0..TABLE.len()).map(device).collect();
    let phones = devices.iter().cloned().map(Phone::new).collect();
    store.add_phones(&admin, phones).await.unwrap();
    let change = Change {
        change: PhoneChange {
            operation: Some(CertificateOperation::Install),
            // An EC key is made in no time.
            key_order: Some(KeyOrder::EcOnly),
            ec_key_size: Some(Curve::P256),
            ..PhoneChange::default()
        },
        ..Change::default()
    };
    store.change_phones(&admin, devices, change).await.unwrap();
}
