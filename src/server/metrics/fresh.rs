//! A question that many may ask and that costs something: it is put once at a time, its answer is
//! good for a while, and nobody waits for it longer than their patience.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

/// The answers to one question.
pub(super) struct Fresh<T>(Arc<Inner<T>>);

struct Inner<T> {
    keeps: Duration,
    patience: Duration,
    known: watch::Sender<Known<T>>,
    is_asked: AtomicBool,
}

struct Known<T> {
    /// The latest answer, and when it came.
    latest: Option<(Instant, Answer<T>)>,
    /// The latest one that was no failure.
    good: Option<Arc<T>>,
}

/// An answer, or why there is none.
type Answer<T> = Result<Arc<T>, Arc<str>>;

impl<T: Send + Sync + 'static> Fresh<T> {
    /// An answer is good for as long as it `keeps`.
    pub(super) fn new(keeps: Duration, patience: Duration) -> Self {
        Self(Arc::new(Inner {
            keeps,
            patience,
            known: watch::Sender::new(Known {
                latest: None,
                good: None,
            }),
            is_asked: AtomicBool::new(false),
        }))
    }

    /// The answer: the latest where it is good still, else a new one. `None` where it does not come
    /// in time; the question stands then, and is not put again before it is answered.
    pub(super) async fn get<F>(&self, ask: impl FnOnce() -> F) -> Option<Answer<T>>
    where
        F: Future<Output = Result<T, String>> + Send + 'static,
    {
        let mut known = self.0.known.subscribe();
        if let Some((at, answer)) = &known.borrow_and_update().latest
            && at.elapsed() < self.0.keeps
        {
            return Some(answer.clone());
        }
        if !self.0.is_asked.swap(true, Ordering::AcqRel) {
            let (asked, question) = (Asked(Arc::clone(&self.0)), ask());
            tokio::spawn(async move {
                let answer = question.await.map(Arc::new).map_err(Arc::from);
                asked.0.known.send_modify(|known| {
                    if let Ok(good) = &answer {
                        known.good = Some(Arc::clone(good));
                    }
                    known.latest = Some((Instant::now(), answer));
                });
            });
        }
        timeout(self.0.patience, known.changed()).await.ok()?.ok()?;
        let latest = &known.borrow().latest;
        latest.as_ref().map(|(_, answer)| answer.clone())
    }

    /// The latest answer that was no failure, however old it is.
    pub(super) fn good(&self) -> Option<Arc<T>> {
        self.0.known.borrow().good.clone()
    }
}

/// A question that stands; it may be put again when this is dropped.
struct Asked<T>(Arc<Inner<T>>);

impl<T> Drop for Asked<T> {
    fn drop(&mut self) {
        self.0.is_asked.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::sync::atomic::AtomicU32;

    use tokio::sync::oneshot;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn question() -> Fresh<u32> {
        Fresh::new(15 * SECOND, 2 * SECOND)
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_good_for_a_while_and_no_longer() {
        let (fresh, asked) = (question(), Arc::new(AtomicU32::new(0)));
        let ask = || {
            let asked = Arc::clone(&asked);
            async move { Ok(asked.fetch_add(1, Ordering::Relaxed)) }
        };
        for (wait, expected) in [(0, 0), (14, 0), (1, 1), (15, 2)] {
            tokio::time::advance(wait * SECOND).await;
            assert_eq!(fresh.get(ask).await, Some(Ok(expected.into())), "{wait}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_longer_than_their_patience_and_the_question_is_put_once() {
        let fresh = question();
        let (release, released) = oneshot::channel();
        let began = Instant::now();
        let slow = async move { released.await.map_err(|_| String::new()) };
        assert!(fresh.get(|| slow).await.is_none());
        assert_eq!(began.elapsed(), 2 * SECOND);
        let again = fresh.get(|| ready(Ok(1))).await;
        assert!(again.is_none(), "it is put twice");
        assert!(fresh.good().is_none());
        release.send(7).unwrap();
        let answer = fresh.get(pending::<Result<u32, String>>).await;
        assert_eq!(answer, Some(Ok(7.into())));
    }

    #[tokio::test(start_paused = true)]
    async fn a_question_that_breaks_off_or_fails_can_be_put_again() {
        let fresh = question();
        let breaks_off = || async { panic!("for the test") };
        assert!(fresh.get(breaks_off).await.is_none());
        assert_eq!(fresh.get(|| ready(Ok(1))).await, Some(Ok(1.into())));
        tokio::time::advance(15 * SECOND).await;
        let failed = fresh.get(|| ready(Err("why".to_owned()))).await;
        assert_eq!(failed, Some(Err("why".into())));
        assert_eq!(fresh.good(), Some(1.into()), "a failure takes nothing away");
        tokio::time::advance(15 * SECOND).await;
        assert_eq!(fresh.get(|| ready(Ok(2))).await, Some(Ok(2.into())));
    }
}
