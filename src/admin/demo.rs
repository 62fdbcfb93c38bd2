//! What the demonstration needs that no administrator does: a company's CA, which knows nothing of
//! CAPF, and sees nothing but the two archives.

use std::fs::File;
use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::encoded::{Encoded, read};
use super::{AdminError, InvalidEncoding};
use crate::archive::{self, Entry, Limits};
use crate::model::{Certificate, Csr};
use crate::pki::OutsideCa;
use crate::whole_file::WholeFile;

/// A third party's CA.
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
        let source = File::open(requests).map_err(|source| AdminError::Read {
            path: requests.to_owned(),
            source,
        })?;
        let failed = |source: io::Error| AdminError::Write {
            path: certificates.to_owned(),
            source,
        };
        let mut out = archive::Writer::new(WholeFile::create(certificates, false)?, now);
        let mut signed = 0;
        archive::read(source, &Limits::default(), |entry| {
            let Some(name) = entry.name.strip_suffix(".csr") else {
                return Ok(());
            };
            let certificate = self.0.sign(&request(&entry)?, now)?;
            out.add(&format!("{name}.der"), certificate.der())
                .map_err(failed)?;
            signed += 1;
            Ok::<_, AdminError>(())
        })?;
        out.finish().map_err(failed)?.commit()?;
        Ok(signed)
    }
}

fn request(entry: &Entry) -> Result<Csr, AdminError> {
    let path = Path::new(&entry.name);
    match read(&entry.bytes[..], path)?.into_iter().next() {
        Some(Encoded::Request(csr)) => Ok(csr),
        _ => Err(AdminError::Encoding {
            path: path.to_owned(),
            source: InvalidEncoding::Nothing,
        }),
    }
}
