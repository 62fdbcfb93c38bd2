//! Phones are added, changed and removed.

use std::collections::BTreeSet;

use capf::model::{
    AuthenticationMode, CapfSettings, CertificateOperation, CertificateState, CsrCounts,
    OperationStatus, Parameter, Phone,
};
use capf::session::Record;
use capf::store::{Change, Claim, NewPhone, Search, StoreError};

use super::{
    Key, Place, address, admin, device, install, names, request, schedule, states, string, time,
    trail,
};

on_every_engine! {
    async fn a_phone_is_added_with_the_certificates_that_it_has(place: &Place) {
        let store = place.open_with(&["CSFTHERE"]).await;
        let (lsc, mic) = (Key::new().certificate(), Key::new().certificate());
        let with_certificates = |name: &str| NewPhone {
            phone: Phone::new(device(name)),
            lsc: Some(lsc.clone()),
            mic: Some(mic.clone()),
        };
        let new = vec![
            with_certificates("CSFTHERE"),
            with_certificates("CSFNEW"),
            NewPhone::from(Phone::new(device("CSFBARE"))),
        ];
        let added = store.add_phones_with_certificates(&admin(), new).await.unwrap();
        assert_eq!((added.added, added.existing), (2, vec![device("CSFTHERE")]));
        assert_eq!(
            trail(&store, 2).await,
            [
                "alice: CSFBARE: phone added".to_owned(),
                format!(
                    "alice: CSFNEW: phone added with its LSC, serial number {}",
                    lsc.serial_number()
                ),
            ]
        );
        let search = Search {
            criteria: vec!["LSC Expires is before 2031-02-01".parse().unwrap()],
            ..Search::default()
        };
        let page = store.find(&search).await.unwrap();
        assert_eq!(names(&page), ["CSFNEW"]);
        let shown = page.rows[0].lsc.as_ref().unwrap();
        assert_eq!(shown.serial_number, lsc.serial_number());
        assert_eq!(shown.issuer, lsc.issuer());
        let devices = ["CSFNEW", "CSFBARE", "CSFNONE", "CSFTHERE"].map(device);
        let held = store.held_lscs(devices.to_vec()).await.unwrap();
        assert_eq!(held, [Some(lsc), None, None, None]);
        assert_eq!(
            states(&store, &device("CSFNEW")).await,
            [CertificateState::Fetched, CertificateState::Held]
        );
        let known = store.known_phones(devices.to_vec()).await.unwrap();
        assert_eq!(known, ["CSFNEW", "CSFBARE", "CSFTHERE"].map(device));
    }

    async fn a_phone_is_read_as_it_was_added(place: &Place) {
        let store = place.open().await;
        let mut phone = Phone::new(device("SEP001122334455"));
        phone.description = String::from("Büro Zürich 100 %");
        phone.model = String::from("CP-8861");
        phone.security_profile = String::from("Secure _ Profile");
        phone.capf.operation = CertificateOperation::Install;
        phone.capf.authentication_mode = AuthenticationMode::AuthenticationString;
        phone.capf.authentication_string = Some(string("0123456789"));
        phone.capf.completes_by = Some(time("2027-01-31T18:00:00Z"));
        phone.operation_status = OperationStatus::OperationPending;
        phone.last_contact = Some((time("2026-11-22T08:00:00.25Z"), address()));
        let added = store.add_phones(&admin(), vec![phone.clone()]).await.unwrap();
        assert_eq!((added.added, added.existing), (1, vec![]));

        let row = store.phone(&phone.name).await.unwrap().unwrap();
        assert_eq!(row.phone, phone);
        assert_eq!((row.lsc, row.csr), (None, None));
        assert_eq!(store.phone(&device("CSFNOBODY")).await.unwrap(), None);
    }

    async fn phones_that_exist_stay_as_they_are(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let mut again = Phone::new(device("CSFA"));
        again.description = String::from("another");
        let phones = vec![again, Phone::new(device("CSFB"))];
        let added = store.add_phones(&admin(), phones).await.unwrap();
        assert_eq!((added.added, added.existing), (1, vec![device("CSFA")]));
        let row = store.phone(&device("CSFA")).await.unwrap().unwrap();
        assert_eq!(row.phone.description, "");
    }

    async fn an_operation_without_a_time_gets_the_parameters(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        let parameter = Parameter::OperationExpires;
        store.set_parameter(&admin(), parameter, Some("3".to_owned())).await.unwrap();
        let names = vec![device("CSFA"), device("CSFX"), device("CSFB")];
        let mut change = schedule(CertificateOperation::Install);
        let changed = store.change_phones(&admin(), names, change.clone()).await.unwrap();
        assert_eq!(changed.changed, [device("CSFA"), device("CSFB")]);
        assert_eq!(changed.unknown, [device("CSFX")]);
        let phone = store.phone(&device("CSFA")).await.unwrap().unwrap().phone;
        assert_eq!(phone.capf.completes_by, Some(time("2026-11-26T12:00:00Z")));
        assert_eq!(phone.operation_status, OperationStatus::OperationPending);

        change.change.completes_by = Some(None);
        store.change_phones(&admin(), vec![device("CSFA")], change).await.unwrap();
        let phone = store.phone(&device("CSFA")).await.unwrap().unwrap().phone;
        assert_eq!(phone.capf.completes_by, None, "said to have none");

        let mut scheduled = Phone::new(device("CSFC"));
        scheduled.capf.operation = CertificateOperation::Delete;
        store.add_phones(&admin(), vec![scheduled]).await.unwrap();
        let phone = store.phone(&device("CSFC")).await.unwrap().unwrap().phone;
        assert_eq!(phone.capf.completes_by, Some(time("2026-11-26T12:00:00Z")));
    }

    async fn each_phone_gets_a_string_of_its_own(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        let change = Change { generate_strings: true, ..Change::default() };
        let names = vec![device("CSFA"), device("CSFB")];
        store.change_phones(&admin(), names, change).await.unwrap();
        let page = store.find(&Search::default()).await.unwrap();
        let strings: BTreeSet<String> = page
            .rows
            .iter()
            .map(|row| row.phone.capf.authentication_string.as_ref().unwrap().reveal().to_owned())
            .collect();
        assert_eq!(strings.len(), 2);
    }

    async fn a_removed_phone_takes_its_requests_and_certificates_along(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        let phone = device("CSFA");
        install(&store, &phone, &Key::new().certificate()).await;
        request(&store, &phone, &Key::new()).await;
        let names = vec![phone.clone(), device("CSFX")];
        let removed = store.remove_phones(&admin(), names).await.unwrap();
        assert_eq!((removed.removed, removed.unknown), (1, vec![device("CSFX")]));
        assert_eq!(store.certificates(&phone).await.unwrap(), vec![]);
        assert_eq!(store.csr_counts().await.unwrap(), CsrCounts::default());

        let error = store.record(&phone, address(), &CapfSettings::default(), &mut Claim::new(), Record::Deleted).await.unwrap_err();
        assert!(matches!(error, StoreError::UnknownPhone { .. }), "{error}");
        assert!(error.to_string().contains("capf phone add"));
    }
}
