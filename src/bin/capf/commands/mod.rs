//! The commands: one noun a folder, one command a file, whose doc comment is its manual.

mod backup;
mod ca;
mod cert;
mod check;
mod criteria;
mod csr;
mod ctl;
mod demo;
mod end_signals;
mod layout;
mod local_file;
mod migrate;
mod node;
mod parameter;
mod passphrase;
mod phone;
mod phone_sim;
mod place;
mod report;
mod restore;
mod saved_search;
mod serve;
mod server_options;
mod service;
mod session;
mod set;
mod shell;
mod stale_lsc;
mod store;
mod tls_cost;
mod trace;
mod trust;
mod util;

pub(crate) use check::write_unknown;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Serve(serve::Serve),
    #[command(subcommand)]
    Service(service::Command),
    Demo(demo::Demo),
    #[command(subcommand)]
    Csr(csr::Command),
    #[command(subcommand)]
    Cert(cert::Command),
    #[command(subcommand)]
    StaleLsc(stale_lsc::Command),
    #[command(subcommand)]
    Set(set::Command),
    #[command(subcommand)]
    Phone(phone::Command),
    #[command(subcommand)]
    Migrate(migrate::Command),
    #[command(subcommand)]
    SavedSearch(saved_search::Command),
    Report(report::Report),
    Check(check::Check),
    Backup(Box<backup::Backup>),
    Restore(Box<restore::Restore>),
    #[command(subcommand)]
    Session(session::Command),
    #[command(subcommand)]
    Node(node::Command),
    #[command(subcommand)]
    Store(store::Command),
    #[command(subcommand)]
    Parameter(parameter::Command),
    #[command(subcommand)]
    Trace(trace::Command),
    #[command(subcommand)]
    Trust(trust::Command),
    #[command(subcommand)]
    Ca(ca::Command),
    #[command(subcommand)]
    Ctl(ctl::Command),
    PhoneSim(Box<phone_sim::PhoneSim>),
    Shell(shell::Shell),
    #[command(subcommand)]
    Util(util::Command),
}

impl Command {
    /// Whether its result can be a page.
    pub(crate) fn has_page(&self) -> bool {
        matches!(self, Self::Report(_))
    }

    /// Whether it ends as a monitoring system expects it, even where it fails.
    pub(crate) fn is_check(&self) -> bool {
        matches!(self, Self::Check(_))
    }

    /// Runs the command; a shell has to be run without a runtime, and not in a shell.
    pub(crate) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::Serve(command) => command.run(context).await,
            Self::Service(command) => command.run(context).await,
            Self::Demo(command) => command.run(context).await,
            Self::Csr(command) => command.run(context).await,
            Self::Cert(command) => command.run(context).await,
            Self::StaleLsc(command) => command.run(context).await,
            Self::Set(command) => command.run(context).await,
            Self::Phone(command) => command.run(context).await,
            Self::Migrate(command) => command.run(context).await,
            Self::SavedSearch(command) => command.run(context).await,
            Self::Report(command) => command.run(context).await,
            Self::Check(command) => command.run(context).await,
            Self::Backup(command) => command.run(context).await,
            Self::Restore(command) => command.run(context).await,
            Self::Session(command) => command.run(context).await,
            Self::Node(command) => command.run(context).await,
            Self::Store(command) => command.run(context).await,
            Self::Parameter(command) => command.run(context).await,
            Self::Trace(command) => command.run(context).await,
            Self::Trust(command) => command.run(context).await,
            Self::Ca(command) => command.run(context).await,
            Self::Ctl(command) => command.run(context).await,
            Self::PhoneSim(command) => command.run(context).await,
            Self::Shell(_) => Err(CommandError::usage("this is the shell already")),
            Self::Util(command) => command.run(&context.ui),
        }
    }
}
