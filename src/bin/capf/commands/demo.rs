use std::fs::DirBuilder;
use std::io;
use std::net::Ipv4Addr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use capf::admin::certificate::Archive;
use capf::admin::csr::{CsrSelection, DumpProgress};
use capf::admin::demo::ThirdPartyCa;
use capf::admin::phone::Settings;
use capf::admin::trust::Import;
use capf::admin::{self, ArchiveTarget, DeviceNames, Installation};
use capf::model::{
    CertificateOperation, CsrCounts, Curve, DeviceName, IssuerMode, KeyOrder, Parameter,
    PhoneChange, TlsVersion,
};
use capf::phone_sim::{self, CapfServer, Outcome, PhoneSim, ServerTrust, StateDir, TlsProfile};
use capf::report::Cell;
use capf::server::{self, Limits, Listener, Service};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::{Record, Unit, counted};

/// Go the whole Offline CA round on this machine, with simulated phones
///
/// In a fresh directory it starts the service, adds phones and schedules an Install/Upgrade; the
/// phones connect, make their keys and wait; their CSRs are dumped, a third-party CA signs them, the
/// certificates are imported and pushed to the waiting phones. Nothing outside the directory is
/// touched. It is left for you to look at, with the commands that are named at the end.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// How many phones
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    phones: u64,
}

/// What came of it.
#[derive(serde::Serialize)]
struct Summary {
    directory: PathBuf,
    phones: u64,
    installed: u64,
    milliseconds: u64,
}

impl Demo {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let begun = Instant::now();
        let directory = fresh_directory()?;
        let stage = Stage::set(context, directory).await?;
        let names = stage.schedule(self.phones).await?;
        let service = stage.serve().await?;
        let fleet = stage.connect(names, &service)?;
        stage.wait_for_keys(self.phones, &fleet).await?;
        stage.sign().await?;
        let outcomes = fleet
            .await
            .map_err(|error| CommandError::failed(error.to_string()))?;
        service.end().await?;

        let installed = outcomes.iter().filter(|it| it.succeeded()).count() as u64;
        for failed in outcomes.iter().filter(|outcome| !outcome.succeeded()) {
            let warning = format!("{}: {}", failed.device, failed.end);
            context.ui.warning(&warning);
        }
        let summary = Summary {
            directory: stage.directory,
            phones: self.phones,
            installed,
            milliseconds: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        context.ui.show(&summary)?;
        context.ui.note(&summary.next_steps());
        Ok(Completion::of(installed, self.phones - installed))
    }
}

/// A directory that nobody has used before.
fn fresh_directory() -> Result<PathBuf, CommandError> {
    for number in 1..10_000 {
        let directory = std::env::temp_dir().join(format!("capf-demo-{number}"));
        match DirBuilder::new().mode(0o700).create(&directory) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(CommandError::failed(format!(
                    "{} cannot be made: {error}",
                    directory.display()
                )));
            }
            Ok(()) => return Ok(directory),
        }
    }
    Err(CommandError::failed(
        "there are ten thousand demonstrations already",
    ))
}

/// Where it is played: an installation of its own, and a company's CA.
struct Stage<'a> {
    context: &'a Context,
    directory: PathBuf,
    installation: Installation,
    ca: ThirdPartyCa,
}

impl<'a> Stage<'a> {
    async fn set(context: &'a Context, directory: PathBuf) -> Result<Self, CommandError> {
        let installation = context.installation_in(&directory.join("data")).await?;
        let ca = ThirdPartyCa::create(context.now())?;
        let root = directory.join("company-root.pem");
        std::fs::write(&root, ca.certificate().to_pem())?;
        admin::trust::import(&installation, &[root], Import::Capf).await?;
        let issuer = (Parameter::CertificateIssuer, IssuerMode::OfflineCa.as_str());
        admin::parameter::set(&installation, &[issuer]).await?;
        context
            .ui
            .note(&format!("Everything is in {}.", directory.display()));
        Ok(Self {
            context,
            directory,
            installation,
            ca,
        })
    }

    /// Adds the phones, each with an Install/Upgrade that is pending.
    async fn schedule(&self, phones: u64) -> Result<Vec<DeviceName>, CommandError> {
        let range = format!("SEP0000DE300001..SEP0000DE3{phones:05X}");
        let names: DeviceNames = range.parse()?;
        let names: Vec<_> = names.iter().collect();
        let settings = Settings {
            change: PhoneChange {
                operation: Some(CertificateOperation::Install),
                model: Some("CP-8861".to_owned()),
                // A key on a curve is made in no time.
                key_order: Some(KeyOrder::EcOnly),
                ec_key_size: Some(Curve::P256),
                ..PhoneChange::default()
            },
            ..Settings::default()
        };
        let added = admin::phone::add(&self.installation, names.clone(), &settings).await?;
        self.context.ui.note(&format!(
            "1. Added {}, each with Install/Upgrade scheduled; the issuer is the Offline CA.",
            counted(added.added, "phone")
        ));
        Ok(names)
    }

    async fn serve(&self) -> Result<Running, CommandError> {
        let capf = self.installation.capf_certificate().await?;
        let anywhere = (Ipv4Addr::LOCALHOST, 0).into();
        let listener = Listener::bind(anywhere, TlsVersion::Tls12, &capf.issuer)?;
        let address = listener.address()?.to_string();
        self.context
            .ui
            .note(&format!("2. The service listens on {address}."));
        let service = Service::new(
            self.installation.store().clone(),
            capf.issuer.clone(),
            Arc::clone(self.installation.clock()),
            Limits::default(),
        )
        .with_traces(self.installation.traces())?;
        let (end, ended) = oneshot::channel();
        let task = tokio::spawn(server::run(service, vec![listener], async {
            // Its other half is dropped only with the whole program.
            let _ = ended.await;
        }));
        Ok(Running {
            address,
            trust: ServerTrust::Certificate(capf.issuer.certificate().clone()),
            end,
            task,
        })
    }

    /// Lets the phones connect, all at once.
    fn connect(
        &self,
        names: Vec<DeviceName>,
        service: &Running,
    ) -> Result<JoinHandle<Vec<Outcome>>, CommandError> {
        let failed = |error: &dyn std::fmt::Display| CommandError::failed(error.to_string());
        let state =
            StateDir::open(self.directory.join("phones")).map_err(|error| failed(&error))?;
        let server = CapfServer::new(&service.address, service.trust.clone(), TlsProfile::Modern)
            .map_err(|error| failed(&error))?;
        Ok(tokio::spawn(async move {
            let jobs = names.len();
            let phones = names.into_iter().map(|device| PhoneSim {
                state: Some(state.clone()),
                ..PhoneSim::new(device)
            });
            let mut outcomes = Vec::with_capacity(jobs);
            phone_sim::run_fleet(phones, &server, jobs, std::future::pending(), |outcome| {
                outcomes.push(outcome);
            })
            .await;
            outcomes
        }))
    }

    /// Waits until every phone has sent its key, or all have given up.
    async fn wait_for_keys(
        &self,
        phones: u64,
        fleet: &JoinHandle<Vec<Outcome>>,
    ) -> Result<(), CommandError> {
        let progress = self.context.ui.progress("keys have arrived", Unit::Count);
        loop {
            let CsrCounts { pending, .. } = admin::csr::count(&self.installation).await?;
            progress.set(pending, None);
            if pending >= phones || fleet.is_finished() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        drop(progress);
        self.context.ui.note(
            "3. The phones have connected over TLS and made their keys; they wait, and their CSRs \
             are pending (`capf csr count`).",
        );
        Ok(())
    }

    /// Dumps the requests, has them signed, and imports the certificates.
    async fn sign(&self) -> Result<(), CommandError> {
        let ui = &self.context.ui;
        let (csrs, certificates) = (self.file("csrs.tgz"), self.file("certificates.tgz"));
        let stop = CancellationToken::new();
        let dump = admin::csr::dump(
            &self.installation,
            &CsrSelection::default(),
            admin::csr::Encoding::Pem,
            ArchiveTarget::File {
                path: csrs.clone(),
                replace: false,
            },
            DumpProgress {
                packed: &mut |_| (),
                moved: &|_, _| (),
            },
            &stop,
        )
        .await?;
        ui.note(&format!(
            "4. Dumped {} (`capf csr dump csrs.tgz`).",
            counted(dump.csrs, "CSR")
        ));
        let signed = self.ca.sign(&csrs, &certificates, self.context.now())?;
        ui.note(&format!("5. A third-party CA has signed {signed} of them."));
        let archive = Archive::File(std::fs::File::open(&certificates)?);
        let import =
            admin::certificate::import(&self.installation, archive, false, &mut (), &stop).await?;
        ui.note(&format!(
            "6. Imported {} (`capf cert import certificates.tgz`); the service pushes them to the \
             phones that wait.",
            counted(import.accepted, "certificate")
        ));
        Ok(())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// The service, running.
struct Running {
    address: String,
    trust: ServerTrust,
    end: oneshot::Sender<()>,
    task: JoinHandle<Result<server::Ended, server::ServerError>>,
}

impl Running {
    async fn end(self) -> Result<(), CommandError> {
        // Where it has ended already, it says why.
        let _ = self.end.send(());
        self.task
            .await
            .map_err(|error| CommandError::failed(error.to_string()))??;
        Ok(())
    }
}

impl Summary {
    fn next_steps(&self) -> String {
        let data = self.directory.join("data");
        let first = Path::new("phones").join("SEP0000DE300001.pem");
        format!(
            "Look at it with\n  export CAPF_DATA_DIR={}\n  capf phone find\n  capf phone show \
             SEP0000DE300001\n  capf report --format csv\n  capf cert show {}",
            data.display(),
            self.directory.join(first).display()
        )
    }
}

impl Record for Summary {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("Directory", self.directory.display().to_string().into()),
            ("Phones", self.phones.into()),
            ("Installed", self.installed.into()),
            ("Milliseconds", self.milliseconds.into()),
        ]
    }

    fn sentence(&self) -> Option<String> {
        Some(format!(
            "{} of {} have installed an LSC of the third-party CA, after {} ms.",
            self.installed,
            counted(self.phones, "phone"),
            self.milliseconds
        ))
    }
}
