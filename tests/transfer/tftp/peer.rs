//! A server that says what the test says.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::timeout;

/// Longer than any client waits here, and an end to a test that would hang.
const FOREVER: Duration = Duration::from_hours(1);

pub(crate) struct Peer {
    requests: UdpSocket,
    /// The transfer's own port.
    transfer: UdpSocket,
    client: Option<SocketAddr>,
}

impl Peer {
    pub(crate) async fn start() -> Self {
        Self {
            requests: UdpSocket::bind("127.0.0.1:0").await.unwrap(),
            transfer: UdpSocket::bind("127.0.0.1:0").await.unwrap(),
            client: None,
        }
    }

    /// The URL of a file here.
    pub(crate) fn url(&self) -> String {
        format!("tftp://{}/dir/file", self.address())
    }

    /// Where it hears requests.
    pub(crate) fn address(&self) -> SocketAddr {
        self.requests.local_addr().unwrap()
    }

    /// The next request; its sender is the client from now on.
    pub(crate) async fn request(&mut self) -> Vec<u8> {
        let (request, client) = receive(&self.requests).await;
        self.client = Some(client);
        request
    }

    /// The next request is for the file; it gets this answer, and whatever is no error is ended by
    /// the client at once.
    pub(crate) async fn tells(&mut self, answer: &[u8]) {
        let request = self.request().await;
        assert_eq!(request[..2], [0, 1], "{}", request.escape_ascii());
        self.say(answer).await;
        if answer[..2] != [0, 5] {
            self.hears(&error(0, "Only the size was asked for")).await;
        }
    }

    /// Takes an upload of one block.
    pub(crate) async fn takes(&mut self, file: &[u8]) {
        let request = self.request().await;
        assert_eq!(request[..2], [0, 2], "{}", request.escape_ascii());
        self.say(&ack(0)).await;
        self.hears(&data(1, file)).await;
        self.say(&ack(1)).await;
    }

    /// No request comes.
    pub(crate) async fn is_left_alone(&mut self) {
        let request = timeout(FOREVER, self.requests.recv_from(&mut [0])).await;
        assert!(request.is_err());
    }

    pub(crate) fn client(&self) -> SocketAddr {
        self.client.expect("there was a request")
    }

    pub(crate) async fn say(&self, packet: &[u8]) {
        self.transfer.send_to(packet, self.client()).await.unwrap();
    }

    /// The next packet of the transfer.
    pub(crate) async fn hear(&self) -> Vec<u8> {
        let (packet, client) = receive(&self.transfer).await;
        assert_eq!(client, self.client());
        packet
    }

    /// The next packet is this one.
    pub(crate) async fn hears(&self, packet: &[u8]) {
        let heard = self.hear().await;
        assert_eq!(heard, packet, "{}", heard.escape_ascii());
    }

    /// The next packet is an error with this code.
    pub(crate) async fn hears_error(&self, code: u8) {
        let heard = self.hear().await;
        assert_eq!(heard[..4], [0, 5, 0, code], "{}", heard.escape_ascii());
        assert_eq!(heard.last(), Some(&0));
    }
}

pub(crate) async fn receive(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = vec![0; 4096];
    let (length, from) = timeout(FOREVER, socket.recv_from(&mut buffer))
        .await
        .expect("nothing comes")
        .unwrap();
    buffer.truncate(length);
    (buffer, from)
}

pub(crate) fn data(block: u16, payload: &[u8]) -> Vec<u8> {
    [&[0, 3][..], &block.to_be_bytes(), payload].concat()
}

pub(crate) fn ack(block: u16) -> Vec<u8> {
    [[0, 4], block.to_be_bytes()].concat()
}

pub(crate) fn error(code: u8, text: &str) -> Vec<u8> {
    [&[0, 5, 0, code][..], text.as_bytes(), b"\0"].concat()
}

/// An acknowledgement of options: `blksize 8 tsize 0`.
pub(crate) fn oack(words: &str) -> Vec<u8> {
    let words = words.replace(' ', "\0");
    [b"\0\x06", words.as_bytes(), b"\0"].concat()
}
