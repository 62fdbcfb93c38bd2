//! A PostgreSQL server of its own, from the installed programs, gone when the tests are.

#![allow(dead_code, reason = "no test binary needs all of it")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use super::installed;

/// Keeps a server for as long as somebody holds its standard input, and does what stands there. The
/// server refuses to be root's, and its files are to be gone whatever becomes of the tests.
const KEEPER: &str = r#"
set -eu
bin=$1 port=$2
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
"$bin/initdb" -D "$directory/data" -U capf -A trust -E UTF8 --locale=C --no-sync >"$directory/initdb.log" 2>&1 ||
  { cat "$directory/initdb.log" >&2; exit 1; }
cat >>"$directory/data/postgresql.conf" <<END
fsync = off
max_connections = 400
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$directory'
END
control() {
  "$bin/pg_ctl" -D "$directory/data" -l "$directory/log" -s -w -t 60 "$@" </dev/null || cat "$directory/log" >&2
}
control start
printf '%s\n' "$directory"
while read -r words; do
  control $words
  printf 'done\n'
done
control -m immediate stop
"#;

/// A server that runs.
pub(crate) struct Postgres {
    directory: PathBuf,
    port: u16,
    keeper: Mutex<Keeper>,
    schemas: AtomicU32,
}

struct Keeper {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Postgres {
    /// The server that the tests of this process share. Nothing, and it says so, where none is
    /// installed; where `CI` is set, that is a failure.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    /// A server of one's own.
    #[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    pub(crate) fn start() -> Option<Self> {
        let programs = programs()?;
        // Nobody else takes it in the moment between.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut command = if nix::unistd::geteuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args([
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                "sh",
            ]);
            command
        } else {
            Command::new("sh")
        };
        let mut process = command
            .args(["-c", KEEPER, "sh"])
            .arg(&programs)
            .arg(port.to_string())
            .current_dir("/")
            // One of the tests may be nobody else's to write to.
            .env_remove("TMPDIR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = process.stdin.take();
        let mut answers = BufReader::new(process.stdout.take().unwrap());
        let mut directory = String::new();
        answers.read_line(&mut directory).unwrap();
        assert!(!directory.is_empty(), "PostgreSQL does not start");
        Some(Self {
            directory: directory.trim_end().into(),
            port,
            keeper: Mutex::new(Keeper {
                process,
                orders,
                answers,
            }),
            schemas: AtomicU32::new(0),
        })
    }

    /// Where the files of the server are.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The place of a new database, which is empty.
    pub(crate) fn database(&self) -> String {
        let schema = format!("capf_{}", self.schemas.fetch_add(1, Ordering::Relaxed));
        let server = format!("postgres://capf@127.0.0.1:{}/postgres", self.port);
        execute(&server, &format!("CREATE SCHEMA {schema}"));
        format!("{server}?options=-c%20search_path%3D{schema}")
    }

    /// Has `pg_ctl` do this, and waits until it has.
    #[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    pub(crate) fn control(&self, words: &str) {
        let mut keeper = self.keeper.lock().unwrap();
        writeln!(keeper.orders.as_mut().unwrap(), "{words}").unwrap();
        let mut answer = String::new();
        keeper.answers.read_line(&mut answer).unwrap();
        assert_eq!(answer, "done\n", "pg_ctl {words}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Ok(keeper) = self.keeper.get_mut() {
            keeper.orders = None;
            let _ = keeper.process.wait();
        }
    }
}

/// Carries it out in the database.
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
pub(crate) fn execute(uri: &str, sql: &str) {
    let (uri, sql) = (uri.to_owned(), sql.to_owned());
    // The client must not be in a runtime.
    let done = std::thread::spawn(move || {
        let mut client = postgres::Client::connect(&uri, postgres::NoTls).unwrap();
        client.batch_execute(&sql).unwrap();
    });
    done.join().unwrap();
}

/// Where `initdb`, `pg_ctl` and the server are: Debian has them out of the way, by version.
#[expect(
    clippy::disallowed_methods,
    reason = "it is the caller's PATH that is searched"
)]
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut places: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    places.sort();
    places.extend(std::env::split_paths(&path));
    let found = places
        .into_iter()
        .find(|place| place.join("initdb").exists());
    if found.is_none() {
        installed::skipped("PostgreSQL is not installed, here and for the tests behind it");
    }
    found
}
