//! `known_hosts` files: which keys SSH servers have (sshd(8), `SSH_KNOWN_HOSTS FILE FORMAT`).
//!
//! A line of a certificate authority (`@cert-authority`) neither helps nor hinders: servers are not
//! asked for certificates. A line that cannot be read is passed over, as OpenSSH does it.

mod names;

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use russh::keys::ssh_key::known_hosts::{Entry, Marker};
use russh::keys::{Algorithm, PublicKey};

use super::error::{Failure, Problem, Step};
use names::is_about;

/// The port that `known_hosts` files leave out.
const SSH_PORT: u16 = 22;

/// A server, as `known_hosts` files write it.
pub(super) fn name(host: &str, port: u16) -> String {
    let host = host.to_ascii_lowercase();
    if port == SSH_PORT {
        host
    } else {
        format!("[{host}]:{port}")
    }
}

/// What the files say of one server.
#[derive(Debug, Default)]
pub(super) struct KnownHosts {
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    /// The file and the number of the line.
    place: String,
    is_revoked: bool,
    key: PublicKey,
}

/// What is to be thought of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the server's.
    Known,
    /// None of this kind is known.
    Unknown,
    /// Another of the same kind is the server's.
    Changed {
        /// The file and line that have the other.
        place: String,
    },
    /// It is not to be believed any more.
    Revoked {
        /// The file and line that say so.
        place: String,
    },
}

impl KnownHosts {
    /// Reads what `files` say of the server that they call `name`. A file that is not there says
    /// nothing.
    pub(super) fn read(files: &[PathBuf], name: &str) -> Result<Self, Failure> {
        let mut lines = Vec::new();
        for file in files {
            match std::fs::read(file) {
                Ok(bytes) => lines.extend(lines_about(name, &bytes, file)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(unusable(file, &error)),
            }
        }
        Ok(Self { lines })
    }

    /// Whether the server has a key of this kind; of RSA keys, with whichever hash.
    pub(super) fn has(&self, algorithm: &Algorithm) -> bool {
        self.lines.iter().any(|line| {
            let known = line.key.algorithm();
            let are_rsa = matches!(
                (&known, algorithm),
                (Algorithm::Rsa { .. }, Algorithm::Rsa { .. })
            );
            !line.is_revoked && (known == *algorithm || are_rsa)
        })
    }

    /// What is to be thought of a key that the server shows.
    pub(super) fn judge(&self, key: &PublicKey) -> Verdict {
        let is_key = |line: &&Line| line.key.key_data() == key.key_data();
        if let Some(line) = self
            .lines
            .iter()
            .filter(is_key)
            .find(|line| line.is_revoked)
        {
            let place = line.place.clone();
            return Verdict::Revoked { place };
        }
        if self.lines.iter().any(|line| is_key(&line)) {
            return Verdict::Known;
        }
        let is_of_kind = |line: &&Line| !line.is_revoked && line.key.algorithm() == key.algorithm();
        match self.lines.iter().find(is_of_kind) {
            Some(line) => Verdict::Changed {
                place: line.place.clone(),
            },
            None => Verdict::Unknown,
        }
    }
}

/// Adds a line to `file`, which is created where it is not there, for its owner alone.
pub(super) fn add(file: &Path, name: &str, key: &PublicKey) -> Result<(), Failure> {
    append(file, name, key).map_err(|error| unusable(file, &error))
}

fn append(path: &Path, name: &str, key: &PublicKey) -> io::Result<()> {
    let bare = PublicKey::new(key.key_data().clone(), "");
    let key = bare.to_openssh().map_err(io::Error::other)?;
    if let Some(directory) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)?;
    }
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    let line = format!("{name} {}\n", key.trim_end());
    // One write, so that the lines of several processes do not mix.
    if ends_in_a_line(&mut file)? {
        file.write_all(line.as_bytes())
    } else {
        file.write_all(format!("\n{line}").as_bytes())
    }
}

fn ends_in_a_line(file: &mut std::fs::File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn unusable(file: &Path, error: &io::Error) -> Failure {
    Failure::new(
        Step::HostKey,
        Problem::Credentials {
            path: file.display().to_string(),
            reason: error.to_string(),
        },
    )
}

fn lines_about(name: &str, bytes: &[u8], file: &Path) -> Vec<Line> {
    bytes
        .split(|byte| *byte == b'\n')
        .zip(1..)
        .filter_map(|(line, number)| {
            let entry = entry(line)?;
            let is_revoked = match entry.marker() {
                None => false,
                Some(Marker::Revoked) => true,
                Some(Marker::CertAuthority) => return None,
            };
            is_about(entry.host_patterns(), name).then(|| Line {
                place: format!("{}:{number}", file.display()),
                is_revoked,
                key: entry.public_key().clone(),
            })
        })
        .collect()
}

/// What a line says, where it says anything.
fn entry(line: &[u8]) -> Option<Entry> {
    // The parser knows one space between the fields, and neither tabs nor ends of lines.
    let fields: Vec<&str> = str::from_utf8(line)
        .ok()?
        .split_ascii_whitespace()
        .collect();
    if fields.first()?.starts_with('#') {
        return None;
    }
    fields.join(" ").parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const KEY: &str = "ssh-ed25519 \
                       AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const OTHER: &str = "ssh-ed25519 \
                         AAAAC3NzaC1lZDI1NTE5AAAAIA6rWI3G1sz07DnfFlrouTcysQlj2P+jpNSOEWD9OJ3X";

    fn key(text: &str) -> PublicKey {
        text.parse().unwrap()
    }

    fn verdict(lines: &str, host: &str, port: u16) -> Verdict {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("known_hosts");
        std::fs::write(&file, lines).unwrap();
        let known = KnownHosts::read(&[file], &name(host, port)).unwrap();
        match known.judge(&key(KEY)) {
            Verdict::Changed { place } => Verdict::Changed {
                place: line_of(&place),
            },
            Verdict::Revoked { place } => Verdict::Revoked {
                place: line_of(&place),
            },
            verdict => verdict,
        }
    }

    fn line_of(place: &str) -> String {
        assert!(place.contains("known_hosts:"), "{place}");
        place.rsplit(':').next().unwrap().to_owned()
    }

    fn changed(line: &str) -> Verdict {
        Verdict::Changed {
            place: line.to_owned(),
        }
    }

    #[test]
    fn another_key_of_the_kind_is_a_change_unless_the_key_is_known_too() {
        let lines = format!("# keys\n\nhost {OTHER}\n");
        assert_eq!(verdict(&lines, "host", 22), changed("3"));
        let lines = format!("{lines}host {KEY} with a comment\n");
        assert_eq!(verdict(&lines, "host", 22), Verdict::Known);
    }

    #[test]
    fn a_key_of_another_kind_is_no_change() {
        let lines = "host ecdsa-sha2-nistp256 \
                     AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBJMd9A9Hm00gpoiAHPvsJ2vVbXRK\
                     vvYeI7yq2HHmCgSkC/aTs8jLgIVXIVd1YaVIxbASiIfTvCEr9fBf7gYBqi0=\n";
        assert_eq!(verdict(lines, "host", 22), Verdict::Unknown);
    }

    #[test]
    fn a_revoked_key_is_refused_even_where_another_line_has_it() {
        let lines = format!("host {KEY}\n@revoked * {KEY}\n");
        let place = "2".to_owned();
        assert_eq!(verdict(&lines, "host", 22), Verdict::Revoked { place });
        let lines = format!("@revoked host {OTHER}\n");
        assert_eq!(verdict(&lines, "host", 22), Verdict::Unknown);
    }

    #[test]
    fn a_certificate_authority_is_no_server() {
        let lines = format!("@cert-authority * {KEY}\n@cert-authority * {OTHER}\n");
        assert_eq!(verdict(&lines, "host", 22), Verdict::Unknown);
    }

    #[test]
    fn damaged_lines_are_passed_over_and_ends_of_lines_may_be_of_windows() {
        let lines = format!(
            "\r\nhost\r\nhost ssh-ed25519\r\nhost ssh-ed25519 AAAA\r\n|1|x|y {KEY}\r\n@odd host \
             {KEY}\r\n#host {OTHER}\r\nhost\t {KEY}\r\n"
        );
        assert_eq!(verdict(&lines, "host", 22), Verdict::Known);
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("known_hosts");
        std::fs::write(&file, [b"host \xff\xfe\nhost ", KEY.as_bytes()].concat()).unwrap();
        let known = KnownHosts::read(&[file], "host").unwrap();
        assert_eq!(known.judge(&key(KEY)), Verdict::Known);
    }

    #[test]
    fn the_kinds_that_are_known_are_told() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("known_hosts");
        std::fs::write(&file, format!("host {KEY}\n")).unwrap();
        let known = KnownHosts::read(&[directory.path().join("none"), file], "host").unwrap();
        assert!(known.has(&Algorithm::Ed25519));
        assert!(!known.has(&Algorithm::Rsa { hash: None }));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let failure = KnownHosts::read(&[directory.path().to_owned()], "host").unwrap_err();
        let shown = failure.at(&"sftp://host/x".parse().unwrap()).to_string();
        assert!(
            shown.contains("checking the server's host key failed"),
            "{shown}"
        );
        assert!(
            shown.contains(&directory.path().display().to_string()),
            "{shown}"
        );
    }

    #[test]
    fn what_is_added_is_known_and_private() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("ssh/known_hosts");
        let name = name("Files.example.com", 2222);
        add(&file, &name, &key(&format!("{KEY} comment"))).unwrap();
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            format!("[files.example.com]:2222 {KEY}\n")
        );
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        let known = KnownHosts::read(&[file], &name).unwrap();
        assert_eq!(known.judge(&key(KEY)), Verdict::Known);
        assert_eq!(
            known.judge(&key(OTHER)),
            Verdict::Changed {
                place: place(&known)
            }
        );
    }

    fn place(known: &KnownHosts) -> String {
        known.lines[0].place.clone()
    }

    #[test]
    fn a_line_that_lacks_its_end_is_not_continued() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("known_hosts");
        std::fs::write(&file, format!("a {OTHER}")).unwrap();
        add(&file, "b", &key(KEY)).unwrap();
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            format!("a {OTHER}\nb {KEY}\n")
        );
    }

    #[test]
    fn lines_that_are_added_at_once_stay_whole() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("known_hosts");
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let file = &file;
                scope.spawn(move || {
                    for line in 0..50 {
                        add(file, &format!("host-{thread}-{line}"), &key(KEY)).unwrap();
                    }
                });
            }
        });
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = text.lines().filter(|line| !line.is_empty());
        let mut names: Vec<_> = lines.map(|line| line.strip_suffix(KEY).unwrap()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 400);
    }
}
