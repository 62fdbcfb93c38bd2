//! OpenSSH's sshd, with its own keys and a configuration of its own, on a free port.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod keys;
mod sshd;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use capf::secret::AccountPassword;
use capf::transfer::{Access, Ask, HostKey, NobodyToAsk, Problem, Said, Step, upload};
use tokio_util::sync::CancellationToken;

use crate::sending::{fetch_from as fetch, names, send_to as send};
use sshd::{Account, Disk, Sshd, is_root, me, run, sftp};

/// What is known of a server that the first login opens with this key.
fn access(sshd: &Sshd, key: &Path) -> Access<'static> {
    Access {
        user: Some(me()),
        password: None,
        netrc: None,
        ca_file: None,
        known_hosts: vec![sshd.known_hosts()],
        host_key: Some(sshd.fingerprint()),
        keys: vec![key.to_owned()],
        agent: None,
        login_name: "nobody".to_owned(),
        timeout: Duration::from_secs(20),
        ask: &NobodyToAsk,
    }
}

/// Bytes in which a part in the wrong place would show.
fn some_bytes(count: u32) -> Vec<u8> {
    (0..count.div_ceil(4))
        .flat_map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes())
        .take(count as usize)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_there_and_back_and_stock_sftp_sees_the_same() {
    let Some(sshd) = Sshd::start("") else {
        return;
    };
    let access = access(&sshd, &sshd.client_key());
    for size in [0, 1, 32 * 1024, 20_000_000] {
        let bytes = some_bytes(size);
        let url = sshd.url(&format!("files/{size}"));
        let sent = send(&url, &bytes, false, &access).await.unwrap();
        assert!(sent.verified && sent.bytes == u64::from(size));
        let path = sshd.path(&format!("files/{size}"));
        assert!(std::fs::read(&path).unwrap() == bytes, "{size}");
        assert!(
            fetch(&url, u64::MAX, &access).await.unwrap() == bytes,
            "{size}"
        );
        let copy = sshd.path("copy");
        sftp(&sshd, &format!("get {} {}", path.display(), copy.display()));
        assert!(std::fs::read(&copy).unwrap() == bytes, "{size}");
    }
    assert_eq!(names(&sshd.path("files")), ["0", "1", "20000000", "32768"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_an_ipv6_address_is_reached() {
    let Some(sshd) = Sshd::start("") else {
        return;
    };
    let access = access(&sshd, &sshd.client_key());
    let path = sshd.path("files/six");
    let url = format!("sftp://[::1]:{}{}", sshd.port(), path.display());
    send(&url, b"six", false, &access).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), b"six");
    let lines = std::fs::read_to_string(sshd.known_hosts()).unwrap();
    assert!(
        lines.starts_with(&format!("[::1]:{} ssh-ed25519 ", sshd.port())),
        "{lines}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn openssh_finds_the_key_that_was_kept_and_we_find_those_that_it_keeps() {
    let Some(sshd) = Sshd::start("") else {
        return;
    };
    let mut access = access(&sshd, &sshd.client_key());
    let url = sshd.url("files/x");
    send(&url, b"x", true, &access).await.unwrap();
    access.host_key = None;
    send(&url, b"x", true, &access).await.unwrap();

    let known_hosts = sshd.known_hosts();
    let name = format!("[127.0.0.1]:{}", sshd.port());
    let find = ["-F", &name, "-f", known_hosts.to_str().unwrap()];
    let found = run("ssh-keygen", &find);
    assert!(found.contains("ssh-ed25519"), "{found}");
    // It believes nobody that it does not know.
    sftp(&sshd, "ls /");

    run("ssh-keygen", &["-H", "-f", known_hosts.to_str().unwrap()]);
    let lines = std::fs::read_to_string(&known_hosts).unwrap();
    assert!(
        lines.starts_with("|1|") && !lines.contains("127.0.0.1"),
        "{lines}"
    );
    send(&url, b"x", true, &access).await.unwrap();
    assert_eq!(std::fs::read_to_string(&known_hosts).unwrap(), lines);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_another_key_is_refused() {
    let (Some(sshd), Some(other)) = (Sshd::start(""), Sshd::start("")) else {
        return;
    };
    let line = format!("[127.0.0.1]:{} {}", sshd.port(), other.host_key());
    std::fs::write(sshd.known_hosts(), &line).unwrap();
    let access = access(&sshd, &sshd.client_key());
    let error = send(&sshd.url("files/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::HostKey);
    assert!(matches!(error.problem, Problem::ChangedHostKey { .. }));
    let text = error.to_string();
    assert!(
        text.contains("known_hosts:1") && text.contains(&sshd.fingerprint()),
        "{text}"
    );
    assert!(names(&sshd.path("files")).is_empty());
    assert_eq!(std::fs::read_to_string(sshd.known_hosts()).unwrap(), line);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_forces_sftp_upon_everybody_is_served() {
    let Some(sshd) = Sshd::start("ForceCommand internal-sftp") else {
        return;
    };
    let access = access(&sshd, &sshd.client_key());
    send(&sshd.url("files/x"), b"forced", false, &access)
        .await
        .unwrap();
    assert_eq!(std::fs::read(sshd.path("files/x")).unwrap(), b"forced");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_locks_everybody_in_is_served() {
    if !is_root("to change a root directory") {
        return;
    }
    // Nobody but root may write on the way to it.
    let jail = tempfile::tempdir_in("/run").unwrap();
    std::fs::create_dir(jail.path().join("files")).unwrap();
    let path = jail.path().display();
    let lines = format!("ForceCommand internal-sftp\nChrootDirectory {path}");
    let Some(sshd) = Sshd::start(&lines) else {
        return;
    };
    let access = access(&sshd, &sshd.client_key());
    let url = format!("sftp://127.0.0.1:{}/files/x", sshd.port());
    send(&url, b"locked in", false, &access).await.unwrap();
    assert_eq!(
        std::fs::read(jail.path().join("files/x")).unwrap(),
        b"locked in"
    );
    assert_eq!(fetch(&url, u64::MAX, &access).await.unwrap(), b"locked in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_only_what_is_old_is_served_or_told_what_it_lacks() {
    let old = "KexAlgorithms ecdh-sha2-nistp256\nMACs hmac-sha1\nCiphers aes128-ctr";
    let Some(sshd) = Sshd::start(old) else {
        return;
    };
    let access_old = access(&sshd, &sshd.client_key());
    send(&sshd.url("files/x"), b"old", false, &access_old)
        .await
        .unwrap();
    assert_eq!(std::fs::read(sshd.path("files/x")).unwrap(), b"old");

    let Some(sshd) = Sshd::start("KexAlgorithms diffie-hellman-group1-sha1") else {
        return;
    };
    let access = access(&sshd, &sshd.client_key());
    let error = send(&sshd.url("files/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Connect);
    let text = error.to_string();
    for part in [
        "no key exchange in common",
        "diffie-hellman-group1-sha1",
        "curve25519",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_though_the_server_has_no_word_for_it() {
    let Some(sshd) = Sshd::start("") else {
        return;
    };
    let Some(disk) = Disk::mount(&sshd.path("files"), "size=1m") else {
        return;
    };
    let access = access(&sshd, &sshd.client_key());
    let error = send(&sshd.url("files/x"), &some_bytes(3_000_000), false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Send);
    let Problem::Said { words, kind } = &error.problem else {
        panic!("{error:?}");
    };
    assert_eq!(*kind, Said::Full, "{words}");
    assert!(words.starts_with("4 Failure; free there: "), "{words}");
    assert_eq!(error.left_behind, None);
    assert!(names(&sshd.path("files")).is_empty());
    drop(disk);

    let Some(_disk) = Disk::mount(&sshd.path("files"), "nr_inodes=1") else {
        return;
    };
    let error = send(&sshd.url("files/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Open);
    assert!(error.to_string().contains("0 files"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_there_are_kept_or_replaced_as_was_asked() {
    let Some(sshd) = Sshd::start("") else {
        return;
    };
    let access = access(&sshd, &sshd.client_key());
    let path = sshd.path("files/x");
    std::fs::write(&path, "old").unwrap();
    let error = send(&sshd.url("files/x"), b"new", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Open);
    assert!(matches!(error.problem, Problem::Exists));
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    send(&sshd.url("files/x"), b"new", true, &access)
        .await
        .unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"new");

    // One that appears while another is sent.
    std::fs::remove_file(&path).unwrap();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"late").unwrap();
    let target = sshd.url("files/x").parse().unwrap();
    let appears = |_, _| std::fs::write(&path, "early").unwrap();
    let stop = CancellationToken::new();
    let error = upload(&target, file, false, &access, &appears, &stop)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Rename);
    assert!(matches!(error.problem, Problem::Exists), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"early");
    assert_eq!(names(&sshd.path("files")), ["x"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_not_there_is_named_in_the_servers_words() {
    let Some(sshd) = Sshd::start("") else {
        return;
    };
    let access = access(&sshd, &sshd.client_key());
    for error in [
        send(&sshd.url("none/x"), b"x", false, &access)
            .await
            .unwrap_err(),
        fetch(&sshd.url("none/x"), u64::MAX, &access)
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.step, Step::Open);
        assert!(
            error
                .to_string()
                .contains("the server said `2 No such file`"),
            "{error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_a_password_is_let_in_and_kept_in_bounds() {
    let Some(sshd) = Sshd::start("PasswordAuthentication yes") else {
        return;
    };
    let Some(account) = Account::create("correct horse", &sshd.path("home")) else {
        return;
    };
    let mut access = Access {
        user: Some(account.name().to_owned()),
        password: Some(AccountPassword::new("correct horse")),
        keys: Vec::new(),
        ..access(&sshd, Path::new(""))
    };
    let url = format!("sftp://127.0.0.1:{}/~/x", sshd.port());
    send(&url, b"home", false, &access).await.unwrap();
    assert_eq!(std::fs::read(sshd.path("home/x")).unwrap(), b"home");

    let error = send(&sshd.url("files/x"), b"x", false, &access)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Open);
    let Problem::Said { words, kind } = &error.problem else {
        panic!("{error:?}");
    };
    assert_eq!((&**words, *kind), ("3 Permission denied", Said::Denied));

    access.password = Some(AccountPassword::new("battery staple"));
    let error = send(&url, b"x", false, &access).await.unwrap_err();
    assert_eq!(error.step, Step::Login);
    let text = error.to_string();
    assert!(
        text.contains("the server takes publickey, password"),
        "{text}"
    );
    assert!(
        text.contains(account.name()) && !text.contains("staple"),
        "{text}"
    );
}

/// Somebody who knows one passphrase.
struct Passphrase(&'static str);

impl Ask for Passphrase {
    fn password(&self, _: &str, _: &str) -> Option<AccountPassword> {
        None
    }

    fn passphrase(&self, _: &Path) -> Option<AccountPassword> {
        Some(AccountPassword::new(self.0))
    }

    fn believe(&self, _: &HostKey) -> bool {
        false
    }
}

fn key_made_by(directory: &Path, name: &str, options: &str) -> PathBuf {
    let path = directory.join(name);
    let path_text = path.to_str().unwrap();
    let mut arguments = vec!["-q", "-f", path_text];
    arguments.extend(options.split(' '));
    if !options.contains("-N") {
        arguments.extend(["-N", ""]);
    }
    run("ssh-keygen", &arguments);
    path
}
