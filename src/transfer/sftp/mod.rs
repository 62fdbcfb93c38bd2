//! SFTP: files over SSH (RFC 4251 to 4254; draft-ietf-secsh-filexfer-02, version 3), with
//! OpenSSH's extensions where the server has them.

mod connection;
mod files;
mod host_key;
mod in_flight;
mod login;
mod status;

use super::access::Access;
use super::error::{Failure, Found};
use super::stream::{Incoming, Outgoing};
use super::{Remote, Server};

pub(super) use files::Sftp;

/// What is kept of a server's words, in bytes.
const MOST_WORDS: usize = 500;

impl Server for Sftp {
    const RENAMES: bool = true;

    async fn connect(remote: &Remote, access: &Access<'_>) -> Result<Self, Failure> {
        let mut connection = connection::Connection::open(remote, access).await?;
        login::log_in(&mut connection, remote, access).await?;
        Self::start(connection).await
    }

    async fn put(&mut self, path: &str, source: &mut Outgoing<'_>) -> Result<(), Failure> {
        self.write(path, source).await
    }

    async fn get(&mut self, path: &str, sink: &mut Incoming<'_>) -> Result<(), Failure> {
        self.read(path, sink).await
    }

    async fn find(&mut self, path: &str) -> Result<Found, Failure> {
        self.measure(path).await
    }

    async fn rename(&mut self, from: &str, to: &str, replace: bool) -> Result<(), Failure> {
        if replace {
            self.rename_over(from, to).await
        } else {
            self.rename_beside(from, to).await
        }
    }

    async fn delete(&mut self, path: &str) -> Result<(), Failure> {
        self.remove(path).await
    }

    async fn close(self) {
        self.end().await;
    }
}

/// As many of a server's words as are kept.
fn clipped(words: &str) -> String {
    words[..words.floor_char_boundary(MOST_WORDS)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_without_end_are_cut_between_characters() {
        assert_eq!(clipped("short"), "short");
        assert_eq!(clipped(&"x".repeat(501)).len(), 500);
        assert_eq!(clipped(&format!("x{}", "ü".repeat(500))).len(), 499);
    }
}
