//! A phone's request for the offline CA, put on record as the phone's session does.

use std::net::{IpAddr, Ipv4Addr};

use capf::model::{Certificate, Csr, DeviceName};
use capf::pki::Request;
use capf::session::Record;
use capf::store::{Claim, Recorded, Store};

/// The phone, for which an installation is scheduled, has sent its key; its request goes to the CA
/// with this certificate.
pub(crate) async fn sends_key(
    store: &Store,
    name: &DeviceName,
    model: &str,
    ca: &Certificate,
    key: &[u8],
) -> Csr {
    let csr = Request::new(name, model, ca, key)
        .and_then(Request::unsigned)
        .unwrap();
    let record = Record::Requested { csr: csr.clone() };
    let schedule = store.scheduled(name).await.unwrap().unwrap();
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let recorded = store
        .record(name, address, &schedule, &mut Claim::new(), record)
        .await
        .unwrap();
    assert_eq!(recorded, Recorded::Kept);
    csr
}
