//! Files that are not one certificate in DER. They are rejected alone: what is good is taken.

use openssl::pkcs7::{Pkcs7, Pkcs7Flags};
use openssl::pkey::PKey;
use openssl::stack::Stack;
use openssl::x509::X509;
use serde_json::Value;

use super::authority::{Authority, Identity};
use super::home::{Home, Said};
use super::{assert_says, imported, refused, tar, waiting};

/// Imports a good certificate with a file beside it; gives the reason for which that is rejected.
/// The phone for which it may have been meant goes on waiting.
async fn rejected(bytes: impl FnOnce(&Home, &[u8]) -> Vec<u8>) -> String {
    let (home, [good, meant]) = Home::with_one_dumped().await;
    let certificate = home.certificate(&meant);
    let bad = bytes(&home, &certificate);
    let archive = tar::tgz(&[
        tar::file("bad.der", &bad),
        tar::file("good.der", &home.certificate(&good)),
    ]);
    let dry = imported(&home, &archive, true).await.unwrap();
    assert_eq!((dry.accepted, dry.rejected), (1, 1));
    home.write("part.tgz", &archive);
    let before = home.files();

    let output = home
        .capf(&["cert", "import", "part.tgz", "--format", "json"])
        .output()
        .unwrap();
    let said = Said::of(&output);
    assert_eq!((said.code, &said.stderr[..]), (Some(3), ""));
    let outcome: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(
        (&outcome["accepted"], &outcome["rejected"]),
        (&1.into(), &1.into())
    );
    let entry = &outcome["entries"][0];
    assert_eq!(
        (&entry["file"], &entry["verdict"]),
        (&"bad.der".into(), &"rejected".into())
    );
    assert_eq!(outcome["entries"][1]["verdict"], "accepted");

    let counts = home.counts().await;
    assert_eq!((counts.pending, counts.dumped, counts.issued), (1, 0, 1));
    assert_eq!(home.files(), before);
    entry["reason"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn pem_is_rejected_with_the_way_to_der() {
    let reason = rejected(|_, der| X509::from_der(der).unwrap().to_pem().unwrap()).await;
    assert_says(
        &reason,
        &["PEM where DER is expected", "openssl x509 -outform der"],
    );
}

#[tokio::test]
async fn bytes_behind_a_certificate_are_not_overlooked() {
    let reason = rejected(|_, der| [der, b"\n"].concat()).await;
    assert_says(
        &reason,
        &["behind the certificate (bytes: 1)", "one certificate alone"],
    );
}

#[tokio::test]
async fn a_chain_is_not_taken_for_its_first_certificate() {
    let reason = rejected(|home, der| [der, home.ca.certificate().der()].concat()).await;
    assert_says(
        &reason,
        &["behind the certificate", "one certificate alone"],
    );
    let in_pem = |home: &Home, der: &[u8]| {
        let ca = home.ca.certificate().to_pem().into_bytes();
        [X509::from_der(der).unwrap().to_pem().unwrap(), ca].concat()
    };
    assert_says(&rejected(in_pem).await, &["PEM where DER is expected"]);
}

#[tokio::test]
async fn a_chain_in_pkcs7_is_named() {
    let reason = rejected(|_, der| {
        let Identity { certificate, key } = Authority::new("signer").vouch_for("signer");
        let signer = X509::from_pem(&certificate).unwrap();
        let key = PKey::private_key_from_pem(&key).unwrap();
        let mut chain = Stack::new().unwrap();
        chain.push(X509::from_der(der).unwrap()).unwrap();
        let flags = Pkcs7Flags::BINARY;
        let bundle = Pkcs7::sign(&signer, &key, &chain, b"", flags).unwrap();
        bundle.to_der().unwrap()
    })
    .await;
    assert_says(
        &reason,
        &["a PKCS #7 bundle", "openssl pkcs7 -inform der -print_certs"],
    );
}

#[tokio::test]
async fn a_certificate_that_is_cut_or_empty_is_rejected() {
    let reason = rejected(|_, der| der[..der.len() - 1].to_vec()).await;
    assert_says(&reason, &["not a certificate in DER"]);
    let reason = rejected(|_, _| Vec::new()).await;
    assert_says(&reason, &["empty"]);
}

#[tokio::test]
async fn a_certificate_of_another_ca_is_rejected() {
    let stranger = |home: &Home, der: &[u8]| {
        // One bit of the signature, which stands at the end.
        let mut forged = der.to_vec();
        *forged.last_mut().unwrap() ^= 1;
        assert_ne!(forged, home.ca.certificate().der());
        forged
    };
    assert_says(&rejected(stranger).await, &["signature"]);
}

#[tokio::test]
async fn a_file_of_ten_megabytes_is_no_certificate_and_no_archive_of_certificates() {
    let (home, good) = waiting().await;
    // A certificate at the front, and one that says that it is so long.
    let mut long = vec![0x5a; 10 << 20];
    long[..6].copy_from_slice(&[0x30, 0x84, 0x00, 0x9f, 0xff, 0xfa]);
    let archive = tar::tgz(&[good, tar::file("huge.der", &long)]);
    let message = refused(&home, &archive).await;
    assert_says(
        &message,
        &["`huge.der` has 10485760 bytes; 65536 are allowed"],
    );
}
