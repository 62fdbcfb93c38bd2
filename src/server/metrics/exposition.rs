//! The numbers as text: `OpenMetrics` 1.0, or Prometheus's own format for whoever asks for nothing
//! else.

use std::collections::BTreeSet;
use std::fmt;

use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::registry::Registry;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// <https://prometheus.io/docs/specs/om/open_metrics_spec/>
    OpenMetrics,
    /// <https://prometheus.io/docs/instrumenting/exposition_formats/>, version 0.0.4.
    Prometheus,
}

impl Format {
    /// The format for whoever accepts these types; Prometheus names both.
    pub(super) fn accepted(types: &str) -> Self {
        if types.contains("application/openmetrics-text") {
            Self::OpenMetrics
        } else {
            Self::Prometheus
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// The numbers of these registries.
pub(super) fn text(registries: &[&Registry], format: Format) -> Result<String, fmt::Error> {
    let mut text = String::new();
    for registry in registries {
        encode_registry(&mut text, registry)?;
    }
    encode_eof(&mut text)?;
    Ok(match format {
        Format::OpenMetrics => text,
        Format::Prometheus => classic(&text),
    })
}

/// `OpenMetrics` as Prometheus's own format. What we have differs in this: there a counter's name
/// ends with `_total` in the comments, too, and comments on units and on the end mean nothing.
fn classic(text: &str) -> String {
    let counters: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter"))
        .collect();
    let mut classic = String::with_capacity(text.len());
    for line in text.lines() {
        if line == "# EOF" || line.starts_with("# UNIT ") {
            continue;
        }
        match named(line) {
            Some((before, name, after)) if counters.contains(name) => {
                classic.extend([before, name, "_total", after]);
            }
            _ => classic.push_str(line),
        }
        classic.push('\n');
    }
    classic
}

/// A comment on a metric, cut before and behind its name.
fn named(line: &str) -> Option<(&str, &str, &str)> {
    let before = ["# HELP ", "# TYPE "]
        .into_iter()
        .find(|before| line.starts_with(before))?;
    let rest = &line[before.len()..];
    let (name, after) = rest.split_at(rest.find(' ')?);
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use prometheus_client::metrics::counter::Counter;
    use prometheus_client::metrics::gauge::Gauge;
    use prometheus_client::registry::Unit;

    use super::*;

    fn registry() -> Registry {
        let mut registry = Registry::with_prefix("capf");
        registry.register("sessions", "Sessions", Counter::<u64>::default());
        let gauge = Gauge::<i64>::default();
        registry.register_with_unit("sessions_last", "The last", Unit::Seconds, gauge);
        registry
    }

    #[test]
    fn both_formats_say_the_same() {
        let registry = registry();
        assert_eq!(
            text(&[&registry], Format::OpenMetrics).unwrap(),
            "# HELP capf_sessions Sessions.\n\
             # TYPE capf_sessions counter\n\
             capf_sessions_total 0\n\
             # HELP capf_sessions_last_seconds The last.\n\
             # TYPE capf_sessions_last_seconds gauge\n\
             # UNIT capf_sessions_last_seconds seconds\n\
             capf_sessions_last_seconds 0\n\
             # EOF\n"
        );
        assert_eq!(
            text(&[&registry], Format::Prometheus).unwrap(),
            "# HELP capf_sessions_total Sessions.\n\
             # TYPE capf_sessions_total counter\n\
             capf_sessions_total 0\n\
             # HELP capf_sessions_last_seconds The last.\n\
             # TYPE capf_sessions_last_seconds gauge\n\
             capf_sessions_last_seconds 0\n"
        );
    }

    #[test]
    fn who_accepts_open_metrics_has_it_and_everybody_else_what_they_can_read() {
        let prometheus =
            "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
        assert_eq!(Format::accepted(prometheus), Format::OpenMetrics);
        assert_eq!(Format::accepted("*/*"), Format::Prometheus);
        assert_eq!(Format::accepted(""), Format::Prometheus);
    }
}
