//! `capf service`, where no service runs; with one that does, see `tests/service/activation.rs`.

use insta::assert_snapshot;

use super::Home;

#[test]
fn a_new_installation_is_not_activated() {
    let home = Home::new();
    assert_snapshot!(home.run(&["service", "status"]), @"
    Service Name                 Cisco Certificate Authority Proxy Function
    Status                       Not Running
    Activation Status            Deactivated
    Start Time
    Up Time (in seconds)
    Addresses
    Sessions                     0
    Sessions That Wait for a CA  0
    Version
    Pending Parameters
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["service", "status", "--format", "json"]), @r#"
    {
      "name": "Cisco Certificate Authority Proxy Function",
      "activated": false,
      "status": "Not Running",
      "nodes": [],
      "sessions": 0,
      "held": 0,
      "pending": []
    }
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["service", "restart"]), @"
    --- stderr
    error: no service runs
    hint: `capf service status` says how it stands. One that begins has the parameters as they are then.
    --- exit code 1
    ");
}

#[test]
fn activation_stays_until_it_is_taken_back_and_makes_the_parameters_active() {
    let home = Home::new();
    let port = || home.run(&["parameter", "show", "phone-port", "--format", "json"]);
    assert!(port().contains(r#""status": "Inactive""#), "{}", port());
    assert_snapshot!(home.run(&["service", "activate", "--format", "csv"]), @"
    Service Name,Status,Activation Status,Start Time,Up Time (in seconds),Addresses,Sessions,Sessions That Wait for a CA,Version,Pending Parameters
    Cisco Certificate Authority Proxy Function,Not Running,Activated,,,,0,0,,
    --- stderr
    It is activated, and no service waits for that. Start one: under systemd `systemctl enable --now capf`, by hand `capf serve`.
    --- exit code 0
    ");
    assert!(port().contains(r#""status": "Active""#), "{}", port());
    let critical = home.run(&["check", "--service"]);
    assert!(
        critical.starts_with("CAPF CRITICAL - no service runs on [HOME]/data|"),
        "{critical}"
    );
    assert_snapshot!(home.run(&["service", "deactivate", "--format", "csv"]), @"
    Service Name,Status,Activation Status,Start Time,Up Time (in seconds),Addresses,Sessions,Sessions That Wait for a CA,Version,Pending Parameters
    Cisco Certificate Authority Proxy Function,Not Running,Deactivated,,,,0,0,,
    --- exit code 0
    ");
    assert!(port().contains(r#""status": "Inactive""#), "{}", port());
    let critical = home.run(&["check", "--service"]);
    assert!(
        critical.contains("data: it is not activated|"),
        "{critical}"
    );
}
