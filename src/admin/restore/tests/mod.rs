//! What is restored, and what is refused.

mod killed;

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::super::backup::{BackupProgress, Extent, back_up};
use super::super::testing::{Fixture, now};
use super::super::{ArchiveTarget, Installation};
use super::*;
use crate::backup::Encryption;
use crate::clock::FixedClock;
use crate::model::{DeviceName, NodeName};
use crate::secret::AccountPassword;
use crate::store::SessionRow;

/// What is in a directory and below it; what comes and goes with a database that is open is not.
fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if !service_lock::is_lock(path.file_name().unwrap()) {
                found.insert(path.clone(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(FixedClock::new(now()))
}

fn target(data_dir: &Path) -> Target {
    Target::find(data_dir, &StoreUri::sqlite(data_dir.join("capf.db"))).unwrap()
}

/// A backup of an installation that has a CA, the phone CSFNEW, and an open session.
async fn backup(encryption: &Encryption) -> Vec<u8> {
    let fixture = Fixture::new().await;
    fixture.csr("CSFNEW").await;
    fixture.installation.capf_certificate().await.unwrap();
    let session = SessionRow {
        node: NodeName::default(),
        id: 7,
        device: Some("CSFNEW".parse().unwrap()),
        address: "192.0.2.7".parse().unwrap(),
        state: "AWAIT KEYGEN RESP".to_owned(),
        operation: crate::model::CertificateOperation::Install,
        since: now(),
    };
    let store = fixture.installation.store();
    store.save_sessions(vec![session]).await.unwrap();
    let mut out = Vec::new();
    let progress = BackupProgress {
        copied: &|_, _| (),
        packed: &|_, _| (),
        moved: &|_, _| (),
    };
    let made = back_up(
        &fixture.installation,
        Extent::default(),
        encryption,
        ArchiveTarget::Stream(Box::new(&mut out)),
        progress,
        &CancellationToken::new(),
    )
    .await
    .unwrap();
    assert_eq!(made.counts.phones, 1);
    assert_eq!(made.bytes, out.len() as u64);
    // What was gathered is gone, and the session is still there.
    let left = std::fs::read_dir(fixture.directory.path()).unwrap();
    let names: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| name != ".backup.part"), "{names:?}");
    assert_eq!(store.sessions().await.unwrap().len(), 1);
    out
}

/// An installation with the phone CSFOLD, closed.
async fn old(data_dir: &Path) {
    let store = format!("sqlite:{}/capf.db", data_dir.display());
    let installation = Installation::open(data_dir, &store, clock(), "tester")
        .await
        .unwrap();
    let name = vec!["CSFOLD".parse().unwrap()];
    super::super::phone::add(
        &installation,
        name,
        &super::super::phone::Settings::default(),
    )
    .await
    .unwrap();
}

async fn phones(data_dir: &Path) -> Vec<String> {
    let store = format!("sqlite:{}/capf.db", data_dir.display());
    let installation = Installation::open_existing(data_dir, &store, clock(), "tester")
        .await
        .unwrap();
    let mut there = Vec::new();
    for name in ["CSFNEW", "CSFOLD"] {
        let name: DeviceName = name.parse().unwrap();
        if installation.store().phone(&name).await.unwrap().is_some() {
            there.push(name.to_string());
        }
    }
    there
}

async fn restored(
    target: &Target,
    backup: &[u8],
    restoring: Restoring,
) -> Result<Restored, AdminError> {
    restore(
        target,
        backup,
        &Decryption::Open,
        restoring,
        Restorer {
            clock: &clock(),
            administrator: "tester",
            key_passphrase: None,
        },
        &|_, _| (),
        &CancellationToken::new(),
    )
    .await
}

/// The names beside the data directory.
fn beside(parent: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(parent)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

const ASIDE: &str = "data.before-20261123T120000Z";

#[tokio::test]
async fn what_was_backed_up_is_there_again_but_for_the_sessions() {
    let backup = backup(&Encryption::Open).await;
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("of/one/data");
    let made = restored(&target(&data), &backup, Restoring::New)
        .await
        .unwrap();
    assert_eq!((made.counts.phones, made.counts.csrs), (1, 1));
    assert_eq!(made.data_dir.as_deref(), Some(&*data));
    assert!(made.capf_certificate.unwrap().contains("CN=CAPF-"));
    assert_eq!(phones(&data).await, ["CSFNEW"]);
    assert_eq!(beside(&place.path().join("of/one")), ["data"]);
    let key = std::fs::metadata(data.join("ca/capf.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);

    let uri = StoreUri::sqlite(data.join("capf.db"));
    let store = Store::open(&uri, clock()).await.unwrap();
    assert_eq!(store.sessions().await.unwrap(), []);
    let query = crate::store::AuditQuery {
        device: None,
        limit: 1,
    };
    let noted = store.audit(query).await.unwrap();
    assert!(
        noted[0]
            .what
            .starts_with("restored from the backup of 2026-11-23T12:00:00Z")
    );
}

#[tokio::test]
async fn what_a_backup_finds_by_text_is_found_in_what_is_restored() {
    let backup = backup(&Encryption::Open).await;
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    restored(&target(&data), &backup, Restoring::New)
        .await
        .unwrap();
    let uri = StoreUri::sqlite(data.join("capf.db"));
    let store = Store::open(&uri, clock()).await.unwrap();
    let criteria = ["Device Name contains FNE".parse().unwrap()];
    assert_eq!(store.count(&criteria).await.unwrap(), 1);
}

#[tokio::test]
async fn an_installation_is_replaced_where_that_is_meant_and_kept_beside() {
    let backup = backup(&Encryption::Open).await;
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    old(&data).await;
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o750)).unwrap();
    let before = contents(place.path());
    let error = restored(&target(&data), &backup, Restoring::New).await;
    assert!(matches!(
        error,
        Err(AdminError::Target(InvalidTarget::Exists { .. }))
    ));
    assert_eq!(contents(place.path()), before);

    // Behind a link, it is the directory itself that is replaced.
    let link = place.path().join("link");
    symlink(&data, &link).unwrap();
    let made = restored(&target(&link), &backup, Restoring::Replace).await;
    assert_eq!(made.unwrap().before, [place.path().join(ASIDE)]);
    assert_eq!(phones(&data).await, ["CSFNEW"]);
    assert_eq!(phones(&place.path().join(ASIDE)).await, ["CSFOLD"]);
    assert_eq!(beside(place.path()), ["data", ASIDE, "link"]);
    let replaced = std::fs::metadata(&data).unwrap();
    assert_eq!(replaced.permissions().mode() & 0o777, 0o750);
}

#[tokio::test]
async fn nothing_is_restored_while_a_service_runs_but_verified() {
    let backup = backup(&Encryption::Open).await;
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    old(&data).await;
    let before = contents(place.path());
    for name in [service_lock::SERVICE, service_lock::STANDBY] {
        let _lock = service_lock::take(&data, name).unwrap();
        let refused = restored(&target(&data), &backup, Restoring::Replace).await;
        assert!(matches!(refused, Err(AdminError::ServiceRuns { .. })));
    }
    let _lock = service_lock::take(&data, service_lock::SERVICE).unwrap();
    let verified = restored(&target(&data), &backup, Restoring::Verify)
        .await
        .unwrap();
    assert_eq!((verified.counts.phones, verified.data_dir), (1, None));
    assert_eq!(contents(place.path()), before);
}

#[tokio::test]
async fn a_backup_that_is_refused_leaves_everything_as_it_was() {
    let whole = backup(&Encryption::Open).await;
    let sealed = backup(&Encryption::Passphrase(AccountPassword::new("secret"))).await;
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    old(&data).await;
    let before = contents(place.path());
    for backup in [
        &whole[..whole.len() - 1],
        &whole[..middle],
        &flipped,
        &sealed,
        b"",
    ] {
        for restoring in [Restoring::Replace, Restoring::Verify] {
            let refused = restored(&target(&data), backup, restoring).await;
            assert!(matches!(refused, Err(AdminError::Backup(_))), "{refused:?}");
            assert_eq!(contents(place.path()), before);
            assert_eq!(beside(place.path()), ["data"]);
        }
    }
}

#[tokio::test]
async fn a_backup_whose_parts_do_not_fit_is_refused() {
    let whole = backup(&Encryption::Open).await;
    let other = backup(&Encryption::Open).await;
    let (manifest, files) = parts(&whole);
    let (_, others) = parts(&other);
    let with = |name: &str, bytes: &[u8]| {
        let mut files = files.clone();
        let file = files.iter_mut().find(|(found, _)| found == name).unwrap();
        file.1 = bytes.to_vec();
        files
    };
    let other_key = &others
        .iter()
        .find(|(name, _)| name == "ca/capf.key")
        .unwrap()
        .1;
    let mut torn = files[0].1.clone();
    torn.truncate(torn.len() / 2);
    let mut newer = manifest.clone();
    newer.schema += 1;
    let mut fewer = manifest.clone();
    fewer.counts.phones += 1;
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    for (manifest, files, said) in [
        (&manifest, with("ca/capf.key", other_key), "key"),
        (&manifest, with("ca/capf.key", b"no key"), "key"),
        (&manifest, with("capf.db", &torn), "no sound database"),
        (&manifest, with("capf.db", b"text"), "no sound database"),
        (&newer, files.clone(), "schema version"),
        (&fewer, files.clone(), "other numbers"),
    ] {
        let refused = restored(&target(&data), &packed(manifest, &files), Restoring::New).await;
        let text = refused.unwrap_err().to_string();
        assert!(text.contains(said), "{text}");
        assert_eq!(beside(place.path()), Vec::<String>::new(), "{said}");
    }
}

type Files = Vec<(String, Vec<u8>)>;

fn parts(backup: &[u8]) -> (Manifest, Files) {
    let mut reader = Reader::open(backup, &Decryption::Open).unwrap();
    let mut files = Vec::new();
    while let Some(member) = reader.next_member().unwrap() {
        let mut bytes = Vec::new();
        reader
            .copy(|piece| {
                bytes.extend_from_slice(piece);
                Ok::<_, InvalidBackup>(())
            })
            .unwrap();
        files.push((member.name, bytes));
    }
    (reader.finish().unwrap(), files)
}

/// A backup of these files, which a manifest agrees to.
fn packed(manifest: &Manifest, files: &Files) -> Vec<u8> {
    let members = files
        .iter()
        .map(|(name, bytes)| crate::backup::Member::of(name.clone(), &bytes[..]).unwrap());
    let mut manifest = manifest.clone();
    manifest.members = members.collect();
    let mut writer = crate::backup::Writer::new(Vec::new(), &Encryption::Open, &manifest).unwrap();
    for (_, bytes) in files {
        writer.add(&bytes[..]).unwrap();
    }
    writer.finish().unwrap()
}

#[tokio::test]
async fn a_place_where_nothing_can_be_restored_is_refused_before_the_work() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let find = |data: &Path, store: &Path| Target::find(data, &StoreUri::sqlite(store));
    for store in [place.path().join("capf.db"), data.join("in/capf.db")] {
        assert!(matches!(
            find(&data, &store),
            Err(InvalidTarget::StoreElsewhere { .. })
        ));
    }
    assert!(matches!(
        find(Path::new("/proc"), Path::new("/proc/capf.db")),
        Err(InvalidTarget::MountPoint { .. })
    ));
    std::fs::create_dir(&data).unwrap();
    let empty = find(&data, &data.join("other.db")).unwrap();
    assert_eq!(empty.found(), Found::Nothing);
    std::fs::write(data.join("letter.txt"), "Dear").unwrap();
    assert!(matches!(
        find(&data, &data.join("capf.db")),
        Err(InvalidTarget::NotInstallation { .. })
    ));
}

#[tokio::test]
async fn the_store_may_have_another_name_and_an_empty_directory_is_none_to_keep() {
    let backup = backup(&Encryption::Open).await;
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let uri = StoreUri::sqlite(data.join("phones.db"));
    let target = Target::find(&data, &uri).unwrap();
    let made = restored(&target, &backup, Restoring::New).await.unwrap();
    assert!(made.before.is_empty());
    assert!(data.join("phones.db").exists());
    assert_eq!(beside(place.path()), ["data"]);
}
