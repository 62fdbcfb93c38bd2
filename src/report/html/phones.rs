//! The list of phones.

use std::io::{self, Write};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

use super::bars::Tone;
use super::number::Grouped;
use super::{SOON, Text};
use crate::model::{Field, OperationStatus};

/// A phone of the list. It has no authentication string, so none can get into a page.
#[derive(Clone, Copy, Debug)]
pub struct Phone<'a> {
    /// Its name.
    pub name: &'a str,
    /// What is written about it; may be empty.
    pub description: &'a str,
    /// The device type; may be empty.
    pub device_type: &'a str,
    /// What came of the last operation.
    pub status: OperationStatus,
    /// When its LSC expires, if it holds one.
    pub lsc_expires: Option<Timestamp>,
    /// Who issued its LSC, if it holds one.
    pub issued_by: Option<&'a str>,
    /// When it last spoke to CAPF.
    pub last_contact: Option<Timestamp>,
}

pub(super) fn begin(out: &mut impl Write, phones: u64, most: u64) -> io::Result<()> {
    out.write_all(b"<section class=\"phones\">\n<h2>Phones</h2>\n")?;
    if phones > most {
        writeln!(
            out,
            "<p>This list has the first {} of {} phones; the numbers above count them all. \
             <kbd>capf report --format csv</kbd> lists all of them.</p>",
            Grouped(most),
            Grouped(phones)
        )?;
    }
    write!(
        out,
        "<p>First come the phones whose last operation failed, then those whose LSC has expired or \
         expires next, and last those without an LSC. Times are UTC. \
         <span class=\"paper\">On paper the list ends after 200 phones.</span></p>\n\
         <table id=\"phones\">\n\
         <thead><tr>"
    )?;
    for label in [
        Field::DeviceName.as_str(),
        Field::Description.as_str(),
        Field::DeviceType.as_str(),
        Field::LscStatus.as_str(),
        Field::LscExpires.as_str(),
        Field::LscIssuedBy.as_str(),
        "Last Contact",
    ] {
        write!(out, "<th scope=\"col\">{label}</th>")?;
    }
    out.write_all(b"</tr></thead>\n<tbody>\n")
}

pub(super) fn phone(out: &mut impl Write, phone: &Phone<'_>, today: Date) -> io::Result<()> {
    write!(
        out,
        "<tr><th scope=\"row\">{}</th>{}{}<td class=\"{}\">{}</td>",
        Text(phone.name),
        Cell(phone.description),
        Cell(phone.device_type),
        Tone::of(phone.status).class(),
        Text(phone.status.as_str()),
    )?;
    match phone.lsc_expires {
        Some(expires) => expiry(out, expires, today)?,
        None => out.write_all(b"<td></td>")?,
    }
    write!(out, "{}", Cell(phone.issued_by.unwrap_or_default()))?;
    match phone.last_contact {
        Some(contact) => {
            let minute = contact.strftime("%Y-%m-%d %H:%M");
            write!(out, "<td><time datetime=\"{contact}\">{minute}</time></td>")?;
        }
        None => out.write_all(b"<td></td>")?,
    }
    out.write_all(b"</tr>\n")
}

/// Writes the day on which an LSC expires, and how far away that is where it matters.
fn expiry(out: &mut impl Write, expires: Timestamp, today: Date) -> io::Result<()> {
    let last = TimeZone::UTC.to_datetime(expires).date();
    // Days of two dates are never out of range.
    let days = today
        .until((Unit::Day, last))
        .map_or(0, |span| span.get_days());
    let (tone, remark) = match days {
        ..0 => (Tone::Bad, "expired".to_owned()),
        0 => (Tone::Soon, "today".to_owned()),
        1 => (Tone::Soon, "in 1 day".to_owned()),
        2..=SOON => (Tone::Soon, format!("in {days} days")),
        _ => (Tone::Plain, String::new()),
    };
    write!(
        out,
        "<td class=\"{}\"><time datetime=\"{expires}\">{last}</time>",
        tone.class()
    )?;
    if !remark.is_empty() {
        write!(out, " <span>{remark}</span>")?;
    }
    out.write_all(b"</td>")
}

pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"</tbody>\n</table>\n</section>\n")
}

/// A cell with text that may be empty.
struct Cell<'a>(&'a str);

impl std::fmt::Display for Cell<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            "" => formatter.write_str("<td></td>"),
            text => write!(formatter, "<td>{}</td>", Text(text)),
        }
    }
}
