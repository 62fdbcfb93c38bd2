//! Backups that only some can read.

use std::fmt;
use std::io::{self, BufReader, Chain, Cursor, Read, Write};
use std::iter;
use std::str::FromStr;

use age::secrecy::SecretString;
use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};

use super::InvalidBackup;
use crate::archive::InvalidArchive;
use crate::secret::AccountPassword;

/// How every age file begins.
const MAGIC: &[u8] = b"age-encryption.org/";
/// The same file in letters.
const ARMOR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";

/// Somebody who can decrypt a backup: the public half of an age key, `age1…`.
#[derive(Clone)]
pub struct Recipient(x25519::Recipient);

/// Text that names no recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRecipient {
    /// It is a secret key. It is not repeated.
    #[error(
        "this is a secret key, which decrypts; encryption takes its public half, `age1...`: \
         `age-keygen -y FILE` shows it"
    )]
    SecretKey,
    /// It is something else.
    #[error("no recipient of age: `age1...`, as `age-keygen` shows one")]
    Unknown,
}

impl FromStr for Recipient {
    type Err = InvalidRecipient;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.to_uppercase().starts_with("AGE-SECRET-KEY-") {
            return Err(InvalidRecipient::SecretKey);
        }
        let recipient = text.parse().map_err(|_| InvalidRecipient::Unknown)?;
        Ok(Self(recipient))
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Recipient({})", self.0)
    }
}

/// To whom a backup is encrypted.
#[derive(Clone, Debug)]
pub enum Encryption {
    /// To everybody.
    Open,
    /// To each of these.
    Recipients(Vec<Recipient>),
    /// To whoever knows this.
    Passphrase(AccountPassword),
}

/// A secret key of age.
#[derive(Clone)]
pub struct Identity(x25519::Identity);

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Identity(…)")
    }
}

/// What decrypts a backup.
#[derive(Clone, Debug)]
pub enum Decryption {
    /// Nothing: it must not be encrypted.
    Open,
    /// One of the secret keys of an identity file.
    Identities(Vec<Identity>),
    /// The passphrase.
    Passphrase(AccountPassword),
}

/// A file that holds no identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdentities {
    /// A line is no secret key. It is not repeated.
    #[error(
        "line {line} is no secret key of age, `AGE-SECRET-KEY-1...`, as `age-keygen` makes one"
    )]
    Line {
        /// Its number, from 1.
        line: usize,
    },
    /// There is none in it.
    #[error("it holds no secret key of age, `AGE-SECRET-KEY-1...`, as `age-keygen` makes one")]
    None,
}

impl Decryption {
    /// Takes the secret keys of an identity file: one a line; empty lines and those that begin with
    /// `#` say nothing.
    pub fn identities(text: &str) -> Result<Self, InvalidIdentities> {
        let identities = (1..)
            .zip(text.lines().map(str::trim))
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(|(number, line)| {
                let identity = line.parse().map(Identity);
                identity.map_err(|_| InvalidIdentities::Line { line: number })
            })
            .collect::<Result<Vec<_>, _>>()?;
        if identities.is_empty() {
            return Err(InvalidIdentities::None);
        }
        Ok(Self::Identities(identities))
    }
}

impl Encryption {
    /// Encrypts what is written, into `out`.
    pub(super) fn seal<W: Write>(&self, out: W) -> io::Result<Sealed<W>> {
        let encryptor = match self {
            Self::Open => return Ok(Sealed::Open(out)),
            Self::Recipients(recipients) => Encryptor::with_recipients(
                recipients
                    .iter()
                    .map(|recipient| &recipient.0 as &dyn age::Recipient),
            )
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error.to_string()))?,
            Self::Passphrase(passphrase) => Encryptor::with_user_passphrase(secret(passphrase)),
        };
        Ok(Sealed::Age(Box::new(encryptor.wrap_output(out)?)))
    }
}

/// A stream on its way to be encrypted, or not.
pub(super) enum Sealed<W: Write> {
    Open(W),
    Age(Box<StreamWriter<W>>),
}

impl<W: Write> Sealed<W> {
    /// Writes the end; without it, nobody takes the file for a whole one.
    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Self::Open(out) => Ok(out),
            Self::Age(out) => out.finish(),
        }
    }
}

impl<W: Write> Write for Sealed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Open(out) => out.write(bytes),
            Self::Age(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Open(out) => out.flush(),
            Self::Age(out) => out.flush(),
        }
    }
}

type Input<R> = Chain<Cursor<Vec<u8>>, BufReader<R>>;

/// A stream that was encrypted, or not.
pub(super) enum Opened<R: Read> {
    Open(Input<R>),
    Age(Box<StreamReader<Input<R>>>),
}

impl Decryption {
    /// Decrypts what is read from `reader`.
    pub(super) fn open<R: Read>(&self, reader: R) -> Result<Opened<R>, InvalidBackup> {
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let mut head = Vec::new();
        reader
            .by_ref()
            .take(ARMOR.len() as u64)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        let is_armored = head.starts_with(ARMOR);
        let is_encrypted = head.starts_with(MAGIC);
        let input = Cursor::new(head).chain(reader);
        match self {
            _ if is_armored => Err(not_understood("it is in letters; `age --decrypt` reads it")),
            Self::Open if !is_encrypted => Ok(Opened::Open(input)),
            _ if !is_encrypted => Err(InvalidBackup::NotEncrypted),
            _ => self.decrypt(input),
        }
    }

    fn decrypt<R: Read>(&self, input: Input<R>) -> Result<Opened<R>, InvalidBackup> {
        let decryptor = Decryptor::new_buffered(input).map_err(|error| refusal(error, false))?;
        let passphrase = decryptor.is_scrypt();
        let decrypted = match self {
            Self::Identities(identities) if !passphrase => decryptor.decrypt(
                identities
                    .iter()
                    .map(|identity| &identity.0 as &dyn age::Identity),
            ),
            Self::Passphrase(given) if passphrase => {
                let identity = scrypt::Identity::new(secret(given));
                decryptor.decrypt(iter::once(&identity as &dyn age::Identity))
            }
            _ => return Err(InvalidBackup::Encrypted { passphrase }),
        };
        let decrypted = decrypted.map_err(|error| refusal(error, passphrase))?;
        Ok(Opened::Age(Box::new(decrypted)))
    }
}

impl<R: Read> Read for Opened<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Open(reader) => reader.read(into),
            Self::Age(reader) => reader.read(into),
        }
    }
}

fn secret(passphrase: &AccountPassword) -> SecretString {
    passphrase.reveal().to_owned().into()
}

fn unreadable(source: io::Error) -> InvalidBackup {
    InvalidBackup::Archive(InvalidArchive::Read { source })
}

fn not_understood(problem: &str) -> InvalidBackup {
    InvalidBackup::Encryption {
        problem: problem.to_owned(),
    }
}

fn refusal(error: DecryptError, passphrase: bool) -> InvalidBackup {
    match error {
        DecryptError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            not_understood("it is cut off")
        }
        DecryptError::Io(error) => unreadable(error),
        DecryptError::NoMatchingKeys
        | DecryptError::DecryptionFailed
        | DecryptError::KeyDecryptionFailed => InvalidBackup::WrongKey { passphrase },
        DecryptError::ExcessiveWork { .. } => {
            not_understood("its passphrase costs far more work than age asks for")
        }
        DecryptError::UnknownFormat => {
            not_understood("it is of a version of age that is not known")
        }
        _ => not_understood("its header is damaged"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_key_is_no_recipient_and_is_not_repeated() {
        let identity = x25519::Identity::generate();
        let secret = age::secrecy::ExposeSecret::expose_secret(&identity.to_string()).to_owned();
        for given in [secret.clone(), secret.to_lowercase()] {
            let error = given.parse::<Recipient>().unwrap_err();
            assert_eq!(error, InvalidRecipient::SecretKey);
            assert!(!error.to_string().contains(&secret));
        }
        assert_eq!(
            "age1qqqq".parse::<Recipient>().unwrap_err(),
            InvalidRecipient::Unknown
        );
        let shown = format!("{:?}", Decryption::identities(&secret).unwrap());
        assert!(!shown.contains("KEY"), "{shown}");
    }

    #[test]
    fn a_file_without_a_secret_key_is_refused_by_its_line() {
        let public = x25519::Identity::generate().to_public().to_string();
        for (text, expected) in [
            (String::new(), InvalidIdentities::None),
            (format!("# public key: {public}\n"), InvalidIdentities::None),
            (format!("\n{public}\n"), InvalidIdentities::Line { line: 2 }),
        ] {
            let Err(error) = Decryption::identities(&text) else {
                unreachable!("{text} holds no secret key");
            };
            assert_eq!(error, expected);
        }
    }
}
