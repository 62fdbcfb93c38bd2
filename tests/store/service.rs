//! What is wanted of the service, what it says of itself, and how parameters have changed.

use capf::clock::Clock as _;
use capf::model::{Parameter, ParameterValues};
use capf::store::{RunningNode, ServiceOrders};
use jiff::SignedDuration;

use super::{Place, admin, trail};

on_every_engine! {
    async fn orders_are_counted_and_noted(place: &Place) {
        let store = place.open().await;
        let other = place.open().await;
        assert_eq!(store.service_orders().await.unwrap(), ServiceOrders::default());
        let mut watch = store.watch().await.unwrap();
        other.activate_service(&admin()).await.unwrap();
        assert!(watch.changed().await.settings);
        other.restart_service(&admin()).await.unwrap();
        other.deactivate_service(&admin()).await.unwrap();
        other.activate_service(&admin()).await.unwrap();
        let orders = ServiceOrders { activated: true, restarts: 1, ends: 1 };
        assert_eq!(store.service_orders().await.unwrap(), orders);
        let said = ["activated", "deactivated", "restarted", "activated"];
        assert_eq!(trail(&store, 10).await, said.map(|it| format!("alice: service {it}")));
    }

    async fn a_service_says_how_it_runs_until_it_ends(place: &Place) {
        let store = place.open().await;
        assert_eq!(store.nodes().await.unwrap(), []);
        let values = [(Parameter::PhonePort, "3900"), (Parameter::TraceFiles, "20")];
        let set = values.map(|(parameter, value)| (parameter, value.to_owned()));
        let service = RunningNode {
            name: "capf-a".parse().unwrap(),
            since: place.clock.now(),
            version: "1.2.3".to_owned(),
            addresses: vec!["[::1]:3900".parse().unwrap(), "192.0.2.1:3804".parse().unwrap()],
            parameters: ParameterValues::new(set),
        };
        store.begin_node(service.clone()).await.unwrap();
        let rows = store.nodes().await.unwrap();
        assert_eq!(rows.len(), 1);
        assert!(rows[0].is_alive);
        let running = rows[0].node.clone();
        assert_eq!(running.parameters.value(Parameter::PhonePort), "3900");
        assert_eq!(running.parameters.value(Parameter::EnableIpv6), "False");
        // It is told of those alone that wait for a restart.
        assert!(!running.parameters.is_set(Parameter::TraceFiles));
        assert_eq!(running, RunningNode { parameters: running.parameters.clone(), ..service });
        assert!(!store.service_orders().await.unwrap().activated);
        store.end_node(&running.name).await.unwrap();
        assert_eq!(store.nodes().await.unwrap(), []);
    }

    async fn several_parameters_are_set_at_once_and_each_change_is_kept(place: &Place) {
        let store = place.open().await;
        let (port, files) = (Parameter::PhonePort, Parameter::TraceFiles);
        let set = |value: &str| Some(value.to_owned());
        let changes = vec![(port, set("3900")), (files, set("1000"))];
        store.set_parameters(&admin(), changes).await.unwrap();
        place.clock.advance(SignedDuration::from_mins(5));
        store.set_parameters(&admin(), vec![(port, None), (files, set("20"))]).await.unwrap();
        let told = async |parameter, limit| -> Vec<String> {
            let changes = store.parameter_changes(parameter, limit).await.unwrap();
            let told = changes.iter().map(|it| {
                let (name, from, to) = (it.name.option(), &it.from, &it.to);
                format!("{} {} {name} {from} {to}", it.at, it.actor)
            });
            told.collect()
        };
        let all = [
            "2026-11-23T12:05:00Z alice trace-files 1000 20",
            "2026-11-23T12:05:00Z alice phone-port 3900 3804",
            "2026-11-23T12:00:00Z alice phone-port 3804 3900",
        ];
        assert_eq!(told(None, 10).await, all);
        assert_eq!(told(Some(port), 10).await, all[1..]);
        assert_eq!(told(Some(port), 1).await, all[1..2]);
    }
}
