//! Find and List Phones: criteria and sorting as SQL, one page at a time.

mod filter;
mod plan;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::engine::Connection;
use super::phone::{self, PhoneRow};
use super::{READERS, Store, StoreError};
use crate::model::{Criterion, DeviceName, Field};

pub(super) use filter::Filter;

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
    /// How many phones are passed over, from there on.
    pub skip: u64,
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
            skip: 0,
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

impl Column {
    /// The column's name in the database, and whether it holds text.
    const fn column(self) -> (&'static str, bool) {
        match self {
            Self::Field(field) => filter::column(field),
            Self::CertificateOperation => ("phone.operation", false),
            Self::LastContact => ("phone.last_contact", false),
        }
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

    /// All pages of the phones that meet the criteria, from the search's first one on. What a page is
    /// `begin` and `add` say; they are called on the threads that read.
    pub fn pages<T: Send + 'static>(
        &self,
        search: Search,
        begin: impl Fn() -> T + Send + Sync + 'static,
        add: impl Fn(&mut T, PhoneRow) + Send + Sync + 'static,
    ) -> Pages<T> {
        Pages {
            store: self.clone(),
            search: Some(search),
            gather: Arc::new(move |connection, names, filter| {
                let mut page = begin();
                phone::read_each(connection, names, filter, |row| add(&mut page, row))?;
                Ok(page)
            }),
            ahead: VecDeque::new(),
        }
    }

    /// How many phones meet the criteria.
    pub async fn count(&self, criteria: &[Criterion]) -> Result<u64, StoreError> {
        let (criteria, now) = (criteria.to_vec(), self.now());
        self.read(move |connection| plan::count(connection, &criteria, now))
            .await
    }
}

/// The pages of a search, of which the next ones are read while somebody works on one. Each is one
/// state of the database; a phone that has changed since its place was found, and meets the criteria
/// no longer, is left out.
pub struct Pages<T> {
    store: Store,
    /// What is behind the pages that are read; `None` where that is nothing.
    search: Option<Search>,
    gather: Arc<Gather<T>>,
    ahead: VecDeque<oneshot::Receiver<Result<T, StoreError>>>,
}

/// Makes a page of these phones, of those that pass the filter.
type Gather<T> =
    dyn Fn(&mut dyn Connection, &[DeviceName], &Filter<'_>) -> Result<T, StoreError> + Send + Sync;

impl<T: Send + 'static> Pages<T> {
    /// How many pages are read ahead: one on each connection, and one that is ready.
    const AHEAD: usize = READERS + 1;

    /// The next page; `None` behind the last.
    pub async fn next(&mut self) -> Result<Option<T>, StoreError> {
        while self.ahead.len() < Self::AHEAD
            && let Some(search) = self.search.take()
        {
            self.read(search).await?;
        }
        match self.ahead.pop_front() {
            Some(page) => page.await.unwrap_or(Err(StoreError::Unanswered)).map(Some),
            None => Ok(None),
        }
    }

    async fn read(&mut self, mut search: Search) -> Result<(), StoreError> {
        let (asked, now) = (search.clone(), self.store.now());
        let (names, next) = self
            .store
            .read(move |connection| names(connection, &asked, now))
            .await?;
        let (criteria, gather) = (search.criteria.clone(), Arc::clone(&self.gather));
        let page = move |connection: &mut dyn Connection| {
            gather(connection, &names, &Filter::new(&criteria, now)?)
        };
        self.ahead.push_back(self.store.0.readers.post(page).await?);
        if next.is_some() {
            (search.after, search.skip) = (next, 0);
            self.search = Some(search);
        }
        Ok(())
    }
}

fn find(
    connection: &mut dyn Connection,
    search: &Search,
    now: Timestamp,
) -> Result<Page, StoreError> {
    let (names, next) = names(connection, search, now)?;
    let mut rows = Vec::with_capacity(names.len());
    phone::read_each(connection, &names, &Filter::default(), |row| rows.push(row))?;
    Ok(Page { rows, next })
}

/// The names of the phones on a page, and from where the next page goes on.
fn names(
    connection: &mut dyn Connection,
    search: &Search,
    now: Timestamp,
) -> Result<(Vec<DeviceName>, Option<Cursor>), StoreError> {
    let mut places = plan::places(connection, search, now)?;
    let limit = usize::try_from(search.limit).unwrap_or(usize::MAX);
    let more = places.len() > limit;
    places.truncate(limit);
    let next = places.last().filter(|_| more).map(|(key, name)| Cursor {
        key: key.clone(),
        name: name.clone(),
    });
    Ok((places.into_iter().map(|(_, name)| name).collect(), next))
}
