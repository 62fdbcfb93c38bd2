//! The table `[reset]` of the configuration file.

use std::num::NonZeroU8;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

use crate::model::parse_duration;

/// How the call agent is told to reset a phone: by a command, by a request to a web server, or by
/// both.
///
/// In an argument of the command and in the URL `{name}` stands for the name of the phone. Files may
/// be named relative to the directory that the configuration file is in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Reset {
    /// A program and its arguments. No shell reads them.
    pub command: Option<Vec<String>>,
    /// Words by which the command says that it has failed, for programs whose exit code does not.
    pub failure_output: Vec<String>,
    /// Where a request goes.
    pub url: Option<String>,
    /// The request's method.
    pub method: String,
    /// A file with headers of the request, a line each. They may be secret.
    pub header_file: Option<PathBuf>,
    /// The CAs that vouch for the web server, in PEM; where there is none, the system's.
    pub ca_file: Option<PathBuf>,
    /// How long the command may run, and how long the request may take.
    #[serde(deserialize_with = "timeout")]
    pub timeout: Duration,
    /// How many phones are being reset at a time.
    pub at_once: NonZeroU8,
}

impl Default for Reset {
    fn default() -> Self {
        Self {
            command: None,
            failure_output: Vec::new(),
            url: None,
            method: "POST".to_owned(),
            header_file: None,
            ca_file: None,
            timeout: Duration::from_secs(30),
            at_once: NonZeroU8::new(4).expect("it is not zero"),
        }
    }
}

impl Reset {
    /// Takes files that are named relatively as files in `directory`; and so the program, unless it is
    /// a mere name, which is looked up.
    pub(super) fn resolve(&mut self, directory: &Path) {
        for file in [&mut self.header_file, &mut self.ca_file]
            .into_iter()
            .flatten()
        {
            *file = directory.join(&file);
        }
        if let Some([program, ..]) = self.command.as_deref_mut()
            && program.contains('/')
            && let Ok(path) = directory.join(&program).into_os_string().into_string()
        {
            *program = path;
        }
    }
}

/// A length of time from a second to an hour.
fn timeout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let span = parse_duration(&text).map_err(de::Error::custom)?;
    Duration::try_from(span)
        .ok()
        .filter(|span| (1..=3600).contains(&span.as_secs()))
        .ok_or_else(|| de::Error::custom(format!("`{text}` is not between 1s and 1h")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_and_files_lie_beside_the_configuration() {
        let mut reset: Reset = toml::from_str(
            r#"
            command = ["bin/reset", "{name}"]
            failure-output = ["Unable to"]
            url = "https://pbx.example.com/{name}"
            method = "PUT"
            header-file = "reset.headers"
            ca-file = "/etc/ca.pem"
            timeout = "2m"
            at-once = 8
            "#,
        )
        .unwrap();
        reset.resolve(Path::new("/etc/capf"));
        assert_eq!(
            reset,
            Reset {
                command: Some(vec!["/etc/capf/bin/reset".to_owned(), "{name}".to_owned()]),
                failure_output: vec!["Unable to".to_owned()],
                url: Some("https://pbx.example.com/{name}".to_owned()),
                method: "PUT".to_owned(),
                header_file: Some("/etc/capf/reset.headers".into()),
                ca_file: Some("/etc/ca.pem".into()),
                timeout: Duration::from_mins(2),
                at_once: NonZeroU8::new(8).unwrap(),
            }
        );
        assert_eq!(toml::from_str::<Reset>("").unwrap(), Reset::default());
    }

    #[test]
    fn a_mere_name_of_a_program_stays_one() {
        let mut reset: Reset = toml::from_str("command = ['asterisk']").unwrap();
        reset.resolve(Path::new("/etc/capf"));
        assert_eq!(reset.command, Some(vec!["asterisk".to_owned()]));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (text, named) in [
            ("timeout = '0s'", "1h"),
            ("timeout = '61m'", "1h"),
            ("timeout = 'soon'", "no length of time"),
            ("timeout = 30", "string"),
            ("at-once = 0", "nonzero"),
            ("at-once = 256", "at-once"),
            ("command = 'asterisk'", "sequence"),
            ("comand = []", "comand"),
        ] {
            let error = toml::from_str::<Reset>(text).unwrap_err().to_string();
            assert!(error.contains(named), "{text}: {error}");
        }
    }
}
