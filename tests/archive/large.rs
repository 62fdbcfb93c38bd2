//! Little data that makes much, and much of it, in the memory of the program.

use std::fs::{self, File};
use std::process::Command;

use capf::archive::{self, InvalidArchive, Limits};

use super::home::{Home, Said};
use super::measured::{self, Measured};
use super::{assert_says, refused, tar, waiting};

/// The most memory that the program may need, in KiB.
const MOST_RESIDENT: u64 = 150 << 10;

/// The most files of an archive.
const MOST_FILES: usize = 1_000_000;

const MEGABYTE: usize = 1 << 20;

/// Runs a program that says little; tells how it has ended, and the most memory that it had in KiB.
fn measured(command: &mut Command) -> (Said, u64) {
    let directory = tempfile::tempdir().unwrap();
    let (stdout, stderr) = (directory.path().join("out"), directory.path().join("err"));
    command
        .stdout(File::create(&stdout).unwrap())
        .stderr(File::create(&stderr).unwrap());
    let Measured { status, peak, .. } = measured::run(command);
    assert!(peak > 0);
    let said = Said {
        stdout: fs::read_to_string(stdout).unwrap(),
        stderr: fs::read_to_string(stderr).unwrap(),
        code: status.code(),
    };
    (said, peak)
}

/// Ten gigabytes of zeros in ten megabytes of gzip, behind what is in front.
fn bomb(front: &[u8]) -> Vec<u8> {
    let zeros = tar::gzip(&vec![0; 16 * MEGABYTE]);
    let mut bomb = tar::gzip(front);
    for _ in 0..640 {
        bomb.extend_from_slice(&zeros);
    }
    bomb
}

#[tokio::test]
async fn a_bomb_is_refused_before_it_is_unpacked() {
    let (home, good) = waiting().await;
    let size = 10 << 30;
    let bomb = bomb(&[good, tar::header(b'0', b"bomb.der", size)].concat());
    assert!(bomb.len() < 16 * MEGABYTE);
    let message = refused(&home, &bomb).await;
    assert_says(
        &message,
        &["`bomb.der` has 10737418240 bytes; 65536 are allowed"],
    );
    home.write("bomb.tgz", &bomb);
    let (said, peak) = measured(&mut home.capf(&["cert", "import", "bomb.tgz"]));
    assert_eq!(said.code, Some(1));
    assert!(peak < MOST_RESIDENT, "{peak} KiB");
}

/// Where its size is believed (a file of macOS, which is passed over) or is not stated (behind the
/// end), a bomb is unpacked, and thrown away, as far as the limit on the whole.
#[test]
fn a_bomb_that_is_passed_over_ends_at_the_limit_on_the_whole() {
    let (limit, file) = (64 * MEGABYTE as u64, tar::file("a.der", b"1"));
    assert_eq!(Limits::default().total_bytes, 4 << 30);
    let limits = Limits {
        total_bytes: limit,
        ..Limits::default()
    };
    let from_macos = [file.clone(), tar::header(b'0', b"._a.der", 8 << 30)].concat();
    for front in [from_macos, [&file[..], &tar::END].concat()] {
        let bomb = bomb(&front);
        let mut rest = &bomb[..];
        let result = archive::read(&mut rest, &limits, |_| Ok(()));
        assert!(
            matches!(result, Err(InvalidArchive::TooLarge { limit: l }) if l == limit),
            "{result:?}"
        );
        let read = bomb.len() - rest.len();
        assert!(read < bomb.len() / 100, "{read} bytes were read");
    }
}

/// An archive of a million empty files, and of those behind them.
fn a_million_and(more: &[u8]) -> Vec<u8> {
    let thousand = tar::gzip(&tar::file("empty.der", b"").repeat(1000));
    let mut archive = thousand.repeat(MOST_FILES / 1000);
    archive.extend(tar::gzip(&[more, &tar::END].concat()));
    archive
}

#[tokio::test]
async fn a_million_empty_files_are_a_million_rejections_that_nobody_remembers() {
    let (home, _) = waiting().await;
    let before = home.counts().await;
    home.write("million.tgz", &a_million_and(b""));
    let files = home.files();
    let command = ["cert", "import", "million.tgz", "--report", "report.csv"];
    let (said, peak) = measured(&mut home.capf(&command));
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert_says(
        &said.stdout,
        &[
            "1000000  empty",
            "0 certificates accepted, 1000000 rejected.",
        ],
    );
    assert_says(&said.stderr, &["999950 files more", "--report"]);
    assert!(said.stdout.len() < 10_000);
    assert!(peak < MOST_RESIDENT, "{peak} KiB");
    let report = fs::read_to_string(home.path("report.csv")).unwrap();
    assert_eq!(report.lines().count(), 1 + MOST_FILES);
    assert_eq!(home.counts().await, before);
    fs::remove_file(home.path("report.csv")).unwrap();
    assert_eq!(home.files(), files);
}

#[tokio::test]
async fn a_million_files_and_one_are_refused() {
    let (home, good) = waiting().await;
    let before = home.counts().await;
    let archive = a_million_and(&good);
    home.write("million.tgz", &archive);
    let files = home.files();
    let (said, peak) = measured(&mut home.capf(&["cert", "import", "million.tgz"]));
    assert_eq!((said.code, &said.stdout[..]), (Some(1), ""));
    assert_says(
        &said.stderr,
        &["error: the archive has more than 1000000 files; split it into several"],
    );
    assert!(peak < MOST_RESIDENT, "{peak} KiB");
    assert_eq!((home.counts().await, home.files()), (before, files));
}

/// What is read before the last file has been judged is not all in memory at once.
#[tokio::test]
async fn many_large_files_are_not_all_in_memory_at_once() {
    let home = Home::new().await;
    // They begin as certificates do.
    let file = tar::file("large.der", &vec![0x30; 64 << 10]);
    let members = tar::gzip(&file.repeat(16)).repeat(256);
    home.write("large.tgz", &[members, tar::gzip(&tar::END)].concat());
    let (said, peak) = measured(&mut home.capf(&["cert", "import", "large.tgz"]));
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert_says(&said.stdout, &["4096 rejected"]);
    assert!(peak < MOST_RESIDENT, "{peak} KiB");
}
