//! What is told about a session: its line in the roster, its lines in the log, and its trace.

use std::fmt;
use std::net::IpAddr;

use tokio::time::Instant;

use super::Service;
use super::metrics::{BadMessage, Level, Outcome};
use crate::model::{
    CertificateOperation, DeviceName, OperationStatus, ParameterValues, TraceLevel,
};
use crate::session::{Note, Weight};
use crate::store::SessionRow;
use crate::trace::{Account, Heading, Lines};
use crate::transport::Negotiated;
use crate::wire::{Message, SessionId};

/// The account of one session.
pub(super) struct Journal<'a> {
    service: &'a Service,
    row: SessionRow,
    tls: Negotiated,
    opened: Instant,
    /// Whether the phone that was named is in the database.
    is_known: bool,
    result: Option<OperationStatus>,
    lost: Option<String>,
    /// What comes of a session without a result.
    outcome: Outcome,
    _open: Level,
    /// What will be the trace, if it comes to one.
    lines: Option<Lines>,
    level: TraceLevel,
    keep: u32,
}

impl<'a> Journal<'a> {
    pub(super) fn open(
        service: &'a Service,
        id: SessionId,
        address: IpAddr,
        tls: Negotiated,
    ) -> Self {
        let row = SessionRow {
            node: service.node.clone(),
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
            tls,
            opened: Instant::now(),
            is_known: false,
            result: None,
            lost: None,
            outcome: Outcome::Nothing,
            _open: service.metrics.open(),
            lines: service.tracer.as_ref().map(|_| Lines::default()),
            // Nobody's session, as long as nobody has said a name, leaves no trace.
            level: TraceLevel::None,
            keep: 0,
        }
    }

    /// The session's id.
    pub(super) fn session(&self) -> u32 {
        self.row.id
    }

    /// The phone said its name.
    pub(super) fn device(&mut self, device: &DeviceName) {
        self.row.device = Some(device.clone());
    }

    /// The phone is known; this is scheduled, and these are the parameters.
    pub(super) fn known(&mut self, operation: CertificateOperation, parameters: &ParameterValues) {
        self.is_known = true;
        self.row.operation = operation;
        self.level = parameters.trace_level();
        self.keep = parameters.trace_files();
        if self.level == TraceLevel::None {
            self.lines = None;
        }
    }

    /// The session is in this state now.
    pub(super) fn state(&mut self, name: &str) {
        if self.row.state != name {
            name.clone_into(&mut self.row.state);
            self.service.roster.enter(self.row.clone());
        }
    }

    /// A message goes to the phone.
    pub(super) fn sent(&mut self, message: &Message) {
        self.trace(format_args!("asked     {message}"));
    }

    /// A message came from the phone.
    pub(super) fn received(&mut self, message: &Message) {
        self.trace(format_args!("answered  {message}"));
    }

    /// The connection broke, or carried what is no message.
    pub(super) fn lost(&mut self, why: &str) {
        self.trace(why);
        self.lost = Some(why.to_owned());
    }

    /// The session ends before its time.
    pub(super) fn ends(&mut self, why: &str) {
        self.trace(why);
        tracing::info!(
            session = self.row.id,
            address = %self.row.address,
            device = self.row.device.as_ref().map(tracing::field::display),
            "{why}"
        );
    }

    /// Something that the session has to say.
    pub(super) fn note(&mut self, note: &Note) {
        match note {
            Note::Ended(status) => {
                self.result = Some(*status);
                self.outcome = Outcome::of(*status);
            }
            Note::Deferred { .. } => self.outcome = Outcome::Deferred,
            Note::NoName(_) | Note::UnknownDevice | Note::Refused(_) => {
                self.outcome = Outcome::Refused;
            }
            Note::Misbehaved(_) => {
                self.service.metrics.message_refused(BadMessage::OutOfTurn);
            }
            _ => {}
        }
        self.trace(note);
        let session = self.row.id;
        let address = self.row.address;
        let device = self.row.device.as_ref().map(tracing::field::display);
        self.tell(|| match note.weight() {
            Weight::Part => {}
            Weight::Detail => tracing::debug!(session, %address, device, "{note}"),
            Weight::Event => tracing::info!(session, %address, device, "{note}"),
            Weight::Warning => tracing::warn!(session, %address, device, "{note}"),
        });
    }

    /// Writes a line into the log; of strangers not too many.
    fn tell(&self, line: impl FnOnce()) {
        if self.is_known {
            line();
        } else {
            self.service.strangers.told(line);
        }
    }

    fn trace(&mut self, what: impl fmt::Display) {
        if let Some(lines) = &mut self.lines {
            lines.note(self.opened.elapsed(), what);
        }
    }

    /// The session is over: one line says what came of it, and its trace is written where the
    /// parameters want one.
    pub(super) fn close(mut self, cut_off: Option<&str>) {
        self.service.roster.leave(self.row.id);
        if let Some(why) = cut_off {
            self.trace(why);
        }
        let duration = self.opened.elapsed();
        let outcome = match self.outcome {
            _ if cut_off.is_some() => Outcome::CutOff,
            Outcome::Nothing if self.lost.is_some() => Outcome::Lost,
            outcome => outcome,
        };
        self.service
            .metrics
            .session_over(self.row.operation, outcome, duration);
        self.tell(|| {
            tracing::info!(
                session = self.row.id,
                address = %self.row.address,
                device = self.row.device.as_ref().map(tracing::field::display),
                operation = %self.row.operation,
                result = self.result.map(tracing::field::display),
                lost = self.lost.as_deref(),
                cut_off,
                milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
                "session over"
            );
        });
        if self.is_traced()
            && let (Some(tracer), Some(device), Some(lines)) =
                (&self.service.tracer, self.row.device, self.lines)
        {
            let heading = Heading {
                session: self.row.id,
                device,
                address: self.row.address,
                tls: format!("{} {}", self.tls.version, self.tls.cipher),
                began_at: self.row.since,
                duration,
                operation: self.row.operation,
                result: self.result,
                lost: self.lost,
            };
            tracer.write(Account::new(heading, lines), self.keep);
        }
    }

    fn is_traced(&self) -> bool {
        match self.level {
            TraceLevel::None => false,
            TraceLevel::Error => {
                self.lost.is_some() || self.result.is_some_and(OperationStatus::is_failure)
            }
            TraceLevel::Detailed => true,
        }
    }
}
