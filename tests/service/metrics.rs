//! What a monitoring system finds: the endpoint where it was told to be, and the check beside it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use crate::Place;

/// A child that is killed when dropped.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_endpoint_is_where_the_file_says_and_the_check_sees_that_the_service_runs() {
    let place = Place::new();
    let file = place.path().join("capf.toml");
    std::fs::write(
        &file,
        "listen = [\"127.0.0.1:0\"]\nmetrics = \"127.0.0.1:0\"\n",
    )
    .unwrap();
    let mut serving = place.command(&["--quiet", "--config", "capf.toml", "serve"]);
    serving.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut serving = Killed(serving.spawn().unwrap());
    let said = BufReader::new(serving.0.stdout.take().unwrap()).lines();
    let address = said
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix("metrics on ").map(str::to_owned))
        .expect("it is said");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("\ncapf_build_info{version="), "{answer}");

    let checked = place.json(&["check", "--service"]);
    assert_eq!(checked["state"], "OK", "{checked}");
    drop(serving);
    let check = place.command(&["check", "--service"]).output().unwrap();
    assert_eq!(check.status.code(), Some(2));
}

#[test]
fn an_address_that_is_taken_is_named_with_its_option() {
    let place = Place::new();
    let serving = place.serve();
    let taken = serving.address.to_string();
    let second = Place::new();
    let output = second
        .command(&["serve", "--listen", "127.0.0.1:0", "--metrics", &taken])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains(&taken) && said.contains("--metrics"),
        "{said}"
    );
}
