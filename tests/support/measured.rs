//! A program that is run to its end, with the time and the memory that it took.

use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

/// How a run has ended.
pub(crate) struct Measured {
    pub(crate) status: ExitStatus,
    /// By the wall's clock.
    #[allow(dead_code, reason = "no test looks at it")]
    pub(crate) time: Duration,
    /// The most that it had resident, in KiB; 0 where it was gone before anybody looked.
    pub(crate) peak: u64,
}

/// Runs the program.
pub(crate) fn run(command: &mut Command) -> Measured {
    let started = Instant::now();
    let mut process = command.spawn().unwrap();
    let mut peak = 0;
    loop {
        peak = most_resident(process.id()).unwrap_or(peak);
        if let Some(status) = process.try_wait().unwrap() {
            let time = started.elapsed();
            return Measured { status, time, peak };
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The most that a process has had resident so far, in KiB (proc(5), `VmHWM`).
fn most_resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
