//! Backups, and what is restored from them.

use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;

use super::Home;

/// A home with an installation of two phones, and a key pair of age.
fn home() -> (Home, String) {
    let home = Home::new();
    home.run(&["ca", "show"]);
    home.run(&["phone", "add", "SEP000000000001..SEP000000000002"]);
    let identity = age::x25519::Identity::generate();
    let secret = age::secrecy::ExposeSecret::expose_secret(&identity.to_string()).to_owned();
    home.write("key.txt", secret.as_bytes());
    (home, identity.to_public().to_string())
}

/// Replaces what differs from version to version and from machine to machine.
fn settings() -> [insta::internals::SettingsBindDropGuard; 2] {
    let outer = super::settings();
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"(?m)^(Host|capf|Schema|Bytes)( +)\S+$", "$1$2[...]");
    settings.add_filter(r"\d+ bytes", "[...] bytes");
    [settings.bind_to_scope(), outer]
}

fn names(home: &Home, prefix: &str) -> Vec<String> {
    let entries = std::fs::read_dir(home.path("")).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(prefix))
        .collect();
    names.sort();
    names
}

#[test]
fn an_installation_is_backed_up_shown_and_restored() {
    let _settings = settings();
    let (home, _) = home();
    home.write("capf.toml", b"max-connections = 100\n");
    assert_snapshot!(home.run(&["--config", "capf.toml", "backup", "b.tar.gz"]), @"
    Backed up 2 phones, 0 LSCs, 0 CSRs and 1 trusted certificate: [...] bytes.
    --- stderr
    warning: the backup is not encrypted: whoever reads it has the private key of the CAPF certificate and every authentication string; --encrypt-to and --passphrase-file encrypt it
    b.tar.gz was written.
    --- exit code 0
    ");
    let mode = std::fs::metadata(home.path("b.tar.gz")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    assert_snapshot!(home.run(&["restore", "--dry-run", "b.tar.gz"]), @"
    Made At               [TIME              ]
    Host                  [...]
    capf                  [...]
    Schema                [...]
    CAPF Certificate      O=capf, CN=CAPF-xxxxxxxx
    Phones                2
    LSCs                  0
    CSRs                  0
    Trusted Certificates  1
    Files                 5
    Bytes                 [...]
    Restored Into
    --- stderr
    The backup is whole. Nothing was restored.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["restore", "b.tar.gz"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will replace the installation in [HOME]/data. Give --yes if that is meant.
    --- exit code 2
    ");
    home.run(&["phone", "remove", "--yes", "SEP000000000002"]);
    let restored = home.run(&["--yes", "restore", "b.tar.gz"]);
    assert!(
        restored.contains("kept in [HOME]/data.before-"),
        "{restored}"
    );
    assert_eq!(names(&home, "data").len(), 2);
    let listed = home.run(&["phone", "find", "--columns", "name"]);
    assert!(listed.contains("SEP000000000002"), "{listed}");
    let kept = std::fs::read(home.path("data/capf.toml")).unwrap();
    assert_eq!(kept, b"max-connections = 100\n");
}

#[test]
fn a_backup_is_restored_by_whom_it_was_encrypted_to_alone() {
    let _settings = settings();
    let (home, recipient) = home();
    home.write("passphrase", b"correct horse\nnot this line\n");
    home.write("wrong", b"battery staple\n");
    home.write("empty", b"\n");
    let (_, other) = self::home();
    let sealed = home.run(&[
        "backup",
        "k.age",
        "--encrypt-to",
        &recipient,
        "--encrypt-to",
        &other,
    ]);
    assert!(!sealed.contains("warning"), "{sealed}");
    home.run(&["backup", "p.age", "--passphrase-file", "passphrase"]);
    let begins = b"age-encryption.org/v1\n";
    for file in ["k.age", "p.age"] {
        assert!(std::fs::read(home.path(file)).unwrap().starts_with(begins));
    }
    for (words, code) in [
        (&["k.age", "--identity", "key.txt"][..], 0),
        (&["p.age", "--passphrase-file", "passphrase"], 0),
        (&["p.age", "--passphrase-file", "wrong"], 1),
    ] {
        let shown = home.run(&[&["restore", "--dry-run"], words].concat());
        assert!(
            shown.ends_with(&format!("--- exit code {code}\n")),
            "{shown}"
        );
        assert!(
            !shown.contains("horse") && !shown.contains("staple"),
            "{shown}"
        );
    }
    assert_snapshot!(home.run(&["restore", "--dry-run", "k.age"]), @"
    --- stderr
    error: the backup is encrypted to an age identity
    hint: Give the file with its secret key with --identity.
    --- exit code 1
    ");
    home.run(&["backup", "open.tar.gz"]);
    assert_snapshot!(home.run(&["restore", "open.tar.gz", "--identity", "key.txt", "--yes"]), @"
    --- stderr
    error: the backup is not encrypted: whoever has had it may have changed it
    hint: If it is the right one all the same, leave out --identity or --passphrase-file.
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["restore", "p.age", "--identity", "key.txt", "--yes"]), @"
    --- stderr
    error: the backup is encrypted to a passphrase
    hint: Give a file that holds it with --passphrase-file.
    --- exit code 1
    ");
    assert_snapshot!(
        home.run(&["restore", "p.age", "--passphrase-file", "wrong", "--yes"]),
        @"
    --- stderr
    error: the passphrase does not decrypt the backup
    hint: Nothing was changed.
    --- exit code 1
    "
    );
    assert_snapshot!(home.run(&["restore", "k.age", "--identity", "passphrase"]), @"
    --- stderr
    error: passphrase: line 1 is no secret key of age, `AGE-SECRET-KEY-1...`, as `age-keygen` makes one
    --- exit code 1
    ");
    assert_snapshot!(home.run(&["backup", "x", "--passphrase-file", "empty"]), @"
    --- stderr
    error: the first line of empty is empty, and no passphrase
    --- exit code 1
    ");
    let secret = std::fs::read_to_string(home.path("key.txt")).unwrap();
    let refused = home.run(&["backup", "x", "--encrypt-to", &secret]);
    assert!(refused.contains("age-keygen -y"), "{refused}");
    assert!(refused.ends_with("--- exit code 2\n"), "{refused}");
    assert!(!refused.contains(&secret), "{refused}");
}

#[test]
fn what_is_there_is_replaced_on_request_alone() {
    let _settings = settings();
    let (home, _) = home();
    home.write("b.tar.gz", b"the one before");
    assert_snapshot!(home.run(&["backup", "b.tar.gz"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will replace b.tar.gz. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_eq!(
        std::fs::read(home.path("b.tar.gz")).unwrap(),
        b"the one before"
    );
    let replaced = home.run(&["--yes", "backup", "b.tar.gz"]);
    assert!(replaced.ends_with("--- exit code 0\n"), "{replaced}");
    assert_snapshot!(home.run(&["restore", "b.tar.gz"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will replace the installation in [HOME]/data. Give --yes if that is meant.
    --- exit code 2
    ");
}

#[test]
fn what_cannot_be_backed_up_or_restored_is_said_with_what_to_do() {
    let home = Home::new();
    assert_snapshot!(home.run(&["backup", "b.tar.gz"]), @"
    --- stderr
    error: there is no installation in [HOME]/data: it has no database
    hint: Name the one that is meant with --data-dir, --store or --config.
    --- exit code 1
    ");
    assert!(!home.path("data").exists());
    home.write("certs.tgz", b"PK\x03\x04");
    assert_snapshot!(home.run(&["restore", "certs.tgz"]), @"
    --- stderr
    error: this is no whole backup: this is a ZIP archive, not a .tgz archive
    hint: Nothing was changed. Take another copy of it, or an older backup.
    --- exit code 1
    ");
    home.archive("flat.tgz", &[("capf.db", b"x")]);
    assert_snapshot!(home.run(&["restore", "flat.tgz"]), @"
    --- stderr
    error: this is no backup that capf made: it does not begin with its manifest
    hint: Nothing was changed. Take another copy of it, or an older backup.
    --- exit code 1
    ");
    assert_snapshot!(
        home.run(&["--store", "sqlite:elsewhere.db", "restore", "flat.tgz"]),
        @"
    --- stderr
    error: the store sqlite:elsewhere.db does not lie in the data directory [HOME]/data
    hint: Restore without --store into a directory of its own, and move its capf.db to where the store is to be, or bring it to PostgreSQL with `capf store copy`, while no service runs.
    --- exit code 1
    "
    );
    assert_snapshot!(home.run(&["backup", "b.tar.gz", "--keep", "3"]), @"
    --- stderr
    error: --keep needs a directory as TARGET
    hint: Name one that is there, or end it in a slash.
    --- exit code 2
    ");
    let letters = std::fs::create_dir(home.path("letters"));
    letters.unwrap();
    home.write("letters/one", b"Dear");
    assert_snapshot!(
        home.run(&["--data-dir", "letters", "--yes", "restore", "flat.tgz"]),
        @"
    --- stderr
    error: [HOME]/letters holds files, and no installation of capf
    hint: Name another directory with --data-dir: it need not exist.
    --- exit code 1
    "
    );
    assert!(!home.path("data").exists());
}

#[test]
fn a_directory_keeps_the_latest_backups() {
    let (home, _) = home();
    std::fs::create_dir(home.path("backups")).unwrap();
    for day in 1..=3 {
        home.write(&format!("backups/capf-2026010{day}T000000Z.tar.gz"), b"");
    }
    home.write("backups/notes.txt", b"");
    let made = home.run(&["backup", "backups/", "--keep", "2"]);
    assert!(made.ends_with("--- exit code 0\n"), "{made}");
    let left: Vec<_> = std::fs::read_dir(home.path("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left.len(), 3, "{left:?}");
    for name in ["capf-20260103T000000Z.tar.gz", "notes.txt"] {
        assert!(left.iter().any(|found| found == name), "{left:?}");
    }
}

#[test]
fn a_backup_goes_through_pipes() {
    let (home, _) = home();
    let made = home.capf(&["backup", "-"]).output().unwrap();
    home.write("piped.tar.gz", &made.stdout);
    let restored = home
        .capf(&["--data-dir", "other", "restore", "-"])
        .stdin(std::fs::File::open(home.path("piped.tar.gz")).unwrap())
        .env_remove("CAPF_DATA_DIR")
        .output()
        .unwrap();
    assert!(restored.status.success(), "{restored:?}");
    let verified = home.run(&["restore", "--dry-run", "--format", "json", "piped.tar.gz"]);
    assert!(verified.contains("\"phones\": 2"), "{verified}");
}

#[test]
fn everything_that_an_administrator_has_settled_comes_back() {
    let _settings = settings();
    let (home, _) = home();
    home.write("passphrase", b"correct horse\n");
    std::fs::set_permissions(
        home.path("passphrase"),
        std::fs::Permissions::from_mode(0o600),
    )
    .unwrap();
    let known = ["--ca-passphrase-file", "passphrase"];
    for words in [
        &["--yes", "ca", "regenerate"][..],
        &["ca", "csr", "--new-key", "ec256", "--output", "CAPF.csr"],
        &["ca", "passphrase", "--new-file", "passphrase"],
        &["service", "activate"],
        &[
            "phone",
            "find",
            "--where",
            "Device Name begins with SEP",
            "--save",
            "phones",
        ],
        &["parameter", "set", "phone-port", "3805"],
    ] {
        let done = home.run(&[&known[..], words].concat());
        assert!(done.ends_with("--- exit code 0\n"), "{words:?}: {done}");
    }
    let shown = |options: &[&str]| {
        [
            &["service", "status"][..],
            &["parameter", "history", "--format", "csv"],
            &["saved-search", "list"],
            &["ca", "show"],
            &["trust", "list"],
        ]
        .map(|words| home.run(&[options, words].concat()))
    };
    let before = shown(&[]);
    for options in [&[][..], &known] {
        let made = home.run(&[options, &["--yes", "backup", "b.tar.gz"]].concat());
        assert!(made.ends_with("--- exit code 0\n"), "{made}");
    }
    let path = home.path("other");
    let other = ["--data-dir", path.to_str().unwrap()];
    assert_snapshot!(
        home.run(&[&other[..], &["--quiet", "restore", "b.tar.gz"]].concat()),
        @"
    Made At               [TIME              ]
    Host                  [...]
    capf                  [...]
    Schema                [...]
    CAPF Certificate      O=capf, CN=CAPF-xxxxxxxx
    Phones                2
    LSCs                  0
    CSRs                  0
    Trusted Certificates  2
    Files                 9
    Bytes                 [...]
    Restored Into         [HOME]/other
    --- stderr
    warning: The CAPF key has a passphrase, which is not known here: the key was not tried. The service needs it.
    --- exit code 0
    "
    );
    let there = shown(&other).map(|text| text.replace("/other/", "/data/"));
    assert_eq!(there, before);
    for directory in ["ca-former", "ca-request"] {
        assert!(home.path("other").join(directory).is_dir(), "{directory}");
    }
    let tried = [&other[..], &known, &["--yes", "restore", "b.tar.gz"]].concat();
    let tried = home.run(&tried);
    assert!(!tried.contains("was not tried"), "{tried}");
}
