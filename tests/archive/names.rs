//! Names that lead elsewhere, are too long, or are none.

use super::{assert_says, imported, refused, tar, waiting};

/// The most bytes of a name.
const LONGEST: usize = 255;

#[tokio::test]
async fn names_that_lead_out_of_the_archive_lead_nowhere() {
    let (home, good) = waiting().await;
    let absolute = home.path("absolute.der");
    let absolute = absolute.to_str().unwrap();
    for (name, words) in [
        ("../evil.der", "leads out of the archive with `..`"),
        ("a/../../evil.der", "leads out of the archive with `..`"),
        ("..\\evil.der", "leads out of the archive with `..`"),
        (absolute, "has an absolute path"),
        ("/etc/evil.der", "has an absolute path"),
        ("data/capf.db", "lies in a directory"),
        ("..", "leads out of the archive with `..`"),
    ] {
        let archive = tar::tgz(&[good.clone(), tar::file(name, b"evil")]);
        let message = refused(&home, &archive).await;
        let escaped = name.replace('\\', "\\\\");
        assert!(
            message.contains(name) || message.contains(&escaped),
            "{message}"
        );
        assert_says(&message, &[words, "tar czf"]);
        let archive = tar::tgz(&[good.clone(), tar::with_pax_name(name.as_bytes(), b"evil")]);
        assert_says(&refused(&home, &archive).await, &[words, "tar czf"]);
    }
}

#[tokio::test]
async fn names_are_utf8_without_control_characters() {
    let (home, good) = waiting().await;
    for (name, words) in [
        (&b"\xe4\xf6\xfc.der"[..], "has a name that is not UTF-8"),
        (b"\x1b[2J\x1b[31mowned.der", "has a control character"),
        (b"two\nlines.der", "has a control character"),
    ] {
        for evil in [
            tar::entry(b'0', name, b"evil"),
            tar::with_pax_name(name, b"evil"),
        ] {
            let message = refused(&home, &tar::tgz(&[good.clone(), evil])).await;
            assert_says(&message, &[words, "tar czf"]);
            // It is one line, which does nothing to a terminal.
            assert!(!message.contains(char::is_control), "{message:?}");
        }
    }
}

#[tokio::test]
async fn long_names_of_both_kinds_are_taken_as_far_as_a_file_system_takes_them() {
    let (home, good) = waiting().await;
    let long = "n".repeat(LONGEST);
    let pax = "ü".repeat(LONGEST / 2);
    let archive = tar::tgz(&[
        good.clone(),
        tar::with_gnu_name(&long, b"1"),
        tar::with_pax_name(pax.as_bytes(), b"2"),
    ]);
    let dry = imported(&home, &archive, true).await.unwrap();
    assert_eq!((dry.accepted, dry.rejected), (2, 2));
    let output = home
        .capf(&["cert", "import", "-", "--dry-run", "--format", "csv"])
        .stdin(std::fs::File::open(home.write("long.tgz", &archive)).unwrap())
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_says(&stdout, &[&long, &pax]);
    assert_eq!(output.status.code(), Some(3));

    let too_long = "n".repeat(LONGEST + 1);
    for evil in [
        tar::with_gnu_name(&too_long, b"1"),
        tar::with_pax_name(too_long.as_bytes(), b"1"),
    ] {
        let message = refused(&home, &tar::tgz(&[good.clone(), evil])).await;
        assert_says(&message, &["has a name longer than 255 bytes", "tar czf"]);
        assert!(message.len() < 400, "{message}");
    }
}

#[tokio::test]
async fn a_name_of_a_megabyte_is_not_kept() {
    let (home, good) = waiting().await;
    let endless = "n".repeat(1 << 20);
    for evil in [
        tar::with_gnu_name(&endless, b"1"),
        tar::with_pax_name(endless.as_bytes(), b"1"),
    ] {
        let message = refused(&home, &tar::tgz(&[good.clone(), evil])).await;
        assert_says(&message, &["has an extended header of 1048", "tar czf"]);
        assert!(message.len() < 400, "{message}");
    }
}
