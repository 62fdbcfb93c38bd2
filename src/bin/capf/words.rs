//! Options that take one of Cisco's words.

use std::ffi::OsStr;
use std::marker::PhantomData;
use std::str::FromStr;

use capf::model::UnknownWord;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Reads one of the model's words: in the command line's spelling, which help and completions
/// show, or in Cisco's.
#[derive(Clone)]
pub(crate) struct Words<T> {
    options: Vec<&'static str>,
    word: PhantomData<T>,
}

/// A parser of the words `all`, spelt by `option`.
pub(crate) fn words<T: Copy>(all: &[T], option: fn(T) -> &'static str) -> Words<T> {
    words_of(all.iter().copied().map(option))
}

/// A parser of words of which these are shown.
pub(crate) fn words_of<T>(options: impl Iterator<Item = &'static str>) -> Words<T> {
    Words {
        options: options.collect(),
        word: PhantomData,
    }
}

impl<T> TypedValueParser for Words<T>
where
    T: FromStr<Err = UnknownWord> + Clone + Send + Sync + 'static,
{
    type Value = T;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        let text = value.to_string_lossy();
        text.parse().map_err(|_| {
            let mut error = clap::Error::new(ErrorKind::InvalidValue).with_cmd(command);
            if let Some(argument) = argument {
                error.insert(
                    ContextKind::InvalidArg,
                    ContextValue::String(argument.to_string()),
                );
            }
            error.insert(
                ContextKind::InvalidValue,
                ContextValue::String(text.into_owned()),
            );
            error.insert(
                ContextKind::ValidValue,
                ContextValue::Strings(self.options.iter().map(|&word| word.to_owned()).collect()),
            );
            error
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.options.iter().map(PossibleValue::new)))
    }
}
