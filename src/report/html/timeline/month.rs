//! Months of the calendar.

use std::fmt;

use jiff::Span;
use jiff::civil::Date;

/// A month of a year: its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Month(Date);

impl Month {
    pub(super) fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    pub(super) fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(Span::new().months(months)))
    }

    /// How many months it lies behind `first`; `None` where it lies before it.
    pub(super) fn since(self, first: Self) -> Option<usize> {
        let months = i32::from(self.year() - first.year()) * 12 + self.index() - first.index();
        usize::try_from(months).ok()
    }

    pub(super) fn year(self) -> i16 {
        self.0.year()
    }

    /// Its name in three letters.
    pub(super) fn abbreviation(self) -> impl fmt::Display {
        self.0.strftime("%b")
    }

    /// Its place in the year, from 0.
    pub(super) fn index(self) -> i32 {
        i32::from(self.0.month()) - 1
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.strftime("%B %Y").fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_across_years() {
        let november = Month::of("2026-11-23".parse().unwrap());
        let march = november.plus(4);
        assert_eq!(march.to_string(), "March 2027");
        assert_eq!(march.since(november), Some(4));
        assert_eq!(november.since(november), Some(0));
        assert_eq!(november.since(march), None);
        assert_eq!(november.plus(-11).to_string(), "December 2025");
    }
}
