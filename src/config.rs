//! Where settings come from: file and environment, parsed once.
//!
//! A setting is the command line's, else the environment's (clap reads `CAPF_…` along with the
//! options), else the configuration file's, else the default. [`Config::resolve`] is where that is
//! decided; behind it nobody asks again.

mod passphrase;
mod reset;

use std::fs::Metadata;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use directories::{BaseDirs, ProjectDirs};
use nix::sys::stat::{FileStat, fstat};
use nix::unistd::{Uid, User};
use serde::Deserialize;

use crate::model::{NodeName, TlsVersion};

pub use passphrase::{InvalidPassphrase, PassphraseSource};
pub use reset::Reset;

/// Where the service keeps its data.
const SERVICE_DIR: &str = "/var/lib/capf";

/// What the service's administrator has set.
const SERVICE_FILE: &str = "/etc/capf/capf.toml";

/// What one source has to say; what it leaves open is `None`.
///
/// The same words are the keys of the configuration file, where files and directories may be named
/// relative to the directory that the file is in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The directory for what capf keeps.
    pub data_dir: Option<PathBuf>,
    /// The store's URI.
    pub store: Option<String>,
    /// What tells this machine from the others on a shared store.
    pub node: Option<NodeName>,
    /// The addresses on which phones are served.
    pub listen: Option<Vec<ListenOn>>,
    /// The addresses on which phones are served that know no TLS but 1.0, too.
    pub listen_legacy: Option<Vec<SocketAddr>>,
    /// The load balancers before the service, which say whose a connection is.
    pub balancer: Option<Vec<IpAddr>>,
    /// How many phones may be connected at a time.
    pub max_connections: Option<u32>,
    /// The address at which a monitoring system may ask.
    pub metrics: Option<SocketAddr>,
    /// The file with the passphrase of the CAPF key.
    pub ca_passphrase_file: Option<PathBuf>,
    /// What is logged: a level, or one a module.
    pub log: Option<String>,
    /// How the log is written.
    pub log_format: Option<LogFormat>,
    /// How the call agent is told to reset a phone. The file alone says it.
    pub reset: Option<Reset>,
}

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For a person.
    Text,
    /// For programs: an object on each line.
    Json,
    /// For systemd's journal, which knows the time itself and is told the priority.
    Journal,
}

/// An address on which phones are served, and which TLS is spoken there: `ADDR[/TLS]`, for example
/// `192.0.2.1:3804` or `[::]:3804/1.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ListenOn {
    /// The address with the port.
    pub address: SocketAddr,
    /// The lowest version of TLS; where none is named, the parameter `TLS Minimum Version` says it.
    pub minimum_tls: Option<TlsVersion>,
}

/// Text that is no address to listen on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidListenOn {
    /// It is no address with a port.
    #[error(
        "`{text}` is no address with a port; write 192.0.2.1:3804, [2001:db8::1]:3804 or [::]:3804"
    )]
    Address {
        /// What was given.
        text: String,
    },
    /// What follows the address is no version of TLS.
    #[error(
        "`{text}` is no version of TLS; write 1.0, 1.1, 1.2 or 1.3 behind the address and a slash"
    )]
    Tls {
        /// What was given.
        text: String,
    },
}

impl FromStr for ListenOn {
    type Err = InvalidListenOn;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, version) = match text.split_once('/') {
            Some((address, version)) => (address, Some(version)),
            None => (text, None),
        };
        Ok(Self {
            address: address.parse().map_err(|_| InvalidListenOn::Address {
                text: address.to_owned(),
            })?,
            minimum_tls: version
                .map(|version| {
                    version.parse().map_err(|_| InvalidListenOn::Tls {
                        text: version.to_owned(),
                    })
                })
                .transpose()?,
        })
    }
}

impl TryFrom<String> for ListenOn {
    type Error = InvalidListenOn;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// The settings, decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The directory for what capf keeps. It need not exist yet.
    pub data_dir: PathBuf,
    /// The store's URI: by default the SQLite file `capf.db` in the data directory.
    pub store: String,
    /// What tells this machine from the others on a shared store: by default its host name.
    pub node: NodeName,
    /// The addresses on which phones are served. Where none is named, the parameters say which.
    pub listen: Vec<ListenOn>,
    /// The load balancers before the service: their connections begin with a header of the PROXY
    /// protocol.
    pub balancers: Vec<IpAddr>,
    /// How many phones may be connected at a time, those included that wait for an offline CA.
    pub max_connections: u32,
    /// The address at which a monitoring system may ask over HTTP; none where none is named.
    pub metrics: Option<SocketAddr>,
    /// Where the passphrase of the CAPF key is.
    pub ca_passphrase: PassphraseSource,
    /// What is logged, where that is said.
    pub log: Option<String>,
    /// How the log is written, where that is said.
    pub log_format: Option<LogFormat>,
    /// How the call agent is told to reset a phone, where that is said.
    pub reset: Option<Reset>,
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidConfig {
    /// The data directory's name does not fit into the URI of a store.
    #[error("the data directory `{}` is not UTF-8; choose another, or name a store", path.display())]
    DataDirNotUtf8 {
        /// The directory.
        path: PathBuf,
    },
    /// The user has no home directory.
    #[error("there is no home directory to keep data in; name one with --data-dir")]
    NoHome,
    /// The file is not TOML, or has a key or a value that means nothing here.
    #[error("the configuration file `{}` cannot be understood", file.display())]
    Parse {
        /// The file.
        file: PathBuf,
        /// Where and why: the key is named.
        source: Box<toml::de::Error>,
    },
    /// The file cannot be read.
    #[error("the configuration file `{}` cannot be read", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Settings {
    /// Reads the configuration file. A key that means nothing here is an error.
    pub fn read(file: &Path) -> Result<Self, InvalidConfig> {
        let text = std::fs::read_to_string(file).map_err(|source| InvalidConfig::Read {
            file: file.to_owned(),
            source,
        })?;
        let mut settings: Self = toml::from_str(&text).map_err(|source| InvalidConfig::Parse {
            file: file.to_owned(),
            source: Box::new(source),
        })?;
        if let Some(parent) = file.parent() {
            if let Some(data_dir) = &mut settings.data_dir {
                *data_dir = parent.join(&data_dir);
            }
            if let Some(passphrase) = &mut settings.ca_passphrase_file {
                *passphrase = parent.join(&passphrase);
            }
            if let Some(reset) = &mut settings.reset {
                reset.resolve(parent);
            }
        }
        Ok(settings)
    }
}

impl Config {
    /// How many phones may be connected at a time where nothing else is said.
    pub const DEFAULT_MAX_CONNECTIONS: u32 = 16_384;

    /// Decides every setting: what `options` (the command line and the environment) leave open,
    /// `file` may say.
    pub fn resolve(options: Settings, file: Settings) -> Result<Self, InvalidConfig> {
        let data_dir = match options.data_dir.or(file.data_dir) {
            Some(data_dir) => data_dir,
            None => default_data_dir()?,
        };
        let store = match options.store.or(file.store) {
            Some(store) => store,
            None => default_store(&data_dir)?,
        };
        Ok(Self {
            data_dir,
            store,
            node: options.node.or(file.node).unwrap_or_else(default_node),
            listen: listen(
                options.listen.or(file.listen),
                options.listen_legacy.or(file.listen_legacy),
            ),
            balancers: options.balancer.or(file.balancer).unwrap_or_default(),
            max_connections: options
                .max_connections
                .or(file.max_connections)
                .unwrap_or(Self::DEFAULT_MAX_CONNECTIONS),
            metrics: options.metrics.or(file.metrics),
            ca_passphrase: PassphraseSource::resolve(
                options.ca_passphrase_file,
                passphrase_variable(),
                file.ca_passphrase_file,
                credentials_directory(),
            ),
            log: options.log.or(file.log),
            log_format: options.log_format.or(file.log_format),
            reset: options.reset.or(file.reset),
        })
    }
}

fn listen(addresses: Option<Vec<ListenOn>>, legacy: Option<Vec<SocketAddr>>) -> Vec<ListenOn> {
    let legacy = legacy.into_iter().flatten().map(|address| ListenOn {
        address,
        minimum_tls: Some(TlsVersion::Tls10),
    });
    addresses.into_iter().flatten().chain(legacy).collect()
}

fn default_store(data_dir: &Path) -> Result<String, InvalidConfig> {
    match data_dir.join("capf.db").to_str() {
        Some(path) => Ok(format!("sqlite:{path}")),
        None => Err(InvalidConfig::DataDirNotUtf8 {
            path: data_dir.to_owned(),
        }),
    }
}

/// The host name, where it can be a node's.
fn default_node() -> NodeName {
    host_name().parse().unwrap_or_default()
}

/// Where data is kept if nothing else is said: the service's directory for root and for the user
/// to whom it belongs, and for anybody else the one that the XDG base directories give,
/// `~/.local/share/capf`.
pub fn default_data_dir() -> Result<PathBuf, InvalidConfig> {
    if is_the_services(Path::new(SERVICE_DIR), Uid::effective()) {
        return Ok(PathBuf::from(SERVICE_DIR));
    }
    let directories = ProjectDirs::from("", "", "capf").ok_or(InvalidConfig::NoHome)?;
    Ok(directories.data_dir().to_owned())
}

/// The directory for what a user's programs remember: the one that the XDG base directories give,
/// `~/.local/state/capf`; where there is no home there is none.
pub fn state_dir() -> Option<PathBuf> {
    let directories = ProjectDirs::from("", "", "capf")?;
    Some(directories.state_dir()?.to_owned())
}

/// The configuration file of whoever works on the service's directory, where there is one.
pub fn default_file() -> Option<PathBuf> {
    let file = Path::new(SERVICE_FILE);
    let is_read = is_the_services(Path::new(SERVICE_DIR), Uid::effective()) && file.exists();
    is_read.then(|| file.to_owned())
}

/// Whether the user is one who works on the service's directory: root, or its owner.
fn is_the_services(directory: &Path, user: Uid) -> bool {
    let owns = |metadata: Metadata| metadata.is_dir() && metadata.uid() == user.as_raw();
    user.is_root() || directory.metadata().is_ok_and(owns)
}

/// Whether standard error goes to systemd's journal, which says so in `JOURNAL_STREAM`: the
/// variable is inherited by programs whose standard error goes elsewhere.
pub fn stderr_is_the_journal() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the environment is read here")]
    let stream = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    let is_it = |stat: FileStat| stream == format!("{}:{}", stat.st_dev, stat.st_ino);
    fstat(std::io::stderr()).is_ok_and(is_it)
}

/// Whether a service manager wants to be told how the service stands (`NOTIFY_SOCKET`).
pub fn is_supervised() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the environment is read here")]
    std::env::var_os("NOTIFY_SOCKET").is_some_and(|socket| !socket.is_empty())
}

/// Whether the user wants no colour in any program (<https://no-color.org>).
pub fn no_color() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the environment is read here")]
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// The home directory of whoever runs the process, where there is one.
pub fn home_dir() -> Option<PathBuf> {
    Some(BaseDirs::new()?.home_dir().to_owned())
}

/// The socket of an SSH agent, where one runs (`SSH_AUTH_SOCK`).
pub fn ssh_agent() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the environment is read here")]
    let socket = std::env::var_os("SSH_AUTH_SOCK")?;
    (!socket.is_empty()).then(|| socket.into())
}

/// The passphrase of the CAPF key, where it stands in the environment itself.
fn passphrase_variable() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the environment is read here")]
    std::env::var(passphrase::PASSPHRASE_VARIABLE).ok()
}

/// The credentials that systemd gives the service, where it does.
fn credentials_directory() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the environment is read here")]
    std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from)
}

/// The login name of the process's user, as whom ssh(1) logs in to servers where nobody says more.
pub fn login_name() -> String {
    name_of(Uid::current(), None)
}

/// The name of this machine; empty where it has none that is text.
pub fn host_name() -> String {
    let name = nix::unistd::gethostname().ok();
    name.and_then(|name| name.into_string().ok())
        .unwrap_or_default()
}

/// The login name of a user of this machine; a number where there is none.
pub fn user_name(uid: u32) -> String {
    name_of(Uid::from_raw(uid), None)
}

/// Who gives the commands, for the audit trail: the login name of the process's user or, where
/// that is root, of whoever has become root through sudo.
///
/// The environment is believed from root alone, who could write anything into the store anyway.
pub fn admin_name() -> String {
    let uid = Uid::current();
    #[expect(clippy::disallowed_methods, reason = "the environment is read here")]
    let behind_sudo = uid
        .is_root()
        .then(|| std::env::var("SUDO_USER").ok())
        .flatten();
    name_of(uid, behind_sudo.as_deref())
}

/// A name from sudo counts if there is a user of that name.
fn name_of(uid: Uid, behind_sudo: Option<&str>) -> String {
    let login = behind_sudo
        .and_then(|name| User::from_name(name).ok().flatten())
        .or_else(|| User::from_uid(uid).ok().flatten());
    login.map_or_else(|| format!("uid {uid}"), |user| user.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    fn read(text: &str) -> (PathBuf, Result<Settings, InvalidConfig>) {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("capf.toml");
        std::fs::write(&file, text).unwrap();
        let settings = Settings::read(&file);
        (directory.path().to_owned(), settings)
    }

    #[test]
    fn every_key_of_the_file_is_read() {
        let (directory, settings) = read(
            r#"
            data-dir = "data"
            store = "sqlite:/srv/capf.db"
            node = "capf-a"
            listen = ["192.0.2.1:3804", "[2001:db8::1]:3804/1.3"]
            listen-legacy = ["192.0.2.1:3805"]
            balancer = ["192.0.2.9"]
            max-connections = 500
            metrics = "127.0.0.1:9804"
            ca-passphrase-file = "passphrase"
            log = "warn"
            log-format = "json"

            [reset]
            ca-file = "ca.pem"
            "#,
        );
        assert_eq!(
            settings.unwrap(),
            Settings {
                data_dir: Some(directory.join("data")),
                store: Some("sqlite:/srv/capf.db".to_owned()),
                node: Some("capf-a".parse().unwrap()),
                listen: Some(vec![
                    "192.0.2.1:3804".parse().unwrap(),
                    ListenOn {
                        address: "[2001:db8::1]:3804".parse().unwrap(),
                        minimum_tls: Some(TlsVersion::Tls13),
                    }
                ]),
                listen_legacy: Some(vec!["192.0.2.1:3805".parse().unwrap()]),
                balancer: Some(vec!["192.0.2.9".parse().unwrap()]),
                max_connections: Some(500),
                metrics: Some("127.0.0.1:9804".parse().unwrap()),
                ca_passphrase_file: Some(directory.join("passphrase")),
                log: Some("warn".to_owned()),
                log_format: Some(LogFormat::Json),
                reset: Some(Reset {
                    ca_file: Some(directory.join("ca.pem")),
                    ..Reset::default()
                }),
            }
        );
        assert_eq!(read("").1.unwrap(), Settings::default());
    }

    #[test]
    fn what_means_nothing_is_an_error_that_names_it_and_the_file() {
        for (text, named) in [
            ("listne = []", "listne"),
            ("data_dir = \"x\"", "data_dir"),
            ("listen = [\"phone:3804\"]", "listen"),
            ("listen = [\"192.0.2.1:3804/2.0\"]", "2.0"),
            ("max-connections = -1", "max-connections"),
            ("metrics = 9804", "metrics"),
            ("node = \"a b\"", "node"),
            ("log-format = \"xml\"", "xml"),
        ] {
            let error = read(text).1.unwrap_err();
            assert!(error.to_string().contains("capf.toml"), "{error}");
            let source = error.source().unwrap().to_string();
            assert!(source.contains(named), "{source}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error() {
        let error = Settings::read(Path::new("/nonexistent/capf.toml")).unwrap_err();
        assert!(matches!(error, InvalidConfig::Read { .. }));
    }

    #[test]
    fn options_go_before_the_file_and_the_file_before_defaults() {
        let options = Settings {
            data_dir: Some("/options".into()),
            ..Settings::default()
        };
        let file = Settings {
            data_dir: Some("/file".into()),
            node: Some("capf-b".parse().unwrap()),
            max_connections: Some(7),
            ..Settings::default()
        };
        assert_eq!(
            Config::resolve(options, file).unwrap(),
            Config {
                data_dir: "/options".into(),
                store: "sqlite:/options/capf.db".to_owned(),
                node: "capf-b".parse().unwrap(),
                listen: Vec::new(),
                balancers: Vec::new(),
                max_connections: 7,
                metrics: None,
                ca_passphrase: PassphraseSource::None,
                log: None,
                log_format: None,
                reset: None,
            }
        );
    }

    #[test]
    fn a_legacy_address_is_one_with_tls_1_0() {
        let options = Settings {
            listen: Some(vec!["[::]:3804".parse().unwrap()]),
            listen_legacy: Some(vec!["192.0.2.1:3805".parse().unwrap()]),
            data_dir: Some("/options".into()),
            ..Settings::default()
        };
        let config = Config::resolve(options, Settings::default()).unwrap();
        let expected = ["[::]:3804", "192.0.2.1:3805/1.0"].map(|text| text.parse().unwrap());
        assert_eq!(config.listen, expected);
    }

    #[test]
    fn what_is_no_address_to_listen_on_is_refused_with_an_example() {
        for (text, example) in [
            ("3804", "192.0.2.1:3804"),
            ("phone:3804", "192.0.2.1:3804"),
            ("192.0.2.1", "192.0.2.1:3804"),
            ("192.0.2.1:3804/", "1.2"),
            ("192.0.2.1:3804/1.4", "1.2"),
            ("192.0.2.1:3804/1.2/1.2", "1.2"),
        ] {
            let error = text.parse::<ListenOn>().unwrap_err().to_string();
            assert!(error.contains(example), "{error}");
        }
    }

    #[test]
    fn the_services_directory_is_its_owners_and_roots() {
        let directory = tempfile::tempdir().unwrap();
        let owner = Uid::from_raw(directory.path().metadata().unwrap().uid());
        let another = Uid::from_raw(owner.as_raw() + 1);
        let nowhere = directory.path().join("nowhere");
        for (path, user, expected) in [
            (directory.path(), owner, true),
            (directory.path(), another, false),
            (&nowhere, another, false),
            (&nowhere, Uid::from_raw(0), true),
        ] {
            assert_eq!(is_the_services(path, user), expected, "{user}");
        }
    }

    #[test]
    fn a_user_is_named_by_the_system_and_by_sudo_only_where_the_name_exists() {
        let root = Uid::from_raw(0);
        assert_eq!(name_of(root, None), "root");
        assert_eq!(name_of(root, Some("no such user")), "root");
        assert_eq!(name_of(root, Some("nobody")), "nobody");
        let nobody_has_it = Uid::from_raw(4_000_000_000);
        assert_eq!(name_of(nobody_has_it, None), "uid 4000000000");
    }
}
