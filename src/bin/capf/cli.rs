//! The command line as a whole: what holds for every command, and the way to each.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::builder::{FalseyValueParser, PossibleValue, Resettable};
use clap::{ArgAction, CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};
use tokio::runtime::Runtime;

use crate::command_error::{CommandError, Completion, USAGE, exit_code};
use crate::commands::{Command, write_unknown};
use crate::context::Context;
use crate::ui::Ui;

/// Give Cisco IP phones their locally significant certificates
///
/// capf is a Certificate Authority Proxy Function: the service to which Cisco IP phones connect on
/// TCP port 3804 for their locally significant certificates (LSCs), and the commands to run it.
/// The words are those of Unified CM. Called through a link named `utils` (see `capf util link`),
/// it takes `utils capf csr count` as it is typed there.
///
/// Every option can be given in the environment, too: `--data-dir` as `CAPF_DATA_DIR`. The command
/// line goes before the environment, and that before the file of `--config`.
///
/// The result of a command goes to standard output, everything else to standard error. Exit codes:
/// 0 done, 1 failed, 2 the command line is wrong, 3 done in part; `capf check` has those of a
/// monitoring plugin.
#[derive(Debug, Parser)]
#[command(
    name = "capf",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) everywhere: Everywhere,
    #[command(subcommand)]
    command: Command,
}

/// The options of every command.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Everywhere {
    /// Read settings from this file
    ///
    /// A TOML file with the keys `data-dir`, `store`, `node`, `listen`, `listen-legacy`,
    /// `balancer`, `max-connections`, `metrics`, `ca-passphrase-file`, `log`, `log-format`, and the table `[reset]`
    /// (see `capf phone reset`). By default /etc/capf/capf.toml, where it is there, for root and for the user to whom
    /// /var/lib/capf belongs, unless --data-dir or --store names another place.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Keep everything in this directory
    ///
    /// By default the service's directory, /var/lib/capf, for root and for the user to whom it
    /// belongs, and the user's data directory for everybody else, ~/.local/share/capf. It is made
    /// where it is missing.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Use this database
    ///
    /// `sqlite:PATH`, by default `capf.db` in the data directory, or `postgres://USER@HOST/DATABASE`, on
    /// which several machines can serve phones. Behind `?` it takes options, joined by `&`:
    /// `passwordfile=FILE`, `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, and others of libpq.
    #[arg(long, global = true, value_name = "URI")]
    pub(crate) store: Option<String>,

    /// Read the passphrase of the CAPF key from this file
    ///
    /// Its one line is the passphrase (see `capf ca passphrase`). Where no file is named, the passphrase
    /// can stand in `CAPF_CA_PASSPHRASE`, or in the systemd credential `capf-key-passphrase`.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_passphrase_file: Option<PathBuf>,

    /// Write the result in this format
    ///
    /// JSON keys and CSV headers are stable: scripts may rest on them.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: Face,

    /// Write nothing but the result, warnings and errors
    #[arg(long, global = true)]
    pub(crate) quiet: bool,

    /// Use colour
    ///
    /// `auto` does on a terminal, unless `NO_COLOR` is in the environment.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,

    /// Answer yes to every question
    ///
    /// Commands that delete or overwrite ask first. Where there is no terminal to ask on, they
    /// need this option.
    #[arg(long, global = true)]
    pub(crate) yes: bool,
}

/// How a result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For programs: an object, or an array of objects
    Json,
    /// For programs: an object on each line
    Jsonl,
    /// For spreadsheets, with Cisco's labels in the first line
    Csv,
}

/// What `--format` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// What every command writes.
    Common(Format),
    /// A page, which the report alone has.
    Html,
}

impl Face {
    /// How a command writes what is no page.
    pub(crate) fn common(self) -> Format {
        match self {
            Self::Common(format) => format,
            Self::Html => Format::Table,
        }
    }
}

impl ValueEnum for Face {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Face>> = LazyLock::new(|| {
            let common = Format::value_variants().iter().copied().map(Face::Common);
            common.chain([Face::Html]).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Common(format) => format.to_possible_value(),
            Self::Html => Some(
                PossibleValue::new("html").help("For a browser and for paper: `capf report` alone"),
            ),
        }
    }
}

/// When something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The definition of the command line, from which help, man pages and completions are made.
pub(crate) fn command() -> clap::Command {
    with_environment(Cli::command())
}

/// Lets every option be given as `CAPF_…` in the environment.
fn with_environment(command: clap::Command) -> clap::Command {
    let with_variable = |argument: clap::Arg| {
        let Some(option) = argument.get_long() else {
            return argument;
        };
        let variable = format!("CAPF_{}", option.to_uppercase().replace('-', "_"));
        let argument = match argument.get_action() {
            ArgAction::SetTrue => argument.value_parser(FalseyValueParser::new()),
            _ => argument,
        };
        // That every option has one is said once, in the help of `capf`.
        argument.env(variable).hide_env(true)
    };
    command
        .mut_args(with_variable)
        .mut_subcommands(with_environment)
}

/// The same, where what is said for every command holds if a command line does not say otherwise.
pub(crate) fn command_with(everywhere: &Everywhere) -> clap::Command {
    let text = |value: &dyn ToString| Some(OsString::from(value.to_string()));
    let word = |value: Option<PossibleValue>| value.and_then(|value| text(&value.get_name()));
    let path = |path: &Option<PathBuf>| path.clone().map(PathBuf::into_os_string);
    [
        ("config", path(&everywhere.config)),
        ("data_dir", path(&everywhere.data_dir)),
        ("store", everywhere.store.clone().map(OsString::from)),
        ("format", word(everywhere.format.to_possible_value())),
        ("quiet", text(&everywhere.quiet)),
        ("color", word(everywhere.color.to_possible_value())),
        ("yes", text(&everywhere.yes)),
    ]
    .into_iter()
    .filter_map(|(option, value)| Some((option, value?)))
    .fold(command(), |command, (option, value)| {
        // The environment has had its say. There may be a password in the store's URI.
        command.mut_arg(option, |argument| {
            let takes_value = argument.get_action().takes_values();
            argument
                .env(Resettable::Reset)
                .default_value(value)
                .hide_default_value(takes_value)
        })
    })
}

/// What an unfinished command line says for every command, and `otherwise` where that cannot be told.
pub(crate) fn everywhere(
    definition: &clap::Command,
    words: &[String],
    otherwise: &Everywhere,
) -> Everywhere {
    let arguments = std::iter::once("capf").chain(words.iter().map(String::as_str));
    let matches = definition
        .clone()
        .ignore_errors(true)
        .try_get_matches_from(arguments);
    let said = matches.and_then(|matches| Everywhere::from_arg_matches(&matches));
    said.unwrap_or_else(|_| otherwise.clone())
}

/// Runs the command that `arguments` name and says how it ended.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = as_capf(arguments.into_iter().collect());
    ExitCode::from(run_with(command(), &arguments, |command, context| {
        // What reads commands itself has a runtime for each of them.
        match command {
            Command::Shell(shell) => shell.run(context),
            command => runtime()?.block_on(command.run(context)),
        }
    }))
}

/// Reads `arguments` as `definition` has them, lets `runner` run the command that they name, and says
/// how it ended: the exit code.
pub(crate) fn run_with(
    definition: clap::Command,
    arguments: &[OsString],
    runner: impl FnOnce(Command, &Context) -> Result<Completion, CommandError>,
) -> u8 {
    let parsed = definition
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && asks_for_a_check(arguments) => {
            return exit_code(&write_unknown(&Ui::plain(), &problem(&error)));
        }
        Err(error) => {
            // Nobody is left to tell if that cannot be written.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(USAGE);
        }
    };
    let context = Context::new(Ui::new(&cli.everywhere), cli.everywhere);
    let is_check = cli.command.is_check();
    let mut end = if context.wants_page() && !cli.command.has_page() {
        Err(
            CommandError::usage("`--format html` is for `capf report` alone")
                .hint("Leave it out, or give another format."),
        )
    } else {
        runner(cli.command, &context)
    };
    if is_check
        && let Err(error) = &end
        && let Some(message) = error.message()
    {
        end = write_unknown(&context.ui, message);
    }
    if let Err(error) = &end {
        context.ui.error(error);
    }
    exit_code(&end)
}

/// What a command runs in; what it has begun ends with it.
pub(crate) fn runtime() -> Result<Runtime, CommandError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::failed(format!("no thread can be started: {error}")))
}

/// Whether it is `capf check` that the arguments are wrong for.
fn asks_for_a_check(arguments: &[OsString]) -> bool {
    let matches = command()
        .ignore_errors(true)
        .try_get_matches_from(arguments);
    matches.is_ok_and(|matches| matches.subcommand_name() == Some("check"))
}

/// What is wrong with the command line, in one line.
fn problem(error: &clap::Error) -> String {
    let text = error.to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = paragraph.split_whitespace().collect();
    words.join(" ").trim_start_matches("error: ").to_owned()
}

/// Takes `utils capf csr count` for `capf csr count`; some of Cisco's documents have `utils capt`.
fn as_capf(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let called_as_utils = arguments
        .first()
        .is_some_and(|program| Path::new(program).file_name() == Some(OsStr::new("utils")));
    if called_as_utils
        && arguments
            .get(1)
            .is_some_and(|first| first == "capf" || first == "capt")
    {
        arguments.remove(1);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_command_line_holds_together() {
        command().debug_assert();
    }

    #[test]
    fn the_name_behind_utils_is_dropped_once() {
        for (given, taken) in [
            ("/usr/local/bin/utils capf csr count", "csr count"),
            ("utils capt set keep_alive", "set keep_alive"),
            ("utils csr count", "csr count"),
            ("utils capf capf", "capf"),
            ("/usr/bin/capf capf", "capf"),
        ] {
            let arguments = as_capf(given.split(' ').map(OsString::from).collect());
            assert_eq!(arguments[1..].join(OsStr::new(" ")), taken, "{given}");
        }
    }
}
