//! A restore that ends at each of its steps, as by `kill -9`.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

/// How far a restore comes that is killed.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Killed {
    Made,
    HalfUnpacked,
    Complete,
    Swapped,
    PutAside,
    Unmarked,
}

#[tokio::test]
async fn killed_at_each_step_it_leaves_what_was_or_what_is_restored_and_the_next_one_clears_up() {
    let backup = backup(&Encryption::Open).await;
    for at in [
        Killed::Made,
        Killed::HalfUnpacked,
        Killed::Complete,
        Killed::Swapped,
        Killed::PutAside,
        Killed::Unmarked,
    ] {
        for replaces in [false, true] {
            let place = tempfile::tempdir().unwrap();
            let data = place.path().join("data");
            if replaces {
                old(&data).await;
            }
            kill(&target(&data), &backup, at);
            let is_restored = at >= Killed::Swapped;
            if is_restored {
                assert_eq!(phones(&data).await, ["CSFNEW"], "{at:?}");
            } else if replaces {
                assert_eq!(phones(&data).await, ["CSFOLD"], "{at:?}");
            } else {
                assert!(!data.exists(), "{at:?}");
            }

            // The installation of before is somewhere, whatever happened.
            let found = target(&data);
            let made = restored(&found, &backup, Restoring::Replace).await.unwrap();
            assert_eq!(phones(&data).await, ["CSFNEW"], "{at:?}");
            let mut olds = 0;
            for name in beside(place.path()) {
                assert!(!name.starts_with('.'), "{at:?}: {name} is left");
                if name != "data" {
                    let aside = phones(&place.path().join(&name)).await;
                    olds += usize::from(aside == ["CSFOLD"]);
                }
            }
            assert_eq!(olds, usize::from(replaces), "{at:?}");
            let expected =
                usize::from(replaces && at != Killed::PutAside && at != Killed::Unmarked)
                    + usize::from(is_restored);
            assert_eq!(made.before.len(), expected, "{at:?} {replaces}");
        }
    }
}

/// Restores up to a step, and leaves everything as a process does that is killed there.
fn kill(target: &Target, backup: &[u8], at: Killed) {
    let mut staging = Staging::make(target).unwrap();
    let half = AtomicBool::new(false);
    let stop = CancellationToken::new();
    if at >= Killed::HalfUnpacked {
        let unpacked = |done, of| {
            if at == Killed::HalfUnpacked && done > of / 2 {
                half.store(true, Ordering::Relaxed);
                stop.cancel();
            }
        };
        let open = Decryption::Open;
        let done = unpack(&staging, target, backup, &open, &unpacked, &stop);
        assert_eq!(done.is_err(), half.into_inner());
    }
    if at >= Killed::Swapped {
        staging.settle(target).unwrap();
        staging.swap(target).unwrap();
    }
    if at >= Killed::PutAside {
        // At another time than the next restore.
        staging.put_aside(target, Timestamp::UNIX_EPOCH).unwrap();
    }
    if at >= Killed::Unmarked {
        staging.unmark(target).unwrap();
    } else {
        staging.die();
    }
}
