//! What the head of a trace says, read back.

use std::time::Duration;

use crate::model::{CertificateOperation, OperationStatus};

/// A session or a fetched certificate in few words. What a trace does not say, or says in words that
/// a later version has, is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The phone's address.
    pub address: Option<String>,
    /// The operation that was scheduled.
    pub operation: Option<CertificateOperation>,
    /// What the operation's status became.
    pub result: Option<OperationStatus>,
    /// Why the session came to no end.
    pub lost: Option<String>,
    /// How long the session took.
    pub duration: Option<Duration>,
}

impl Summary {
    /// Reads the head of a trace's text.
    pub fn of(text: &str) -> Self {
        let mut summary = Self::default();
        // The title, an empty line, the head, an empty line.
        let head = text.lines().skip(2).take_while(|line| !line.is_empty());
        for (label, value) in head.filter_map(|line| line.split_once(':')) {
            let value = value.trim_start();
            match label {
                "Address" => summary.address = Some(value.to_owned()),
                "Operation" => summary.operation = value.parse().ok(),
                "Result" => summary.result = value.parse().ok(),
                "Lost" => summary.lost = Some(value.to_owned()),
                "Duration" => summary.duration = seconds(value),
                _ => {}
            }
        }
        summary
    }

    /// Whether the operation failed, or the session came to no end.
    pub fn is_failure(&self) -> bool {
        self.lost.is_some() || self.result.is_some_and(OperationStatus::is_failure)
    }
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.strip_suffix(" s")?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{Account, Heading, Lines};

    fn summary(heading: Heading) -> Summary {
        let mut lines = Lines::default();
        lines.note(Duration::ZERO, "Result: Upgrade Success");
        Summary::of(&Account::new(heading, lines).text())
    }

    #[test]
    fn what_an_account_says_is_read_back() {
        let heading = Heading {
            duration: Duration::from_millis(1_250),
            result: Some(OperationStatus::UpgradeFailedInvalidAuthenticationString),
            ..Account::example("SEP001122334455", 17, Lines::default()).heading
        };
        let expected = Summary {
            address: Some("192.0.2.7".to_owned()),
            operation: Some(CertificateOperation::Install),
            result: heading.result,
            lost: None,
            duration: Some(Duration::from_millis(1_250)),
        };
        let read = summary(heading.clone());
        assert_eq!(read, expected);
        assert!(read.is_failure());

        let lost = summary(Heading {
            result: None,
            lost: Some("the phone hung up\nResult: Upgrade Success".to_owned()),
            ..heading
        });
        assert!(lost.is_failure(), "{lost:?}");
        assert_eq!(lost.result, None, "what a phone says adds no line");
    }

    #[test]
    fn text_that_is_no_trace_says_nothing() {
        for text in [
            "",
            "\n",
            "CAPF session\n\nDuration: -1 s\nOperation: Dance\n\nAddress: x",
        ] {
            assert_eq!(Summary::of(text), Summary::default(), "{text}");
        }
    }
}
