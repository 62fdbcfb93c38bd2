//! Phones are found.

use std::collections::BTreeSet;

use capf::model::{AuthenticationMode, Criterion, Field, OperationStatus, Phone};
use capf::store::{Change, Column, Search, Store};

use super::{Key, Place, admin, device, install, names, request, string, time};

/// Four phones that differ in everything that is searched.
pub(super) async fn fleet(place: &Place) -> Store {
    let store = place.open().await;
    let mut first = Phone::new(device("SEP000000000001"));
    first.description = String::from("Büro Zürich");
    first.model = String::from("CP-8861");
    first.security_profile = String::from("8861 Secure");
    let mut second = Phone::new(device("SEP000000000002"));
    second.description = String::from("100% sure");
    second.model = String::from("CP-8845");
    second.capf.authentication_mode = AuthenticationMode::ExistingMic;
    second.capf.authentication_string = Some(string("1299"));
    second.operation_status = OperationStatus::UpgradeFailedInvalidMic;
    let mut third = Phone::new(device("SEPFFFFFFFFFFFF"));
    third.description = String::from("Anna's 1_x!");
    let mut fourth = Phone::new(device("CSFANNA"));
    fourth.capf.authentication_mode = AuthenticationMode::AuthenticationString;
    let phones = vec![first, second, third, fourth];
    store.add_phones(&admin(), phones).await.unwrap();

    let (key, phone) = (Key::new(), device("SEP000000000001"));
    let id = request(&store, &phone, &key).await;
    let certificate = key.certificate_by("Example, Inc.", "20310131120000Z");
    let issuer_expires = Some(time("2040-01-01T00:00:00Z"));
    let import = vec![(id, certificate.clone(), issuer_expires)];
    store.import_certificates(&admin(), import).await.unwrap();
    install(&store, &phone, &certificate).await;

    let certificate = Key::new().certificate_by("CAPF-12345678", "20290101000000Z");
    install(&store, &device("CSFANNA"), &certificate).await;
    let mut change = Change::default();
    change.change.authentication_string = Some(Some(string("12345")));
    let names = vec![device("CSFANNA")];
    store.change_phones(&admin(), names, change).await.unwrap();
    store
}

on_every_engine! {
    async fn each_field_is_searched_by_each_pattern(place: &Place) {
        let store = fleet(place).await;
        for (criterion, expected) in [
            ("Device Name begins with sep0000", "SEP000000000001 SEP000000000002"),
            ("Device Name ends with 2", "SEP000000000002"),
            ("Device Name contains fan", "CSFANNA"),
            ("Device Name is exactly csfanna", "CSFANNA"),
            ("Device Name is empty", ""),
            ("Device Name is not empty", "CSFANNA SEP000000000001 SEP000000000002 SEPFFFFFFFFFFFF"),
            ("Description begins with büro", "SEP000000000001"),
            ("Description contains ÜRO", "SEP000000000001"),
            ("Description is exactly 100% SURE", "SEP000000000002"),
            ("Description ends with zürich", "SEP000000000001"),
            ("Description is empty", "CSFANNA"),
            ("Description is not empty", "SEP000000000001 SEP000000000002 SEPFFFFFFFFFFFF"),
            ("Description contains %", "SEP000000000002"),
            ("Description contains 0_", ""),
            ("Description ends with _x!", "SEPFFFFFFFFFFFF"),
            ("Description contains !", "SEPFFFFFFFFFFFF"),
            ("Description contains '", "SEPFFFFFFFFFFFF"),
            ("Device Type begins with cp-88", "SEP000000000001 SEP000000000002"),
            ("Device Type is empty", "CSFANNA SEPFFFFFFFFFFFF"),
            ("Security Profile contains secure", "SEP000000000001"),
            ("Security Profile is empty", "CSFANNA SEP000000000002 SEPFFFFFFFFFFFF"),
            ("Authentication String is exactly 12345", "CSFANNA"),
            ("Authentication String begins with 12", "CSFANNA SEP000000000002"),
            ("Authentication String is empty", "SEP000000000001 SEPFFFFFFFFFFFF"),
            ("Authentication String is not empty", "CSFANNA SEP000000000002"),
            ("Authentication Mode contains string", "CSFANNA SEP000000000001 SEPFFFFFFFFFFFF"),
            ("Authentication Mode is exactly by null string", "SEP000000000001 SEPFFFFFFFFFFFF"),
            ("Authentication Mode is exactly mic", "SEP000000000002"),
            ("Authentication Mode ends with to mic)", "SEP000000000002"),
            ("LSC Status begins with upgrade failed", "SEP000000000002"),
            ("LSC Status begins with Upgrade", "CSFANNA SEP000000000001 SEP000000000002"),
            ("LSC Status is exactly None", "SEPFFFFFFFFFFFF"),
            ("LSC Status contains no such status", ""),
            ("LSC Status is empty", ""),
            ("LSC Status is not empty", "CSFANNA SEP000000000001 SEP000000000002 SEPFFFFFFFFFFFF"),
            ("LSC Expires is before 2031-01-31", "CSFANNA"),
            ("LSC Expires is exactly 2031-01-31", "SEP000000000001"),
            ("LSC Expires is exactly 2031-01-31T23:00", "SEP000000000001"),
            ("LSC Expires is after 2031-01-31", ""),
            ("LSC Expires is after 2031-01-31T11:59", "SEP000000000001"),
            ("LSC Expires is after 2031-01-31T12:00", ""),
            ("LSC Expires is before 10000d", "CSFANNA SEP000000000001"),
            ("LSC Expires is empty", "SEP000000000002 SEPFFFFFFFFFFFF"),
            ("LSC Expires is not empty", "CSFANNA SEP000000000001"),
            ("LSC Issued by contains EXAMPLE", "SEP000000000001"),
            ("LSC Issued by begins with cn=capf", "CSFANNA"),
            ("LSC Issued by is empty", "SEP000000000002 SEPFFFFFFFFFFFF"),
            ("LSC Issuer Expires by is exactly 2040-01-01", "SEP000000000001"),
            ("LSC Issuer Expires by is before 2041-01-01", "SEP000000000001"),
            ("LSC Issuer Expires by is after 2039-12-31", "SEP000000000001"),
            ("LSC Issuer Expires by is empty", "CSFANNA SEP000000000002 SEPFFFFFFFFFFFF"),
        ] {
            let criteria = vec![criterion.parse::<Criterion>().unwrap()];
            let count = expected.split_whitespace().count() as u64;
            assert_eq!(store.count(&criteria).await.unwrap(), count, "{criterion}");
            let page = store.find(&Search { criteria, ..Search::default() }).await.unwrap();
            assert_eq!(names(&page).join(" "), expected, "{criterion}");
        }
    }

    async fn criteria_are_anded(place: &Place) {
        let store = fleet(place).await;
        let criteria = vec![
            "Device Type begins with CP".parse().unwrap(),
            "LSC Expires is empty".parse().unwrap(),
        ];
        let page = store.find(&Search { criteria, ..Search::default() }).await.unwrap();
        assert_eq!(names(&page), ["SEP000000000002"]);
    }

    async fn a_pattern_that_does_not_fit_is_refused(place: &Place) {
        let store = place.open().await;
        let mut criterion: Criterion = "LSC Expires is before 2031-01-31".parse().unwrap();
        criterion.field = Field::LscStatus;
        let error = store.count(&[criterion.clone()]).await.unwrap_err();
        assert!(error.to_string().contains("cannot be compared"), "{error}");
        criterion.field = Field::LscExpires;
        criterion.text = String::from("soon");
        let error = store.count(&[criterion]).await.unwrap_err();
        assert!(error.to_string().contains("no time"), "{error}");
    }

    async fn pages_neither_lose_nor_repeat_a_phone(place: &Place) {
        let store = fleet(place).await;
        // Many phones that are equal in every column but the name.
        let more = (0..23).map(|number| Phone::new(device(&format!("TCT{number}")))).collect();
        store.add_phones(&admin(), more).await.unwrap();
        let columns = Field::ALL
            .iter()
            .copied()
            .map(Column::Field)
            .chain([Column::CertificateOperation, Column::LastContact]);
        for sort in columns {
            let mut orders = Vec::new();
            for descending in [false, true] {
                let mut search = Search { sort, descending, limit: 5, ..Search::default() };
                let mut seen = Vec::new();
                loop {
                    let page = store.find(&search).await.unwrap();
                    seen.extend(names(&page));
                    search.after = page.next;
                    if search.after.is_none() {
                        break;
                    }
                }
                assert_eq!(seen.len(), 27, "{sort:?}");
                assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 27, "{sort:?}");
                orders.push(seen);
            }
            orders[1].reverse();
            assert_eq!(orders[0], orders[1], "{sort:?}: one order, both ways");
        }
    }

    async fn phones_without_a_value_stand_before_the_others(place: &Place) {
        let store = fleet(place).await;
        for (field, descending, expected) in [
            (Field::LscExpires, false, "SEP000000000002 SEPFFFFFFFFFFFF CSFANNA SEP000000000001"),
            (Field::LscExpires, true, "SEP000000000001 CSFANNA SEPFFFFFFFFFFFF SEP000000000002"),
            (Field::Description, false, "CSFANNA SEP000000000002 SEPFFFFFFFFFFFF SEP000000000001"),
        ] {
            let sort = Column::Field(field);
            let search = Search { sort, descending, ..Search::default() };
            let page = store.find(&search).await.unwrap();
            assert_eq!(names(&page).join(" "), expected, "{field}");
        }
    }
}
