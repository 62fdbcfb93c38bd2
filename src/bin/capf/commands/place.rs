//! Where an archive goes, or comes from: a file, a stream, or a server.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use capf::admin::ArchiveTarget;
use capf::transfer::{Access, InvalidRemote, Remote, Scheme};

use super::local_file::{LocalFile, may_replace};
use crate::command_error::CommandError;
use crate::context::Context;
use crate::ui::Ui;

/// A place as an administrator names it: a path, `-`, or a URL.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Local(LocalFile),
    Server(Remote),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if Remote::looks_like_one(text) {
            return text
                .parse()
                .map(Self::Server)
                .map_err(|error: InvalidRemote| error.to_string());
        }
        text.parse().map(Self::Local).map_err(str::to_owned)
    }
}

impl Place {
    /// Where an archive goes that is written to this place, named `argument` on the command line. Of
    /// a server, `access` opens the door.
    pub(super) fn target<'a>(
        &self,
        ui: &Ui,
        replace: bool,
        access: &'a Access<'a>,
        argument: &str,
    ) -> Result<ArchiveTarget<'a>, CommandError> {
        Ok(match self {
            Self::Local(LocalFile::Standard) => {
                ArchiveTarget::Stream(Box::new(ui.binary(argument)?))
            }
            Self::Local(LocalFile::Path(path)) => ArchiveTarget::File {
                path: path.clone(),
                replace,
            },
            Self::Server(remote) => ArchiveTarget::Server {
                remote: remote.clone(),
                replace,
                access,
            },
        })
    }

    /// Whether what is there may be replaced: asks where a file is, and says what everybody on the
    /// way to a server can see.
    pub(super) fn may_replace(&self, context: &Context) -> Result<bool, CommandError> {
        match self {
            Self::Local(LocalFile::Path(path)) => may_replace(context, path),
            Self::Local(LocalFile::Standard) => Ok(false),
            Self::Server(remote) => {
                warn_of_clear_text(&context.ui, remote);
                Ok(context.ui.says_yes())
            }
        }
    }
}

/// What the questions are about.
pub(super) struct Questions {
    /// The first one.
    pub(super) place: &'static str,
    /// The file's name where nobody says another.
    pub(super) file_name: String,
}

impl Questions {
    /// Asks for a place, as Unified CM does; `argument` is what names it on the command line.
    pub(super) fn ask(&self, ui: &Ui, argument: &str) -> Result<Place, CommandError> {
        match ui.ask(self.place, Some(Kind::Local), argument)? {
            Kind::Local => {
                let directory: Answer =
                    ui.ask("Enter the directory", Some(".".into()), argument)?;
                let path = Path::new(&directory.0).join(self.file_name(ui, argument)?);
                Ok(Place::Local(LocalFile::Path(path)))
            }
            Kind::Server(scheme) => {
                let host: Answer = ui.ask("Enter the server's name or address", None, argument)?;
                let user = if scheme == Scheme::Tftp {
                    None
                } else {
                    let user: Answer =
                        ui.ask("Enter the user, or nothing", Some("".into()), argument)?;
                    Some(user.0).filter(|user| !user.is_empty())
                };
                let directory: Answer = ui.ask("Enter the directory", Some("".into()), argument)?;
                let mut path = directory.0;
                if !path.is_empty() && !path.ends_with('/') {
                    path.push('/');
                }
                path.push_str(&self.file_name(ui, argument)?);
                Remote::new(scheme, &host.0, &path, user)
                    .map(Place::Server)
                    .map_err(|error| CommandError::usage(error.to_string()))
            }
        }
    }

    fn file_name(&self, ui: &Ui, argument: &str) -> Result<String, CommandError> {
        let name: Answer = ui.ask(
            "Enter the file name",
            Some(self.file_name[..].into()),
            argument,
        )?;
        Ok(name.0)
    }
}

/// What kind of place it is.
#[derive(Clone, Copy)]
enum Kind {
    Local,
    Server(Scheme),
}

impl FromStr for Kind {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_lowercase();
        if text == "local" {
            return Ok(Self::Local);
        }
        Scheme::from_word(&text)
            .map(Self::Server)
            .ok_or("answer local, ftp, ftps, sftp, tftp or https")
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Local => "local",
            Self::Server(scheme) => scheme.as_str(),
        })
    }
}

/// Any text.
#[derive(Clone)]
struct Answer(String);

impl From<&str> for Answer {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for Answer {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.trim().into())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Gives a place that is a directory a file of this name in it.
pub(super) fn with_file_name(place: Place, name: &str) -> Place {
    match place {
        Place::Server(remote) if remote.is_directory() => Place::Server(remote.join(name)),
        Place::Local(LocalFile::Path(path)) if is_directory(&path) => {
            Place::Local(LocalFile::Path(path.join(name)))
        }
        place => place,
    }
}

/// Whether a path is a directory, or was meant to name one.
pub(super) fn is_directory(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

/// Says what everybody on the way can see.
pub(super) fn warn_of_clear_text(ui: &Ui, remote: &Remote) {
    if remote.scheme().is_clear_text() {
        ui.warning(&format!(
            "{} is clear text: whoever is on the way to {} can read and change the file{}; sftp, \
             ftps and https are not",
            remote.scheme().as_str().to_uppercase(),
            remote.host(),
            match remote.scheme() {
                Scheme::Tftp => "",
                _ => ", and read the password",
            }
        ));
    }
}
