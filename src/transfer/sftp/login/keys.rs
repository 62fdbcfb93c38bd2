//! Private keys: those that an agent holds, and those in files.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use russh::client::AuthResult;
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::AgentClient;
use russh::keys::{self, Algorithm, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKey};
use russh::{AgentAuthError, MethodKind};
use tokio::net::UnixStream;

use super::Login;
use crate::transfer::access::Access;
use crate::transfer::error::{Failure, Step};
use crate::transfer::reach::within;

type Agent = AgentClient<UnixStream>;

impl Login<'_> {
    /// Offers every key that the agent holds.
    pub(super) async fn with_agent(&mut self, access: &Access<'_>) -> Result<bool, Failure> {
        let Some(socket) = &access.agent else {
            return Ok(false);
        };
        if !self.takes(MethodKind::PublicKey) {
            return Ok(false);
        }
        let asked = within(self.connection.timeout, Step::Login, identities(socket)).await;
        let (mut agent, identities) = match asked {
            Ok(Ok(answer)) => answer,
            // Its user has left.
            Ok(Err(keys::Error::IO(error))) if error.kind() == ErrorKind::NotFound => {
                return Ok(false);
            }
            Ok(Err(error)) => return Ok(self.cannot_use(socket, error.to_string())),
            Err(_) => return Ok(self.cannot_use(socket, "the agent does not answer".to_owned())),
        };
        for identity in identities {
            if !self.takes(MethodKind::PublicKey) {
                break;
            }
            let outcome = self.offer(identity, &mut agent).await?;
            let outcome = match outcome {
                Ok(outcome) => Ok(outcome),
                Err(AgentAuthError::Send(_)) => Err(russh::Error::SendError),
                Err(AgentAuthError::Key(error)) => {
                    self.cannot_use(socket, format!("it does not sign: {error}"));
                    continue;
                }
            };
            if self.heard(outcome).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn offer(
        &mut self,
        identity: AgentIdentity,
        agent: &mut Agent,
    ) -> Result<Result<AuthResult, AgentAuthError>, Failure> {
        self.attempts += 1;
        let hash = self.hash_for(&identity.public_key().algorithm()).await?;
        let limit = self.connection.timeout;
        let handle = &mut self.connection.handle;
        match identity {
            AgentIdentity::PublicKey { key, .. } => {
                self.offered.push(key.clone());
                let attempt = handle.authenticate_publickey_with(&self.user, key, hash, agent);
                within(limit, Step::Login, attempt).await
            }
            AgentIdentity::Certificate { certificate, .. } => {
                let attempt =
                    handle.authenticate_certificate_with(&self.user, certificate, hash, agent);
                within(limit, Step::Login, attempt).await
            }
        }
    }

    /// Offers the keys of the files, but those that the agent has offered.
    pub(super) async fn with_files(&mut self, access: &Access<'_>) -> Result<bool, Failure> {
        for path in &access.keys {
            if !self.takes(MethodKind::PublicKey) {
                break;
            }
            let key = match load(path, access) {
                Ok(Some(key)) => key,
                Ok(None) => continue,
                Err(reason) => {
                    self.cannot_use(path, reason);
                    continue;
                }
            };
            if self.was_offered(key.public_key()) {
                continue;
            }
            self.attempts += 1;
            self.offered.push(key.public_key().clone());
            let hash = self.hash_for(&key.algorithm()).await?;
            let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
            let attempt = self
                .connection
                .handle
                .authenticate_publickey(&self.user, key);
            let outcome = within(self.connection.timeout, Step::Login, attempt).await?;
            if self.heard(outcome).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn was_offered(&self, key: &PublicKey) -> bool {
        let data = key.key_data();
        self.offered
            .iter()
            .any(|offered| offered.key_data() == data)
    }

    fn cannot_use(&mut self, path: &Path, reason: String) -> bool {
        self.unusable.push((path.display().to_string(), reason));
        false
    }

    /// With which hash a key signs; only an RSA key has a choice (RFC 8332).
    async fn hash_for(&self, algorithm: &Algorithm) -> Result<Option<HashAlg>, Failure> {
        if !matches!(algorithm, Algorithm::Rsa { .. }) {
            return Ok(None);
        }
        let best = self.connection.handle.best_supported_rsa_hash();
        match within(self.connection.timeout, Step::Login, best).await? {
            Ok(Some(best)) => Ok(best),
            // It does not say.
            Ok(None) => Ok(Some(HashAlg::Sha512)),
            Err(error) => Err(self.ended(Some(error))),
        }
    }
}

async fn identities(socket: &Path) -> Result<(Agent, Vec<AgentIdentity>), keys::Error> {
    let mut agent = AgentClient::connect_uds(socket).await?;
    let identities = agent.request_identities().await?;
    Ok((agent, identities))
}

/// The private key of a file, where there is one; in words, why it cannot be used.
fn load(path: &Path, access: &Access<'_>) -> Result<Option<PrivateKey>, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if !is_encrypted(&text) {
        return keys::decode_secret_key(&text, None)
            .map(Some)
            .map_err(|error| format!("it is no private key that can be read here: {error}"));
    }
    let Some(passphrase) = access.ask.passphrase(path) else {
        return Err("it is encrypted, and there is no passphrase for it".to_owned());
    };
    keys::decode_secret_key(&text, Some(passphrase.reveal()))
        .map(Some)
        .map_err(|error| format!("the passphrase does not open it: {error}"))
}

/// Whether the key cannot be read without a passphrase: in the format of OpenSSH, in PKCS#8, in the
/// PEM of old, or in the format of `PuTTY`.
fn is_encrypted(text: &str) -> bool {
    PrivateKey::from_openssh(text).is_ok_and(|key| key.is_encrypted())
        || text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        || text.contains("Proc-Type: 4,ENCRYPTED")
        || text.starts_with("PuTTY-User-Key-File-") && !text.contains("Encryption: none")
}
