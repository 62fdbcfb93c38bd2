//! `capf phone renew` and `reset`, and what `--reset` does.

use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use capf::admin::Installation;
use capf::clock::{Clock as _, SystemClock};
use capf::pki::OutsideCa;
use capf::session::Record;
use capf::store::{Claim, Recorded};
use insta::assert_snapshot;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Home, settings};

const NAMES: [&str; 3] = ["SEP000000000001", "SEP000000000002", "SEP000000000003"];

/// A home whose phones hold LSCs that expire in a year, and one that holds none. The call agent
/// writes down what it is asked to reset, and knows no SEP000000000002.
fn home() -> Home {
    let home = Home::new();
    let ca = OutsideCa::create("Example Root", SystemClock.now()).unwrap();
    home.run(&["phone", "add", "SEP000000000001..SEP000000000004"]);
    for name in NAMES {
        installs(&home, &ca, name);
    }
    home.write(
        "notify",
        b"[ $1 != SEP000000000002 ] || { echo Unable to find $1; exit 1; }\necho $1 >> notified\n",
    );
    home.write(
        "capf.toml",
        b"[reset]\ncommand = ['/bin/sh', 'notify', '{name}']\nat-once = 1\n",
    );
    home
}

fn installs(home: &Home, ca: &OutsideCa, name: &str) {
    let csr = home.csr(ca, name);
    let certificate = ca.sign(&csr, SystemClock.now()).unwrap();
    let name = name.parse().unwrap();
    let data = home.path("data");
    let store = format!("sqlite:{}/capf.db", data.display());
    let recorded = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let installation = Installation::open(&data, &store, Arc::new(SystemClock), "test")
            .await
            .unwrap();
        let store = installation.store();
        let schedule = store.scheduled(&name).await.unwrap().unwrap();
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let record = Record::Installed { certificate };
        store
            .record(&name, address, &schedule, &mut Claim::new(), record)
            .await
    });
    assert_eq!(recorded.unwrap(), Recorded::Kept);
}

fn run(home: &Home, arguments: &[&str]) -> String {
    home.run(&[&["--config", "capf.toml"], arguments].concat())
}

fn renew(home: &Home, arguments: &[&str]) -> String {
    run(
        home,
        &[&["phone", "renew", "--expires-within", "400d"], arguments].concat(),
    )
}

/// Which phones the call agent has reset, in this order.
fn notified(home: &Home) -> Vec<String> {
    let text = std::fs::read_to_string(home.path("notified")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn scheduled(home: &Home) -> Vec<&'static str> {
    NAMES
        .into_iter()
        .filter(|name| {
            home.run(&["phone", "show", name])
                .contains("Install/Upgrade")
        })
        .collect()
}

#[test]
fn lscs_that_expire_are_renewed_once_batch_by_batch() {
    let _settings = settings();
    let home = home();
    assert_snapshot!(run(&home, &["phone", "renew", "--expires-within", "300d"]), @"
    Scheduled Install/Upgrade for 0 phones.
    --- exit code 0
    ");
    assert_snapshot!(renew(&home, &["--dry-run", "--batch", "2", "--reset"]), @"
    Would schedule Install/Upgrade for 2 phones, 1 left for another run.
    --- exit code 0
    ");
    assert_snapshot!(renew(&home, &["--reset"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will schedule Install/Upgrade for 3 phones whose LSC expires by [TIME              ] and reset them. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_eq!(
        (scheduled(&home), notified(&home)),
        (Vec::new(), Vec::new())
    );

    assert_snapshot!(renew(&home, &["--batch", "1", "--reset", "--yes"]), @"
    Scheduled Install/Upgrade for 1 phone, 2 left for another run. Reset 1 phone.
    --- exit code 0
    ");
    assert_eq!(
        (scheduled(&home), notified(&home)),
        (vec![NAMES[0]], vec![NAMES[0].to_owned()])
    );
    assert_snapshot!(renew(&home, &["--reset", "--yes", "--format", "json"]), @r#"
    {
      "until": "[TIME              ]",
      "scheduled": 2,
      "left": 0,
      "pending": 1,
      "without_string": 0,
      "expired": 0,
      "dry_run": false,
      "resets": {
        "reset": 1,
        "failed": 1,
        "left": 0,
        "failures": [
          {
            "name": "SEP000000000002",
            "reason": "/bin/sh ended with exit code 1: Unable to find SEP000000000002"
          }
        ]
      }
    }
    --- stderr
    warning: SEP000000000002 was not reset: /bin/sh ended with exit code 1: Unable to find SEP000000000002
    --- exit code 3
    "#);
    assert_eq!(scheduled(&home), NAMES);
    assert_snapshot!(renew(&home, &["--reset", "--yes"]), @"
    Scheduled Install/Upgrade for 0 phones, 3 pending already.
    --- exit code 0
    ");
    assert_eq!(notified(&home), [NAMES[0], NAMES[2]]);
}

#[test]
fn phones_that_could_not_prove_themselves_are_passed_over() {
    let home = home();
    home.run(&["phone", "set", NAMES[0], "--auth-mode", "auth-string"]);
    assert_snapshot!(renew(&home, &["--where", "device name ends with 1", "--yes"]), @"
    Scheduled Install/Upgrade for 0 phones, 1 without an Authentication String.
    --- stderr
    warning: 1 phone By Authentication String has no string, so that the user could enter none. `capf phone set --auth-string generate` gives each its own, with --where 'Authentication String is empty' and what else selects them.
    --- exit code 1
    ");
    assert_snapshot!(renew(&home, &["--auth-mode", "null-string", "--yes"]), @"
    Scheduled Install/Upgrade for 3 phones.
    --- exit code 0
    ");
    let shown = home.run(&["phone", "show", NAMES[0]]);
    assert!(shown.contains("By Null String"), "{shown}");
}

#[test]
fn a_time_in_which_every_new_lsc_would_be_due_again_is_refused() {
    let home = home();
    home.run(&["parameter", "set", "certificate-validity", "400"]);
    assert_snapshot!(renew(&home, &["--yes"]), @"
    --- stderr
    error: an LSC is issued for 400 days, so that every new one would be due again at once
    hint: Give a shorter --expires-within, or raise the parameter `Duration Of Certificate Validity (in days)`.
    --- exit code 2
    ");
    assert_eq!(scheduled(&home), [""; 0]);
    let ca = OutsideCa::create("Example Root", SystemClock.now()).unwrap();
    home.write("root.der", ca.certificate().der());
    home.run(&["trust", "import", "root.der"]);
    home.run(&["parameter", "set", "certificate-issuer", "Offline CA"]);
    assert!(renew(&home, &["--dry-run"]).contains("for 3 phones"));
}

#[test]
fn what_is_no_renewal_is_wrong_usage() {
    let home = Home::new();
    for (arguments, says) in [
        (&["--every", "10m"][..], "--batch"),
        (&["--every", "0s", "--batch", "1"], "at least 1s"),
        (&["--batch", "0"], "--batch"),
        (&["--expires-within", "soon"], "no length of time"),
    ] {
        let said = home.run(&[&["phone", "renew"], arguments].concat());
        assert!(
            said.contains(says) && said.ends_with("--- exit code 2\n"),
            "{said}"
        );
    }
}

#[test]
fn ctrl_c_ends_the_wait_for_the_next_batch() {
    let home = home();
    let arguments = [
        "phone",
        "renew",
        "--expires-within",
        "400d",
        "--batch",
        "1",
        "--every",
        "1h",
        "--yes",
    ];
    let mut child = home.start(&arguments);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(
        line.starts_with("1 phone scheduled; the next batch follows at "),
        "{line}"
    );
    kill(
        Pid::from_raw(child.id().try_into().unwrap()),
        Signal::SIGINT,
    )
    .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_snapshot!(home.shown(&output), @"
    Scheduled Install/Upgrade for 1 phone, 2 left for another run.
    --- exit code 3
    ");
    line.clear();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(
        line,
        "warning: it was stopped. What is scheduled stays scheduled.\n"
    );
    assert_eq!(scheduled(&home), [NAMES[0]]);
}

#[test]
fn batches_follow_one_another_until_none_is_left() {
    let home = home();
    assert_snapshot!(renew(&home, &["--batch", "2", "--every", "1s", "--yes", "--quiet"]), @"
    Scheduled Install/Upgrade for 3 phones.
    --- exit code 0
    ");
    assert_eq!(scheduled(&home), NAMES);
}

#[test]
fn those_alone_are_reset_that_were_changed() {
    let home = home();
    let set = [
        "phone",
        "set",
        NAMES[0],
        "SEP00000000000F",
        "--operation",
        "delete",
        "--reset",
    ];
    assert_snapshot!(run(&home, &set), @"
    Changed 1 phone. No such phone: SEP00000000000F. Reset 1 phone.
    --- exit code 3
    ");
    assert_snapshot!(run(&home, &["phone", "add", NAMES[2], "CSFANNA", "--operation", "install", "--reset"]), @"
    Added 1 phone. There already: SEP000000000003. Reset 1 phone.
    --- exit code 3
    ");
    assert_eq!(notified(&home), [NAMES[0], "CSFANNA"]);
    // It is scheduled all the same.
    assert_snapshot!(run(&home, &["phone", "set", NAMES[1], "--operation", "install", "--reset", "--format", "csv"]), @"
    Changed,Unknown,Without Certificate,Reset,Reset Failed,Reset Left,Phones Not Reset
    1,,,0,1,0,SEP000000000002
    --- stderr
    warning: SEP000000000002 was not reset: /bin/sh ended with exit code 1: Unable to find SEP000000000002
    --- exit code 3
    ");
    assert_eq!(scheduled(&home), [NAMES[1]]);
}

#[test]
fn phones_are_reset_without_being_changed() {
    let home = home();
    assert_snapshot!(run(&home, &["phone", "reset", NAMES[0], "SEP00000000000F"]), @"
    Reset 1 phone. No such phone: SEP00000000000F.
    --- exit code 3
    ");
    assert_snapshot!(run(&home, &["phone", "reset", "--all"]), @"
    --- stderr
    error: this needs a confirmation, and there is no terminal to ask on
    hint: This operation will reset 4 phones. Give --yes if that is meant.
    --- exit code 2
    ");
    assert_eq!(notified(&home), [NAMES[0]]);
    assert_snapshot!(run(&home, &["phone", "reset", "--where", "device name ends with 2", "--yes", "--format", "json"]), @r#"
    {
      "reset": 0,
      "failed": 1,
      "left": 0,
      "failures": [
        {
          "name": "SEP000000000002",
          "reason": "/bin/sh ended with exit code 1: Unable to find SEP000000000002"
        }
      ],
      "unknown": []
    }
    --- stderr
    warning: SEP000000000002 was not reset: /bin/sh ended with exit code 1: Unable to find SEP000000000002
    --- exit code 1
    "#);
}

#[test]
fn where_no_way_to_reset_is_configured_nothing_is_changed() {
    let home = home();
    home.write("capf.toml", b"");
    home.write("empty.toml", b"[reset]\ncommand = []\n");
    assert_snapshot!(run(&home, &["phone", "set", NAMES[0], "--operation", "install", "--reset"]), @r#"
    --- stderr
    error: no way to reset a phone is configured; nothing was changed
    hint: Write into the file of --config, for example:
    [reset]
    command = ["/usr/sbin/asterisk", "-rx", "pjsip send notify cisco-check-sync endpoint {name}"]
    `capf phone reset --help` has more.
    --- exit code 1
    "#);
    for arguments in [
        &["phone", "add", "CSFANNA", "--reset"][..],
        &[
            "phone",
            "renew",
            "--expires-within",
            "400d",
            "--yes",
            "--reset",
        ],
        &["phone", "reset", "--all", "--yes"],
        &[
            "--config",
            "empty.toml",
            "phone",
            "set",
            "--all",
            "--operation",
            "install",
            "--yes",
            "--reset",
        ],
    ] {
        let said = home.run(arguments);
        assert!(
            said.contains("nothing was changed\nhint: Write into the file"),
            "{said}"
        );
        assert!(said.ends_with("--- exit code 1\n"), "{said}");
    }
    assert_eq!(scheduled(&home), [""; 0]);
    assert!(
        home.run(&["phone", "show", "CSFANNA"])
            .contains("there is no phone")
    );
}

#[test]
fn ctrl_c_lets_the_reset_finish_that_is_under_way_and_counts_the_rest() {
    let home = home();
    home.write(
        "notify",
        b"touch begun; while [ ! -e go ]; do sleep 0.01; done; echo $1 >> notified\n",
    );
    let arguments = [
        "--config",
        "capf.toml",
        "phone",
        "set",
        "--all",
        "--operation",
        "install",
        "--yes",
        "--reset",
    ];
    let mut child = home.start(&arguments);
    while !home.path("begun").exists() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    kill(
        Pid::from_raw(child.id().try_into().unwrap()),
        Signal::SIGINT,
    )
    .unwrap();
    // The signal has to arrive before the first reset ends.
    std::thread::sleep(std::time::Duration::from_secs(1));
    home.write("go", b"");
    assert_snapshot!(home.shown(&child.wait_with_output().unwrap()), @"
    Changed 4 phones. Reset 1 phone, 3 left.
    --- stderr
    warning: It was stopped before 3 phones were reset. `capf phone reset` takes criteria, such as --where 'LSC Status is exactly Operation Pending'.
    --- exit code 3
    ");
    assert_eq!(notified(&home), [NAMES[0]]);
}
