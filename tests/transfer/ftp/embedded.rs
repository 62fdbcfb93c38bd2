//! A whole FTP server on a directory, which lets everybody in.

use std::fs;
use std::path::PathBuf;

use capf::transfer::Remote;
use libunftp::ServerBuilder;
use libunftp::options::TlsFlags;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use unftp_sbe_fs::Filesystem;

use crate::authority::Authority;

pub(super) struct Embedded {
    pub(super) port: u16,
    directory: TempDir,
    stop: CancellationToken,
}

impl Embedded {
    pub(super) fn start(address: &str, tls: Option<TlsFlags>) -> Self {
        Self::start_for(address, address, tls, None)
    }

    /// With a certificate for another host than the one it listens on, and all data connections on
    /// one port.
    pub(super) fn start_for(
        host: &str,
        address: &str,
        tls: Option<TlsFlags>,
        data: Option<u16>,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let files = at("files");
        fs::create_dir(&files).unwrap();
        let authority = Authority::new("CA");
        let identity = authority.vouch_for(host);
        fs::write(at("ca.pem"), authority.pem()).unwrap();
        fs::write(at("server.pem"), identity.certificate).unwrap();
        fs::write(at("server.key"), identity.key).unwrap();
        let (certificate, key) = (at("server.pem"), at("server.key"));
        let listener = std::net::TcpListener::bind((address, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let stop = CancellationToken::new();
        let accepting = async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let files = files.clone();
                let storage = Box::new(move || Filesystem::new(files.clone()).unwrap());
                let mut server = ServerBuilder::new(storage);
                if let Some(flags) = tls {
                    server = server
                        .ftps(certificate.clone(), key.clone())
                        .ftps_required(true, true)
                        .ftps_tls_flags(flags);
                }
                if let Some(port) = data {
                    server = server.passive_ports(port..=port);
                }
                tokio::spawn(server.build().unwrap().service(stream));
            }
        };
        std::thread::spawn({
            let stop = stop.clone();
            move || alone(stop.run_until_cancelled_owned(accepting))
        });
        Self {
            port,
            directory,
            stop,
        }
    }

    pub(super) fn files(&self) -> PathBuf {
        self.directory.path().join("files")
    }

    pub(super) fn ca_file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    pub(super) fn remote(&self, scheme: &str, host: &str, path: &str) -> Remote {
        let port = self.port;
        format!("{scheme}://{host}:{port}/{path}").parse().unwrap()
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Runs the server where it has one thread. After `AUTH TLS` it tells itself by a message that TLS
/// begins, and whether it reads that or the client's first words of TLS first is a matter of luck:
/// the message wins where all tasks run before anything is read from outside.
fn alone(accepting: impl Future<Output = Option<()>>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .event_interval(100_000)
        .build()
        .unwrap();
    let _ = runtime.block_on(accepting);
    runtime.shutdown_background();
}
