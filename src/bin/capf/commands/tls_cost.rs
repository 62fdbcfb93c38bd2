//! What it costs to speak old TLS, in plain words, wherever it is allowed.

use capf::model::TlsVersion;

/// What a minimum version below TLS 1.2 costs; to stand behind a comma.
pub(super) fn cost_of(minimum: TlsVersion) -> Option<String> {
    if minimum >= TlsVersion::Tls12 {
        return None;
    }
    let version = minimum.as_str();
    let need = if minimum == TlsVersion::Tls10 {
        "which phones of the 7900 series need and RFC 8996 forbids"
    } else {
        "which RFC 8996 forbids, and which helps no phone of the 7900 series: they know 1.0 alone"
    };
    Some(format!(
        "TLS {version} is allowed, {need}. It rests on SHA-1 and MD5, and with the RSA key exchange \
         of those phones whoever records the traffic, and comes by the CAPF key later, reads the \
         authentication strings in it. Allow it where phones alone reach the port, and only as long \
         as there are such phones. Phones that know TLS 1.2 or 1.3 keep to these."
    ))
}
