//! What an administrator could be about to type, where only the installation knows it: the names of
//! phones, of saved searches, and so on.

use std::ffi::OsStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use capf::admin::{self, AdminError, Installation};
use capf::model::{Field, Parameter, ParameterKind, Pattern};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::cli::Everywhere;
use crate::context::Context;
use crate::ui::Ui;

/// How many names are offered at most.
const LIMIT: u32 = 100;

/// How long somebody who presses Tab waits for the installation.
const PATIENCE: Duration = Duration::from_secs(2);

/// The line that is being typed, as far as values depend on it.
#[derive(Clone, Debug)]
pub(super) struct Typed(Arc<Mutex<Before>>);

#[derive(Debug)]
struct Before {
    everywhere: Everywhere,
    words: Vec<String>,
}

impl Typed {
    pub(super) fn new(everywhere: Everywhere) -> Self {
        let words = Vec::new();
        Self(Arc::new(Mutex::new(Before { everywhere, words })))
    }

    /// The words in front of the one that is being typed, and the options among them.
    pub(super) fn set(&self, everywhere: Everywhere, words: Vec<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Before { everywhere, words };
    }

    fn find<T>(&self, find: impl FnOnce(&Before) -> T) -> T {
        find(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks the installation, if there is one and it answers soon; nothing is made there.
    fn ask<T: Default>(
        &self,
        question: impl AsyncFnOnce(&Installation) -> Result<T, AdminError>,
    ) -> T {
        let context = self
            .find(|before| Context::new(Ui::new(&before.everywhere), before.everywhere.clone()));
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        else {
            return T::default();
        };
        let answer = runtime.block_on(async {
            let asked = async {
                let installation = context.installation_to_read().await.ok()?;
                question(&installation).await.ok()
            };
            tokio::time::timeout(PATIENCE, asked).await.ok().flatten()
        });
        // Whoever has not answered by now is not waited for.
        runtime.shutdown_background();
        answer.unwrap_or_default()
    }
}

/// What completes an argument.
type Completer = fn(&Typed, &str) -> Vec<CompletionCandidate>;

/// Which arguments take such values: the command, the argument, and what completes it.
const COMPLETERS: &[(&[&str], &str, Completer)] = &[
    (&["phone", "set"], "names", devices),
    (&["phone", "show"], "name", devices),
    (&["phone", "config"], "name", devices),
    (&["phone", "reset"], "names", devices),
    (&["phone", "remove"], "names", devices),
    (&["trace", "list"], "device", devices),
    (&["trace", "show"], "name", traces),
    (&["saved-search", "show"], "name", searches),
    (&["saved-search", "delete"], "names", searches),
    (&["trust", "show"], "id", anchors),
    (&["trust", "remove"], "id", anchors),
    (&["trust", "crl", "remove"], "id", crls),
    (&["parameter", "show"], "name", parameters),
    (&["parameter", "set"], "name", parameters),
    (&["parameter", "set"], "value", parameter_values),
    (&["parameter", "set"], "more", parameters),
    (&["parameter", "reset"], "names", parameters),
    (&["parameter", "history"], "name", parameters),
];

/// Options that take such values wherever they are.
const OPTIONS: &[(&str, Completer)] = &[("saved", searches), ("criteria", criteria)];

/// Lets Tab know these values.
pub(super) fn completed(definition: clap::Command, typed: &Typed) -> clap::Command {
    let definition =
        COMPLETERS
            .iter()
            .fold(definition, |definition, (path, argument, completer)| {
                at(definition, path, |command| {
                    command.mut_arg(*argument, |argument| argument.add(of(*completer, typed)))
                })
            });
    with_options(definition, typed)
}

fn with_options(command: clap::Command, typed: &Typed) -> clap::Command {
    let command =
        command.mut_args(
            |argument| match OPTIONS.iter().find(|(id, _)| argument.get_id() == id) {
                Some((_, completer)) => argument.add(of(*completer, typed)),
                None => argument,
            },
        );
    command.mut_subcommands(|command| with_options(command, typed))
}

fn at(
    command: clap::Command,
    path: &[&str],
    change: impl FnOnce(clap::Command) -> clap::Command,
) -> clap::Command {
    match path {
        [] => change(command),
        [first, rest @ ..] => {
            let change: Box<dyn FnOnce(clap::Command) -> clap::Command> =
                Box::new(|command| at(command, rest, change));
            command.mut_subcommand(*first, change)
        }
    }
}

fn of(completer: Completer, typed: &Typed) -> ArgValueCompleter {
    let typed = typed.clone();
    ArgValueCompleter::new(move |word: &OsStr| match word.to_str() {
        Some(word) => completer(&typed, word),
        None => Vec::new(),
    })
}

/// Names of phones; behind `..`, the last of a range.
fn devices(typed: &Typed, word: &str) -> Vec<CompletionCandidate> {
    let (first, word) = match word.rsplit_once("..") {
        Some((first, word)) => (format!("{first}.."), word.to_owned()),
        None => (String::new(), word.to_owned()),
    };
    let names = typed
        .ask(async |installation| admin::phone::names_beginning(installation, &word, LIMIT).await);
    let names = names.into_iter();
    names
        .map(|name| CompletionCandidate::new(format!("{first}{name}")))
        .collect()
}

fn traces(typed: &Typed, word: &str) -> Vec<CompletionCandidate> {
    let traces = typed.ask(async |installation| admin::trace::list(installation, None));
    beginning(word, traces.into_iter().map(|trace| trace.name.to_string()))
}

fn searches(typed: &Typed, word: &str) -> Vec<CompletionCandidate> {
    let searches = typed.ask(async |installation| admin::saved_search::list(installation).await);
    beginning(
        word,
        searches.into_iter().map(|search| search.name.to_string()),
    )
}

fn anchors(typed: &Typed, word: &str) -> Vec<CompletionCandidate> {
    let anchors = typed.ask(async |installation| admin::trust::anchors(installation).await);
    numbered(
        word,
        anchors
            .into_iter()
            .map(|anchor| (anchor.id, anchor.certificate.subject().to_owned())),
    )
}

fn crls(typed: &Typed, word: &str) -> Vec<CompletionCandidate> {
    let lists = typed.ask(async |installation| admin::trust::crl::list(installation).await);
    numbered(word, lists.into_iter().map(|list| (list.id, list.issuer)))
}

/// Numbers that begin like the word, each with what it stands for.
fn numbered(word: &str, known: impl Iterator<Item = (i64, String)>) -> Vec<CompletionCandidate> {
    known
        .map(|(id, what)| CompletionCandidate::new(id.to_string()).help(Some(what.into())))
        .filter(|it| it.get_value().to_string_lossy().starts_with(word))
        .collect()
}

/// Parameters by their short names, and by Cisco's where one is begun.
fn parameters(_: &Typed, word: &str) -> Vec<CompletionCandidate> {
    let named = |name: &'static str, about: &'static str| {
        CompletionCandidate::new(name).help(Some(about.into()))
    };
    let short = Parameter::ALL
        .iter()
        .map(|it| named(it.option(), it.as_str()));
    let short: Vec<_> = short
        .filter(|it| it.get_value().to_string_lossy().starts_with(word))
        .collect();
    if !short.is_empty() {
        return short;
    }
    let long = Parameter::ALL.iter().map(|it| it.as_str());
    long.filter(|name| begins(name, word))
        .map(CompletionCandidate::new)
        .collect()
}

/// The values of the parameter in front, where it has few.
fn parameter_values(typed: &Typed, word: &str) -> Vec<CompletionCandidate> {
    let parameter = typed.find(|before| {
        let mut words = before.words.iter();
        words.find_map(|word| word.parse::<Parameter>().ok())
    });
    match parameter.map(Parameter::kind) {
        Some(ParameterKind::Choice(values)) => {
            beginning(word, values.iter().map(ToString::to_string))
        }
        _ => Vec::new(),
    }
}

/// A field, and behind one a pattern; what goes on ends in a blank.
fn criteria(_: &Typed, word: &str) -> Vec<CompletionCandidate> {
    let fields = || Field::ALL.iter().map(|field| field.as_str());
    let behind = fields().find(|field| begins(word, field) && word.len() > field.len());
    let Some(field) = behind else {
        return beginning(word, fields().map(|field| format!("{field} ")));
    };
    let patterns = Pattern::ALL.iter().map(|pattern| {
        let text = if pattern.takes_text() { " " } else { "" };
        format!("{field} {pattern}{text}")
    });
    beginning(word, patterns)
}

fn beginning(word: &str, names: impl Iterator<Item = String>) -> Vec<CompletionCandidate> {
    let names = names.filter(|name| begins(name, word)).take(LIMIT as usize);
    names.map(CompletionCandidate::new).collect()
}

/// Whether a name begins with a word, in any case.
fn begins(name: &str, word: &str) -> bool {
    name.to_lowercase().starts_with(&word.to_lowercase())
}
