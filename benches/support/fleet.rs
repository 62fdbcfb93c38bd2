//! A fleet as a company with many sites has it: the same one for the same seed, but for the keys.
//!
//! | of the phones | |
//! |---|---|
//! | names | SEP with a MAC address of one of a dozen manufacturer's blocks, and some softphones |
//! | descriptions | site, floor, room, person, extension; one in fifty has none |
//! | models | nine, the common ones more often, each with the security profiles of its kind |
//! | LSC Status | four in five have their LSC; some wait; one in twenty failed, for every reason |
//! | LSCs | of two CAPFs and a company's CA, some expired, most within five years |

use std::net::{IpAddr, Ipv4Addr};

use capf::model::{
    AuthenticationMode, Certificate, CertificateOperation, DeviceName, DeviceSecurityMode,
    OperationStatus, Phone,
};
use capf::secret::AuthenticationString;
use capf::store::NewPhone;
use jiff::{SignedDuration, Timestamp};
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509Builder, X509Name, X509NameBuilder};

use crate::random::Random;

const DAY: i64 = 86_400;

const BLOCKS: &[u64] = &[
    0x00_07_0e, 0x00_1b_d4, 0x00_26_0b, 0x00_5f_86, 0x2c_31_24, 0x34_62_88, 0x50_87_89, 0x6c_99_89,
    0x84_78_ac, 0xa4_18_75, 0xb0_00_b4, 0xf8_7b_20,
];

const MODELS: &[(&str, usize)] = &[
    ("CP-8841", 24),
    ("CP-7841", 20),
    ("CP-8861", 16),
    ("CP-7821", 12),
    ("CP-8845", 10),
    ("CP-7962G", 8),
    ("CP-8832", 4),
    ("CP-7945G", 3),
    ("CP-9971", 3),
];

const SITES: &[&str] = &[
    "Zürich",
    "Genève",
    "Basel",
    "Bern",
    "Lausanne",
    "Winterthur",
    "Luzern",
    "St. Gallen",
    "Lugano",
    "Biel/Bienne",
    "Berlin",
    "Hamburg",
    "München",
    "Köln",
    "Frankfurt",
    "Stuttgart",
    "Düsseldorf",
    "Leipzig",
    "Wien",
    "Graz",
    "Linz",
    "Salzburg",
    "Milano",
    "Torino",
    "Roma",
    "Paris",
    "Lyon",
    "London",
    "Manchester",
    "Dublin",
    "Madrid",
    "Kraków",
    "Praha",
    "Göteborg",
    "東京",
    "São Paulo",
];

const FIRST_NAMES: &[&str] = &[
    "Anna",
    "Beat",
    "Chiara",
    "Daniel",
    "Eva",
    "François",
    "Giulia",
    "Hans",
    "Irène",
    "Jürg",
    "Karin",
    "Luca",
    "Marie",
    "Noah",
    "Olivia",
    "Peter",
    "Quentin",
    "Reto",
    "Sofia",
    "Thomas",
    "Urs",
    "Vera",
    "Walter",
    "Xenia",
    "Yves",
    "Zoë",
];

const LAST_NAMES: &[&str] = &[
    "Müller",
    "Meier",
    "Schmid",
    "Keller",
    "Weber",
    "Huber",
    "Schneider",
    "Meyer",
    "Steiner",
    "Fischer",
    "Gerber",
    "Brunner",
    "Baumann",
    "Frei",
    "Zimmermann",
    "Moser",
    "Widmer",
    "Wyss",
    "Graf",
    "Roth",
    "Suter",
    "Baumgartner",
    "Bachmann",
    "O'Neill",
    "de la Cruz",
    "Nowak",
    "Bianchi",
    "Rossi",
    "Favre",
    "Rochat",
    "Blanc",
    "Jäger",
];

/// Who has issued the LSCs, and how many of them in a hundred.
const ISSUERS: &[(&str, usize)] = &[
    ("CAPF-2076a1a2", 62),
    ("CAPF-a7fb32bf", 27),
    ("Example AG Phone Issuing CA 3", 11),
];

/// Makes phones, one after another.
pub(crate) struct Fleet {
    random: Random,
    now: Timestamp,
    number: u64,
    authority: PKey<Private>,
}

impl Fleet {
    /// A fleet as it is at this time.
    pub(crate) fn new(seed: u64, now: Timestamp) -> Self {
        Self {
            random: Random::new(seed),
            now,
            number: 0,
            authority: key(),
        }
    }

    /// Whether it is so, for one in `parts`.
    fn one_in(&mut self, parts: usize) -> bool {
        self.random.below(parts) == 0
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.random.below(of.len())]
    }

    fn weighted<T: Copy>(&mut self, of: &[(T, usize)]) -> T {
        let total = of.iter().map(|(_, weight)| weight).sum();
        let mut place = self.random.below(total);
        for (value, weight) in of {
            if place < *weight {
                return *value;
            }
            place -= weight;
        }
        of[0].0
    }

    fn days(&mut self, from: i64, until: i64) -> Timestamp {
        let span = usize::try_from((until - from) * DAY).unwrap();
        let seconds = i64::try_from(self.random.below(span)).unwrap() + from * DAY;
        self.now + SignedDuration::from_secs(seconds)
    }

    fn name(&mut self) -> DeviceName {
        // Multiplied by an odd number, the running one gives each phone of a block another address.
        let scattered = self.number.wrapping_mul(0x9e_3779) & 0xff_ffff;
        let block = BLOCKS[usize::try_from(self.number >> 24).unwrap() % BLOCKS.len()];
        self.number += 1;
        let shuffled = if block == BLOCKS[0] {
            BLOCKS[usize::try_from(scattered % 12).unwrap()]
        } else {
            block
        };
        let prefix = self.weighted(&[("SEP", 94), ("CSF", 4), ("TCT", 1), ("BOT", 1)]);
        format!("{prefix}{:012X}", (shuffled << 24) | scattered)
            .parse()
            .unwrap()
    }

    fn description(&mut self) -> String {
        if self.one_in(50) {
            return String::new();
        }
        let (site, first, last) = (
            self.pick(SITES),
            self.pick(FIRST_NAMES),
            self.pick(LAST_NAMES),
        );
        let (floor, room) = (self.random.below(12), self.random.below(60));
        let extension = 10_000 + self.random.below(90_000);
        match self.random.below(4) {
            0 => format!("{site} {floor}.{room:03} {first} {last}"),
            1 => format!("{first} {last} x{extension}"),
            2 => format!("{site}, meeting room {floor}.{room:03}"),
            _ => format!("{site} - {first} {last} - {extension}"),
        }
    }

    fn status(&mut self) -> OperationStatus {
        if self.one_in(20) {
            let failures: Vec<_> = OperationStatus::ALL
                .iter()
                .copied()
                .filter(|status| status.is_failure())
                .collect();
            return self.pick(&failures);
        }
        self.weighted(&[
            (OperationStatus::UpgradeSuccess, 84),
            (OperationStatus::None, 8),
            (OperationStatus::OperationPending, 6),
            (OperationStatus::DeleteSuccess, 1),
            (OperationStatus::TroubleshootSuccess, 1),
        ])
    }

    fn lsc(&mut self, phone: &Phone) -> Certificate {
        let until = if self.one_in(30) {
            self.days(-90, 0)
        } else {
            self.days(0, 1825)
        };
        let from = until - SignedDuration::from_hours(1825 * 24);
        let issuer = common_name(self.weighted(ISSUERS));
        let subject = common_name(&format!("{}-{}", phone.model, phone.name));
        certificate(&self.authority, &issuer, &subject, from, until)
    }
}

impl Iterator for Fleet {
    type Item = NewPhone;

    fn next(&mut self) -> Option<NewPhone> {
        let mut phone = Phone::new(self.name());
        phone.description = self.description();
        let model = self.weighted(MODELS);
        model.clone_into(&mut phone.model);
        let number = model.trim_start_matches("CP-");
        phone.security_profile = if self.one_in(3) {
            format!("Cisco {number} - Standard SIP Non-Secure Profile")
        } else {
            phone.device_security_mode = DeviceSecurityMode::Encrypted;
            format!("Cisco {number} - Standard SIP Secure Profile")
        };
        phone.operation_status = self.status();
        phone.capf.authentication_mode = self.weighted(&[
            (AuthenticationMode::ExistingLsc, 60),
            (AuthenticationMode::ExistingMic, 20),
            (AuthenticationMode::NullString, 15),
            (AuthenticationMode::AuthenticationString, 5),
        ]);
        if phone.operation_status == OperationStatus::OperationPending {
            phone.capf.operation = CertificateOperation::Install;
            phone.capf.completes_by = Some(self.days(1, 10));
            if self.one_in(2) {
                phone.capf.authentication_mode = AuthenticationMode::AuthenticationString;
                let digits = format!("{:08}", self.random.below(100_000_000));
                phone.capf.authentication_string = AuthenticationString::new(&digits).ok();
            }
        }
        let has_lsc = match phone.operation_status {
            OperationStatus::None | OperationStatus::DeleteSuccess => false,
            OperationStatus::UpgradeSuccess => true,
            _ => !self.one_in(3),
        };
        if phone.operation_status != OperationStatus::None {
            let [_, a, b, c] = self.random.next().to_be_bytes()[..4] else {
                unreachable!("a number has eight bytes")
            };
            let address = IpAddr::V4(Ipv4Addr::new(10, a, b, c));
            phone.last_contact = Some((self.days(-400, 0), address));
        }
        let lsc = has_lsc.then(|| self.lsc(&phone));
        let mic = None;
        Some(NewPhone { phone, lsc, mic })
    }
}

fn key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn common_name(name: &str) -> X509Name {
    let mut builder = X509NameBuilder::new().unwrap();
    builder.append_entry_by_text("O", "Example AG").unwrap();
    builder.append_entry_by_text("CN", name).unwrap();
    builder.build()
}

fn certificate(
    authority: &PKey<Private>,
    issuer: &X509Name,
    subject: &X509Name,
    from: Timestamp,
    until: Timestamp,
) -> Certificate {
    let mut serial_number = BigNum::new().unwrap();
    serial_number.rand(128, MsbOption::ONE, false).unwrap();
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    builder
        .set_serial_number(&Asn1Integer::from_bn(&serial_number).unwrap())
        .unwrap();
    builder.set_subject_name(subject).unwrap();
    builder.set_issuer_name(issuer).unwrap();
    builder.set_pubkey(&key()).unwrap();
    builder
        .set_not_before(&Asn1Time::from_unix(from.as_second()).unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::from_unix(until.as_second()).unwrap())
        .unwrap();
    builder.sign(authority, MessageDigest::sha256()).unwrap();
    Certificate::from_der(&builder.build().to_der().unwrap()).unwrap()
}
