//! Counts as a table in which each row has a bar.
//!
//! Names stand in HTML, where they are broken and turned as they need, and a screen reader reads a
//! table; so the bars alone are drawings, and say nothing that does not stand beside them.

use std::io::{self, Write};

use super::Text;
use super::number::{Grouped, Share};
use crate::model::OperationStatus;

/// A row.
pub(super) struct Bar<'a> {
    pub(super) label: Text<'a>,
    pub(super) count: u64,
    pub(super) tone: Tone,
}

/// What a number means; never told by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Bad,
    Fact,
    Good,
    Plain,
    Soon,
}

impl Tone {
    pub(super) fn of(status: OperationStatus) -> Self {
        match status {
            OperationStatus::None => Self::Plain,
            OperationStatus::OperationPending => Self::Fact,
            _ if status.is_failure() => Self::Bad,
            _ => Self::Good,
        }
    }

    /// Its class in the style.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Fact => "fact",
            Self::Good => "good",
            Self::Plain => "plain",
            Self::Soon => "soon",
        }
    }
}

/// What the rows are about.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    pub(super) title: &'static str,
    /// What the labels are.
    pub(super) label: &'static str,
    /// How many phones are in all rows together: a bar of so many would fill the width.
    pub(super) whole: u64,
    /// What is said where there are none.
    pub(super) none: &'static str,
}

/// Writes a section with a bar for each row.
pub(super) fn bars<'a>(
    out: &mut impl Write,
    subject: Subject,
    rows: impl Iterator<Item = Bar<'a>>,
) -> io::Result<()> {
    let Subject {
        title,
        label,
        whole,
        none,
    } = subject;
    write!(out, "<section class=\"card\">\n<h2>{title}</h2>\n")?;
    if whole == 0 {
        return write!(out, "<p>{none}</p>\n</section>\n");
    }
    write!(
        out,
        "<table class=\"bars\">\n\
         <thead><tr><th scope=\"col\">{label}</th><th scope=\"col\">Phones</th>\
         <th scope=\"col\">Share</th></tr></thead>\n\
         <tbody>\n"
    )?;
    for Bar { label, count, tone } in rows {
        let share = Share { part: count, whole };
        writeln!(
            out,
            "<tr><th scope=\"row\">{label}\
             <svg aria-hidden=\"true\"><rect class=\"track\" width=\"100%\" height=\"8\" rx=\"2\"/>\
             <rect class=\"{class}\" width=\"{share}%\" height=\"8\" rx=\"2\"/></svg></th>\
             <td>{count}</td><td>{share} %</td></tr>",
            class = tone.class(),
            count = Grouped(count),
        )?;
    }
    out.write_all(b"</tbody>\n</table>\n</section>\n")
}
