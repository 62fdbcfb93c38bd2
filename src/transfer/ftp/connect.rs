//! To the server, into TLS, and through the door.

use std::io;
use std::net::SocketAddr;

use suppaftp::tokio::ImplAsyncFtpStream;
use suppaftp::types::FileType;
use suppaftp::{Encoding, Mode, Status, Utf8Encoding};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::super::access::Access;
use super::super::error::{Failure, Problem, Step};
use super::super::reach::{no_address, resolve};
use super::super::tls::{self, Handshake, Tls};
use super::super::{Remote, Scheme};
use super::data::Dialer;
use super::{Ftp, Wait};
use crate::secret::AccountPassword;

/// The user where nobody names one, and the password that goes with it (RFC 1635).
const ANONYMOUS: (&str, &str) = ("anonymous", "capf@");

type Control = ImplAsyncFtpStream<tls::Stream>;

/// Why an address has no connection.
enum Missed {
    /// Nobody is reached there; another address may do.
    Unreachable(Failure),
    /// The server is there, and something is wrong with it.
    Failed(Failure),
}

impl Ftp {
    /// Connects to the first of the server's addresses that can be reached.
    pub(super) async fn reach(remote: &Remote, access: &Access<'_>) -> Result<Self, Failure> {
        let wait = Wait {
            limit: access.timeout,
            tls: match remote.scheme() {
                Scheme::Ftps | Scheme::FtpsImplicit => Some(Tls::new(remote.host(), access)?),
                _ => None,
            },
        };
        let mut unreachable = no_address();
        for address in resolve(remote, wait.limit).await? {
            let reached = match (remote.scheme(), &wait.tls) {
                (Scheme::FtpsImplicit, Some(tls)) => {
                    reach_inside(tls, address, remote, &wait).await
                }
                (_, tls) => reach_outside(tls.as_ref(), address, remote, &wait).await,
            };
            match reached {
                Ok(mut control) => {
                    let dialer = Dialer::new(address.ip());
                    let dialing = dialer.clone();
                    control = control.passive_stream_builder(move |told| dialing.dial(told));
                    control.set_mode(Mode::ExtendedPassive);
                    return Ok(Self {
                        control,
                        dialer,
                        wait,
                        is_extended: true,
                        measuring: Step::Open,
                    });
                }
                Err(Missed::Unreachable(failure)) => unreachable = failure,
                Err(Missed::Failed(failure)) => return Err(failure),
            }
        }
        Err(unreachable)
    }

    /// Says who we are, and that files are bytes.
    pub(super) async fn log_in(
        &mut self,
        remote: &Remote,
        access: &Access<'_>,
    ) -> Result<(), Failure> {
        let user = access.user(remote)?;
        let name = user.as_deref().unwrap_or(ANONYMOUS.0);
        let welcome = [Status::LoggedIn, Status::NeedPassword];
        let naming = self
            .control
            .custom_command(format!("USER {name}"), &welcome);
        let reply = self.wait.success(Step::Login, naming).await?;
        if reply.status == Status::NeedPassword {
            let password = match &user {
                Some(user) => known_password(remote, access, user)?,
                None => AccountPassword::new(ANONYMOUS.1),
            };
            self.control.set_encoding(WithPassword(password)).await;
            let proving = self.control.custom_command(PASS, &[Status::LoggedIn]);
            self.wait.success(Step::Login, proving).await?;
            self.control.set_encoding(Utf8Encoding).await;
        }
        let choosing = self.control.transfer_type(FileType::Binary);
        self.wait.success(Step::Login, choosing).await
    }
}

fn known_password(
    remote: &Remote,
    access: &Access<'_>,
    user: &str,
) -> Result<AccountPassword, Failure> {
    access.password(remote, user)?.ok_or_else(|| {
        Failure::new(
            Step::Login,
            Problem::NoCredential {
                allowed: "a password".to_owned(),
                user: user.to_owned(),
            },
        )
    })
}

/// The command without what comes behind it.
const PASS: &str = "PASS";

/// Puts the password into its command on the way to the server: the library writes every command to
/// the log before that.
#[derive(Debug)]
struct WithPassword(AccountPassword);

impl Encoding for WithPassword {
    fn decode(&self, bytes: &[u8]) -> String {
        Utf8Encoding.decode(bytes)
    }

    fn encode(&self, text: &str) -> io::Result<Vec<u8>> {
        if text.trim_end() == PASS {
            return Utf8Encoding.encode(&format!("{PASS} {}\r\n", self.0.reveal()));
        }
        Utf8Encoding.encode(text)
    }
}

/// In clear text, and into TLS from there where that is wanted (RFC 4217 section 4).
async fn reach_outside(
    tls: Option<&Tls>,
    address: SocketAddr,
    remote: &Remote,
    wait: &Wait,
) -> Result<Control, Missed> {
    let stream = match timeout(wait.limit, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(source)) => return Err(Missed::Unreachable(Failure::io(Step::Connect, source))),
        Err(_) => return Err(Missed::Unreachable(wait.timed_out(Step::Connect))),
    };
    let greeting = Control::connect_with_stream(stream);
    let control = wait.success(Step::Connect, greeting).await;
    let control = control.map_err(Missed::Failed)?;
    let Some(tls) = tls else {
        return Ok(control);
    };
    let securing = control.into_secure(tls.clone(), remote.host());
    let control = wait.success(Step::Tls, securing).await;
    control.map_err(Missed::Failed)
}

/// Inside TLS from the first byte on.
async fn reach_inside(
    tls: &Tls,
    address: SocketAddr,
    remote: &Remote,
    wait: &Wait,
) -> Result<Control, Missed> {
    let connecting = Control::connect_secure_implicit(address, tls.clone(), remote.host());
    let connected = wait.success(Step::Connect, connecting).await;
    let mut control = connected.map_err(|failure| match tls.handshake() {
        Handshake::NotBegun => Missed::Unreachable(failure),
        Handshake::Running | Handshake::Over => Missed::Failed(failure),
    })?;
    // Data is protected only where that is asked for (RFC 4217 section 9).
    for command in ["PBSZ 0", "PROT P"] {
        let protecting = control.custom_command(command, &[Status::CommandOk]);
        let protected = wait.success(Step::Tls, protecting).await;
        protected.map_err(Missed::Failed)?;
    }
    Ok(control)
}
