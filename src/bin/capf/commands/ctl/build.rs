use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use capf::admin::ctl::{CtlOrder, HashAlgorithm, MadeCtl, RecordOrder, Role, make};
use capf::model::UnknownWord;
use capf::report::Cell;
use capf::whole_file::WholeFile;
use clap::builder::TypedValueParser;

use super::warn_of_invalid;
use crate::command_error::{CommandError, Completion};
use crate::commands::local_file::may_replace;
use crate::context::Context;
use crate::ui::Record;
use crate::words::words_of;

/// Build a CTL or ITL file
///
/// The file trusts this CAPF's certificate (role CAPF), the token that signs it (role System
/// Administrator Security Token) and the certificates of `--record`. Put it into the directory of
/// the TFTP server and reset the phones. It appears when it is complete; a file that exists is
/// replaced only after a question, or with `--yes`.
///
/// A phone that holds no such file takes the first that it is given. From then on it takes another
/// only if the token that signed it is in the one that it holds: keep the token's key, and put a
/// second token into the file (`--record sast=FILE`), whose key is kept elsewhere. Phones take two.
///
/// The format has no public specification. That the file is what Cisco's phones take has not been
/// proved on hardware. Try it on one phone first: a file that a phone has taken and that was wrong has
/// to be deleted on the phone itself.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  openssl req -x509 -newkey rsa:2048 -nodes -subj '/O=Example/CN=Token 1' -days 3650 \\
    -keyout token1.key -out token1.pem
  capf ctl build ITLFile.tlv --signer-cert token1.pem --signer-key token1.key \\
    --record sast=token2.pem --record ccm+tftp@192.0.2.10=asterisk.pem")]
pub(crate) struct Build {
    /// The file: ITLFile.tlv or CTLFile.tlv, or a phone's own, ITLSEP001122334455.tlv
    file: PathBuf,

    /// The certificate of the token that signs the file, in PEM or DER
    ///
    /// Its key is RSA with 1024 to 4096 bits.
    #[arg(long, value_name = "FILE")]
    signer_cert: PathBuf,

    /// The private key of that token, in PEM without a passphrase
    #[arg(long, value_name = "FILE")]
    signer_key: PathBuf,

    /// Trust another certificate, in PEM or DER, in this role
    ///
    /// Roles: sast (System Administrator Security Token), ccm, tftp, ccm+tftp, capf, tvs, app-server.
    /// HOST is the name or the IPv4 address under which phones connect to the server.
    #[arg(long = "record", value_name = "ROLE[@HOST]=FILE")]
    records: Vec<RecordArgument>,

    /// The name or the address of this CAPF server
    #[arg(long, value_name = "HOST")]
    host: Option<String>,

    /// Sign with this hash
    ///
    /// Older phones, such as the 7900 series, know SHA-1 alone, which nobody should use where it can
    /// be helped.
    #[arg(long, value_name = "HASH", default_value = "sha-512", value_parser = hash())]
    hash: HashAlgorithm,

    /// The name that stands in the file; by default that of the file
    #[arg(long, value_name = "NAME")]
    file_name: Option<String>,
}

/// `ROLE[@HOST]=FILE`.
#[derive(Clone, Debug)]
struct RecordArgument(RecordOrder);

impl FromStr for RecordArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (to, certificate) = text
            .split_once('=')
            .filter(|(_, file)| !file.is_empty())
            .ok_or("ROLE=FILE or ROLE@HOST=FILE is meant")?;
        let (role, host) = to.split_once('@').unwrap_or((to, ""));
        let role: Role = role
            .parse()
            .map_err(|unknown: UnknownWord| unknown.to_string())?;
        Ok(Self(RecordOrder {
            role,
            host: host.to_owned(),
            certificate: certificate.into(),
        }))
    }
}

impl Build {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let order = CtlOrder {
            file_name: match self.file_name {
                Some(name) => name,
                None => last_part(&self.file)?,
            },
            signer_certificate: self.signer_cert,
            signer_key: self.signer_key,
            hash: self.hash,
            capf_host: self.host.unwrap_or_default(),
            records: self.records.into_iter().map(|record| record.0).collect(),
        };
        let capf = context.installation().await?.capf_certificate().await?;
        context.say_if_made(capf.created, capf.issuer.certificate().subject());
        let made = make(&order, capf.issuer.certificate(), context.now())?;
        let replace = may_replace(context, &self.file)?;
        let mut file = WholeFile::create(&self.file, replace)?;
        file.write_all(&made.bytes).map_err(|error| {
            CommandError::failed(format!(
                "{} cannot be written: {error}",
                self.file.display()
            ))
        })?;
        file.commit()?;
        context.ui.show(&made)?;
        warn_of_invalid(&context.ui, &made.invalid_now);
        Ok(Completion::Done)
    }
}

fn last_part(path: &Path) -> Result<String, CommandError> {
    path.file_name()
        .and_then(|name| name.to_str())
        .map(str::to_owned)
        .ok_or_else(|| CommandError::usage(format!("{} does not name a file", path.display())))
}

impl Record for MadeCtl {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("File Name", self.file_name.as_str().into()),
            ("Length", self.length.into()),
            ("Records", self.records.into()),
            ("Signer", self.signer.as_str().into()),
            ("Hash Algorithm", self.hash_algorithm.as_str().into()),
            ("MD5", self.md5.as_deref().into()),
            ("SHA-1", self.sha1.as_str().into()),
        ]
    }
}

/// Reads the name of a hash algorithm.
fn hash() -> impl TypedValueParser<Value = HashAlgorithm> {
    words_of(HashAlgorithm::OPTIONS.iter().map(|(_, option)| *option))
}
