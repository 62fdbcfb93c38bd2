use std::sync::LazyLock;

use jiff::SignedDuration;
use openssl::asn1::{Asn1Object, Asn1OctetString, Asn1Time};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use openssl::x509::extension::{
    BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
};
use openssl::x509::{X509Extension, X509Name};
use proptest::prelude::*;

use super::super::draft::Draft;
use super::super::issuer::subject_der;
use super::super::profile::issuer_extensions;
use super::*;
use crate::model::DeviceName;
use crate::pki::{Issuer, IssuerName, LscOrder};

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// Verifies as the program does, and makes sure that OpenSSL says the same of the path.
fn verify(
    trust: &TrustStore,
    certificate: &Certificate,
    validity: Validity,
) -> Result<Verified, Untrusted> {
    let verifier = trust.at(validity).unwrap();
    let verdict = verifier.verify(certificate);
    let path = verifier.verify_path(certificate).map(|issuer| Verified {
        issuer_not_after: issuer.not_after(),
    });
    assert_eq!(verdict, path);
    verdict
}

fn issuer() -> Issuer {
    Issuer::create(&IssuerName::default(), now()).unwrap()
}

fn lsc(issuer: &Issuer) -> Certificate {
    let key = PKey::ec_gen("prime256v1").unwrap();
    let device: DeviceName = "SEP001122334455".parse().unwrap();
    let order = LscOrder {
        device: &device,
        model: "",
        serial_number: None,
        public_key: &key.public_key_to_der().unwrap(),
        validity_days: 10,
    };
    issuer.issue(&order, now()).unwrap()
}

#[test]
fn a_certificate_is_trusted_through_its_issuer_and_no_other() {
    let (ours, other) = (issuer(), issuer());
    let lsc = lsc(&ours);
    let both = TrustStore::new([other.certificate(), ours.certificate()]).unwrap();
    assert_eq!(
        verify(&both, &lsc, Validity::At(now())),
        Ok(Verified {
            issuer_not_after: ours.certificate().not_after()
        })
    );
    let wrong = TrustStore::new([other.certificate()]).unwrap();
    assert_eq!(
        verify(&wrong, &lsc, Validity::At(now())),
        Err(Untrusted::UnknownIssuer)
    );
    // One that vouches for itself alone is unknown too.
    assert_eq!(
        verify(&wrong, ours.certificate(), Validity::At(now())),
        Err(Untrusted::UnknownIssuer)
    );
}

#[test]
fn an_empty_store_trusts_nobody() {
    let empty = TrustStore::new([]).unwrap();
    assert!(empty.is_empty());
    assert_eq!(
        verify(&empty, &lsc(&issuer()), Validity::At(now())),
        Err(Untrusted::NoAnchor)
    );
}

#[test]
fn an_anchor_vouches_for_itself_and_may_be_given_twice() {
    let issuer = issuer();
    let trust = TrustStore::new([issuer.certificate(), issuer.certificate()]).unwrap();
    assert!(!trust.is_empty());
    assert_eq!(
        verify(&trust, issuer.certificate(), Validity::At(now())).unwrap(),
        Verified {
            issuer_not_after: issuer.certificate().not_after()
        }
    );
}

#[test]
fn the_given_time_decides_not_the_systems() {
    let issuer = issuer();
    let lsc = lsc(&issuer);
    let trust = TrustStore::new([issuer.certificate()]).unwrap();
    let second = SignedDuration::from_secs(1);
    for valid in [lsc.not_before() + second, lsc.not_after() - second] {
        assert!(verify(&trust, &lsc, Validity::At(valid)).is_ok(), "{valid}");
    }
    let refused = |time| {
        verify(&trust, &lsc, Validity::At(time))
            .unwrap_err()
            .to_string()
    };
    assert!(refused(lsc.not_before() - second).contains("not yet valid"));
    assert!(refused(lsc.not_after() + second).contains("has expired"));
    assert!(verify(&trust, &lsc, Validity::Any).is_ok());
}

#[test]
fn an_expired_issuer_is_told_from_an_expired_certificate() {
    let issuer = issuer();
    let end = issuer.certificate().not_after();
    let key = PKey::ec_gen("prime256v1").unwrap();
    let long_lived = Draft {
        issuer: &subject_der(issuer.certificate()),
        subject: &subject_der(issuer.certificate()),
        public_key: &key.public_key_to_der().unwrap(),
        not_before: now(),
        not_after: end + SignedDuration::from_hours(2),
        extensions: vec![],
    }
    .sign(issuer.private_key())
    .unwrap();
    let trust = TrustStore::new([issuer.certificate()]).unwrap();
    assert_eq!(
        verify(
            &trust,
            &long_lived,
            Validity::At(end + SignedDuration::from_hours(1))
        ),
        Err(Untrusted::Refused {
            reason: "certificate has expired".to_owned(),
            depth: 1
        })
    );
}

#[test]
fn an_intermediate_needs_no_root_beside_it() {
    let (root, spare) = (issuer(), issuer());
    let intermediate = Draft {
        issuer: &subject_der(root.certificate()),
        subject: &subject_der(spare.certificate()),
        public_key: spare.certificate().public_key(),
        not_before: now(),
        not_after: now() + SignedDuration::from_hours(24),
        extensions: issuer_extensions().unwrap(),
    }
    .sign(root.private_key())
    .unwrap();
    let trust = TrustStore::new([&intermediate]).unwrap();
    let later = now() + SignedDuration::from_hours(1);
    assert_eq!(
        verify(&trust, &lsc(&spare), Validity::At(later)),
        Ok(Verified {
            issuer_not_after: intermediate.not_after()
        })
    );
}

#[test]
fn a_forged_signature_is_refused() {
    let issuer = issuer();
    let mut der = lsc(&issuer).der().to_vec();
    *der.last_mut().unwrap() ^= 1;
    let forged = Certificate::from_der(&der).unwrap();
    let trust = TrustStore::new([issuer.certificate()]).unwrap();
    assert_eq!(
        verify(&trust, &forged, Validity::At(now()))
            .unwrap_err()
            .to_string(),
        "certificate signature failure"
    );
}

#[test]
fn an_lsc_vouches_for_nobody() {
    let issuer = issuer();
    let lsc = lsc(&issuer);
    let trust = TrustStore::new([&lsc]).unwrap();
    assert!(verify(&trust, issuer.certificate(), Validity::At(now())).is_err());
}

fn revocation(issuer: &Certificate, certificate: &Certificate) -> Revocation {
    Revocation {
        issuer: issuer.subject().to_owned(),
        issuer_key: issuer.public_key().into(),
        entry: CrlEntry {
            serial_number: certificate.serial_number().to_owned(),
            revoked_at: now(),
            reason: RevocationReason::Superseded,
        },
    }
}

fn revoked(depth: u32) -> Result<Verified, Untrusted> {
    Err(Untrusted::Revoked {
        at: now(),
        reason: RevocationReason::Superseded,
        depth,
    })
}

#[test]
fn what_its_issuer_has_revoked_is_trusted_no_more_and_what_another_has_is() {
    let (ours, other) = (issuer(), issuer());
    let (first, second) = (lsc(&ours), lsc(&ours));
    let store = || TrustStore::new([ours.certificate(), other.certificate()]).unwrap();
    let at = Validity::At(now());
    // Of the same name and another key, of the same key and another name, and of another serial.
    let strange = [
        Revocation {
            issuer_key: other.certificate().public_key().into(),
            ..revocation(ours.certificate(), &first)
        },
        Revocation {
            issuer: "CN=Other".to_owned(),
            ..revocation(ours.certificate(), &first)
        },
        revocation(ours.certificate(), &second),
    ];
    let trust = store().revoking(strange.to_vec());
    assert!(verify_plainly(&trust, &first, at).is_ok());
    assert_eq!(verify_plainly(&trust, &second, at), revoked(0));
    let by_issuer = vec![revocation(ours.certificate(), &first)];
    let trust = store().revoking(by_issuer);
    for validity in [at, Validity::Any] {
        assert_eq!(verify_plainly(&trust, &first, validity), revoked(0));
    }
    assert!(verify_plainly(&trust, &second, at).is_ok());
}

/// Verifies both ways, and makes sure that the quick one was open to the certificate.
fn verify_plainly(
    trust: &TrustStore,
    certificate: &Certificate,
    validity: Validity,
) -> Result<Verified, Untrusted> {
    let verifier = trust.at(validity).unwrap();
    assert!(plain::signer(&verifier.plain, certificate, validity).is_some());
    let verdict = verifier.verify(certificate);
    let slow = Verifier {
        plain: Vec::new(),
        ..verifier
    };
    assert_eq!(slow.verify(certificate), verdict);
    verdict
}

#[test]
fn an_intermediate_that_is_revoked_vouches_for_nobody_and_its_renewal_does() {
    let (root, middle) = (issuer(), issuer());
    let made = |days: i64| {
        Draft {
            issuer: &subject_der(root.certificate()),
            subject: &subject_der(middle.certificate()),
            public_key: middle.certificate().public_key(),
            not_before: now(),
            not_after: now() + SignedDuration::from_hours(24 * days),
            extensions: issuer_extensions().unwrap(),
        }
        .sign(root.private_key())
        .unwrap()
    };
    let (old, new) = (made(100), made(200));
    let lsc = lsc(&middle);
    let at = Validity::At(now() + SignedDuration::from_hours(1));
    // The root need not be trusted for that.
    let revocations = vec![revocation(root.certificate(), &old)];
    let alone = TrustStore::new([&old])
        .unwrap()
        .revoking(revocations.clone());
    assert!(alone.is_empty());
    for (certificate, depth) in [(&lsc, 1), (&old, 0)] {
        let verdict = alone.verify(certificate, at);
        assert_eq!(verdict, revoked(depth));
    }
    assert_eq!(
        alone.verify(root.certificate(), at),
        Err(Untrusted::NoAnchor)
    );
    let both = TrustStore::new([&old, &new]).unwrap().revoking(revocations);
    assert_eq!(
        both.verify(&lsc, at),
        Ok(Verified {
            issuer_not_after: new.not_after()
        })
    );
    // Whoever has its name and serial number, and is not the one that was revoked, is trusted still.
    let impostor = vec![Revocation {
        issuer_key: middle.certificate().public_key().into(),
        ..revocation(root.certificate(), &old)
    }];
    let trust = TrustStore::new([&old]).unwrap().revoking(impostor);
    assert!(trust.verify(&lsc, at).is_ok());
}

/// A certificate for a P-256 key, made with what OpenSSL's builder takes.
struct Case {
    version: i32,
    issuer: &'static str,
    subject: &'static str,
    digest: MessageDigest,
    extensions: Vec<X509Extension>,
}

impl Case {
    fn leaf() -> Self {
        Self {
            version: 2,
            issuer: "Anchor",
            subject: "SEP001122334455",
            digest: MessageDigest::sha256(),
            extensions: vec![],
        }
    }

    fn anchor() -> Self {
        Self {
            subject: "Anchor",
            extensions: vec![ca(true)],
            ..Self::leaf()
        }
    }

    fn sign(self, key: &PKey<Private>, signer: &PKey<Private>) -> Certificate {
        let name = |common_name| {
            let mut name = X509Name::builder().unwrap();
            name.append_entry_by_text("CN", common_name).unwrap();
            name.build()
        };
        let time = |days: i64| {
            let time = now() + SignedDuration::from_hours(24 * days);
            Asn1Time::from_unix(time.as_second()).unwrap()
        };
        let mut builder = X509::builder().unwrap();
        builder.set_version(self.version).unwrap();
        builder.set_issuer_name(&name(self.issuer)).unwrap();
        builder.set_subject_name(&name(self.subject)).unwrap();
        builder.set_not_before(&time(-1)).unwrap();
        builder.set_not_after(&time(1)).unwrap();
        builder.set_pubkey(key).unwrap();
        for extension in self.extensions {
            builder.append_extension(extension).unwrap();
        }
        builder.sign(signer, self.digest).unwrap();
        Certificate::from_der(&builder.build().to_der().unwrap()).unwrap()
    }
}

fn ca(is_ca: bool) -> X509Extension {
    let mut constraints = BasicConstraints::new();
    if is_ca {
        constraints.ca();
    }
    constraints.critical().build().unwrap()
}

fn other_extension(oid: &str, critical: bool, hex: &str) -> X509Extension {
    let contents = Asn1OctetString::new_from_bytes(&hex::decode(hex).unwrap()).unwrap();
    X509Extension::new_from_der(&Asn1Object::from_str(oid).unwrap(), critical, &contents).unwrap()
}

/// How `leaf` fares under `anchor`, which is signed by itself, and whether the signature alone
/// decided it.
fn judged(anchor: Case, leaf: Case, key: &PKey<Private>) -> (bool, bool) {
    let anchor = anchor.sign(key, key);
    let phone = PKey::ec_gen("prime256v1").unwrap();
    let leaf = leaf.sign(&phone, key);
    let trust = TrustStore::new([&anchor]).unwrap();
    let validity = Validity::At(now());
    let verdict = verify(&trust, &leaf, validity);
    let verifier = trust.at(validity).unwrap();
    let quick = plain::signer(&verifier.plain, &leaf, validity).is_some();
    (verdict.is_ok(), quick)
}

#[test]
fn of_the_plain_case_the_signature_alone_decides() {
    let rsa = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let p384 = PKey::ec_gen("secp384r1").unwrap();
    let usage = || KeyUsage::new().critical().key_cert_sign().build().unwrap();
    let client = || ExtendedKeyUsage::new().client_auth().build().unwrap();
    let revocation_list = || {
        other_extension(
            "2.5.29.31",
            false,
            "30143012a010a00e860c687474703a2f2f782e6e2f63",
        )
    };
    for key in [&rsa, &p384] {
        for digest in [
            MessageDigest::sha256(),
            MessageDigest::sha384(),
            MessageDigest::sha512(),
        ] {
            let anchor = Case {
                extensions: vec![ca(true), usage()],
                digest,
                ..Case::anchor()
            };
            let leaf = Case {
                extensions: vec![ca(false), client(), revocation_list()],
                digest,
                ..Case::leaf()
            };
            assert_eq!(judged(anchor, leaf, key), (true, true));
        }
    }
}

#[test]
fn what_is_not_plain_is_left_to_the_path() {
    let key = PKey::ec_gen("prime256v1").unwrap();
    let with = |case: Case, extension| Case {
        extensions: case.extensions.into_iter().chain([extension]).collect(),
        ..case
    };
    // Only names below example.org.
    let names = || other_extension("2.5.29.30", true, "3011a00f300d820b6578616d706c652e6f7267");
    let dns = |name| {
        let mut names = SubjectAlternativeName::new();
        let anchor = Case::anchor().sign(&key, &key);
        let anchor = X509::from_der(anchor.der()).unwrap();
        let builder = X509::builder().unwrap();
        let context = builder.x509v3_context(Some(&anchor), None);
        names.dns(name).build(&context).unwrap()
    };
    let sign = || KeyUsage::new().digital_signature().build().unwrap();
    let identifier = |oid, hex| other_extension(oid, false, hex);
    let unknown = |critical| other_extension("1.2.3.4", critical, "0500");
    for (what, anchor, leaf, accepted) in [
        (
            "a name that the anchor may vouch for",
            with(Case::anchor(), names()),
            with(Case::leaf(), dns("a.example.org")),
            true,
        ),
        (
            "a name that the anchor may not vouch for",
            with(Case::anchor(), names()),
            with(Case::leaf(), dns("a.example.com")),
            false,
        ),
        (
            "an anchor that may not sign certificates",
            with(Case::anchor(), sign()),
            Case::leaf(),
            false,
        ),
        (
            "an anchor that is no CA",
            Case {
                extensions: vec![ca(false)],
                ..Case::anchor()
            },
            Case::leaf(),
            false,
        ),
        (
            "a critical extension that nobody knows",
            Case::anchor(),
            with(Case::leaf(), unknown(true)),
            false,
        ),
        (
            "an extension that nobody knows",
            Case::anchor(),
            with(Case::leaf(), unknown(false)),
            true,
        ),
        (
            "the identifier of another key",
            with(Case::anchor(), identifier("2.5.29.14", "04020102")),
            with(Case::leaf(), identifier("2.5.29.35", "300480020103")),
            false,
        ),
        (
            "a CA below the anchor",
            Case::anchor(),
            with(Case::leaf(), ca(true)),
            true,
        ),
        (
            "another issuer",
            Case::anchor(),
            Case {
                issuer: "Somebody",
                ..Case::leaf()
            },
            false,
        ),
        (
            "the digest of old phones",
            Case::anchor(),
            Case {
                digest: MessageDigest::sha1(),
                ..Case::leaf()
            },
            true,
        ),
    ] {
        assert_eq!(judged(anchor, leaf, &key), (accepted, false), "{what}");
    }
}

#[test]
fn of_two_anchors_of_one_name_the_signature_tells_which_is_meant() {
    let keys = [(); 2].map(|()| PKey::ec_gen("prime256v1").unwrap());
    let anchors = keys.each_ref().map(|key| Case::anchor().sign(key, key));
    let trust = TrustStore::new(&anchors).unwrap();
    let phone = PKey::ec_gen("prime256v1").unwrap();
    for key in &keys {
        // OpenSSL alone would look at one of the two.
        let leaf = Case::leaf().sign(&phone, key);
        assert!(trust.verify(&leaf, Validity::At(now())).is_ok());
    }
    let stranger = PKey::ec_gen("prime256v1").unwrap();
    let leaf = Case::leaf().sign(&phone, &stranger);
    assert!(verify(&trust, &leaf, Validity::At(now())).is_err());
}

/// DER as a tree, so that it can be changed at any depth and keep its lengths right.
#[derive(Clone, Debug)]
enum Node {
    Leaf(u8, Vec<u8>),
    /// The bytes in front of the parts are a BIT STRING's or nothing.
    Parts(u8, Vec<Node>),
}

impl Node {
    fn read_all(mut der: &[u8]) -> Option<Vec<Self>> {
        let mut nodes = Vec::new();
        while let [tag, length, rest @ ..] = der {
            let (length, rest) = match length {
                0..=0x7f => (usize::from(*length), rest),
                0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
                0x82 => {
                    let (high, low) = (rest.first()?, rest.get(1)?);
                    (usize::from(*high) << 8 | usize::from(*low), rest.get(2..)?)
                }
                _ => return None,
            };
            let contents = rest.get(..length)?;
            let is_constructed = tag & 0x20 != 0;
            // What an OCTET STRING holds in a certificate is DER, too.
            let parts = (is_constructed || *tag == 4)
                .then(|| Self::read_all(contents))
                .flatten();
            nodes.push(match parts {
                Some(parts) if is_constructed || !parts.is_empty() => Self::Parts(*tag, parts),
                _ => Self::Leaf(*tag, contents.to_vec()),
            });
            der = &rest[length..];
        }
        der.is_empty().then_some(nodes)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let (tag, contents) = match self {
            Self::Leaf(tag, bytes) => (*tag, bytes.clone()),
            Self::Parts(tag, parts) => {
                let mut contents = Vec::new();
                for part in parts {
                    part.write(&mut contents);
                }
                (*tag, contents)
            }
        };
        out.push(tag);
        match u16::try_from(contents.len()).unwrap().to_be_bytes() {
            [0, low @ 0..=0x7f] => out.push(low),
            [0, low] => out.extend([0x81, low]),
            [high, low] => out.extend([0x82, high, low]),
        }
        out.extend(contents);
    }

    fn count(&self) -> usize {
        match self {
            Self::Leaf(..) => 1,
            Self::Parts(_, parts) => 1 + parts.iter().map(Self::count).sum::<usize>(),
        }
    }

    /// Changes the node of this number, in the order in which they are written.
    fn change(&mut self, mut number: usize, how: u8, byte: u8) {
        if number > 0 {
            let Self::Parts(_, parts) = self else { return };
            number -= 1;
            for part in parts {
                match part.count() {
                    count if number < count => return part.change(number, how, byte),
                    count => number -= count,
                }
            }
            return;
        }
        match self {
            Self::Leaf(tag, bytes) => match how % 6 {
                0 => *tag = byte,
                1 => bytes.push(byte),
                2 => bytes.insert(0, byte),
                3 => drop(bytes.pop()),
                4 => bytes.clear(),
                _ => {
                    let place = usize::from(how) % bytes.len().max(1);
                    if let Some(changed) = bytes.get_mut(place) {
                        *changed ^= byte;
                    }
                }
            },
            Self::Parts(tag, parts) => match how % 5 {
                0 => *tag = byte,
                1 => parts.push(Self::Leaf(byte, vec![how])),
                2 => drop(parts.pop()),
                3 => {
                    if let Some(first) = parts.first().cloned() {
                        parts.push(first);
                    }
                }
                _ => {
                    let by = usize::from(byte) % parts.len().max(1);
                    parts.rotate_left(by);
                }
            },
        }
    }
}

#[test]
fn what_nobody_has_signed_is_no_part_of_a_certificate() {
    let lsc = lsc(&issuer());
    let Node::Parts(tag, parts) = Node::read_all(lsc.der()).unwrap().remove(0) else {
        panic!("a certificate has parts");
    };
    let more = Node::Parts(tag, [parts, vec![Node::Leaf(4, vec![0; 20_000])]].concat());
    let mut der = Vec::new();
    more.write(&mut der);
    let error = Certificate::from_der(&der).unwrap_err().to_string();
    assert!(error.contains("more parts"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Whatever is made of a certificate, and signed all the same.
    #[test]
    fn nothing_is_plain_that_openssl_refuses(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<u8>()), 1..3),
        outside in prop::option::weighted(0.2, (any::<prop::sample::Index>(), any::<u8>(), any::<u8>())),
    ) {
        let (key, trust, tbs) = &*MUTABLE;
        let mut tbs = tbs.clone();
        for (place, how, byte) in &changes {
            let count = tbs.count();
            tbs.change(place.index(count), *how, *byte);
        }
        let mut signed = Vec::new();
        tbs.write(&mut signed);
        let mut signer = Signer::new(MessageDigest::sha256(), key).unwrap();
        let mut signature = vec![0];
        signature.extend(signer.sign_oneshot_to_vec(&signed).unwrap());
        let algorithm = Node::read_all(&hex::decode("300a06082a8648ce3d040302").unwrap());
        let mut certificate = Node::Parts(
            0x30,
            vec![tbs, algorithm.unwrap().remove(0), Node::Leaf(3, signature)],
        );
        if let Some((place, how, byte)) = &outside {
            let count = certificate.count();
            certificate.change(place.index(count), *how, *byte);
        }
        let mut der = Vec::new();
        certificate.write(&mut der);
        let Ok(certificate) = Certificate::from_der(&der) else {
            return Ok(());
        };
        let validity = Validity::At(now());
        let verifier = trust.at(validity).unwrap();
        if plain::signer(&verifier.plain, &certificate, validity).is_some() {
            let path = verifier.verify_path(&certificate);
            prop_assert!(path.is_ok(), "{path:?}: {}", hex::encode(&der));
        }
        // And whichever way it goes, what is revoked is not trusted.
        let anchor = &trust.anchors[0].certificate;
        let revoking = trust.clone().revoking(vec![revocation(anchor, &certificate)]);
        prop_assert!(revoking.verify(&certificate, validity).is_err());
    }
}

/// A CA's key, the CA, and a certificate of it, with every extension that may be plain.
static MUTABLE: LazyLock<(PKey<Private>, TrustStore, Node)> = LazyLock::new(|| {
    let key = PKey::ec_gen("prime256v1").unwrap();
    let with_identifier = Case {
        extensions: vec![ca(true), other_extension("2.5.29.14", false, "04020102")],
        ..Case::anchor()
    };
    let anchor = with_identifier.sign(&key, &key);
    let trust = TrustStore::new([&anchor]).unwrap();
    let plain = |oid, hex| other_extension(oid, false, hex);
    let leaf = Case {
        extensions: vec![
            ca(false),
            KeyUsage::new().digital_signature().build().unwrap(),
            ExtendedKeyUsage::new().client_auth().build().unwrap(),
            plain("2.5.29.14", "04020304"),
            plain("2.5.29.35", "300480020102"),
            plain("2.5.29.17", "300c820161820162870401020304"),
            plain("2.5.29.31", "30143012a010a00e860c687474703a2f2f782e6e2f63"),
            plain(
                "1.3.6.1.5.5.7.1.1",
                "3015301306082b0601050507300286076874743a2f2f78",
            ),
        ],
        ..Case::leaf()
    };
    let phone = PKey::ec_gen("prime256v1").unwrap();
    let leaf = leaf.sign(&phone, &key);
    let validity = Validity::At(now());
    let verifier = trust.at(validity).unwrap();
    assert!(plain::signer(&verifier.plain, &leaf, validity).is_some());
    let whole = Node::read_all(leaf.der()).unwrap().remove(0);
    let Node::Parts(_, mut parts) = whole else {
        panic!("a certificate has parts");
    };
    (key, trust, parts.remove(0))
});
