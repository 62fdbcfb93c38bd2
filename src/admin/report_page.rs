//! The CAPF report as a page: numbers of all phones, and a list of those that need something.

use std::io::{self, Write};

use super::overview::overview;
use super::phone::search;
use super::{AdminError, Installation, whole_seconds};
use crate::model::{Certificate, Criterion, Field, Pattern};
use crate::report::html::{Heading, Page, Phone};
use crate::store::{PhoneRow, Search};

/// How many phones a page lists at most. A browser searches as many while one types; a list of more
/// is for a spreadsheet.
const MOST_PHONES: u64 = 5000;

/// Writes the page about the phones that meet all criteria. Before each phone, `go_on` may end it.
pub async fn write<W: Write, E: From<AdminError> + From<io::Error>>(
    installation: &Installation,
    criteria: &[Criterion],
    out: W,
    mut go_on: impl FnMut() -> Result<(), E>,
) -> Result<W, E> {
    let capf = installation.own_certificate().await?;
    let heading = Heading {
        program: concat!("capf ", env!("CARGO_PKG_VERSION")),
        capf: capf.as_ref().map(Certificate::subject),
        criteria,
    };
    let overview = overview(installation, criteria).await?;
    let mut page = Page::begin(out, &heading, &overview, MOST_PHONES)?;
    each(installation, criteria, MOST_PHONES, |row| {
        go_on()?;
        Ok::<_, E>(page.phone(&phone(row))?)
    })
    .await?;
    Ok(page.finish()?)
}

/// Hands out the phones, those first that somebody has to look after: where an operation failed,
/// nothing happens any more until somebody acts. The others have a date to plan by: whose LSC has
/// expired or expires next comes next, and who has none comes last.
async fn each<E: From<AdminError>>(
    installation: &Installation,
    criteria: &[Criterion],
    most: u64,
    mut each: impl FnMut(&PhoneRow) -> Result<(), E>,
) -> Result<(), E> {
    let failed = Criterion::new(Field::LscStatus, Pattern::Contains, "Failed");
    let with_lsc = Criterion::new(Field::LscExpires, Pattern::IsNotEmpty, "");
    let without_lsc = Criterion::new(Field::LscExpires, Pattern::IsEmpty, "");
    let mut left = most;
    for (group, are_failed, sort) in [
        (failed, true, Field::LscExpires),
        (with_lsc, false, Field::LscExpires),
        (without_lsc, false, Field::DeviceName),
    ] {
        let mut search = Search {
            sort: sort.into(),
            ..search([criteria, &[group]].concat())
        };
        loop {
            let found = installation.store().find(&search).await;
            let found = found.map_err(AdminError::from)?;
            let is_wanted = |row: &&PhoneRow| row.phone.operation_status.is_failure() == are_failed;
            for row in found.rows.iter().filter(is_wanted) {
                if left == 0 {
                    return Ok(());
                }
                each(row)?;
                left -= 1;
            }
            search.after = found.next;
            if search.after.is_none() {
                break;
            }
        }
    }
    Ok(())
}

fn phone(row: &PhoneRow) -> Phone<'_> {
    let PhoneRow { phone, lsc, .. } = row;
    Phone {
        name: phone.name.as_str(),
        description: &phone.description,
        device_type: &phone.model,
        status: phone.operation_status,
        lsc_expires: lsc.as_ref().map(|lsc| lsc.not_after),
        issued_by: lsc.as_ref().map(|lsc| &lsc.issuer[..]),
        last_contact: phone.last_contact.map(|(at, _)| whole_seconds(at)),
    }
}
