//! What a monitoring system is told, and that nobody does harm by asking.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use capf::model::{CertificateOperation, Parameter};
use capf::server::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Running;
use crate::running::generous;

/// What is answered to a request: the status line, the headers and the body.
struct Answer {
    status: u16,
    headers: String,
    body: String,
}

/// Sends these bytes and reads to the end; `None` where there is no answer.
async fn send(address: SocketAddr, bytes: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Whoever has heard enough closes the connection.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (headers, body) = answer.split_once("\r\n\r\n")?;
    Some(Answer {
        status: headers.split(' ').nth(1)?.parse().ok()?,
        headers: headers.to_lowercase(),
        body: body.to_owned(),
    })
}

async fn get(running: &Running, path: &str) -> Answer {
    let request = format!("GET {path} HTTP/1.1\r\nHost: capf\r\n\r\n");
    send(running.metrics, request.as_bytes()).await.unwrap()
}

/// Every sample by its name and labels, of a text that is as the format demands.
async fn samples(running: &Running) -> BTreeMap<String, f64> {
    let request = "GET /metrics HTTP/1.1\r\nHost: capf\r\n\
                   Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n\r\n";
    let open = send(running.metrics, request.as_bytes()).await.unwrap();
    assert_eq!(open.status, 200);
    assert!(
        open.headers
            .contains("application/openmetrics-text; version=1.0.0")
    );
    let body = open.body.strip_suffix("# EOF\n").expect("it is whole");
    let samples = parsed(body, |name, kind| match kind {
        "counter" => vec![format!("{name}_total")],
        "histogram" => ["bucket", "sum", "count"]
            .map(|suffix| format!("{name}_{suffix}"))
            .into(),
        _ => vec![name.to_owned()],
    });

    let classic = get(running, "/metrics").await;
    assert!(classic.headers.contains("text/plain; version=0.0.4"));
    let same = parsed(&classic.body, |name, kind| match kind {
        "histogram" => ["bucket", "sum", "count"]
            .map(|suffix| format!("{name}_{suffix}"))
            .into(),
        _ => vec![name.to_owned()],
    });
    assert!(samples.keys().eq(same.keys()), "{samples:?}\n{same:?}");
    samples
}

/// Reads the lines: each sample belongs to a metric that was described, and is there once.
fn parsed(text: &str, names: impl Fn(&str, &str) -> Vec<String>) -> BTreeMap<String, f64> {
    let mut described = BTreeSet::new();
    let mut samples = BTreeMap::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (what, name, rest) = (words.next(), words.next(), words.next());
            assert!(name.is_some_and(|name| name.starts_with("capf_")), "{line}");
            match what {
                Some("TYPE") => described.extend(names(name.unwrap(), rest.unwrap())),
                Some("HELP" | "UNIT") => {}
                _ => panic!("{line}"),
            }
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split('{').next().unwrap();
        assert!(described.contains(name), "{line} is not described");
        if let Some(labels) = series
            .strip_prefix(name)
            .filter(|labels| !labels.is_empty())
        {
            assert!(labels.starts_with('{') && labels.ends_with("\"}"), "{line}");
        }
        let before = samples.insert(series.to_owned(), value.parse::<f64>().unwrap());
        assert_eq!(before, None, "{line} is there twice");
    }
    samples
}

/// Waits until the numbers are these.
async fn counted(running: &Running, expected: &[(&str, f64)]) {
    let is_so = async || {
        let samples = samples(running).await;
        expected.iter().all(|(series, value)| {
            let found = samples
                .get(*series)
                .unwrap_or_else(|| panic!("{series} in {samples:?}"));
            (found - value).abs() < f64::EPSILON
        })
    };
    running.settled(is_so).await;
}

async fn enrols(running: &Running, name: &str) {
    running.schedule(name, CertificateOperation::Install).await;
    let mut phone = running.call().await;
    phone.introduce(name).await;
    phone.enrol().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_counted_by_what_came_of_them() {
    let running = Running::start().await;
    for number in 1..=3 {
        enrols(&running, &format!("SEP00000000100{number}")).await;
    }
    let mut stranger = running.call().await;
    stranger.introduce("SEP0000000000FF").await;
    drop(stranger);
    let device = running
        .schedule("SEP000000001004", CertificateOperation::Install)
        .await;
    let mut fails = running.call().await;
    fails.introduce(device.as_str()).await;
    fails.stream().write_all(&[0xff; 64]).await.unwrap();
    fails.hears_nothing_more().await;
    drop(running.call().await);
    let mut plain = TcpStream::connect(running.address).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let _ = plain.read_to_end(&mut Vec::new()).await;

    counted(
        &running,
        &[
            (
                "capf_sessions_total{operation=\"install\",result=\"success\"}",
                3.0,
            ),
            (
                "capf_sessions_total{operation=\"install\",result=\"failure\"}",
                1.0,
            ),
            (
                "capf_sessions_total{operation=\"none\",result=\"refused\"}",
                1.0,
            ),
            (
                "capf_sessions_total{operation=\"none\",result=\"lost\"}",
                1.0,
            ),
            ("capf_sessions_open", 0.0),
            ("capf_session_duration_seconds_count", 6.0),
            ("capf_issuing_duration_seconds_count", 3.0),
            ("capf_connections_accepted_total", 7.0),
            ("capf_handshakes_failed_total{reason=\"failed\"}", 1.0),
            ("capf_messages_refused_total{reason=\"malformed\"}", 1.0),
            ("capf_store_errors_total", 0.0),
            ("capf_store_up", 1.0),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_held_or_queued_is_told_as_it_is_now() {
    let running = Running::with_parameters(
        generous(),
        &[
            (Parameter::ConcurrentOperations, "1"),
            (Parameter::CertificateIssuer, "Offline CA"),
        ],
    )
    .await;
    let mut phones = Vec::new();
    for number in 1..=3 {
        let name = format!("SEP00000000200{number}");
        running.schedule(&name, CertificateOperation::Install).await;
        let mut phone = running.call().await;
        phone.give_name(&name).await;
        phones.push(phone);
        if number == 1 {
            phones[0].hear().await;
            phones[0].give_key().await;
            counted(&running, &[("capf_sessions_held", 1.0)]).await;
        }
    }
    counted(
        &running,
        &[
            ("capf_sessions_open", 3.0),
            ("capf_operations_under_way", 1.0),
            ("capf_queue_length", 1.0),
        ],
    )
    .await;
    drop(phones);
    counted(
        &running,
        &[
            ("capf_sessions_open", 0.0),
            ("capf_sessions_held", 0.0),
            ("capf_operations_under_way", 0.0),
            ("capf_queue_length", 0.0),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_says_is_told_and_kept_for_a_while() {
    let running = Running::start().await;
    enrols(&running, "SEP000000003001").await;
    let first = samples(&running).await;
    let count = |series: &str| first[series];
    for (series, expected) in [
        ("capf_phones{status=\"Upgrade Success\"}", 1.0),
        ("capf_phones{status=\"Upgrade Failed: Invalid MIC\"}", 0.0),
        ("capf_lscs_expired", 0.0),
        ("capf_lscs_expiring{within_days=\"90\"}", 0.0),
        ("capf_csrs{state=\"pending\"}", 0.0),
    ] {
        assert!((count(series) - expected).abs() < f64::EPSILON, "{series}");
    }
    let phones = first.keys().filter(|it| it.starts_with("capf_phones{"));
    assert_eq!(phones.count(), 34);
    assert!(first.keys().all(|series| !series.contains("SEP")));
    let expires = running.authority.not_after().as_second();
    #[expect(clippy::cast_precision_loss, reason = "a time has 31 bits")]
    let expires = expires as f64;
    assert!((count("capf_certificate_expiry_timestamp_seconds") - expires).abs() < 1.0);
    assert!(count("capf_next_lsc_expiry_timestamp_seconds") > 0.0);

    // The next phone is counted when somebody asks a while later.
    enrols(&running, "SEP000000003002").await;
    let second = samples(&running).await;
    let series = "capf_census_timestamp_seconds";
    assert!((second[series] - first[series]).abs() < f64::EPSILON);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_over_a_limit_is_counted_by_the_limit() {
    let limits = Limits {
        connections: 1,
        ..generous()
    };
    let running = Running::with(limits).await;
    running
        .schedule("SEP000000004001", CertificateOperation::Install)
        .await;
    let mut phone = running.call().await;
    let mut same = TcpStream::connect(running.address).await.unwrap();
    assert_eq!(same.read(&mut [0]).await.unwrap_or(0), 0);
    counted(
        &running,
        &[(
            "capf_connections_refused_total{reason=\"address_share\"}",
            1.0,
        )],
    )
    .await;
    // One that has proved itself does not count for its address any more.
    phone.introduce("SEP000000004001").await;
    let mut one_more = TcpStream::connect(running.address).await.unwrap();
    assert_eq!(one_more.read(&mut [0]).await.unwrap_or(0), 0);
    counted(
        &running,
        &[("capf_connections_refused_total{reason=\"full\"}", 1.0)],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_readiness_are_told_in_a_line() {
    let running = Running::start().await;
    let health = get(&running, "/health").await;
    assert_eq!((health.status, &health.body[..]), (200, "serving\n"));
    let is_ready = async || get(&running, "/ready").await.status == 200;
    running.settled(is_ready).await;

    // Somebody ruins the database.
    let database = rusqlite::Connection::open(running.directory().join("capf.db")).unwrap();
    database
        .execute_batch("DROP TABLE schema_version; DROP TABLE session; DROP TABLE phone;")
        .unwrap();
    let is_unready = async || get(&running, "/ready").await.status == 503;
    running.settled(is_unready).await;
    let why = get(&running, "/ready").await.body;
    assert!(why.contains("schema_version"), "{why}");
    assert_eq!(why.lines().count(), 1, "{why}");
    assert_eq!(get(&running, "/health").await.status, 200);
    counted(&running, &[("capf_store_up", 0.0)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_paths_and_methods_are_refused() {
    let running = Running::start().await;
    assert_eq!(get(&running, "/").await.status, 404);
    assert_eq!(get(&running, "/metrics/../health").await.status, 404);
    let post = b"POST /metrics HTTP/1.1\r\nHost: capf\r\nContent-Length: 1000000000\r\n\r\n";
    let refused = send(running.metrics, post).await.unwrap();
    assert_eq!(refused.status, 405);
    assert!(
        refused.headers.contains("allow: get, head"),
        "{}",
        refused.headers
    );
    let head = b"HEAD /health HTTP/1.1\r\nHost: capf\r\n\r\n";
    let headers_alone = send(running.metrics, head).await.unwrap();
    assert_eq!((headers_alone.status, &headers_alone.body[..]), (200, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_and_requests_without_end_are_closed() {
    let running = Running::start().await;
    let long_line = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(1 << 20));
    let long_header = format!("GET /metrics HTTP/1.1\r\nX: {}", "a".repeat(1 << 20));
    let many_headers = format!("GET /metrics HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(10_000));
    for nonsense in [
        &[0; 64][..],
        &[0xff; 1 << 13],
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"\r\n\r\n\r\n\r\n",
        b"GET /metrics HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        long_line.as_bytes(),
        long_header.as_bytes(),
        many_headers.as_bytes(),
    ] {
        let answer = send(running.metrics, nonsense).await;
        assert!(
            answer.is_none_or(|answer| (400..=505).contains(&answer.status)),
            "{:?}",
            &nonsense[..nonsense.len().min(32)]
        );
    }
    assert_eq!(get(&running, "/health").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_many_connections_keeps_no_phone_waiting_and_others_for_seconds() {
    let mut running = Running::start().await;
    let mut slow = Vec::new();
    for _ in 0..100 {
        let mut stream = TcpStream::connect(running.metrics).await.unwrap();
        stream.write_all(b"GET /metr").await.unwrap();
        slow.push(stream);
    }
    enrols(&running, "SEP000000005001").await;
    // Those in front are closed when their time is up.
    let mut first = slow.remove(0);
    let _ = first.read_to_end(&mut Vec::new()).await;
    drop(slow);
    assert_eq!(get(&running, "/health").await.status, 200);
    // One that is open does not hold up the end either.
    let _open = TcpStream::connect(running.metrics).await.unwrap();
    running.end().await;
    assert!(TcpStream::connect(running.metrics).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_service_ends_it_is_alive_and_not_ready() {
    let running = Running::start().await;
    running
        .schedule("SEP000000006001", CertificateOperation::Install)
        .await;
    let mut phone = running.call().await;
    phone.introduce("SEP000000006001").await;
    let mut ending = running;
    let metrics = ending.metrics;
    let ends = async {
        ending.end().await;
    };
    let watches = async {
        let request = b"GET /ready HTTP/1.1\r\nHost: capf\r\n\r\n";
        loop {
            let answer = send(metrics, request).await.unwrap();
            if answer.status == 503 {
                assert!(answer.body.contains("it ends"), "{}", answer.body);
                break;
            }
        }
        let health = b"GET /health HTTP/1.1\r\nHost: capf\r\n\r\n";
        assert_eq!(send(metrics, health).await.unwrap().status, 200);
        phone.enrol().await;
    };
    tokio::join!(ends, watches);
}
