//! A whole session of a phone that says anything in any order, while anything happens around it.
//!
//! The first bytes say what is scheduled for the phone. Behind them come the phone's messages as
//! they are on the wire, and between them other bytes, each of which is something that happens.

#![no_main]

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use capf::model::{
    AuthenticationMode, Certificate, CertificateOperation, Curve, FailureReason, KeyOrder,
    Parameter, ParameterValues, Phone, RsaKeySize, TrustAnchor, TrustPurpose,
};
use capf::pki::{Issuer, IssuerName, LscOrder};
use capf::secret::AuthenticationString;
use capf::session::{Input, Output, Record, Session, Subject};
use capf::wire::{
    CertificateItem, Command, DigestType, Element, Message, SessionId, Sha2SignedData, SudiData,
};
use jiff::Timestamp;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::{PKey, Private};
use openssl::rsa::{Padding, Rsa};
use openssl::sign::Signer;

const ID: SessionId = SessionId(7);
const NAME: &str = "SEP001122334455";

/// The one that was entered in a recorded conversation.
const AUTHENTICATION_STRING: &str = "1234567890";

static ISSUER: LazyLock<Issuer> =
    LazyLock::new(|| Issuer::create(&IssuerName::default(), now()).expect("a CA can be made"));
static RSA_KEY: LazyLock<Key> = LazyLock::new(|| {
    let key = Rsa::generate(1024).expect("a key can be made");
    Key::new(PKey::from_rsa(key).expect("it is a key"))
});
static EC_KEY: LazyLock<Key> =
    LazyLock::new(|| Key::new(PKey::ec_gen("prime256v1").expect("a key can be made")));

/// The one CA here vouches for LSCs and for MICs.
static ANCHORS: LazyLock<Vec<TrustAnchor>> = LazyLock::new(|| {
    let anchor = |purpose: &TrustPurpose| TrustAnchor {
        id: 1,
        purpose: *purpose,
        certificate: ISSUER.certificate().clone(),
        imported_at: now(),
    };
    TrustPurpose::ALL.iter().map(anchor).collect()
});

/// What a phone says that proves itself by its LSC; that signs this session's number, too; and
/// another session's.
static SHOWN: LazyLock<[Message; 3]> = LazyLock::new(|| {
    let certificate = issue(&RSA_KEY.public);
    let data = [NAME.as_bytes(), &[0], certificate.der()].concat();
    let message = Message::new(Command::AUTH_RESPONSE, ID)
        .with(Element::DeviceName(NAME.to_owned()))
        .with(Element::Certificate(CertificateItem::new(
            certificate.der().to_vec(),
        )))
        .with(Element::Sha2SignedData(RSA_KEY.signs(&data)));
    let with_sudi = |SessionId(id): SessionId| {
        let data = [&id.to_le_bytes(), certificate.der()].concat();
        message.clone().with(Element::SudiData(SudiData {
            certificate: certificate.der().to_vec(),
            signatures: vec![RSA_KEY.signs(&data)],
        }))
    };
    let (fresh, replayed) = (with_sudi(ID), with_sudi(SessionId(6)));
    [message, fresh, replayed]
});

/// A phone's key. OpenSSL takes longer to write one down than a session does for everything else.
struct Key {
    private: PKey<Private>,
    public: Vec<u8>,
}

impl Key {
    fn new(private: PKey<Private>) -> Self {
        let public = private.public_key_to_der().expect("a key can be written");
        Self { private, public }
    }

    /// Signs as a phone does: the bare digest, under the padding of PKCS#1.
    fn signs(&self, data: &[u8]) -> Sha2SignedData {
        let key = self.private.rsa().expect("it is an RSA key");
        let digest = hash(MessageDigest::sha512(), data).expect("data has a digest");
        let mut signature = vec![0; 128];
        key.private_encrypt(&digest, &mut signature, Padding::PKCS1)
            .expect("a digest can be encrypted");
        Sha2SignedData {
            digest: DigestType::SHA512,
            signature,
        }
    }
}

libfuzzer_sys::fuzz_target!(
    init: capf_fuzz::plant("session", seeds()),
    |bytes: &[u8]| {
        let Some((scene, script)) = bytes.split_first_chunk() else {
            return;
        };
        Play::new(Scene(*scene)).play(script);
    }
);

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("it is a time")
}

/// Issues a certificate; the same for the same key, because signing takes its time.
fn issue(public_key: &[u8]) -> Certificate {
    thread_local! {
        static ISSUED: RefCell<HashMap<Vec<u8>, Certificate>> = RefCell::default();
    }
    ISSUED.with_borrow_mut(|issued| {
        if issued.len() > 1000 {
            issued.clear();
        }
        let make = || {
            let order = LscOrder {
                device: &NAME.parse().expect("it is a name"),
                model: "",
                serial_number: None,
                public_key,
                validity_days: 365,
            };
            let certificate = ISSUER.issue(&order, now());
            certificate.expect("a key that was judged gets its certificate")
        };
        issued
            .entry(public_key.to_vec())
            .or_insert_with(make)
            .clone()
    })
}

/// What the store knows, by the bits of these bytes.
#[derive(Clone, Copy)]
struct Scene([u8; 3]);

impl Scene {
    fn operation(self) -> CertificateOperation {
        CertificateOperation::ALL[usize::from(self.0[0]) % CertificateOperation::ALL.len()]
    }

    fn mode(self) -> AuthenticationMode {
        AuthenticationMode::ALL[usize::from(self.0[0] >> 2) % AuthenticationMode::ALL.len()]
    }

    fn knows_the_phone(self) -> bool {
        self.0[0] & 0x80 == 0
    }

    fn has(self, bit: u8) -> bool {
        self.0[1] & bit != 0
    }

    fn subject(self) -> Subject {
        let mut phone = Phone::new(NAME.parse().expect("it is a name"));
        let capf = &mut phone.capf;
        capf.operation = self.operation();
        capf.authentication_mode = self.mode();
        capf.authentication_string = self
            .has(0x01)
            .then(|| AuthenticationString::new(AUTHENTICATION_STRING).expect("it has ten digits"));
        capf.key_order = KeyOrder::ALL[usize::from(self.0[0] >> 4) % KeyOrder::ALL.len()];
        capf.rsa_key_size = RsaKeySize::Bits1024;
        capf.ec_key_size = Curve::P256;
        capf.completes_by = self.has(0x02).then_some(Timestamp::UNIX_EPOCH);
        let issuers = ["Cisco Certificate Authority Proxy Function", "Offline CA"];
        let proofs = ["none", "encrypt", "sign"];
        let booleans = ["False", "True"];
        let set = [
            (
                Parameter::CertificateIssuer,
                issuers[usize::from(self.has(0x04))],
            ),
            (
                Parameter::SudiProofRequired,
                booleans[usize::from(self.has(0x20))],
            ),
            (Parameter::CsrProof, proofs[usize::from(self.0[2]) % 3]),
            (Parameter::KeyGenerationAttempts, "2"),
        ];
        Subject {
            phone,
            parameters: ParameterValues::new(set.map(|(name, value)| (name, value.to_owned()))),
            held: self.has(0x08).then(|| issue(&RSA_KEY.public)),
            imported: self.has(0x10).then(|| issue(&EC_KEY.public)),
            lscs: Vec::new(),
            anchors: ANCHORS.clone(),
            revocations: Vec::new(),
            locked_until: self.has(0x40).then_some(Timestamp::MAX),
        }
    }

    /// Which of the session's records comes too late, because the operation was called off or the
    /// phone was locked.
    fn called_off(self) -> usize {
        usize::from(self.0[2] >> 4)
    }
}

/// A session under way, and what it has done so far.
struct Play {
    scene: Scene,
    session: Option<Session>,
    /// The certificates that are on record, and so may be sent.
    recorded: Vec<Certificate>,
    /// What the phone was asked last.
    asked: Option<Message>,
    /// The certificates that the phone was sent, and of how many it said what it did with them.
    sent: Vec<Vec<u8>>,
    answered: usize,
    /// The key in the request that the session waits for.
    awaited: Option<Vec<u8>>,
    records: usize,
    has_proved: bool,
    is_admitted: bool,
    is_closed: bool,
}

impl Play {
    fn new(scene: Scene) -> Self {
        let authority = Arc::new(ISSUER.certificate().clone());
        Self {
            scene,
            session: Some(Session::new(ID, authority)),
            recorded: scene.subject().imported.into_iter().collect(),
            asked: None,
            sent: Vec::new(),
            answered: 0,
            awaited: None,
            records: 0,
            has_proved: scene.mode() == AuthenticationMode::NullString,
            is_admitted: false,
            is_closed: false,
        }
    }

    /// Plays the script to its end, where the connection is lost.
    fn play(mut self, mut script: &[u8]) {
        self.happens(Input::Opened);
        while let Some(&first) = script.first() {
            if first == Message::PROTOCOL_ID {
                let Some((message, rest)) = split(script) else {
                    break;
                };
                script = rest;
                self.says(message);
            } else {
                script = &script[1..];
                self.meets(first);
            }
        }
        self.happens(Input::Lost);
        let session = self.session.expect("it was put back");
        assert!(session.is_ended(), "{session:?}");
    }

    fn says(&mut self, mut message: Message) {
        // Most messages belong to this session, whatever number was recorded.
        if message.session_id != SessionId(0) {
            message.session_id = ID;
        }
        if self.scene.mode() == AuthenticationMode::AuthenticationString
            && message.command == Command::AUTH_RESPONSE
            && let Some(password) = message.password()
        {
            let right = AuthenticationString::new(AUTHENTICATION_STRING);
            let is_right = right.is_ok_and(|right| right.matches(password.reveal()));
            self.has_proved |= is_right && self.scene.has(0x01) && !self.scene.has(0x40);
        }
        self.happens(Input::Message(message));
    }

    /// Something happens that is no message, or one that a script cannot hold.
    fn meets(&mut self, what: u8) {
        let message = |command| Message::new(command, ID);
        match what % 16 {
            0 => self.happens(Input::TimedOut),
            1 => self.happens(Input::Withdrawn),
            2 => self.happens(Input::KeepaliveDue),
            3 => self.import(),
            4 => self.happens(Input::Issued(Err(FailureReason::CaCommunication))),
            5 => self.happens(Input::Found {
                subject: None,
                now: now(),
            }),
            6 | 7 => {
                let key = if what % 16 == 6 { &*RSA_KEY } else { &*EC_KEY };
                let key = Element::PublicKey(key.public.clone());
                self.says(message(Command::KEY_GENERATE_RESPONSE).with(key));
            }
            8 => self.signs(),
            9 => self.shows_its_certificate(None),
            10 => self.shows_its_certificate(Some(ID)),
            11 => self.shows_its_certificate(Some(SessionId(6))),
            12 => self.is_admitted(),
            13 => self.happens(Input::Deferred { seconds: 60 }),
            14 => {
                let until = Timestamp::MAX;
                self.happens(Input::Locked { until });
            }
            _ => self.happens(Input::Opened),
        }
    }

    /// It is the phone's turn.
    fn is_admitted(&mut self) {
        self.is_admitted = true;
        self.happens(Input::Admitted);
    }

    /// The phone proves itself by its LSC; and by the same as its MIC, for the session of this id.
    fn shows_its_certificate(&mut self, sudi: Option<SessionId>) {
        let by_certificate = matches!(
            self.scene.mode(),
            AuthenticationMode::ExistingLsc | AuthenticationMode::ExistingMic
        );
        let is_enough = match sudi {
            Some(id) => id == ID,
            None => !self.scene.has(0x20),
        };
        self.has_proved |= by_certificate && is_enough;
        self.says(match sudi {
            None => SHOWN[0].clone(),
            Some(ID) => SHOWN[1].clone(),
            Some(_) => SHOWN[2].clone(),
        });
    }

    /// A certificate is imported for the key that the session waits for; else for another.
    fn import(&mut self) {
        let key = self.awaited.clone();
        let certificate = issue(key.as_ref().unwrap_or(&RSA_KEY.public));
        self.recorded.push(certificate.clone());
        self.happens(Input::Imported(certificate));
    }

    /// The phone signs what it was asked to, with the key that fits the request.
    fn signs(&mut self) {
        let Some(asked) = &self.asked else { return };
        let Some(data) = asked.signed_data() else {
            return;
        };
        let (command, signature) = if asked.command == Command::ENCRYPT_REQUEST {
            let key = RSA_KEY.private.rsa().expect("it is an RSA key");
            let mut signature = vec![0; 128];
            key.private_encrypt(data, &mut signature, Padding::PKCS1)
                .expect("a digest can be encrypted");
            (Command::ENCRYPT_RESPONSE, signature)
        } else {
            let of_rsa = &RSA_KEY.public[..];
            let is_rsa = data.windows(of_rsa.len()).any(|part| part == of_rsa);
            let key = if is_rsa { &*RSA_KEY } else { &*EC_KEY };
            let signature = Signer::new(MessageDigest::sha256(), &key.private)
                .and_then(|mut signer| signer.sign_oneshot_to_vec(data))
                .expect("a request can be signed");
            (Command::SIGN_CERTIFICATE_RESPONSE, signature)
        };
        let response = Message::new(command, ID)
            .with(Element::DigestType(DigestType::SHA256))
            .with(Element::SignedData(signature));
        self.says(response);
    }

    fn happens(&mut self, input: Input) {
        let session = self.session.take().expect("it was put back");
        let was_ended = session.is_ended();
        let (session, outputs) = session.handle(input);
        drop((
            format!("{session:?}"),
            session.state_name(),
            session.patience(),
        ));
        let is_ended = session.is_ended();
        self.session = Some(session);
        assert!(is_ended || !was_ended);
        let mut answer = None;
        let (mut admits, mut ends) = (false, false);
        for output in outputs {
            let is_note = matches!(output, Output::Note(_));
            assert!(
                is_note || !self.is_closed,
                "nothing comes behind the end: {output:?}"
            );
            match output {
                Output::Send(message) => {
                    assert!(!ends, "nothing is said behind the last word: {message:?}");
                    ends = matches!(message.command, Command::END_SESSION | Command::RETRY_LATER);
                    self.is_asked(message);
                }
                Output::Find { .. } => {
                    let known = self.scene.knows_the_phone();
                    let subject = known.then(|| Box::new(self.scene.subject()));
                    answer = Some(Input::Found {
                        subject,
                        now: now(),
                    });
                }
                Output::Admit => admits = !self.scene.has(0x80),
                Output::Issue(order) => answer = Some(Input::Issued(Ok(issue(&order.public_key)))),
                Output::Record(record) => {
                    self.records += 1;
                    let is_attempt = record.is_attempt();
                    if record.needs_schedule() && self.records == self.scene.called_off() {
                        answer = Some(if is_attempt {
                            Input::Locked {
                                until: Timestamp::MAX,
                            }
                        } else {
                            Input::Withdrawn
                        });
                        break;
                    }
                    self.record(record, is_ended);
                    answer = is_attempt.then_some(Input::Counted);
                }
                Output::Note(note) => drop(format!("{note:?}")),
                Output::Hold(_) => assert!(self.awaited.is_some(), "a request is on record"),
                Output::Close => {
                    assert!(is_ended);
                    self.is_closed = true;
                }
            }
        }
        assert!(
            self.is_closed || !ends,
            "the last word closes the connection"
        );
        if let Some(answer) = answer {
            self.happens(answer);
        } else if admits {
            self.is_admitted();
        }
    }

    fn record(&mut self, record: Record, is_ended: bool) {
        match record {
            Record::Issued { certificate } => self.recorded.push(certificate),
            Record::Requested { csr } => self.awaited = Some(csr.public_key().to_vec()),
            Record::Installed { certificate } => {
                self.answers(&certificate);
                // Of two certificates, for a late key and another, the phone answers both.
                assert!(is_ended || self.answered < self.sent.len());
            }
            Record::NotStored { certificate, .. } => self.answers(&certificate),
            Record::Proved => assert!(self.has_proved && !is_ended),
            Record::Guessed { .. } => assert!(!is_ended),
            Record::Deleted | Record::Fetched { .. } | Record::Failed { .. } => assert!(is_ended),
        }
    }

    /// The phone has said what it did with a certificate.
    fn answers(&mut self, certificate: &Certificate) {
        assert!(self.sent.iter().any(|der| der == certificate.der()));
        self.answered += 1;
        assert!(self.answered <= self.sent.len());
    }

    /// The phone is sent a message.
    fn is_asked(&mut self, message: Message) {
        assert_eq!(message.session_id, ID);
        message.encode().expect("it fits");
        let wanted = match message.command {
            Command::AUTH_REQUEST | Command::END_SESSION | Command::RETRY_LATER => None,
            Command::DELETE_CERTIFICATE_REQUEST => Some(CertificateOperation::Delete),
            Command::FETCH_CERTIFICATE_REQUEST => Some(CertificateOperation::Troubleshoot),
            _ => Some(CertificateOperation::Install),
        };
        if let Some(wanted) = wanted {
            assert!(self.scene.knows_the_phone());
            assert_eq!(wanted, self.scene.operation(), "{message:?}");
            assert!(self.has_proved && self.is_admitted, "{message:?}");
        }
        if message.command == Command::STORE_CERTIFICATE_REQUEST {
            let der = message.certificate().expect("it holds a certificate");
            assert!(
                self.recorded
                    .iter()
                    .any(|certificate| certificate.der() == der),
                "what is sent is on record"
            );
            self.sent.push(der.to_vec());
        }
        self.asked = Some(message);
    }
}

/// The message with which the bytes begin, and what follows.
fn split(bytes: &[u8]) -> Option<(Message, &[u8])> {
    let length = Message::HEADER_LENGTH + Message::body_length(bytes.first_chunk()?).ok()?;
    let (message, rest) = bytes.split_at_checked(length)?;
    Some((Message::decode(message).ok()?, rest))
}

/// Each recorded phone, whatever is scheduled for it; and phones that wait for an offline CA.
fn seeds() -> Vec<Vec<u8>> {
    const INSTALL: u8 = 1;
    const BY_NULL_STRING: u8 = 1 << 2;
    const BY_LSC: u8 = 2 << 2;
    const BY_MIC: u8 = 3 << 2;
    const EC_ONLY: u8 = 1 << 4;
    let mut seeds = Vec::new();
    for conversation in capf_fuzz::conversations() {
        for operation in 0..4 {
            for mode in [0, BY_NULL_STRING] {
                let scene = vec![operation | mode, 1, 0];
                seeds.push([scene, conversation.phones_side()].concat());
            }
        }
        let said = conversation
            .messages
            .iter()
            .filter(|(from_phone, _)| *from_phone);
        let said: Vec<_> = said.map(|(_, bytes)| &bytes[..]).collect();
        let [introduction, .., last] = said[..] else {
            continue;
        };
        for mode in [BY_LSC, BY_MIC] {
            // The phone shows its certificate and signs this session's number, and makes its key.
            let scene = [INSTALL | mode, 0x20, 0];
            seeds.push([&scene, &[10, 6][..], last].concat());
        }
        for (order, proof, key) in [(0, 0, 6), (0, 1, 6), (0, 2, 6), (EC_ONLY, 2, 7)] {
            let scene = [INSTALL | BY_NULL_STRING | order, 4, proof];
            // The phone gives its key and signs; it is kept alive, and its certificate comes.
            seeds.push([&scene, introduction, &[key, 8, 2, 3], last].concat());
        }
    }
    seeds
}
