//! The command line of capf: parse, run, exit code.

mod admin_hint;
mod cli;
mod command_error;
mod commands;
mod context;
mod interrupt;
mod log;
mod systemd;
mod transfer_hint;
mod ui;
mod words;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(std::env::args_os())
}
