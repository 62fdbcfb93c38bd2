//! What the demonstration needs that no administrator does: a company's CA, which knows nothing of
//! CAPF, and sees nothing but the two archives.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use jiff::Timestamp;

use super::{AdminError, WholeFile};
use crate::archive::{self, Limits};
use crate::model::{Certificate, Csr};
use crate::pki::OutsideCa;

/// A third party's CA.
#[derive(Debug)]
pub struct ThirdPartyCa(OutsideCa);

impl ThirdPartyCa {
    /// Founds the CA.
    pub fn create(now: Timestamp) -> Result<Self, AdminError> {
        Ok(Self(OutsideCa::create("Demo Company Root CA", now)?))
    }

    /// Its certificate.
    pub fn certificate(&self) -> &Certificate {
        self.0.certificate()
    }

    /// Signs the requests in one archive and packs the certificates into another, as
    /// `tar cvzf certificates.tgz *.der` does. Tells how many it signed.
    pub fn sign(
        &self,
        requests: &Path,
        certificates: &Path,
        now: Timestamp,
    ) -> Result<u64, AdminError> {
        let source = |source| AdminError::Read { path: requests.to_owned(), source };
        let requests = BufReader::new(File::open(requests).map_err(source)?);
        let file = WholeFile::create(certificates, false)?;
        let mut out = archive::Writer::new(file, now);
        let mut signed = 0;
        archive::read(requests, &Limits::default(), |entry| {
            let Some(name) = entry.name.strip_suffix(".csr") else { return Ok(()) };
            let request = Csr::from_der(pem::parse(&entry.bytes)?.contents())?;
            let certificate = self.0.sign(&request, now)?;
            out.add(&format!("{name}.der"), certificate.der())?;
            signed += 1;
            Ok(())
        })?;
        out.finish()?.commit()?;
        Ok(signed)
    }
}
