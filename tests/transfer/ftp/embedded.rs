//! A whole FTP server on a directory, which lets everybody in.

use std::fs;
use std::path::PathBuf;

use capf::transfer::Remote;
use libunftp::ServerBuilder;
use libunftp::options::TlsFlags;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use unftp_sbe_fs::Filesystem;

use crate::authority::Authority;

pub(super) struct Embedded {
    pub(super) port: u16,
    directory: TempDir,
    accepting: JoinHandle<()>,
}

impl Embedded {
    pub(super) async fn start(address: &str, tls: Option<TlsFlags>) -> Self {
        Self::start_with_data_on(address, tls, None).await
    }

    /// With all data connections on one port.
    pub(super) async fn start_with_data_on(
        address: &str,
        tls: Option<TlsFlags>,
        data: Option<u16>,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        let files = at("files");
        fs::create_dir(&files).unwrap();
        let authority = Authority::new("CA");
        let identity = authority.vouch_for(address);
        fs::write(at("ca.pem"), authority.pem()).unwrap();
        fs::write(at("server.pem"), identity.certificate).unwrap();
        fs::write(at("server.key"), identity.key).unwrap();
        let (certificate, key) = (at("server.pem"), at("server.key"));
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let accepting = tokio::spawn(async move {
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
        });
        Self {
            port,
            directory,
            accepting,
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
        self.accepting.abort();
    }
}
