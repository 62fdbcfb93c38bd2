//! The program itself under a benchmark: a process of its own, so that what it costs is told from
//! what its clients cost on the same machine.

#![allow(dead_code, reason = "no benchmark needs all of it")]

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const CAPF: &str = env!("CARGO_BIN_EXE_capf");

pub(crate) fn setting(name: &str, default: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
pub(crate) fn count(number: usize) -> f64 {
    number as f64
}

/// User and system time of a process so far (proc(5), fields 14 and 15 of `stat`).
pub(crate) fn processor_time(process: &str) -> Duration {
    times_of(process, 2).unwrap()
}

/// The same of a process that has children, those that are over included (fields 16 and 17). One that
/// has ended has none.
pub(crate) fn processor_time_of_family(parent: &str) -> Duration {
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
    let children = children.unwrap();
    let alive = children
        .split_whitespace()
        .filter_map(|child| times_of(child, 2));
    times_of(parent, 4).unwrap() + alive.sum::<Duration>()
}

fn times_of(process: &str, fields: usize) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let all = stat.rsplit_once(')').unwrap().1.split_whitespace();
    let ticks: u64 = all
        .skip(11)
        .take(fields)
        .map(|field| field.parse::<u64>().unwrap())
        .sum();
    // USER_HZ is 100 on every Linux that Rust runs on.
    Some(Duration::from_millis(ticks * 10))
}

/// The program on this data directory.
pub(crate) fn program(directory: &Path) -> Command {
    let mut command = Command::new(CAPF);
    command.arg("--quiet").arg("--data-dir").arg(directory);
    command
}

pub(crate) fn capf(directory: &Path, arguments: &[&str]) {
    run(program(directory).args(arguments));
}

/// Runs a command to its end, which must be a good one.
pub(crate) fn run(command: &mut Command) {
    assert!(
        command.stdout(Stdio::null()).status().unwrap().success(),
        "{command:?}"
    );
}

pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(directory: &Path) -> Self {
        Self::begin(&mut program(directory))
    }

    /// Starts the service of this program.
    pub(crate) fn begin(program: &mut Command) -> Self {
        let mut process = program
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("CAPF_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| line.unwrap().strip_prefix("listening on ")?.parse().ok())
            .expect("the service says where it listens");
        Self { process, address }
    }

    /// What of it lies in memory (proc(5), `VmRSS`).
    pub(crate) fn resident_bytes(&self) -> usize {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.unwrap().trim().trim_end_matches(" kB");
        kibibytes.parse::<usize>().unwrap() * 1024
    }

    /// Its processor time so far.
    pub(crate) fn processor_time(&self) -> Duration {
        processor_time(&self.process.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
