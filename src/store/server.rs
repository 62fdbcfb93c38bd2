//! Where a PostgreSQL server is, and how it is known to be the right one.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use openssl::ssl::{SslConnector, SslFiletype, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::store::X509StoreBuilder;
use percent_encoding::percent_decode_str;
use postgres::config::{Host, SslMode};
use postgres::{Client, NoTls};
use postgres_openssl::MakeTlsConnector;
use zeroize::Zeroizing;

use super::uri::InvalidStoreUri;
use crate::secret::AccountPassword;

/// How long one attempt to connect may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How many bytes of a password's file are read.
const LONGEST_PASSWORD: u64 = 4096;

/// After how long a connection is given up on which nothing comes back.
const SILENCE: Duration = Duration::from_secs(15);

/// A database on a PostgreSQL server, as a URI names it:
/// `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full&sslrootcert=FILE`. In place of the
/// password the URI can have `passwordfile=FILE`, whose one line it is: what stands in a command line,
/// others can read.
#[derive(Clone)]
pub(super) struct Server {
    config: postgres::Config,
    tls: Tls,
    root: Option<PathBuf>,
    identity: Option<(PathBuf, PathBuf)>,
    password: Option<PathBuf>,
    /// As it was given, with its password.
    uri: String,
}

/// How the server is known, in libpq's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tls {
    /// Not at all: nothing is encrypted.
    Disable,
    /// Not at all, but what is said is encrypted.
    Require,
    /// By whoever signed its certificate.
    VerifyCa,
    /// By that, and the host's name in it.
    VerifyFull,
}

impl Server {
    /// Reads a URI. Options that are not ours are those of libpq that the driver knows.
    pub(super) fn parse(uri: &str) -> Result<Self, InvalidStoreUri> {
        let (place, query) = uri.split_once('?').unwrap_or((uri, ""));
        let (mut tls, mut root, mut certificate, mut key) = (None, None, None, None);
        let mut password = None;
        let mut others = Vec::new();
        for option in query.split('&').filter(|option| !option.is_empty()) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let value = || {
                let decoded = percent_decode_str(value).decode_utf8();
                decoded.map_err(|_| InvalidStoreUri::Postgres)
            };
            match name {
                "sslmode" => tls = Some(Tls::named(&value()?)?),
                "sslrootcert" => root = Some(PathBuf::from(&*value()?)),
                "sslcert" => certificate = Some(PathBuf::from(&*value()?)),
                "sslkey" => key = Some(PathBuf::from(&*value()?)),
                "passwordfile" => password = Some(PathBuf::from(&*value()?)),
                _ => others.push(option),
            }
        }
        let joined = format!("{place}?{}", others.join("&"));
        let mut config =
            postgres::Config::from_str(&joined).map_err(|_| InvalidStoreUri::Postgres)?;
        if config.get_hosts().is_empty() || config.get_dbname().is_none() {
            return Err(InvalidStoreUri::Postgres);
        }
        let tls = tls.unwrap_or(if config.get_hosts().iter().all(is_this_machine) {
            Tls::Disable
        } else {
            Tls::VerifyFull
        });
        config
            .ssl_mode(match tls {
                Tls::Disable => SslMode::Disable,
                _ => SslMode::Require,
            })
            // What matters of it comes as an error, too.
            .notice_callback(|notice| tracing::debug!("the database says: {notice}"))
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE);
        if config.get_application_name().is_none() {
            config.application_name("capf");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        Ok(Self {
            config,
            tls,
            root,
            identity: certificate.zip(key),
            password,
            uri: uri.to_owned(),
        })
    }

    pub(super) fn connect(&self) -> Result<Client, Box<dyn Error + Send + Sync>> {
        let mut config = Cow::Borrowed(&self.config);
        if let Some(file) = &self.password {
            config.to_mut().password(read_password(file)?.reveal());
        }
        Ok(match self.tls {
            Tls::Disable => config.connect(NoTls)?,
            _ => config.connect(self.connector()?)?,
        })
    }

    fn connector(&self) -> Result<MakeTlsConnector, Box<dyn Error + Send + Sync>> {
        let mut builder = SslConnector::builder(SslMethod::tls_client())?;
        builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
        if let Some(root) = &self.root {
            fs::metadata(root).map_err(|error| format!("{}: {error}", root.display()))?;
            builder.set_cert_store(X509StoreBuilder::new()?.build());
            builder.set_ca_file(root)?;
        } else if let Some(system) = openssl_probe::probe().cert_file {
            // The OpenSSL that is built in looks where no system has them.
            builder.set_ca_file(system)?;
        }
        if let Some((certificate, key)) = &self.identity {
            builder.set_certificate_chain_file(certificate)?;
            builder.set_private_key_file(key, SslFiletype::PEM)?;
        }
        if self.tls == Tls::Require {
            builder.set_verify(SslVerifyMode::NONE);
        }
        let by_name = self.tls == Tls::VerifyFull;
        let mut connector = MakeTlsConnector::new(builder.build());
        connector.set_callback(move |connection, _| {
            connection.set_verify_hostname(by_name);
            Ok(())
        });
        Ok(connector)
    }
}

impl Tls {
    fn named(word: &str) -> Result<Self, InvalidStoreUri> {
        Ok(match word {
            "disable" => Self::Disable,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return Err(InvalidStoreUri::SslMode),
        })
    }
}

impl PartialEq for Server {
    fn eq(&self, other: &Self) -> bool {
        self.uri == other.uri
    }
}

impl Eq for Server {}

impl fmt::Display for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&without_password(&self.uri))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Server({self})")
    }
}

/// The first line of a file that others must not read.
fn read_password(path: &Path) -> Result<AccountPassword, Box<dyn Error + Send + Sync>> {
    let named = |error: &dyn fmt::Display| format!("the password file {}: {error}", path.display());
    let file = File::open(path).map_err(|error| named(&error))?;
    let metadata = file.metadata().map_err(|error| named(&error))?;
    if metadata.is_file() && metadata.mode() & 0o007 != 0 {
        return Err(named(&"others can read or write it; `chmod 600` it").into());
    }
    let mut line = Zeroizing::new(String::new());
    let mut start = BufReader::new(file.take(LONGEST_PASSWORD));
    start.read_line(&mut line).map_err(|error| named(&error))?;
    Ok(AccountPassword::new(line.trim_end_matches(['\r', '\n'])))
}

/// Whether nobody else can hear what is said to it.
fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse()
                    .is_ok_and(|address: IpAddr| address.is_loopback())
        }
    }
}

/// The URI as it may be shown. A password stands behind the user, or among the options.
fn without_password(uri: &str) -> String {
    let (place, query) = uri.split_once('?').unwrap_or((uri, ""));
    let (scheme, rest) = place.split_once("://").unwrap_or(("", place));
    let place = match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}")
        }
        None => place.to_owned(),
    };
    let options: Vec<_> = query
        .split('&')
        .filter(|option| !option.is_empty() && !option.starts_with("password="))
        .collect();
    if options.is_empty() {
        place
    } else {
        format!("{place}?{}", options.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(uri: &str) -> Server {
        Server::parse(uri).unwrap()
    }

    #[test]
    fn a_password_is_shown_nowhere() {
        for (uri, shown) in [
            ("postgres://capf:hush@db/capf", "postgres://capf@db/capf"),
            ("postgres://capf:hu@sh@db/capf", "postgres://capf@db/capf"),
            (
                "postgresql://capf@a,b:5433/capf?password=hush&sslmode=require",
                "postgresql://capf@a,b:5433/capf?sslmode=require",
            ),
            ("postgres://%2Frun%2Fpg/capf", "postgres://%2Frun%2Fpg/capf"),
        ] {
            let server = parsed(uri);
            assert_eq!(server.to_string(), shown);
            assert_eq!(format!("{server:?}"), format!("Server({shown})"));
        }
    }

    #[test]
    fn a_server_elsewhere_is_known_by_its_name_unless_something_else_is_said() {
        for (uri, tls) in [
            ("postgres://db.example/capf", Tls::VerifyFull),
            ("postgres://localhost,db.example/capf", Tls::VerifyFull),
            ("postgres://localhost/capf", Tls::Disable),
            ("postgres://127.0.0.1:5433,%2Frun/capf", Tls::Disable),
            (
                "postgres://localhost/capf?sslmode=verify-full",
                Tls::VerifyFull,
            ),
            (
                "postgres://db.example/capf?sslmode=verify-ca",
                Tls::VerifyCa,
            ),
            ("postgres://db.example/capf?sslmode=disable", Tls::Disable),
        ] {
            assert_eq!(parsed(uri).tls, tls, "{uri}");
        }
    }

    #[test]
    fn what_names_no_database_is_refused() {
        for (uri, error) in [
            ("postgres://db.example", InvalidStoreUri::Postgres),
            ("postgres:///capf", InvalidStoreUri::Postgres),
            ("postgres://db/capf?nonsense=1", InvalidStoreUri::Postgres),
            (
                "postgres://db/capf?sslmode=prefer",
                InvalidStoreUri::SslMode,
            ),
        ] {
            assert_eq!(Server::parse(uri), Err(error), "{uri}");
        }
    }
}
