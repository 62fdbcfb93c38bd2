//! Numbers as people read them.

use std::fmt;

/// A count, its thousands apart: `12,345`.
pub(super) struct Grouped(pub(super) u64);

impl fmt::Display for Grouped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                formatter.write_str(",")?;
            }
            write!(formatter, "{digit}")?;
        }
        Ok(())
    }
}

/// How much `part` is of `whole`, in percent with one decimal. What is little is never 0, and what
/// is not all is never 100.
pub(super) struct Share {
    pub(super) part: u64,
    pub(super) whole: u64,
}

impl Share {
    /// In thousandths, rounded.
    fn thousandths(&self) -> u128 {
        let (part, whole) = (u128::from(self.part), u128::from(self.whole));
        match (part, whole) {
            (_, 0) | (0, _) => 0,
            _ if part >= whole => 1000,
            _ => ((part * 1000 + whole / 2) / whole).clamp(1, 999),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let thousandths = self.thousandths();
        write!(formatter, "{}.{}", thousandths / 10, thousandths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (count, written) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (12_345, "12,345"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(Grouped(count).to_string(), written);
        }
    }

    #[test]
    fn a_little_is_not_nothing_and_not_quite_all_is_not_all() {
        for (part, whole, written) in [
            (0, 0, "0.0"),
            (0, 7, "0.0"),
            (1, 3, "33.3"),
            (2, 3, "66.7"),
            (1, 100_000, "0.1"),
            (99_999, 100_000, "99.9"),
            (7, 7, "100.0"),
            (u64::MAX - 1, u64::MAX, "99.9"),
        ] {
            assert_eq!(Share { part, whole }.to_string(), written, "{part}/{whole}");
        }
    }
}
