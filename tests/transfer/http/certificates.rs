//! Servers whose certificates are good, and others.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use openssl::pkey::PKey;
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::X509;
use tempfile::TempDir;

use crate::authority::{self, Identity};

/// No two have the same name.
static AUTHORITIES: AtomicUsize = AtomicUsize::new(1);

/// A CA, with its certificate in a file.
pub(super) struct Authority {
    issuer: authority::Authority,
    directory: TempDir,
    server: OnceLock<SslAcceptor>,
}

impl Authority {
    pub(super) fn new() -> Self {
        let number = AUTHORITIES.fetch_add(1, Ordering::Relaxed);
        let issuer = authority::Authority::new(&format!("Example CA {number}"));
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("ca.pem"), issuer.pem()).unwrap();
        Self {
            issuer,
            directory,
            server: OnceLock::new(),
        }
    }

    pub(super) fn file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// A server on this machine whose certificate is good.
    pub(super) fn server(&self) -> SslAcceptor {
        let make = || self.server_named("127.0.0.1");
        self.server.get_or_init(make).clone()
    }

    /// A server of another name or address.
    pub(super) fn server_named(&self, host: &str) -> SslAcceptor {
        acceptor(&self.issuer.vouch_for(host))
    }

    /// A server whose certificate has expired.
    pub(super) fn expired_server(&self) -> SslAcceptor {
        acceptor(&self.issuer.vouch_no_more_for("127.0.0.1"))
    }
}

fn acceptor(identity: &Identity) -> SslAcceptor {
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    let key = PKey::private_key_from_pem(&identity.key).unwrap();
    acceptor.set_private_key(&key).unwrap();
    let certificate = X509::from_pem(&identity.certificate).unwrap();
    acceptor.set_certificate(&certificate).unwrap();
    acceptor.build()
}
