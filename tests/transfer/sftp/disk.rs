//! The files of a server, in a directory, and what may go wrong with them.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::future::pending;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::sync::Arc;

use russh_sftp::de;
use russh_sftp::extensions::FsyncExtension;
use russh_sftp::protocol::{
    Attrs, Data, FileAttributes, Handle, OpenFlags, Packet, Status, StatusCode, Version,
};
use russh_sftp::server::{Handler, StatusReply};

/// How a server treats its files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Temper {
    Good,
    /// A file may have so many bytes before the disk is full.
    Full {
        space: u64,
    },
    /// An answer has so many bytes at most.
    Stingy {
        most: u32,
    },
    /// It does not know OpenSSH's extensions.
    Plain,
    /// A plain rename replaces what is there.
    RenamesOver,
    /// Somebody else takes a name just before it is given.
    Raced,
    /// A file has so many bytes less than the server says.
    Exaggerates {
        by: u64,
    },
    /// It says nothing more once bytes come.
    FallsSilent,
    /// Nobody may ask for the size of a file.
    Blind,
    /// It speaks another version than it is asked for.
    OfALaterVersion,
}

#[derive(Clone)]
pub(crate) struct Disk {
    root: PathBuf,
    temper: Temper,
    /// The open ones. Each connection has a clone of the disk, and opens its own.
    files: HashMap<String, Arc<File>>,
}

type Answer<T> = Result<T, StatusReply>;

impl Disk {
    pub(crate) fn new(root: PathBuf, temper: Temper) -> Self {
        Self {
            root,
            temper,
            files: HashMap::new(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        match name.strip_prefix('/') {
            Some(below_root) => self.root.join(below_root),
            None => self.root.join("home").join(name),
        }
    }

    fn file(&self, handle: &str) -> Answer<&File> {
        let file = self.files.get(handle);
        file.map(AsRef::as_ref)
            .ok_or_else(|| StatusCode::Failure.with_message("no such handle"))
    }

    fn attributes(&self, id: u32, metadata: io::Result<fs::Metadata>) -> Answer<Attrs> {
        let metadata = metadata.map_err(|error| refusal(&error))?;
        if self.temper == Temper::Blind {
            return Err(StatusCode::PermissionDenied.into());
        }
        let mut attrs = FileAttributes::from(&metadata);
        if let Temper::Exaggerates { by } = self.temper {
            attrs.size = attrs.size.map(|size| size + by);
        }
        Ok(Attrs { id, attrs })
    }
}

fn refusal(error: &io::Error) -> StatusReply {
    let code = match error.kind() {
        ErrorKind::NotFound => StatusCode::NoSuchFile,
        ErrorKind::PermissionDenied => StatusCode::PermissionDenied,
        _ => StatusCode::Failure,
    };
    code.with_message(error.to_string())
}

fn done(id: u32) -> Status {
    Status {
        id,
        status_code: StatusCode::Ok,
        error_message: "Success".to_owned(),
        language_tag: String::new(),
    }
}

impl Handler for Disk {
    type Error = StatusReply;

    fn unimplemented(&self) -> StatusReply {
        StatusCode::OpUnsupported.into()
    }

    async fn init(&mut self, _: u32, _: HashMap<String, String>) -> Answer<Version> {
        let mut version = Version::new();
        if self.temper != Temper::Plain {
            for name in ["posix-rename@openssh.com", "fsync@openssh.com"] {
                version.extensions.insert(name.to_owned(), "1".to_owned());
            }
        }
        if self.temper == Temper::OfALaterVersion {
            version.version = 6;
        }
        Ok(version)
    }

    async fn open(
        &mut self,
        id: u32,
        name: String,
        flags: OpenFlags,
        attributes: FileAttributes,
    ) -> Answer<Handle> {
        if name.contains("forbidden") {
            return Err(StatusCode::PermissionDenied.with_message("not for you"));
        }
        let file = OpenOptions::new()
            .read(flags.contains(OpenFlags::READ))
            .write(flags.contains(OpenFlags::WRITE))
            .create(flags.contains(OpenFlags::CREATE))
            .truncate(flags.contains(OpenFlags::TRUNCATE))
            .mode(attributes.permissions.unwrap_or(0o600))
            .open(self.path(&name))
            .map_err(|error| refusal(&error))?;
        let handle = format!("handle of {name}");
        self.files.insert(handle.clone(), file.into());
        Ok(Handle { id, handle })
    }

    async fn close(&mut self, id: u32, handle: String) -> Answer<Status> {
        self.file(&handle)?;
        self.files.remove(&handle);
        Ok(done(id))
    }

    async fn read(&mut self, id: u32, handle: String, offset: u64, length: u32) -> Answer<Data> {
        let length = match self.temper {
            Temper::Stingy { most } => length.min(most),
            _ => length,
        };
        let mut data = vec![0; length as usize];
        let count = self
            .file(&handle)?
            .read_at(&mut data, offset)
            .map_err(|error| refusal(&error))?;
        if count == 0 {
            return Err(StatusCode::Eof.into());
        }
        data.truncate(count);
        Ok(Data { id, data })
    }

    async fn write(
        &mut self,
        id: u32,
        handle: String,
        offset: u64,
        data: Vec<u8>,
    ) -> Answer<Status> {
        if self.temper == Temper::FallsSilent {
            pending::<()>().await;
        }
        if let Temper::Full { space } = self.temper
            && offset + data.len() as u64 > space
        {
            return Err(StatusCode::Failure.with_message("No space left on device"));
        }
        self.file(&handle)?
            .write_all_at(&data, offset)
            .map_err(|error| refusal(&error))?;
        Ok(done(id))
    }

    async fn fstat(&mut self, id: u32, handle: String) -> Answer<Attrs> {
        self.attributes(id, self.file(&handle)?.metadata())
    }

    async fn stat(&mut self, id: u32, name: String) -> Answer<Attrs> {
        self.attributes(id, self.path(&name).metadata())
    }

    async fn remove(&mut self, id: u32, name: String) -> Answer<Status> {
        fs::remove_file(self.path(&name)).map_err(|error| refusal(&error))?;
        Ok(done(id))
    }

    async fn rename(&mut self, id: u32, from: String, to: String) -> Answer<Status> {
        if self.temper == Temper::Raced {
            fs::write(self.path(&to), "old").unwrap();
        }
        if self.path(&to).exists() && self.temper != Temper::RenamesOver {
            return Err(StatusCode::Failure.into());
        }
        fs::rename(self.path(&from), self.path(&to)).map_err(|error| refusal(&error))?;
        Ok(done(id))
    }

    async fn extended(&mut self, id: u32, request: String, data: Vec<u8>) -> Answer<Packet> {
        if self.temper == Temper::Plain {
            return Err(self.unimplemented());
        }
        match request.as_str() {
            "posix-rename@openssh.com" => {
                let names: (String, String) = de::from_bytes(&mut data.into())
                    .map_err(|_| StatusReply::from(StatusCode::BadMessage))?;
                fs::rename(self.path(&names.0), self.path(&names.1))
                    .map_err(|error| refusal(&error))?;
                Ok(done(id).into())
            }
            "fsync@openssh.com" => {
                let file: FsyncExtension = de::from_bytes(&mut data.into())
                    .map_err(|_| StatusReply::from(StatusCode::BadMessage))?;
                self.file(&file.handle)?
                    .sync_all()
                    .map_err(|error| refusal(&error))?;
                Ok(done(id).into())
            }
            _ => Err(self.unimplemented()),
        }
    }
}
