//! Values that each parameter takes, and that make no sense beside each other.

use super::{InvalidParameter, Parameter, ParameterValues};

const MINUTES_A_DAY: i64 = 24 * 60;

impl ParameterValues {
    /// Refuses values that contradict each other.
    pub fn check_together(&self) -> Result<(), InvalidParameter> {
        let minutes = self.integer(Parameter::KeyGenerationTime);
        let attempts = self.key_generation_attempts();
        let days = self.integer(Parameter::OperationExpires);
        if minutes * i64::from(attempts) > days * MINUTES_A_DAY {
            return Err(InvalidParameter::KeyGenerationOutlastsOperation {
                attempts,
                minutes,
                days,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_before_the_operation_expires() {
        let values = |attempts: &str, minutes: &str, days: &str| {
            ParameterValues::new([
                (Parameter::KeyGenerationAttempts, attempts.to_owned()),
                (Parameter::KeyGenerationTime, minutes.to_owned()),
                (Parameter::OperationExpires, days.to_owned()),
            ])
        };
        assert_eq!(ParameterValues::default().check_together(), Ok(()));
        assert_eq!(values("12", "120", "1").check_together(), Ok(()));
        let error = values("13", "120", "1").check_together().unwrap_err();
        assert_eq!(
            error.to_string(),
            "phones would have 13 times 120 minutes to make their key, and an operation expires \
             after 1 day"
        );
        assert_eq!(values("13", "120", "2").check_together(), Ok(()));
    }
}
