//! A small web server that takes files, and does what a test tells it to.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use openssl::ssl::{Ssl, SslAcceptor};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio_openssl::SslStream;

/// What a request says before its body.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    headers: BTreeMap<String, String>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    fn length(&self) -> usize {
        self.header("content-length")
            .map_or(0, |length| length.parse().unwrap())
    }
}

/// What the server does about a request.
pub(super) enum Act {
    /// What web servers do: the file appears once it is complete.
    Usual,
    /// It writes the file under its name while it comes.
    InPlace,
    /// It says these bytes after the body, and closes the connection.
    Say(Vec<u8>),
    /// As `Say`, before any of the body, of which it reads the rest after that.
    SayAtOnce(Vec<u8>),
    /// As `Say`, and it says nothing any more, but stays.
    SayAndFallSilent(Vec<u8>),
    /// It says nothing any more.
    Silence,
    /// It keeps half of the file, and says that it has taken it.
    KeepHalf,
}

/// An answer without more headers than it needs.
pub(super) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;
type Stream = BufStream<SslStream<TcpStream>>;

pub(super) struct Server {
    pub(super) address: SocketAddr,
    files: Files,
    requests: Arc<Mutex<Vec<Request>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub(super) async fn start(tls: SslAcceptor) -> Self {
        Self::start_with(tls, |_| Act::Usual).await
    }

    pub(super) async fn start_with(
        tls: SslAcceptor,
        script: impl Fn(&Request) -> Act + Send + Sync + 'static,
    ) -> Self {
        Self::start_on("127.0.0.1:0", tls, script).await
    }

    pub(super) async fn start_on(
        address: &str,
        tls: SslAcceptor,
        script: impl Fn(&Request) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let files = Files::default();
        let requests = Arc::default();
        let connections = Arc::new(Connections {
            tls,
            script: Box::new(script),
            files: Arc::clone(&files),
            requests: Arc::clone(&requests),
        });
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let connections = Arc::clone(&connections);
                tokio::spawn(async move { connections.serve(stream).await });
            }
        });
        Self {
            address,
            files,
            requests,
            task,
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    pub(super) fn store(&self, path: &str, bytes: &[u8]) {
        self.files
            .lock()
            .unwrap()
            .insert(path.to_owned(), bytes.to_vec());
    }

    pub(super) fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.files.lock().unwrap().get(path).cloned()
    }

    /// Whether it has nothing under any name.
    pub(super) fn is_empty(&self) -> bool {
        self.files.lock().unwrap().is_empty()
    }

    /// Every request so far.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Their methods.
    pub(super) fn methods(&self) -> Vec<String> {
        let requests = self.requests();
        requests.into_iter().map(|request| request.method).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Connections {
    tls: SslAcceptor,
    script: Box<dyn Fn(&Request) -> Act + Send + Sync>,
    files: Files,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Connections {
    async fn serve(&self, stream: TcpStream) {
        let ssl = Ssl::new(self.tls.context()).unwrap();
        let mut stream = SslStream::new(ssl, stream).unwrap();
        if Pin::new(&mut stream).accept().await.is_err() {
            return;
        }
        let mut stream = BufStream::new(stream);
        while let Some(request) = head(&mut stream).await {
            self.requests.lock().unwrap().push(request.clone());
            if self.act(&mut stream, &request).await.is_none() {
                return;
            }
        }
    }

    /// `None` where the connection has ended.
    async fn act(&self, stream: &mut Stream, request: &Request) -> Option<()> {
        match (self.script)(request) {
            Act::Usual => {
                let body = body(stream, request, |_| {}).await?;
                let is_new = self.file(request).is_none();
                match request.method.as_str() {
                    "PUT" => self.keep(request, body),
                    "DELETE" => drop(self.files.lock().unwrap().remove(&request.path)),
                    _ => return say(stream, &self.shown(request)).await,
                }
                let status = if is_new {
                    "201 Created"
                } else {
                    "204 No Content"
                };
                say(stream, &answer(status, "", "")).await
            }
            Act::InPlace => {
                self.keep(request, Vec::new());
                // What is deleted meanwhile does not come back.
                let keep = |bytes: &[u8]| {
                    if let Some(file) = self.files.lock().unwrap().get_mut(&request.path) {
                        *file = bytes.to_vec();
                    }
                };
                body(stream, request, keep).await?;
                say(stream, &answer("201 Created", "", "")).await
            }
            Act::KeepHalf => {
                let mut body = body(stream, request, |_| {}).await?;
                body.truncate(body.len() / 2);
                self.keep(request, body);
                say(stream, &answer("201 Created", "", "")).await
            }
            Act::Say(bytes) => {
                body(stream, request, |_| {}).await?;
                say(stream, &bytes).await?;
                let _ = stream.shutdown().await;
                None
            }
            Act::SayAtOnce(bytes) => {
                say(stream, &bytes).await?;
                body(stream, request, |_| {}).await?;
                None
            }
            Act::SayAndFallSilent(bytes) => {
                say(stream, &bytes).await?;
                std::future::pending().await
            }
            Act::Silence => std::future::pending().await,
        }
    }

    fn file(&self, request: &Request) -> Option<Vec<u8>> {
        self.files.lock().unwrap().get(&request.path).cloned()
    }

    fn keep(&self, request: &Request, bytes: Vec<u8>) {
        let path = request.path.clone();
        self.files.lock().unwrap().insert(path, bytes);
    }

    fn shown(&self, request: &Request) -> Vec<u8> {
        let Some(file) = self.file(request) else {
            return answer("404 Not Found", "", "");
        };
        let length = file.len();
        let mut shown = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").into_bytes();
        if request.method == "GET" {
            shown.extend(file);
        }
        shown
    }
}

async fn say(stream: &mut Stream, bytes: &[u8]) -> Option<()> {
    stream.write_all(bytes).await.ok()?;
    stream.flush().await.ok()
}

async fn head(stream: &mut Stream) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let mut words = lines.next().unwrap().split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Some(Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers,
    })
}

/// Reads the body; `grown` sees it whenever it has become longer.
async fn body(stream: &mut Stream, request: &Request, grown: impl Fn(&[u8])) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while body.len() < request.length() {
        let mut piece = vec![0; (request.length() - body.len()).min(16 * 1024)];
        let count = stream
            .read(&mut piece)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        body.extend_from_slice(&piece[..count]);
        grown(&body);
    }
    Some(body)
}
