//! Text that a spreadsheet would change, kept from it by an apostrophe in front.
//!
//! What is written by [`guarded`] is read back by [`unguarded`], whatever it is: apostrophes that the
//! text has itself do not matter to whether another is added or taken away.

use std::borrow::Cow;

/// The text as a cell of CSV that a spreadsheet leaves alone.
pub(super) fn guarded(text: &str) -> Cow<'_, str> {
    if is_changed(text) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// The text that was guarded.
pub(super) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_changed(text) => text,
        _ => cell,
    }
}

/// Whether a spreadsheet would change the text. The space and the apostrophes in front of it do not
/// count, so that it is the same with one apostrophe more, or less space.
fn is_changed(text: &str) -> bool {
    let body = text.trim_start_matches(|c: char| c == '\'' || c.is_whitespace());
    let front = &text[..text.len() - body.len()];
    let passed_over = front.contains(['\t', '\r', '\n']);
    !body.is_empty() && (passed_over || is_formula(body) || is_other_number(body.trim_end()))
}

/// Whether it begins as what a spreadsheet runs as a formula does (OWASP, CSV Injection): with a sign,
/// or its full-width form.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// Whether a spreadsheet takes it for a number, and shows another one: 0123 as 123, the serial number
/// 1e10 as 10000000000, and of more than fifteen digits the first fifteen.
fn is_other_number(text: &str) -> bool {
    const SHOWN: usize = 15;
    let is_number = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && text.contains(|c: char| c.is_ascii_digit())
            && text
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
    };
    if let Some((number, exponent)) = text.split_once(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        return is_number(number)
            && !exponent.is_empty()
            && exponent.bytes().all(|byte| byte.is_ascii_digit());
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let has_leading_zero = text.len() > 1 && text.starts_with('0');
    is_number(text) && (has_leading_zero || digits > SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_change_is_guarded() {
        for text in [
            "=1+1",
            "+49 30 123",
            "-",
            "@SUM(1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            "'=1",
            "''=1",
            "0123",
            "'0123",
            "00",
            "1e10",
            "1E+10",
            ".5e3",
            "1234567890123456",
            "0.50",
        ] {
            assert_eq!(guarded(text), format!("'{text}"));
            assert_eq!(unguarded(&guarded(text)), text);
        }
    }

    #[test]
    fn what_a_spreadsheet_leaves_alone_stays_as_it_is() {
        for text in [
            "",
            "'",
            "'Ndrangheta",
            "0",
            "4711",
            "10.0.0.1",
            "1e",
            "e10",
            "0a12",
            "1e1f",
            "a=b",
            "MIIB",
            "2027-01-31T18:30:00Z",
            "123456789012345",
            "1,5",
            "****",
        ] {
            assert_eq!(guarded(text), text);
            assert_eq!(unguarded(text), text);
        }
    }
}
