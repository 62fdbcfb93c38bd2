//! The report as a page that a browser shows and prints: one file, which needs nothing else.
//!
//! It is HTML that is XML as well, so that any XML parser can check it. It is written with `write!`
//! and no template: charts are arithmetic, the list is written phone by phone, and texts need more
//! care than the escaping that template engines have (see `text`). Texts that come from phones and
//! administrators stand between tags alone, never in attributes, the style or the script.
//!
//! A Content-Security-Policy lets the page use its own style and its own script, and fetch nothing;
//! so no element has a `style` attribute. Everything can be read without the script, which adds a
//! search to the list.

mod bars;
mod number;
mod phones;
mod text;
mod timeline;

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::model::{Criterion, Field, Overview};
use bars::{Bar, Subject, Tone, bars};
use number::Grouped;
use text::Text;

pub use phones::Phone;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// The SHA-256 of the style and of the script, as the policy wants them. A test of the page says
/// what they have to be.
const STYLE_HASH: &str = "sha256-X5gh938yhBFKKPDCI+Aby4HL5Qw3BVxvBEh+QofS5y0=";
const SCRIPT_HASH: &str = "sha256-Fb3LNj42eP8z8o4dIxfmoMmMQwYV784EOEQ1FlfTKFA=";

/// Within how many days it is soon that an LSC expires.
const SOON: i32 = 90;
/// How many issuers have a bar of their own.
const MOST_ISSUERS: usize = 10;

/// What the page is about.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'a> {
    /// The program that writes it, with its version.
    pub program: &'a str,
    /// The subject of the CAPF certificate, where there is one.
    pub capf: Option<&'a str>,
    /// The criteria that the phones meet. Authentication strings among them are not shown.
    pub criteria: &'a [Criterion],
}

/// A page that is being written, in many small pieces: `out` had better be buffered.
pub struct Page<W: Write> {
    out: W,
    today: Date,
}

impl<W: Write> Page<W> {
    /// Writes all of the page but the phones, of which [`Page::phone`] will write `most` at most.
    pub fn begin(
        mut out: W,
        heading: &Heading<'_>,
        overview: &Overview,
        most: u64,
    ) -> io::Result<Self> {
        head(&mut out, overview)?;
        header(&mut out, heading, overview)?;
        totals(&mut out, overview)?;
        timeline::timeline(&mut out, overview)?;
        out.write_all(b"<div class=\"columns\">\n")?;
        statuses(&mut out, overview)?;
        out.write_all(b"<div>\n")?;
        failures(&mut out, overview)?;
        issuers(&mut out, overview)?;
        out.write_all(b"</div>\n</div>\n")?;
        phones::begin(&mut out, overview.phones, most)?;
        Ok(Self {
            out,
            today: overview.today(),
        })
    }

    /// Writes a phone of the list.
    pub fn phone(&mut self, phone: &Phone<'_>) -> io::Result<()> {
        phones::phone(&mut self.out, phone, self.today)
    }

    /// Ends the page, flushes it, and gives back what it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        phones::end(&mut self.out)?;
        write!(
            self.out,
            "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
        )?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn head(out: &mut impl Write, overview: &Overview) -> io::Result<()> {
    write!(
        out,
        "<!DOCTYPE html>\n\
         <html lang=\"en\">\n\
         <head>\n\
         <meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src '{STYLE_HASH}'; script-src '{SCRIPT_HASH}'; base-uri 'none'; \
         form-action 'none'\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <meta name=\"referrer\" content=\"no-referrer\"/>\n\
         <title>CAPF report of {}</title>\n\
         <style>{STYLE}</style>\n\
         </head>\n\
         <body>\n\
         <main>\n",
        overview.today()
    )
}

fn header(out: &mut impl Write, heading: &Heading<'_>, overview: &Overview) -> io::Result<()> {
    write!(
        out,
        "<header>\n\
         <h1>CAPF report</h1>\n\
         <dl>\n\
         <dt>Made</dt><dd>{} by {}</dd>\n\
         <dt>CAPF</dt><dd>",
        Minute(overview.at),
        Text(heading.program),
    )?;
    match heading.capf {
        Some(subject) => write!(out, "{}", Text(subject))?,
        None => out.write_all(b"has no certificate yet")?,
    }
    out.write_all(b"</dd>\n<dt>Phones</dt><dd>")?;
    if heading.criteria.is_empty() {
        out.write_all(b"all that are known here")?;
    } else {
        out.write_all(b"those that meet all of these criteria:\n<ul>\n")?;
        for criterion in heading.criteria {
            writeln!(out, "<li>{}</li>", Text(&shown(criterion)))?;
        }
        out.write_all(b"</ul>")?;
    }
    out.write_all(b"</dd>\n</dl>\n</header>\n")
}

/// A criterion in an administrator's words, without the authentication string that may be in it.
fn shown(criterion: &Criterion) -> String {
    if criterion.field == Field::AuthenticationString && criterion.pattern.takes_text() {
        format!("{} {} (not shown)", criterion.field, criterion.pattern)
    } else {
        criterion.to_string()
    }
}

fn totals(out: &mut impl Write, overview: &Overview) -> io::Result<()> {
    out.write_all(b"<ul class=\"totals\">\n")?;
    for (label, count, tone) in [
        ("Phones", overview.phones, Tone::Fact),
        ("With an LSC", overview.with_lsc, Tone::Good),
        ("LSC expired", overview.expired, Tone::Bad),
        (
            "LSC expires within 30 days",
            overview.expiring_within_30_days,
            Tone::Soon,
        ),
        (
            "LSC expires within 90 days",
            overview.expiring_within_90_days,
            Tone::Soon,
        ),
        ("Last operation failed", overview.failed, Tone::Bad),
        ("Operation pending", overview.pending, Tone::Fact),
    ] {
        // Nothing is wrong with none.
        let tone = if count == 0 { Tone::Plain } else { tone };
        writeln!(
            out,
            "<li class=\"{}\"><b>{}</b> <span>{label}</span></li>",
            tone.class(),
            Grouped(count)
        )?;
    }
    out.write_all(b"</ul>\n")
}

fn statuses(out: &mut impl Write, overview: &Overview) -> io::Result<()> {
    let rows = overview.by_status.iter().map(|count| Bar {
        label: Text(count.status.as_str()),
        count: count.phones,
        tone: Tone::of(count.status),
    });
    let subject = Subject {
        title: "What came of the last operation",
        label: "LSC Status",
        whole: overview.phones,
        none: "There is no phone.",
    };
    bars(out, subject, rows)
}

fn failures(out: &mut impl Write, overview: &Overview) -> io::Result<()> {
    let by_reason = overview.failures_by_reason();
    let rows = by_reason.iter().map(|(reason, count)| Bar {
        label: Text(reason.unwrap_or("No reason given")),
        count: *count,
        tone: Tone::Bad,
    });
    let subject = Subject {
        title: "Why operations failed",
        label: "Reason",
        whole: overview.failed,
        none: "No operation failed.",
    };
    bars(out, subject, rows)
}

fn issuers(out: &mut impl Write, overview: &Overview) -> io::Result<()> {
    let (first, others) = overview
        .by_issuer
        .split_at(overview.by_issuer.len().min(MOST_ISSUERS));
    let others_label = format!("{} other issuers", Grouped(others.len() as u64));
    let others = (!others.is_empty()).then(|| Bar {
        label: Text(&others_label),
        count: others.iter().map(|count| count.phones).sum(),
        tone: Tone::Plain,
    });
    let rows = first.iter().map(|count| Bar {
        label: Text(&count.issuer),
        count: count.phones,
        tone: Tone::Fact,
    });
    let rows = rows.chain(others);
    let subject = Subject {
        title: "Who issued the LSCs",
        label: "LSC Issued by",
        whole: overview.with_lsc,
        none: "No phone holds an LSC.",
    };
    bars(out, subject, rows)
}

/// A time to the minute, in UTC.
struct Minute(Timestamp);

impl std::fmt::Display for Minute {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(time) = self;
        let shown = time.strftime("%Y-%m-%d %H:%M UTC");
        write!(formatter, "<time datetime=\"{time}\">{shown}</time>")
    }
}
