//! What to do where a file could not be taken to a server, or from it.

use capf::transfer::{Problem, Said, Step, TransferError};

/// What to do next.
pub(crate) fn transfer_hint(error: &TransferError) -> String {
    let next = match (&error.problem, error.step) {
        (Problem::Stopped, _) => return "Nothing was changed here.".to_owned(),
        (Problem::UnknownHostKey { key }, _) => {
            return format!(
                "Compare the fingerprint with what `ssh-keygen -lf` shows of the key on the server \
                 itself. If it is the same, give `--host-key {}` once: the key is kept then.",
                key.fingerprint
            );
        }
        (Problem::ChangedHostKey { key, .. }, _) => {
            return format!(
                "Ask whoever runs the server. If it has a new key for a good reason, remove the old \
                 one with `ssh-keygen -R '{}'`.",
                key.host
            );
        }
        (Problem::OtherHostKey { .. } | Problem::RevokedHostKey { .. }, _) => {
            "Ask whoever runs the server which key it has"
        }
        (
            Problem::Exists
            | Problem::Said {
                kind: Said::Exists, ..
            },
            _,
        ) => "Give --yes to replace it, or name another file",
        (
            Problem::NoCredential { .. }
            | Problem::Said {
                kind: Said::Login, ..
            },
            _,
        ) => {
            "Check the user and the password: in the URL, `--user` and `CAPF_PASSWORD`, the netrc \
             file; for SFTP also `--key`"
        }
        (Problem::Credentials { .. }, _) => "Correct that file, or name another one",
        (
            Problem::Said {
                kind: Said::Full, ..
            },
            _,
        ) => "Make room on the server",
        (
            Problem::Said {
                kind: Said::NotFound,
                ..
            },
            _,
        ) => "Check the path; directories are not made",
        (
            Problem::Said {
                kind: Said::Denied, ..
            },
            _,
        ) => "Check on the server what this user may write and read there",
        (Problem::Tls { .. }, _) => {
            "Give the CA that vouches for the server with --ca-file, or have the server's \
             certificate corrected"
        }
        (Problem::Size { .. }, _) => {
            "The disk of the server may be full, or something between changes files"
        }
        (Problem::TooLarge { .. }, _) => "Split the archive into several",
        (_, Step::Resolve) => {
            "Check the server's name; `getent hosts NAME` shows what this machine makes of it"
        }
        (Problem::TimedOut { .. }, Step::Connect) => {
            "Check the address and the port, and whether a firewall lies between"
        }
        (_, Step::Connect) => "Check that the server runs, and its address and port",
        (Problem::TimedOut { .. } | Problem::Cut { .. }, _) => {
            "Try again; a slow server may need a longer --timeout"
        }
        (_, Step::Local) => "Make room in the data directory",
        (
            Problem::Said {
                kind: Said::Other, ..
            },
            Step::Open | Step::Send | Step::Receive,
        ) => "Check the path, and on the server what this user may do there",
        _ => "Look into the server's log",
    };
    format!("{next}. Nothing was changed here.")
}
