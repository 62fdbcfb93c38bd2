//! Files that are named on the command line.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use capf::admin::certificate::Archive;
use capf::transfer::Remote;

use crate::command_error::CommandError;
use crate::context::Context;

/// A file on this machine, or `-` for standard input or output.
#[derive(Clone, Debug)]
pub(super) enum LocalFile {
    Standard,
    Path(PathBuf),
}

impl LocalFile {
    /// Opens it as an archive to be imported.
    pub(super) fn archive(&self) -> Result<Archive, CommandError> {
        let path = match self {
            Self::Standard => return Ok(Archive::Stream(Box::new(io::stdin()))),
            Self::Path(path) => path,
        };
        let file = open(path)?;
        // A pipe that has a name gives its bytes once.
        Ok(if file.metadata().is_ok_and(|found| found.is_file()) {
            Archive::File(file)
        } else {
            Archive::Stream(Box::new(file))
        })
    }

    /// Opens it to be read.
    pub(super) fn open(&self) -> Result<Box<dyn Read>, CommandError> {
        match self {
            Self::Standard => Ok(Box::new(io::stdin().lock())),
            Self::Path(path) => Ok(Box::new(open(path)?)),
        }
    }
}

fn open(path: &Path) -> Result<File, CommandError> {
    match File::open(path) {
        // Otherwise it fails at the first read, where nobody knows its name.
        Ok(file) if file.metadata().is_ok_and(|found| found.is_dir()) => Err(CommandError::failed(
            format!("{} is a directory", path.display()),
        )),
        Ok(file) => Ok(file),
        Err(error) => Err(CommandError::failed(format!(
            "{} cannot be read: {error}",
            path.display()
        ))),
    }
}

impl FromStr for LocalFile {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            _ if Remote::looks_like_one(text) => Err(
                "a file on this machine is meant, or `-`: `csr dump`, `cert import`, `backup` \
                     and `restore` alone take URLs",
            ),
            "" => Err("it names no file"),
            "-" => Ok(Self::Standard),
            _ => Ok(Self::Path(text.into())),
        }
    }
}

impl fmt::Display for LocalFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => formatter.write_str("-"),
            Self::Path(path) => path.display().fmt(formatter),
        }
    }
}

/// Asks whether a file that exists may be replaced. `false` where there is nothing to replace.
pub(super) fn may_replace(context: &Context, path: &Path) -> Result<bool, CommandError> {
    if path.is_file() {
        let warning = format!("This operation will replace {}.", path.display());
        context.ui.confirm(&warning)?;
        return Ok(true);
    }
    Ok(false)
}
