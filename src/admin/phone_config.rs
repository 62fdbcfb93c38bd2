//! What a phone's configuration file, `SEP….cnf.xml`, says of CAPF.

use std::fmt::Write as _;
use std::str::FromStr;

use serde::Serialize;

use super::{AdminError, Installation};
use crate::model::{AuthenticationMode, CertificateOperation, DeviceName, DeviceSecurityMode};
use crate::pki::sha1_hex;

/// How many CAPF servers a phone takes.
pub const MAX_SERVERS: usize = 5;

/// A CAPF server, as a phone is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapfServer {
    /// Its name or its address.
    pub host: String,
    /// The port, where it is not the one of the parameter `CAPF Phone Port`.
    pub port: Option<u16>,
}

/// Why a text names no server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidServer {
    /// The host is missing, or has a character that no name and no address has.
    #[error("it has no name or address; HOST, HOST:PORT or [IPV6]:PORT is meant")]
    Host,
    /// The port is none.
    #[error("its port is not a number from 1 to 65535; an IPv6 address stands in brackets")]
    Port,
}

impl FromStr for CapfServer {
    type Err = InvalidServer;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (host, port) = match text.strip_prefix('[') {
            Some(bracketed) => {
                let (host, rest) = bracketed.split_once(']').ok_or(InvalidServer::Host)?;
                match rest.strip_prefix(':') {
                    Some(port) => (host, Some(port)),
                    None if rest.is_empty() => (host, None),
                    None => return Err(InvalidServer::Port),
                }
            }
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(InvalidServer::Host);
        }
        let port = port.map(|port| port.parse().map_err(|_| InvalidServer::Port));
        match port.transpose()? {
            Some(0) => Err(InvalidServer::Port),
            port => Ok(Self {
                host: host.to_owned(),
                port,
            }),
        }
    }
}

/// The part of a phone's configuration file that concerns CAPF, under the names that it has there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PhoneConfig {
    /// `deviceSecurityMode`: 1 Non Secure, 2 Authenticated, 3 Encrypted.
    pub device_security_mode: u8,
    /// `capfAuthMode`: 1 By Authentication String, 2 By Null String, 3 and 4 By Existing Certificate,
    /// precedence to LSC and to MIC; 0 is none.
    pub capf_auth_mode: u8,
    /// `capfList`.
    pub capf_list: Vec<CapfEntry>,
    /// `certHash`: a hash of the LSC that the phone should hold. Where the phone's is another, it
    /// contacts CAPF. So it is empty where the phone is known to hold none, and where an operation
    /// waits for the phone (D). That it is SHA-1 over the DER, in lower-case hexadecimal, is D: no
    /// more is known than its length.
    pub cert_hash: String,
}

/// A server in `capfList`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CapfEntry {
    /// `processNodeName`: its name or its address.
    pub process_node_name: String,
    /// `phonePort`.
    pub phone_port: u16,
}

/// What the configuration file of a phone says, where `servers` are the CAPF servers.
pub async fn phone_config(
    installation: &Installation,
    name: &DeviceName,
    servers: &[CapfServer],
) -> Result<PhoneConfig, AdminError> {
    let store = installation.store();
    let row = store.phone(name).await?;
    let phone = row
        .ok_or_else(|| AdminError::UnknownPhone { name: name.clone() })?
        .phone;
    let port = store.parameters().await?.phone_port();
    let lsc = match phone.capf.operation {
        CertificateOperation::None => store.held_lscs(vec![name.clone()]).await?.pop().flatten(),
        _ => None,
    };
    let entry = |server: &CapfServer| CapfEntry {
        process_node_name: server.host.clone(),
        phone_port: server.port.unwrap_or(port),
    };
    Ok(PhoneConfig {
        device_security_mode: match phone.device_security_mode {
            DeviceSecurityMode::NonSecure => 1,
            DeviceSecurityMode::Authenticated => 2,
            DeviceSecurityMode::Encrypted => 3,
        },
        capf_auth_mode: match phone.capf.authentication_mode {
            AuthenticationMode::AuthenticationString => 1,
            AuthenticationMode::NullString => 2,
            AuthenticationMode::ExistingLsc => 3,
            AuthenticationMode::ExistingMic => 4,
        },
        capf_list: servers.iter().map(entry).collect(),
        cert_hash: lsc.map(|lsc| sha1_hex(lsc.der())).unwrap_or_default(),
    })
}

impl PhoneConfig {
    /// It as the elements that belong into `<device>`, a line each.
    pub fn to_xml(&self) -> String {
        let mut xml = format!(
            "<deviceSecurityMode>{}</deviceSecurityMode>\n\
             <capfAuthMode>{}</capfAuthMode>\n\
             <capfList>\n",
            self.device_security_mode, self.capf_auth_mode
        );
        for entry in &self.capf_list {
            let name = escaped(&entry.process_node_name);
            let port = entry.phone_port;
            writeln!(
                xml,
                "  <capf>\n    <phonePort>{port}</phonePort>\n    \
                 <processNodeName>{name}</processNodeName>\n  </capf>"
            )
            .expect("a string takes everything");
        }
        xml + &format!("</capfList>\n<certHash>{}</certHash>\n", self.cert_hash)
    }
}

/// Text between two tags (XML 1.0, section 2.4).
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::phone::{Selection, Settings, set};
    use crate::admin::testing::Fixture;

    #[test]
    fn a_server_is_a_host_with_or_without_a_port() {
        for (text, host, port) in [
            ("capf.example.com", "capf.example.com", None),
            ("192.0.2.1:13804", "192.0.2.1", Some(13804)),
            ("[2001:db8::1]:3804", "2001:db8::1", Some(3804)),
            ("[2001:db8::1]", "2001:db8::1", None),
        ] {
            let host = host.to_owned();
            assert_eq!(text.parse(), Ok(CapfServer { host, port }), "{text}");
        }
        for text in ["", ":3804", "[]", "[2001:db8::1", "a b", "a\n"] {
            assert_eq!(
                text.parse::<CapfServer>(),
                Err(InvalidServer::Host),
                "{text}"
            );
        }
        for text in ["a:", "a:0", "a:65536", "a:x", "2001:db8::1", "[::1]3804"] {
            assert_eq!(
                text.parse::<CapfServer>(),
                Err(InvalidServer::Port),
                "{text}"
            );
        }
    }

    #[test]
    fn what_has_a_meaning_in_xml_is_escaped() {
        let entry = CapfEntry {
            process_node_name: "a&b<c>d".to_owned(),
            phone_port: 3804,
        };
        let config = PhoneConfig {
            device_security_mode: 1,
            capf_auth_mode: 2,
            capf_list: vec![entry],
            cert_hash: String::new(),
        };
        let xml = config.to_xml();
        assert!(
            xml.contains("<processNodeName>a&amp;b&lt;c&gt;d</processNodeName>"),
            "{xml}"
        );
    }

    #[tokio::test]
    async fn the_hash_is_that_of_the_lsc_unless_an_operation_waits() {
        let fixture = Fixture::new().await;
        let name: DeviceName = "SEP001122334455".parse().unwrap();
        let servers = ["capf.example.com".parse().unwrap()];
        let hash = async || {
            let config = phone_config(&fixture.installation, &name, &servers);
            config.await.unwrap().cert_hash
        };
        let lsc = fixture.sign(&fixture.csr(name.as_str()).await);
        assert_eq!(hash().await, "", "it holds none");
        fixture.confirm(&name, &lsc).await;
        assert_eq!(hash().await, sha1_hex(lsc.der()));
        let mut settings = Settings::default();
        settings.change.operation = Some(CertificateOperation::Install);
        let selection = Selection::Named(vec![name.clone()]);
        set(&fixture.installation, selection, settings)
            .await
            .unwrap();
        assert_eq!(hash().await, "", "it is to come");
    }
}
