//! Where archives go and come from.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use async_tftp::server::TftpServerBuilder;
use capf::archive::{self, InvalidArchive, Limits};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::disk::Temper;
use super::ftp_server::Embedded;
use super::home::Home;
use super::https_certificates::Authority;
use super::https_server::{Act, Request, Server as HttpsServer, answer};
use super::sftp_server::{Door, Server as SftpServer};
use super::{PASSWORD, USER};

/// A server, and what a client of it must know.
pub(super) struct Place {
    pub(super) scheme: &'static str,
    pub(super) address: SocketAddr,
    /// What makes the server believed.
    pub(super) options: Vec<String>,
    /// The file with the CA that vouches for it.
    _authority: Option<Authority>,
    server: Server,
}

enum Server {
    Ftp(Embedded),
    Tftp(TempDir, JoinHandle<()>),
    Sftp(SftpServer),
    Https(HttpsServer),
}

impl Place {
    /// It lets everybody in.
    pub(super) fn ftp() -> Self {
        let server = Embedded::start("127.0.0.1", None);
        Self {
            scheme: "ftp",
            address: ([127, 0, 0, 1], server.port).into(),
            options: Vec::new(),
            _authority: None,
            server: Server::Ftp(server),
        }
    }

    pub(super) async fn tftp() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let server = TftpServerBuilder::with_dir_rw(directory.path())
            .unwrap()
            .bind("127.0.0.1:0".parse().unwrap())
            .build()
            .await
            .unwrap();
        let address = server.listen_addr().unwrap();
        let serving = tokio::spawn(async move { server.serve().await.unwrap() });
        Self {
            scheme: "tftp",
            address,
            options: Vec::new(),
            _authority: None,
            server: Server::Tftp(directory, serving),
        }
    }

    pub(super) async fn sftp() -> Self {
        Self::sftp_with(Temper::Good).await
    }

    pub(super) async fn sftp_with(temper: Temper) -> Self {
        let server = SftpServer::with(Door::default(), temper).await;
        Self {
            scheme: "sftp",
            address: server.address,
            options: vec!["--host-key".to_owned(), server.fingerprint()],
            _authority: None,
            server: Server::Sftp(server),
        }
    }

    pub(super) async fn https() -> Self {
        Self::https_with(|_| Act::Usual).await
    }

    /// It lets in whoever has the account, and does then what the script says.
    pub(super) async fn https_with(
        script: impl Fn(&Request) -> Act + Send + Sync + 'static,
    ) -> Self {
        let authority = Authority::new();
        let account = openssl::base64::encode_block(format!("{USER}:{PASSWORD}").as_bytes());
        let account = format!("Basic {account}");
        let guarded = move |request: &Request| {
            if request.header("authorization") == Some(&account) {
                return script(request);
            }
            let headers = "WWW-Authenticate: Basic realm=\"files\"\r\n";
            Act::Say(answer("401 Unauthorized", headers, "who are you?"))
        };
        let server = HttpsServer::start_with(authority.server(), guarded).await;
        Self {
            scheme: "https",
            address: server.address,
            options: vec![
                "--ca-file".to_owned(),
                authority.file().display().to_string(),
            ],
            _authority: Some(authority),
            server: Server::Https(server),
        }
    }

    /// Whether it takes users and passwords, and looks at them.
    pub(super) fn has_accounts(&self) -> bool {
        matches!(self.server, Server::Sftp(_) | Server::Https(_))
    }

    pub(super) fn url(&self, name: &str) -> String {
        format!("{}://{}/{name}", self.scheme, self.address)
    }

    /// The program with the account and what makes the server believed.
    pub(super) fn capf(&self, home: &Home, arguments: &[&str]) -> Command {
        let mut command = self.capf_as_nobody(home, arguments);
        if self.has_accounts() {
            command
                .args(["--user", USER])
                .env("CAPF_PASSWORD", PASSWORD);
        }
        command
    }

    pub(super) fn capf_as_nobody(&self, home: &Home, arguments: &[&str]) -> Command {
        let mut command = home.capf(arguments);
        command.args(&self.options);
        command
    }

    fn directory(&self) -> Option<PathBuf> {
        match &self.server {
            Server::Ftp(server) => Some(server.files()),
            Server::Tftp(directory, _) => Some(directory.path().to_owned()),
            Server::Sftp(server) => Some(server.path("")),
            Server::Https(_) => None,
        }
    }

    /// What the server has under this name.
    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        match (&self.server, self.directory()) {
            (Server::Https(server), _) => server.file(&format!("/{name}")),
            (_, directory) => fs::read(directory.unwrap().join(name)).ok(),
        }
    }

    /// What the server has under this name once it is a whole archive, and not the `old` one: a
    /// TFTP server may confirm the last packet before it writes it.
    pub(super) fn read_whole(&self, name: &str, old: &[u8]) -> Vec<u8> {
        for _ in 0..1000 {
            if let Some(bytes) = self.read(name)
                && bytes != old
                && archive::read(&bytes[..], &Limits::default(), |_| {
                    Ok::<_, InvalidArchive>(())
                })
                .is_ok()
            {
                return bytes;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{name} is not there");
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        match (&self.server, self.directory()) {
            (Server::Https(server), _) => server.store(&format!("/{name}"), bytes),
            (_, directory) => fs::write(directory.unwrap().join(name), bytes).unwrap(),
        }
    }

    /// The names of all files on it; of a web server those that clients have put there.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match (&self.server, self.directory()) {
            (Server::Https(server), _) => {
                let requests = server.requests().into_iter();
                requests
                    .filter(|request| request.method == "PUT")
                    .map(|request| request.path)
                    .filter(|path| server.file(path).is_some())
                    .map(|path| path[1..].to_owned())
                    .collect()
            }
            (_, directory) => fs::read_dir(directory.unwrap())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .filter(|name| name != "home")
                .collect(),
        };
        names.sort();
        names.dedup();
        names
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Server::Tftp(_, serving) = &self.server {
            serving.abort();
        }
    }
}
