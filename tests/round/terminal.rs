//! A terminal with nobody at it but the test.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, tcgetattr};
use nix::unistd::Pid;

/// A program on a terminal.
pub(super) struct Terminal {
    ours: File,
    seen: Arc<Mutex<Vec<u8>>>,
    /// How far of it has been looked at.
    looked_at: usize,
    reading: Option<JoinHandle<()>>,
    program: Child,
}

impl Terminal {
    pub(super) fn start(command: &mut Command) -> Self {
        let size = Winsize {
            ws_row: 50,
            // No line is broken.
            ws_col: 1000,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pair = openpty(Some(&size), None).unwrap();
        let theirs = || Stdio::from(pair.slave.try_clone().unwrap());
        let program = command
            .stdin(theirs())
            .stdout(theirs())
            .stderr(theirs())
            .env("TERM", "xterm")
            .env("NO_COLOR", "1")
            .spawn()
            .unwrap();
        // The command keeps what it has given its program, and the terminal would have no end.
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        drop(pair.slave);
        let ours = File::from(pair.master);
        let seen = Arc::<Mutex<Vec<u8>>>::default();
        let reading = std::thread::spawn({
            let mut ours = ours.try_clone().unwrap();
            let seen = Arc::clone(&seen);
            move || {
                let mut piece = [0; 4096];
                // At the end it is an error.
                while let Ok(count @ 1..) = ours.read(&mut piece) {
                    seen.lock().unwrap().extend_from_slice(&piece[..count]);
                }
            }
        });
        Self {
            ours,
            seen,
            looked_at: 0,
            reading: Some(reading),
            program,
        }
    }

    /// Waits for the question, and types the answer.
    pub(super) fn answer(&mut self, question: &str, answer: &str) {
        self.press_at(question, &format!("{answer}\r"));
    }

    /// Waits for the question, and presses keys.
    pub(super) fn press_at(&mut self, question: &str, keys: &str) {
        self.wait_for(question);
        // Keys are read one by one, and are shown by the program alone.
        self.until(question, |terminal| {
            let flags = tcgetattr(&terminal.ours).unwrap().local_flags;
            !flags.contains(LocalFlags::ECHO)
        });
        self.ours.write_all(keys.as_bytes()).unwrap();
    }

    /// What Ctrl-C is to a program that does not read keys.
    #[allow(
        dead_code,
        reason = "not every test binary interrupts a program on a terminal"
    )]
    pub(super) fn interrupt(&self) {
        let id = i32::try_from(self.program.id()).unwrap();
        kill(Pid::from_raw(id), Signal::SIGINT).unwrap();
    }

    /// Waits until the terminal shows the text, behind what was waited for before.
    pub(super) fn wait_for(&mut self, text: &str) {
        self.until(text, |terminal| {
            let seen = terminal.seen.lock().unwrap();
            let rest = &seen[terminal.looked_at..];
            let place = rest
                .windows(text.len())
                .position(|part| part == text.as_bytes());
            if let Some(place) = place {
                terminal.looked_at += place + text.len();
            }
            place.is_some()
        });
    }

    fn until(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> bool) {
        for _ in 0..3000 {
            if is_so(self) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("`{what}` does not come: {}", self.shown());
    }

    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }

    /// Waits for the program's end; gives everything that was to be seen.
    pub(super) fn end(mut self) -> (ExitStatus, String) {
        self.until("the end", |terminal| {
            terminal.program.try_wait().unwrap().is_some()
        });
        let status = self.program.wait().unwrap();
        self.reading.take().unwrap().join().unwrap();
        let shown = String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned();
        (status, shown)
    }
}

impl Drop for Terminal {
    /// Nothing goes on asking when its test has failed.
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
