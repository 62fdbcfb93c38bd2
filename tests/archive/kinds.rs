//! Entries that are no files.

use super::{assert_says, refused, tar, waiting};

#[tokio::test]
async fn links_are_not_followed_and_not_made() {
    let (home, good) = waiting().await;
    let secret = home.write("secret", b"of somebody else");
    let secret = secret.to_str().unwrap();
    for kind in [b'1', b'2'] {
        for target in [secret, "../../../etc/passwd", "data/capf.db"] {
            let link = tar::link(kind, "evil.der", target);
            // What is written through the link, where it was made.
            let through = tar::file("evil.der", b"overwritten");
            let archive = tar::tgz(&[good.clone(), link, through]);
            let message = refused(&home, &archive).await;
            assert_says(
                &message,
                &["`evil.der` is a link", "pack the files alone", "tar czf"],
            );
        }
    }
}

#[tokio::test]
async fn pipes_devices_and_directories_are_not_made() {
    let (home, good) = waiting().await;
    for (kind, name, words) in [
        (b'3', "tty", "`tty` is a device"),
        (b'4', "sda", "`sda` is a device"),
        (b'5', "certs/", "`certs/` is a directory"),
        (b'6', "queue.der", "`queue.der` is a named pipe"),
        (b'S', "holes.der", "`holes.der` is a sparse file"),
        (b'M', "second", "`second` is of tar's kind 0x4d"),
    ] {
        let archive = tar::tgz(&[good.clone(), tar::entry(kind, name.as_bytes(), b"")]);
        assert_says(&refused(&home, &archive).await, &[words, "tar czf"]);
    }
}
