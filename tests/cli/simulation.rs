//! `capf phone-sim` and `capf demo`.

use insta::assert_snapshot;

use super::Home;

#[test]
fn a_simulated_phone_tries_again_where_nobody_answers() {
    let home = Home::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = nobody.local_addr().unwrap().to_string();
    drop(nobody);
    let shown = home.run(&[
        "phone-sim",
        "--server",
        &server,
        "--retries",
        "2",
        "--retry-interval",
        "0",
        "--format",
        "json",
        "CSFA",
    ]);
    assert!(shown.contains(r#""succeeded":false"#), "{shown}");
    assert!(shown.contains(r#""attempts":3"#), "{shown}");
    assert!(shown.contains(&format!("no connection to {server}: Connection refused")));
    assert_eq!(shown.matches(" WARN ").count(), 2, "{shown}");
    assert!(shown.ends_with("--- exit code 1\n"), "{shown}");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let unread = home
        .capf(&["phone-sim", "--server", &server, "--retries", "0", "CSFA"])
        .stdout(writer)
        .status();
    assert_eq!(unread.unwrap().code(), Some(1));
    assert_snapshot!(home.run(&["phone-sim", "--server", "capf.example", "CSFA"]), @"
    --- stderr
    error: invalid value 'capf.example' for '--server <HOST:PORT>': write HOST:PORT, for example 192.0.2.1:3804 or [2001:db8::1]:3804

    For more information, try '--help'.
    --- exit code 2
    ");
}

#[test]
fn the_demonstration_leaves_what_it_did_in_a_fresh_directory() {
    let home = Home::new();
    for directory in ["capf-demo-1", "capf-demo-2"] {
        let output = home
            .capf(&["demo", "--phones", "3", "--quiet"])
            .env("TMPDIR", home.0.path())
            .output()
            .unwrap();
        let said = home.shown(&output);
        assert!(said.starts_with("3 of 3 phones have installed"), "{said}");
        assert!(said.ends_with("--- exit code 0\n"), "{said}");
        for file in ["csrs.tgz", "certificates.tgz", "phones/SEP0000DE300003.pem"] {
            assert!(home.path(directory).join(file).exists(), "{file}");
        }
    }
    assert!(!home.path("data").exists(), "nothing else was touched");
}
