//! The connection to a PostgreSQL server: how it is kept, and how the server is known.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use capf::clock::SystemClock;
use capf::model::{DeviceName, Phone};
use capf::store::{Store, StoreError};

use super::authority::Authority;
use super::postgres_server::{Postgres, execute};
use super::{admin, device, trail};

fn name(number: u32) -> DeviceName {
    device(&format!("SEP{number:012X}"))
}

async fn open(uri: &str) -> Result<Store, StoreError> {
    Store::open(&uri.parse().unwrap(), Arc::new(SystemClock)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_cut_all_the_time_lose_nothing_and_do_nothing_twice() {
    const PHONES: u32 = 300;
    let Some(server) = Postgres::shared() else {
        return;
    };
    let uri = server.database();
    let store = open(&format!("{uri}&application_name=cut")).await.unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let cutting = thread::spawn({
        let is_over = Arc::clone(&is_over);
        move || {
            let mut cuts = 0;
            while !is_over.load(Ordering::Relaxed) {
                let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                           WHERE application_name = 'cut'";
                execute(&uri, sql);
                cuts += 1;
                thread::sleep(Duration::from_millis(30));
            }
            cuts
        }
    });
    for number in 0..PHONES {
        let added = store
            .add_phones(&admin(), vec![Phone::new(name(number))])
            .await;
        added.unwrap();
        assert!(
            store.phone(&name(number)).await.unwrap().is_some(),
            "{number}"
        );
    }
    is_over.store(true, Ordering::Relaxed);
    assert!(cutting.join().unwrap() > 10, "it was cut");
    let mut told = trail(&store, 2 * PHONES).await;
    told.sort();
    let expected: Vec<_> = (0..PHONES)
        .map(|it| format!("alice: {}: phone added", name(it)))
        .collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_at_once_and_without_the_password() {
    let error = open("postgres://capf:hush@127.0.0.1:1/capf")
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::NoServer { .. }), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("hush"));
}

#[tokio::test]
async fn a_server_is_known_by_its_certificate() {
    // One whose settings may be changed.
    let Some(server) = Postgres::start() else {
        return;
    };
    let authority = Authority::new("Database CA");
    let identity = authority.vouch_for("localhost");
    let data = server.directory().join("data");
    give(&data, "server.crt", &identity.certificate);
    give(&data, "server.key", &identity.key);
    let port = server.port();
    let plain = format!("postgres://capf@127.0.0.1:{port}/postgres");
    execute(&plain, "ALTER SYSTEM SET ssl = on");
    server.control("restart");

    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, authority: &Authority| {
        let path = directory.path().join(name);
        fs::write(&path, authority.pem()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (right, wrong) = (
        file("right.pem", &authority),
        file("wrong.pem", &Authority::new("Another")),
    );
    for (host, options, is_known) in [
        (
            "localhost",
            format!("sslmode=verify-full&sslrootcert={right}"),
            true,
        ),
        (
            "127.0.0.1",
            format!("sslmode=verify-full&sslrootcert={right}"),
            false,
        ),
        (
            "127.0.0.1",
            format!("sslmode=verify-ca&sslrootcert={right}"),
            true,
        ),
        (
            "localhost",
            format!("sslmode=verify-ca&sslrootcert={wrong}"),
            false,
        ),
        (
            "localhost",
            format!("sslmode=verify-full&sslrootcert={wrong}"),
            false,
        ),
        // The CAs of the system know nothing of it.
        ("localhost", "sslmode=verify-full".to_owned(), false),
        ("localhost", "sslmode=require".to_owned(), true),
        (
            "localhost",
            "sslmode=verify-ca&sslrootcert=/nowhere.pem".to_owned(),
            false,
        ),
    ] {
        let uri = format!("postgres://capf@{host}:{port}/postgres?{options}&application_name=tls");
        let opened = open(&uri).await;
        assert_eq!(opened.is_ok(), is_known, "{uri}: {opened:?}");
        if let Err(error) = opened {
            assert!(
                matches!(error, StoreError::NoServer { .. }),
                "{uri}: {error:?}"
            );
            continue;
        }
        let is_encrypted = "DO $$ BEGIN IF EXISTS (SELECT FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
                            WHERE application_name = 'tls' AND NOT ssl) THEN RAISE 'in the clear'; END IF; END $$";
        execute(&plain, is_encrypted);
    }
}

#[tokio::test]
async fn the_password_can_stand_in_a_file_that_is_its_owners_alone() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let plain = format!("postgres://capf@127.0.0.1:{}/postgres", server.port());
    execute(&plain, "ALTER USER capf PASSWORD 'hush'");
    let rules = b"host all all 127.0.0.1/32 scram-sha-256\n";
    give(&server.directory().join("data"), "pg_hba.conf", rules);
    server.control("reload");

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("password");
    let uri = format!("{plain}?passwordfile={}", file.display());
    let said = async || format!("{:?}", open(&uri).await.map(drop));
    assert!(said().await.contains("No such file"), "{}", said().await);
    for (content, mode, expected) in [
        ("hush\n", 0o600, "Ok(())"),
        ("hush", 0o640, "Ok(())"),
        ("wrong\n", 0o600, "password authentication failed"),
        ("hush\n", 0o644, "others can read or write it"),
    ] {
        fs::write(&file, content).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let said = said().await;
        assert!(said.contains(expected), "{content:?} {mode:o}: {said}");
        assert!(!said.contains("hush") && !said.contains("wrong"), "{said}");
    }
    let said = format!("{:?}", open(&plain).await.map(drop));
    assert!(said.contains("password"), "{said}");
}

/// Puts a file where the server finds it, and is its owner.
fn give(data: &Path, name: &str, content: &[u8]) {
    let path = data.join(name);
    fs::write(&path, content).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let owner = fs::metadata(data).unwrap();
    chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
}
