//! The servers that a line of a `known_hosts` file is about: patterns, or a name that is hashed.

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use russh::keys::ssh_key::known_hosts::HostPatterns;

/// Whether a line with these hosts is about the server that `known_hosts` files call `name`.
pub(super) fn is_about(hosts: &HostPatterns, name: &str) -> bool {
    match hosts {
        HostPatterns::HashedName { salt, hash } => {
            hashed(salt, name).is_some_and(|found| found == hash)
        }
        HostPatterns::Patterns(patterns) => {
            let mut is_about = false;
            for pattern in patterns {
                let pattern = pattern.to_ascii_lowercase();
                match pattern.strip_prefix('!') {
                    Some(pattern) if matches(pattern.as_bytes(), name.as_bytes()) => return false,
                    Some(_) => {}
                    None => is_about |= matches(pattern.as_bytes(), name.as_bytes()),
                }
            }
            is_about
        }
    }
}

/// HMAC-SHA-1 of the name, which hashed lines have in its place.
fn hashed(salt: &[u8], name: &str) -> Option<Vec<u8>> {
    let key = PKey::hmac(salt).ok()?;
    let mut signer = Signer::new(MessageDigest::sha1(), &key).ok()?;
    signer.sign_oneshot_to_vec(name.as_bytes()).ok()
}

/// Whether `text` is what `pattern` stands for, in which `?` is any one byte and `*` any number of
/// them.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    // Behind the last `*`, and how far the text was read when it was met.
    let mut star = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                at += 1;
                star = Some((at, read));
            }
            Some(byte) if *byte == b'?' || *byte == text[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((behind, met)) = star else {
                    return false;
                };
                // The star takes one more byte.
                star = Some((behind, met + 1));
                (at, read) = (behind, met + 1);
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::super::name;
    use super::*;

    #[test]
    fn a_line_is_about_the_names_and_ports_that_its_patterns_stand_for() {
        for (hosts, host, port, expected) in [
            ("files.example.com", "files.example.com", 22, true),
            ("files.example.com", "FILES.Example.com", 22, true),
            ("files.example.com", "files.example.co", 22, false),
            ("files.example.com", "files.example.com", 2222, false),
            ("[files.example.com]:2222", "files.example.com", 2222, true),
            ("[files.example.com]:2222", "files.example.com", 22, false),
            ("a,files.example.com,192.0.2.1", "192.0.2.1", 22, true),
            ("2001:db8::1", "2001:db8::1", 22, true),
            ("[2001:db8::1]:2222", "2001:db8::1", 2222, true),
            ("*.example.com", "files.example.com", 22, true),
            ("*.Example.com", "files.example.com", 22, true),
            ("f?les.*.c*m", "files.example.com", 22, true),
            ("*.example.com", "example.com", 22, false),
            (
                "*.example.com,!files.example.com",
                "files.example.com",
                22,
                false,
            ),
            ("!files.*,*.example.com", "files.example.com", 22, false),
            ("!mail.*,*.example.com", "files.example.com", 22, true),
            ("!mail.example.com", "files.example.com", 22, false),
        ] {
            let patterns = hosts.parse().unwrap();
            let is_about = is_about(&patterns, &name(host, port));
            assert_eq!(is_about, expected, "{hosts}: {host}:{port}");
        }
    }

    #[test]
    fn hashed_names_are_found() {
        // Made by `ssh-keygen -H`.
        for (hosts, port) in [
            (
                "|1|FBcZd/dObrpQ4L8PYkK3ua7xXV8=|U9sdf7JpV5wUOfpyY+8OjAMYSOY=",
                22,
            ),
            (
                "|1|VsmARroyzfLjvR8x/LIRvOfOZIk=|MPmbnXKU35mT0oaODNUVDSAVZ+U=",
                2222,
            ),
        ] {
            let patterns = hosts.parse().unwrap();
            let is_about = |host, port| is_about(&patterns, &name(host, port));
            assert!(is_about("files.example.com", port));
            assert!(!is_about("files.example.com", 23));
            assert!(!is_about("other.example.com", port));
        }
    }
}
