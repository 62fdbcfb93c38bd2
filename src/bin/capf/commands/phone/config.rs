use capf::admin::phone_config::{CapfServer, MAX_SERVERS, PhoneConfig, phone_config};
use capf::model::DeviceName;
use capf::report::Cell;

use crate::cli::Format;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Record;

/// Show what a phone's configuration file says of CAPF
///
/// These elements belong into `<device>` of the phone's SEP….cnf.xml: the device security mode, the
/// authentication mode, the CAPF servers, and the hash of the LSC that the phone should hold. The
/// hash is empty where the phone holds none, and where an operation waits for it: a phone whose LSC
/// has another hash contacts CAPF. Take the elements anew after each operation.
///
/// That the hash is SHA-1 has not been proved on hardware.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf phone config SEP001122334455 --server capf.example.com
  capf phone config SEP001122334455 --server 192.0.2.1 --server 192.0.2.2:13804")]
pub(crate) struct Config {
    /// The phone
    name: DeviceName,

    /// A CAPF server, up to five of them
    ///
    /// Without a port it is the one that the parameter `CAPF Phone Port` says.
    #[arg(long = "server", value_name = "HOST[:PORT]", required = true)]
    servers: Vec<CapfServer>,
}

impl Config {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        if self.servers.len() > MAX_SERVERS {
            return Err(CommandError::usage(format!(
                "a phone takes up to {MAX_SERVERS} CAPF servers, and {} were given",
                self.servers.len()
            ))
            .hint("Give fewer --server."));
        }
        let installation = context.installation().await?;
        let config = phone_config(&installation, &self.name, &self.servers).await?;
        if context.ui.format() == Format::Table {
            for line in config.to_xml().lines() {
                context.ui.line(line)?;
            }
        } else {
            context.ui.show(&config)?;
        }
        Ok(Completion::Done)
    }
}

impl Record for PhoneConfig {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        let servers: Vec<_> = self
            .capf_list
            .iter()
            .map(|entry| match &entry.process_node_name[..] {
                host if host.contains(':') => format!("[{host}]:{}", entry.phone_port),
                host => format!("{host}:{}", entry.phone_port),
            })
            .collect();
        vec![
            (
                "deviceSecurityMode",
                i64::from(self.device_security_mode).into(),
            ),
            ("capfAuthMode", i64::from(self.capf_auth_mode).into()),
            ("capfList", servers.join(" ").into()),
            ("certHash", self.cert_hash.as_str().into()),
        ]
    }
}
