//! Both nodes, administered from either.

use std::process::Child;

use super::place::eventually;
use super::{A, B, Cluster};

#[test]
fn nodes_are_listed_restarted_and_ended_together() {
    let Some(cluster) = Cluster::new() else {
        return;
    };
    let (_first, mut second) = (cluster.serve(A), cluster.serve(B));
    let nodes = || cluster.json(A, &["node", "list"]);
    let alive = |name: &str| {
        let nodes = nodes();
        let mut found = nodes
            .as_array()
            .unwrap()
            .iter()
            .filter(|node| node["name"] == name);
        found
            .next()
            .map(|node| node["status"].as_str().unwrap().to_owned())
    };
    assert_eq!(alive(A).as_deref(), Some("Alive"));
    assert_eq!(alive(B).as_deref(), Some("Alive"));
    assert_eq!(nodes()[1]["addresses"], second.address.to_string());

    // What takes effect at restart is pending on both, and begun on both.
    cluster.run(A, &["parameter", "set", "CAPF Phone Port", "3900"]);
    let status = || cluster.json(B, &["service", "status"]);
    assert_eq!(status()["pending"].as_array().unwrap().len(), 1);
    let before = status();
    cluster.run(B, &["service", "restart"]);
    let after = status();
    for node in 0..2 {
        assert_eq!(after["nodes"][node]["name"], before["nodes"][node]["name"]);
    }
    assert_eq!(after["pending"].as_array().unwrap().len(), 0);

    // One that is killed is missed, and what it had is the others'.
    let said = cluster.fails(A, &["node", "remove", B]);
    assert!(said.contains("the node capf-b lives"), "{said}");
    second.kill();
    eventually(|| (alive(B)? == "Dead").then_some(()));
    let check = cluster
        .command(A, &["check", "--service"])
        .output()
        .unwrap();
    assert_eq!(check.status.code(), Some(1), "{check:?}");
    let said = String::from_utf8(check.stdout).unwrap();
    assert!(
        said.contains("the node capf-b was last heard of at"),
        "{said}"
    );
    cluster.run(A, &["node", "remove", B]);
    assert_eq!(alive(B), None);
    let said = cluster.fails(A, &["node", "remove", B]);
    assert!(said.contains("there is no node capf-b"), "{said}");

    let _second = cluster.serve(B);
    cluster.run(A, &["service", "deactivate"]);
    assert_eq!(nodes(), serde_json::json!([]));
}

#[test]
fn a_node_without_the_common_key_serves_nobody() {
    let Some(cluster) = Cluster::new() else {
        return;
    };
    let said = cluster.fails("capf-c", &["serve", "--listen", "127.0.0.1:0"]);
    assert!(
        said.contains("the nodes on this database issue by `"),
        "{said}"
    );
    assert!(said.contains("Copy the directory `ca`"), "{said}");
    let left = cluster.place.path().join("capf-c/ca");
    assert!(!left.exists(), "no key was made");
    // What needs no key is done from any machine.
    cluster.run("capf-c", &["phone", "add", "SEP0000000E0001"]);
    assert_eq!(
        cluster
            .json(A, &["phone", "find"])
            .as_array()
            .unwrap()
            .len(),
        1
    );

    // A key that was replaced has to follow.
    cluster.run(A, &["ca", "regenerate", "--yes"]);
    let said = cluster.fails(B, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(
        said.contains("is not the CAPF certificate by which the other nodes"),
        "{said}"
    );
    std::fs::remove_dir_all(cluster.place.path().join(B)).unwrap();
    cluster.copy_key(B);
    drop(cluster.serve(B));
}

#[test]
fn what_serves_under_the_name_of_another_node_is_told() {
    let Some(cluster) = Cluster::new() else {
        return;
    };
    let mut log = Log::of(&cluster);
    eventually(|| (cluster.json(B, &["node", "list"])[0]["name"] == A).then_some(()));
    let mut other = cluster.command(B, &["--quiet", "serve", "--listen", "127.0.0.1:0"]);
    let mut other = other
        .env("CAPF_NODE", A)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    log.until("another service runs as the node capf-a");
    other.kill().unwrap();
    other.wait().unwrap();
}

/// A service on node A whose log is read.
struct Log {
    process: Child,
    lines: std::io::Lines<std::io::BufReader<std::process::ChildStderr>>,
}

impl Log {
    fn of(cluster: &Cluster) -> Self {
        use std::io::BufRead as _;
        let mut process = cluster
            .command(A, &["serve", "--listen", "127.0.0.1:0", "--log", "info"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let lines = std::io::BufReader::new(process.stderr.take().unwrap()).lines();
        Self { process, lines }
    }

    fn until(&mut self, text: &str) {
        let mut lines = self.lines.by_ref().map(Result::unwrap);
        assert!(lines.any(|line| line.contains(text)), "{text}");
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
