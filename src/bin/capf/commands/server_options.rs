//! The options for files on servers.

use std::path::PathBuf;
use std::time::Duration;

use capf::config::{home_dir, login_name, ssh_agent};
use capf::secret::AccountPassword;
use capf::transfer::{Access, Ask};

/// Who we are to a server, and whom to believe.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Options for servers")]
pub(super) struct ServerOptions {
    /// Log in to the server as this user
    ///
    /// A user in the URL goes before it, and it before the netrc file.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,

    /// Log in with this password
    ///
    /// Others on this machine can read command lines: better give it as `CAPF_PASSWORD` in the
    /// environment, in a netrc file, or when it is asked for on a terminal. A password in the URL
    /// goes before it.
    #[arg(long, value_name = "PASSWORD")]
    password: Option<AccountPassword>,

    /// Look up users and passwords in this netrc file
    ///
    /// By default ~/.netrc. Nobody but its owner may be able to read it.
    #[arg(long, value_name = "FILE")]
    netrc: Option<PathBuf>,

    /// Trust the CAs in this file, for FTPS and HTTPS
    ///
    /// In PEM, as many as there are. They take the place of those that the system trusts.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// Look up the host keys of SFTP servers in this file
    ///
    /// By default `~/.ssh/known_hosts` and then `/etc/ssh/ssh_known_hosts`. The key of a new server
    /// is added to the first after a question; --yes does not answer that one.
    #[arg(long, value_name = "FILE")]
    known_hosts: Option<PathBuf>,

    /// Believe an SFTP server with this host key
    ///
    /// A SHA-256 fingerprint as `ssh-keygen -l` shows it. It counts where no file has a key for the
    /// server.
    #[arg(long, value_name = "SHA256:...", value_parser = fingerprint)]
    host_key: Option<String>,

    /// Log in to SFTP servers with the private key in this file
    ///
    /// It can be given several times. By default `id_ed25519`, `id_ecdsa` and `id_rsa` in ~/.ssh.
    /// The keys of an SSH agent are tried before them.
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,

    /// Give up when the server has not answered for so many seconds
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u16).range(1..=3600)
    )]
    timeout: u16,
}

impl ServerOptions {
    /// What opens a server's door; `ask` answers what is not known.
    pub(super) fn access<'a>(&self, ask: &'a (dyn Ask + Sync)) -> Access<'a> {
        let in_home = |name: &str| home_dir().map(|home| home.join(name));
        let in_ssh = |name: &str| in_home(".ssh").map(|directory| directory.join(name));
        let known_hosts = match &self.known_hosts {
            Some(file) => vec![file.clone()],
            None => in_ssh("known_hosts")
                .into_iter()
                .chain([PathBuf::from("/etc/ssh/ssh_known_hosts")])
                .collect(),
        };
        let keys = if self.key.is_empty() {
            let names = ["id_ed25519", "id_ecdsa", "id_rsa"];
            names.into_iter().filter_map(in_ssh).collect()
        } else {
            self.key.clone()
        };
        Access {
            user: self.user.clone(),
            password: self.password.clone(),
            netrc: self.netrc.clone().or_else(|| in_home(".netrc")),
            ca_file: self.ca_file.clone(),
            known_hosts,
            host_key: self.host_key.clone(),
            keys,
            agent: ssh_agent(),
            login_name: login_name(),
            timeout: Duration::from_secs(self.timeout.into()),
            ask,
        }
    }
}

/// 32 bytes in Base64 without the `=`, behind the name of the hash.
fn fingerprint(text: &str) -> Result<String, &'static str> {
    let is_base64 = |letter: char| letter.is_ascii_alphanumeric() || "+/".contains(letter);
    match text.strip_prefix("SHA256:") {
        Some(hash) if hash.len() == 43 && hash.chars().all(is_base64) => Ok(text.to_owned()),
        _ => Err("it is no fingerprint of the kind that `ssh-keygen -l` shows"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use capf::transfer::NobodyToAsk;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        options: ServerOptions,
    }

    fn access(arguments: &[&str]) -> Result<Access<'static>, clap::Error> {
        let arguments = ["capf"].iter().chain(arguments);
        let command = Command::try_parse_from(arguments)?;
        Ok(command.options.access(&NobodyToAsk))
    }

    #[test]
    fn without_options_the_files_of_the_home_directory_count() {
        let access = access(&[]).unwrap();
        let home = home_dir().unwrap();
        assert_eq!(access.netrc, Some(home.join(".netrc")));
        let known_hosts = [
            home.join(".ssh/known_hosts"),
            "/etc/ssh/ssh_known_hosts".into(),
        ];
        assert_eq!(access.known_hosts, known_hosts);
        let keys = ["id_ed25519", "id_ecdsa", "id_rsa"].map(|name| home.join(".ssh").join(name));
        assert_eq!(access.keys, keys);
        assert_eq!(access.timeout, Duration::from_secs(30));
        assert!(access.user.is_none() && access.password.is_none());
        assert!(access.ca_file.is_none() && access.host_key.is_none());
        assert!(!access.login_name.is_empty());
    }

    #[test]
    fn every_option_is_heard() {
        let fingerprint = "SHA256:uNiVztksCsDhcc0u9e8BrrJXVuDIVBTGjXSW5oOJ5ks";
        let access = access(&[
            "--user=admin",
            "--password=hush",
            "--netrc=/n",
            "--ca-file=/c",
            "--known-hosts=/k",
            "--host-key",
            fingerprint,
            "--key=/1",
            "--key=/2",
            "--timeout=3600",
        ])
        .unwrap();
        assert_eq!(access.user.as_deref(), Some("admin"));
        assert_eq!(access.password, Some(AccountPassword::new("hush")));
        assert_eq!(access.netrc, Some("/n".into()));
        assert_eq!(access.ca_file, Some("/c".into()));
        assert_eq!(access.known_hosts, [PathBuf::from("/k")]);
        assert_eq!(access.host_key.as_deref(), Some(fingerprint));
        assert_eq!(access.keys, ["/1", "/2"].map(PathBuf::from));
        assert_eq!(access.timeout, Duration::from_hours(1));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for wrong in [
            "--timeout=0",
            "--timeout=3601",
            "--host-key=MD5:00",
            "--host-key=SHA256:",
            "--host-key=uNiVztksCsDhcc0u9e8BrrJXVuDIVBTGjXSW5oOJ5ks",
            "--host-key=SHA256:uNiVztksCsDhcc0u9e8BrrJXVuDIVBTGjXSW5oOJ5k=",
        ] {
            assert!(access(&[wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_password_is_not_shown() {
        let command = Command::try_parse_from(["capf", "--password=hush"]).unwrap();
        assert!(!format!("{command:?}").contains("hush"));
    }
}
