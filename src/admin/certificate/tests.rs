use std::io::{Seek as _, SeekFrom};

use super::super::testing::{Fixture, archive, now};
use super::*;
use crate::admin::csr;
use crate::model::{Certificate, CertificateState};
use crate::pki::OutsideCa;

/// What was said of a file.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    file: String,
    device: Option<String>,
    verdict: Verdict,
    reason: String,
    warnings: Vec<String>,
}

/// What an import said, and when.
#[derive(Default)]
struct Heard {
    entries: Vec<Entry>,
    checked: u64,
    files: u64,
    /// After how many files the import is to be stopped.
    stop: Option<(usize, CancellationToken)>,
}

impl ImportListener for Heard {
    fn checked(&mut self, files: u64) {
        self.checked = files;
    }

    fn decided(&mut self, entry: &ImportEntry, files: u64) {
        self.files = files;
        self.entries.push(Entry {
            file: entry.file.clone(),
            device: entry.device.as_ref().map(ToString::to_string),
            verdict: entry.verdict,
            reason: entry
                .reason
                .as_ref()
                .map_or_else(|| "none".to_owned(), ToString::to_string),
            warnings: entry.warnings.iter().map(ToString::to_string).collect(),
        });
        if let Some((after, stop)) = &self.stop
            && self.entries.len() == *after
        {
            stop.cancel();
        }
    }
}

impl Heard {
    fn reasons(&self) -> Vec<&str> {
        self.entries.iter().map(|entry| &entry.reason[..]).collect()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        self.entries.iter().map(|entry| entry.verdict).collect()
    }
}

fn stream(bytes: Vec<u8>) -> Archive {
    Archive::Stream(Box::new(io::Cursor::new(bytes)))
}

async fn import_with(
    fixture: &Fixture,
    bytes: Vec<u8>,
    dry_run: bool,
    heard: &mut Heard,
) -> Result<CertificateImport, AdminError> {
    let stop = match &heard.stop {
        Some((_, stop)) => stop.clone(),
        None => CancellationToken::new(),
    };
    import(&fixture.installation, stream(bytes), dry_run, heard, &stop).await
}

async fn imported(fixture: &Fixture, files: &[(&str, &[u8])]) -> (CertificateImport, Heard) {
    let mut heard = Heard::default();
    let import = import_with(fixture, archive(files), false, &mut heard)
        .await
        .unwrap();
    assert_eq!(heard.files, files.len() as u64);
    (import, heard)
}

/// Accepted, unchanged, rejected, left.
fn counts(import: &CertificateImport) -> (u64, u64, u64, u64) {
    (
        import.accepted,
        import.unchanged,
        import.rejected,
        import.left,
    )
}

#[tokio::test]
async fn certificates_find_their_requests_by_the_key_whatever_the_files_are_called() {
    let fixture = Fixture::new().await;
    let (one, other) = (fixture.csr("CSFONE").await, fixture.csr("CSFOTHER").await);
    let (one, other) = (fixture.sign(&one), fixture.sign(&other));
    let (import, heard) = imported(&fixture, &[("a.der", other.der()), ("b.cer", one.der())]).await;
    assert_eq!(counts(&import), (2, 0, 0, 0));
    let device = |index: usize| heard.entries[index].device.as_deref();
    assert_eq!((device(0), device(1)), (Some("CSFOTHER"), Some("CSFONE")));
    assert_eq!(heard.checked, 2);
    let counts = csr::count(&fixture.installation).await.unwrap();
    assert_eq!((counts.pending, counts.issued), (0, 2));
}

#[tokio::test]
async fn what_is_wrong_is_rejected_alone_with_its_reason() {
    let fixture = Fixture::new().await;
    let good = fixture.sign(&fixture.csr("CSFGOOD").await);
    let stale = fixture.sign(&fixture.csr("CSFSTALE").await);
    fixture.csr("CSFSTALE").await;
    let stranger = OutsideCa::create("Strange Root", now()).unwrap();
    let untrusted = fixture.csr("CSFUNTRUSTED").await;
    let untrusted = stranger.sign(&untrusted, now()).unwrap();
    let (import, heard) = imported(
        &fixture,
        &[
            ("good.der", good.der()),
            ("stale.der", stale.der()),
            ("untrusted.der", untrusted.der()),
            ("root.der", stranger.certificate().der()),
            ("readme.txt", b"hello"),
            ("letter.txt", b"hello, too"),
            ("good.pem", good.to_pem().as_bytes()),
            ("two.der", &[good.der(), good.der()].concat()),
        ],
    )
    .await;
    assert_eq!(counts(&import), (1, 0, 7, 0));
    for (reason, says) in heard.reasons().into_iter().zip([
        "none",
        "made a new key",
        "not trusted",
        "no phone waits",
        "not a certificate",
        "not a certificate",
        "PEM where DER",
        "stands behind the certificate",
    ]) {
        assert!(reason.contains(says), "{reason}");
    }
    // The most frequent first.
    assert_eq!(import.reasons.len(), 6);
    assert_eq!(
        (import.reasons[0].reason, import.reasons[0].files),
        ("not a certificate in DER", 2)
    );
}

#[tokio::test]
async fn two_certificates_for_one_key_are_both_rejected() {
    let fixture = Fixture::new().await;
    let csr = fixture.csr("CSFONE").await;
    let (one, other) = (fixture.sign(&csr), fixture.sign(&csr));
    let (import, heard) = imported(&fixture, &[("a.der", one.der()), ("b.der", other.der())]).await;
    assert_eq!(import.accepted, 0);
    assert_eq!(
        heard.reasons(),
        ["the archive has two certificates for this key"; 2]
    );
    assert_eq!(
        csr::count(&fixture.installation).await.unwrap().pending,
        1,
        "nothing was imported"
    );
}

#[tokio::test]
async fn the_same_certificate_under_two_names_is_taken_once() {
    let fixture = Fixture::new().await;
    let lsc = fixture.sign(&fixture.csr("CSFONE").await);
    let files: &[(&str, &[u8])] = &[("a.der", lsc.der()), ("b.der", lsc.der())];
    let (import, heard) = imported(&fixture, files).await;
    assert_eq!(counts(&import), (2, 0, 0, 0));
    assert!(heard.entries[0].warnings.is_empty());
    assert_eq!(
        heard.entries[1].warnings,
        ["the same certificate as a.der: taken once"]
    );
    let (again, heard) = imported(&fixture, files).await;
    assert_eq!(counts(&again), (0, 2, 0, 0));
    assert_eq!(heard.verdicts(), [Verdict::Unchanged; 2]);
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_says_the_same() {
    let fixture = Fixture::new().await;
    let lsc = fixture.sign(&fixture.csr("CSFONE").await);
    let files: &[(&str, &[u8])] = &[("a.der", lsc.der())];
    let mut heard = Heard::default();
    let dry = import_with(&fixture, archive(files), true, &mut heard)
        .await
        .unwrap();
    let counts = csr::count(&fixture.installation).await.unwrap();
    assert_eq!((counts.pending, counts.issued), (1, 0));
    let (wet, heard_then) = imported(&fixture, files).await;
    assert_eq!(wet, dry);
    assert_eq!(heard_then.entries, heard.entries);
}

#[tokio::test]
async fn the_same_import_again_changes_nothing_whether_or_not_the_phone_has_come() {
    let fixture = Fixture::new().await;
    let name = "CSFONE".parse().unwrap();
    let lsc = fixture.sign(&fixture.csr("CSFONE").await);
    let files: &[(&str, &[u8])] = &[("a.der", lsc.der())];
    imported(&fixture, files).await;
    let store = fixture.installation.store();
    let states = async || {
        let certificates = store.certificates(&name).await.unwrap();
        let state = |record: &crate::model::CertificateRecord| record.state;
        certificates.iter().map(state).collect::<Vec<_>>()
    };
    let trail = async || {
        let all = crate::store::AuditQuery {
            device: None,
            limit: 1000,
        };
        store.audit(all).await.unwrap().len()
    };
    for state in [CertificateState::Issued, CertificateState::Held] {
        assert_eq!(states().await, [state]);
        let entries = trail().await;
        let (import, heard) = imported(&fixture, files).await;
        assert_eq!(counts(&import), (0, 1, 0, 0));
        assert_eq!(heard.entries[0].device.as_deref(), Some("CSFONE"));
        assert_eq!((states().await, trail().await), (vec![state], entries));
        if state == CertificateState::Issued {
            fixture.confirm(&name, &lsc).await;
        }
    }
    // Another one takes its place; then the first is a thing of the past.
    let next = fixture.sign(&fixture.csr("CSFONE").await);
    imported(&fixture, &[("b.der", next.der())]).await;
    fixture.confirm(&name, &next).await;
    let (import, heard) = imported(&fixture, files).await;
    assert_eq!(counts(&import), (0, 0, 1, 0));
    assert!(
        heard.reasons()[0].contains("has had"),
        "{:?}",
        heard.reasons()
    );
}

#[tokio::test]
async fn an_archive_that_is_not_whole_imports_nothing() {
    let fixture = Fixture::new().await;
    let lsc = fixture.sign(&fixture.csr("CSFONE").await);
    let whole = archive(&[("a.der", lsc.der())]);
    for length in [whole.len() - 9, whole.len() - 1, 100, 1] {
        let mut heard = Heard::default();
        let error = import_with(&fixture, whole[..length].to_vec(), false, &mut heard)
            .await
            .unwrap_err();
        assert!(matches!(error, AdminError::Archive(_)), "{error}");
        assert!(heard.entries.is_empty());
        assert_eq!(csr::count(&fixture.installation).await.unwrap().pending, 1);
    }
}

/// As many files as two batches have, the certificates of four phones among them.
async fn two_batches(fixture: &Fixture) -> (Vec<u8>, Vec<Certificate>) {
    let mut lscs = Vec::new();
    for name in ["CSFONE", "CSFTWO", "CSFTHREE", "CSFFOUR"] {
        lscs.push(fixture.sign(&fixture.csr(name).await));
    }
    let mut files: Vec<(String, &[u8])> = (0..2 * BATCH_FILES)
        .map(|number| (format!("{number}.txt"), &b"nothing"[..]))
        .collect();
    for (place, lsc) in [0, 1, BATCH_FILES, 2 * BATCH_FILES - 1]
        .into_iter()
        .zip(&lscs)
    {
        files[place] = (format!("{place}.der"), lsc.der());
    }
    let files: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (&name[..], *bytes))
        .collect();
    (archive(&files), lscs)
}

#[tokio::test]
async fn an_import_that_is_stopped_ends_between_two_batches_and_goes_on_where_it_is_run_again() {
    let fixture = Fixture::new().await;
    let (bytes, _) = two_batches(&fixture).await;
    let files = 2 * BATCH_FILES as u64;
    let mut heard = Heard {
        stop: Some((10, CancellationToken::new())),
        ..Heard::default()
    };
    let import = import_with(&fixture, bytes.clone(), false, &mut heard)
        .await
        .unwrap();
    let batch = BATCH_FILES as u64;
    assert_eq!(counts(&import), (2, 0, batch - 2, batch));
    assert_eq!(heard.entries.len(), BATCH_FILES);
    assert_eq!(csr::count(&fixture.installation).await.unwrap().issued, 2);
    let mut heard = Heard::default();
    let import = import_with(&fixture, bytes, false, &mut heard)
        .await
        .unwrap();
    assert_eq!(counts(&import), (2, 2, files - 4, 0));
    let order: Vec<_> = heard.entries.iter().map(|entry| &entry.file[..]).collect();
    assert_eq!((order[0], order[1], order[2]), ("0.der", "1.der", "2.txt"));
    assert_eq!(csr::count(&fixture.installation).await.unwrap().issued, 4);
}

#[tokio::test]
async fn an_import_that_is_stopped_before_the_first_batch_changes_nothing() {
    let fixture = Fixture::new().await;
    let (bytes, _) = two_batches(&fixture).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let mut heard = Heard {
        stop: Some((usize::MAX, stop)),
        ..Heard::default()
    };
    let error = import_with(&fixture, bytes, false, &mut heard)
        .await
        .unwrap_err();
    assert!(matches!(error, AdminError::Stopped), "{error}");
    assert_eq!(csr::count(&fixture.installation).await.unwrap().issued, 0);
}

#[tokio::test]
async fn rivals_that_lie_far_apart_are_found() {
    let fixture = Fixture::new().await;
    let csr = fixture.csr("CSFONE").await;
    let (one, other) = (fixture.sign(&csr), fixture.sign(&csr));
    let same = fixture.sign(&fixture.csr("CSFTWO").await);
    let mut files: Vec<(String, &[u8])> = (0..3 * BATCH_FILES)
        .map(|number| (format!("{number}.txt"), &b""[..]))
        .collect();
    files[0].1 = one.der();
    files[1].1 = same.der();
    files[2 * BATCH_FILES].1 = other.der();
    files[3 * BATCH_FILES - 1].1 = same.der();
    let files: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (&name[..], *bytes))
        .collect();
    let (import, heard) = imported(&fixture, &files).await;
    assert_eq!(import.accepted, 2, "the same one twice");
    for place in [0, 2 * BATCH_FILES] {
        assert!(heard.reasons()[place].contains("two certificates"));
    }
    assert_eq!(heard.entries[3 * BATCH_FILES - 1].warnings.len(), 1);
    let counts = csr::count(&fixture.installation).await.unwrap();
    assert_eq!((counts.pending, counts.issued), (1, 1));
}

/// Cuts a file off at this length when its end has been read.
struct Cutting(File, u64, u64);
impl ImportListener for Cutting {
    fn checked(&mut self, files: u64) {
        // Once more than before when the end has been read.
        if files == self.2 {
            self.0.set_len(self.1).unwrap();
        }
        self.2 = files;
    }
    fn decided(&mut self, _: &ImportEntry, _: u64) {}
}

/// A file whose bytes change between the two times that it is read.
#[tokio::test]
async fn an_archive_that_breaks_off_at_the_second_reading_says_what_is_in() {
    let fixture = Fixture::new().await;
    let (bytes, _) = two_batches(&fixture).await;
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&bytes).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    let cutter = file.try_clone().unwrap();
    let mut cutting = Cutting(cutter, bytes.len() as u64 - 9, 0);
    let error = import(
        &fixture.installation,
        Archive::File(file),
        false,
        &mut cutting,
        &CancellationToken::new(),
    )
    .await
    .unwrap_err();
    match &error {
        AdminError::Interrupted { count, source, .. } => {
            assert!(matches!(**source, AdminError::Archive(_)), "{source}");
            let issued = csr::count(&fixture.installation).await.unwrap().issued;
            assert_eq!((*count, issued), (4, 4));
        }
        error => panic!("{error}"),
    }
}
