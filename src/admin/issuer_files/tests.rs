use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::model::{Curve, KeyRequest};
use crate::pki::{IssuerOrder, PkiError};

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

#[test]
fn the_first_start_makes_a_ca_that_the_next_finds() {
    let data = tempfile::tempdir().unwrap();
    let first = load_or_create(data.path(), None, now()).unwrap();
    assert!(first.created);
    let mode = |name| {
        let path = first.directory.join(name);
        path.metadata().unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode(KEY), 0o600);
    assert_eq!(mode("."), 0o700);
    let name = first.issuer.certificate().common_name().unwrap();
    assert!(first.directory.join(format!("{name}.0")).exists());

    let second = load_or_create(data.path(), None, now()).unwrap();
    assert!(!second.created);
    assert_eq!(second.issuer.certificate(), first.issuer.certificate());
}

#[test]
fn a_ca_that_is_there_is_never_overwritten() {
    let data = tempfile::tempdir().unwrap();
    let first = load_or_create(data.path(), None, now()).unwrap();
    // As when two processes make one at the same moment.
    assert!(!create(&first.directory, None, now()).unwrap());
    let second = load_or_create(data.path(), None, now()).unwrap();
    assert_eq!(second.issuer.certificate(), first.issuer.certificate());
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 1);
}

#[test]
fn a_ca_without_its_key_is_an_error_and_not_a_new_ca() {
    let data = tempfile::tempdir().unwrap();
    let first = load_or_create(data.path(), None, now()).unwrap();
    std::fs::remove_file(first.directory.join(KEY)).unwrap();
    let error = load_or_create(data.path(), None, now()).unwrap_err();
    assert!(matches!(error, AdminError::Read { path, .. } if path.ends_with(KEY)));
}

fn new_issuer() -> Issuer {
    let order = IssuerOrder {
        key: KeyRequest::Ec(Curve::P256),
        ..IssuerOrder::default()
    };
    Issuer::make(&order, now()).unwrap()
}

fn present(data: &Path) -> Certificate {
    load_or_create(data, None, now())
        .unwrap()
        .issuer
        .certificate()
        .clone()
}

#[test]
fn another_ca_takes_the_place_and_the_old_one_is_kept_with_its_key() {
    let data = tempfile::tempdir().unwrap();
    let (old, new) = (present(data.path()), new_issuer());
    let changing = Changing::begin(data.path()).unwrap();
    let kept = changing.replace(&new, None, now()).unwrap();
    assert_eq!(present(data.path()), *new.certificate());
    assert_eq!(*load(&kept, None).unwrap().certificate(), old);
    assert!(kept.starts_with(data.path().join(FORMER)));
    // The same second once more.
    let again = changing.replace(&new_issuer(), None, now()).unwrap();
    assert_ne!(again, kept);
}

#[test]
fn a_change_that_is_cut_off_leaves_the_old_ca_or_the_new_one_and_loses_neither() {
    let data = tempfile::tempdir().unwrap();
    let (old, new) = (present(data.path()), new_issuer());
    let part = data.path().join(format!(".{NEXT}.part"));
    // Cut off while it is written.
    DirBuilder::new().create(&part).unwrap();
    std::fs::write(part.join(KEY), "half").unwrap();
    assert_eq!(present(data.path()), old);
    // Cut off before the exchange.
    std::fs::remove_dir_all(&part).unwrap();
    write_issuer(&data.path().join(NEXT), &new, None).unwrap();
    assert_eq!(present(data.path()), old);
    // Cut off behind it.
    exchange(&data.path().join(NEXT), &data.path().join(DIRECTORY)).unwrap();
    assert_eq!(present(data.path()), *new.certificate());
    // The next change clears up.
    let third = new_issuer();
    DirBuilder::new().create(&part).unwrap();
    let changing = Changing::begin(data.path()).unwrap();
    changing.replace(&third, None, now()).unwrap();
    assert_eq!(present(data.path()), *third.certificate());
    assert!(!part.exists() && !data.path().join(NEXT).exists());
    let former: Vec<_> = std::fs::read_dir(data.path().join(FORMER))
        .unwrap()
        .map(|entry| load(&entry.unwrap().path(), None).unwrap())
        .map(|issuer| issuer.certificate().clone())
        .collect();
    assert_eq!(former.len(), 2);
    assert!(former.contains(&old) && former.contains(new.certificate()));
}

#[test]
fn whoever_reads_while_cas_are_exchanged_finds_one_of_them_whole() {
    let data = tempfile::tempdir().unwrap();
    present(data.path());
    let path = data.path().to_owned();
    let writer = std::thread::spawn(move || {
        let cas = [new_issuer(), new_issuer()];
        let changing = Changing::begin(&path).unwrap();
        for turn in 0..20 {
            changing.replace(&cas[turn % 2], None, now()).unwrap();
        }
    });
    while !writer.is_finished() {
        // A key of the one with a certificate of the other would be an error.
        assert!(!load_or_create(data.path(), None, now()).unwrap().created);
    }
    writer.join().unwrap();
}

#[test]
fn a_passphrase_is_set_changed_and_taken_away() {
    let data = tempfile::tempdir().unwrap();
    let certificate = present(data.path());
    let changing = Changing::begin(data.path()).unwrap();
    let (one, two) = (AccountPassword::new("one"), AccountPassword::new("two"));
    let locked = || kept(data.path()).unwrap().unwrap().key_is_encrypted;
    assert!(!locked());
    for (present, new) in [
        (None, Some(&one)),
        (Some(&one), Some(&two)),
        (Some(&two), None),
    ] {
        changing.change_passphrase(present, new).unwrap();
        assert_eq!(locked(), new.is_some());
        let read = load_or_create(data.path(), new, now()).unwrap();
        assert_eq!(*read.issuer.certificate(), certificate);
    }
    changing.change_passphrase(None, Some(&one)).unwrap();
    assert!(matches!(
        changing.change_passphrase(Some(&two), None),
        Err(AdminError::Pki(PkiError::WrongPassphrase))
    ));
    assert!(locked());
    // Its mode stays.
    let mode = data.path().join(DIRECTORY).join(KEY).metadata().unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
}
