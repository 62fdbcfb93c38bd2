use capf::admin;
use capf::admin::trust::IssuedBy;
use capf::model::parse_duration;
use capf::report::{Cell, Column};
use jiff::SignedDuration;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// List the certificates that are trusted
///
/// With each: whose it is (the number of another that is trusted, or itself; a CA whose own issuer is
/// not here is trusted all the same), for how many days it is valid still, and how many phones hold an
/// LSC that it issued. `capf trust show` tells more of one.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// Only those that expire within this time, as `90d` or `6mo`, or have expired
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    expiring: Option<SignedDuration>,
}

const COLUMNS: &[Column] = &[
    Column {
        key: "id",
        label: "ID",
    },
    Column {
        key: "purpose",
        label: "Purpose",
    },
    Column {
        key: "subject",
        label: "Subject",
    },
    Column {
        key: "serial_number",
        label: "Serial Number",
    },
    Column {
        key: "issued_by",
        label: "Issued By",
    },
    Column {
        key: "not_after",
        label: "Expires",
    },
    Column {
        key: "days_left",
        label: "Days Left",
    },
    Column {
        key: "lscs",
        label: "LSCs",
    },
    Column {
        key: "imported_at",
        label: "Imported",
    },
];

impl List {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let trusted = admin::trust::list(&context.installation().await?, self.expiring).await?;
        let rows = trusted.iter().map(|trusted| {
            let anchor = &trusted.anchor;
            vec![
                anchor.id.into(),
                anchor.purpose.as_str().into(),
                anchor.certificate.subject().into(),
                anchor.certificate.serial_number().into(),
                issued_by(trusted.issued_by),
                anchor.certificate.not_after().into(),
                trusted.days_left.into(),
                trusted.lscs.map_or(Cell::Empty, Cell::from),
                admin::whole_seconds(anchor.imported_at).into(),
            ]
        });
        context.ui.list(COLUMNS, rows)?;
        Ok(Completion::Done)
    }
}

/// Who issued a certificate, for a person.
pub(super) fn issued_by(issuer: IssuedBy) -> Cell {
    match issuer {
        IssuedBy::Itself => "itself".into(),
        IssuedBy::Anchor(id) => id.into(),
        IssuedBy::Unknown => Cell::Empty,
    }
}
