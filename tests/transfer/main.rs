//! Files to servers and back, against servers that the tests start themselves.

mod ftp;
mod http;
mod sftp;
mod tftp;
