//! Servers that refuse, that are full, silent, or not there, and connections that are cut.

use std::net::{TcpListener, UdpSocket};

use super::disk::Temper;
use super::ftp_server::Embedded;
use super::home::Home;
use super::https_server::{Act, answer};
use super::place::Place;
use super::proxy::{Proxy, Way};
use super::random::Random;
use super::relay::{self, Relay};
use super::scripted::{COMPLETION, Script};
use super::trips::certificates;
use super::{fails, run};

/// How often a connection is cut, each time elsewhere.
const CUTS: u64 = 20;

/// Enough for an archive that takes several packets.
const PHONES: usize = 40;

/// How many bytes an archive of the requests of so many phones has, about.
async fn size_of_a_dump() -> usize {
    let (home, _) = Home::with_pending(PHONES).await;
    let output = home.capf(&["csr", "dump", "-"]).output().unwrap();
    assert!(output.status.success());
    output.stdout.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_over_ftp_that_is_cut_anywhere_leaves_every_request_pending_and_no_file() {
    let size = size_of_a_dump().await;
    let (home, _) = Home::with_pending(PHONES).await;
    for seed in 0..CUTS {
        // What is said before the file has a few hundred bytes.
        let most = if seed % 3 == 0 { 500 } else { size };
        let after = 1 + Random::new(seed).below(most);
        let (data, control) = (relay::listener(), relay::listener());
        let port = control.local_addr().unwrap().port();
        let data_port = data.local_addr().unwrap().port();
        let (host, address) = (relay::ADDRESS.to_string(), "127.0.0.1");
        let server = Embedded::start_for(&host, address, None, Some(data_port));
        let relay = Relay::start(data, control, server.port, after);
        let url = format!("ftp://{host}:{port}/csrs.tgz");
        fails(&home, &mut home.capf(&["csr", "dump", &url]), &[]).await;
        assert!(relay.has_cut());
        let left = std::fs::read_dir(server.files()).unwrap().count();
        assert_eq!(left, 0, "after {after} bytes");
    }
}

async fn dumps_are_cut(place: Place) {
    let size = size_of_a_dump().await;
    let (home, _) = Home::with_pending(PHONES).await;
    for seed in 0..CUTS {
        // In the first words, or in the file: between them HTTPS says goodbye to a connection that has
        // asked what is there, and a cut in a goodbye is none.
        let mut random = Random::new(seed);
        let after = match seed % 4 {
            0 => 1 + random.below(200),
            _ => 2000 + random.below(size - 2000),
        };
        let proxy = Proxy::start(place.address, Way::ToServer, after).await;
        let url = format!("{}://{}/csrs.tgz", place.scheme, proxy.address);
        fails(&home, &mut place.capf(&home, &["csr", "dump", &url]), &[]).await;
        assert!(proxy.has_cut());
        assert!(place.names().is_empty(), "after {after} bytes");
    }
    // The same goes through where nothing is cut.
    let proxy = Proxy::start(place.address, Way::ToServer, usize::MAX).await;
    let url = format!("{}://{}/csrs.tgz", place.scheme, proxy.address);
    let said = run(&mut place.capf(&home, &["csr", "dump", &url]));
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(place.names(), ["csrs.tgz"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_over_sftp_that_is_cut_anywhere_leaves_every_request_pending_and_no_file() {
    dumps_are_cut(Place::sftp().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_over_https_that_is_cut_anywhere_leaves_every_request_pending_and_no_file() {
    dumps_are_cut(Place::https().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_of_which_a_part_has_come_is_not_imported() {
    let (home, csrs) = Home::with_pending(PHONES).await;
    let archive = certificates(&home, &csrs);
    for place in [Place::ftp(), Place::sftp().await, Place::https().await] {
        place.write("certs.tgz", &archive);
        for seed in 0..5 {
            // FTP's file comes over a connection of its own.
            let after = match place.scheme {
                "ftp" => 1 + Random::new(seed).below(150),
                _ => 1 + Random::new(seed).below(archive.len()),
            };
            let proxy = Proxy::start(place.address, Way::FromServer, after).await;
            let url = format!("{}://{}/certs.tgz", place.scheme, proxy.address);
            fails(
                &home,
                &mut place.capf(&home, &["cert", "import", &url]),
                &[],
            )
            .await;
            assert!(proxy.has_cut());
        }
    }
}

/// A TFTP server that answers every request with this error.
fn tftp_error(code: u8, words: &str) -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let error = [&[0, 5, 0, code], words.as_bytes(), &[0]].concat();
    std::thread::spawn(move || {
        let mut request = [0; 1024];
        while let Ok((_, client)) = socket.recv_from(&mut request) {
            // The client has given up where it is gone.
            let _ = socket.send_to(&error, client);
        }
    });
    format!("tftp://{address}/csrs.tgz")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_named_in_the_words_of_the_server() {
    let (home, _) = Home::with_pending(PHONES).await;
    let hint = "hint: Make room on the server";

    let place = Place::sftp_with(Temper::Full { space: 100 }).await;
    let url = place.url("csrs.tgz");
    let words = ["No space left on device", "sending failed", hint];
    fails(
        &home,
        &mut place.capf(&home, &["csr", "dump", &url]),
        &words,
    )
    .await;
    assert!(place.names().is_empty());

    let place = Place::https_with(|request| match &request.method[..] {
        "PUT" => Act::Say(answer(
            "507 Insufficient Storage",
            "Content-Type: text/plain\r\n",
            "no room at all",
        )),
        _ => Act::Usual,
    })
    .await;
    let url = place.url("csrs.tgz");
    let words = ["507 Insufficient Storage: no room at all", hint];
    fails(
        &home,
        &mut place.capf(&home, &["csr", "dump", &url]),
        &words,
    )
    .await;
    assert!(place.names().is_empty());

    for when in ["STOR", COMPLETION] {
        let server = Script::default()
            .reply(when, "452 Disk full, sorry.")
            .start()
            .await;
        let url = format!("ftp://{}/csrs.tgz", server.address);
        let words = ["the server said `452 Disk full, sorry.`", hint];
        fails(&home, &mut home.capf(&["csr", "dump", &url]), &words).await;
        assert!(server.files().is_empty());
    }

    let url = tftp_error(3, "Disk full or allocation exceeded");
    let words = ["Disk full or allocation exceeded", hint];
    fails(&home, &mut home.capf(&["csr", "dump", &url]), &words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_or_a_file_that_is_not_there_is_named() {
    let (home, _) = Home::with_pending(1).await;
    for place in [Place::ftp(), Place::sftp().await, Place::https().await] {
        // FTP has one code for whatever is about a file (RFC 959, section 4.2.2), 550.
        let words = match place.scheme {
            "ftp" => "the server said `550 ",
            _ => "hint: Check the path",
        };
        let url = place.url("none/csrs.tgz");
        if place.scheme != "https" {
            fails(
                &home,
                &mut place.capf(&home, &["csr", "dump", &url]),
                &[words],
            )
            .await;
        }
        fails(
            &home,
            &mut place.capf(&home, &["cert", "import", &url]),
            &[words],
        )
        .await;
        assert!(place.names().is_empty());
    }
    let url = tftp_error(1, "File not found");
    let words = ["File not found", "hint: Check the path"];
    fails(&home, &mut home.capf(&["cert", "import", &url]), &words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_has_is_named() {
    let (home, _) = Home::with_pending(1).await;
    for scheme in ["ftp", "ftps", "sftp", "tftp", "https"] {
        let url = format!("{scheme}://nowhere.invalid/csrs.tgz");
        let mut command = home.capf(&["csr", "dump", &url, "--user", "ada"]);
        command.env("CAPF_PASSWORD", "hush");
        let words = [
            "looking up the server's name failed",
            "hint: Check the server's name",
        ];
        fails(&home, &mut command, &words).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_on_which_nobody_listens_is_named() {
    let (home, _) = Home::with_pending(1).await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for scheme in ["ftp", "ftps", "sftp", "https"] {
        let url = format!("{scheme}://{address}/csrs.tgz");
        let words = [
            "connecting failed",
            "refused",
            "hint: Check that the server runs",
        ];
        fails(&home, &mut home.capf(&["csr", "dump", &url]), &words).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_is_not_waited_for_for_ever() {
    let (home, _) = Home::with_pending(1).await;
    // The system accepts connections, and nobody ever looks at them.
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    for (scheme, address) in [
        ("ftp", tcp.local_addr().unwrap()),
        ("sftp", tcp.local_addr().unwrap()),
        ("https", tcp.local_addr().unwrap()),
        ("tftp", udp.local_addr().unwrap()),
    ] {
        let url = format!("{scheme}://{address}/csrs.tgz");
        let mut command = home.capf(&["csr", "dump", &url, "--timeout", "1"]);
        fails(&home, &mut command, &["no answer within 1 s"]).await;
    }
}
