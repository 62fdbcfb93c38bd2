use std::time::Duration;

use capf::admin;
use capf::admin::trace::NewTrace;
use capf::model::{CertificateOperation, DeviceName, OperationStatus, TraceLevel};
use capf::report::{Cell, Column};
use tokio::time::{MissedTickBehavior, interval};

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::interrupt::stop_on_signal;
use crate::ui::Wide;

/// Show traces as they are written, until Ctrl-C
///
/// A line for each session as it ends, and for each certificate that a Troubleshoot fetches. Which
/// sessions leave a trace, the parameter `Trace Level` says: those that failed by default; set it to
/// Detailed to see all. `capf trace show` has what was said in one.
///
/// With `--format jsonl` each line is an object. A result that is missing, where `lost` says why, is
/// that of a session which came to no end.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf trace follow --failed
  capf trace follow --device SEP001122334455 --format jsonl")]
pub(crate) struct Follow {
    /// Those of this phone alone; may be repeated
    #[arg(long, value_name = "NAME")]
    device: Vec<DeviceName>,

    /// Only sessions that failed, or came to no end
    #[arg(long)]
    failed: bool,
}

/// How often the directory is looked at.
const PERIOD: Duration = Duration::from_secs(1);

const COLUMNS: &[Wide] = &[
    (column("written_at", "Written"), 20),
    (column("device", "Device Name"), 15),
    (column("type", "Type"), 7),
    (column("address", "Address"), 15),
    (column("operation", "Certificate Operation"), 21),
    (column("result", "Result"), 24),
    (column("lost", "Lost"), 4),
    (column("milliseconds", "Milliseconds"), 12),
    (column("name", "Trace"), 0),
];

const fn column(key: &'static str, label: &'static str) -> Column {
    Column { key, label }
}

impl Follow {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let stop = stop_on_signal()?;
        let installation = context.installation().await?;
        let (mut following, level) = admin::trace::follow(&installation).await?;
        if let Some(missing) = missing(level, self.failed) {
            context.ui.note(missing);
        }
        let mut rows = context.ui.stream(COLUMNS)?;
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stop.cancelled() => break,
            }
            for trace in following.written(&installation)? {
                if self.wants(&trace) {
                    rows.row(&row(&trace))?;
                }
            }
        }
        rows.finish()?;
        Ok(Completion::Done)
    }

    fn wants(&self, trace: &NewTrace) -> bool {
        (self.device.is_empty() || self.device.contains(&trace.file.name.device))
            && (!self.failed || trace.summary.is_failure())
    }
}

/// What will not be seen, though somebody may look for it.
fn missing(level: TraceLevel, failed: bool) -> Option<&'static str> {
    match level {
        TraceLevel::None => Some(
            "Sessions leave no trace while the parameter `Trace Level` is None; `capf parameter \
             set 'Trace Level' Error` changes that.",
        ),
        TraceLevel::Error if !failed => Some(
            "Only sessions that fail leave a trace while the parameter `Trace Level` is Error; \
             `capf parameter set 'Trace Level' Detailed` changes that.",
        ),
        TraceLevel::Error | TraceLevel::Detailed => None,
    }
}

fn row(trace: &NewTrace) -> Vec<Cell> {
    let (file, summary) = (&trace.file, &trace.summary);
    let milliseconds = summary
        .duration
        .and_then(|duration| u64::try_from(duration.as_millis()).ok());
    vec![
        admin::whole_seconds(file.written_at).into(),
        file.name.device.as_str().into(),
        file.name.kind.as_str().into(),
        summary.address.as_deref().into(),
        summary.operation.map(CertificateOperation::as_str).into(),
        summary.result.map(OperationStatus::as_str).into(),
        summary.lost.as_deref().into(),
        milliseconds.into(),
        file.name.to_string().into(),
    ]
}
