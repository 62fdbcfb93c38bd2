//! The timeline drawn, as SVG.
//!
//! The drawing has no `viewBox`: across, it is measured in percent, so that it fills a screen or a
//! sheet of any width while its text keeps its size.

use std::fmt;
use std::io::{self, Write};

use super::super::number::Grouped;
use super::{Count, Month, Timeline, count};

/// The height of the bars' part of the drawing, in pixels.
const HEIGHT: f64 = 160.0;
/// Room above it for the word at the present day.
const ABOVE: f64 = 18.0;
/// Room below it for months and years.
const BELOW: f64 = 38.0;

impl Timeline {
    /// Where a day of a month lies across the drawing, in percent.
    fn across(&self, month: usize, fraction: f64) -> f64 {
        (place(month) + fraction) * 100.0 / place(self.months.len())
    }

    pub(super) fn draw(&self, out: &mut impl Write) -> io::Result<()> {
        let most = self.months.iter().map(|count| count.all()).max();
        let scale = Scale::up_to(most.unwrap_or_default());
        write!(
            out,
            "<p class=\"key\">{}{}{}</p>\n\
             <svg class=\"timeline\" role=\"img\" aria-labelledby=\"timeline-title timeline-desc\" \
             height=\"{}\">\n\
             <title id=\"timeline-title\">How many LSCs expire in each month</title>\n\
             <desc id=\"timeline-desc\">A bar for each month from {} to {}. Today is {}. The numbers \
             are in the table that follows.</desc>\n\
             <defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect class=\"hatch\" width=\"3.5\" height=\"6\"/>\
             </pattern></defs>\n",
            Key("expired", "expired"),
            Key("soon", "within 90 days"),
            Key("fact", "later"),
            ABOVE + HEIGHT + BELOW,
            self.first,
            self.last(),
            self.today,
        )?;
        for tick in scale.ticks() {
            let y = scale.y(tick);
            writeln!(
                out,
                "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text class=\"count\" x=\"-8\" y=\"{y:.1}\" dy=\"4\">{}</text>",
                Grouped(tick)
            )?;
        }
        for (index, (month, count)) in self.months().enumerate() {
            self.draw_month(out, &scale, index, month, count)?;
        }
        let today = self.across(
            Month::of(self.today).since(self.first).unwrap_or_default(),
            f64::from(self.today.day() - 1) / f64::from(self.today.days_in_month()),
        );
        writeln!(
            out,
            "<line class=\"today\" x1=\"{today:.2}%\" x2=\"{today:.2}%\" y1=\"{}\" y2=\"{}\"/>\
             <text x=\"{today:.2}%\" y=\"10\" dx=\"4\">today</text>",
            0,
            ABOVE + HEIGHT,
        )?;
        out.write_all(b"</svg>\n")
    }

    fn draw_month(
        &self,
        out: &mut impl Write,
        scale: &Scale,
        index: usize,
        month: Month,
        count: Count,
    ) -> io::Result<()> {
        if count.all() > 0 {
            write!(out, "<g><title>{month}: {}</title>", Grouped(count.all()))?;
            let (x, width) = (
                self.across(index, 0.1),
                self.across(index, 0.9) - self.across(index, 0.1),
            );
            let mut below = 0;
            for (class, phones) in [
                ("expired", count.expired),
                ("soon", count.soon),
                ("fact", count.later),
            ] {
                if phones > 0 {
                    let (top, bottom) = (scale.y(below + phones), scale.y(below));
                    // What is there is seen, however little it is.
                    let height = (bottom - top).max(1.5);
                    write!(
                        out,
                        "<rect class=\"{class}\" x=\"{x:.2}%\" y=\"{:.1}\" width=\"{width:.2}%\" \
                         height=\"{height:.1}\"/>",
                        bottom - height
                    )?;
                    below += phones;
                }
            }
            out.write_all(b"</g>\n")?;
        }
        self.name_month(out, index, month)
    }

    /// Writes the year at its first month, and between them the names of a few.
    fn name_month(&self, out: &mut impl Write, index: usize, month: Month) -> io::Result<()> {
        let x = self.across(index, 0.0);
        let foot = ABOVE + HEIGHT;
        // The first year stands there whole or, where the next follows soon, not at all.
        let to_january = (12 - month.index()) % 12;
        let begins = index == 0 && to_january * 8 > count(self.months.len());
        if month.index() == 0 || begins {
            writeln!(
                out,
                "<line class=\"year\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"{foot}\" y2=\"{}\"/>\
                 <text x=\"{x:.2}%\" y=\"{}\" dx=\"4\">{}</text>",
                foot + BELOW - 4.0,
                foot + BELOW - 6.0,
                month.year()
            )?;
        }
        if month.index() % 3 == 0 {
            // A long timeline has room for them on a wide screen alone.
            let class = if self.months.len() > 24 {
                "wide"
            } else {
                "month"
            };
            writeln!(
                out,
                "<text class=\"{class}\" x=\"{x:.2}%\" y=\"{}\" dx=\"4\">{}</text>",
                foot + 15.0,
                month.abbreviation()
            )?;
        }
        Ok(())
    }
}

/// The scale of the counts: 0 at the foot, `top` at the head.
struct Scale {
    step: u64,
    top: u64,
}

impl Scale {
    /// A scale that goes up to `most` or a little more, in two to five steps of 1, 2 or 5 times a
    /// power of ten.
    fn up_to(most: u64) -> Self {
        let mut step = 1;
        let mut factors = [2, 5, 10].into_iter().cycle();
        let mut power = 1;
        while step * 5 < most {
            match factors.next() {
                Some(10) => {
                    power *= 10;
                    step = power;
                }
                Some(factor) => step = power * factor,
                None => break,
            }
        }
        Self {
            step,
            top: most.max(1).next_multiple_of(step),
        }
    }

    fn ticks(&self) -> impl Iterator<Item = u64> {
        (0..=self.top / self.step).map(|tick| tick * self.step)
    }

    /// The height at which a count stands, in pixels from the top of the drawing.
    fn y(&self, count: u64) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "it is drawn to a tenth of a pixel"
        )]
        let part = count as f64 / self.top as f64;
        ABOVE + HEIGHT * (1.0 - part)
    }
}

/// A word of the key, with a piece of what it stands for.
struct Key(&'static str, &'static str);

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(class, word) = self;
        write!(
            formatter,
            "<span><svg aria-hidden=\"true\" width=\"14\" height=\"12\">\
             <rect class=\"{class}\" width=\"14\" height=\"12\"/></svg> {word}</span>"
        )
    }
}

fn place(month: usize) -> f64 {
    f64::from(count(month))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_few_steps_of_round_numbers() {
        for (most, ticks) in [
            (0, &[0, 1][..]),
            (1, &[0, 1]),
            (5, &[0, 1, 2, 3, 4, 5]),
            (6, &[0, 2, 4, 6]),
            (74, &[0, 20, 40, 60, 80]),
            (12_345, &[0, 5000, 10_000, 15_000]),
        ] {
            assert_eq!(
                Scale::up_to(most).ticks().collect::<Vec<_>>(),
                ticks,
                "{most}"
            );
        }
    }
}
