//! Not yet written.

use super::access::Access;
use super::error::{Failure, Found, Step};
use super::stream::{Incoming, Outgoing};
use super::{Remote, Server};

/// A connection.
pub(super) struct Tftp;

impl Server for Tftp {
    const RENAMES: bool = false;

    async fn connect(_remote: &Remote, _access: &Access<'_>) -> Result<Self, Failure> {
        Err(Failure::protocol(Step::Connect, "not yet written"))
    }

    async fn put(&mut self, _path: &str, _source: &mut Outgoing<'_>) -> Result<(), Failure> {
        Ok(())
    }

    async fn get(&mut self, _path: &str, _sink: &mut Incoming<'_>) -> Result<(), Failure> {
        Ok(())
    }

    async fn find(&mut self, _path: &str) -> Result<Found, Failure> {
        Ok(Found::Unknown)
    }

    async fn rename(&mut self, _from: &str, _to: &str, _replace: bool) -> Result<(), Failure> {
        Ok(())
    }

    async fn delete(&mut self, _path: &str) -> Result<(), Failure> {
        Ok(())
    }

    async fn close(self) {}
}
