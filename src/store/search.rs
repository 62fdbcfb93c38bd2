//! Find and List Phones: criteria and sorting as SQL, one page at a time.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::engine::{Connection, Value, all, first};
use super::number::Numbered;
use super::phone::{self, PhoneRow};
use super::{Store, StoreError};
use crate::model::{
    AuthenticationMode, Criterion, DeviceName, Field, InvalidCriterion, OperationStatus, Pattern,
};

/// A search for phones.
#[derive(Clone)]
pub struct Search {
    /// What a phone must meet: all of it.
    pub criteria: Vec<Criterion>,
    /// By what the phones are sorted; by name among equals.
    pub sort: Column,
    /// Whether the order is reversed.
    pub descending: bool,
    /// Behind which phone the page begins; `None` for the first page.
    pub after: Option<Cursor>,
    /// How many phones stand on a page at most.
    pub limit: u32,
}

impl Default for Search {
    /// The first page of all phones by name, with Unified CM's 50 rows.
    fn default() -> Self {
        Self {
            criteria: Vec::new(),
            sort: Column::Field(Field::DeviceName),
            descending: false,
            after: None,
            limit: 50,
        }
    }
}

/// A column by which phones can be sorted. Phones without a value stand before all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// What can be searched: text without regard to case, LSC Status and Authentication Mode in the
    /// order of Cisco's lists.
    Field(Field),
    /// The Certificate Operation, in the order of Cisco's list.
    CertificateOperation,
    /// When the phone last spoke to CAPF.
    LastContact,
}

impl From<Field> for Column {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}

/// A place between two phones of a search, from which its next page goes on.
#[derive(Clone, PartialEq, Eq)]
pub struct Cursor {
    key: Key,
    name: DeviceName,
}

/// The value of the sort column.
#[derive(Clone, PartialEq, Eq)]
enum Key {
    Integer(i64),
    Text(String),
}

impl fmt::Debug for Cursor {
    /// Shows the phone alone: the sort column can be the authentication string.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Cursor(after {})", self.name)
    }
}

/// A page of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The phones.
    pub rows: Vec<PhoneRow>,
    /// From where the next page goes on, where there is one.
    pub next: Option<Cursor>,
}

impl Store {
    /// One page of the phones that meet the criteria.
    pub async fn find(&self, search: &Search) -> Result<Page, StoreError> {
        let (search, now) = (search.clone(), self.now());
        self.read(move |connection| find(connection, &search, now))
            .await
    }

    /// How many phones meet the criteria.
    pub async fn count(&self, criteria: &[Criterion]) -> Result<u64, StoreError> {
        let (criteria, now) = (criteria.to_vec(), self.now());
        self.read(move |connection| count(connection, &criteria, now))
            .await
    }
}

fn find(
    connection: &mut dyn Connection,
    search: &Search,
    now: Timestamp,
) -> Result<Page, StoreError> {
    let (places, values) = places(search, now)?;
    let (_, is_text) = sort_column(search.sort);
    let order = order(search);
    // Rows are fetched for the page alone, not for all that had to be sorted to find it.
    let sql = format!(
        "SELECT page.sort_key, {columns}
         FROM ({places}) AS page JOIN phone ON phone.name = page.name {latest_csr}
         ORDER BY page.sort_key{order}, page.name{order}",
        columns = phone::COLUMNS,
        latest_csr = phone::LATEST_CSR,
    );
    let mut found = all(connection, &sql, &values, |row| {
        let key = if is_text {
            Key::Text(row.text()?.into_owned())
        } else {
            Key::Integer(row.integer()?)
        };
        Ok((key, phone::read_row(row)?))
    })?;
    let limit = usize::try_from(search.limit).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(key, row)| Cursor {
        key: key.clone(),
        name: row.phone.name.clone(),
    });
    Ok(Page {
        rows: found.into_iter().map(|(_, row)| row).collect(),
        next,
    })
}

const fn order(search: &Search) -> &'static str {
    if search.descending { " DESC" } else { "" }
}

/// The statement that answers the sort column and name of each phone on the page, and of one more
/// where there is a next page.
fn places(search: &Search, now: Timestamp) -> Result<(String, Vec<Value<'_>>), StoreError> {
    let mut filter = Filter::new(&search.criteria, now)?;
    let (column, _) = sort_column(search.sort);
    if let Some(cursor) = &search.after {
        let key = match &cursor.key {
            Key::Integer(integer) => Value::Integer(*integer),
            Key::Text(text) => text.as_str().into(),
        };
        let (key, name) = (filter.bind(key), filter.bind((&cursor.name).into()));
        let beyond = if search.descending { "<" } else { ">" };
        filter.add(&format!("({column}, phone.name) {beyond} ({key}, {name})"));
    }
    let limit = filter.bind((i64::from(search.limit) + 1).into());
    let sql = format!(
        "SELECT {column} AS sort_key, phone.name AS name FROM phone {condition}
         ORDER BY {column}{order}, phone.name{order} LIMIT {limit}",
        condition = filter.condition(),
        order = order(search),
    );
    Ok((sql, filter.values))
}

fn count(
    connection: &mut dyn Connection,
    criteria: &[Criterion],
    now: Timestamp,
) -> Result<u64, StoreError> {
    let filter = Filter::new(criteria, now)?;
    let sql = format!("SELECT COUNT(*) FROM phone {}", filter.condition());
    first(connection, &sql, &filter.values, |row| row.count()).map(Option::unwrap_or_default)
}

/// The column's name in the database, and whether it holds text.
const fn sort_column(column: Column) -> (&'static str, bool) {
    match column {
        Column::Field(field) => match kind(field) {
            Kind::Name => ("phone.name", true),
            Kind::Text(column) => (column, true),
            Kind::AuthenticationMode => ("phone.authentication_mode", false),
            Kind::OperationStatus => ("phone.operation_status", false),
            Kind::Date(column) => (column, false),
        },
        Column::CertificateOperation => ("phone.operation", false),
        Column::LastContact => ("phone.last_contact", false),
    }
}

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

/// A condition with its values. Nothing that a person gave stands in its text.
pub(super) struct Filter<'a> {
    conditions: Vec<String>,
    pub(super) values: Vec<Value<'a>>,
}

impl<'a> Filter<'a> {
    pub(super) fn new(criteria: &[Criterion], now: Timestamp) -> Result<Self, StoreError> {
        let mut filter = Self {
            conditions: Vec::new(),
            values: Vec::new(),
        };
        for criterion in criteria {
            filter.add_criterion(criterion, now)?;
        }
        Ok(filter)
    }

    pub(super) fn condition(&self) -> String {
        if self.conditions.is_empty() {
            String::new()
        } else {
            format!("WHERE {}", self.conditions.join(" AND "))
        }
    }

    /// Takes a value and gives the parameter that stands for it.
    pub(super) fn bind(&mut self, value: Value<'a>) -> String {
        self.values.push(value);
        format!("?{}", self.values.len())
    }

    pub(super) fn add(&mut self, condition: &str) {
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
            Pattern::IsNotEmpty => format!("{column} <> ''"),
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
                self.add(&format!("{column} <> 0"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::engine::Access;
    use crate::store::{StoreUri, migration};

    /// What SQLite says about how it finds the page.
    fn plan(search: &Search) -> String {
        let directory = tempfile::tempdir().unwrap();
        let uri = StoreUri::sqlite(directory.path().join("capf.db"));
        let mut connection = uri.connect(Access::Write).unwrap();
        migration::migrate(&mut *connection).unwrap();
        let (sql, values) = places(search, Timestamp::UNIX_EPOCH).unwrap();
        let sql = format!("EXPLAIN QUERY PLAN {sql}");
        let steps = all(&mut *connection, &sql, &values, |row| {
            let (_id, _parent, _unused) = (row.integer()?, row.integer()?, row.integer()?);
            Ok(row.text()?.into_owned())
        });
        steps.unwrap().join("\n")
    }

    fn pages(sort: Field, key: Key) -> Vec<Search> {
        let after = Cursor {
            key,
            name: "CSFA".parse().unwrap(),
        };
        [
            (None, false),
            (None, true),
            (Some(after.clone()), false),
            (Some(after), true),
        ]
        .into_iter()
        .map(|(after, descending)| Search {
            sort: sort.into(),
            descending,
            after,
            ..Search::default()
        })
        .collect()
    }

    #[test]
    fn a_page_is_a_walk_along_an_index_and_sorts_nothing() {
        let text = || Key::Text("a".to_owned());
        for (sort, key) in [
            (Field::DeviceName, text()),
            (Field::Description, text()),
            (Field::AuthenticationString, text()),
            (Field::LscStatus, Key::Integer(2)),
            (Field::LscExpires, Key::Integer(2)),
            (Field::LscIssuedBy, text()),
            (Field::LscIssuerExpiresBy, Key::Integer(2)),
        ] {
            for search in pages(sort, key) {
                let plan = plan(&search);
                assert!(!plan.contains("TEMP B-TREE"), "{sort}: {plan}");
                let walks = if search.after.is_some() {
                    "SEARCH phone"
                } else {
                    "SCAN phone"
                };
                assert!(
                    plan.contains(&format!("{walks} USING COVERING INDEX")),
                    "{sort}: {plan}"
                );
            }
        }
    }

    #[test]
    fn one_status_and_one_string_are_found_by_their_index() {
        for (criterion, index) in [
            (
                "LSC Status is exactly Operation Pending",
                "phone_by_operation_status",
            ),
            (
                "Authentication String is exactly 12345",
                "phone_by_authentication_string",
            ),
            (
                "Authentication String begins with 12",
                "phone_by_authentication_string",
            ),
            ("LSC Expires is before 2031-01-31", "phone_by_lsc_not_after"),
            ("Description begins with Büro", "phone_by_description"),
        ] {
            let search = Search {
                criteria: vec![criterion.parse().unwrap()],
                ..Search::default()
            };
            let plan = plan(&search);
            assert!(plan.contains(index), "{criterion}: {plan}");
        }
    }

    #[test]
    fn nothing_that_a_person_gave_stands_in_the_statement() {
        let search = Search {
            criteria: vec![
                "Description contains x' OR 1=1 --".parse().unwrap(),
                "LSC Status contains x' OR 1=1 --".parse().unwrap(),
            ],
            ..Search::default()
        };
        let (sql, _) = places(&search, Timestamp::UNIX_EPOCH).unwrap();
        assert!(!sql.contains("OR 1=1"), "{sql}");
    }
}
