//! Lanes: threads that own the connections. One writes, and shares its commits among jobs; others
//! read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use super::engine::Connection;

/// How many jobs may wait for a lane; whoever brings another waits with it.
const QUEUE: usize = 1024;

/// How many jobs share one commit at most.
const BATCH: usize = 256;

/// How long a writer under load lets jobs gather for the next commit. A phone does not notice it,
/// and the disk is asked a fraction as often.
const GATHERING: Duration = Duration::from_millis(2);

/// How many times a transaction is done again whose connection was lost.
const ATTEMPTS: usize = 5;

/// A queue of jobs and the threads that work on it. Dropping it lets them finish what is queued.
pub(super) struct Lane {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Lane {
    /// The lane of the one connection that writes.
    pub(super) fn write(mut connection: Box<dyn Connection>) -> Result<Self, std::io::Error> {
        let (jobs, mut queue) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("store-write".to_owned())
            .spawn(move || run_writer(&mut *connection, &mut queue))?;
        Ok(Self {
            jobs: Some(jobs),
            threads: vec![thread],
        })
    }

    /// A lane of connections that read, each on its own thread.
    pub(super) fn read(connections: Vec<Box<dyn Connection>>) -> Result<Self, std::io::Error> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        let threads = connections
            .into_iter()
            .map(|mut connection| {
                let queue = Arc::clone(&queue);
                thread::Builder::new()
                    .name("store-read".to_owned())
                    .spawn(move || run_reader(&mut *connection, &queue))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            jobs: Some(jobs),
            threads,
        })
    }

    /// Does `work` on the lane. Of a writer: what it changed is durable when this returns.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.post(work)
            .await?
            .await
            .unwrap_or(Err(StoreError::Unanswered))
    }

    /// Puts `work` into the queue; it will be done, whether or not somebody awaits its outcome.
    pub(super) async fn post<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let (reply, outcome) = oneshot::channel();
        let task = Task {
            work,
            outcome: None,
            reply,
        };
        self.jobs
            .as_ref()
            .expect("the queue is open until the lane is dropped")
            .send(Box::new(task))
            .await
            .map_err(|_| StoreError::Unanswered)?;
        Ok(outcome)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // Jobs cannot unwind their thread, and there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

/// A job in the queue.
trait Job: Send {
    /// Does the work, or does it again, and tells whether it succeeded.
    fn run(&mut self, connection: &mut dyn Connection) -> bool;

    /// Tells the outcome to whoever waits, once it is known whether the transaction stands.
    fn answer(self: Box<Self>, transaction: Result<(), StoreError>);
}

struct Task<F, T> {
    work: F,
    /// What came of it, once it was begun.
    outcome: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Job for Task<F, T>
where
    F: FnMut(&mut dyn Connection) -> Result<T, StoreError> + Send,
    T: Send,
{
    fn run(&mut self, connection: &mut dyn Connection) -> bool {
        // A defect in one job must not take the lane from all others. What the job left half done
        // in the database is rolled back, and it shares no other state.
        let work = AssertUnwindSafe(|| (self.work)(connection));
        let outcome = catch_unwind(work).unwrap_or(Err(StoreError::Unanswered));
        self.outcome.insert(outcome).is_ok()
    }

    fn answer(self: Box<Self>, transaction: Result<(), StoreError>) {
        let outcome = match (transaction, self.outcome) {
            (transaction, Some(outcome)) => outcome.and_then(|value| transaction.map(|()| value)),
            // The job was never begun: what kept the transaction from it is the answer.
            (Err(error), None) => Err(error),
            (Ok(()), None) => Err(StoreError::Unanswered),
        };
        if let Err(Err(error)) = self.reply.send(outcome) {
            tracing::warn!(%error, "a change to the database that nobody waits for has failed");
        }
    }
}

fn run_writer(connection: &mut dyn Connection, queue: &mut mpsc::Receiver<Box<dyn Job>>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut busy = false;
    while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
        if busy {
            gather(&mut batch, queue);
        }
        busy = batch.len() > 1;
        let transaction = commit_together(connection, &mut batch);
        for job in batch.drain(..) {
            job.answer(transaction.clone());
        }
    }
}

/// Lets more jobs join a batch. A job that comes alone is never kept waiting by this.
fn gather(batch: &mut Vec<Box<dyn Job>>, queue: &mut mpsc::Receiver<Box<dyn Job>>) {
    thread::sleep(GATHERING);
    while batch.len() < BATCH
        && let Ok(job) = queue.try_recv()
    {
        batch.push(job);
    }
}

/// Runs the jobs in one transaction, so that many phones share one wait for the disk. A job that
/// fails takes back its own changes alone.
fn commit_together(
    connection: &mut dyn Connection,
    batch: &mut [Box<dyn Job>],
) -> Result<(), StoreError> {
    unless_lost(|| try_together(connection, batch))
}

/// Does again what failed because a connection was lost: nothing of it was kept.
fn unless_lost(mut attempt: impl FnMut() -> Result<(), StoreError>) -> Result<(), StoreError> {
    for _ in 0..ATTEMPTS {
        match attempt() {
            Err(error) if error.is_lost() => tracing::debug!(%error, "once again"),
            outcome => return outcome,
        }
    }
    attempt()
}

fn try_together(
    connection: &mut dyn Connection,
    batch: &mut [Box<dyn Job>],
) -> Result<(), StoreError> {
    connection.begin()?;
    let outcome = match batch {
        // In a savepoint, SQLite takes the longer for a statement the more there were before it:
        // the import of a batch, which is mostly alone, would take ten times as long.
        [job] => run_alone(connection, &mut **job),
        jobs => jobs
            .iter_mut()
            .try_for_each(|job| run_in_savepoint(connection, &mut **job))
            .and_then(|()| connection.commit()),
    };
    if outcome.is_err() {
        // Where the engine has rolled back by itself (a full disk), this one fails: the first
        // error counts.
        let _ = connection.execute("ROLLBACK", &[]);
    }
    outcome
}

/// The transaction is the job's own, and stands or falls with it.
fn run_alone(connection: &mut dyn Connection, job: &mut dyn Job) -> Result<(), StoreError> {
    if job.run(connection) {
        connection.commit()
    } else {
        connection.execute("ROLLBACK", &[]).map(drop)
    }
}

fn run_in_savepoint(connection: &mut dyn Connection, job: &mut dyn Job) -> Result<(), StoreError> {
    connection.execute("SAVEPOINT job", &[])?;
    if !job.run(connection) {
        connection.execute("ROLLBACK TO job", &[])?;
    }
    connection.execute("RELEASE job", &[]).map(drop)
}

fn run_reader(connection: &mut dyn Connection, queue: &Mutex<mpsc::Receiver<Box<dyn Job>>>) {
    loop {
        let next = queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .blocking_recv();
        let Some(mut job) = next else { return };
        let transaction = unless_lost(|| read_consistently(connection, &mut *job));
        job.answer(transaction);
    }
}

/// Runs the job on one state of the database, however many statements it takes.
fn read_consistently(connection: &mut dyn Connection, job: &mut dyn Job) -> Result<(), StoreError> {
    connection.begin()?;
    let end = if job.run(connection) {
        "COMMIT"
    } else {
        "ROLLBACK"
    };
    connection.execute(end, &[]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreUri;
    use crate::store::engine::{Access, first};

    /// A database with a table of numbers, in which 13 can be inserted, but not committed.
    fn connect(directory: &tempfile::TempDir) -> Box<dyn Connection> {
        let uri = StoreUri::sqlite(directory.path().join("lane.db"));
        let mut connection = uri.connect(Access::Write).unwrap();
        connection
            .define(
                "CREATE TABLE number (
                     n BIGINT PRIMARY KEY,
                     lucky BIGINT REFERENCES number (n) DEFERRABLE INITIALLY DEFERRED)",
            )
            .unwrap();
        connection
    }

    fn insert(connection: &mut dyn Connection, number: i64) -> Result<i64, StoreError> {
        let lucky = (number == 13).then_some(-1);
        let sql = "INSERT INTO number (n, lucky) VALUES (?1, ?2)";
        connection.execute(sql, &[number.into(), lucky.into()])?;
        Ok(number)
    }

    fn count(connection: &mut dyn Connection) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM number";
        first(connection, sql, &[], |row| row.count()).map(Option::unwrap_or_default)
    }

    /// Queues these jobs behind one that holds the lane, so that they share a batch, and gives
    /// their outcomes.
    async fn together<F>(lane: &Lane, jobs: Vec<F>) -> Vec<Result<i64, StoreError>>
    where
        F: FnMut(&mut dyn Connection) -> Result<i64, StoreError> + Send + 'static,
    {
        let (start, started) = std::sync::mpsc::channel();
        let (release, released) = std::sync::mpsc::channel();
        let holding = lane
            .post(move |_| {
                start.send(()).unwrap();
                released.recv().unwrap();
                Ok(())
            })
            .await
            .unwrap();
        started.recv().unwrap();
        let mut outcomes = Vec::new();
        for job in jobs {
            outcomes.push(lane.post(job).await.unwrap());
        }
        release.send(()).unwrap();
        holding.await.unwrap().unwrap();
        let mut answers = Vec::new();
        for outcome in outcomes {
            answers.push(outcome.await.unwrap());
        }
        answers
    }

    #[tokio::test]
    async fn a_job_that_fails_or_panics_in_a_batch_undoes_itself_alone() {
        let directory = tempfile::tempdir().unwrap();
        let lane = Lane::write(connect(&directory)).unwrap();
        let jobs = (100..200)
            .map(|number| {
                move |connection: &mut dyn Connection| {
                    insert(connection, number)?;
                    match number {
                        120 => Err(StoreError::corrupt("for the test")),
                        130 => panic!("for the test"),
                        140 => insert(connection, 101),
                        _ => Ok(number),
                    }
                }
            })
            .collect();
        let outcomes = together(&lane, jobs).await;
        for (number, outcome) in (100..).zip(&outcomes) {
            match number {
                120 => assert!(matches!(outcome, Err(StoreError::Corrupt { .. }))),
                130 => assert!(matches!(outcome, Err(StoreError::Unanswered))),
                140 => assert!(matches!(outcome, Err(StoreError::Engine { .. }))),
                _ => assert_eq!(outcome.as_ref().unwrap(), &number),
            }
        }
        assert_eq!(lane.run(count).await.unwrap(), 97);
    }

    #[tokio::test]
    async fn a_commit_that_fails_fails_every_job_in_it_and_not_the_next() {
        let directory = tempfile::tempdir().unwrap();
        let lane = Lane::write(connect(&directory)).unwrap();
        let jobs = [1, 13, 2]
            .map(|number| move |connection: &mut dyn Connection| insert(connection, number));
        let outcomes = together(&lane, jobs.into()).await;
        for outcome in outcomes {
            assert!(
                matches!(outcome, Err(StoreError::Engine { .. })),
                "{outcome:?}"
            );
        }
        assert_eq!(lane.run(count).await.unwrap(), 0);
        lane.run(|connection| insert(connection, 1)).await.unwrap();
        assert_eq!(lane.run(count).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_transaction_that_cannot_begin_tells_each_job_why() {
        let directory = tempfile::tempdir().unwrap();
        let mut connection = connect(&directory);
        // SQLite has one transaction a connection: none can begin while this one is open.
        connection.begin().unwrap();
        let lane = Lane::write(connection).unwrap();
        let outcome = lane.run(|connection| insert(connection, 1)).await;
        assert!(
            matches!(outcome, Err(StoreError::Engine { .. })),
            "{outcome:?}"
        );
    }

    #[tokio::test]
    async fn what_is_queued_is_done_before_the_lane_ends() {
        let directory = tempfile::tempdir().unwrap();
        let lane = Lane::write(connect(&directory)).unwrap();
        for number in 0..100 {
            drop(
                lane.post(move |connection| insert(connection, number + 100))
                    .await
                    .unwrap(),
            );
        }
        drop(lane);
        let uri = StoreUri::sqlite(directory.path().join("lane.db"));
        assert_eq!(
            count(&mut *uri.connect(Access::Read).unwrap()).unwrap(),
            100
        );
    }

    #[tokio::test]
    async fn a_reader_goes_on_after_a_panic_and_cannot_write() {
        let directory = tempfile::tempdir().unwrap();
        drop(connect(&directory));
        let uri = StoreUri::sqlite(directory.path().join("lane.db"));
        let lane = Lane::read(vec![uri.connect(Access::Read).unwrap()]).unwrap();
        let panicked = lane
            .run(|_| -> Result<(), StoreError> { panic!("for the test") })
            .await;
        assert!(matches!(panicked, Err(StoreError::Unanswered)));
        assert!(lane.run(|connection| insert(connection, 1)).await.is_err());
        assert_eq!(lane.run(count).await.unwrap(), 0);
    }
}
