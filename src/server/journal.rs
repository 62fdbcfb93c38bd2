//! What is told about a session: its line in the roster, and its lines in the log.

use std::net::IpAddr;

use tokio::time::Instant;

use super::Service;
use crate::model::{CertificateOperation, DeviceName, OperationStatus};
use crate::session::Note;
use crate::store::SessionRow;
use crate::wire::SessionId;

/// The account of one session.
pub(super) struct Journal<'a> {
    service: &'a Service,
    row: SessionRow,
    opened: Instant,
    result: Option<OperationStatus>,
    lost: Option<String>,
}

impl<'a> Journal<'a> {
    pub(super) fn open(service: &'a Service, id: SessionId, address: IpAddr) -> Self {
        let row = SessionRow {
            id: id.0,
            device: None,
            address,
            state: String::new(),
            operation: CertificateOperation::None,
            since: service.clock.now(),
        };
        Self {
            service,
            row,
            opened: Instant::now(),
            result: None,
            lost: None,
        }
    }

    /// The phone said its name.
    pub(super) fn device(&mut self, device: &DeviceName) {
        self.row.device = Some(device.clone());
    }

    /// The session is in this state now.
    pub(super) fn state(&mut self, name: &str) {
        if self.row.state != name {
            name.clone_into(&mut self.row.state);
            self.service.roster.enter(self.row.clone());
        }
    }

    /// The connection broke, or carried what is no message.
    pub(super) fn lost(&mut self, why: &str) {
        self.lost = Some(why.to_owned());
    }

    /// The phone has begun another session.
    pub(super) fn overtaken(&self) {
        tracing::info!(
            session = self.row.id,
            address = %self.row.address,
            device = self.row.device.as_ref().map(tracing::field::display),
            "the phone has begun another session; this one ends"
        );
    }

    /// Something that the session has to say.
    pub(super) fn note(&mut self, note: &Note) {
        let session = self.row.id;
        let address = self.row.address;
        let device = self.row.device.as_ref().map(tracing::field::display);
        match note {
            Note::Begins(operation) => self.row.operation = *operation,
            Note::Ended(status) => self.result = Some(*status),
            Note::NoName(error) => {
                tracing::warn!(session, %address, "no device name: {error}");
            }
            Note::UnknownDevice => {
                tracing::warn!(
                    session, %address, device,
                    "unknown device; `capf phone add` makes it known"
                );
            }
            Note::Refused(refusal) => tracing::warn!(session, %address, device, "{refusal}"),
            Note::Proved {
                kind,
                subject,
                is_fresh,
            } => {
                tracing::info!(
                    session, %address, device, is_fresh,
                    "the phone has proved itself by its {kind} `{subject}`"
                );
            }
            Note::Deferred { seconds } => {
                tracing::info!(
                    session, %address, device,
                    "too many phones are before this one; it is told to come again in {seconds} s"
                );
            }
            Note::KeyLate => {
                tracing::warn!(session, %address, device, "the phone has made no key in time");
            }
            Note::Misbehaved(what) => tracing::warn!(session, %address, device, "{what}"),
            Note::Declined(command, reason) => {
                let reason = reason.map(tracing::field::display);
                tracing::info!(session, %address, device, reason, "the phone declined {command}");
            }
            Note::UnfitKey(error) => {
                tracing::warn!(session, %address, device, "the phone's key: {error}");
            }
            Note::UnfitRequest(error) => {
                tracing::warn!(session, %address, device, "the phone's request: {error}");
            }
            Note::UnknownElement { tag, length } => {
                tracing::debug!(
                    session, %address, device,
                    "element {tag} of {length} bytes is unknown and passed over"
                );
            }
        }
    }

    /// The session is over: one line says what came of it.
    pub(super) fn close(self, cut_off: Option<&str>) {
        self.service.roster.leave(self.row.id);
        tracing::info!(
            session = self.row.id,
            address = %self.row.address,
            device = self.row.device.as_ref().map(tracing::field::display),
            operation = %self.row.operation,
            result = self.result.map(tracing::field::display),
            lost = self.lost,
            cut_off,
            milliseconds = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX),
            "session over"
        );
    }
}
