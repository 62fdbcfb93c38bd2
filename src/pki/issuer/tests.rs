use std::sync::LazyLock;

use openssl::rsa::Rsa;
use x509_parser::extensions::{GeneralName, ParsedExtension};

use super::*;
use crate::model::{Curve, RsaKeySize};
use crate::pki::{InvalidKey, TrustStore, Validity};

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// One CAPF for all tests: keys take their time.
static ISSUER: LazyLock<Issuer> = LazyLock::new(new_issuer);

fn issuer() -> Issuer {
    ISSUER.clone()
}

fn new_issuer() -> Issuer {
    let name = IssuerName {
        country: Some("AU".to_owned()),
        organization: "stormin".to_owned(),
        organizational_unit: Some("IST".to_owned()),
        state: Some("NSW".to_owned()),
        locality: Some("Sydney".to_owned()),
    };
    Issuer::create(&name, now()).unwrap()
}

fn key() -> Vec<u8> {
    PKey::ec_gen("prime256v1")
        .unwrap()
        .public_key_to_der()
        .unwrap()
}

fn order<'a>(device: &'a DeviceName, public_key: &'a [u8]) -> LscOrder<'a> {
    LscOrder {
        device,
        model: "CP-8861",
        serial_number: Some("PID:CP-8861 SN:FCH18198CNQ"),
        public_key,
        validity_days: 365,
    }
}

fn device() -> DeviceName {
    "SEPB000B4BA0AEE".parse().unwrap()
}

#[test]
fn the_capf_certificate_is_what_phones_expect() {
    let issuer = issuer();
    let certificate = issuer.certificate();
    let common_name = certificate.common_name().unwrap();
    let digits = common_name.strip_prefix("CAPF-").unwrap();
    assert_eq!(digits.len(), 8);
    assert!(
        digits
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    );
    assert_eq!(
        certificate.subject(),
        format!("C=AU, O=stormin, OU=IST, CN={common_name}, ST=NSW, L=Sydney")
    );
    assert_eq!(certificate.issuer(), certificate.subject());
    assert_eq!(certificate.not_before().to_string(), "2026-11-23T11:00:00Z");
    assert_eq!(certificate.not_after().to_string(), "2046-11-18T12:00:00Z");
    certificate.read(|view| {
        let constraints = view.basic_constraints().unwrap().unwrap();
        assert!(constraints.critical && constraints.value.ca);
        assert_eq!(constraints.value.path_len_constraint, Some(0));
        let usage = view.key_usage().unwrap().unwrap();
        assert!(usage.critical);
        assert_eq!(usage.value.flags, 0b10_0001);
        assert!(view.extensions().iter().any(|extension| matches!(
            extension.parsed_extension(),
            ParsedExtension::SubjectKeyIdentifier(_)
        )));
        assert_eq!(view.raw_serial().len(), 16);
    });
}

#[test]
fn an_lsc_is_what_phones_expect() {
    let issuer = issuer();
    let (device, key) = (device(), key());
    let lsc = issuer.issue(&order(&device, &key), now()).unwrap();
    assert_eq!(
        lsc.subject(),
        "serialNumber=PID:CP-8861 SN:FCH18198CNQ, C=AU, O=stormin, OU=IST, \
         CN=CP-8861-SEPB000B4BA0AEE"
    );
    assert_eq!(lsc.issuer(), issuer.certificate().subject());
    assert_eq!(lsc.public_key(), key);
    assert_eq!(lsc.not_after().to_string(), "2027-11-23T12:00:00Z");
    assert_ne!(lsc.serial_number(), issuer.certificate().serial_number());
    lsc.read(|view| {
        assert_eq!(view.version().0, 2);
        assert_eq!(
            view.signature_algorithm.algorithm.to_id_string(),
            "1.2.840.113549.1.1.11"
        );
        let constraints = view.basic_constraints().unwrap().unwrap();
        assert!(constraints.critical && !constraints.value.ca);
        let usage = view.key_usage().unwrap().unwrap();
        assert!(usage.critical);
        assert_eq!(usage.value.flags, 0b101);
        let extended = view.extended_key_usage().unwrap().unwrap();
        assert!(!extended.critical && extended.value.server_auth && extended.value.client_auth);
        assert_eq!(extended.value.other[0].to_id_string(), "1.3.6.1.5.5.7.3.5");
        let names = view.subject_alternative_name().unwrap().unwrap();
        assert_eq!(
            names.value.general_names,
            [GeneralName::URI("SEPB000B4BA0AEE")]
        );
        // These four and no authority key identifier.
        assert_eq!(view.extensions().len(), 4);
    });
}

#[test]
fn an_lsc_chains_to_the_capf_certificate() {
    let issuer = issuer();
    let (device, key) = (device(), key());
    let lsc = issuer.issue(&order(&device, &key), now()).unwrap();
    let trust = TrustStore::new([issuer.certificate()]).unwrap();
    assert!(trust.verify(&lsc, Validity::At(now())).is_ok());
}

#[test]
fn every_kind_of_key_gets_an_lsc() {
    let issuer = issuer();
    let device = device();
    let mut keys = vec![Rsa::generate(512).unwrap().public_key_to_der().unwrap()];
    for curve in ["prime256v1", "secp384r1", "secp521r1"] {
        keys.push(PKey::ec_gen(curve).unwrap().public_key_to_der().unwrap());
    }
    for key in keys {
        let lsc = issuer.issue(&order(&device, &key), now()).unwrap();
        assert_eq!(lsc.public_key(), key);
    }
}

#[test]
fn an_unfit_key_gets_no_lsc() {
    let ed25519 = PKey::generate_ed25519().unwrap();
    let result = issuer().issue(
        &order(&device(), &ed25519.public_key_to_der().unwrap()),
        now(),
    );
    assert!(matches!(
        result,
        Err(PkiError::InvalidKey(InvalidKey::Algorithm { .. }))
    ));
}

#[test]
fn an_lsc_is_valid_an_hour_ago_but_never_outside_the_capf_certificates_validity() {
    let issuer = issuer();
    let (device, key) = (device(), key());
    let order = LscOrder {
        validity_days: 1825,
        ..order(&device, &key)
    };
    let (from, to) = (
        issuer.certificate().not_before(),
        issuer.certificate().not_after(),
    );
    let later = now() + SignedDuration::from_hours(48);
    let lsc = issuer.issue(&order, later).unwrap();
    assert_eq!(lsc.not_before(), later - SignedDuration::from_hours(1));
    assert_eq!(
        lsc.not_after(),
        later + SignedDuration::from_hours(1825 * 24)
    );

    let first = issuer.issue(&order, from).unwrap();
    assert_eq!(first.not_before(), from);
    let last = issuer.issue(&order, to).unwrap();
    assert_eq!(last.not_after(), to);

    let second = SignedDuration::from_secs(1);
    for outside in [from - second, to + second] {
        assert!(matches!(
            issuer.issue(&order, outside),
            Err(PkiError::IssuerNotValid { .. })
        ));
    }
}

#[test]
fn an_issuer_comes_back_and_issues_under_the_same_name() {
    let issuer = issuer();
    let pem = issuer.key().to_pem(None).unwrap();
    let again = Issuer::new(
        issuer.certificate().clone(),
        Vec::new(),
        IssuerKey::from_pem(&pem, None).unwrap(),
    )
    .unwrap();
    assert_eq!(again.certificate(), issuer.certificate());
    let (device, key) = (device(), key());
    let lsc = again.issue(&order(&device, &key), now()).unwrap();
    let trust = TrustStore::new([issuer.certificate()]).unwrap();
    assert!(trust.verify(&lsc, Validity::At(now())).is_ok());
}

#[test]
fn a_key_that_belongs_to_another_certificate_is_refused() {
    let (one, other) = (issuer(), new_issuer());
    let result = Issuer::new(one.certificate().clone(), Vec::new(), other.key().clone());
    assert!(matches!(result, Err(PkiError::KeyMismatch)));
}

#[test]
fn an_issuer_has_the_key_and_the_days_that_were_asked_for() {
    let device = device();
    for (kind, algorithm) in [
        (
            KeyRequest::Rsa(RsaKeySize::Bits3072),
            "1.2.840.113549.1.1.11",
        ),
        (KeyRequest::Ec(Curve::P256), "1.2.840.10045.4.3.2"),
        (KeyRequest::Ec(Curve::P384), "1.2.840.10045.4.3.2"),
        (KeyRequest::Ec(Curve::P521), "1.2.840.10045.4.3.2"),
    ] {
        let issuer = Issuer::make(
            &IssuerOrder {
                key: kind,
                validity_days: 100,
                ..IssuerOrder::default()
            },
            now(),
        )
        .unwrap();
        assert_eq!(issuer.key().fit(), Some(kind.into()));
        let not_after = issuer.certificate().not_after();
        assert_eq!(not_after, now() + SignedDuration::from_hours(2400));
        let lsc = issuer.issue(&order(&device, &key()), now()).unwrap();
        assert_eq!(lsc.not_after(), not_after);
        lsc.read(|view| {
            assert_eq!(view.signature_algorithm.algorithm.to_id_string(), algorithm);
        });
        let trust = TrustStore::new([issuer.certificate()]).unwrap();
        assert!(trust.verify(&lsc, Validity::At(now())).is_ok());
    }
}

#[test]
fn a_certificate_that_may_not_sign_or_has_another_kind_of_key_is_refused() {
    let (private_key, public_key) = {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let public = key.public_key_to_der().unwrap();
        (key, public)
    };
    let issuer = issuer();
    let refused = |public_key: &[u8], private_key: &PKey<Private>, extensions| {
        let certificate = Draft {
            issuer: &issuer.0.name,
            subject: &issuer.0.name,
            public_key,
            not_before: now(),
            not_after: now(),
            extensions,
        }
        .sign(issuer.private_key())
        .unwrap();
        let pem = private_key.private_key_to_pem_pkcs8().unwrap();
        let key = IssuerKey::from_pem(&pem, None).unwrap();
        let result = Issuer::new(certificate, Vec::new(), key);
        matches!(result, Err(PkiError::NotAnIssuer { .. }))
    };
    let fit = issuer_extensions().unwrap();
    assert!(!refused(&public_key, &private_key, fit.clone()));
    assert!(refused(&public_key, &private_key, fit[..1].to_vec()));
    assert!(refused(&public_key, &private_key, fit[1..].to_vec()));
    assert!(refused(
        &public_key,
        &private_key,
        lsc_extensions().unwrap()
    ));

    let other = PKey::ec_gen("secp256k1").unwrap();
    assert!(refused(
        &other.public_key_to_der().unwrap(),
        &other,
        fit.clone()
    ));
    let short = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
    assert!(refused(&short.public_key_to_der().unwrap(), &short, fit));
}

#[test]
fn debug_shows_no_key() {
    let issuer = issuer();
    let text = format!("{issuer:?}");
    assert!(text.starts_with("Issuer(Certificate(C=AU"), "{text}");
    assert!(text.len() < 200, "{text}");
}

#[test]
fn an_issuer_issues_in_many_threads_at_once() {
    let issuer = issuer();
    let (device, key) = (device(), key());
    let trust = TrustStore::new([issuer.certificate()]).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let lsc = issuer.issue(&order(&device, &key), now()).unwrap();
                    trust.verify(&lsc, Validity::At(now())).unwrap();
                }
            });
        }
    });
}
