//! Where a file lies on a server: a URL, decoded.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::Url;

use crate::model::Escaped;
use crate::secret::AccountPassword;

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// FTP in clear text (RFC 959).
    Ftp,
    /// FTP that changes to TLS before the password (RFC 4217): explicit FTPS.
    Ftps,
    /// FTP inside TLS from the first byte on: implicit FTPS.
    FtpsImplicit,
    /// HTTP over TLS: PUT and GET.
    Https,
    /// The file transfer of SSH.
    Sftp,
    /// TFTP (RFC 1350), which has neither users nor secrecy.
    Tftp,
}

impl Scheme {
    /// What URLs begin with, and the scheme that it stands for.
    const WORDS: [(&'static str, Self); 7] = [
        ("ftp", Self::Ftp),
        ("ftps", Self::Ftps),
        ("ftpes", Self::Ftps),
        ("ftps+implicit", Self::FtpsImplicit),
        ("https", Self::Https),
        ("sftp", Self::Sftp),
        ("tftp", Self::Tftp),
    ];

    /// The scheme of URLs that begin with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        let found = Self::WORDS.iter().find(|(known, _)| *known == word)?;
        Some(found.1)
    }

    /// What URLs of this scheme begin with.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ftp => "ftp",
            Self::Ftps => "ftps",
            Self::FtpsImplicit => "ftps+implicit",
            Self::Https => "https",
            Self::Sftp => "sftp",
            Self::Tftp => "tftp",
        }
    }

    /// The port where the URL names none (IANA).
    pub fn default_port(self) -> u16 {
        match self {
            Self::Ftp | Self::Ftps => 21,
            Self::FtpsImplicit => 990,
            Self::Https => 443,
            Self::Sftp => 22,
            Self::Tftp => 69,
        }
    }

    /// Whether whoever is on the way can read and change the file, and the password if there is one.
    pub fn is_clear_text(self) -> bool {
        matches!(self, Self::Ftp | Self::Tftp)
    }
}

/// A file on a server. `Display` shows the URL without user and password.
#[derive(Clone, PartialEq, Eq)]
pub struct Remote {
    scheme: Scheme,
    host: String,
    port: u16,
    path: String,
    user: Option<String>,
    password: Option<AccountPassword>,
}

/// Text that is no URL of a file on a server. The text itself may have a password in it, and is not
/// repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRemote {
    /// It is no URL.
    #[error("it is no URL: {reason}")]
    Url {
        /// Why.
        reason: String,
    },
    /// It begins with something that is not known here.
    #[error(
        "`{}` is not known here; write ftp, ftps, sftp, tftp or https", Escaped(.scheme)
    )]
    Scheme {
        /// What it begins with.
        scheme: String,
    },
    /// It names no server.
    #[error("it names no server")]
    NoHost,
    /// User, password, or path is not UTF-8, or has a NUL or a line's end in it.
    #[error("its {part} has characters that no server takes")]
    Characters {
        /// Which part.
        part: &'static str,
    },
    /// It has a part that this scheme has no use for.
    #[error("{scheme} has no {part}")]
    Useless {
        /// The scheme.
        scheme: &'static str,
        /// Which part.
        part: &'static str,
    },
}

impl Remote {
    /// A file on the server that `authority` names (`HOST` or `HOST:PORT`, an IPv6 address in brackets
    /// or alone), under a path as [`Remote::path`] has it.
    pub fn new(
        scheme: Scheme,
        authority: &str,
        path: &str,
        user: Option<String>,
    ) -> Result<Self, InvalidRemote> {
        let authority = authority.trim();
        let url = match authority.parse() {
            Ok(IpAddr::V6(address)) => format!("{}://[{address}]", scheme.as_str()),
            _ => format!("{}://{authority}", scheme.as_str()),
        };
        let server: Self = url.parse()?;
        // What is more than a server would take part of the path with it.
        if !server.is_directory() || server.user.is_some() {
            return Err(InvalidRemote::NoHost);
        }
        let path = match scheme {
            Scheme::Https => {
                let path =
                    percent_encoding::utf8_percent_encode(path.trim_start_matches('/'), PATH);
                format!("/{path}")
            }
            _ => path.to_owned(),
        };
        for (text, part) in [(Some(&path), "path"), (user.as_ref(), "user")] {
            if text.is_some_and(|text| text.contains(FORBIDDEN)) {
                return Err(InvalidRemote::Characters { part });
            }
        }
        Ok(Self {
            path,
            user,
            ..server
        })
    }

    /// Whether `text` is meant as a URL, right or wrong: it has `://` behind a word.
    pub fn looks_like_one(text: &str) -> bool {
        text.split_once("://").is_some_and(|(scheme, _)| {
            let is_word = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
            !scheme.is_empty() && scheme.chars().all(is_word)
        })
    }

    /// How the server is spoken to.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The server's name or address; an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where the file lies, decoded and without the slash that ends the server's name: below the
    /// directory that a login leads to, or from the root where it begins with a slash. For HTTPS as
    /// it stands in the URL, with its query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether it names a directory: nothing, or something that ends in a slash.
    pub fn is_directory(&self) -> bool {
        self.path.is_empty() || self.path.ends_with('/')
    }

    /// The file of this name in the directory.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        let mut file = self.clone();
        file.path.push_str(name);
        file
    }

    /// The user in the URL.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The password in the URL.
    pub fn password(&self) -> Option<&AccountPassword> {
        self.password.as_ref()
    }

    /// Server and port as an address is written: `[2001:db8::1]:21`.
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// The address, where the URL has one instead of a name.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

impl FromStr for Remote {
    type Err = InvalidRemote;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url: Url = text
            .parse()
            .map_err(|error: url::ParseError| InvalidRemote::Url {
                reason: error.to_string(),
            })?;
        let scheme = Scheme::from_word(url.scheme()).ok_or_else(|| InvalidRemote::Scheme {
            scheme: url.scheme().to_owned(),
        })?;
        let host = match url.host_str() {
            None | Some("") => return Err(InvalidRemote::NoHost),
            // The brackets are the URL's, not the address's.
            Some(host) => decoded(host.trim_matches(['[', ']']), "server's name")?,
        };
        // Of schemes that have no default port in the standard for URLs, none is left out.
        let port = url.port_or_known_default().unwrap_or(scheme.default_port());
        let scheme = match scheme {
            Scheme::Ftps if port == Scheme::FtpsImplicit.default_port() => Scheme::FtpsImplicit,
            scheme => scheme,
        };
        let user = match url.username() {
            "" => None,
            user => Some(decoded(user, "user")?),
        };
        let password = url
            .password()
            .map(|password| decoded(password, "password").map(AccountPassword::new))
            .transpose()?;
        let useless = |part| InvalidRemote::Useless {
            scheme: scheme.as_str(),
            part,
        };
        if scheme == Scheme::Tftp && (user.is_some() || password.is_some()) {
            return Err(useless("users and passwords"));
        }
        if url.fragment().is_some() {
            return Err(useless("fragment (`#`); write %23 for it"));
        }
        let path = match scheme {
            Scheme::Https => url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
            _ if url.query().is_some() => return Err(useless("query (`?`); write %3F for it")),
            Scheme::Sftp => sftp_path(&decoded(url.path(), "path")?),
            Scheme::Ftp | Scheme::Ftps | Scheme::FtpsImplicit | Scheme::Tftp => {
                let path = decoded(url.path(), "path")?;
                path.strip_prefix('/').unwrap_or(&path).to_owned()
            }
        };
        Ok(Self {
            scheme,
            host,
            port,
            path,
            user,
            password,
        })
    }
}

/// They would end a command of FTP early, or a name in C.
const FORBIDDEN: [char; 3] = ['\0', '\r', '\n'];

/// What cannot stand in the path of a URL as it is (RFC 3986, section 3.3).
const PATH: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The path of an `sftp` URL begins at the root, and at the login directory behind `/~/`.
fn sftp_path(path: &str) -> String {
    match path.strip_prefix("/~/") {
        Some(below_home) => below_home.to_owned(),
        None => path.to_owned(),
    }
}

fn decoded(text: &str, part: &'static str) -> Result<String, InvalidRemote> {
    let text = percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| InvalidRemote::Characters { part })?;
    if text.contains(FORBIDDEN) {
        return Err(InvalidRemote::Characters { part });
    }
    Ok(text.into_owned())
}

impl fmt::Display for Remote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authority = if self.port == self.scheme.default_port() {
            let authority = self.authority();
            let port = format!(":{}", self.port);
            authority.trim_end_matches(&port).to_owned()
        } else {
            self.authority()
        };
        let slash = match self.scheme {
            Scheme::Https => "",
            Scheme::Sftp if self.path.starts_with('/') => "",
            Scheme::Sftp => "/~/",
            _ => "/",
        };
        let scheme = self.scheme.as_str();
        write!(
            formatter,
            "{scheme}://{authority}{slash}{}",
            Escaped(&self.path)
        )
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Remote({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote(text: &str) -> Remote {
        text.parse().unwrap()
    }

    #[test]
    fn a_url_says_how_where_and_as_whom() {
        let remote = remote("ftp://admin:p%40ss@files.example.com/csr/today.tgz");
        assert_eq!(remote.scheme(), Scheme::Ftp);
        assert_eq!((remote.host(), remote.port()), ("files.example.com", 21));
        assert_eq!(remote.path(), "csr/today.tgz");
        assert_eq!(remote.user(), Some("admin"));
        assert_eq!(remote.password().unwrap().reveal(), "p@ss");
        for shown in [remote.to_string(), format!("{remote:?}")] {
            assert!(
                !shown.contains("p@ss") && !shown.contains("admin"),
                "{shown}"
            );
        }
    }

    #[test]
    fn what_is_shown_is_the_url_without_the_account() {
        for url in [
            "ftp://host/a b",
            "ftp://host:2121//etc/x",
            "ftps://[2001:db8::1]/x",
            "sftp://host/srv/x",
            "sftp://host/~/x",
            "tftp://192.0.2.1/x",
            "https://host:8443/dav/x?y=z",
        ] {
            let shown = remote(url).to_string();
            assert_eq!(shown, url);
        }
        assert_eq!(remote("ftpes://u@host/x").to_string(), "ftps://host/x");
    }

    #[test]
    fn an_ipv6_address_has_its_brackets_where_the_port_is_beside_it() {
        let remote = remote("sftp://[2001:db8::1]:2222/x");
        assert_eq!(remote.host(), "2001:db8::1");
        assert_eq!(remote.authority(), "[2001:db8::1]:2222");
        assert!(remote.address().is_some_and(|address| address.is_ipv6()));
    }

    #[test]
    fn ftps_is_explicit_but_on_the_port_of_the_implicit_kind() {
        for (url, scheme, port) in [
            ("ftps://host/x", Scheme::Ftps, 21),
            ("ftpes://host/x", Scheme::Ftps, 21),
            ("ftps://host:2121/x", Scheme::Ftps, 2121),
            ("ftps://host:990/x", Scheme::FtpsImplicit, 990),
            ("ftps+implicit://host/x", Scheme::FtpsImplicit, 990),
            ("ftps+implicit://host:9990/x", Scheme::FtpsImplicit, 9990),
        ] {
            let remote = remote(url);
            assert_eq!((remote.scheme(), remote.port()), (scheme, port), "{url}");
        }
    }

    #[test]
    fn paths_begin_where_the_protocol_begins() {
        for (url, path) in [
            ("ftp://host/a/b", "a/b"),
            ("ftp://host//a/b", "/a/b"),
            ("ftp://host/%2Fa/b", "/a/b"),
            ("sftp://host/a/b", "/a/b"),
            ("sftp://host/~/a", "a"),
            ("tftp://host/a%23", "a#"),
            ("https://host/a%20b?c", "/a%20b?c"),
        ] {
            assert_eq!(remote(url).path(), path, "{url}");
        }
    }

    #[test]
    fn a_directory_ends_in_a_slash_and_takes_a_name() {
        for (url, file) in [
            ("ftp://host", "a.tgz"),
            ("ftp://host/", "a.tgz"),
            ("ftp://host/csr/", "csr/a.tgz"),
            ("https://host/csr/", "/csr/a.tgz"),
        ] {
            let remote = remote(url);
            assert!(remote.is_directory(), "{url}");
            assert_eq!(remote.join("a.tgz").path(), file);
        }
        assert!(!remote("ftp://host/a").is_directory());
    }

    #[test]
    fn the_parts_that_a_person_gives_make_the_same_as_a_url() {
        for (scheme, authority, path, url) in [
            (Scheme::Ftp, "host", "a/b c", "ftp://host/a/b%20c"),
            (Scheme::Ftps, "host:2121", "/a", "ftps://host:2121//a"),
            (Scheme::Sftp, "2001:db8::1", "/a", "sftp://[2001:db8::1]/a"),
            (
                Scheme::Sftp,
                "[2001:db8::1]:22",
                "a",
                "sftp://[2001:db8::1]/~/a",
            ),
            (
                Scheme::Https,
                "host",
                "dav/a b?c",
                "https://host/dav/a%20b%3Fc",
            ),
        ] {
            assert_eq!(Remote::new(scheme, authority, path, None), url.parse());
        }
        let admin = Remote::new(Scheme::Ftp, "host", "a", Some("ad@min".to_owned())).unwrap();
        assert_eq!(admin.user(), Some("ad@min"));
        for (authority, path) in [
            ("host/a", "b"),
            ("u@host", "b"),
            ("", "b"),
            ("host", "a\nb"),
        ] {
            assert!(
                Remote::new(Scheme::Ftp, authority, path, None).is_err(),
                "{authority}"
            );
        }
    }

    #[test]
    fn what_makes_no_sense_says_why_without_repeating_a_password() {
        for (url, says) in [
            ("http://u:secret@host/x", "`http` is not known"),
            ("gopher://host/x", "`gopher` is not known"),
            ("ftp://u:secret@/x", "host"),
            ("ftp://u:secret@host/a%0d%0aDELE b", "path has characters"),
            ("ftp://u:sec%00ret@host/a", "password has characters"),
            ("ftp://host/%ff", "path has characters"),
            ("tftp://u:secret@host/x", "no users"),
            ("ftp://host/x#1", "no fragment"),
            ("ftp://host/x?y", "no query"),
            ("ftp://host:99999/x", "port"),
        ] {
            let error = url.parse::<Remote>().unwrap_err().to_string();
            assert!(
                error.contains(says) && !error.contains("secret"),
                "{url}: {error}"
            );
        }
    }

    #[test]
    fn urls_are_told_from_the_names_of_files() {
        for url in ["ftp://host/x", "gopher://x", "ftps+implicit://x"] {
            assert!(Remote::looks_like_one(url), "{url}");
        }
        for file in ["csrs.tgz", "a:b", "/a://b", "://x", ""] {
            assert!(!Remote::looks_like_one(file), "{file}");
        }
    }
}
