//! Criteria as SQL.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::{
    AuthenticationMode, Criterion, Field, InvalidCriterion, OperationStatus, Pattern,
};
use crate::store::StoreError;
use crate::store::engine::Value;
use crate::store::number::Numbered;

/// How a field is kept.
enum Kind {
    /// The name, in upper case.
    Name,
    /// Text in lower case, empty where there is none.
    Text(&'static str),
    AuthenticationMode,
    OperationStatus,
    /// A time; 0 where there is none.
    Date(&'static str),
}

const fn kind(field: Field) -> Kind {
    match field {
        Field::DeviceName => Kind::Name,
        Field::Description => Kind::Text("phone.description_key"),
        Field::DeviceType => Kind::Text("phone.model_key"),
        Field::SecurityProfile => Kind::Text("phone.security_profile_key"),
        Field::AuthenticationString => Kind::Text("phone.authentication_string"),
        Field::AuthenticationMode => Kind::AuthenticationMode,
        Field::LscStatus => Kind::OperationStatus,
        Field::LscExpires => Kind::Date("phone.lsc_not_after"),
        Field::LscIssuedBy => Kind::Text("phone.lsc_issuer_key"),
        Field::LscIssuerExpiresBy => Kind::Date("phone.lsc_issuer_not_after"),
    }
}

/// The field's column, and whether it holds text.
pub(super) const fn column(field: Field) -> (&'static str, bool) {
    match kind(field) {
        Kind::Name => ("phone.name", true),
        Kind::Text(column) => (column, true),
        Kind::AuthenticationMode => ("phone.authentication_mode", false),
        Kind::OperationStatus => ("phone.operation_status", false),
        Kind::Date(column) => (column, false),
    }
}

/// Whether an index finds the phones that meet the criterion, but for the engine's index of texts.
pub(super) fn is_indexed(criterion: &Criterion) -> bool {
    let is_inside = matches!(criterion.pattern, Pattern::Contains | Pattern::EndsWith);
    // Of an enumeration, the words that meet the pattern are known beforehand.
    !is_inside || !matches!(kind(criterion.field), Kind::Name | Kind::Text(_))
}

/// What the engine's index of texts is asked for, where it is one that can serve the criterion.
pub(super) fn indexed_text(criterion: &Criterion) -> Option<String> {
    if !matches!(criterion.pattern, Pattern::Contains | Pattern::EndsWith) {
        return None;
    }
    match criterion.field {
        Field::DeviceName => Some(criterion.text.to_uppercase()),
        Field::Description => Some(criterion.text.to_lowercase()),
        _ => None,
    }
}

/// A condition with its values. Nothing that a person gave stands in its text.
#[derive(Default)]
pub(in crate::store) struct Filter<'a> {
    conditions: Vec<String>,
    pub(in crate::store) values: Vec<Value<'a>>,
}

impl<'a> Filter<'a> {
    pub(in crate::store) fn new(
        criteria: &[Criterion],
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut filter = Self::default();
        filter.add_criteria(criteria, now)?;
        Ok(filter)
    }

    pub(super) fn add_criteria(
        &mut self,
        criteria: &[Criterion],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        criteria
            .iter()
            .try_for_each(|criterion| self.add_criterion(criterion, now))
    }

    /// Takes the conditions away. The values stay, and the numbers of those that come.
    pub(super) fn clear(&mut self) {
        self.conditions.clear();
    }

    pub(in crate::store) fn condition(&self) -> String {
        if self.conditions.is_empty() {
            String::new()
        } else {
            format!("WHERE {}", self.expression())
        }
    }

    /// What is true of the phones that meet the criteria.
    pub(in crate::store) fn expression(&self) -> String {
        if self.conditions.is_empty() {
            "1 = 1".to_owned()
        } else {
            self.conditions.join(" AND ")
        }
    }

    /// Takes a value and gives the parameter that stands for it.
    pub(in crate::store) fn bind(&mut self, value: Value<'a>) -> String {
        self.values.push(value);
        format!("?{}", self.values.len())
    }

    pub(in crate::store) fn add(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
    }

    fn add_criterion(&mut self, criterion: &Criterion, now: Timestamp) -> Result<(), StoreError> {
        let Criterion { pattern, text, .. } = criterion;
        match kind(criterion.field) {
            Kind::Name => self.add_text("phone.name", *pattern, &text.to_uppercase()),
            Kind::Text(column) => self.add_text(column, *pattern, &text.to_lowercase()),
            Kind::AuthenticationMode => {
                self.add_words::<AuthenticationMode>("phone.authentication_mode", *pattern, text)
            }
            Kind::OperationStatus => {
                self.add_words::<OperationStatus>("phone.operation_status", *pattern, text)
            }
            Kind::Date(column) => return self.add_date(column, criterion, now),
        }
        .ok_or(InvalidCriterion::Mismatch {
            field: criterion.field,
            pattern: *pattern,
        })
        .map_err(StoreError::from)
    }

    /// `None` where the pattern is not one for text.
    fn add_text(&mut self, column: &str, pattern: Pattern, text: &str) -> Option<()> {
        let condition = match pattern {
            // A range, not LIKE, so that an index serves it. U+10FFFF is no character, and sorts
            // behind all that are.
            Pattern::BeginsWith => {
                let from = self.bind(text.to_owned().into());
                let to = self.bind(format!("{text}\u{10ffff}").into());
                format!("({column} >= {from} AND {column} < {to})")
            }
            Pattern::Contains => self.like(column, format!("%{}%", escaped(text))),
            Pattern::EndsWith => self.like(column, format!("%{}", escaped(text))),
            Pattern::IsExactly => format!("{column} = {}", self.bind(text.to_owned().into())),
            Pattern::IsEmpty => format!("{column} = ''"),
            Pattern::IsNotEmpty => format!("{column} > ''"),
            Pattern::IsBefore | Pattern::IsAfter => return None,
        };
        self.add(&condition);
        Some(())
    }

    fn like(&mut self, column: &str, pattern: String) -> String {
        format!("{column} LIKE {} ESCAPE '!'", self.bind(pattern.into()))
    }

    /// Finds which words of the enumeration meet the pattern and asks for their numbers. An
    /// enumeration is never empty. `None` where the pattern is not one for text.
    fn add_words<T>(&mut self, column: &str, pattern: Pattern, text: &str) -> Option<()>
    where
        T: Numbered + PartialEq + fmt::Display + FromStr,
    {
        if matches!(pattern, Pattern::IsBefore | Pattern::IsAfter) {
            return None;
        }
        let wanted = text.to_lowercase();
        let numbers: Vec<String> = T::ALL
            .iter()
            .filter(|value| {
                let word = value.to_string().to_lowercase();
                match pattern {
                    Pattern::BeginsWith => word.starts_with(&wanted),
                    Pattern::Contains => word.contains(&wanted),
                    Pattern::EndsWith => word.ends_with(&wanted),
                    Pattern::IsExactly => {
                        word == wanted || text.parse().is_ok_and(|meant: T| meant == **value)
                    }
                    Pattern::IsNotEmpty => true,
                    Pattern::IsEmpty | Pattern::IsBefore | Pattern::IsAfter => false,
                }
            })
            .map(|value| value.number().to_string())
            .collect();
        if numbers.is_empty() {
            self.add("1 = 0");
        } else if numbers.len() < T::ALL.len() {
            self.add(&format!("{column} IN ({})", numbers.join(", ")));
        }
        Some(())
    }

    fn add_date(
        &mut self,
        column: &str,
        criterion: &Criterion,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let time = |criterion: &Criterion| {
            criterion
                .date(now)
                .map_err(|error| StoreError::from(InvalidCriterion::from(error)))
        };
        let (from, until) = match criterion.pattern {
            Pattern::IsEmpty => {
                self.add(&format!("{column} = 0"));
                return Ok(());
            }
            Pattern::IsNotEmpty => {
                self.add(&format!("{column} > 0"));
                return Ok(());
            }
            Pattern::IsBefore => (Timestamp::MIN, time(criterion)?),
            Pattern::IsExactly => day(time(criterion)?),
            Pattern::IsAfter if is_whole_day(&criterion.text) => {
                (day(time(criterion)?).1, Timestamp::MAX)
            }
            Pattern::IsAfter => (next_millisecond(time(criterion)?), Timestamp::MAX),
            pattern @ (Pattern::BeginsWith | Pattern::Contains | Pattern::EndsWith) => {
                let field = criterion.field;
                return Err(InvalidCriterion::Mismatch { field, pattern }.into());
            }
        };
        // 0 is no time, so the range begins behind it.
        let from = self.bind(from.max(next_millisecond(Timestamp::UNIX_EPOCH)).into());
        let until = self.bind(until.into());
        self.add(&format!("({column} >= {from} AND {column} < {until})"));
        Ok(())
    }
}

/// Text for a LIKE in which it stands for itself.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            escaped.push('!');
        }
        escaped.push(c);
    }
    escaped
}

/// Whether the text is a date without a time of day: `is after` a day is after its end, so that
/// before, exactly and after a day exclude one another.
fn is_whole_day(text: &str) -> bool {
    let text = text.trim();
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
        && text.parse::<Date>().is_ok()
}

/// The UTC day in which `time` lies: its first moment, and that of the next day.
fn day(time: Timestamp) -> (Timestamp, Timestamp) {
    let start = TimeZone::UTC
        .to_timestamp(TimeZone::UTC.to_datetime(time).date().at(0, 0, 0, 0))
        .unwrap_or(Timestamp::MIN);
    (start, later(start, SignedDuration::from_hours(24)))
}

/// The database's next time: it keeps milliseconds.
fn next_millisecond(time: Timestamp) -> Timestamp {
    later(time, SignedDuration::from_millis(1))
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
