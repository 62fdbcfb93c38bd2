//! What the log says of peers that have proved nothing.
//!
//! Anybody can connect and leave a line in the log, a thousand times a second. So many lines a
//! minute are enough to see that it happens, and nobody fills the disk.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many lines a minute.
const MOST_LINES: u32 = 60;

const MINUTE: Duration = Duration::from_mins(1);

/// The lines of this minute.
#[derive(Debug, Default)]
pub(super) struct Strangers(Mutex<Option<Minute>>);

#[derive(Debug)]
struct Minute {
    began: Instant,
    lines: u32,
}

impl Strangers {
    /// Writes a line, if this minute has room for it; of those that were left out before, how many
    /// they were.
    pub(super) fn told(&self, line: impl FnOnce()) {
        let (left_out, is_written) = self.count();
        if left_out > 0 {
            tracing::warn!("{left_out} more lines like those before were left out");
        }
        if is_written {
            line();
        }
    }

    /// How many lines of a minute that is over were left out, and whether one more is written.
    fn count(&self) -> (u32, bool) {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over = minute.take_if(|minute| minute.began.elapsed() >= MINUTE);
        let now = minute.get_or_insert_with(|| Minute {
            began: Instant::now(),
            lines: 0,
        });
        now.lines = now.lines.saturating_add(1);
        let left_out = over.map_or(0, |minute| minute.lines.saturating_sub(MOST_LINES));
        (left_out, now.lines <= MOST_LINES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_minute_has_so_many_lines_and_the_next_one_says_how_many_were_left_out() {
        let strangers = Strangers::default();
        let written = (0..1000).filter(|_| strangers.count().1).count();
        assert_eq!(written, 60);
        tokio::time::advance(MINUTE).await;
        assert_eq!(strangers.count(), (940, true));
        assert_eq!(strangers.count(), (0, true));
    }
}
