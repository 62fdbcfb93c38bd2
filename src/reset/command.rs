//! The program that has a phone reset.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Child;
use tokio::time::timeout;

use super::{InvalidHook, NAME, ResetError};
use crate::model::{DeviceName, shortened};

/// Where programs are looked up, whoever runs capf: a job at night finds what a login shell finds.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// How many bytes of each of its two outputs are kept.
const KEPT: usize = 4 * 1024;

/// How many characters of them are passed on.
const SHOWN: usize = 300;

/// How long the rest of the output is waited for after the program's end. What it has started and left
/// may hold the pipes for ever.
const REST: Duration = Duration::from_millis(200);

/// A program with its arguments, but for the name of the phone.
#[derive(Debug)]
pub(super) struct Command {
    program: String,
    arguments: Vec<String>,
    failure_output: Vec<String>,
}

impl Command {
    pub(super) fn new(line: &[String], failure_output: &[String]) -> Result<Self, InvalidHook> {
        let Some((program, arguments)) = line.split_first().filter(|(first, _)| !first.is_empty())
        else {
            return Err(InvalidHook::NoProgram);
        };
        let mut arguments = arguments.to_vec();
        if arguments.iter().all(|argument| !argument.contains(NAME)) {
            arguments.push(NAME.to_owned());
        }
        Ok(Self {
            program: program.clone(),
            arguments,
            failure_output: failure_output.to_vec(),
        })
    }

    /// Runs it for a phone, directly, in a process group of its own: Ctrl-C is not meant for it.
    pub(super) async fn run(&self, device: &DeviceName, limit: Duration) -> Result<(), ResetError> {
        let name = device.as_str();
        let arguments = self.arguments.iter();
        let mut child = tokio::process::Command::new(&self.program)
            .args(arguments.map(|argument| argument.replace(NAME, name)))
            .env_clear()
            .env("PATH", PATH)
            .env("CAPF_DEVICE_NAME", name)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| self.not_run(source))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let ended = {
            let reading = async {
                tokio::join!(keep(stderr, &mut err), keep(stdout, &mut out));
            };
            let mut reading = pin!(reading);
            let mut is_read = false;
            let ended = timeout(limit, async {
                loop {
                    tokio::select! {
                        ended = child.wait() => break ended,
                        () = &mut reading, if !is_read => is_read = true,
                    }
                }
            })
            .await;
            if ended.is_ok() && !is_read {
                // What was read before is better than nothing.
                let _ = timeout(REST, reading).await;
            }
            ended
        };
        let Ok(ended) = ended else {
            kill(&mut child).await;
            return Err(ResetError::TimedOut {
                what: format!("{} was killed, because it did not end", self.program),
                seconds: limit.as_secs(),
            });
        };
        let status = ended.map_err(|source| self.not_run(source))?;
        err.extend(out);
        self.judge(status, &String::from_utf8_lossy(&err))
    }

    fn judge(&self, status: ExitStatus, said: &str) -> Result<(), ResetError> {
        let mut failures = self.failure_output.iter();
        let how = match (status.code(), status.signal()) {
            (Some(0), _) if failures.any(|words| said.contains(words)) => "said so".to_owned(),
            (Some(0), _) => return Ok(()),
            (Some(code), _) => format!("ended with exit code {code}"),
            (None, signal) => format!("was ended by signal {}", signal.unwrap_or_default()),
        };
        Err(ResetError::Failed {
            program: self.program.clone(),
            how,
            said: shortened(said, SHOWN),
        })
    }

    fn not_run(&self, source: io::Error) -> ResetError {
        ResetError::NotRun {
            program: self.program.clone(),
            source,
        }
    }
}

/// Reads to the end, and keeps the beginning.
async fn keep(pipe: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) {
    let Some(mut pipe) = pipe else { return };
    let mut piece = [0; 4096];
    // A pipe that cannot be read any more has ended.
    while let Ok(count @ 1..) = pipe.read(&mut piece).await {
        let room = KEPT - kept.len();
        kept.extend_from_slice(&piece[..count.min(room)]);
    }
}

/// Kills the program and what it has started, unless that has left its group.
async fn kill(child: &mut Child) {
    // As long as nobody has asked for the program's status, its number is nobody else's.
    if let Some(group) = child.id().and_then(|id| i32::try_from(id).ok()) {
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
    // One that cannot even be killed is waited for by nobody.
    let _ = timeout(REST, child.wait()).await;
}
