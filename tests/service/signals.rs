//! How a service ends.

use nix::sys::signal::Signal;

use crate::Place;

#[test]
fn sigterm_and_sigint_end_the_service_well() {
    let place = Place::new();
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let mut serving = place.serve();
        serving.signal(signal);
        assert_eq!(serving.wait().code(), Some(0), "{signal}");
    }
}

#[test]
fn a_second_service_in_the_same_place_is_refused() {
    let place = Place::new();
    let _first = place.serve();
    let output = place
        .command(&["serve", "--listen", "127.0.0.1:0"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("already"), "{said}");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let (first, second) = (Place::new(), Place::new());
    let address = first.serve();
    let taken = address.address.to_string();
    let output = second
        .command(&["serve", "--listen", &taken])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&taken), "{said}");
}

#[cfg(unix)]
#[test]
fn the_key_and_the_database_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let _serving = place.serve();
    for file in ["data/ca/capf.key", "data/capf.db"] {
        let mode = std::fs::metadata(place.path().join(file))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
