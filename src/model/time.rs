//! Times as people write them.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

/// Text that is no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no time; write 2027-01-31, 2027-01-31T18:00, 2027:01:31:18:00 as Unified CM does, \
     or how long from now or ago: 90m, 36h, 10d"
)]
pub struct InvalidTime {
    /// What was given.
    pub text: String,
}

/// Text that is no length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no length of time; write 30s, 90m, 36h or 10d")]
pub struct InvalidDuration {
    /// What was given.
    pub text: String,
}

/// Reads a length of time as an administrator writes it: a whole number with `s`, `m`, `h` or `d`.
pub fn parse_duration(text: &str) -> Result<SignedDuration, InvalidDuration> {
    let text = text.trim();
    duration(text).ok_or_else(|| InvalidDuration {
        text: text.to_owned(),
    })
}

/// Reads a time as an administrator writes it, in UTC where no zone is given.
///
/// Taken are RFC 3339 times, dates (the first second of the day), Unified CM's
/// `YYYY:MM:DD:HH:MM`, and durations from `now` with `s`, `m`, `h` or `d`.
pub fn parse_time(text: &str, now: Timestamp) -> Result<Timestamp, InvalidTime> {
    parse(text, |span| now.checked_add(span).ok())
}

/// As [`parse_time`], for a time that is past: durations are counted back from `now`.
pub fn parse_past_time(text: &str, now: Timestamp) -> Result<Timestamp, InvalidTime> {
    parse(text, |span| now.checked_sub(span).ok())
}

fn parse(
    text: &str,
    away: impl FnOnce(SignedDuration) -> Option<Timestamp>,
) -> Result<Timestamp, InvalidTime> {
    let text = text.trim();
    let invalid = || InvalidTime {
        text: text.to_owned(),
    };
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Some(time) = unified_cm(text).or_else(|| text.parse::<DateTime>().ok()) {
        return TimeZone::UTC.to_timestamp(time).map_err(|_| invalid());
    }
    if let Ok(date) = text.parse::<Date>() {
        return TimeZone::UTC
            .to_timestamp(date.at(0, 0, 0, 0))
            .map_err(|_| invalid());
    }
    duration(text).and_then(away).ok_or_else(invalid)
}

fn duration(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().last()?;
    let count: u32 = text[..text.len() - unit.len_utf8()].parse().ok()?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    // No product of these overflows.
    Some(SignedDuration::from_secs(i64::from(count) * seconds))
}

/// `YYYY:MM:DD:HH:MM`, the form of Unified CM's `UpgradeFinishTime`.
fn unified_cm(text: &str) -> Option<DateTime> {
    let parts: Vec<i16> = text
        .split(':')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let [year, month, day, hour, minute] = parts[..] else {
        return None;
    };
    let small = |value: i16| i8::try_from(value).ok();
    DateTime::new(
        year,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        0,
        0,
    )
    .ok()
}

/// The time `days` after `now`, or the latest there is.
pub(super) fn days_after(now: Timestamp, days: i64) -> Timestamp {
    Span::new()
        .try_hours(days.saturating_mul(24))
        .ok()
        .and_then(|span| now.checked_add(span).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2027-01-31", "2027-01-31T00:00:00Z"),
            ("2027-01-31T18:30", "2027-01-31T18:30:00Z"),
            ("2027-01-31 18:30:05", "2027-01-31T18:30:05Z"),
            ("2027-01-31T18:30:00+02:00", "2027-01-31T16:30:00Z"),
            ("2024:08:22:12:00", "2024-08-22T12:00:00Z"),
            ("90m", "2026-11-23T13:30:00Z"),
            ("10d", "2026-12-03T12:00:00Z"),
        ] {
            assert_eq!(
                parse_time(text, now).unwrap().to_string(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_duration_leads_back_where_the_past_is_meant() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("36h", "2026-11-22T00:00:00Z"),
            ("2026-11-01", "2026-11-01T00:00:00Z"),
        ] {
            let time = parse_past_time(text, now).unwrap();
            assert_eq!(time.to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let now = Timestamp::UNIX_EPOCH;
        for text in [
            "",
            "soon",
            "d",
            "-3d",
            "5w",
            "2027-02-30",
            "2027:13:01:00:00",
            "99999999999999d",
            "3é",
        ] {
            assert!(parse_time(text, now).is_err(), "{text}");
        }
    }

    #[test]
    fn a_length_of_time_is_a_whole_number_with_its_unit() {
        for (text, hours) in [("36h", 36), (" 60d ", 1440), ("120m", 2), ("0s", 0)] {
            let expected = SignedDuration::from_hours(hours);
            assert_eq!(parse_duration(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            "d",
            "60",
            "-1d",
            "1.5h",
            "2027-01-31",
            "9999999999d",
            "3é",
        ] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
