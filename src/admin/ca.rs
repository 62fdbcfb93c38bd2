//! The CAPF certificate: what it is, how it is replaced, and how another CA signs it.
//!
//! A CAPF certificate that was replaced stays in CAPF-trust: the LSCs under it go on counting as proof
//! until the last of them is renewed.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::encoded::read_certificates;
use super::issuer_files::{self, Changing, file_name, to_pem};
use super::{AdminError, Description, Installation};
use crate::auth::is_capf;
use crate::model::{Certificate, Csr, KeyRequest, TrustPurpose};
use crate::pki::{
    AnswerWarning, Issuer, IssuerAnswer, IssuerKey, IssuerName, IssuerOrder, PkiError,
    new_issuer_request, subject_hash,
};
use crate::secret::AccountPassword;
use crate::whole_file::WholeFile;

/// The CAPF certificate, and what rests on it.
#[derive(Clone, Debug, Serialize)]
pub struct CapfAuthority {
    /// The certificate.
    #[serde(flatten)]
    pub description: Description,
    /// SHA-1 over the DER, in hexadecimal, as phones show it.
    pub sha1_fingerprint: String,
    /// How many phones hold an LSC under its name.
    pub phones: u64,
    /// The subjects of those who vouch for it, its issuer first; nobody's where it is self-signed.
    pub chain: Vec<String>,
    /// The file with the certificate.
    pub file: PathBuf,
    /// The file with its key.
    pub key_file: PathBuf,
    /// Whether the key has a passphrase.
    pub key_encrypted: bool,
    /// The other CAPF certificates in CAPF-trust.
    pub others: Vec<OtherCapf>,
}

/// Another CAPF certificate in CAPF-trust: one that this CAPF had before, or another cluster's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherCapf {
    /// Its number in CAPF-trust.
    pub id: i64,
    /// Its subject.
    pub subject: String,
    /// When it expires.
    pub not_after: Timestamp,
    /// How many phones hold an LSC under its name.
    pub phones: u64,
}

/// What a new CAPF certificate is to be like; what is open is as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regeneration {
    /// Whose it is.
    pub name: Option<IssuerName>,
    /// Its key.
    pub key: Option<KeyRequest>,
    /// How many days it is valid; by default 20 years.
    pub validity_days: Option<u32>,
}

/// A CAPF certificate that took another's place.
#[derive(Clone, Debug, Serialize)]
pub struct Replaced {
    /// The new one.
    #[serde(flatten)]
    pub description: Description,
    /// The subject of the old one.
    pub former: String,
    /// Where the old one is kept, with its key.
    pub former_directory: PathBuf,
    /// How many phones hold an LSC under the old one.
    pub former_phones: u64,
    /// Whether the new one has the old one's key and name, so that LSCs under the old one are under
    /// the new one, too.
    pub same_key: bool,
    /// What is well with it, but not for everybody.
    #[serde(skip)]
    pub warnings: Vec<AnswerWarning>,
}

/// How the CAPF certificate is handed out.
#[derive(Clone, Debug)]
pub struct Handout {
    /// The certificate.
    pub certificate: Certificate,
    /// Who vouches for it.
    chain: Vec<Certificate>,
}

/// Shows the CAPF certificate. Where there is none, it is made; `true` says so.
pub async fn show(installation: &Installation) -> Result<(CapfAuthority, bool), AdminError> {
    let (kept, created) = kept(installation).await?;
    let issuers = installation.store().count_by_issuer(&[]).await?;
    let phones = |subject: &str| of_issuer(&issuers, subject);
    let anchors = installation
        .store()
        .trust_anchors(Some(TrustPurpose::Capf))
        .await?;
    let others = anchors
        .into_iter()
        .filter(|anchor| anchor.certificate != kept.certificate && is_capf(&anchor.certificate))
        .map(|anchor| OtherCapf {
            id: anchor.id,
            subject: anchor.certificate.subject().to_owned(),
            not_after: anchor.certificate.not_after(),
            phones: phones(anchor.certificate.subject()),
        })
        .collect();
    let authority = CapfAuthority {
        description: Description::of_certificate(&kept.certificate),
        sha1_fingerprint: crate::pki::sha1_hex(kept.certificate.der()),
        phones: phones(kept.certificate.subject()),
        chain: kept
            .chain
            .iter()
            .map(|ca| ca.subject().to_owned())
            .collect(),
        file: kept.certificate_file,
        key_file: kept.key_file,
        key_encrypted: kept.key_is_encrypted,
        others,
    };
    Ok((authority, created))
}

/// The CAPF certificate with its chain, to be handed out. Where there is none, it is made; `true` says
/// so.
pub async fn export(installation: &Installation) -> Result<(Handout, bool), AdminError> {
    let (kept, created) = kept(installation).await?;
    let handout = Handout {
        certificate: kept.certificate,
        chain: kept.chain,
    };
    Ok((handout, created))
}

impl Handout {
    /// The certificate in PEM, with who vouches for it behind it where that is asked for.
    pub fn to_pem(&self, with_chain: bool) -> String {
        let mut pem = self.certificate.to_pem();
        if with_chain {
            pem += &to_pem(&self.chain);
        }
        pem
    }

    /// The names that the certificate's files have in a directory, each with what it holds.
    fn files(&self, with_chain: bool) -> Result<Vec<(String, Vec<u8>)>, PkiError> {
        let pem = self.certificate.to_pem().into_bytes();
        let mut files = vec![
            ("CAPF.cer".to_owned(), self.certificate.der().to_vec()),
            (format!("{}.0", file_name(&self.certificate)), pem.clone()),
            (format!("{}.0", subject_hash(&self.certificate)?), pem),
        ];
        if with_chain && !self.chain.is_empty() {
            files.push((
                "CAPF-chain.pem".to_owned(),
                to_pem(&self.chain).into_bytes(),
            ));
        }
        Ok(files)
    }

    /// Writes the certificate into a directory under every name that somebody looks for, and says
    /// which files those are. Files that exist are replaced only if `replace` says so.
    pub fn write(
        &self,
        directory: &Path,
        with_chain: bool,
        replace: bool,
    ) -> Result<Vec<PathBuf>, AdminError> {
        std::fs::create_dir_all(directory).map_err(|source| AdminError::Write {
            path: directory.to_owned(),
            source,
        })?;
        let mut begun = Vec::new();
        for (name, bytes) in self.files(with_chain)? {
            let path = directory.join(name);
            let mut file = WholeFile::create(&path, replace)?;
            file.write_all(&bytes).map_err(|source| AdminError::Write {
                path: path.clone(),
                source,
            })?;
            begun.push((path, file));
        }
        begun
            .into_iter()
            .map(|(path, file)| Ok(file.commit().map(|()| path)?))
            .collect()
    }
}

/// Makes a new CAPF certificate with a new key, and puts it into the place of the present one, which
/// is kept.
pub async fn regenerate(
    installation: &Installation,
    regeneration: Regeneration,
) -> Result<Replaced, AdminError> {
    change(installation, move |installation, former| {
        let name = match regeneration.name {
            Some(name) => name,
            None => IssuerName::of(former)?,
        };
        let order = IssuerOrder {
            name,
            key: regeneration.key.unwrap_or(IssuerKey::DEFAULT),
            validity_days: regeneration
                .validity_days
                .unwrap_or(IssuerOrder::DEFAULT_VALIDITY_DAYS),
        };
        Ok((Issuer::make(&order, installation.now())?, Vec::new()))
    })
    .await
}

/// Makes the request by which another CA signs the CAPF certificate: for the present key, or for a new
/// one, which is kept until the certificate comes. An earlier new one is forgotten then.
pub async fn request(
    installation: &Installation,
    new: Option<(Option<IssuerName>, KeyRequest)>,
) -> Result<Csr, AdminError> {
    let Some((name, kind)) = new else {
        return Ok(installation.capf_certificate().await?.issuer.request()?);
    };
    let (kept, _) = kept(installation).await?;
    let installation = installation.clone();
    blocking(move || {
        let name = match name {
            Some(name) => name,
            None => IssuerName::of(&kept.certificate)?,
        };
        let key = IssuerKey::generate(kind)?;
        let csr = new_issuer_request(&name, &key)?;
        let passphrase = installation.key_passphrase()?;
        Changing::begin(installation.data_dir())?.keep_request(&key, &csr, passphrase.as_ref())?;
        Ok(csr)
    })
    .await
}

/// Takes the CAPF certificate that another CA signed, with its chain, out of these files, and puts it
/// into the place of the present one, which is kept. CAs of the chain that are in CAPF-trust may be
/// missing in the files.
pub async fn import(
    installation: &Installation,
    files: &[PathBuf],
) -> Result<Replaced, AdminError> {
    let answer = judge(installation, files).await?;
    change(installation, move |_, _| {
        Ok((answer.issuer, answer.warnings))
    })
    .await
}

/// Judges what [`import`] would take.
pub async fn judge(
    installation: &Installation,
    files: &[PathBuf],
) -> Result<IssuerAnswer, AdminError> {
    let present = installation.capf_certificate().await?.issuer;
    let anchors = installation
        .store()
        .trust_anchors(Some(TrustPurpose::Capf))
        .await?;
    let known: Vec<_> = anchors.into_iter().map(|one| one.certificate).collect();
    let (installation, files) = (installation.clone(), files.to_vec());
    blocking(move || {
        let mut found = Vec::new();
        for file in &files {
            found.extend(read_certificates(file)?);
        }
        let changing = Changing::begin(installation.data_dir())?;
        let passphrase = installation.key_passphrase()?;
        let mut keys = vec![present.key().clone()];
        keys.extend(changing.requested_key(passphrase.as_ref())?);
        Ok(IssuerAnswer::judge(
            &found,
            &known,
            keys,
            installation.now(),
        )?)
    })
    .await
}

/// Keeps the CAPF key under another passphrase, or under none. The present one comes from where the
/// installation says it is.
pub async fn change_passphrase(
    installation: &Installation,
    new: Option<AccountPassword>,
) -> Result<(), AdminError> {
    // It is made where there is none, and a wrong passphrase ends it before anything is written.
    installation.capf_certificate().await?;
    let installation = installation.clone();
    blocking(move || {
        let present = installation.key_passphrase()?;
        Changing::begin(installation.data_dir())?.change_passphrase(present.as_ref(), new.as_ref())
    })
    .await
}

/// Puts another CA, which `make` gives from the certificate of the present one, into its place.
///
/// Both are in CAPF-trust afterwards: the old one from the start, the new one from the moment in which
/// it is in force, or, where that is cut off, from the next time that somebody asks for it. A running
/// service hears of it by that.
async fn change(
    installation: &Installation,
    make: impl FnOnce(&Installation, &Certificate) -> Result<(Issuer, Vec<AnswerWarning>), AdminError>
    + Send
    + 'static,
) -> Result<Replaced, AdminError> {
    // The passphrase is that of the present key, or nothing is changed.
    installation.capf_certificate().await?;
    let here = installation.clone();
    let (former, issuer, warnings, former_directory) = blocking(move || {
        let passphrase = here.key_passphrase()?;
        let changing = Changing::begin(here.data_dir())?;
        let former = changing.present()?;
        let (issuer, warnings) = make(&here, &former)?;
        let directory = changing.replace(&issuer, passphrase.as_ref(), here.now())?;
        changing.forget_request(issuer.certificate())?;
        Ok((former, issuer, warnings, directory))
    })
    .await?;
    // Another process may have replaced the one that was there at first.
    installation.trust_own(&former).await?;
    let new = issuer.certificate();
    if installation.store().is_shared() {
        installation.store().set_capf_certificate(new).await?;
    }
    let same_key = former.public_key() == new.public_key() && former.subject() == new.subject();
    let former = former.subject().to_owned();
    installation.trust_own(issuer.certificate()).await?;
    let issuers = installation.store().count_by_issuer(&[]).await?;
    Ok(Replaced {
        description: Description::of_certificate(issuer.certificate()),
        former_phones: of_issuer(&issuers, &former),
        former,
        former_directory,
        same_key,
        warnings,
    })
}

/// What is kept; `true` where it was made just now.
async fn kept(installation: &Installation) -> Result<(issuer_files::Kept, bool), AdminError> {
    let mut created = false;
    loop {
        if let Some(kept) = issuer_files::kept(installation.data_dir())? {
            installation.trust_own(&kept.certificate).await?;
            return Ok((kept, created));
        }
        created = installation.capf_certificate().await?.created;
    }
}

/// How many phones hold an LSC of the issuer of this name; the store does not tell cases apart.
fn of_issuer(issuers: &[(String, u64)], subject: &str) -> u64 {
    let subject = subject.to_lowercase();
    issuers
        .iter()
        .find(|(issuer, _)| issuer.to_lowercase() == subject)
        .map_or(0, |(_, phones)| *phones)
}

/// Keys are made, and passphrases tried, for long enough to stall other work on a thread.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AdminError> + Send + 'static,
) -> Result<T, AdminError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(AdminError::Unfinished))
}
