//! A database moved to PostgreSQL, and back.

use std::time::Duration;

use super::place::Place;
use super::postgres_server::Postgres;

/// Everything that the program says of a database.
fn content(place: &Place, store: &str) -> String {
    let lists: [&[&str]; 6] = [
        &["report"],
        &["phone", "find"],
        &["csr", "list"],
        &["trust", "list"],
        &["parameter", "history"],
        &["saved-search", "list"],
    ];
    let mut content = String::new();
    for words in lists {
        content += &place.run(&[&["--store", store, "--format", "jsonl"], words].concat());
    }
    content
}

fn filled(place: &Place) {
    place.run(&[
        "phone",
        "add",
        "SEP0000000F0001..SEP0000000F0400",
        "--operation",
        "install",
    ]);
    place.run(&["parameter", "set", "CAPF Phone Port", "3900"]);
    place.run(&["ca", "show"]);
    place.run(&[
        "phone",
        "set",
        "SEP0000000F0007",
        "--description",
        "Empfang, Tür «links»",
        "--yes",
    ]);
    place.run(&["service", "activate", "--wait", "0"]);
}

#[test]
fn a_database_is_the_same_on_either_engine_and_back_again() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let place = Place::new();
    filled(&place);
    let file = |name: &str| format!("sqlite:{}", place.path().join(name).display());
    let (sqlite, postgres, back) = (file("data/capf.db"), server.database(), file("back.db"));
    let said = place.json(&["store", "copy", &sqlite, &postgres]);
    assert!(said["rows"].as_u64().unwrap() > 2048, "{said}");
    let said = place.run(&["store", "copy", &postgres, &back]);
    assert!(said.contains("rows copied from postgres://"), "{said}");
    let original = content(&place, &sqlite);
    assert!(original.contains("«links»"), "{original}");
    for copy in [&postgres, &back] {
        assert!(content(&place, copy) == original, "{copy}");
        let status = place.json(&["--store", copy, "service", "status"]);
        assert_eq!(status["activated"], true, "{copy}");
    }
    // Numbers go on where they were.
    for store in [&sqlite, &postgres, &back] {
        place.run(&[
            "--store",
            store,
            "parameter",
            "set",
            "CAPF Phone Port",
            "3901",
        ]);
    }
    assert!(content(&place, &postgres) != original);
}

#[test]
fn what_is_not_empty_or_is_served_is_refused() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let place = Place::new();
    filled(&place);
    let (sqlite, postgres) = (
        format!("sqlite:{}", place.path().join("data/capf.db").display()),
        server.database(),
    );
    let serving = place.serve();
    let said = place.fails(&["store", "copy", &sqlite, &postgres]);
    assert!(said.contains("a service is running on"), "{said}");
    drop(serving);
    place.run(&["--store", &postgres, "phone", "add", "SEP0000000F9999"]);
    let said = place.fails(&["store", "copy", &sqlite, &postgres]);
    assert!(said.contains("is not empty"), "{said}");
    let said = place.fails(&["store", "copy", "sqlite:/nowhere/capf.db", &postgres]);
    assert!(said.contains("/nowhere/capf.db"), "{said}");
    let said = place.fails(&["store", "copy", &sqlite, "postgres://u:hush@127.0.0.1:1/x"]);
    assert!(!said.contains("hush"), "{said}");
}

#[test]
fn a_copy_that_is_cut_off_leaves_nothing() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let place = Place::new();
    place.run(&["phone", "add", "SEP000000100000..SEP000000103FFF"]);
    let sqlite = format!("sqlite:{}", place.path().join("data/capf.db").display());
    let postgres = server.database();
    for moment in [100, 300, 900] {
        let mut copying = place
            .command(&["store", "copy", &sqlite, &postgres])
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(moment));
        copying.kill().unwrap();
        copying.wait().unwrap();
    }
    let phones = place.json(&["--store", &postgres, "phone", "find"]);
    assert_eq!(phones, serde_json::json!([]));
    place.run(&["store", "copy", &sqlite, &postgres]);
}

#[test]
fn a_backup_of_postgresql_is_restored_to_sqlite() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let place = Place::new();
    filled(&place);
    let sqlite = format!("sqlite:{}", place.path().join("data/capf.db").display());
    let postgres = server.database();
    place.run(&["store", "copy", &sqlite, &postgres]);
    place.run(&["--store", &postgres, "backup", "capf.tar.gz"]);
    place.run_in("restored", &["restore", "capf.tar.gz", "--yes"]);
    let restored = format!("sqlite:{}", place.path().join("restored/capf.db").display());
    assert!(content(&place, &restored) == content(&place, &postgres));
    drop(place.serve_in("restored"));
}
