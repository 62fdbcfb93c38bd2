//! `capf parameter`.

use capf::clock::{Clock as _, SystemClock};
use capf::config::admin_name;
use capf::pki::OutsideCa;
use insta::assert_snapshot;

use super::{Home, settings};

#[test]
fn what_old_tls_costs_is_said_when_it_is_allowed() {
    let home = Home::new();
    assert_snapshot!(home.run(&["parameter", "set", "tls-minimum-version", "1.0", "--format", "json"]), @r#"
    {
      "name": "TLS Minimum Version",
      "value": "1.0",
      "value_until_restart": null,
      "default": "1.2",
      "is_set": true,
      "scope": "Service",
      "status": "Inactive",
      "takes": "1.0, 1.1, 1.2, 1.3",
      "takes_effect": "At restart of the service",
      "origin": "capf; Unified CM has it as `set tls min-version`",
      "help": "The lowest version of TLS that is spoken on the addresses for which `capf serve` is told no other. Phones of the 7900 series know 1.0 alone."
    }
    --- stderr
    warning: From the next start on, TLS 1.0 is allowed, which phones of the 7900 series need and RFC 8996 forbids. It rests on SHA-1 and MD5, and with the RSA key exchange of those phones whoever records the traffic, and comes by the CAPF key later, reads the authentication strings in it. Allow it where phones alone reach the port, and only as long as there are such phones. Phones that know TLS 1.2 or 1.3 keep to these.
    --- exit code 0
    "#);
    let back = home.run(&["parameter", "reset", "TLS Minimum Version", "--quiet"]);
    assert!(!back.contains("RFC 8996"), "{back}");
}

#[test]
fn parameters_are_known_by_their_cisco_names() {
    let home = Home::new();
    assert_snapshot!(home.run(&["parameter", "list"]), @"
    Parameter Name                                          Parameter Value                             Suggested Value                             Parameter Type  Status    Value until Restart
    Certificate Issuer to Endpoint                          Cisco Certificate Authority Proxy Function  Cisco Certificate Authority Proxy Function  Service         Inactive
    Duration Of Certificate Validity (in days)              1825                                        1825                                        Service         Inactive
    Maximum Allowable Time For Key Generation (in minutes)  30                                          30                                          Service         Inactive
    Maximum Allowable Attempts for Key Generation           3                                           3                                           Service         Inactive
    CSR Proof                                               none                                        none                                        Service         Inactive
    SUDI Proof Required                                     False                                       False                                       Service         Inactive
    Accept Expired MIC                                      False                                       False                                       Service         Inactive
    Keepalive Interval (in minutes)                         15                                          15                                          Service         Inactive
    Keepalive Message                                       True                                        True                                        Service         Inactive
    Maximum Concurrent Certificate Operations               0                                           0                                           Service         Inactive
    Maximum Certificate Operations per Minute               0                                           0                                           Service         Inactive
    Maximum Queue Time (in seconds)                         30                                          30                                          Service         Inactive
    Maximum Opening Sessions per Address                    256                                         256                                         Service         Inactive
    TLS Minimum Version                                     1.2                                         1.2                                         Service         Inactive
    Trace Level                                             Error                                       Error                                       Service         Inactive
    Maximum Number of Trace Files                           1000                                        1000                                        Service         Inactive
    CAPF Operation Expires in (days)                        10                                          10                                          Enterprise      Inactive
    CAPF Phone Port                                         3804                                        3804                                        Enterprise      Inactive
    Enable IPv6                                             False                                       False                                       Enterprise      Inactive
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["parameter", "set", "Duration Of Certificate Validity (in days)", "730"]), @"
    Parameter Name       Duration Of Certificate Validity (in days)
    Parameter Value      730
    Value until Restart
    Suggested Value      1825
    Takes                1 to 1825 days
    Takes Effect         With the next session
    Parameter Type       Service
    Status               Inactive
    Known from           Unified CM; in years in old releases
    Help                 How many days an LSC that CAPF issues is valid, but no longer than the CAPF certificate. An offline CA decides for itself.
    --- exit code 0
    ");
    assert_snapshot!(home.run(&["parameter", "show", "certificate-validity", "--format", "json"]), @r#"
    {
      "name": "Duration Of Certificate Validity (in days)",
      "value": "730",
      "value_until_restart": null,
      "default": "1825",
      "is_set": true,
      "scope": "Service",
      "status": "Inactive",
      "takes": "1 to 1825 days",
      "takes_effect": "With the next session",
      "origin": "Unified CM; in years in old releases",
      "help": "How many days an LSC that CAPF issues is valid, but no longer than the CAPF certificate. An offline CA decides for itself."
    }
    --- exit code 0
    "#);
    assert_snapshot!(home.run(&["parameter", "reset", "certificate-validity", "--format", "csv"]), @r#"
    Parameter Name,Parameter Value,Value until Restart,Suggested Value,Takes,Takes Effect,Parameter Type,Status,Known from,Help
    Duration Of Certificate Validity (in days),1825,,1825,1 to 1825 days,With the next session,Service,Inactive,Unified CM; in years in old releases,"How many days an LSC that CAPF issues is valid, but no longer than the CAPF certificate. An offline CA decides for itself."
    --- exit code 0
    "#);
}

#[test]
fn several_are_set_together_or_not_at_all() {
    let home = Home::new();
    let pair = [
        "concurrent-operations",
        "50",
        "operations-per-minute",
        "100",
    ];
    let set = |changes: &[&str]| home.run(&[&["parameter", "set"], changes].concat());
    assert_snapshot!(set(&pair), @"
    Parameter Name                             Parameter Value  Suggested Value  Parameter Type  Status    Value until Restart
    Maximum Concurrent Certificate Operations  50               0                Service         Inactive
    Maximum Certificate Operations per Minute  100              0                Service         Inactive
    --- exit code 0
    ");
    assert_snapshot!(set(&["trace-files", "20", "trace-level", "loud"]), @"
    --- stderr
    error: `Trace Level` takes one of: None, Error, Detailed; not `loud`
    --- exit code 2
    ");
    assert_snapshot!(set(&["trace-files", "20", "trace-level"]), @"
    --- stderr
    error: `trace-level` has no value behind it
    --- exit code 2
    ");
    assert_snapshot!(set(&["trace-files", "20", "Trace File", "20"]), @"
    --- stderr
    error: `Trace File` is no parameter
    hint: `capf parameter list` lists them.
    --- exit code 2
    ");
    assert_snapshot!(set(&["trace-files", "20", "trace-files", "30"]), @"
    --- stderr
    error: `Maximum Number of Trace Files` is there twice
    --- exit code 2
    ");
    let long = [
        "key-generation-time",
        "120",
        "key-generation-attempts",
        "50",
    ];
    assert_snapshot!(set(&[&long[..], &["operation-expires", "4"]].concat()), @"
    --- stderr
    error: phones would have 50 times 120 minutes to make their key, and an operation expires after 4 days
    hint: Nothing was changed. Lower the time or the attempts for key generation, or raise `CAPF Operation Expires in (days)`; `capf parameter set` takes several at once.
    --- exit code 2
    ");
    let changed = home.run(&["parameter", "history", "--format", "csv"]);
    assert_eq!(changed.lines().count(), 1 + 2 + 1, "{changed}");
    let reset = home.run(&["parameter", "reset", pair[0], pair[2], "--format", "json"]);
    assert_snapshot!(reset, @r#"
    [
    {"name":"Maximum Concurrent Certificate Operations","value":"0","default":"0","scope":"Service","status":"Inactive","value_until_restart":null},
    {"name":"Maximum Certificate Operations per Minute","value":"0","default":"0","scope":"Service","status":"Inactive","value_until_restart":null}
    ]
    --- exit code 0
    "#);
}

#[test]
fn an_offline_ca_issues_once_its_certificate_is_trusted() {
    let home = Home::new();
    let set = || {
        home.run(&[
            "parameter",
            "set",
            "Certificate Issuer to Endpoint",
            "offline ca",
        ])
    };
    // CAPF itself is no offline CA.
    home.run(&["ca", "show"]);
    assert_snapshot!(set(), @"
    --- stderr
    error: no CA is trusted whose certificates could be imported for phones
    hint: Import the CA's certificate first, `capf trust import FILE`: what comes back from it is verified against that.
    --- exit code 1
    ");
    let ca = OutsideCa::create("Example Root", SystemClock.now()).unwrap();
    home.write("root.der", ca.certificate().der());
    home.run(&["trust", "import", "root.der"]);
    assert_snapshot!(set(), @"
    Parameter Name       Certificate Issuer to Endpoint
    Parameter Value      Offline CA
    Value until Restart
    Suggested Value      Cisco Certificate Authority Proxy Function
    Takes                Cisco Certificate Authority Proxy Function, Online CA, Offline CA
    Takes Effect         With the next session
    Parameter Type       Service
    Status               Inactive
    Known from           Unified CM; Offline CA since 10.0, Online CA since 12.5(1)
    Help                 Who issues locally significant certificates: CAPF itself, or an offline CA that signs the requests which `capf csr dump` takes out. For an offline CA, its certificate has to be trusted first (`capf trust import`). On Unified CM a change waits for a restart of the service; here it counts for the next session, and a phone that waits for an offline CA goes on waiting.
    --- exit code 0
    ");
}

#[test]
fn of_ciscos_parameters_that_are_not_here_it_is_said_why() {
    let home = Home::new();
    assert_snapshot!(home.run(&["parameter", "show", "online-ca-hostname"]), @"
    --- stderr
    error: capf has no parameter `Online CA Hostname`: this version has no client for an online CA
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["parameter", "set", "trace-files", "20", "Cluster Security Mode", "1"]), @"
    --- stderr
    error: capf has no parameter `Cluster Security Mode`: CAPF issues LSCs whatever it is; `capf phone set --device-security-mode` notes a phone's own
    --- exit code 2
    ");
    assert_snapshot!(home.run(&["parameter", "set", "certificate-issuer", "Online CA"]), @"
    --- stderr
    error: `Certificate Issuer to Endpoint` cannot be `Online CA` yet: this version has no client for an online CA
    --- exit code 2
    ");
}

#[test]
fn who_changed_what_from_what_and_to_what_is_kept() {
    let _settings = settings();
    let home = Home::new();
    let parameter = |words: &[&str]| {
        let said = home.run(&[&["parameter"], words].concat());
        said.replace(&format!(",{},", admin_name()), ",[ADMIN],")
    };
    parameter(&["set", "phone-port", "3900"]);
    parameter(&["set", "phone-port", "3900"]);
    parameter(&["set", "trace-files", "20"]);
    parameter(&["reset", "phone-port"]);
    assert_snapshot!(parameter(&["history", "phone-port", "--format", "csv", "--rows", "1"]), @"
    Time,Changed by,Parameter Name,From,To
    [TIME              ],[ADMIN],CAPF Phone Port,3900,3804
    --- exit code 0
    ");
    assert_snapshot!(parameter(&["history", "--format", "csv"]), @"
    Time,Changed by,Parameter Name,From,To
    [TIME              ],[ADMIN],CAPF Phone Port,3900,3804
    [TIME              ],[ADMIN],Maximum Number of Trace Files,1000,20
    [TIME              ],[ADMIN],CAPF Phone Port,3804,3900
    --- exit code 0
    ");
    let json = parameter(&["history", "trace-files", "--format", "json"]);
    assert!(
        json.contains(r#""name":"Maximum Number of Trace Files","from":"1000","to":"20"}"#),
        "{json}"
    );
}
