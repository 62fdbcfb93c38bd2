//! Whole trips, and trips that are cut, against a server on a directory.

use std::fs::{self, File};

use capf::transfer::{Problem, Step, download, upload};
use libunftp::options::TlsFlags;
use tokio_util::sync::CancellationToken;

use super::embedded::Embedded;
use super::relay::{self, Relay};
use crate::random::Random;
use crate::sending::{access, bytes, fetch, file, names, send};

const TLS_1_2: TlsFlags = TlsFlags::V1_2
    .union(TlsFlags::RESUMPTION_SESS_ID)
    .union(TlsFlags::RESUMPTION_TICKETS);
const TLS_1_3: TlsFlags = TlsFlags::V1_3.union(TlsFlags::RESUMPTION_TICKETS);

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_and_comes_back_as_it_was() {
    for (scheme, address, tls) in [
        ("ftp", "127.0.0.1", None),
        ("ftp", "::1", None),
        ("ftps", "127.0.0.1", Some(TLS_1_2)),
        ("ftps", "127.0.0.1", Some(TLS_1_3)),
        ("ftps", "::1", Some(TLS_1_3)),
    ] {
        let server = Embedded::start(address, tls);
        let host = if address.contains(':') {
            format!("[{address}]")
        } else {
            address.to_owned()
        };
        let remote = server.remote(scheme, &host, "a%20b.tgz");
        let access = access(Some(&server.ca_file()));
        for content in [bytes(5_000_017), Vec::new(), bytes(1)] {
            let sent = send(&remote, &content, &access).await.unwrap();
            assert_eq!(sent.bytes, content.len() as u64);
            assert!(sent.verified);
            assert_eq!(names(&server.files()), ["a b.tgz"]);
            assert!(fs::read(server.files().join("a b.tgz")).unwrap() == content);
            assert!(fetch(&remote, &access).await.unwrap() == content);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_replaced_only_if_asked() {
    let server = Embedded::start("127.0.0.1", None);
    let remote = server.remote("ftp", "127.0.0.1", "x");
    let path = server.files().join("x");
    fs::write(&path, "old").unwrap();
    let stop = CancellationToken::new();
    let access = access(None);
    let error = upload(&remote, file(b"new"), false, &access, &|_, _| {}, &stop)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Open);
    assert!(matches!(error.problem, Problem::Exists));
    assert_eq!(fs::read(&path).unwrap(), b"old");
    upload(&remote, file(b"new"), true, &access, &|_, _| {}, &stop)
        .await
        .unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(&server.files()), ["x"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_has_come_in_the_meantime_is_not_replaced() {
    let server = Embedded::start("127.0.0.1", None);
    let remote = server.remote("ftp", "127.0.0.1", "x");
    let path = server.files().join("x");
    let meanwhile = |_, _| fs::write(&path, "another's").unwrap();
    let stop = CancellationToken::new();
    let error = upload(
        &remote,
        file(b"ours"),
        false,
        &access(None),
        &meanwhile,
        &stop,
    )
    .await
    .unwrap_err();
    assert_eq!(error.step, Step::Rename);
    assert!(matches!(error.problem, Problem::Exists));
    assert_eq!(error.left_behind, None);
    assert_eq!(fs::read(&path).unwrap(), b"another's");
    assert_eq!(names(&server.files()), ["x"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_stopped_leaves_nothing() {
    for (scheme, tls) in [("ftp", None), ("ftps", Some(TLS_1_3))] {
        let server = Embedded::start("127.0.0.1", tls);
        let remote = server.remote(scheme, "127.0.0.1", "x");
        let stop = CancellationToken::new();
        let moved = |bytes, all: Option<u64>| {
            assert_eq!(all, Some(5_000_000));
            if bytes > 2_000_000 {
                stop.cancel();
            }
        };
        let access = access(Some(&server.ca_file()));
        let error = upload(
            &remote,
            file(&bytes(5_000_000)),
            false,
            &access,
            &moved,
            &stop,
        )
        .await
        .unwrap_err();
        assert_eq!(error.step, Step::Stop);
        assert!(matches!(error.problem, Problem::Stopped));
        assert_eq!(error.left_behind, None);
        assert!(names(&server.files()).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_too_large_is_refused_before_it_comes() {
    let server = Embedded::start("127.0.0.1", None);
    let remote = server.remote("ftp", "127.0.0.1", "x");
    fs::write(server.files().join("x"), bytes(1001)).unwrap();
    let target = file(b"");
    let moved = |_, _| unreachable!("nothing is taken");
    let stop = CancellationToken::new();
    let error = download(&remote, target, 1000, &access(None), &moved, &stop)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Receive);
    assert!(matches!(error.problem, Problem::TooLarge { limit: 1000 }));
}

/// A server behind something that breaks after so many bytes.
fn fragile(tls: Option<TlsFlags>, bytes: usize) -> (Embedded, Relay, u16) {
    let (data, control) = (relay::listener(), relay::listener());
    let data_port = data.local_addr().unwrap().port();
    let control_port = control.local_addr().unwrap().port();
    let (host, address) = (relay::ADDRESS.to_string(), "127.0.0.1");
    let server = Embedded::start_for(&host, address, tls, Some(data_port));
    let relay = Relay::start(data, control, server.port, bytes);
    (server, relay, control_port)
}

const CUT: usize = 200_000;

fn seeds() -> impl Iterator<Item = usize> {
    (0..20).map(|seed| match seed {
        // Every third time before the data.
        seed if seed % 3 == 0 => Random::new(seed).below(600),
        seed => Random::new(seed).below(CUT),
    })
}

const PROTECTIONS: [(&str, Option<TlsFlags>); 2] = [("ftp", None), ("ftps", Some(TLS_1_3))];

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_cut_anywhere_fails_and_leaves_nothing() {
    for (scheme, tls) in PROTECTIONS {
        for after in seeds() {
            let (server, relay, port) = fragile(tls, after);
            let remote = format!("{scheme}://{}:{port}/x", relay::ADDRESS);
            let access = access(Some(&server.ca_file()));
            let sent = send(&remote.parse().unwrap(), &bytes(CUT), &access).await;
            let error = sent.unwrap_err();
            assert!(relay.has_cut(), "after {after}: {error}");
            assert_eq!(error.left_behind, None, "after {after}: {error}");
            assert!(names(&server.files()).is_empty(), "after {after}: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_cut_anywhere_is_an_error_and_no_short_file() {
    for (scheme, tls) in PROTECTIONS {
        for after in seeds() {
            let (server, relay, port) = fragile(tls, after);
            fs::write(server.files().join("x"), bytes(CUT)).unwrap();
            let remote = format!("{scheme}://{}:{port}/x", relay::ADDRESS);
            let access = access(Some(&server.ca_file()));
            let error = fetch(&remote.parse().unwrap(), &access).await.unwrap_err();
            assert!(relay.has_cut(), "after {after}: {error}");
            let is_about_the_connection = matches!(
                error.problem,
                Problem::Cut { .. } | Problem::Io { .. } | Problem::Tls { .. }
            );
            assert!(is_about_the_connection, "after {after}: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_between_is_no_obstacle_until_it_breaks() {
    for (scheme, tls) in PROTECTIONS {
        let (server, relay, port) = fragile(tls, 10 * CUT);
        let remote = format!("{scheme}://{}:{port}/x", relay::ADDRESS);
        let (remote, access) = (remote.parse().unwrap(), access(Some(&server.ca_file())));
        send(&remote, &bytes(CUT), &access).await.unwrap();
        assert!(fetch(&remote, &access).await.unwrap() == bytes(CUT));
        assert!(!relay.has_cut());
        assert_eq!(names(&server.files()), ["x"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_of_our_own_that_cannot_be_written_is_ours() {
    let server = Embedded::start("127.0.0.1", None);
    fs::write(server.files().join("x"), bytes(1000)).unwrap();
    let remote = server.remote("ftp", "127.0.0.1", "x");
    let full = File::options().write(true).open("/dev/full").unwrap();
    let stop = CancellationToken::new();
    let error = download(&remote, full, 1 << 20, &access(None), &|_, _| {}, &stop)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Local);
}
