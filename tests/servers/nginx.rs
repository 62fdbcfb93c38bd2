//! nginx with its module for `WebDAV`, whose PUT writes a temporary file and renames it.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use capf::secret::AccountPassword;
use capf::transfer::{self, Access, Problem, Remote, Said, Sent, Step, TransferError};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::authority::Authority;
use crate::installed::{installed, skipped};
use crate::root::is_root;
use crate::sending::{access, bytes, fetch, file, names, send};

/// How large the files are that are larger than every buffer on the way.
const SEVERAL_MEGABYTES: usize = 5_000_000;

/// A server with directories for everybody (`/open/`), for `admin` (`/closed/`), for small files
/// (`/small/`), for nobody's files (`/read-only/`), and on a disk that is full soon (`/tiny/`).
struct Nginx {
    process: Child,
    port: u16,
    directory: TempDir,
}

impl Nginx {
    const DIRECTORIES: [&str; 5] = ["open", "closed", "small", "read-only", "tiny"];

    fn start(address: &str) -> Option<Self> {
        let program = installed("nginx")?;
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        for name in Self::DIRECTORIES {
            fs::create_dir_all(at("files").join(name)).unwrap();
        }
        let authority = Authority::new("Example CA");
        let identity = authority.vouch_for(address.trim_matches(['[', ']']));
        fs::write(at("ca.pem"), authority.pem()).unwrap();
        fs::write(at("server.pem"), &identity.certificate).unwrap();
        fs::write(at("server.key"), &identity.key).unwrap();
        fs::write(at("users"), "admin:{PLAIN}p@ss word\n").unwrap();
        let port = free_port(address);
        let configuration = configuration(directory.path(), address, port);
        fs::write(at("nginx.conf"), configuration).unwrap();
        let mut process = Command::new(program)
            .arg("-c")
            .arg(at("nginx.conf"))
            .arg("-p")
            .arg(directory.path())
            .args(["-e", "error.log"])
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect(format!("{address}:{port}")).is_err() {
            let log = || fs::read_to_string(at("error.log"));
            assert_eq!(process.try_wait().unwrap(), None, "{:?}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Self {
            process,
            port,
            directory,
        })
    }

    fn url(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.port)
    }

    fn remote(&self, path: &str) -> Remote {
        self.url(path).parse().unwrap()
    }

    fn access(&self) -> Access<'static> {
        access(Some(&self.directory.path().join("ca.pem")))
    }

    fn access_as(&self, user: &str, password: &str) -> Access<'static> {
        Access {
            user: Some(user.to_owned()),
            password: Some(AccountPassword::new(password)),
            ..self.access()
        }
    }

    fn files(&self, directory: &str) -> PathBuf {
        self.directory.path().join("files").join(directory)
    }

    /// What it has under way.
    fn bodies(&self) -> Vec<String> {
        names(&self.directory.path().join("body"))
    }

    /// Fetches a file with curl.
    fn curl(&self, url: &str) -> Option<Vec<u8>> {
        let output = Command::new(installed("curl")?)
            .args([
                "--silent",
                "--show-error",
                "--fail",
                "--globoff",
                "--cacert",
            ])
            .arg(self.directory.path().join("ca.pem"))
            .arg(url)
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
        Some(output.stdout)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One process in the foreground, as whoever runs the test.
fn configuration(directory: &Path, address: &str, port: u16) -> String {
    let directory = directory.display();
    format!(
        "daemon off; master_process off; pid nginx.pid; error_log error.log;
        events {{ }}
        http {{
            access_log off; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi; scgi_temp_path scgi; client_body_temp_path body;
            server {{
                listen {address}:{port} ssl;
                ssl_certificate server.pem; ssl_certificate_key server.key;
                root {directory}/files; client_max_body_size 50m; dav_methods PUT DELETE;
                location /closed/ {{ auth_basic files; auth_basic_user_file users; }}
                location /small/ {{ client_max_body_size 100k; }}
                location /read-only/ {{ limit_except GET {{ deny all; }} }}
            }}
        }}"
    )
}

fn free_port(address: &str) -> u16 {
    let listener = TcpListener::bind(format!("{address}:0")).unwrap();
    listener.local_addr().unwrap().port()
}

/// A disk of 100 kilobytes in the place of a directory.
struct TinyDisk(PathBuf);

impl TinyDisk {
    fn mount(at: PathBuf) -> Option<Self> {
        if !is_root() {
            return None;
        }
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=100k", "tmpfs"])
            .arg(&at)
            .status();
        if !mount.is_ok_and(|status| status.success()) {
            skipped("a tmpfs cannot be mounted");
            return None;
        }
        Some(Self(at))
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

async fn send_new(
    remote: &Remote,
    content: &[u8],
    access: &Access<'_>,
) -> Result<Sent, TransferError> {
    let stop = CancellationToken::new();
    transfer::upload(remote, file(content), false, access, &|_, _| {}, &stop).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_what_the_server_and_curl_have() {
    let Some(nginx) = Nginx::start("127.0.0.1") else {
        return;
    };
    for (path, content) in [
        ("/open/a.tgz", bytes(SEVERAL_MEGABYTES)),
        ("/open/empty", Vec::new()),
        ("/open/a%20b%23.tgz", bytes(1)),
    ] {
        let remote = nginx.remote(path);
        let sent = send_new(&remote, &content, &nginx.access()).await.unwrap();
        let bytes = content.len() as u64;
        let verified = true;
        assert_eq!(sent, Sent { bytes, verified });
        let fetched = nginx.curl(&nginx.url(path));
        assert!(fetched.is_none_or(|fetched| fetched == content), "{path}");
        assert!(fetch(&remote, &nginx.access()).await.unwrap() == content);
    }
    assert_eq!(names(&nginx.files("open")), ["a b#.tgz", "a.tgz", "empty"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_reached_over_ipv6() {
    let Some(nginx) = Nginx::start("[::1]") else {
        return;
    };
    let url = format!("https://[::1]:{}/open/a", nginx.port);
    let remote = url.parse().unwrap();
    send_new(&remote, b"six", &nginx.access()).await.unwrap();
    assert_eq!(fs::read(nginx.files("open").join("a")).unwrap(), b"six");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_closed_directory_opens_for_the_right_password_alone() {
    let Some(nginx) = Nginx::start("127.0.0.1") else {
        return;
    };
    let remote = nginx.remote("/closed/a");
    for wrong in [
        nginx.access(),
        nginx.access_as("admin", "hush"),
        nginx.access_as("root", "p@ss word"),
    ] {
        for error in [
            send_new(&remote, b"x", &wrong).await.unwrap_err(),
            send(&remote, b"x", &wrong).await.unwrap_err(),
            fetch(&remote, &wrong).await.unwrap_err(),
        ] {
            assert_eq!(error.step, Step::Login);
            let text = error.to_string();
            assert!(
                text.contains("401 Unauthorized") && !text.contains("hush"),
                "{text}"
            );
            let login = Said::Login;
            assert!(matches!(error.problem, Problem::Said { kind, .. } if kind == login));
        }
        assert!(names(&nginx.files("closed")).is_empty());
    }
    let right = nginx.access_as("admin", "p@ss word");
    send_new(&remote, b"x", &right).await.unwrap();
    assert_eq!(fetch(&remote, &right).await.unwrap(), b"x");
}

#[tokio::test(flavor = "multi_thread")]
async fn user_and_password_come_from_a_netrc_file() {
    let Some(nginx) = Nginx::start("127.0.0.1") else {
        return;
    };
    let netrc = nginx.directory.path().join("netrc");
    fs::write(
        &netrc,
        "machine 127.0.0.1 login admin password \"p@ss word\"",
    )
    .unwrap();
    let remote = nginx.remote("/closed/a");
    let access = Access {
        netrc: Some(netrc.clone()),
        ..nginx.access()
    };
    for (mode, is_safe) in [(0o644, false), (0o600, true)] {
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(&netrc, permissions).unwrap();
        match send_new(&remote, b"x", &access).await {
            Ok(_) => assert!(is_safe),
            Err(error) => {
                assert!(!is_safe, "{error}");
                assert!(error.to_string().contains("`chmod 600 "), "{error}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_exists_is_refused_or_replaced_as_it_was_asked() {
    let Some(nginx) = Nginx::start("127.0.0.1") else {
        return;
    };
    let remote = nginx.remote("/open/a");
    let path = nginx.files("open").join("a");
    fs::write(&path, "old").unwrap();
    let error = send_new(&remote, b"new", &nginx.access())
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Open);
    assert!(matches!(error.problem, Problem::Exists), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"old");
    send(&remote, b"new", &nginx.access()).await.unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_does_not_take_is_said_in_its_words_and_leaves_nothing() {
    let Some(nginx) = Nginx::start("127.0.0.1") else {
        return;
    };
    for (path, words, kind) in [
        ("/small/a", "413 ", Said::Other),
        ("/read-only/a", "403 Forbidden", Said::Denied),
        // Of a directory that is not there it says no more.
        ("/open/missing/a", "500 Internal Server Error", Said::Other),
    ] {
        for replace in [false, true] {
            let remote = nginx.remote(path);
            let content = bytes(SEVERAL_MEGABYTES);
            let sent = if replace {
                send(&remote, &content, &nginx.access()).await
            } else {
                send_new(&remote, &content, &nginx.access()).await
            };
            let error = sent.unwrap_err();
            assert_eq!(error.step, Step::Send, "{error}");
            assert_eq!(error.left_behind, None, "{error}");
            match error.problem {
                Problem::Said {
                    words: said,
                    kind: meant,
                } => {
                    assert!(said.starts_with(words), "{said}");
                    assert_eq!(meant, kind);
                }
                _ => panic!("{error}"),
            }
        }
    }
    for directory in Nginx::DIRECTORIES {
        assert!(names(&nginx.files(directory)).is_empty(), "{directory}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_an_error_of_the_servers_and_the_older_file_stays() {
    let Some(nginx) = Nginx::start("127.0.0.1") else {
        return;
    };
    let Some(_disk) = TinyDisk::mount(nginx.files("tiny")) else {
        return;
    };
    let older = bytes(10_000);
    let remote = nginx.remote("/tiny/a");
    send_new(&remote, &older, &nginx.access()).await.unwrap();
    let content = bytes(SEVERAL_MEGABYTES);
    for (path, replace) in [("/tiny/a", true), ("/tiny/b", false)] {
        let stop = CancellationToken::new();
        let access = nginx.access();
        let remote = nginx.remote(path);
        let file = file(&content);
        let error = transfer::upload(&remote, file, replace, &access, &|_, _| {}, &stop)
            .await
            .unwrap_err();
        assert_eq!(error.step, Step::Send);
        // It has no word for it.
        assert!(
            error.to_string().contains("500 Internal Server Error"),
            "{error}"
        );
        assert_eq!(error.left_behind, None, "{error}");
    }
    // What it has copied so far it leaves under names of its own.
    assert!(!names(&nginx.files("tiny")).contains(&"b".to_owned()));
    assert_eq!(fs::read(nginx.files("tiny").join("a")).unwrap(), older);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_stopped_in_the_middle_leaves_nothing() {
    let Some(nginx) = Nginx::start("127.0.0.1") else {
        return;
    };
    let stop = CancellationToken::new();
    let moved = |count, _: Option<u64>| {
        if count > 1_000_000 {
            stop.cancel();
        }
    };
    let remote = nginx.remote("/open/a");
    let file = file(&bytes(SEVERAL_MEGABYTES));
    let error = transfer::upload(&remote, file, false, &nginx.access(), &moved, &stop)
        .await
        .unwrap_err();
    assert_eq!(error.step, Step::Stop);
    assert_eq!(error.left_behind, None);
    assert!(names(&nginx.files("open")).is_empty());
    // It notices the end of the connection in its own time.
    while !nginx.bodies().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_there_and_a_directory_are_no_downloads() {
    let Some(nginx) = Nginx::start("127.0.0.1") else {
        return;
    };
    for (path, words) in [
        ("/open/a", "404 Not Found"),
        ("/open/", "403 Forbidden"),
        // The server adds the slash, which leads nowhere either.
        ("/open", "403 Forbidden"),
    ] {
        let error = fetch(&nginx.remote(path), &nginx.access())
            .await
            .unwrap_err();
        assert_eq!(error.step, Step::Open);
        assert!(error.to_string().contains(words), "{path}: {error}");
    }
}
