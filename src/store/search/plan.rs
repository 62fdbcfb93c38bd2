//! How the phones of a page are found.
//!
//! A database that plans a statement without knowing what is in it cannot tell a criterion that one
//! phone in a million meets from one that all but one meet, and either the walk along the sort
//! column or the sorting of all that meet it then takes seconds. So this is tried, in this order:
//!
//! 1. Where the criterion and the order are those of one index, the page is a walk along it.
//! 2. Where some criterion is met by few phones, those are looked at alone, and sorted.
//! 3. Otherwise many meet each, and a walk in the order of the list finds a page of them soon, unless
//!    they seldom meet in one phone. The walk has an end.
//! 4. Then the phones that meet the rarest criterion are looked at, if they are not too many.
//! 5. What is left is the database's to decide.

use std::ops::ControlFlow;

use jiff::Timestamp;

use super::filter::{self, Filter};
use super::{Column, Key, Search};
use crate::model::{Criterion, DeviceName, Field, Pattern};
use crate::store::StoreError;
use crate::store::engine::{Connection, Row, TextIndex, Value, all, first};

/// How many phones are few: they are looked at one by one while a key is pressed.
const FEW: i64 = 4_000;

/// How many are not too many, where it takes longer anyway.
const MANY: i64 = 100_000;

/// How many phones a walk looks at for each that is wanted. Where it finds fewer among so many, it is
/// not the way.
const STRIDE: u64 = 300;

/// A phone in its place: its value in the sort column, and its name.
pub(super) type Place = (Key, DeviceName);

/// A statement, with its values.
type Statement = (String, Vec<Value<'static>>);

/// The phones of a page in their order, and one more where there is another page.
pub(super) fn places(
    connection: &mut dyn Connection,
    search: &Search,
    now: Timestamp,
) -> Result<Vec<Place>, StoreError> {
    if !is_one_index(search) {
        let indexed = |few: &Few<'_>| few.text.is_some() || filter::is_indexed(few.criterion);
        if let Some(few) = few(connection, &search.criteria, FEW, now, indexed)? {
            return ask(connection, search, &among(search, &few, now)?);
        }
        if let Some(places) = walk(connection, search, now)? {
            return Ok(places);
        }
        if let Some(few) = few(connection, &search.criteria, MANY, now, |_| true)? {
            return ask(connection, search, &among(search, &few, now)?);
        }
    }
    ask(connection, search, &sorted(search, now)?)
}

/// How many phones meet the criteria.
pub(super) fn count(
    connection: &mut dyn Connection,
    criteria: &[Criterion],
    now: Timestamp,
) -> Result<u64, StoreError> {
    let few = match criteria {
        // The criterion's own index tells it alone.
        [criterion] if Few::new(connection, criterion).text.is_none() => None,
        [_] => few(connection, criteria, FEW, now, |_| true)?,
        _ => few(connection, criteria, MANY, now, |_| true)?,
    };
    let (sql, values) = if let Some(few) = few {
        let mut filter = Filter::default();
        let source = few.join(&mut filter, now)?;
        filter.add_criteria(criteria, now)?;
        let meets = filter.expression();
        let sql = format!("{source} SELECT COUNT(*) {FROM_FEW} AND {meets}");
        (sql, filter.values)
    } else {
        let filter = Filter::new(criteria, now)?;
        let sql = format!("SELECT COUNT(*) FROM phone {}", filter.condition());
        (sql, filter.values)
    };
    first(connection, &sql, &values, |row| row.count()).map(Option::unwrap_or_default)
}

/// Whether the page lies side by side in an index: there is no criterion, or one about the column by
/// which is sorted, or one that asks for one value where is sorted by name.
fn is_one_index(search: &Search) -> bool {
    let [criterion] = &search.criteria[..] else {
        return search.criteria.is_empty();
    };
    let is_by_name = search.sort == Column::Field(Field::DeviceName);
    match criterion.pattern {
        Pattern::Contains | Pattern::EndsWith => false,
        // A day is many times.
        Pattern::IsExactly if is_by_name => !criterion.field.is_date(),
        Pattern::IsEmpty if is_by_name => true,
        _ => search.sort == Column::Field(criterion.field),
    }
}

/// A criterion that few phones meet.
struct Few<'a> {
    criterion: &'a Criterion,
    /// What finds them, and perhaps others, where the criterion itself has no index.
    text: Option<TextIndex>,
}

/// How the phones are joined to the few that are looked at: `CROSS`, so that no other way is taken.
const FROM_FEW: &str = "FROM few CROSS JOIN phone WHERE phone.name = few.name";

impl<'a> Few<'a> {
    fn new(connection: &dyn Connection, criterion: &'a Criterion) -> Self {
        Self {
            criterion,
            text: filter::indexed_text(criterion).and_then(|text| connection.text_index(&text)),
        }
    }

    /// How many there are, as far as an index can tell, up to `limit`.
    fn count(
        &self,
        connection: &mut dyn Connection,
        limit: i64,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let (rows, values) = if let Some(text) = &self.text {
            let rows = format!("{} ?1", text.statement);
            (rows, vec![Value::from(text.value.clone())])
        } else {
            let filter = Filter::new(std::slice::from_ref(self.criterion), now)?;
            let rows = format!("SELECT 1 FROM phone {}", filter.condition());
            (rows, filter.values)
        };
        let sql = format!("SELECT COUNT(*) FROM ({rows} LIMIT {limit}) AS few");
        first(connection, &sql, &values, |row| row.integer()).map(Option::unwrap_or_default)
    }

    /// What stands in front of a statement that is [`FROM_FEW`]; its values are the filter's first.
    fn join(&self, filter: &mut Filter<'static>, now: Timestamp) -> Result<String, StoreError> {
        let condition = if let Some(text) = &self.text {
            let value = filter.bind(text.value.clone().into());
            format!("WHERE {} IN ({} {value})", text.column, text.statement)
        } else {
            let mut alone = Filter::new(std::slice::from_ref(self.criterion), now)?;
            filter.values.append(&mut alone.values);
            alone.condition()
        };
        Ok(format!(
            "WITH few AS MATERIALIZED (SELECT phone.name AS name FROM phone {condition})"
        ))
    }
}

/// Of the criteria that may be asked about, the one that the fewest phones meet, where those are fewer
/// than `limit`.
fn few<'a>(
    connection: &mut dyn Connection,
    criteria: &'a [Criterion],
    limit: i64,
    now: Timestamp,
    may_ask: impl Fn(&Few<'_>) -> bool,
) -> Result<Option<Few<'a>>, StoreError> {
    let (mut fewest, mut rarest) = (limit, None);
    for criterion in criteria {
        let few = Few::new(connection, criterion);
        if !may_ask(&few) {
            continue;
        }
        // That there are as many as of the rarest so far is all that is asked.
        let found = few.count(connection, fewest, now)?;
        if found < fewest {
            (fewest, rarest) = (found, Some(few));
        }
    }
    Ok(rarest)
}

/// The statement for a page of all phones, found as the database likes.
fn sorted(search: &Search, now: Timestamp) -> Result<Statement, StoreError> {
    let mut filter = Filter::new(&search.criteria, now)?;
    begin_behind(&mut filter, search);
    let sql = format!(
        "SELECT {column} AS sort_key, phone.name AS name FROM phone {condition} {order}",
        column = search.sort.column().0,
        condition = filter.condition(),
        order = order(search),
    );
    Ok((sql, filter.values))
}

/// The statement for a page of few phones.
fn among(search: &Search, few: &Few<'_>, now: Timestamp) -> Result<Statement, StoreError> {
    let mut filter = Filter::default();
    let source = few.join(&mut filter, now)?;
    filter.add_criteria(&search.criteria, now)?;
    begin_behind(&mut filter, search);
    let sql = format!(
        "{source} SELECT {column} AS sort_key, phone.name AS name {FROM_FEW} AND {expression} {order}",
        column = search.sort.column().0,
        expression = filter.expression(),
        order = order(search),
    );
    Ok((sql, filter.values))
}

fn ask(
    connection: &mut dyn Connection,
    search: &Search,
    (sql, values): &Statement,
) -> Result<Vec<Place>, StoreError> {
    all(connection, sql, values, |row| place(search, row))
}

/// Looks at one phone after another in the order of the list. `None` where the page is not full when
/// the walk ends.
fn walk(
    connection: &mut dyn Connection,
    search: &Search,
    now: Timestamp,
) -> Result<Option<Vec<Place>>, StoreError> {
    let limit = u64::from(search.limit) + 1;
    let steps = search.skip.saturating_add(limit).saturating_mul(STRIDE);
    let (sql, values) = steps_of(search, steps, now)?;
    let (mut places, mut skipped, mut seen) = (Vec::new(), 0, 0);
    connection.query(&sql, &values, &mut |row| {
        seen += 1;
        let meets = row.integer()? == 1;
        if meets && skipped < search.skip {
            skipped += 1;
        } else if meets {
            places.push(place(search, row)?);
        }
        Ok(if places.len() as u64 == limit {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })?;
    let is_whole = places.len() as u64 == limit || seen < steps;
    Ok(is_whole.then_some(places))
}

/// The statement for the phones on a walk, each with whether it meets the criteria: no condition, so
/// that no index but that of the order can seem to serve it.
fn steps_of(search: &Search, steps: u64, now: Timestamp) -> Result<Statement, StoreError> {
    let mut filter = Filter::new(&search.criteria, now)?;
    let meets = filter.expression();
    filter.clear();
    begin_behind(&mut filter, search);
    let sql = format!(
        "SELECT CASE WHEN {meets} THEN 1 ELSE 0 END, {column} AS sort_key, phone.name AS name
         FROM phone {condition} ORDER BY {by} LIMIT {steps}",
        column = search.sort.column().0,
        condition = filter.condition(),
        by = by(search),
    );
    Ok((sql, filter.values))
}

fn place(search: &Search, row: &mut Row<'_>) -> Result<Place, StoreError> {
    let (_, is_text) = search.sort.column();
    let key = if is_text {
        Key::Text(row.text()?.into_owned())
    } else {
        Key::Integer(row.integer()?)
    };
    Ok((key, row.device()?))
}

/// The page begins behind the last one.
fn begin_behind(filter: &mut Filter<'static>, search: &Search) {
    if let Some(cursor) = &search.after {
        let key = match &cursor.key {
            Key::Integer(integer) => Value::Integer(*integer),
            Key::Text(text) => text.clone().into(),
        };
        let (key, name) = (
            filter.bind(key),
            filter.bind(cursor.name.as_str().to_owned().into()),
        );
        let beyond = if search.descending { "<" } else { ">" };
        let (column, _) = search.sort.column();
        filter.add(&format!("({column}, phone.name) {beyond} ({key}, {name})"));
    }
}

/// The order of the list, its part that is the page, and the row behind that.
fn order(search: &Search) -> String {
    format!(
        "ORDER BY {} LIMIT {} OFFSET {}",
        by(search),
        u64::from(search.limit) + 1,
        search.skip
    )
}

fn by(search: &Search) -> String {
    let (column, _) = search.sort.column();
    let direction = if search.descending { " DESC" } else { "" };
    format!("{column}{direction}, phone.name{direction}")
}

#[cfg(test)]
mod tests {
    use super::super::Cursor;
    use super::*;
    use crate::model::{AuthenticationMode, OperationStatus, Phone};
    use crate::secret::AuthenticationString;
    use crate::store::engine::Access;
    use crate::store::{StoreUri, migration, phone};

    struct Place {
        _directory: tempfile::TempDir,
        connection: Box<dyn Connection>,
    }

    fn empty() -> Place {
        let directory = tempfile::tempdir().unwrap();
        let uri = StoreUri::sqlite(directory.path().join("capf.db"));
        let mut connection = uri.connect(Access::Write).unwrap();
        migration::migrate(&mut *connection).unwrap();
        Place {
            _directory: directory,
            connection,
        }
    }

    /// What SQLite says about how it does a statement.
    fn plan(place: &mut Place, (sql, values): &Statement) -> String {
        let sql = format!("EXPLAIN QUERY PLAN {sql}");
        let steps = all(&mut *place.connection, &sql, values, |row| {
            let (_id, _parent, _unused) = (row.integer()?, row.integer()?, row.integer()?);
            Ok(row.text()?.into_owned())
        });
        steps.unwrap().join("\n")
    }

    fn criterion(words: &str) -> Criterion {
        words.parse().unwrap()
    }

    fn by_name(words: &str) -> Search {
        Search {
            criteria: vec![criterion(words)],
            ..Search::default()
        }
    }

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn every_column() -> impl Iterator<Item = Column> {
        let fields = Field::ALL.iter().copied().map(Column::Field);
        fields.chain([Column::CertificateOperation, Column::LastContact])
    }

    #[test]
    fn a_page_is_a_walk_along_an_index_whatever_it_is_sorted_by() {
        let mut place = empty();
        for sort in every_column() {
            let (column, is_text) = sort.column();
            let key = if is_text {
                Key::Text("a".to_owned())
            } else {
                Key::Integer(2)
            };
            let name = "CSFA".parse().unwrap();
            for after in [None, Some(Cursor { key, name })] {
                for descending in [false, true] {
                    let search = Search {
                        sort,
                        descending,
                        after: after.clone(),
                        ..Search::default()
                    };
                    let plan = plan(&mut place, &sorted(&search, NOW).unwrap());
                    assert!(!plan.contains("TEMP B-TREE"), "{column}: {plan}");
                    let walks = if search.after.is_some() {
                        "SEARCH"
                    } else {
                        "SCAN"
                    };
                    assert!(
                        plan.contains(&format!("{walks} phone USING COVERING INDEX")),
                        "{column}: {plan}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_walk_is_one_along_the_index_of_its_order_and_no_other() {
        let mut place = empty();
        for sort in every_column() {
            let search = Search {
                sort,
                ..by_name("LSC Status is exactly Operation Pending")
            };
            let plan = plan(&mut place, &steps_of(&search, 100, NOW).unwrap());
            assert!(!plan.contains("TEMP B-TREE"), "{sort:?}: {plan}");
            assert!(plan.contains("SCAN phone USING"), "{sort:?}: {plan}");
            let is_by_status = sort == Column::Field(Field::LscStatus);
            let uses_status = plan.contains("phone_by_operation_status");
            assert_eq!(uses_status, is_by_status, "{sort:?}: {plan}");
        }
    }

    #[test]
    fn each_criterion_with_an_index_is_found_by_it() {
        let mut place = empty();
        for (words, index) in [
            (
                "LSC Status is exactly Operation Pending",
                "phone_by_operation_status",
            ),
            ("LSC Status contains Failed", "phone_by_operation_status"),
            (
                "Authentication Mode contains Existing",
                "phone_by_authentication_mode",
            ),
            (
                "Authentication String is exactly 12345",
                "phone_by_authentication_string",
            ),
            (
                "Authentication String begins with 12",
                "phone_by_authentication_string",
            ),
            (
                "Authentication String is not empty",
                "phone_by_authentication_string",
            ),
            ("LSC Expires is before 2031-01-31", "phone_by_lsc_not_after"),
            ("LSC Expires is not empty", "phone_by_lsc_not_after"),
            ("Description begins with Büro", "phone_by_description"),
            ("Description contains Büro", "phone_by_number"),
            ("Device Name ends with 4711", "phone_by_number"),
            ("Device Type is exactly CP-8861", "phone_by_model"),
        ] {
            let criterion = criterion(words);
            let search = by_name(words);
            let few = Few::new(&*place.connection, &criterion);
            let plan = plan(&mut place, &among(&search, &few, NOW).unwrap());
            let first = plan.lines().find(|step| step.contains("phone")).unwrap();
            let searches = format!("SEARCH phone USING COVERING INDEX {index}");
            let by_number = format!("SEARCH phone USING INDEX {index}");
            assert!(
                first.contains(&searches) || first.contains(&by_number),
                "{words}: {plan}"
            );
            assert!(plan.contains("name=?)"), "{words}: {plan}");
        }
    }

    #[test]
    fn nothing_that_a_person_gave_stands_in_a_statement() {
        let words = [
            "Description contains x' OR 1=1 --",
            "LSC Status contains x' OR 1=1 --",
        ];
        let search = Search {
            criteria: words.into_iter().map(criterion).collect(),
            ..Search::default()
        };
        let few = Few::new(&*empty().connection, &search.criteria[0]);
        for (sql, _) in [
            sorted(&search, NOW).unwrap(),
            among(&search, &few, NOW).unwrap(),
            steps_of(&search, 10, NOW).unwrap(),
        ] {
            assert!(!sql.contains("OR 1=1"), "{sql}");
        }
    }

    /// Phones of which some have each value, and some the same ones.
    fn fleet() -> Place {
        let mut place = empty();
        for number in 0_u32..240 {
            let mut phone = Phone::new(format!("SEP{:012X}", number * 7919).parse().unwrap());
            let statuses = OperationStatus::ALL;
            phone.operation_status = statuses[number as usize % statuses.len()];
            phone.model = format!("CP-88{:02}", number % 5);
            phone.description = match number % 6 {
                0 => String::new(),
                1 => format!("Zürich, \"room\" {number}"),
                2 => format!("ZÜRICH {}", number % 10),
                _ => format!("100% of floor {}", number % 12),
            };
            if number % 4 == 0 {
                phone.capf.authentication_mode = AuthenticationMode::ExistingMic;
                let digits = format!("{:05}", number * 313);
                phone.capf.authentication_string = AuthenticationString::new(&digits).ok();
            }
            place
                .connection
                .load("phone", &phone::FIELDS, &phone::values(&phone))
                .unwrap();
        }
        place
    }

    #[test]
    fn whichever_way_is_taken_the_page_is_the_same() {
        let mut place = fleet();
        let connection = &mut *place.connection;
        for criteria in [
            &["Description contains zürich"][..],
            &["Description contains \"room\" 1"],
            &["Description ends with r 3"],
            &["Description contains ür"],
            &["Description contains 0% of"],
            &["Device Name contains 7B"],
            &["Device Name ends with e0d"],
            &["LSC Status contains Failed", "Description contains zürich"],
            &[
                "Authentication String is not empty",
                "Device Type is exactly CP-8801",
            ],
            &["Authentication Mode contains MIC", "Description is empty"],
            &[
                "Device Type ends with 3",
                "LSC Status is exactly Upgrade Success",
            ],
            &["Description contains no such text"],
        ] {
            for sort in every_column().step_by(3) {
                for (descending, skip) in [(false, 0), (true, 0), (false, 3)] {
                    let mut search = Search {
                        criteria: criteria.iter().map(|words| criterion(words)).collect(),
                        sort,
                        descending,
                        skip,
                        limit: 7,
                        ..Search::default()
                    };
                    for page in 0..3 {
                        let expected =
                            ask(connection, &search, &sorted(&search, NOW).unwrap()).unwrap();
                        for criterion in &search.criteria {
                            let few = Few::new(connection, criterion);
                            let among = among(&search, &few, NOW).unwrap();
                            let found = ask(connection, &search, &among).unwrap();
                            assert!(found == expected, "{criterion}, by {sort:?}, page {page}");
                        }
                        let found = walk(connection, &search, NOW).unwrap();
                        assert!(
                            found.as_ref() == Some(&expected),
                            "{criteria:?}, by {sort:?}, page {page}"
                        );
                        if expected.len() <= 7 {
                            break;
                        }
                        let (key, name) = expected[6].clone();
                        search.after = Some(Cursor { key, name });
                    }
                }
            }
        }
    }

    #[test]
    fn an_index_of_texts_follows_what_is_written() {
        let mut place = fleet();
        let connection = &mut *place.connection;
        let mut found = |words: &str| {
            let criteria = [criterion(words)];
            let few = few(connection, &criteria, FEW, NOW, |_| true)
                .unwrap()
                .expect("few meet it");
            assert!(few.text.is_some(), "{words}");
            count(connection, &criteria, NOW).unwrap()
        };
        assert_eq!(found("Description contains zürich"), 80);
        assert_eq!(found("Device Name ends with 001EEF"), 1);
        connection
            .execute(
                "UPDATE phone SET description_key = 'wien' WHERE description_key LIKE 'z%'",
                &[],
            )
            .unwrap();
        connection
            .execute("DELETE FROM phone WHERE name = 'SEP000000001EEF'", &[])
            .unwrap();
        connection.execute("VACUUM", &[]).unwrap();
        let mut found = |words: &str| count(connection, &[criterion(words)], NOW).unwrap();
        assert_eq!(found("Description contains zürich"), 0);
        assert_eq!(found("Description contains wien"), 79);
        assert_eq!(found("Device Name ends with 001EEF"), 0);
    }
}
