//! vsftpd.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use capf::secret::AccountPassword;
use capf::transfer::{Access, Problem, Remote, Said, Step};
use nix::unistd::User;
use tempfile::TempDir;

use crate::authority::{Authority, Identity};
use crate::installed::{installed, skipped};
use crate::root::is_root;
use crate::sending::{access, bytes, fetch, names, send};

/// A server that lets anybody write below `incoming`.
struct Vsftpd {
    process: Child,
    port: u16,
    directory: TempDir,
}

impl Vsftpd {
    /// Listens on an address, with more lines of configuration. Nothing where it cannot be.
    fn start(address: &str, identity: Option<&Identity>, more: &str) -> Option<Self> {
        let program = installed("vsftpd")?;
        if !is_root() {
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let root = at("root");
        for (path, mode) in [
            (directory.path().to_owned(), 0o755),
            (at("empty"), 0o555),
            (root.clone(), 0o555),
            (root.join("incoming"), 0o755),
        ] {
            fs::create_dir_all(&path).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        }
        let ftp = User::from_name("ftp")
            .unwrap()
            .expect("the package makes this user");
        chown(
            root.join("incoming"),
            Some(ftp.uid.as_raw()),
            Some(ftp.gid.as_raw()),
        )
        .unwrap();
        let port = free_port(address);
        let (listen, listen_address) = if address.contains(':') {
            ("listen_ipv6", "listen_address6")
        } else {
            ("listen", "listen_address")
        };
        let mut configuration = format!(
            "{listen}=YES\n{listen_address}={address}\nlisten_port={port}\nbackground=NO\n\
             secure_chroot_dir={empty}\nseccomp_sandbox=NO\nisolate=NO\nisolate_network=NO\n\
             anonymous_enable=YES\nanon_root={root}\nanon_umask=022\nwrite_enable=YES\n\
             anon_upload_enable=YES\nanon_other_write_enable=YES\nxferlog_enable=NO\n",
            empty = at("empty").display(),
            root = root.display(),
        );
        if let Some(identity) = identity {
            fs::write(at("server.pem"), &identity.certificate).unwrap();
            fs::write(at("server.key"), &identity.key).unwrap();
            write!(
                configuration,
                "ssl_enable=YES\nallow_anon_ssl=YES\nforce_anon_logins_ssl=YES\n\
                 force_anon_data_ssl=YES\nssl_ciphers=HIGH\n\
                 rsa_cert_file={}\nrsa_private_key_file={}\n",
                at("server.pem").display(),
                at("server.key").display(),
            )
            .unwrap();
        }
        configuration += more;
        fs::write(at("vsftpd.conf"), configuration).unwrap();
        let mut process = Command::new(program)
            .arg(at("vsftpd.conf"))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect((address, port)).is_err() {
            assert_eq!(process.try_wait().unwrap(), None, "the server has ended");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Self {
            process,
            port,
            directory,
        })
    }

    fn incoming(&self) -> PathBuf {
        self.directory.path().join("root/incoming")
    }

    fn names(&self) -> Vec<String> {
        names(&self.incoming())
    }

    fn remote(&self, scheme: &str, host: &str, path: &str) -> Remote {
        format!("{scheme}://{host}:{}/{path}", self.port)
            .parse()
            .unwrap()
    }
}

impl Drop for Vsftpd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port(address: &str) -> u16 {
    let listener = TcpListener::bind((address, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// There, onto the disk, and back; twice, since what is there is replaced.
async fn goes_and_comes_back(server: &Vsftpd, remote: &Remote, access: &Access<'_>) {
    for content in [bytes(3_000_017), Vec::new(), bytes(1)] {
        let sent = send(remote, &content, access).await.unwrap();
        assert_eq!(sent.bytes, content.len() as u64);
        assert!(sent.verified);
        assert_eq!(server.names(), ["a b.tgz"]);
        let on_disk = fs::read(server.incoming().join("a b.tgz")).unwrap();
        assert!(on_disk == content);
        assert!(fetch(remote, access).await.unwrap() == content);
    }
}

#[tokio::test]
async fn a_file_goes_and_comes_back_as_it_was() {
    let Some(server) = Vsftpd::start("127.0.0.1", None, "") else {
        return;
    };
    let remote = server.remote("ftp", "127.0.0.1", "incoming/a%20b.tgz");
    goes_and_comes_back(&server, &remote, &access(None)).await;
}

#[tokio::test]
async fn what_we_send_is_what_curl_gets() {
    let (Some(server), Some(curl)) = (Vsftpd::start("127.0.0.1", None, ""), installed("curl"))
    else {
        return;
    };
    let content = bytes(500_000);
    let remote = server.remote("ftp", "127.0.0.1", "incoming/x");
    send(&remote, &content, &access(None)).await.unwrap();
    let got = Command::new(curl)
        .args([
            "--silent",
            "--show-error",
            "--noproxy",
            "*",
            &remote.to_string(),
        ])
        .output()
        .unwrap();
    assert!(
        got.status.success(),
        "{}",
        String::from_utf8_lossy(&got.stderr)
    );
    assert!(got.stdout == content);
}

/// A server inside TLS, and the file with its CA.
fn secured(address: &str, more: &str) -> Option<(Vsftpd, PathBuf)> {
    let authority = Authority::new("CA");
    let identity = authority.vouch_for(address);
    let server = Vsftpd::start(address, Some(&identity), more)?;
    let ca_file = server.directory.path().join("ca.pem");
    fs::write(&ca_file, authority.pem()).unwrap();
    Some((server, ca_file))
}

#[tokio::test]
async fn data_connections_resume_the_session_that_the_server_insists_on() {
    let Some((server, ca_file)) = secured("127.0.0.1", "") else {
        return;
    };
    let remote = server.remote("ftps", "127.0.0.1", "incoming/a%20b.tgz");
    goes_and_comes_back(&server, &remote, &access(Some(&ca_file))).await;

    // The server insists indeed: it gives a client nothing that does not resume the session.
    let Some(curl) = installed("curl") else {
        return;
    };
    let url = format!("ftp://127.0.0.1:{}/incoming/a%20b.tgz", server.port);
    for (resuming, is_served) in [("--sessionid", true), ("--no-sessionid", false)] {
        let got = Command::new(&curl)
            .args(["--silent", "--show-error", "--noproxy", "*", "--ssl-reqd"])
            .arg("--cacert")
            .args([ca_file.as_os_str(), resuming.as_ref(), url.as_ref()])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&got.stderr);
        assert_eq!(got.status.success(), is_served, "{resuming}: {said}");
    }
}

#[tokio::test]
async fn implicit_tls_is_there_from_the_first_byte() {
    let Some((server, ca_file)) = secured("127.0.0.1", "implicit_ssl=YES\n") else {
        return;
    };
    let remote = server.remote("ftps+implicit", "127.0.0.1", "incoming/a%20b.tgz");
    goes_and_comes_back(&server, &remote, &access(Some(&ca_file))).await;
}

#[tokio::test]
async fn an_ipv6_address_does_as_well() {
    let Some((server, ca_file)) = secured("::1", "") else {
        return;
    };
    let remote = server.remote("ftps", "[::1]", "incoming/a%20b.tgz");
    goes_and_comes_back(&server, &remote, &access(Some(&ca_file))).await;
}

#[tokio::test]
async fn an_ipv6_address_in_clear_text_does_as_well() {
    let Some(server) = Vsftpd::start("::1", None, "") else {
        return;
    };
    let remote = server.remote("ftp", "[::1]", "incoming/a%20b.tgz");
    goes_and_comes_back(&server, &remote, &access(None)).await;
}

/// What comes of a server whose certificate is wrong.
async fn distrusted(scheme: &str, identity: &Identity, authority: &Authority) -> Option<String> {
    let more = if scheme == "ftps" {
        ""
    } else {
        "implicit_ssl=YES\n"
    };
    let server = Vsftpd::start("127.0.0.1", Some(identity), more)?;
    let ca_file = server.directory.path().join("ca.pem");
    fs::write(&ca_file, authority.pem()).unwrap();
    let remote = server.remote(scheme, "127.0.0.1", "incoming/x");
    let error = send(&remote, b"x", &access(Some(&ca_file)))
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Tls, "{error}");
    assert!(matches!(error.problem, Problem::Tls { .. }), "{error}");
    assert!(server.names().is_empty());
    Some(error.problem.to_string())
}

#[tokio::test]
async fn a_certificate_that_is_not_to_be_trusted_is_refused_in_plain_words() {
    let authority = Authority::new("CA");
    let stranger = Authority::new("Another CA");
    for scheme in ["ftps", "ftps+implicit"] {
        for (identity, says) in [
            (
                authority.vouch_no_more_for("127.0.0.1"),
                "certificate has expired",
            ),
            (
                stranger.vouch_for("127.0.0.1"),
                "unable to get local issuer certificate",
            ),
            (authority.vouch_for("192.0.2.1"), "IP address mismatch"),
        ] {
            let Some(said) = distrusted(scheme, &identity, &authority).await else {
                return;
            };
            assert_eq!(said, format!("the server's certificate: {says}"));
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_passed_on_in_the_words_of_the_server() {
    let Some(server) = Vsftpd::start("127.0.0.1", None, "local_enable=YES\n") else {
        return;
    };
    let remote = server.remote("ftp", "127.0.0.1", "incoming/x");
    let access = Access {
        user: Some("nobody-of-this-name".to_owned()),
        password: Some(AccountPassword::new("wrong")),
        ..access(None)
    };
    let error = send(&remote, b"x", &access).await.unwrap_err();
    assert_eq!(error.step, Step::Login);
    assert!(matches!(
        error.problem,
        Problem::Said {
            kind: Said::Login,
            ..
        }
    ));
    let text = error.to_string();
    assert!(text.contains("530 Login incorrect."), "{text}");
    assert!(!text.contains("wrong"), "{text}");
}

#[tokio::test]
async fn a_directory_that_is_not_there_and_one_that_is_not_ours_are_told_apart() {
    let Some(server) = Vsftpd::start("127.0.0.1", None, "") else {
        return;
    };
    for (path, expected) in [("nowhere/x", Said::NotFound), ("x", Said::Denied)] {
        let remote = server.remote("ftp", "127.0.0.1", path);
        let error = send(&remote, b"x", &access(None)).await.unwrap_err();
        assert_eq!(error.step, Step::Open);
        assert!(
            matches!(&error.problem, Problem::Said { kind, .. } if *kind == expected),
            "{error:?}"
        );
        assert_eq!(error.left_behind, None);
    }
    let remote = server.remote("ftp", "127.0.0.1", "incoming/nothing");
    let error = fetch(&remote, &access(None)).await.unwrap_err();
    assert!(
        matches!(
            &error.problem,
            Problem::Said {
                kind: Said::NotFound,
                ..
            }
        ),
        "{error:?}"
    );
}

/// A file system of a few pages.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path, owner: &User) -> Option<Self> {
        let options = format!("size=64k,mode=755,uid={},gid={}", owner.uid, owner.gid);
        let mounted = Command::new(installed("mount")?)
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(at)
            .status()
            .unwrap();
        if !mounted.success() {
            skipped("no file system can be mounted");
            return None;
        }
        Some(Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_left() {
    let authority = Authority::new("CA");
    let identity = authority.vouch_for("127.0.0.1");
    for (scheme, identity) in [("ftp", None), ("ftps", Some(&identity))] {
        let Some(server) = Vsftpd::start("127.0.0.1", identity, "") else {
            return;
        };
        let ftp = User::from_name("ftp").unwrap().unwrap();
        let Some(_disk) = SmallDisk::mount(&server.incoming(), &ftp) else {
            return;
        };
        let ca_file = server.directory.path().join("ca.pem");
        fs::write(&ca_file, authority.pem()).unwrap();
        let remote = server.remote(scheme, "127.0.0.1", "incoming/x");
        let error = send(&remote, &bytes(8_000_000), &access(Some(&ca_file)))
            .await
            .unwrap_err();
        assert_eq!(error.step, Step::Send, "{error}");
        assert!(
            error
                .to_string()
                .contains("451 Failure writing to local file."),
            "{error}"
        );
        assert_eq!(error.left_behind, None);
        assert!(server.names().is_empty());
    }
}

/// A user of this system, for as long as it is needed.
struct LocalUser(String);

impl LocalUser {
    fn add(home: &Path, password: &str) -> Option<Self> {
        let name = format!("capf{}", std::process::id());
        let useradd = installed("useradd")?;
        // Another program may be adding one at this moment.
        let added = |_| {
            let status = Command::new(&useradd)
                .args(["--shell", "/bin/sh", "--no-create-home", "--home-dir"])
                .args([home.as_os_str(), name.as_ref()])
                .status();
            let is_added = status.unwrap().success();
            if !is_added {
                std::thread::sleep(Duration::from_millis(200));
            }
            is_added
        };
        assert!((0..20).any(added), "no user can be added");
        let user = Self(name);
        let mut chpasswd = Command::new(installed("chpasswd")?)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let line = format!("{}:{password}\n", user.0);
        std::io::Write::write_all(&mut chpasswd.stdin.take().unwrap(), line.as_bytes()).unwrap();
        assert!(chpasswd.wait().unwrap().success());
        Some(user)
    }
}

impl Drop for LocalUser {
    fn drop(&mut self) {
        let _ = Command::new("userdel").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_user_who_is_locked_into_a_directory_names_files_from_there() {
    let more = "local_enable=YES\nchroot_local_user=YES\nallow_writeable_chroot=YES\n";
    let Some(server) = Vsftpd::start("127.0.0.1", None, more) else {
        return;
    };
    let Some(user) = LocalUser::add(&server.incoming(), "p@ss word") else {
        return;
    };
    let account = User::from_name(&user.0).unwrap().unwrap();
    chown(server.incoming(), Some(account.uid.as_raw()), None).unwrap();
    let access = Access {
        user: Some(user.0.clone()),
        password: Some(AccountPassword::new("p@ss word")),
        ..access(None)
    };
    for path in ["below", "%2Ffrom-the-root"] {
        let remote = server.remote("ftp", "127.0.0.1", path);
        let content = bytes(10_000);
        send(&remote, &content, &access).await.unwrap();
        assert!(fetch(&remote, &access).await.unwrap() == content);
    }
    assert_eq!(server.names(), ["below", "from-the-root"]);
}
