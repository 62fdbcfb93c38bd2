//! IPv4 and IPv6: which listeners serve which phones, and what `Enable IPv6` changes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use capf::model::{CertificateOperation, Parameter, TlsVersion};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::running::generous;
use crate::{Caller, Running};

const EVERY_IPV4: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
const EVERY_IPV6: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
const IPV4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const IPV6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

async fn listening(addresses: &[IpAddr]) -> Running {
    let places: Vec<_> = addresses
        .iter()
        .map(|address| (SocketAddr::new(*address, 0), TlsVersion::Tls12))
        .collect();
    Running::at(&places, generous()).await
}

/// Whether a phone that connects to this address is served.
async fn serves(running: &Running, address: IpAddr) -> bool {
    let to = SocketAddr::new(address, running.address.port());
    Caller::connect(to, &running.authority).await.is_ok()
}

async fn enable_ipv6(running: &Running) {
    running.parameter(Parameter::EnableIpv6, "True").await;
    running.settled(async || serves(running, IPV6).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_over_ipv6_are_refused_unless_ipv6_is_enabled() {
    let running = listening(&[IPV6]).await;
    assert!(!serves(&running, IPV6).await);
    enable_ipv6(&running).await;
    let device = running
        .schedule("SEP0000000000A1", CertificateOperation::Install)
        .await;
    let mut phone = running.call().await;
    phone.introduce(device.as_str()).await;
    phone.enrol().await;
    let (_, address) = running.phone(&device).await.phone.last_contact.unwrap();
    assert_eq!(address, IPV6);

    running.parameter(Parameter::EnableIpv6, "False").await;
    running
        .settled(async || !serves(&running, IPV6).await)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_load_balancer_a_phone_has_its_own_address() {
    let running = Running::behind(&[IPV4]).await;
    let device = running
        .schedule("SEP0000000000A1", CertificateOperation::Install)
        .await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let header = b"PROXY TCP4 192.0.2.7 192.0.2.1 40000 3804\r\n";
    stream.write_all(header).await.unwrap();
    let mut phone = Caller::connect_over(stream, &running.authority)
        .await
        .unwrap();
    phone.introduce(device.as_str()).await;
    phone.enrol().await;
    let (_, address) = running.phone(&device).await.phone.last_contact.unwrap();
    assert_eq!(address, "192.0.2.7".parse::<IpAddr>().unwrap());
    // Whoever says nothing of it is not served there.
    assert!(!serves(&running, IPV4).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_load_balancer_cannot_give_himself_an_address() {
    let running = Running::behind(&["192.0.2.9".parse().unwrap()]).await;
    assert!(serves(&running, IPV4).await);
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let header = b"PROXY TCP4 192.0.2.7 192.0.2.1 40000 3804\r\n";
    stream.write_all(header).await.unwrap();
    let refused = Caller::connect_over(stream, &running.authority).await;
    assert!(refused.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dual_stack_listener_serves_both_and_ipv4_is_ipv4_there() {
    let running = listening(&[EVERY_IPV6]).await;
    // IPv4 does not have to be enabled, though it comes to an IPv6 socket.
    assert!(serves(&running, IPV4).await);
    assert!(!serves(&running, IPV6).await);
    enable_ipv6(&running).await;
    assert!(serves(&running, IPV4).await);
    let device = running
        .schedule("SEP0000000000A2", CertificateOperation::None)
        .await;
    let to = SocketAddr::new(IPV4, running.address.port());
    let mut phone = Caller::connect(to, &running.authority).await.unwrap();
    phone.introduce(device.as_str()).await;
    let contact = async || running.phone(&device).await.phone.last_contact.is_some();
    running.settled(contact).await;
    let (_, address) = running.phone(&device).await.phone.last_contact.unwrap();
    assert_eq!(
        address, IPV4,
        "no IPv6 address that an IPv4 one is mapped into"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_stack_listener_serves_one() {
    for (listens, other) in [(EVERY_IPV4, IPV6), (IPV4, IPV6), (IPV6, IPV4)] {
        let running = listening(&[listens]).await;
        running.parameter(Parameter::EnableIpv6, "True").await;
        let to = SocketAddr::new(other, running.address.port());
        assert!(TcpStream::connect(to).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_ipv4_and_every_ipv6_address_stand_side_by_side_on_one_port() {
    // A port that is free for both.
    let mut first = listening(&[EVERY_IPV6]).await;
    let port = first.address.port();
    first.end().await;
    let places =
        [EVERY_IPV4, EVERY_IPV6].map(|address| (SocketAddr::new(address, port), TlsVersion::Tls12));
    let running = Running::at(&places, generous()).await;
    enable_ipv6(&running).await;
    assert!(serves(&running, IPV4).await);
}
