//! `capf trace follow`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::Place;

/// The command while it runs, and what it has written.
struct Following {
    process: Child,
    written: BufReader<ChildStdout>,
}

impl Following {
    fn start(place: &Place, words: &[&str]) -> Self {
        let mut process = place
            .command(&[&["trace", "follow"], words].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let written = BufReader::new(process.stdout.take().unwrap());
        Self { process, written }
    }

    /// Waits until anything is written, and leaves it to be read.
    fn waits(mut self) -> Self {
        assert!(!self.written.fill_buf().unwrap().is_empty());
        self
    }

    fn reads(&mut self) -> String {
        let mut line = String::new();
        self.written.read_line(&mut line).unwrap();
        line.trim_end_matches('\n').to_owned()
    }

    /// Ctrl-C, after which the end is a good one. Gives what still came.
    fn ends(mut self) -> Vec<String> {
        let id = i32::try_from(self.process.id()).unwrap();
        kill(Pid::from_raw(id), Signal::SIGINT).unwrap();
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
        self.written.lines().map(Result::unwrap).collect()
    }
}

#[test]
fn sessions_are_shown_as_they_end_in_lines_for_people_and_for_programs() {
    let place = Place::new();
    place.run(&["parameter", "set", "Trace Level", "Detailed"]);
    let names = "SEP000000000001..SEP000000000003";
    place.run(&["phone", "add", names, "--operation", "install"]);
    place.run(&[
        "phone",
        "set",
        "SEP000000000002",
        "--auth-mode",
        "auth-string",
        "--auth-string",
        "12345",
    ]);
    let serving = place.serve();
    let server = serving.address.to_string();
    let calls = |name: &str, more: &[&str]| {
        let words = [&["phone-sim", "--server", &server, name], more].concat();
        place.command(&words).output().unwrap();
    };
    // The head is written once what was there before is known.
    let mut table = Following::start(&place, &[]);
    assert!(
        table
            .reads()
            .starts_with("Written               Device Name      Type     Address")
    );
    let mut csv = Following::start(&place, &["--failed", "--format", "csv"]);
    assert!(csv.reads().starts_with("Written,Device Name,Type,"));
    let words = ["--device", "SEP000000000003", "--format", "json"];
    let mut json = Following::start(&place, &words).waits();

    calls("SEP000000000001", &[]);
    let line = table.reads();
    let words =
        "  SEP000000000001  Session  127.0.0.1        Install/Upgrade        Upgrade Success";
    assert!(line.contains(words), "{line}");
    let trace = line.split(' ').next_back().unwrap();
    assert!(
        place
            .run(&["trace", "show", trace])
            .contains("SEP000000000001")
    );

    calls("SEP000000000002", &["--auth-string", "54321"]);
    let failed = "Upgrade Failed: Invalid Authentication String";
    assert!(table.reads().contains(failed));
    let line = csv.reads();
    assert!(
        line.contains(failed) && line.contains("SEP000000000002"),
        "{line}"
    );

    calls("SEP000000000003", &[]);
    assert!(table.reads().contains("SEP000000000003"));

    assert_eq!(json.reads(), "[");
    assert_eq!(table.ends(), [""; 0]);
    assert_eq!(csv.ends(), [""; 0]);
    // The array is closed.
    let [object, end] = json.ends().try_into().unwrap();
    assert_eq!(end, "]");
    let object: Value = serde_json::from_str(&object).unwrap();
    assert_eq!(object["device"], "SEP000000000003");
    assert_eq!(object["result"], "Upgrade Success");
    assert_eq!(object["lost"], Value::Null);
    assert!(object["milliseconds"].is_u64(), "{object}");
}
