//! A thousand mutations of each recorded conversation, on a real socket with TLS.
//!
//! A conversation is played to a service of its own, for which its device is known and what the
//! recording needs is scheduled. After each mutation the same phone has a session that is good.

use std::sync::Arc;
use std::time::Duration;

use capf::clock::FixedClock;
use capf::model::{AuthenticationMode, CertificateOperation, KeyOrder, OperationStatus};
use capf::transport::ClientTls;
use capf::wire::{Command, Message, Reason, SessionId};
use tokio::io::AsyncWriteExt as _;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::conversation::{self, Conversation, Direction};
use crate::mutation::mutate;
use crate::phone::{Phone, operation, recorded_key};
use crate::random::Random;
use crate::running::generous;
use crate::{Caller, Running, watch};

/// What the mutations are drawn from. Another one makes others.
const SEED: u64 = 0x0ca9_f000;

/// How many mutations of each conversation are played.
const MUTATIONS: u64 = 1000;

/// How far the seeds of two conversations lie apart.
const SPAN: usize = 1_000_000;

/// What was entered on the recorded phones that proved themselves by it.
const STRING: &str = "1234567890";

/// A single mutation to be played, in place of all: the conversation's name and the number that
/// a failure prints.
const ONLY: Option<(&str, u64)> = None;

/// How long any session may take, which is far longer than it does: it ends a test that hangs.
const LONGEST: Duration = Duration::from_secs(45);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mutated_conversation_harms_nobody_and_the_phones_next_session_is_good() {
    watch::begin();
    let mut plays = JoinSet::new();
    for (first_seed, conversation) in (SEED..).step_by(SPAN).zip(conversation::all()) {
        if ONLY.is_none_or(|(name, _)| name == conversation.name) {
            plays.spawn(play(conversation, first_seed));
        }
    }
    let played = plays.join_all().await.into_iter().sum::<u64>();
    assert_eq!(played, if ONLY.is_some() { 1 } else { 17 * MUTATIONS });
    watch::all_is_well();
}

/// Plays the mutations of a conversation, and tells how many.
async fn play(conversation: Conversation, first_seed: u64) -> u64 {
    // The recorded certificates are valid then.
    let then = "2026-11-23T12:00:00Z".parse().unwrap();
    let mut running = Running::with_clock(generous(), Arc::new(FixedClock::new(then))).await;
    let tls = Caller::tls(&running.authority).unwrap();
    let part = Part::of(conversation);
    let bystander = Phone::new("SEPB00000000000".parse().unwrap(), Caller::public_key(), "");
    running.add(&bystander.device).await;
    if part.is_known {
        running.add(&part.phone.device).await;
    }
    let numbers = match ONLY {
        Some((_, number)) => number..number + 1,
        None => 0..MUTATIONS,
    };
    for number in numbers.clone() {
        let attempt = Attempt {
            name: &part.name,
            number,
            said: part.mutated(first_seed + number),
        };
        let panics = watch::panics();
        let harm = async {
            part.expects_the_recording(&running).await;
            let played = timeout(LONGEST, attempt.plays(&running, &tls, part.recorded));
            played.await.expect("the session hangs");
            part.is_good(&running, &tls).await;
        };
        if number % 10 == 0 {
            tokio::join!(harm, enrols(&running, &tls, &bystander));
        } else {
            harm.await;
        }
        if watch::panics() > panics {
            // In this service or in another, whose mutation tells on itself as well.
            attempt.tell();
        }
    }
    enrols(&running, &tls, &bystander).await;
    running.end().await;
    numbers.end - numbers.start
}

/// A phone that has nothing to do with it gets its certificate.
async fn enrols(running: &Running, tls: &ClientTls, phone: &Phone) {
    let install = operation(CertificateOperation::Install, None);
    running.change(&running.store, &phone.device, install).await;
    let heard = phone.calls(running, tls).await;
    assert_eq!(heard.ended, Some(Reason::SUCCESS), "the bystander");
    assert!(heard.stored.is_some(), "the bystander");
}

/// The phone of a conversation, and what it said.
struct Part {
    name: String,
    said: Vec<Vec<u8>>,
    /// The session's number in the recording.
    recorded: [u8; 4],
    phone: Phone,
    operation: CertificateOperation,
    is_known: bool,
}

impl Part {
    fn of(conversation: Conversation) -> Self {
        let name = conversation.name.clone();
        let said: Vec<_> = conversation
            .lines
            .into_iter()
            .filter(|(direction, _)| *direction == Direction::FromPhone)
            .map(|(_, bytes)| bytes)
            .collect();
        let first = Message::decode(&said[0]).unwrap();
        let device = first.device_name().unwrap().parse().unwrap();
        let key = recorded_key(name.contains("ec256"));
        Self {
            recorded: first.session_id.0.to_be_bytes(),
            phone: Phone::new(device, key, STRING),
            operation: match name.split('-').next().unwrap() {
                "fetch" => CertificateOperation::Troubleshoot,
                "delete" => CertificateOperation::Delete,
                "none" => CertificateOperation::None,
                _ => CertificateOperation::Install,
            },
            is_known: !name.contains("unknown-device"),
            name,
            said,
        }
    }

    fn has(&self, part: &str) -> bool {
        self.name.contains(part)
    }

    fn is_by_certificate(&self) -> bool {
        self.has("-mic") || self.has("certificate-missing")
    }

    /// Schedules the recording's operation, proved by what this phone can enter, if by anything.
    async fn schedule(&self, running: &Running, mode: Option<AuthenticationMode>) {
        let mut change = operation(self.operation, self.has("password").then_some(STRING));
        change.authentication_mode = mode.or(change.authentication_mode);
        if !self.has("ec256") {
            change.key_order = Some(KeyOrder::RsaOnly);
        }
        running
            .change(&running.store, &self.phone.device, change)
            .await;
    }

    /// Schedules what the recording needs.
    async fn expects_the_recording(&self, running: &Running) {
        if self.is_known {
            let by_certificate = AuthenticationMode::ExistingLsc;
            let mode = self.is_by_certificate().then_some(by_certificate);
            self.schedule(running, mode).await;
        }
    }

    /// What the phone says after a mutation.
    fn mutated(&self, seed: u64) -> Vec<Vec<u8>> {
        let mut said = self.said.clone();
        mutate(&mut said, &mut Random::new(seed));
        said.retain(|message| !message.is_empty());
        said
    }

    /// The same phone has a good session.
    async fn is_good(&self, running: &Running, tls: &ClientTls) {
        let expected = if self.is_known {
            // The operation is still scheduled where the mutation did harm. This phone has no
            // certificate to prove itself by.
            let row = running.phone(&self.phone.device).await;
            if self.is_by_certificate() || row.phone.capf.operation != self.operation {
                self.schedule(running, None).await;
            }
            match self.operation {
                CertificateOperation::Install | CertificateOperation::Delete => Reason::SUCCESS,
                CertificateOperation::None | CertificateOperation::Troubleshoot => {
                    Reason::NO_ACTION
                }
            }
        } else {
            Reason::UNKNOWN_DEVICE
        };
        let heard = timeout(LONGEST, self.phone.calls(running, tls))
            .await
            .expect("the good session hangs");
        assert_eq!(heard.ended, Some(expected), "{}: {heard:?}", self.name);
        if !self.is_known {
            return;
        }
        let row = running.phone(&self.phone.device).await;
        if self.operation != CertificateOperation::None {
            let success = OperationStatus::success(self.operation);
            assert_eq!(row.phone.operation_status, success, "{}", self.name);
        }
        if self.operation == CertificateOperation::Install {
            assert!(row.lsc.is_some() && heard.stored.is_some(), "{}", self.name);
        }
    }
}

/// A mutation that is being played. It tells on itself when it fails.
struct Attempt<'a> {
    name: &'a str,
    number: u64,
    said: Vec<Vec<u8>>,
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.tell();
        }
    }
}

impl Attempt<'_> {
    #[expect(clippy::print_stderr, reason = "a failure says what repeats it")]
    fn tell(&self) {
        let said: Vec<_> = self.said.iter().map(hex::encode).collect();
        eprintln!(
            "a mutation that may be to blame: ONLY = Some((\"{}\", {})) of SEED = {SEED:#x}:\n{}",
            self.name,
            self.number,
            said.join("\n")
        );
    }

    /// Plays it to the end of the connection.
    async fn plays(&self, running: &Running, tls: &ClientTls, recorded: [u8; 4]) {
        let mut line = Caller::connect_with(tls, running.address).await.unwrap();
        let SessionId(number) = line.session();
        let mut sent = Sent::default();
        for message in &self.said {
            let mut message = message.clone();
            if let Some(id) = message.get_mut(2..6)
                && *id == recorded
            {
                id.copy_from_slice(&number.to_be_bytes());
            }
            if line.stream().write_all(&message).await.is_err() {
                break;
            }
            sent.add(&message);
            if sent.is_answered() && line.hear_or_end().await.is_none() {
                break;
            }
        }
        // An error means that the server has hung up first.
        let _ = line.stream().shutdown().await;
        while line.hear_or_end().await.is_some() {}
    }
}

/// All that a phone has sent, as the server has to see it.
#[derive(Default)]
struct Sent(Vec<u8>);

impl Sent {
    fn add(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Whether the server has to say something now, be it that it hangs up: it has a whole message
    /// that is more than the word that the phone is busy, or something that is none.
    fn is_answered(&self) -> bool {
        let mut rest = &self.0[..];
        let mut is_busy = true;
        while let Some(header) = rest.first_chunk() {
            let Ok(length) = Message::body_length(header) else {
                return true;
            };
            let Some(after) = rest.get(Message::HEADER_LENGTH + length..) else {
                return false;
            };
            is_busy = Command(rest[1]) == Command::REQUEST_IN_PROGRESS;
            rest = after;
        }
        rest.is_empty() && !is_busy
    }
}

#[test]
fn a_mutation_is_the_same_each_time_and_nearly_always_a_change() {
    let part = Part::of(Conversation::named("install-none-rsa2048"));
    let changed = (SEED..SEED + MUTATIONS)
        .inspect(|seed| assert_eq!(part.mutated(*seed), part.mutated(*seed)))
        .filter(|seed| part.mutated(*seed) != part.said)
        .count();
    assert!(changed > 950, "{changed}");
}
