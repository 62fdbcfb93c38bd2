//! What a distribution installs: the unit's sandbox, the example configuration, and the Debian package,
//! which is installed here, serves a phone, and is removed again.
//!
//! What this does not show: the unit under a running systemd, which a container does not have.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use capf::config::{Config, LogFormat, Settings};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid, User};

#[path = "support/installed.rs"]
mod installed;

use installed::{installed, skipped};

/// A file of the folder `packaging`.
fn packaging(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("packaging")
        .join(name)
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}

/// Runs a command, which must succeed, and gives what it says.
fn run(program: impl AsRef<Path>, words: &[&str]) -> String {
    let program = program.as_ref();
    let output = Command::new(program).args(words).output().unwrap();
    let said = said(&output);
    assert!(
        output.status.success(),
        "{} {words:?}: {said}",
        program.display()
    );
    said
}

#[test]
fn the_unit_lets_the_service_do_little_else_than_serve() {
    /// Out of 10, as systemd-analyze counts; what is lowest is safest.
    const MOST: f64 = 2.0;
    let Some(analyze) = installed("systemd-analyze") else {
        return;
    };
    let unit = packaging("capf.service");
    let offline = ["security", "--offline=true", "--no-pager"];
    let said = run(analyze, &[&offline[..], &[unit.to_str().unwrap()]].concat());
    let (_, overall) = said
        .rsplit_once("exposure level for capf.service: ")
        .unwrap();
    let exposure: f64 = overall.split(' ').next().unwrap().parse().unwrap();
    assert!(exposure < MOST, "{said}");
}

#[test]
fn the_example_configuration_has_every_setting_with_its_default() {
    let text = fs::read_to_string(packaging("capf.toml")).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("capf.toml");
    fs::write(&file, &text).unwrap();
    assert_eq!(Settings::read(&file).unwrap(), Settings::default());

    // A setting that is commented out begins its line; an explanation has a space there.
    let uncommented: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .filter(|line| !line.is_empty() && !line.starts_with(' '))
        .collect();
    fs::write(&file, uncommented.join("\n")).unwrap();
    let settings = Settings::read(&file).unwrap();
    assert_eq!(
        settings.data_dir.as_deref(),
        Some(Path::new("/var/lib/capf"))
    );
    assert_eq!(
        settings.max_connections,
        Some(Config::DEFAULT_MAX_CONNECTIONS)
    );
    assert_eq!(settings.log.as_deref(), Some("info"));
    assert_eq!(settings.log_format, Some(LogFormat::Journal));
    let Settings {
        data_dir: Some(_),
        node: Some(_),
        store: Some(_),
        listen: Some(_),
        listen_legacy: Some(_),
        balancer: Some(_),
        max_connections: Some(_),
        metrics: Some(_),
        ca_passphrase_file: Some(_),
        log: Some(_),
        log_format: Some(_),
        reset: Some(_),
    } = settings
    else {
        panic!("{settings:?}");
    };
}

/// The package, installed; it is removed when this is dropped, with all that it has left.
struct Installed;

impl Installed {
    const DATA: &str = "/var/lib/capf";

    /// Whatever is there, where it is not of this test.
    fn others() -> bool {
        let user = User::from_name("capf").unwrap();
        user.is_some() || Path::new(Self::DATA).exists() || Path::new("/etc/capf").exists()
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        for words in [
            &["dpkg", "--purge", "capf"][..],
            &["userdel", "capf"],
            &["rm", "-rf", Self::DATA],
        ] {
            let _ = Command::new(words[0]).args(&words[1..]).output();
        }
    }
}

/// A service that runs; it is killed when dropped.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A command as the user of the service, who can do nothing that another user cannot.
fn as_capf(words: &[&str]) -> Command {
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=capf", "--regid=capf", "--init-groups"])
        .args(["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"])
        .args(words)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null());
    command
}

fn as_capf_run(words: &[&str]) -> String {
    let output = as_capf(words).output().unwrap();
    let said = said(&output);
    assert!(output.status.success(), "{words:?}: {said}");
    said
}

#[test]
fn the_package_is_installed_serves_a_phone_as_its_user_and_is_removed() {
    let (Some(cargo_deb), Some(dpkg), Some(_)) = (
        installed("cargo-deb"),
        installed("dpkg"),
        installed("setpriv"),
    ) else {
        return;
    };
    let binary = Path::new(env!("CARGO_BIN_EXE_capf")).with_file_name("../release/capf");
    if !binary.exists() {
        return skipped("there is no release build to be packaged: `cargo build --release`");
    }
    if !Uid::effective().is_root() {
        return skipped("root alone can install a package");
    }
    if Installed::others() {
        return skipped("capf is installed here already, or has been");
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("capf.deb");
    let built = Command::new(cargo_deb)
        .args(["--no-build", "--locked", "--fast", "--output"])
        .arg(&file)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", said(&built));

    let package = Installed;
    run(&dpkg, &["--install", file.to_str().unwrap()]);
    let owner = User::from_name("capf").unwrap().unwrap().uid.as_raw();
    let data = fs::metadata(Installed::DATA).unwrap();
    assert_eq!((data.uid(), data.mode() & 0o777), (owner, 0o700));
    // Asked of the package: small systems leave out manuals.
    let contents = run(&dpkg, &["--contents", file.to_str().unwrap()]);
    for there in [
        "./usr/share/bash-completion/completions/capf\n",
        "./usr/share/man/man1/capf-phone-add.1.gz\n",
        "./usr/lib/systemd/system/capf.socket\n",
        "./usr/lib/systemd/system/capf-renew.timer\n",
    ] {
        assert!(contents.contains(there), "{there}{contents}");
    }

    // The service as its unit starts it, with the settings of its file.
    let configuration = "/etc/capf/capf.toml";
    let text = fs::read_to_string(configuration).unwrap();
    fs::write(configuration, text + "listen = [\"127.0.0.1:0\"]\n").unwrap();
    let unit = fs::read_to_string("/usr/lib/systemd/system/capf.service").unwrap();
    let mut lines = unit.lines();
    let command = lines
        .find_map(|line| line.strip_prefix("ExecStart="))
        .unwrap();
    let words: Vec<&str> = command.split(' ').collect();
    let mut service = Serving(as_capf(&words).stdout(Stdio::piped()).spawn().unwrap());
    let mut says = BufReader::new(service.0.stdout.take().unwrap()).lines();

    // It serves nobody before it is activated, and root is told whose the directory is.
    let waits = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        as_capf_run(&["capf", "service", "status"]).contains("Waiting")
    });
    assert!(waits, "the service never waits for its activation");
    let as_root = Command::new("/usr/bin/capf")
        .args(["phone", "find"])
        .output()
        .unwrap();
    assert_eq!(as_root.status.code(), Some(1));
    assert!(said(&as_root).contains("sudo -u capf capf"), "{as_root:?}");
    as_capf_run(&["capf", "service", "activate"]);
    let address = says.next().unwrap().unwrap();
    let address = address.strip_prefix("listening on ").unwrap();

    let name = "SEP000000000001";
    as_capf_run(&["capf", "phone", "add", name, "--operation", "install"]);
    let ca = directory.path().join("CAPF.pem");
    fs::write(&ca, as_capf_run(&["capf", "ca", "export"])).unwrap();
    run(
        "/usr/bin/capf",
        &[
            "phone-sim",
            "--server",
            address,
            "--ca",
            ca.to_str().unwrap(),
            name,
        ],
    );
    let shown = as_capf_run(&["capf", "phone", "show", name]);
    assert!(shown.contains("Upgrade Success"), "{shown}");
    let id = i32::try_from(service.0.id()).unwrap();
    kill(Pid::from_raw(id), Signal::SIGTERM).unwrap();
    assert_eq!(service.0.wait().unwrap().code(), Some(0));

    run(&dpkg, &["--remove", "capf"]);
    assert!(Path::new(configuration).exists());
    assert!(!Path::new("/usr/bin/capf").exists());
    let purged = run(&dpkg, &["--purge", "capf"]);
    assert!(!Path::new(configuration).exists());
    assert!(purged.contains("/var/lib/capf is kept"), "{purged}");
    assert!(Path::new("/var/lib/capf/ca/capf.key").exists());
    drop(package);
}
