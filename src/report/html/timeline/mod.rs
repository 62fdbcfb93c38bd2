//! When LSCs expire, by month: a drawing, and its numbers as a table.

mod drawing;
mod month;

use std::fmt;
use std::io::{self, Write};

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::SOON;
use super::number::Grouped;
use crate::model::{ExpiryCount, Overview};
use month::Month;

/// How many months are drawn before the present one and behind it, at most. Behind it, the five
/// years that an LSC of Unified CM is valid.
const MOST_PAST: i32 = 12;
const MOST_TO_COME: i32 = 60;
/// How many are drawn at least, the present one among them: a few wide bars are no timeline.
const FEWEST: i32 = 12;

/// Writes the section.
pub(super) fn timeline(out: &mut impl Write, overview: &Overview) -> io::Result<()> {
    out.write_all(b"<section class=\"card\">\n<h2>When LSCs expire</h2>\n")?;
    if overview.with_lsc == 0 {
        return out.write_all(b"<p>No phone holds an LSC.</p>\n</section>\n");
    }
    let timeline = Timeline::new(overview);
    timeline.draw(out)?;
    timeline.tabulate(out)?;
    out.write_all(b"</section>\n")
}

/// How many LSCs expire in a month, or in a time before or after the months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    expired: u64,
    soon: u64,
    later: u64,
}

impl Count {
    const fn all(self) -> u64 {
        self.expired + self.soon + self.later
    }

    fn add(&mut self, day: Date, phones: u64, today: Date) {
        *if day < today {
            &mut self.expired
        } else if day <= today.saturating_add(SOON.days()) {
            &mut self.soon
        } else {
            &mut self.later
        } += phones;
    }
}

/// The months that are drawn, and what lies before and after them.
struct Timeline {
    today: Date,
    first: Month,
    months: Vec<Count>,
    before: Count,
    after: Count,
}

impl Timeline {
    fn new(overview: &Overview) -> Self {
        let today = overview.today();
        let present = Month::of(today);
        let of = |count: Option<&ExpiryCount>| count.map_or(present, |count| Month::of(count.day));
        let first = of(overview.by_expiry.first()).clamp(present.plus(-MOST_PAST), present);
        let last = of(overview.by_expiry.last())
            .clamp(present.plus(FEWEST - 1), present.plus(MOST_TO_COME));
        let mut timeline = Self {
            today,
            first,
            months: vec![Count::default(); last.since(first).map_or(0, |months| months + 1)],
            before: Count::default(),
            after: Count::default(),
        };
        for &ExpiryCount { day, phones } in &overview.by_expiry {
            let count = match Month::of(day).since(first) {
                None => &mut timeline.before,
                Some(month) => timeline
                    .months
                    .get_mut(month)
                    .unwrap_or(&mut timeline.after),
            };
            count.add(day, phones, today);
        }
        timeline
    }

    fn last(&self) -> Month {
        self.first.plus(count(self.months.len()) - 1)
    }

    fn months(&self) -> impl Iterator<Item = (Month, Count)> {
        let months = std::iter::successors(Some(self.first), |month| Some(month.plus(1)));
        months.zip(self.months.iter().copied())
    }

    fn tabulate(&self, out: &mut impl Write) -> io::Result<()> {
        let last = self.last();
        let outside = [
            ("before", self.first, self.before),
            ("after", last, self.after),
        ];
        let outside: Vec<String> = outside
            .iter()
            .filter(|(.., count)| count.all() > 0)
            .map(|(side, month, count)| format!("{} {side} {month}", Grouped(count.all())))
            .collect();
        if !outside.is_empty() {
            writeln!(out, "<p>Not drawn: {}.</p>", outside.join(", "))?;
        }
        out.write_all(
            b"<details>\n<summary>The numbers</summary>\n<table>\n\
              <thead><tr><th scope=\"col\">Month</th><th scope=\"col\">Expired</th>\
              <th scope=\"col\">Within 90 days</th><th scope=\"col\">Later</th></tr></thead>\n\
              <tbody>\n",
        )?;
        row(out, format_args!("before {}", self.first), self.before)?;
        for (month, count) in self.months() {
            row(out, format_args!("{month}"), count)?;
        }
        row(out, format_args!("after {last}"), self.after)?;
        out.write_all(b"</tbody>\n</table>\n</details>\n")
    }
}

/// Writes a row of the table, if there is something in it.
fn row(out: &mut impl Write, label: fmt::Arguments<'_>, count: Count) -> io::Result<()> {
    if count.all() == 0 {
        return Ok(());
    }
    write!(out, "<tr><th scope=\"row\">{label}</th>")?;
    for phones in [count.expired, count.soon, count.later] {
        write!(out, "<td>{}</td>", Grouped(phones))?;
    }
    out.write_all(b"</tr>\n")
}

/// A number of months: there are never many.
fn count(months: usize) -> i32 {
    i32::try_from(months).unwrap_or(i32::MAX)
}
