//! Requests that are sent before the answers to earlier ones have come.

use std::collections::VecDeque;
use std::future::{poll_fn, ready};
use std::pin::Pin;
use std::task::Poll;

type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Requests on their way, in the order in which they were sent.
pub(super) struct InFlight<'a, T> {
    answers: VecDeque<Answer<'a, T>>,
}

impl<'a, T: Send + 'a> InFlight<'a, T> {
    pub(super) fn new() -> Self {
        let answers = VecDeque::new();
        Self { answers }
    }

    pub(super) fn len(&self) -> usize {
        self.answers.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Sends a request, and does not wait for its answer.
    pub(super) async fn send(&mut self, request: impl Future<Output = T> + Send + 'a) {
        let mut answer: Answer<'a, T> = Box::pin(request);
        // It is sent when it is polled for the first time: servers that can only append see the
        // parts of a file in their order.
        if let Poll::Ready(known) =
            poll_fn(|context| Poll::Ready(answer.as_mut().poll(context))).await
        {
            answer = Box::pin(ready(known));
        }
        self.answers.push_back(answer);
    }

    /// The answer to the oldest request; none where none is on its way.
    pub(super) async fn answer(&mut self) -> Option<T> {
        let answer = self.answers.front_mut()?.await;
        self.answers.pop_front();
        Some(answer)
    }

    /// Forgets what is on its way; the answers will be ignored.
    pub(super) fn forget(&mut self) {
        self.answers.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn requests_are_sent_in_order_and_answered_in_order_whichever_answer_comes_first() {
        let sent = Mutex::new(Vec::new());
        let mut in_flight = InFlight::new();
        let mut answers = Vec::new();
        for number in 0..3 {
            let (answer, answered) = oneshot::channel();
            answers.push(answer);
            let sent = &sent;
            in_flight
                .send(async move {
                    sent.lock().unwrap().push(number);
                    answered.await.unwrap()
                })
                .await;
        }
        in_flight.send(async { 3 }).await;
        assert_eq!(*sent.lock().unwrap(), [0, 1, 2]);
        assert_eq!(in_flight.len(), 4);
        for (number, answer) in answers.into_iter().enumerate().rev() {
            answer.send(number).unwrap();
        }
        for number in 0..4 {
            assert_eq!(in_flight.answer().await, Some(number));
        }
        assert_eq!(in_flight.answer().await, None);
    }
}
