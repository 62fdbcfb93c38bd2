//! An SSH server with a subsystem for files, of whatever temper a test needs.

use std::future::pending;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use russh::keys::ssh_key::LineEnding;
use russh::keys::{Algorithm, HashAlg, PrivateKey, PublicKey};
use russh::server::{
    Auth, ChannelOpenHandle, Config, Handler, Msg, PublicKeyOffer, Response, Session,
    VerifiedPublicKey, run_stream,
};
use russh::{Channel, ChannelId, MethodKind, MethodSet, Preferred};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::disk::{Disk, Temper};

pub(crate) const USER: &str = "ada";
pub(crate) const PASSWORD: &str = "correct horse";

/// Who is let in, and how.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) address: &'static str,
    /// The methods that are offered.
    pub(crate) methods: Vec<MethodKind>,
    pub(crate) key: Option<PublicKey>,
    /// Whether a key is followed by a password.
    pub(crate) wants_both: bool,
    pub(crate) most_attempts: usize,
    pub(crate) host_keys: Vec<PrivateKey>,
    pub(crate) preferred: Preferred,
    pub(crate) sftp: Subsystem,
}

/// What is behind the door.
#[derive(Clone)]
pub(crate) enum Subsystem {
    Files,
    Nothing,
    /// It says so much, unasked, and listens no further.
    Says(Vec<u8>),
}

impl Default for Door {
    fn default() -> Self {
        Self {
            address: "127.0.0.1:0",
            methods: vec![MethodKind::Password],
            key: None,
            wants_both: false,
            most_attempts: 0,
            host_keys: vec![new_key(Algorithm::Ed25519)],
            preferred: Preferred::DEFAULT,
            sftp: Subsystem::Files,
        }
    }
}

pub(crate) fn new_key(algorithm: Algorithm) -> PrivateKey {
    PrivateKey::random(&mut russh::keys::key::safe_rng(), algorithm).unwrap()
}

pub(crate) fn in_openssh_format(key: &PrivateKey) -> String {
    key.to_openssh(LineEnding::LF).unwrap().to_string()
}

/// A running server; it ends with the test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    host_key: PublicKey,
    root: TempDir,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(Door::default(), Temper::Good).await
    }

    pub(crate) async fn with_temper(temper: Temper) -> Self {
        Self::with(Door::default(), temper).await
    }

    pub(crate) async fn with_door(door: Door) -> Self {
        Self::with(door, Temper::Good).await
    }

    pub(crate) async fn with(door: Door, temper: Temper) -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("home")).unwrap();
        let listener = TcpListener::bind(door.address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let config = Arc::new(Config {
            methods: MethodSet::from(door.methods.as_slice()),
            auth_rejection_time: Duration::ZERO,
            max_auth_attempts: door.most_attempts,
            keys: door.host_keys.clone(),
            preferred: door.preferred.clone(),
            nodelay: true,
            ..Config::default()
        });
        let host_key = door.host_keys[0].public_key().clone();
        let disk = Disk::new(root.path().to_owned(), temper);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let session = Visitor {
                    door: door.clone(),
                    disk: disk.clone(),
                    has_shown_key: false,
                    channel: None,
                };
                let config = config.clone();
                tokio::spawn(async move {
                    if let Ok(session) = run_stream(config, socket, session).await {
                        // How it ends is the client's to say.
                        let _ = session.await;
                    }
                });
            }
        });
        Self {
            address,
            host_key,
            root,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("sftp://{}{path}", self.address)
    }

    /// The first of its keys.
    pub(crate) fn fingerprint(&self) -> String {
        self.host_key.fingerprint(HashAlg::Sha256).to_string()
    }

    /// Where a file of the server's lies.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// The names of its files, but for the directory that a login leads to.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.root.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "home")
            .collect();
        names.sort();
        names
    }
}

/// One connection.
struct Visitor {
    door: Door,
    disk: Disk,
    has_shown_key: bool,
    channel: Option<Channel<Msg>>,
}

impl Visitor {
    fn judge(&self, is_right: bool) -> Auth {
        if is_right && (self.has_shown_key || !self.door.wants_both) {
            Auth::Accept
        } else {
            Auth::reject()
        }
    }
}

impl Handler for Visitor {
    type Error = russh::Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
        Ok(self.judge(user == USER && password == PASSWORD))
    }

    async fn auth_publickey_offered(
        &mut self,
        _: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        let is_known = self
            .door
            .key
            .as_ref()
            .is_some_and(|key| key.key_data() == offer.public_key.key_data());
        Ok(if is_known {
            Auth::Accept
        } else {
            Auth::reject()
        })
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        let is_right = user == USER
            && self
                .door
                .key
                .as_ref()
                .is_some_and(|known| known.key_data() == key.public_key.key_data());
        if is_right && self.door.wants_both {
            self.has_shown_key = true;
            return Ok(Auth::Reject {
                proceed_with_methods: Some(MethodSet::from([MethodKind::Password].as_slice())),
                partial_success: true,
            });
        }
        Ok(self.judge(is_right))
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        user: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        let Some(response) = response else {
            return Ok(Auth::Partial {
                name: "".into(),
                instructions: "".into(),
                prompts: vec![
                    ("Your name, please: ".into(), true),
                    ("Password: ".into(), false),
                ]
                .into(),
            });
        };
        let answers: Vec<_> = response.collect();
        Ok(self.judge(user == USER && answers == ["".as_bytes(), PASSWORD.as_bytes()]))
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        self.channel = Some(channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let channel = self.channel.take().filter(|_| name == "sftp");
        match (channel, &self.door.sftp) {
            (Some(channel), Subsystem::Files) => {
                session.channel_success(id)?;
                russh_sftp::server::run(channel.into_stream(), self.disk.clone()).await;
                Ok(())
            }
            (Some(channel), Subsystem::Says(words)) => {
                session.channel_success(id)?;
                let words = words.clone();
                tokio::spawn(async move {
                    channel.data_bytes(words).await.unwrap();
                    pending::<()>().await;
                    drop(channel);
                });
                Ok(())
            }
            _ => session.channel_failure(id),
        }
    }
}
