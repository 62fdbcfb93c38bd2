//! The words of a line, from those that an administrator types to those that capf takes.

use clap::{Arg, Command};

use super::values::{self, Typed};
use crate::cli::{self, Everywhere};

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Request {
    Nothing,
    /// A command, with the words that capf takes.
    Run(Vec<String>),
    /// What can come behind these words.
    List(Vec<String>),
    Leave,
}

/// A word of which several commands could be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not one command: it could be {}", .commands.join(", "))]
pub(super) struct Ambiguous {
    word: String,
    commands: Vec<String>,
}

/// Whether a command may be named by the letters with which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Abbreviations {
    /// At the prompt.
    Taken,
    /// In a script, which is to mean the same when there are more commands.
    Refused,
}

/// The commands of a line: capf's, for which `everywhere` holds if the line does not say otherwise,
/// and the shell's own.
pub(super) fn definition(everywhere: &Everywhere, typed: &Typed) -> Command {
    let own = |name, about| Command::new(name).about(about);
    let group = |command: Command| {
        command
            .subcommand_required(true)
            .arg_required_else_help(true)
    };
    let show = own("show", "What IOS shows of its CAPF server").subcommand(group(
        own("capf-server", "The CAPF server").subcommand(own(
            "sessions",
            "List the sessions that are open: `session list`",
        )),
    ));
    let utils = own(
        "utils",
        "Commands as they are typed on Unified CM: `utils capf csr count`",
    )
    .subcommand(own("capf", "Any command").aliases(&CAPF[1..]));
    let help = own("help", "Explain a command").arg(
        Arg::new("COMMAND")
            .help("Its words, `csr dump` for example")
            .num_args(0..),
    );
    let definition = cli::command_with(everywhere)
        .mut_subcommand("shell", |shell| shell.hide(true))
        // So that `ut` is `utils`: it is for a shell of the system.
        .mut_subcommand("util", |util| util.hide(true))
        .subcommands([
            group(utils),
            group(show),
            help,
            own("exit", "Leave the shell").visible_alias("quit"),
        ]);
    let mut definition = values::completed(definition, typed);
    definition.build();
    definition
}

/// Finds out what the words of a line ask for.
pub(super) fn request(
    definition: &Command,
    words: Vec<String>,
    abbreviations: Abbreviations,
) -> Result<Request, Ambiguous> {
    let mut words = match abbreviations {
        Abbreviations::Taken => spelt_out(definition, words)?,
        Abbreviations::Refused => words,
    };
    if words.is_empty() {
        return Ok(Request::Nothing);
    }
    if words.pop_if(|word| word == "?").is_some() {
        return Ok(Request::List(words));
    }
    let explains = words[0] == "help";
    let mut plain = plain(definition, words.clone());
    let is_group = plain.is_empty() || is(&plain, 0, UTILS) && plain.len() == 1;
    Ok(if is_group {
        Request::List(words)
    } else if explains {
        plain.push("--help".to_owned());
        Request::Run(plain)
    } else if is(&plain, 0, LEAVE) && plain.len() == 1 {
        Request::Leave
    } else {
        Request::Run(plain)
    })
}

// Some of Cisco's documents have `util` and `capt`.
const UTILS: &[&str] = &["utils", "util"];
const CAPF: &[&str] = &["capf", "capt"];
const LEAVE: &[&str] = &["exit", "quit"];

/// Takes away what may stand in front of a command: `help`, and `utils capf` or `capf`.
pub(super) fn plain(definition: &Command, mut words: Vec<String>) -> Vec<String> {
    let mut rest = words.split_off(command_index(definition, &words));
    if is(&rest, 0, &["help"]) {
        rest.remove(0);
    }
    if is(&rest, 0, UTILS) && is(&rest, 1, CAPF) {
        rest.drain(..2);
    } else if is(&rest, 0, &["capf"]) {
        rest.remove(0);
    }
    if is(&rest, 0, &["show"]) && is(&rest, 1, &["capf-server"]) && is(&rest, 2, &["sessions"]) {
        rest.splice(..3, ["session", "list"].map(str::to_owned));
    }
    words.extend(rest);
    words
}

fn is(words: &[String], index: usize, names: &[&str]) -> bool {
    words
        .get(index)
        .is_some_and(|word| names.contains(&&word[..]))
}

/// Where the command stands: behind the options of every command.
fn command_index(definition: &Command, words: &[String]) -> usize {
    let mut index = 0;
    while let Some(word) = words.get(index).filter(|word| word.starts_with('-')) {
        index += 1 + usize::from(takes_next(definition, word));
    }
    index.min(words.len())
}

/// Spells out the commands that are named by the letters with which they begin.
pub(super) fn spelt_out(
    definition: &Command,
    mut words: Vec<String>,
) -> Result<Vec<String>, Ambiguous> {
    let mut command = definition;
    let mut index = 0;
    while let Some(word) = words.get_mut(index) {
        if word.starts_with('-') {
            index += 1 + usize::from(takes_next(command, word));
            continue;
        }
        let Some(found) = named(command, word)? else {
            break;
        };
        if command.find_subcommand(&*word).is_none() {
            found.get_name().clone_into(word);
        }
        // What stands behind these is a command as if it stood alone.
        let name = found.get_name();
        command = match name {
            "help" | "capf" => definition,
            _ => found,
        };
        index += 1;
    }
    Ok(words)
}

/// The command behind `command` that a word names.
fn named<'a>(command: &'a Command, word: &str) -> Result<Option<&'a Command>, Ambiguous> {
    if let Some(exactly) = command.find_subcommand(word) {
        return Ok(Some(exactly));
    }
    if word.is_empty() {
        return Ok(None);
    }
    let begin_so = |command: &&Command| {
        let mut names = command.get_name_and_visible_aliases().into_iter();
        names.any(|name| name.starts_with(word)) && !command.is_hide_set()
    };
    let found: Vec<_> = command.get_subcommands().filter(begin_so).collect();
    match found[..] {
        [] => Ok(None),
        [command] => Ok(Some(command)),
        _ => Err(Ambiguous {
            word: word.to_owned(),
            commands: found.iter().map(|it| it.get_name().to_owned()).collect(),
        }),
    }
}

/// The command that words name, and the option at their end that wants a value.
pub(super) fn place<'a>(
    definition: &'a Command,
    words: &[String],
) -> (&'a Command, Option<&'a Arg>) {
    let mut command = definition;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if takes_next(command, word) {
            if words.next().is_none() {
                return (command, option(command, word));
            }
        } else if let Some(found) = command.find_subcommand(word) {
            command = found;
        }
    }
    (command, None)
}

/// Whether a word is an option whose value is the next word.
fn takes_next(command: &Command, word: &str) -> bool {
    option(command, word).is_some_and(|option| option.get_action().takes_values())
}

fn option<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    let name = word.strip_prefix("--")?;
    command
        .get_arguments()
        .find(|option| option.get_long() == Some(name))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn request_of(line: &str, abbreviations: Abbreviations) -> Result<Request, Ambiguous> {
        let everywhere = cli::Cli::parse_from(["capf", "csr", "count"]).everywhere;
        let definition = definition(&everywhere, &Typed::new(everywhere.clone()));
        let words = line.split_whitespace().map(str::to_owned).collect();
        request(&definition, words, abbreviations)
    }

    fn at_prompt(line: &str) -> Request {
        request_of(line, Abbreviations::Taken).unwrap()
    }

    fn run(words: &str) -> Request {
        Request::Run(words.split(' ').map(str::to_owned).collect())
    }

    fn list(words: &[&str]) -> Request {
        Request::List(words.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_definition_holds_together() {
        let everywhere = cli::Cli::parse_from(["capf", "csr", "count"]).everywhere;
        definition(&everywhere, &Typed::new(everywhere.clone())).debug_assert();
    }

    #[test]
    fn what_stands_in_front_of_a_command_is_taken_away() {
        for line in [
            "csr count",
            "capf csr count",
            "utils capf csr count",
            "util capf csr count",
            "utils capt csr count",
        ] {
            let expected = run("csr count");
            assert_eq!(
                request_of(line, Abbreviations::Refused),
                Ok(expected),
                "{line}"
            );
        }
        assert_eq!(
            at_prompt("--format json utils capf csr count"),
            run("--format json csr count")
        );
        assert_eq!(at_prompt("show capf-server sessions"), run("session list"));
        assert_eq!(at_prompt("phone show capf"), run("phone show capf"));
    }

    #[test]
    fn commands_are_known_by_the_letters_with_which_they_begin() {
        for (line, expected) in [
            ("ut ca cs co", "csr count"),
            ("cs co", "csr count"),
            ("phone sh SEP1", "phone show SEP1"),
            ("sta view", "stale-lsc view"),
            ("--format csv par li", "--format csv parameter list"),
            ("sho capf-s s", "session list"),
            ("phone set s --all", "phone set s --all"),
            ("nonsense csr co", "nonsense csr co"),
        ] {
            assert_eq!(at_prompt(line), run(expected), "{line}");
        }
        let error = request_of("phone re SEP1", Abbreviations::Taken).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`re` is not one command: it could be renew, reset, remove"
        );
        assert_eq!(
            request_of("cs co", Abbreviations::Refused),
            Ok(run("cs co"))
        );
    }

    #[test]
    fn help_and_questions_are_understood() {
        assert_eq!(at_prompt(""), Request::Nothing);
        assert_eq!(at_prompt("exit"), Request::Leave);
        assert_eq!(at_prompt("qu"), Request::Leave);
        assert_eq!(at_prompt("help utils capf csr"), run("csr --help"));
        assert_eq!(at_prompt("help cs du"), run("csr dump --help"));
        assert_eq!(at_prompt("help"), list(&["help"]));
        assert_eq!(at_prompt("?"), list(&[]));
        assert_eq!(at_prompt("utils capf"), list(&["utils", "capf"]));
        assert_eq!(at_prompt("utils"), list(&["utils"]));
        assert_eq!(at_prompt("csr ?"), list(&["csr"]));
    }
}
