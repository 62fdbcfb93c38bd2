//! What a command works with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use capf::admin::Installation;
use capf::clock::{Clock, SystemClock};
use capf::config::{Config, Settings, admin_name, default_file};
use jiff::Timestamp;

use crate::cli::{Everywhere, Face};
use crate::command_error::CommandError;
use crate::ui::Ui;

/// The terminal, the settings, and the way to the installation.
pub(crate) struct Context {
    pub(crate) ui: Ui,
    clock: Arc<dyn Clock>,
    options: Everywhere,
}

impl Context {
    pub(crate) fn new(ui: Ui, options: Everywhere) -> Self {
        Self {
            ui,
            clock: Arc::new(SystemClock),
            options,
        }
    }

    /// The settings, decided.
    pub(crate) fn config(&self) -> Result<Config, CommandError> {
        self.config_with(Settings::default())
    }

    /// The settings, decided, where a command has options for more of them.
    pub(crate) fn config_with(&self, settings: Settings) -> Result<Config, CommandError> {
        let file = match self.file() {
            Some(file) => Settings::read(&file)?,
            None => Settings::default(),
        };
        let options = Settings {
            data_dir: self.options.data_dir.clone(),
            store: self.options.store.clone(),
            ca_passphrase_file: self.options.ca_passphrase_file.clone(),
            ..settings
        };
        Ok(Config::resolve(options, file)?)
    }

    /// The configuration file. Who names another place means that one, whatever is set for the
    /// service's.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        let elsewhere = self.options.data_dir.is_some() || self.options.store.is_some();
        let default = || (!elsewhere).then(default_file).flatten();
        self.options.config.clone().or_else(default)
    }

    /// The installation, open.
    pub(crate) async fn installation(&self) -> Result<Installation, CommandError> {
        self.open(&self.config()?).await
    }

    /// The installation, to look at it: it is an error where there is none, and none is made.
    pub(crate) async fn installation_to_read(&self) -> Result<Installation, CommandError> {
        let config = self.config()?;
        let clock = Arc::clone(&self.clock);
        Ok(Installation::open_to_read(&config.data_dir, &config.store, clock).await?)
    }

    /// The installation, open, where there is one; none is made.
    pub(crate) async fn existing_installation(&self) -> Result<Installation, CommandError> {
        let config = self.config()?;
        let clock = Arc::clone(&self.clock);
        let (data_dir, store) = (&config.data_dir, &config.store);
        Ok(Installation::open_existing(data_dir, store, clock, &admin_name()).await?)
    }

    /// The configuration file, where one is named.
    pub(crate) fn config_file(&self) -> Option<&Path> {
        self.options.config.as_deref()
    }

    /// An installation in another place than the settings say.
    pub(crate) async fn installation_in(
        &self,
        data_dir: &Path,
    ) -> Result<Installation, CommandError> {
        let settings = Settings {
            data_dir: Some(data_dir.to_owned()),
            ..Settings::default()
        };
        self.open(&Config::resolve(settings, Settings::default())?)
            .await
    }

    async fn open(&self, config: &Config) -> Result<Installation, CommandError> {
        let clock = Arc::clone(&self.clock);
        let administrator = admin_name();
        let opened =
            Installation::open(&config.data_dir, &config.store, clock, &administrator).await?;
        Ok(opened.with_key_passphrase(config.ca_passphrase.clone()))
    }

    /// Says that there is a CAPF certificate now, where there was none before.
    pub(crate) fn say_if_made(&self, made: bool, subject: &str) {
        if made {
            self.ui
                .note(&format!("Made the CAPF certificate {subject}."));
        }
    }

    /// The options of every command.
    pub(crate) fn options(&self) -> &Everywhere {
        &self.options
    }

    /// Whether the result is to be a page.
    pub(crate) fn wants_page(&self) -> bool {
        self.options.format == Face::Html
    }

    /// What knows the time.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
