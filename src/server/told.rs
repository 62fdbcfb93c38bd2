//! What the log is told once, until it is over: a flood must not fill the disk with it.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the log was told that something is so.
#[derive(Debug, Default)]
pub(super) struct Told(AtomicBool);

impl Told {
    /// Whether it is so, and was not so when this was asked last.
    pub(super) fn is_news(&self, is_so: bool) -> bool {
        !self.0.swap(is_so, Ordering::Relaxed) && is_so
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_news_once_until_it_is_over() {
        let told = Told::default();
        let news = [true, true, false, true].map(|is_so| told.is_news(is_so));
        assert_eq!(news, [true, false, false, true]);
    }
}
