//! Install sessions a second on SQLite, on PostgreSQL with one node, and with two nodes on this
//! machine, in one run: `cargo bench --bench cluster`. PostgreSQL has to be installed; a server of
//! the benchmark's own is started, which writes through to the disk as a real one does.
//!
//! In each round each of the three enrols as many phones (RSA-2048, CAPF as the issuer, over TLS
//! 1.2), several at a time, by clients that reuse keys. What bounds it is shown beside: the
//! processor time that a session costs the nodes and the database, and how many transactions the
//! database commits for it. The rest of the machine's time is the clients'.
//!
//! `CAPF_BENCH_PHONES` (phones a round and store, 1000), `CAPF_BENCH_ROUNDS` (5),
//! `CAPF_BENCH_CLIENTS` (16).

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a benchmark reads its settings, prints, and fails by panicking"
)]

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use openssl::rsa::Rsa;

#[path = "../tests/support/installed.rs"]
mod installed;
#[path = "support/phone.rs"]
mod phone;
#[path = "../tests/support/postgres.rs"]
mod postgres_server;
mod support;

use postgres_server::{Postgres, execute};
use support::{Server, count, processor_time_of_family, program, run, setting};

/// What is measured.
struct Contender {
    name: &'static str,
    store: Option<String>,
    nodes: Vec<Server>,
    directory: tempfile::TempDir,
    rates: Vec<f64>,
    node_costs: Vec<f64>,
    database_costs: Vec<f64>,
    commits: Vec<f64>,
}

impl Contender {
    fn new(name: &'static str, store: Option<String>, nodes: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut contender = Self {
            name,
            store,
            nodes: Vec::new(),
            directory,
            rates: Vec::new(),
            node_costs: Vec::new(),
            database_costs: Vec::new(),
            commits: Vec::new(),
        };
        run(contender.program(0).args(["ca", "show"]));
        for node in 1..nodes {
            let (from, to) = (
                contender.path(0).join("ca"),
                contender.path(node).join("ca"),
            );
            fs::create_dir_all(&to).unwrap();
            for file in fs::read_dir(from).unwrap() {
                let file = file.unwrap();
                fs::copy(file.path(), to.join(file.file_name())).unwrap();
            }
        }
        for node in 0..nodes {
            let server = Server::begin(&mut contender.program(node));
            contender.nodes.push(server);
        }
        contender
    }

    fn path(&self, node: usize) -> PathBuf {
        self.directory.path().join(format!("node-{node}"))
    }

    fn program(&self, node: usize) -> Command {
        let mut program = program(&self.path(node));
        if let Some(store) = &self.store {
            program.env("CAPF_STORE", store);
        }
        program.env("CAPF_NODE", format!("node-{node}"));
        program
    }

    fn round(
        &mut self,
        round: usize,
        phones: usize,
        clients: usize,
        keys: &[Vec<u8>],
        database: &Database,
    ) {
        let names = format!("SEP{round:06X}000000..SEP{round:06X}{:06X}", phones - 1);
        run(self
            .program(0)
            .args(["phone", "add", &names, "--operation", "install"]));
        let cost = |it: &Self| {
            let nodes: Duration = it.nodes.iter().map(Server::processor_time).sum();
            (nodes, database.processor_time(), database.commits())
        };
        let before = cost(self);
        let began = Instant::now();
        let next = AtomicUsize::new(0);
        let connector = phone::connector();
        std::thread::scope(|scope| {
            for client in 0..clients {
                let (next, connector) = (&next, &connector);
                let server = self.nodes[client % self.nodes.len()].address;
                scope.spawn(move || {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= phones {
                            return;
                        }
                        let name = format!("SEP{round:06X}{number:06X}");
                        phone::install(server, connector, &name, &keys[number % keys.len()]);
                    }
                });
            }
        });
        let took = began.elapsed();
        let after = cost(self);
        let each = |time: Duration| time.as_secs_f64() * 1e3 / count(phones);
        self.rates.push(count(phones) / took.as_secs_f64());
        self.node_costs.push(each(after.0.saturating_sub(before.0)));
        self.database_costs
            .push(each(after.1.saturating_sub(before.1)));
        self.commits.push(count(after.2 - before.2) / count(phones));
    }
}

/// The server, and what it has done.
struct Database<'a> {
    server: &'a Postgres,
    uri: String,
}

impl Database<'_> {
    /// The processor time of all its processes.
    fn processor_time(&self) -> Duration {
        let file = self.server.directory().join("data/postmaster.pid");
        let pid = fs::read_to_string(file).unwrap();
        let parent = pid.lines().next().unwrap();
        processor_time_of_family(parent)
    }

    fn commits(&self) -> usize {
        let mut client = postgres::Client::connect(&self.uri, postgres::NoTls).unwrap();
        let sql = "SELECT sum(xact_commit)::bigint FROM pg_stat_database";
        let commits: i64 = client.query_one(sql, &[]).unwrap().get(0);
        usize::try_from(commits).unwrap()
    }
}

fn main() {
    let phones = setting("CAPF_BENCH_PHONES", 1000);
    let rounds = setting("CAPF_BENCH_ROUNDS", 5);
    let clients = setting("CAPF_BENCH_CLIENTS", 16);
    let server = Postgres::start().expect("PostgreSQL has to be installed");
    let uri = server.database();
    execute(&uri, "ALTER SYSTEM SET fsync = on");
    server.control("restart");
    let database = Database {
        server: &server,
        uri: uri.clone(),
    };
    let keys: Vec<_> = (0..32).map(|_| new_key()).collect();
    let mut contenders = [
        Contender::new("SQLite", None, 1),
        Contender::new("PostgreSQL, one node", Some(uri), 1),
        Contender::new("PostgreSQL, two nodes", Some(server.database()), 2),
    ];
    println!("{phones} phones a round, {clients} at a time, {rounds} rounds; medians");
    for round in 0..rounds {
        for contender in &mut contenders {
            contender.round(round, phones, clients, &keys, &database);
        }
    }
    println!("                       sessions/s  ms of nodes  ms of database  commits");
    for contender in contenders {
        println!(
            "{:22} {:10.0}  {:11.2}  {:14.2}  {:7.1}",
            contender.name,
            median(contender.rates),
            median(contender.node_costs),
            median(contender.database_costs),
            median(contender.commits),
        );
    }
    probe();
}

/// How fast this disk takes what has to be on it.
fn probe() {
    let mut file = tempfile::tempfile().unwrap();
    let mut times = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        file.write_all(&[0; 8192]).unwrap();
        file.sync_data().unwrap();
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    println!(
        "this disk: {:.2} ms until 8 KiB are on it (median)",
        median(times)
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn new_key() -> Vec<u8> {
    let key = Rsa::generate(2048).unwrap();
    openssl::pkey::PKey::from_rsa(key)
        .unwrap()
        .public_key_to_der()
        .unwrap()
}
