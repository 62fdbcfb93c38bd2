//! Progress, for somebody who looks.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Things.
    Count,
    /// Bytes, which are shown in KiB, MiB, GiB.
    Bytes,
}

/// A count that goes up, on standard error, with its rate; where the end is known, with the time
/// that is left.
pub(crate) struct Progress {
    bar: ProgressBar,
    unit: Unit,
}

impl Progress {
    pub(super) fn new(what: &'static str, unit: Unit, hidden: bool) -> Self {
        let bar = if hidden {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
        } else {
            let bar = ProgressBar::new_spinner();
            bar.set_style(style(unit, false));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        };
        Self {
            bar: bar.with_message(what),
            unit,
        }
    }

    /// Shows how far it is, of how many where that is known.
    pub(crate) fn set(&self, count: u64, of: Option<u64>) {
        if of.is_some() && of != self.bar.length() {
            self.bar.set_style(style(self.unit, true));
            self.bar.set_length(of.unwrap_or_default());
        }
        self.bar.set_position(count);
    }
}

impl Progress {
    /// Takes it off the terminal, so that what follows begins on a clean line.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

fn style(unit: Unit, ends: bool) -> ProgressStyle {
    let template = match (unit, ends) {
        (Unit::Count, false) => "{spinner} {pos} {msg} ({per_sec:.0})",
        (Unit::Count, true) => "{spinner} {wide_bar} {pos}/{len} {msg} ({per_sec:.0}, {eta} left)",
        (Unit::Bytes, false) => "{spinner} {bytes} {msg} ({bytes_per_sec})",
        (Unit::Bytes, true) => {
            "{spinner} {wide_bar} {bytes}/{total_bytes} {msg} ({bytes_per_sec}, {eta} left)"
        }
    };
    ProgressStyle::with_template(template).expect("the template is well formed")
}
