//! Backups while the service runs, and restores that are killed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::Place;
use crate::caller::Caller;
use crate::installed::installed;

/// The phones, SEP000000100000 and the ones behind it.
const PHONES: usize = 400;

fn name(number: usize) -> String {
    format!("SEP{:012X}", 0x10_0000 + number)
}

/// Every phone that was told success before the backup began is in it with that certificate; the
/// service that is restored has no sessions of the old one, and enrols at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_has_every_phone_that_was_told_success_before() {
    let place = Place::new();
    let authority = place.authority();
    let names = format!("{}..{}", name(0), name(PHONES - 1));
    let install = &["phone", "add", &names, "--operation", "install"][..];
    let key = &["--key-order", "ec-only", "--ec-key-size", "256"][..];
    place.run(&[install, key].concat());
    let serving = place.serve();
    let address = serving.address;

    let told: Arc<Mutex<BTreeMap<String, Vec<u8>>>> = Arc::default();
    let next = Arc::new(AtomicUsize::new(0));
    let enough = Arc::new(AtomicBool::new(false));
    let tls = Arc::new(Caller::tls(&authority).unwrap());
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let (told, next) = (Arc::clone(&told), Arc::clone(&next));
            let (enough, tls) = (Arc::clone(&enough), Arc::clone(&tls));
            tokio::spawn(async move {
                while !enough.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    // The last one is for the services that are restored.
                    if number >= PHONES - 1 {
                        return;
                    }
                    let mut phone = Caller::connect_with(&tls, address).await.unwrap();
                    let certificate = phone.tries_to_enrol(&name(number)).await.unwrap();
                    told.lock().unwrap().insert(name(number), certificate);
                }
            })
        })
        .collect();
    // One backup after the other, while phones enrol and one waits.
    let waiting = Caller::connect_with(&tls, address).await.unwrap();
    let mut backups = Vec::new();
    for number in 0..3 {
        while told.lock().unwrap().len() < 20 * (number + 1) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let before = told.lock().unwrap().clone();
        let file = format!("{number}.tar.gz");
        let made = tokio::task::block_in_place(|| place.json(&["backup", &file]));
        backups.push((file, before, made));
    }
    enough.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.unwrap();
    }
    drop((waiting, serving));

    for (file, before, made) in backups {
        let restored = &format!("restored-{file}")[..];
        place.run_in(restored, &["restore", &file]);
        let lscs = made["lscs"].as_u64().unwrap();
        let report = place.json_in(restored, &["report", "--columns", "name,lsc_certificate"]);
        let phones = report.as_array().unwrap();
        assert_eq!(phones.len(), PHONES);
        let held: BTreeMap<_, _> = phones
            .iter()
            .filter_map(|phone| Some((phone["name"].as_str()?, phone["lsc_certificate"].as_str()?)))
            .collect();
        assert_eq!(held.len() as u64, lscs, "{file}");
        for (name, certificate) in before {
            let expected = openssl::base64::encode_block(&certificate);
            assert_eq!(held.get(&name[..]), Some(&&expected[..]), "{file}: {name}");
        }
        let serving = place.serve_in(restored);
        let sessions = place.json_in(restored, &["session", "list"]);
        assert_eq!(sessions.as_array().unwrap().len(), 0);
        let mut phone = Caller::connect_with(&tls, serving.address).await.unwrap();
        let enrolled = phone.tries_to_enrol(&name(PHONES - 1)).await;
        assert!(enrolled.is_some(), "{file}");
    }
}

#[test]
fn nothing_is_restored_where_a_service_runs() {
    let place = Place::new();
    let serving = place.serve();
    place.run(&["backup", "b.tar.gz"]);
    let refused = place.command(&["--yes", "restore", "b.tar.gz"]).output();
    let refused = refused.unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("a service is running"), "{said}");
    place.run(&["restore", "--dry-run", "b.tar.gz"]);
    drop(serving);
    place.run(&["--yes", "restore", "b.tar.gz"]);
}

/// `age` and `tar` make a data directory of a backup, and a backup of what they have unpacked and packed
/// is one.
#[test]
fn the_age_command_decrypts_a_backup_and_encrypts_one() {
    let (Some(age), Some(keygen)) = (installed("age"), installed("age-keygen")) else {
        return;
    };
    let place = Place::new();
    place.run(&["ca", "show"]);
    place.run(&["phone", "add", "SEP000000000001"]);
    let path = |name: &str| place.path().join(name);
    let run = |program: &Path, words: &[&str]| {
        let output = Command::new(program)
            .args(words)
            .current_dir(place.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    };
    run(&keygen, &["--output", "key.txt"]);
    let recipient = run(&keygen, &["-y", "key.txt"]);
    let recipient = recipient.trim();
    place.run(&["backup", "ours.age", "--encrypt-to", recipient]);

    let decrypt = &["--decrypt", "--identity", "key.txt", "--output", "b.tar.gz"];
    run(&age, &[&decrypt[..], &["ours.age"]].concat());
    std::fs::create_dir(path("unpacked")).unwrap();
    let unpack = &["--extract", "--file", "b.tar.gz", "--directory", "unpacked"];
    run(Path::new("tar"), unpack);
    let phones = place.json_in("unpacked", &["report", "--columns", "name"]);
    assert_eq!(phones[0]["name"], "SEP000000000001");
    let keys =
        ["data", "unpacked"].map(|data_dir| std::fs::read(path(data_dir).join("ca/capf.key")));
    let [one, other] = keys.map(Result::unwrap);
    assert_eq!(one, other);

    run(
        &age,
        &[
            "--recipient",
            recipient,
            "--output",
            "theirs.age",
            "b.tar.gz",
        ],
    );
    place.run_in(
        "restored",
        &["restore", "theirs.age", "--identity", "key.txt"],
    );
}

/// `kill -9` at ten moments of a backup: the one before is as it was or is replaced by a whole one, and
/// the next one clears up.
#[test]
fn a_backup_that_is_killed_leaves_the_one_before() {
    const MOMENTS: u32 = 10;
    let place = Place::new();
    place.run(&["phone", "add", "SEP000000200000..SEP000000200FFF"]);
    let started = Instant::now();
    place.run(&["backup", "b.tar.gz"]);
    let whole = started.elapsed();
    let mut killed = 0;
    for moment in 0..MOMENTS {
        let mut backup = place
            .command(&["--yes", "backup", "b.tar.gz"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * moment / MOMENTS);
        backup.kill().unwrap();
        killed += u32::from(!backup.wait().unwrap().success());
        let verified = place.json(&["restore", "--dry-run", "b.tar.gz"]);
        assert_eq!(verified["phones"], 0x1000, "moment {moment}");
    }
    assert!(killed > 0, "it is over before it can be killed");
    place.run(&["--yes", "backup", "b.tar.gz"]);
    for directory in [place.path(), &place.path().join("data")] {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            assert!(path.extension().is_none_or(|it| it != "part"), "{path:?}");
        }
    }
}

/// `kill -9` at ten moments of a restore: the data directory is what it was, or what was restored.
#[test]
fn a_restore_that_is_killed_leaves_what_was_or_what_is_restored() {
    const MOMENTS: u32 = 10;
    let place = Place::new();
    place.run(&["ca", "show"]);
    place.run(&["phone", "add", "SEP000000200000..SEP000000200FFF"]);
    place.run(&["backup", "b.tar.gz"]);

    let started = Instant::now();
    place.run_in("whole", &["restore", "b.tar.gz"]);
    let whole = started.elapsed();
    let phones = |data_dir: &str| {
        let overview = place.json_in(data_dir, &["report", "--columns", "name"]);
        overview.as_array().unwrap().len()
    };
    assert_eq!(phones("whole"), 0x1000);
    place.run_in("target", &["phone", "add", "SEP000000000001"]);
    let mut killed = 0;
    for moment in 0..MOMENTS {
        let restore = &["--yes", "restore", "b.tar.gz"];
        let mut restoring = place
            .command_in("target", restore)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * moment / MOMENTS);
        restoring.kill().unwrap();
        let ended_before = restoring.wait().unwrap().success();
        killed += u32::from(!ended_before);
        let found = phones("target");
        let expected = if ended_before {
            &[0x1000][..]
        } else {
            &[1, 0x1000]
        };
        assert!(
            expected.contains(&found),
            "{found} phones after moment {moment}"
        );
        if found == 0x1000 {
            // For the next moment, the one phone is there again.
            std::fs::remove_dir_all(place.path().join("target")).unwrap();
            place.run_in("target", &["phone", "add", "SEP000000000001"]);
        }
    }
    assert!(killed > 0, "it is over before it can be killed");
    place.run_in("target", &["--yes", "restore", "b.tar.gz"]);
    assert_eq!(phones("target"), 0x1000);
    for entry in std::fs::read_dir(place.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.starts_with(".target."), "{name} is left");
    }
}
