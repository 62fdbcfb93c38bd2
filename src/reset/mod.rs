//! Tells a call agent to reset a phone.
//!
//! A phone contacts CAPF after a reset or with a new configuration, and its call agent alone can make
//! it do either. Each call agent has its own way: a [`Hook`] is the one that the administrator has
//! configured ([`crate::config::Reset`]).

mod command;
mod error;
mod request;

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config;
use crate::model::DeviceName;
use command::Command;
use request::Request;

pub use error::{InvalidHook, ResetError};

/// What stands for the name of the phone.
const NAME: &str = "{name}";

/// The way to tell the call agent to reset a phone. Cloning gives another handle on the same one.
#[derive(Clone, Debug)]
pub struct Hook(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    command: Option<Command>,
    request: Option<Request>,
    timeout: Duration,
    at_once: usize,
}

impl Hook {
    /// Takes what is configured. The files that it names are read now.
    pub fn new(settings: &config::Reset) -> Result<Self, InvalidHook> {
        let command = settings
            .command
            .as_deref()
            .map(|line| Command::new(line, &settings.failure_output))
            .transpose()?;
        let request = settings
            .url
            .as_deref()
            .map(|url| Request::new(url, settings))
            .transpose()?;
        if command.is_none() && request.is_none() {
            return Err(InvalidHook::Nothing);
        }
        Ok(Self(Arc::new(Inner {
            command,
            request,
            timeout: settings.timeout,
            at_once: usize::from(settings.at_once.get()),
        })))
    }

    /// Has a phone reset: by the command, then by the request, each of which is tried whatever comes
    /// of the other.
    ///
    /// That it succeeds means that the call agent has taken it, not that the phone has heard of it.
    pub async fn reset(&self, device: &DeviceName) -> Result<(), ResetError> {
        let Inner {
            command,
            request,
            timeout,
            ..
        } = &*self.0;
        let commanded = match command {
            Some(command) => command.run(device, *timeout).await,
            None => Ok(()),
        };
        let requested = match request {
            Some(request) => request.make(device, *timeout).await,
            None => Ok(()),
        };
        match (commanded, requested) {
            (Err(command), Err(request)) => Err(ResetError::Both {
                command: Box::new(command),
                request: Box::new(request),
            }),
            (commanded, requested) => commanded.and(requested),
        }
    }

    /// Has phones reset, some at a time, and tells `each` what came of it. Once it is to `stop`, those
    /// that are under way come to their end; gives how many were not begun.
    pub async fn reset_all(
        &self,
        devices: impl IntoIterator<Item = DeviceName>,
        stop: &CancellationToken,
        mut each: impl FnMut(DeviceName, Result<(), ResetError>),
    ) -> u64 {
        let mut waiting = devices.into_iter();
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < self.0.at_once
                && !stop.is_cancelled()
                && let Some(device) = waiting.next()
            {
                let hook = self.clone();
                under_way.spawn(async move {
                    let outcome = hook.reset(&device).await;
                    (device, outcome)
                });
            }
            match under_way.join_next().await {
                Some(Ok((device, outcome))) => each(device, outcome),
                // A defect of ours; none is ever aborted.
                Some(Err(ended)) => resume_unwind(ended.into_panic()),
                None => return waiting.count() as u64,
            }
        }
    }
}
