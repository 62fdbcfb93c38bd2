//! Parameters, trust anchors and saved searches.

use capf::clock::Clock as _;
use capf::model::{Criterion, Parameter, SearchName, TrustPurpose};
use capf::store::AuditQuery;

use super::{Key, Place, SUBJECT, admin, device, install, time};

on_every_engine! {
    async fn parameters_are_set_and_reset(place: &Place) {
        let store = place.open().await;
        let parameter = Parameter::KeepaliveInterval;
        store.set_parameter(&admin(), parameter, Some("20".to_owned())).await.unwrap();
        store.set_parameter(&admin(), parameter, Some("30".to_owned())).await.unwrap();
        assert_eq!(store.parameters().await.unwrap().value(parameter), "30");
        store.set_parameter(&admin(), parameter, None).await.unwrap();
        assert!(!store.parameters().await.unwrap().is_set(parameter));
    }

    async fn trust_anchors_are_kept_once_a_purpose(place: &Place) {
        let store = place.open().await;
        let admin = admin();
        let anchor = Key::new().certificate_by("Example CA", "20400101000000Z");
        let import = |purpose| store.import_anchor(&admin, purpose, anchor.clone());
        let first = import(TrustPurpose::Capf).await.unwrap();
        assert!(first.new);
        let again = import(TrustPurpose::Capf).await.unwrap();
        assert_eq!((again.id, again.new), (first.id, false));
        assert!(import(TrustPurpose::Manufacturing).await.unwrap().new);
        assert_eq!(store.trust_anchors(None).await.unwrap().len(), 2);
        let capf = store.trust_anchors(Some(TrustPurpose::Capf)).await.unwrap();
        assert_eq!((capf.len(), &capf[0].certificate), (1, &anchor));
        assert_eq!(capf[0].imported_at, place.clock.now());
        assert!(store.remove_anchor(&admin, first.id).await.unwrap());
        assert!(!store.remove_anchor(&admin, first.id).await.unwrap());
    }

    async fn the_issuers_expiry_is_taken_from_capf_trust(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let anchor = Key::new().certificate_by("Root CA", "20400101000000Z");
        store.import_anchor(&admin(), TrustPurpose::Capf, anchor).await.unwrap();
        let lsc = Key::new().certificate_by(SUBJECT, "20310101000000Z");
        install(&store, &device("CSFA"), &lsc).await;
        let row = store.phone(&device("CSFA")).await.unwrap().unwrap();
        assert_eq!(row.lsc.unwrap().issuer_not_after, Some(time("2040-01-01T00:00:00Z")));
    }

    async fn searches_are_saved_replaced_and_deleted(place: &Place) {
        let store = place.open().await;
        let admin = admin();
        let [late, early] = ["Zürich", "Bern"].map(|name| name.parse::<SearchName>().unwrap());
        let secret: Vec<Criterion> = vec!["Authentication String is exactly 47110815".parse().unwrap()];
        let nasty: Vec<Criterion> = vec![
            "Description contains two\nlines, \"quoted\" [1]".parse().unwrap(),
            "LSC Expires is before 30d".parse().unwrap(),
            "Description is not empty".parse().unwrap(),
        ];
        let save = |name: &SearchName, criteria: &[Criterion], replace| {
            let (store, admin) = (store.clone(), admin.clone());
            let (name, criteria) = (name.clone(), criteria.to_vec());
            async move { store.save_search(&admin, name, criteria, replace).await.unwrap() }
        };
        assert!(save(&late, &secret, false).await);
        assert!(!save(&late, &nasty, false).await);
        assert_eq!(store.saved_search(&late).await.unwrap().unwrap().criteria, secret);
        assert!(save(&early, &secret, false).await);
        assert!(save(&late, &nasty, true).await);
        let saved = store.saved_search(&late).await.unwrap().unwrap();
        assert_eq!((saved.criteria, saved.saved_at), (nasty, place.clock.now()));
        let names = |searches: Vec<capf::model::SavedSearch>| -> Vec<_> {
            searches.into_iter().map(|search| search.name).collect()
        };
        assert_eq!(names(store.saved_searches().await.unwrap()), [early.clone(), late.clone()]);
        let none: SearchName = "none".parse().unwrap();
        let unknown = store.delete_saved_searches(&admin, vec![none.clone(), late.clone()]).await;
        assert_eq!(unknown.unwrap(), [none]);
        assert_eq!(names(store.saved_searches().await.unwrap()), [early]);
        assert_eq!(store.saved_search(&late).await.unwrap(), None);
        let trail = store.audit(AuditQuery { device: None, limit: 100 }).await.unwrap();
        let said: Vec<_> = trail.into_iter().map(|entry| entry.what).collect();
        assert_eq!(
            said,
            [
                "saved search `Zürich` deleted",
                "search `Zürich` saved",
                "search `Bern` saved",
                "search `Zürich` saved",
            ]
        );
    }
}
