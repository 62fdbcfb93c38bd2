//! Who we are to an SSH server (RFC 4252): keys, then passwords (RFC 4256 too).

mod keys;

use russh::client::{AuthResult, KeyboardInteractiveAuthResponse as Reply};
use russh::keys::PublicKey;
use russh::{MethodKind, MethodSet};

use super::connection::{Connection, closed};
use crate::secret::AccountPassword;
use crate::transfer::Remote;
use crate::transfer::access::Access;
use crate::transfer::error::{Failure, Problem, Said, Step};
use crate::transfer::reach::within;

/// How often a server may ask in one keyboard-interactive login.
const MOST_ROUNDS: usize = 10;

/// Logs in with the first of the keys and passwords that the server accepts.
pub(super) async fn log_in(
    connection: &mut Connection,
    remote: &Remote,
    access: &Access<'_>,
) -> Result<(), Failure> {
    let user = access
        .user(remote)?
        .unwrap_or_else(|| access.login_name.clone());
    let mut login = Login {
        connection,
        user,
        listed: MethodSet::empty(),
        allowed: MethodSet::empty(),
        attempts: 0,
        offered: Vec::new(),
        unusable: Vec::new(),
    };
    // The answer has the methods that the server takes.
    if login.with_nothing().await?
        || login.with_agent(access).await?
        || login.with_files(access).await?
        || login.with_password(remote, access).await?
    {
        return Ok(());
    }
    Err(login.refused())
}

struct Login<'a> {
    connection: &'a mut Connection,
    user: String,
    /// What the server takes at this point of the login.
    listed: MethodSet,
    /// What is left of it; some servers leave out what they have refused.
    allowed: MethodSet,
    attempts: u32,
    /// The keys that were offered.
    offered: Vec<PublicKey>,
    /// What could not be tried: files, and what is wrong with them.
    unusable: Vec<(String, String)>,
}

impl Login<'_> {
    async fn with_nothing(&mut self) -> Result<bool, Failure> {
        let attempt = self.connection.handle.authenticate_none(&self.user);
        let outcome = within(self.connection.timeout, Step::Login, attempt).await?;
        self.heard(outcome).await
    }

    async fn with_password(
        &mut self,
        remote: &Remote,
        access: &Access<'_>,
    ) -> Result<bool, Failure> {
        if !self.takes(MethodKind::Password) && !self.takes(MethodKind::KeyboardInteractive) {
            return Ok(false);
        }
        let Some(password) = access.password(remote, &self.user)? else {
            return Ok(false);
        };
        if self.takes(MethodKind::Password) {
            self.attempts += 1;
            let attempt = self
                .connection
                .handle
                .authenticate_password(&self.user, password.reveal());
            let outcome = within(self.connection.timeout, Step::Login, attempt).await?;
            if self.heard(outcome).await? {
                return Ok(true);
            }
        }
        Ok(self.takes(MethodKind::KeyboardInteractive) && self.interactively(&password).await?)
    }

    /// Answers the first question whose answer is not to be seen with the password, and every
    /// other with nothing.
    async fn interactively(&mut self, password: &AccountPassword) -> Result<bool, Failure> {
        self.attempts += 1;
        let limit = self.connection.timeout;
        let start = self
            .connection
            .handle
            .authenticate_keyboard_interactive_start(&self.user, None);
        let mut reply = within(limit, Step::Login, start).await?;
        let mut password = Some(password.reveal());
        for _ in 0..MOST_ROUNDS {
            let prompts = match reply {
                Ok(Reply::Success) => return Ok(true),
                Ok(Reply::Failure {
                    remaining_methods,
                    partial_success,
                }) => {
                    let refusal = AuthResult::Failure {
                        remaining_methods,
                        partial_success,
                    };
                    return self.heard(Ok(refusal)).await;
                }
                Ok(Reply::InfoRequest { prompts, .. }) => prompts,
                Err(error) => return self.heard(Err(error)).await,
            };
            let answers = prompts
                .iter()
                .map(|prompt| {
                    let answer = password.take_if(|_| !prompt.echo);
                    answer.unwrap_or_default().to_owned()
                })
                .collect();
            let answer = self
                .connection
                .handle
                .authenticate_keyboard_interactive_respond(answers);
            reply = within(limit, Step::Login, answer).await?;
        }
        Err(Failure::protocol(
            Step::Login,
            format!("it has asked {MOST_ROUNDS} times and is not content"),
        ))
    }

    fn takes(&self, method: MethodKind) -> bool {
        self.allowed.contains(&method)
    }

    /// Takes down what the server answered; whether we are in.
    async fn heard(&mut self, outcome: Result<AuthResult, russh::Error>) -> Result<bool, Failure> {
        match outcome {
            Ok(AuthResult::Success) => Ok(true),
            Ok(AuthResult::Failure {
                remaining_methods,
                partial_success,
            }) => {
                let is_the_end = remaining_methods.is_empty();
                if partial_success || self.attempts == 0 {
                    self.listed = remaining_methods.clone();
                }
                self.allowed = remaining_methods;
                if !is_the_end {
                    return Ok(false);
                }
                // With nothing left to try, the library ends the connection; where the server has
                // ended it, the answer looks the same.
                let end = &mut self.connection.handle;
                let end = within(self.connection.timeout, Step::Login, end).await?;
                Err(self.ended(end.err()))
            }
            Err(error) => Err(self.ended(Some(error))),
        }
    }

    fn ended(&self, error: Option<russh::Error>) -> Failure {
        if let Some(words) = self.connection.last_words.get() {
            return Failure::said(Step::Login, Said::Login, words);
        }
        let attempts = self.attempts;
        match error {
            Some(russh::Error::NoAuthMethod) => self.refused(),
            Some(russh::Error::IO(source)) => Failure::io(Step::Login, source),
            _ => closed(
                Step::Login,
                format!("the server closed the connection (keys and passwords tried: {attempts})"),
            ),
        }
    }

    /// Nothing was accepted.
    fn refused(&self) -> Failure {
        let methods: Vec<&str> = self.listed.iter().map(<&str>::from).collect();
        let allowed = methods.join(", ");
        let user = self.user.clone();
        let mut unusable = self.unusable.iter().cloned();
        let Some((path, mut reason)) = unusable.next() else {
            return Failure::new(Step::Login, Problem::NoCredential { allowed, user });
        };
        for (path, why) in unusable {
            reason = format!("{reason}; {path} cannot be used: {why}");
        }
        reason = format!(
            "{reason}; the server takes {allowed}, and nothing else is accepted for {user}"
        );
        Failure::new(Step::Login, Problem::Credentials { path, reason })
    }
}
