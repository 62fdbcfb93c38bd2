//! LSCs that expire, renewed in time.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::reset::ResetPhones;
use super::{AdminError, Installation, whole_seconds};
use crate::model::{AuthenticationMode, Criterion, IssuerMode};
use crate::reset::Hook;
use crate::store::{Due, Renewal};

/// How many phones are scheduled in one transaction at most.
const PAGE: u32 = 1000;

/// Which LSCs are renewed, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    renewal: Renewal,
    due: Due,
}

/// How fast phones are scheduled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// How many at a time; all where nothing is said.
    pub batch: Option<NonZeroU32>,
    /// After which time it goes on with the next batch; where nothing is said, there is one.
    pub every: Option<Duration>,
}

/// Hears how a renewal goes.
pub trait RenewalListener {
    /// So many phones have been scheduled.
    fn scheduled(&mut self, phones: u64);

    /// The call agent has been told to reset so many phones, with success or without.
    fn reset(&mut self, phones: u64);

    /// A batch is done, and the next begins at this time.
    fn waiting(&mut self, until: Timestamp);
}

/// Nobody listens.
impl RenewalListener for () {
    fn scheduled(&mut self, _: u64) {}

    fn reset(&mut self, _: u64) {}

    fn waiting(&mut self, _: Timestamp) {}
}

/// What came of a renewal, or would come of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RenewedPhones {
    /// The LSCs concerned expire up to this time.
    pub until: Timestamp,
    /// For how many phones Install/Upgrade was scheduled.
    pub scheduled: u64,
    /// How many phones are left for another run.
    pub left: u64,
    /// For how many an operation had been scheduled before.
    pub pending: u64,
    /// How many were passed over that are to prove themselves by an authentication string, and have
    /// none.
    pub without_string: u64,
    /// How many were passed over that are to prove themselves by their LSC, which has expired.
    pub expired: u64,
    /// Whether nothing was done in earnest.
    pub dry_run: bool,
    /// What came of resetting the phones that were scheduled, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resets: Option<ResetPhones>,
}

impl Plan {
    /// Finds out which LSCs expire `within` that time from now, or have expired, of phones that meet all
    /// criteria. `authentication_mode` is set on their phones with the operation.
    ///
    /// It is an error where LSCs are not issued for longer than that: they would be renewed again and
    /// again.
    pub async fn make(
        installation: &Installation,
        within: SignedDuration,
        criteria: Vec<Criterion>,
        authentication_mode: Option<AuthenticationMode>,
    ) -> Result<Self, AdminError> {
        let store = installation.store();
        let parameters = store.parameters().await?;
        let days = parameters.certificate_validity_days();
        // For how long another CA issues them, nobody here knows.
        if parameters.issuer_mode() == IssuerMode::Capf
            && within >= SignedDuration::from_hours(24 * i64::from(days))
        {
            return Err(AdminError::RenewedForEver { days });
        }
        let renewal = Renewal {
            criteria,
            until: whole_seconds(
                installation
                    .now()
                    .saturating_add(within)
                    .unwrap_or(Timestamp::MAX),
            ),
            authentication_mode,
        };
        let due = store.count_due(&renewal).await?;
        Ok(Self { renewal, due })
    }

    /// How many phones can be scheduled.
    pub fn renewable(&self) -> u64 {
        self.due.renewable
    }

    /// Up to when the LSCs expire.
    pub fn until(&self) -> Timestamp {
        self.renewal.until
    }

    /// What would come of it.
    pub fn preview(&self, pace: Pace) -> RenewedPhones {
        let renewable = self.due.renewable;
        let scheduled = match (pace.batch, pace.every) {
            (Some(batch), None) => renewable.min(batch.get().into()),
            _ => renewable,
        };
        RenewedPhones {
            scheduled,
            left: renewable - scheduled,
            dry_run: true,
            ..self.nothing_done()
        }
    }

    fn nothing_done(&self) -> RenewedPhones {
        let Due {
            renewable,
            pending,
            without_string,
            expired,
        } = self.due;
        RenewedPhones {
            until: self.renewal.until,
            scheduled: 0,
            left: renewable,
            pending,
            without_string,
            expired,
            dry_run: false,
            resets: None,
        }
    }

    /// Schedules Install/Upgrade for the phones, the LSC that expires first in front, and has them reset
    /// where there is a `hook`: a page of phones after the other, so that memory does not grow with
    /// their number, and that what is scheduled is reset soon.
    ///
    /// A phone that enrols meanwhile, or for which somebody else schedules something, is left alone.
    /// It ends between two pages where it is to `stop`.
    pub async fn carry_out(
        &self,
        installation: &Installation,
        pace: Pace,
        hook: Option<&Hook>,
        listener: &mut dyn RenewalListener,
        stop: &CancellationToken,
    ) -> Result<RenewedPhones, AdminError> {
        let mut renewed = RenewedPhones {
            resets: hook.map(|_| ResetPhones::default()),
            ..self.nothing_done()
        };
        let outcome = self
            .run(installation, pace, hook, &mut renewed, listener, stop)
            .await;
        match outcome {
            Ok(()) => Ok(renewed),
            Err(error) if renewed.scheduled == 0 => Err(error),
            Err(error) => Err(AdminError::Interrupted {
                count: renewed.scheduled,
                what: "phones had been scheduled",
                source: Box::new(error),
            }),
        }
    }

    async fn run(
        &self,
        installation: &Installation,
        pace: Pace,
        hook: Option<&Hook>,
        renewed: &mut RenewedPhones,
        listener: &mut dyn RenewalListener,
        stop: &CancellationToken,
    ) -> Result<(), AdminError> {
        let store = installation.store();
        let mut after = None;
        loop {
            let mut room = pace.batch.map_or(u64::MAX, |batch| batch.get().into());
            while room > 0 && !stop.is_cancelled() {
                let limit = u32::try_from(room).map_or(PAGE, |room| room.min(PAGE));
                let found = store.renewable(&self.renewal, after.clone(), limit).await?;
                let Some(last) = found.last() else { break };
                // What this run has passed is behind it, whatever becomes of it meanwhile.
                after = Some(last.clone());
                let devices = found.into_iter().map(|expiry| expiry.device).collect();
                let devices = store
                    .schedule_renewal(installation.actor(), &self.renewal, devices)
                    .await?;
                room -= devices.len() as u64;
                renewed.scheduled += devices.len() as u64;
                listener.scheduled(renewed.scheduled);
                if let (Some(hook), Some(resets)) = (hook, &mut renewed.resets) {
                    let done = |phones| listener.reset(phones);
                    resets.add(hook, devices, stop, done).await;
                }
            }
            let ahead = store.renewable(&self.renewal, after.clone(), 1).await?;
            let Some(every) = pace.every.filter(|_| !ahead.is_empty()) else {
                break;
            };
            if !has_passed(installation, every, listener, stop).await {
                break;
            }
        }
        renewed.left = store.count_due(&self.renewal).await?.renewable;
        Ok(())
    }
}

/// Waits until the time has passed; `false` where it is to stop before.
async fn has_passed(
    installation: &Installation,
    time: Duration,
    listener: &mut dyn RenewalListener,
    stop: &CancellationToken,
) -> bool {
    let until = installation.now().saturating_add(time);
    listener.waiting(whole_seconds(until.unwrap_or(Timestamp::MAX)));
    tokio::select! {
        biased;
        () = stop.cancelled() => false,
        () = tokio::time::sleep(time) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::testing::{Fixture, now};
    use crate::model::{Certificate, DeviceName, Phone};
    use crate::store::NewPhone;

    const PHONES: u64 = 1001;

    /// An installation with more phones than are scheduled at once, whose LSCs expire in a year.
    async fn fleet() -> Fixture {
        let fixture = Fixture::new().await;
        let lsc: Certificate = fixture.sign(&fixture.csr("SEPFFFFFFFFFFFF").await);
        let phones = (0..PHONES).map(|number| NewPhone {
            lsc: Some(lsc.clone()),
            ..NewPhone::from(Phone::new(format!("CSF{number:04}").parse().unwrap()))
        });
        let installation = &fixture.installation;
        installation
            .store()
            .add_phones_with_certificates(installation.actor(), phones.collect())
            .await
            .unwrap();
        fixture
    }

    async fn plan(fixture: &Fixture) -> Plan {
        let within = SignedDuration::from_hours(24 * 366);
        Plan::make(&fixture.installation, within, Vec::new(), None)
            .await
            .unwrap()
    }

    /// What is heard, and what is done at the first wait.
    #[derive(Default)]
    struct Heard {
        scheduled: Vec<u64>,
        waits: usize,
        stop: Option<CancellationToken>,
    }

    impl RenewalListener for Heard {
        fn scheduled(&mut self, phones: u64) {
            self.scheduled.push(phones);
        }

        fn reset(&mut self, _: u64) {}

        fn waiting(&mut self, until: Timestamp) {
            assert_eq!(until, now() + SignedDuration::from_hours(1));
            self.waits += 1;
            if let Some(stop) = &self.stop {
                stop.cancel();
            }
        }
    }

    async fn carry_out(fixture: &Fixture, pace: Pace, heard: &mut Heard) -> RenewedPhones {
        let stop = heard.stop.clone().unwrap_or_default();
        plan(fixture)
            .await
            .carry_out(&fixture.installation, pace, None, heard, &stop)
            .await
            .unwrap()
    }

    fn pace(batch: u32, every: Option<Duration>) -> Pace {
        let batch = NonZeroU32::new(batch);
        Pace { batch, every }
    }

    #[tokio::test]
    async fn many_phones_are_scheduled_a_page_after_the_other() {
        let fixture = fleet().await;
        let mut heard = Heard::default();
        let renewed = carry_out(&fixture, Pace::default(), &mut heard).await;
        assert_eq!(heard.scheduled, [1000, PHONES]);
        assert_eq!((renewed.scheduled, renewed.left), (PHONES, 0));
        assert_eq!(plan(&fixture).await.renewable(), 0);
        assert_eq!(
            plan(&fixture).await.preview(Pace::default()).pending,
            PHONES
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_follows_the_other_after_a_pause() {
        let fixture = fleet().await;
        let mut heard = Heard::default();
        let every = Some(Duration::from_hours(1));
        let renewed = carry_out(&fixture, pace(500, every), &mut heard).await;
        assert_eq!((heard.scheduled, heard.waits), (vec![500, 1000, PHONES], 2));
        assert_eq!((renewed.scheduled, renewed.left), (PHONES, 0));
    }

    #[tokio::test]
    async fn one_batch_alone_is_scheduled_where_nothing_follows_it() {
        let fixture = fleet().await;
        let mut heard = Heard::default();
        let expected = plan(&fixture).await.preview(pace(300, None));
        let renewed = carry_out(&fixture, pace(300, None), &mut heard).await;
        assert_eq!((heard.scheduled, heard.waits), (vec![300], 0));
        let dry_run = false;
        assert_eq!(
            renewed,
            RenewedPhones {
                dry_run,
                ..expected
            }
        );
    }

    #[tokio::test]
    async fn it_can_be_stopped_while_it_waits() {
        let fixture = fleet().await;
        let mut heard = Heard {
            stop: Some(CancellationToken::new()),
            ..Heard::default()
        };
        let every = Some(Duration::from_hours(1));
        let renewed = carry_out(&fixture, pace(300, every), &mut heard).await;
        assert_eq!((renewed.scheduled, renewed.left), (300, PHONES - 300));
    }

    #[tokio::test]
    async fn what_has_changed_since_it_was_planned_counts() {
        let fixture = fleet().await;
        let plan = plan(&fixture).await;
        assert_eq!(plan.renewable(), PHONES);
        let removed: DeviceName = "CSF0007".parse().unwrap();
        crate::admin::phone::remove(&fixture.installation, vec![removed])
            .await
            .unwrap();
        let stop = CancellationToken::new();
        let renewed = plan
            .carry_out(&fixture.installation, Pace::default(), None, &mut (), &stop)
            .await
            .unwrap();
        assert_eq!((renewed.scheduled, renewed.left), (PHONES - 1, 0));
    }
}
