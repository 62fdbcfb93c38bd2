//! Phones of the 7900 series, played by the `openssl` command: TLS 1.0 with RSA key exchange.

use std::path::Path;

use capf::model::TlsVersion;

use crate::Running;
use crate::openssl::openssl;
use crate::running::{anywhere, generous};

/// What `openssl s_client` and the service agreed on, or that they did not; nothing where there is
/// no such command.
async fn client(running: &Running, options: &str) -> Option<Result<String, String>> {
    let arguments = format!("s_client -brief -connect {} {options}", running.address);
    let run = tokio::task::spawn_blocking(move || openssl(Path::new("."), &arguments));
    let said = run.await.unwrap()?.text;
    let value = |label: &str| said.lines().find_map(|line| line.strip_prefix(label));
    Some(
        match (value("Protocol version: "), value("Ciphersuite: ")) {
            (Some(version), Some(cipher)) => Ok(format!("{version} {cipher}")),
            _ => Err(said),
        },
    )
}

const PHONE_7900: &str = "-tls1 -cipher AES128-SHA:@SECLEVEL=0";
const CIPC: &str = "-tls1 -cipher AES256-SHA:@SECLEVEL=0";

#[tokio::test(flavor = "multi_thread")]
async fn where_tls_1_0_is_allowed_old_phones_get_rsa_key_exchange_and_modern_ones_ecdhe() {
    let running = Running::at(&[(anywhere(), TlsVersion::Tls10)], generous()).await;
    for (options, agreed) in [
        (PHONE_7900, "TLSv1 AES128-SHA"),
        (CIPC, "TLSv1 AES256-SHA"),
        (
            "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA",
            "TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256",
        ),
        ("-tls1_3", "TLSv1.3 TLS_AES_256_GCM_SHA384"),
    ] {
        let Some(came_to) = client(&running, options).await else {
            return;
        };
        assert_eq!(came_to.as_deref(), Ok(agreed), "{options}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_is_not_old_phones_are_refused() {
    let running = Running::start().await;
    for (options, agrees) in [(PHONE_7900, false), (CIPC, false), ("-tls1_2", true)] {
        let Some(came_to) = client(&running, options).await else {
            return;
        };
        assert_eq!(came_to.is_ok(), agrees, "{options}: {came_to:?}");
    }
}
