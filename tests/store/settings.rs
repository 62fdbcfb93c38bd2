//! Parameters and trust anchors.

use capf::clock::Clock as _;
use capf::model::{Parameter, TrustPurpose};

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
}
