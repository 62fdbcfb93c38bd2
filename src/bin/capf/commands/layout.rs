use std::io::Write;

use capf::admin::report::{self, Listing, PhoneColumn};
use capf::admin::{AdminError, Installation};
use capf::report::{Delimiter, Dialect};
use tokio_util::sync::CancellationToken;

use crate::command_error::CommandError;
use crate::ui::Rows;
use crate::words::words_of;

/// Writes all phones; tells how many there are.
pub(super) async fn write_all<W: Write>(
    rows: &mut Rows<W>,
    installation: &Installation,
    listing: Listing,
    layout: &report::Layout,
    stop: &CancellationToken,
) -> Result<u64, CommandError> {
    let go_on = || {
        if stop.is_cancelled() {
            return Err(CommandError::from(AdminError::Stopped));
        }
        Ok(())
    };
    if let Some(report) = rows.report() {
        return report::write(installation, listing, layout, report, go_on).await;
    }
    let mut count = 0;
    report::each(installation, listing, layout, |cells| {
        go_on()?;
        count += 1;
        Ok::<_, CommandError>(rows.row(cells)?)
    })
    .await?;
    Ok(count)
}

/// How phones are written as rows.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Columns and CSV")]
pub(super) struct Layout {
    /// Write these columns, in this order
    ///
    /// By the keys that JSON has, or by Cisco's labels, in any case.
    #[arg(
        long,
        value_name = "COLUMN,...",
        value_delimiter = ',',
        value_parser = words_of::<PhoneColumn>(PhoneColumn::options())
    )]
    columns: Vec<PhoneColumn>,

    /// Show the authentication strings, or write **** for each that is set
    ///
    /// Whoever has one can enrol as the phone. So they are shown only where they were asked for: by
    /// this option, by `--columns` with Authentication String, and in what is for this machine alone
    /// or for an import: a report with `--output` or `--with-lsc`. `capf phone show` shows one always.
    #[arg(long, value_name = "WHETHER")]
    authentication_strings: Option<Visibility>,

    /// What stands between the cells of CSV: one of these words, or the character itself
    #[arg(long, value_name = "CHAR", default_value = "comma")]
    delimiter: DelimiterName,

    /// Begin CSV with a byte order mark, so that Excel reads it as UTF-8
    #[arg(long)]
    bom: bool,

    /// Write text in CSV as it is, for programs
    ///
    /// Otherwise an apostrophe stands in front of what a spreadsheet would run as a formula (it begins
    /// with =, +, -, @, a tabulator or a line end), or of whose digits it would make another number:
    /// leading zeros, 1e10, more than 15 digits. `capf phone import` takes the apostrophe away again. It
    /// does not help where a spreadsheet takes text for a date: import such a column as text.
    #[arg(long)]
    verbatim: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Visibility {
    /// Show them
    Show,
    /// Write **** in their place
    Hide,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum DelimiterName {
    /// A comma
    #[value(alias = ",")]
    Comma,
    /// A semicolon, as spreadsheets expect it where the comma belongs to numbers
    #[value(alias = ";")]
    Semicolon,
    /// A tabulator
    #[value(aliases = ["\\t", "\t"])]
    Tab,
}

impl Layout {
    /// The columns that were asked for, or else `default`. `reveals_strings` is whether authentication
    /// strings are shown where nothing was said about them.
    pub(super) fn resolve(
        &self,
        default: Vec<PhoneColumn>,
        reveals_strings: bool,
    ) -> Result<report::Layout, CommandError> {
        for (index, column) in self.columns.iter().enumerate() {
            if self.columns[..index].contains(column) {
                return Err(CommandError::usage(format!(
                    "the column `{}` is asked for twice",
                    column.names().key
                )));
            }
        }
        let asks_for_strings = self.columns.iter().any(|column| column.is_secret());
        Ok(report::Layout {
            columns: if self.columns.is_empty() {
                default
            } else {
                self.columns.clone()
            },
            reveals_strings: match self.authentication_strings {
                Some(visibility) => visibility == Visibility::Show,
                None => reveals_strings || asks_for_strings,
            },
        })
    }

    /// Whether columns were asked for.
    pub(super) fn chooses_columns(&self) -> bool {
        !self.columns.is_empty()
    }

    /// How CSV is written.
    pub(super) fn dialect(&self) -> Dialect {
        Dialect {
            delimiter: match self.delimiter {
                DelimiterName::Comma => Delimiter::Comma,
                DelimiterName::Semicolon => Delimiter::Semicolon,
                DelimiterName::Tab => Delimiter::Tab,
            },
            byte_order_mark: self.bom,
            verbatim: self.verbatim,
        }
    }
}
