//! The offline CA's round: requests and imported certificates.

use capf::clock::Clock as _;
use capf::model::{CertificateOperation, CertificateState, CsrCounts, CsrState};
use capf::session::Record;
use capf::store::{CsrProgress, CsrSearch, DeletedCsrs, Recorded};

use super::{Key, Place, admin, device, install, order, request, states, tell, time};

on_every_engine! {
    async fn an_offline_round_goes_from_pending_to_held(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let key = Key::new();
        let id = request(&store, &phone, &key).await;
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.csr.unwrap().state, CsrState::Pending);
        assert_eq!(row.csr.unwrap().created_at, place.clock.now());
        let (_, progress) = store.progress(&phone, &key.fingerprint()).await.unwrap().unwrap();
        assert_eq!(progress, CsrProgress::Waiting);

        assert_eq!(store.mark_dumped(&admin(), vec![id, id + 1]).await.unwrap(), 1);
        assert_eq!(store.mark_dumped(&admin(), vec![id]).await.unwrap(), 0, "only pending ones");
        let (_, progress) = store.progress(&phone, &key.fingerprint()).await.unwrap().unwrap();
        assert_eq!(progress, CsrProgress::Waiting);

        let certificate = key.certificate();
        let expires = time("2040-01-01T00:00:00Z");
        let import = vec![(id, certificate.clone(), Some(expires))];
        assert_eq!(store.import_certificates(&admin(), import.clone()).await.unwrap(), [true]);
        assert_eq!(store.import_certificates(&admin(), import).await.unwrap(), [true], "again");
        assert_eq!(states(&store, &phone).await, [CertificateState::Issued]);
        let (_, progress) = store.progress(&phone, &key.fingerprint()).await.unwrap().unwrap();
        assert_eq!(progress, CsrProgress::Imported(certificate.clone()));
        let subject = store.subject(&phone, Vec::new()).await.unwrap().unwrap();
        assert_eq!((subject.held, subject.imported), (None, Some(certificate.clone())));

        install(&store, &phone, &certificate).await;
        let subject = store.subject(&phone, Vec::new()).await.unwrap().unwrap();
        assert_eq!((subject.held, subject.imported), (Some(certificate), None));
        let row = store.phone(&phone).await.unwrap().unwrap();
        assert_eq!(row.csr, None, "the phone waits no more");
        assert_eq!(row.lsc.unwrap().issuer_not_after, Some(expires));
        let (_, progress) = store.progress(&phone, &key.fingerprint()).await.unwrap().unwrap();
        assert_eq!(progress, CsrProgress::Gone);
    }

    async fn a_new_key_supersedes_the_request_and_its_certificate(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        let phone = device("CSFA");
        let (old, new) = (Key::new(), Key::new());
        let id = request(&store, &phone, &old).await;
        let import = vec![(id, old.certificate(), None)];
        store.import_certificates(&admin(), import).await.unwrap();
        request(&store, &phone, &new).await;
        let counts = store.csr_counts().await.unwrap();
        let expected =
            CsrCounts { pending: 1, superseded: 1, valid: 1, invalid: 1, ..CsrCounts::default() };
        assert_eq!(counts, expected);
        assert_eq!(states(&store, &phone).await, [CertificateState::Stale]);
        assert_eq!(store.subject(&phone, Vec::new()).await.unwrap().unwrap().imported, None);
        let (_, progress) = store.progress(&phone, &old.fingerprint()).await.unwrap().unwrap();
        assert_eq!(progress, CsrProgress::Gone);
        let late = vec![(id, old.certificate(), None)];
        assert_eq!(store.import_certificates(&admin(), late).await.unwrap(), [false]);
    }

    async fn superseded_requests_do_not_pile_up(place: &Place) {
        let store = place.open_with(&["CSFA"]).await;
        for _ in 0..20 {
            request(&store, &device("CSFA"), &Key::new()).await;
        }
        let counts = store.csr_counts().await.unwrap();
        assert_eq!((counts.pending, counts.superseded), (1, 8));
    }

    async fn certificates_are_imported_together_each_with_its_verdict(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB", "CSFC"]).await;
        let (a, b, c) = (Key::new(), Key::new(), Key::new());
        let id_a = request(&store, &device("CSFA"), &a).await;
        let id_b = request(&store, &device("CSFB"), &b).await;
        let id_c = request(&store, &device("CSFC"), &c).await;
        let import = vec![
            (id_a, a.certificate(), None),
            (id_b, a.certificate(), None),
            (id_c + 1000, c.certificate(), None),
            (id_c, c.certificate(), None),
        ];
        let taken = store.import_certificates(&admin(), import).await.unwrap();
        assert_eq!(taken, [true, false, false, true], "another's key, no such request");
        let counts = store.csr_counts().await.unwrap();
        assert_eq!((counts.issued, counts.pending), (2, 1));
        assert_eq!(states(&store, &device("CSFB")).await, []);
    }

    async fn no_phone_files_a_key_that_is_on_record_for_another(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        let (a, b, key) = (device("CSFA"), device("CSFB"), Key::new());
        let own = Key::new();
        let own_id = request(&store, &a, &own).await;
        let files = async || tell(&store, &a, Record::Requested { csr: key.csr() }).await;
        let foreign = Recorded::ForeignKey { device: b.clone() };

        // B waits for it, it is with the CA, its certificate has come.
        let id = request(&store, &b, &key).await;
        assert_eq!(files().await, foreign);
        store.mark_dumped(&admin(), vec![id]).await.unwrap();
        assert_eq!(files().await, foreign);
        let certificate = key.certificate();
        let import = vec![(id, certificate.clone(), None)];
        store.import_certificates(&admin(), import).await.unwrap();
        assert_eq!(files().await, foreign);
        // B holds it, and the request is gone.
        install(&store, &b, &certificate).await;
        assert_eq!(files().await, foreign);

        let found = store.match_keys(vec![key.fingerprint()]).await.unwrap();
        assert_eq!(found[0].csr, None, "and nothing of A's");
        let of_b: Vec<_> = found[0].lscs.iter().map(|lsc| &lsc.device).collect();
        assert_eq!(of_b, [&b]);
        let found = store.match_keys(vec![own.fingerprint()]).await.unwrap();
        let own_request = found[0].csr.as_ref().map(|csr| (csr.id, csr.state));
        assert_eq!(own_request, Some((own_id, CsrState::Pending)), "A's own is as it was");
    }

    async fn a_key_whose_request_is_superseded_is_still_its_phones(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        let (a, b, key) = (device("CSFA"), device("CSFB"), Key::new());
        request(&store, &b, &key).await;
        request(&store, &b, &Key::new()).await;
        order(&store, &a, CertificateOperation::Install).await;
        let filed = tell(&store, &a, Record::Requested { csr: key.csr() }).await;
        assert_eq!(filed, Recorded::ForeignKey { device: b.clone() });
        // Its own phone may send it again.
        request(&store, &b, &key).await;
    }

    async fn requests_are_found_by_key_in_the_order_asked(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        let (a, b) = (Key::new(), Key::new());
        request(&store, &device("CSFA"), &a).await;
        request(&store, &device("CSFB"), &b).await;
        // The same key again: the one that is not superseded counts.
        request(&store, &device("CSFA"), &a).await;
        let keys = vec![b.fingerprint(), Key::new().fingerprint(), a.fingerprint()];
        let found = store.match_keys(keys).await.unwrap();
        let found: Vec<_> = found
            .into_iter()
            .map(|found| found.csr.map(|csr| (csr.device, csr.state)))
            .collect();
        assert_eq!(
            found,
            [
                Some((device("CSFB"), CsrState::Pending)),
                None,
                Some((device("CSFA"), CsrState::Pending))
            ]
        );
    }

    async fn requests_are_listed_by_state_a_part_at_a_time(place: &Place) {
        let names = ["CSFA", "CSFB", "CSFC", "CSFD", "CSFE"];
        let store = place.open_with(&names).await;
        let mut ids = Vec::new();
        for name in names {
            ids.push(request(&store, &device(name), &Key::new()).await);
        }
        store.mark_dumped(&admin(), vec![ids[1]]).await.unwrap();
        let mut seen = Vec::new();
        let mut after = 0;
        loop {
            let page = CsrSearch {
                after,
                limit: 2,
                ..CsrSearch::in_states(&[CsrState::Pending])
            };
            let part = store.csrs(&page).await.unwrap();
            let Some(last) = part.last() else { break };
            after = last.id;
            seen.extend(part.into_iter().map(|record| record.id));
        }
        assert_eq!(seen, [ids[0], ids[2], ids[3], ids[4]]);
        let both = [CsrState::Pending, CsrState::Dumped];
        assert_eq!(store.csrs(&CsrSearch::in_states(&both)).await.unwrap().len(), 5);
        assert_eq!(store.csrs(&CsrSearch::in_states(&[])).await.unwrap().len(), 0);
    }

    async fn all_requests_are_deleted_with_what_no_phone_holds(place: &Place) {
        let store = place.open_with(&["CSFA", "CSFB"]).await;
        let (a, b) = (Key::new(), Key::new());
        let id = request(&store, &device("CSFA"), &a).await;
        request(&store, &device("CSFB"), &b).await;
        store.import_certificates(&admin(), vec![(id, a.certificate(), None)]).await.unwrap();
        let deleted = store.delete_csrs(&admin()).await.unwrap();
        assert_eq!(deleted, DeletedCsrs { csrs: 2, certificates: 1 });
        assert_eq!(store.csr_counts().await.unwrap(), CsrCounts::default());
        let (_, progress) = store.progress(&device("CSFA"), &a.fingerprint()).await.unwrap().unwrap();
        assert_eq!(progress, CsrProgress::Gone);
    }
}
