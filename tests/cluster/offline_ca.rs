//! The Offline CA round over two nodes.

use std::process::Stdio;
use std::time::Duration;

use capf::admin::demo::ThirdPartyCa;
use capf::clock::{Clock as _, SystemClock};

use super::place::eventually;
use super::{A, B, Cluster};

/// Phones wait at the one node, and what came back from the CA is imported at the other.
#[test]
fn phones_that_wait_at_one_node_are_pushed_what_is_imported_at_the_other() {
    let Some(cluster) = Cluster::new() else {
        return;
    };
    let here = cluster.place.path();
    let ca = ThirdPartyCa::create(SystemClock.now()).unwrap();
    std::fs::write(here.join("ca.pem"), ca.certificate().to_pem()).unwrap();
    cluster.run(A, &["trust", "import", "ca.pem"]);
    cluster.run(
        A,
        &[
            "parameter",
            "set",
            "Certificate Issuer to Endpoint",
            "Offline CA",
        ],
    );
    let names = "SEP0000000D0001..SEP0000000D0014";
    cluster.add(names);
    let (_first, second) = (cluster.serve(A), cluster.serve(B));

    let address = second.address.to_string();
    let phones = cluster
        .place
        .command_in("phones", &["phone-sim", "--server", &address, names])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    eventually(|| (cluster.json(A, &["csr", "count"])["pending"] == 20).then_some(()));
    let sessions = eventually(|| {
        let sessions = cluster.json(A, &["session", "list"]);
        (sessions.as_array().unwrap().len() == 20).then_some(sessions)
    });
    assert!(
        sessions
            .as_array()
            .unwrap()
            .iter()
            .all(|session| session["node"] == B)
    );

    cluster.run(A, &["csr", "dump", "csrs.tgz"]);
    ca.sign(
        &here.join("csrs.tgz"),
        &here.join("certs.tgz"),
        SystemClock.now(),
    )
    .unwrap();
    cluster.run(A, &["cert", "import", "certs.tgz"]);
    // The node hears of it; it does not look again and again.
    let heard = std::time::Instant::now();
    let said = phones.wait_with_output().unwrap();
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stdout)
    );
    assert!(heard.elapsed() < Duration::from_secs(30));
    let found = cluster.json(
        B,
        &[
            "phone",
            "find",
            "--where",
            "LSC Status is exactly Upgrade Success",
        ],
    );
    assert_eq!(found.as_array().unwrap().len(), 20);
}
