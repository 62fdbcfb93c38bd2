//! The web server that has a phone reset.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::timeout;

use super::{InvalidHook, NAME, ResetError};
use crate::config;
use crate::model::DeviceName;
use crate::transfer::{Access, Call, InvalidCall, InvalidRemote, NobodyToAsk, Remote, Scheme};

/// A request, but for the name of the phone.
#[derive(Debug)]
pub(super) struct Request {
    url: String,
    call: Call,
    ca_file: Option<PathBuf>,
}

impl Request {
    pub(super) fn new(url: &str, settings: &config::Reset) -> Result<Self, InvalidHook> {
        let headers = match &settings.header_file {
            Some(path) => fs::read_to_string(path).map_err(|source| InvalidHook::HeaderFile {
                path: path.clone(),
                source,
            })?,
            None => String::new(),
        };
        let call = Call::new(&settings.method, &headers).map_err(|source| {
            let key = match source {
                InvalidCall::Method { .. } => "method",
                InvalidCall::Header { .. } => "header-file",
            };
            InvalidHook::Call { key, source }
        })?;
        check(url)?;
        Ok(Self {
            url: url.to_owned(),
            call,
            ca_file: settings.ca_file.clone(),
        })
    }

    /// Makes the request for a phone.
    pub(super) async fn make(
        &self,
        device: &DeviceName,
        limit: Duration,
    ) -> Result<(), ResetError> {
        let url = with_name(&self.url, device.as_str()).expect("it was checked with another name");
        let access = Access {
            user: None,
            password: None,
            netrc: None,
            ca_file: self.ca_file.clone(),
            known_hosts: Vec::new(),
            host_key: None,
            keys: Vec::new(),
            agent: None,
            login_name: String::new(),
            timeout: limit,
            ask: &NobodyToAsk,
        };
        match timeout(limit, self.call.make(&url, &access)).await {
            Ok(outcome) => Ok(outcome?),
            Err(_) => Err(ResetError::TimedOut {
                what: format!("{url}: no answer"),
                seconds: limit.as_secs(),
            }),
        }
    }
}

/// Makes sure that the URL is one whatever the name of the phone, and of the same server.
fn check(url: &str) -> Result<(), InvalidHook> {
    if !url.contains(NAME) {
        return Err(InvalidHook::NoName);
    }
    let [one, other] = ["SEP001122334455", "A"].map(|name| with_name(url, name));
    // A name that does not fit into the server's name may be what is wrong with it.
    let (one, other) = match (one, other) {
        (Ok(one), Ok(other)) => (one, other),
        (Err(error), _) | (_, Err(error)) => return Err(error.into()),
    };
    if one.scheme() != Scheme::Https {
        return Err(InvalidHook::Scheme);
    }
    if one.user().is_some() || one.password().is_some() {
        return Err(InvalidHook::Account);
    }
    if one.authority() != other.authority() {
        return Err(InvalidHook::NameInServer);
    }
    Ok(())
}

/// A device name has no character that means something in a URL.
fn with_name(url: &str, name: &str) -> Result<Remote, InvalidRemote> {
    url.replace(NAME, name).parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_would_do_no_good_is_refused() {
        assert!(check("https://pbx.example.com:8443/reset?phone={name}").is_ok());
        for (url, says) in [
            ("https://pbx.example.com/", "no {name}"),
            ("https://pbx.example.com/#{name}", "fragment"),
            ("https://{name}.example.com/", "server's name"),
            ("http://pbx.example.com/{name}", "https://"),
            ("sftp://pbx.example.com/{name}", "https://"),
            ("https://admin:hush@pbx.example.com/{name}", "Authorization"),
            ("pbx.example.com/{name}", "no URL"),
        ] {
            let error = check(url).unwrap_err().to_string();
            assert!(error.contains(says), "{url}: {error}");
            assert!(!error.contains("hush"), "{error}");
        }
    }
}
