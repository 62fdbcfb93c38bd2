//! A small FTP server that says what it is told to say.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use capf::transfer::Remote;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Instead of a reply: nothing, for ever.
pub(super) const SILENCE: &str = "(silence)";
/// Instead of a reply: the connection ends.
pub(super) const END: &str = "(end)";
/// In place of a command: the greeting, and what comes after a file.
pub(super) const GREETING: &str = "(greeting)";
pub(super) const COMPLETION: &str = "(completion)";

/// What the server does otherwise than a good one.
#[derive(Clone, Default)]
pub(super) struct Script {
    replies: HashMap<&'static str, String>,
    /// How many bytes of a file it takes, or gives, before it ends the data connection.
    moved: Option<usize>,
    keeps_files: bool,
}

impl Script {
    pub(super) fn reply(mut self, command: &'static str, reply: impl Into<String>) -> Self {
        self.replies.insert(command, reply.into());
        self
    }

    /// The data connection ends after so many bytes.
    pub(super) fn moves(mut self, bytes: usize) -> Self {
        self.moved = Some(bytes);
        self
    }

    /// No file is renamed to one that is there.
    pub(super) fn keeps_files(mut self) -> Self {
        self.keeps_files = true;
        self
    }

    pub(super) async fn start(self) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = State::default();
        let accepting = tokio::spawn({
            let state = state.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(converse(stream, self.clone(), state.clone()));
                }
            }
        });
        Scripted {
            address,
            state,
            accepting,
        }
    }
}

#[derive(Clone, Default)]
struct State {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    heard: Arc<Mutex<Vec<String>>>,
}

pub(super) struct Scripted {
    pub(super) address: SocketAddr,
    state: State,
    accepting: JoinHandle<()>,
}

impl Scripted {
    pub(super) fn remote(&self, path: &str) -> Remote {
        self.remote_over("ftp", path)
    }

    pub(super) fn remote_over(&self, scheme: &str, path: &str) -> Remote {
        format!("{scheme}://{}/{path}", self.address)
            .parse()
            .unwrap()
    }

    pub(super) fn holds(&self, name: &str, content: &[u8]) {
        let mut files = self.state.files.lock().unwrap();
        files.insert(name.to_owned(), content.to_owned());
    }

    pub(super) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.state.files.lock().unwrap().clone()
    }

    /// Every command, in order.
    pub(super) fn heard(&self) -> Vec<String> {
        self.state.heard.lock().unwrap().clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Ends when the client does, or where the script says so.
async fn converse(stream: TcpStream, script: Script, state: State) -> Option<()> {
    let (from, mut to) = stream.into_split();
    let mut lines = BufReader::new(from).lines();
    let mut data = None;
    let mut renamed = String::new();
    say(&mut to, &script, GREETING, "220 Ready.").await?;
    while let Ok(Some(line)) = lines.next_line().await {
        state.heard.lock().unwrap().push(line.clone());
        let (command, name) = line.split_once(' ').unwrap_or((&line, ""));
        let reply = match command {
            "USER" => "331 Password?".to_owned(),
            "PASS" => "230 Welcome.".to_owned(),
            "TYPE" | "PBSZ" | "PROT" => "200 Done.".to_owned(),
            "CWD" => "250 Done.".to_owned(),
            "QUIT" => "221 Goodbye.".to_owned(),
            "EPSV" | "PASV" => {
                let listener = TcpListener::bind("127.0.0.1:0").await.ok()?;
                let port = listener.local_addr().ok()?.port();
                data = Some(listener);
                if command == "EPSV" {
                    format!("229 Extended (|||{port}|)")
                } else {
                    // As a server behind NAT does that knows its inner address alone.
                    format!("227 Passive (10,0,0,1,{},{})", port / 256, port % 256)
                }
            }
            "SIZE" => match state.files.lock().unwrap().get(name) {
                Some(content) => format!("213 {}", content.len()),
                None => "550 No file.".to_owned(),
            },
            "DELE" => match state.files.lock().unwrap().remove(name) {
                Some(_) => "250 Deleted.".to_owned(),
                None => "550 No file.".to_owned(),
            },
            "RNFR" => {
                name.clone_into(&mut renamed);
                "350 To?".to_owned()
            }
            "RNTO" => {
                let mut files = state.files.lock().unwrap();
                if script.keeps_files && files.contains_key(name) {
                    "553 There is one.".to_owned()
                } else {
                    let content = files.remove(&renamed)?;
                    files.insert(name.to_owned(), content);
                    "250 Renamed.".to_owned()
                }
            }
            "STOR" | "RETR" => "150 Here it comes.".to_owned(),
            _ => "502 What?".to_owned(),
        };
        // A script changes what is said, and a file goes only where it says so.
        let begins = say(&mut to, &script, command, &reply)
            .await?
            .starts_with("150");
        let mut completed = "226 Done.";
        match command {
            // The handshake comes now, and nobody here knows TLS.
            "AUTH" if script.replies.contains_key("AUTH") => std::future::pending().await,
            "STOR" if begins => {
                let (mut stream, _) = data.take()?.accept().await.ok()?;
                let limit = script.moved.unwrap_or(usize::MAX) as u64;
                let mut content = Vec::new();
                let _ = (&mut stream).take(limit).read_to_end(&mut content).await;
                state.files.lock().unwrap().insert(name.to_owned(), content);
            }
            "RETR" if begins => {
                let (mut stream, _) = data.take()?.accept().await.ok()?;
                let content = state.files.lock().unwrap().get(name).cloned();
                let Some(content) = content else {
                    completed = "550 No file.";
                    say(&mut to, &script, COMPLETION, completed).await?;
                    continue;
                };
                let end = script.moved.unwrap_or(content.len());
                let _ = stream.write_all(&content[..end]).await;
                let _ = stream.shutdown().await;
            }
            _ => continue,
        }
        say(&mut to, &script, COMPLETION, completed).await?;
    }
    Some(())
}

/// Says what the script has, or `otherwise`; gives back what was said.
async fn say(
    to: &mut OwnedWriteHalf,
    script: &Script,
    command: &str,
    otherwise: &str,
) -> Option<String> {
    let reply = script
        .replies
        .get(command)
        .map_or(otherwise, String::as_str);
    match reply {
        SILENCE => std::future::pending().await,
        END => None,
        reply => {
            to.write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
            Some(reply.to_owned())
        }
    }
}
