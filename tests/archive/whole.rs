//! Archives that are whole, and archives that are not.

use super::home::{Home, Said};
use super::{assert_says, certificates, imported, refused, tar};

#[tokio::test]
async fn gzip_members_behind_each_other_are_one_archive() {
    let (home, csrs) = Home::with_one_dumped().await;
    let archive = in_members(&certificates(&home, &csrs));
    home.write("members.tgz", &archive);
    let output = home.capf(&["cert", "import", "members.tgz"]).output();
    let said = Said::of(&output.unwrap());
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(said.stdout, "2 certificates accepted, 0 rejected.\n");
    assert_eq!(home.counts().await.issued, 2);
}

/// The same archive in three gzip members, the ends of which are no ends of tar's blocks.
fn in_members(entries: &[u8]) -> Vec<u8> {
    let all = [entries, &tar::END].concat();
    let (front, rest) = all.split_at(700);
    let (middle, back) = rest.split_at(900);
    [front, middle, back].map(tar::gzip).concat()
}

#[tokio::test]
async fn an_archive_that_is_cut_anywhere_is_refused_whole() {
    let (home, csrs) = Home::with_one_dumped().await;
    let good = certificates(&home, &csrs);
    let before = (home.counts().await, home.files());
    for whole in [tar::tgz(std::slice::from_ref(&good)), in_members(&good)] {
        for length in 0..whole.len() {
            let error = imported(&home, &whole[..length], false).await.unwrap_err();
            let message = error.to_string();
            let is_cut = ["is cut off", "nothing at all", "something else"];
            assert!(
                is_cut.iter().any(|words| message.contains(words)),
                "{length} bytes: {message}"
            );
        }
        assert_eq!((home.counts().await, home.files()), before);
        let all = whole.len();
        for length in [0, 1, 2, 10, all / 3, all / 2, all - 9, all - 8, all - 1] {
            let message = refused(&home, &whole[..length]).await;
            assert_says(&message, &["; "]);
        }
        // It was the cut that was refused.
        let import = imported(&home, &whole, true).await.unwrap();
        assert_eq!((import.accepted, import.rejected), (2, 0));
    }
}

#[tokio::test]
async fn what_follows_the_end_is_refused_with_all_that_comes_before() {
    let (home, csrs) = Home::with_one_dumped().await;
    let good = certificates(&home, &csrs);
    let whole = tar::tgz(std::slice::from_ref(&good));
    let second = tar::tgz(&[tar::file("late.der", b"1")]);
    for behind in [&b"\n"[..], &whole, &second] {
        let message = refused(&home, &[&whole[..], behind].concat()).await;
        assert_says(
            &message,
            &["something follows the archive's end", "tar czf"],
        );
    }
}

#[tokio::test]
async fn a_bit_that_has_turned_over_is_noticed_unless_it_means_nothing() {
    let (home, csrs) = Home::with_one_dumped().await;
    let whole = tar::tgz(&[certificates(&home, &csrs)]);
    let (mut refused, mut all) = (0, 0);
    // The flags, the time and the system in gzip's header are of no interest.
    for byte in (10..whole.len()).step_by(7) {
        let mut turned = whole.clone();
        turned[byte] ^= 1 << (byte % 8);
        all += 1;
        match imported(&home, &turned, true).await {
            Err(_) => refused += 1,
            Ok(import) => assert_eq!((import.accepted, import.rejected), (2, 0)),
        }
    }
    // Some say nothing: how long a code is that is never used, what fills up the last byte.
    assert!(all > 100 && refused >= all * 9 / 10, "{refused} of {all}");
}
