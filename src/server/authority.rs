//! The CAPF certificate that the service issues under and shows, and its successor.

use std::error::Error;
use std::sync::{Arc, PoisonError, RwLock};

use super::Service;
use crate::model::Certificate;
use crate::pki::Issuer;
use crate::transport::ServerTls;

/// Reads the CAPF certificate and its key anew.
type Source = dyn Fn() -> Result<Issuer, Box<dyn Error + Send + Sync>> + Send + Sync;

/// The CAPF CA now.
pub(super) struct Authority {
    present: RwLock<Present>,
    source: Option<Arc<Source>>,
}

#[derive(Clone)]
struct Present {
    issuer: Issuer,
    certificate: Arc<Certificate>,
}

impl Present {
    fn new(issuer: Issuer) -> Self {
        Self {
            certificate: Arc::new(issuer.certificate().clone()),
            issuer,
        }
    }
}

impl Authority {
    pub(super) fn new(issuer: Issuer) -> Self {
        Self {
            present: RwLock::new(Present::new(issuer)),
            source: None,
        }
    }

    pub(super) fn set_source<E: Error + Send + Sync + 'static>(
        &mut self,
        source: impl Fn() -> Result<Issuer, E> + Send + Sync + 'static,
    ) {
        self.source = Some(Arc::new(move || source().map_err(Into::into)));
    }

    pub(super) fn issuer(&self) -> Issuer {
        self.present().issuer
    }

    pub(super) fn certificate(&self) -> Arc<Certificate> {
        self.present().certificate
    }

    fn present(&self) -> Present {
        let present = self.present.read();
        present.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, issuer: Issuer) {
        let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
        *present = Present::new(issuer);
    }
}

/// Takes the CAPF certificate that an administrator has put into the place of the old one, if one
/// has: for new connections and new LSCs. What cannot be read leaves the old one in force.
pub(super) async fn renew(service: &Service, listeners: &[ServerTls]) {
    let Some(source) = service.authority.source.clone() else {
        return;
    };
    // A key with a passphrase takes its time.
    let read = tokio::task::spawn_blocking(move || source()).await;
    let issuer = match read {
        Ok(Ok(issuer)) => issuer,
        Ok(Err(error)) => {
            tracing::error!(%error, "cannot read the CAPF certificate anew; the old one stays");
            return;
        }
        // That the thread died is in the log already.
        Err(_) => return,
    };
    if issuer.certificate() == &*service.authority.certificate() {
        return;
    }
    for tls in listeners {
        if let Err(error) = tls.show(&issuer) {
            tracing::error!(%error, "cannot show the new CAPF certificate; restart the service");
        }
    }
    let subject = issuer.certificate().subject().to_owned();
    service.authority.set(issuer);
    tracing::info!(%subject, "the CAPF certificate was replaced; the new one is in force");
}
