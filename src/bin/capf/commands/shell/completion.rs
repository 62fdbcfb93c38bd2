//! What can come next in a line: for Tab, which types it, and for `?`, which lists it.

use std::path::Path;

use clap::{Arg, Command};
use clap_complete::engine::{self, CompletionCandidate};

use super::line::{Line, begun, quoted};
use super::values::Typed;
use super::words::{place, plain, spelt_out};
use crate::cli::{self, Everywhere};
use crate::command_error::CommandError;
use crate::ui::Ui;

/// The heading of the options of every command.
const EVERYWHERE: &str = "Options of every command";

/// A word that could be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// As it is shown.
    pub(super) shown: String,
    /// As it is typed, in quotes if it needs them.
    pub(super) typed: String,
}

/// What is listed under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) heading: String,
    /// A word each, and what it means.
    pub(super) rows: Vec<(String, String)>,
}

/// What can come next in a line.
#[derive(Clone)]
pub(super) struct Completion {
    definition: Command,
    typed: Typed,
    everywhere: Everywhere,
}

impl Completion {
    pub(super) fn new(definition: Command, typed: Typed, everywhere: Everywhere) -> Self {
        Self {
            definition,
            typed,
            everywhere,
        }
    }

    /// The words that could stand where the last one of `typed` is being typed, and where it begins.
    pub(super) fn choices(&self, typed: &str) -> (usize, Vec<Choice>) {
        let Some((words, word, start)) = Line::at_cursor(typed) else {
            return (typed.len(), Vec::new());
        };
        let mut candidates = self.candidates(words, &word);
        // Options are offered to whoever has begun one, or where nothing else can come.
        let is_option =
            |it: &CompletionCandidate| it.get_value().to_string_lossy().starts_with('-');
        if word.is_empty() && !candidates.iter().all(is_option) {
            candidates.retain(|it| !is_option(it));
        }
        let is_last = candidates.len() == 1;
        let choices = candidates.iter().map(|it| choice(it, is_last)).collect();
        (start, choices)
    }

    /// What can come behind `words`, beginning with `word`.
    pub(super) fn sections(&self, words: Vec<String>, word: &str) -> Vec<Section> {
        let found = plain(&self.definition, words.clone());
        let (command, option) = place(&self.definition, &found);
        let mut sections: Vec<Section> = Vec::new();
        let mut add =
            |heading: &str, row| match sections.iter_mut().find(|it| it.heading == heading) {
                Some(section) => section.rows.push(row),
                None => sections.push(Section {
                    heading: heading.to_owned(),
                    rows: vec![row],
                }),
            };
        if word.is_empty() {
            match option {
                Some(option) => add("Values", described(option)),
                None => command
                    .get_positionals()
                    .for_each(|argument| add("Arguments", described(argument))),
            }
        }
        for candidate in self.candidates(words, word) {
            let shown = candidate.get_value().to_string_lossy().into_owned();
            let tag = candidate
                .get_tag()
                .map_or_else(String::new, ToString::to_string);
            // What completes an argument is listed under its name.
            let heading = if tag.starts_with(['-', '<', '[']) {
                "Values"
            } else {
                &tag[..]
            };
            let help = candidate.get_help().map_or_else(String::new, first_line);
            add(heading, (shown, help));
        }
        // What can come everywhere says least.
        sections.sort_by_key(|section| section.heading == EVERYWHERE);
        sections
    }

    fn candidates(&self, words: Vec<String>, word: &str) -> Vec<CompletionCandidate> {
        let Ok(words) = spelt_out(&self.definition, words) else {
            return Vec::new();
        };
        let asks_for_help = words.first().is_some_and(|word| word == "help");
        let words = plain(&self.definition, words);
        self.typed.set(
            cli::everywhere(&self.definition, &words, &self.everywhere),
            words.clone(),
        );
        let mut arguments = vec!["capf".into()];
        arguments.extend(words.into_iter().map(Into::into));
        let index = arguments.len();
        arguments.push(word.into());
        let mut definition = self.definition.clone();
        let here = Some(Path::new("."));
        let mut candidates =
            engine::complete(&mut definition, arguments, index, here).unwrap_or_default();
        if asks_for_help {
            candidates.retain(|it| it.get_id().is_some_and(|id| id.starts_with("command::")));
        }
        candidates
    }
}

/// Shows what can come next.
pub(super) fn show(ui: &Ui, sections: &[Section]) -> Result<(), CommandError> {
    let rows = || sections.iter().flat_map(|section| &section.rows);
    // What is longer does not move the others.
    let width = rows()
        .map(|(word, _)| word.chars().count())
        .filter(|width| *width <= 30)
        .max();
    let width = width.unwrap_or_default();
    if sections.is_empty() {
        ui.note("Nothing more can come here.");
    }
    for Section { heading, rows } in sections {
        ui.line(&format!("{heading}:"))?;
        for (word, help) in rows {
            ui.line(format!("  {word:width$}  {help}").trim_end())?;
        }
    }
    Ok(())
}

fn choice(candidate: &CompletionCandidate, is_last: bool) -> Choice {
    let shown = candidate.get_value().to_string_lossy().into_owned();
    let goes_on = shown.ends_with(['/', '=', ' ']);
    let typed = match (goes_on, is_last) {
        (true, _) => begun(&shown),
        (false, true) => format!("{} ", quoted(&shown)),
        (false, false) => quoted(&shown),
    };
    Choice { shown, typed }
}

fn described(argument: &Arg) -> (String, String) {
    let name = match argument.get_value_names() {
        Some([name, ..]) => name.to_string(),
        _ => argument.get_id().to_string().to_uppercase(),
    };
    let help = argument.get_help().map_or_else(String::new, first_line);
    (format!("<{name}>"), help)
}

fn first_line(help: &clap::builder::StyledStr) -> String {
    let help = help.to_string();
    help.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::commands::shell::words::definition;

    /// No installation is asked.
    fn completion() -> Completion {
        let line = ["capf", "--data-dir", "/nonexistent", "csr", "count"];
        let everywhere = cli::Cli::parse_from(line).everywhere;
        let typed = Typed::new(everywhere.clone());
        Completion::new(definition(&everywhere, &typed), typed, everywhere)
    }

    fn typed(line: &str) -> Vec<String> {
        let (_, choices) = completion().choices(line);
        choices.into_iter().map(|choice| choice.typed).collect()
    }

    #[test]
    fn commands_options_and_values_are_completed_from_their_definition() {
        for (line, expected) in [
            ("csr co", &["count "][..]),
            ("csr ", &["count", "list", "dump", "delete"]),
            ("utils ca", &["capf "]),
            ("utils capf csr du", &["dump "]),
            ("ut ca sta", &["stale-lsc "]),
            ("stale-lsc v", &["view "]),
            ("stale-lsc delete ", &["all "]),
            ("help stale-lsc d", &["delete "]),
            ("csr count --for", &["--format "]),
            ("csr count --format j", &["json", "jsonl"]),
            ("csr count --format=c", &["--format=csv "]),
            ("phone set SEP1 --operation tr", &["troubleshoot "]),
            (
                "--format json parameter set tls-min",
                &["tls-minimum-version "],
            ),
            (
                "parameter set 'Certificate Iss",
                &["'Certificate Issuer to Endpoint' "],
            ),
            ("parameter set certificate-issuer 'Off", &["'Offline CA' "]),
            (
                "phone find --where LSC",
                &[
                    "'LSC Status ",
                    "'LSC Expires ",
                    "'LSC Issued by ",
                    "'LSC Issuer Expires by ",
                ],
            ),
            (
                "phone find --where 'lsc status is n",
                &["'LSC Status is not empty' "],
            ),
            ("phone show ", &["--help"]),
            ("csr count # ", &[]),
            ("csr list | ", &[]),
        ] {
            let mut found = typed(line);
            // Options of every command are everywhere.
            found.retain(|word| {
                line.contains("--for") || !word.starts_with("--") || word == "--help"
            });
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn what_can_come_next_is_listed_with_what_it_means() {
        let sections = |words: &[&str], word| {
            let words = words.iter().map(ToString::to_string).collect();
            completion().sections(words, word)
        };
        let stale = sections(&["utils", "capf", "stale-lsc"], "");
        assert_eq!(stale[0].heading, "Commands");
        let words: Vec<_> = stale[0].rows.iter().map(|(word, _)| &word[..]).collect();
        assert_eq!(words, ["list", "delete"]);
        assert_eq!(stale.last().unwrap().heading, EVERYWHERE);
        let minutes = sections(&["set", "keep_alive"], "");
        assert_eq!(
            minutes[0].rows,
            [(
                "<MINUTES>".to_owned(),
                "The minutes between two keepalives".to_owned()
            )]
        );
        let rows = sections(&["phone", "find", "--rows"], "");
        assert_eq!(
            rows[0].rows,
            [("<N>".to_owned(), "Rows per page".to_owned())]
        );
        assert_eq!(sections(&["csr"], "x"), []);
    }
}
