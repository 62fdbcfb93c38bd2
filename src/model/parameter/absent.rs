//! Cisco's parameters that are not here.

use crate::model::folded;

/// A parameter of Unified CM that has to do with CAPF, and that capf does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbsentParameter {
    /// Its Cisco name.
    pub name: &'static str,
    /// Why it is not here, and what there is instead.
    pub reason: &'static str,
}

const NO_ONLINE_CA: &str = "this version has no client for an online CA";

const fn absent(name: &'static str, reason: &'static str) -> AbsentParameter {
    AbsentParameter { name, reason }
}

impl AbsentParameter {
    /// All that are known.
    pub const ALL: &'static [Self] = &[
        absent("Online CA Hostname", NO_ONLINE_CA),
        absent("Online CA Port", NO_ONLINE_CA),
        absent("Online CA Template", NO_ONLINE_CA),
        absent("Online CA Type", NO_ONLINE_CA),
        absent("Online CA Username", NO_ONLINE_CA),
        absent("Online CA Password", NO_ONLINE_CA),
        absent(
            "Cluster Security Mode",
            "CAPF issues LSCs whatever it is; `capf phone set --device-security-mode` notes a \
             phone's own",
        ),
        absent(
            "Phone Interaction on Certificate Update",
            "capf resets phones where it is told to: `capf phone reset`",
        ),
        absent(
            "TFTP Encrypted Config",
            "capf makes no configuration files for phones",
        ),
    ];

    /// The one of this name, in any case, with spaces, hyphens or neither.
    pub fn named(name: &str) -> Option<&'static Self> {
        let wanted = folded(name);
        Self::ALL
            .iter()
            .find(|absent| folded(absent.name) == wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Parameter;

    #[test]
    fn what_is_absent_is_not_there() {
        for absent in AbsentParameter::ALL {
            assert!(absent.name.parse::<Parameter>().is_err(), "{}", absent.name);
        }
        let found = AbsentParameter::named("online-ca-hostname").unwrap();
        assert_eq!(found.name, "Online CA Hostname");
        assert_eq!(AbsentParameter::named("CAPF Phone Port"), None);
    }
}
