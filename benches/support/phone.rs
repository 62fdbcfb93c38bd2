//! Phones that cost little, so that the server is what is measured.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use capf::wire::{self, Element, Message, Reason};
use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode, SslVersion};

/// TLS 1.2 to any server.
pub(crate) fn connector() -> SslConnector {
    let mut connector = SslConnector::builder(SslMethod::tls_client()).unwrap();
    connector.set_verify(SslVerifyMode::NONE);
    connector
        .set_max_proto_version(Some(SslVersion::TLS1_2))
        .unwrap();
    connector.build()
}

/// One session of a phone that has its key already.
pub(crate) fn install(server: SocketAddr, connector: &SslConnector, name: &str, key: &[u8]) {
    let socket = TcpStream::connect(server).unwrap();
    socket.set_nodelay(true).unwrap();
    let mut ssl = connector.configure().unwrap();
    ssl.set_verify_hostname(false);
    ssl.set_use_server_name_indication(false);
    let mut stream = ssl.connect("capf", socket).unwrap();
    let id = receive(&mut stream).session_id;
    let mut say = |command, elements: Vec<Element>| {
        let message = Message {
            command,
            session_id: id,
            elements,
        };
        stream.write_all(&message.encode().unwrap()).unwrap();
        receive(&mut stream)
    };
    say(
        wire::Command::AUTH_RESPONSE,
        vec![
            Element::Reason(Reason::SUCCESS),
            Element::Version(3),
            Element::DeviceName(name.to_owned()),
        ],
    );
    let request = say(
        wire::Command::KEY_GENERATE_RESPONSE,
        vec![Element::PublicKey(key.to_vec())],
    );
    assert!(request.certificate().is_some(), "{request:?}");
    let end = say(
        wire::Command::STORE_CERTIFICATE_RESPONSE,
        vec![Element::Reason(Reason::SUCCESS)],
    );
    assert_eq!(end.reason(), Some(Reason::SUCCESS));
}

fn receive(stream: &mut impl Read) -> Message {
    let mut bytes = vec![0; Message::HEADER_LENGTH];
    stream.read_exact(&mut bytes).unwrap();
    let length = Message::body_length(bytes[..].try_into().unwrap()).unwrap();
    bytes.resize(Message::HEADER_LENGTH + length, 0);
    stream
        .read_exact(&mut bytes[Message::HEADER_LENGTH..])
        .unwrap();
    Message::decode(&bytes).unwrap()
}
