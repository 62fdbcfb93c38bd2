//! `capf cert import` of archives that nobody with good intentions has made.
//!
//! Each goes through the library and through the program, for two phones that wait: an archive
//! that is refused leaves both requests as they were, and not a file anywhere.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod contents;
mod kinds;
mod large;
mod names;
mod tar;
mod whole;

#[path = "../support/authority.rs"]
mod authority;
#[path = "../support/home.rs"]
mod home;
#[path = "../support/measured.rs"]
mod measured;

use std::fs::File;
use std::io::Cursor;

use capf::admin::AdminError;
use capf::admin::certificate::{Archive, CertificateImport, import};
use capf::model::Csr;
use tokio_util::sync::CancellationToken;

use home::{Home, Said};

/// What the import of the library makes of an archive that comes through a pipe.
async fn imported(
    home: &Home,
    archive: &[u8],
    dry_run: bool,
) -> Result<CertificateImport, AdminError> {
    let stream = Archive::Stream(Box::new(Cursor::new(archive.to_vec())));
    let stop = CancellationToken::new();
    import(&home.installation, stream, dry_run, &mut (), &stop).await
}

/// Makes sure that nothing of an archive is taken: neither from a pipe nor from a file, nor by the
/// program. Gives what the administrator reads.
async fn refused(home: &Home, archive: &[u8]) -> String {
    let file = home.write("hostile.tgz", archive);
    let before = (home.counts().await, home.files());

    let error = imported(home, archive, false).await.unwrap_err();
    assert!(matches!(error, AdminError::Archive(_)), "{error}");
    let opened = Archive::File(File::open(file).unwrap());
    let stop = CancellationToken::new();
    let of_file = import(&home.installation, opened, false, &mut (), &stop).await;
    assert_eq!(of_file.unwrap_err().to_string(), error.to_string());

    let output = home.capf(&["cert", "import", "hostile.tgz"]).output();
    let said = Said::of(&output.unwrap());
    assert_eq!((said.code, &said.stdout[..]), (Some(1), ""));
    let message = said.stderr.strip_prefix("error: ").unwrap().trim_end();
    assert!(message.starts_with(&error.to_string()), "{message}");

    assert_eq!((home.counts().await, home.files()), before);
    std::fs::remove_file(home.path("hostile.tgz")).unwrap();
    message.to_owned()
}

/// Two phones that wait, the request of one of which has been taken out, and a file for each with
/// its certificate.
async fn waiting() -> (Home, Vec<u8>) {
    let (home, csrs) = Home::with_one_dumped().await;
    let counts = home.counts().await;
    assert_eq!((counts.pending, counts.dumped, counts.issued), (1, 1, 0));
    let good = certificates(&home, &csrs);
    (home, good)
}

fn certificates(home: &Home, csrs: &[Csr]) -> Vec<u8> {
    let files = csrs.iter().enumerate();
    files
        .flat_map(|(number, csr)| tar::file(&format!("{number}.der"), &home.certificate(csr)))
        .collect()
}

/// The message has all of these words.
#[track_caller]
fn assert_says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "`{word}` is not in: {message}");
    }
}

#[tokio::test]
async fn without_anything_hostile_in_it_the_archive_is_taken() {
    let (home, good) = waiting().await;
    let import = imported(&home, &tar::tgz(&[good]), false).await.unwrap();
    assert_eq!((import.accepted, import.rejected), (2, 0));
    assert_eq!(home.counts().await.issued, 2);
}
