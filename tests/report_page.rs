//! The report as a page: what stands in it, that it is well-formed whatever stands in it, and that it
//! may do nothing but what it is made for.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use capf::admin::{AdminError, Installation, report_page};
use capf::clock::FixedClock;
use capf::model::{
    Certificate, Criterion, ExpiryCount, Field, IssuerCount, OperationStatus, Overview, Pattern,
    Phone, StatusCount,
};
use capf::report::html::{self, Heading, Page};
use capf::secret::AuthenticationString;
use capf::store::{Actor, NewPhone};
use jiff::Timestamp;
use jiff::civil::Date;
use openssl::asn1::Asn1Time;
use openssl::base64::encode_block;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha256;
use openssl::x509::{X509Builder, X509Name, X509NameBuilder};
use proptest::prelude::*;
use roxmltree::{Document, Node, ParsingOptions};
use tempfile::TempDir;

/// An installation at a fixed time, and the key of every LSC in it.
struct Fleet {
    _directory: TempDir,
    installation: Installation,
    key: PKey<Private>,
}

impl Fleet {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = format!("sqlite:{}/capf.db", directory.path().display());
        let clock = Arc::new(FixedClock::new(now()));
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        Self {
            installation: Installation::open(directory.path(), &store, clock, "alice")
                .await
                .unwrap(),
            key: PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap(),
            _directory: directory,
        }
    }

    /// Adds a phone; `lsc` is the day on which its LSC expires, and its issuer.
    async fn add(
        &self,
        name: &str,
        description: &str,
        status: OperationStatus,
        lsc: Option<(&str, &str)>,
    ) {
        let mut phone = Phone::new(name.parse().unwrap());
        phone.description = description.to_owned();
        phone.model = String::from("Cisco 8861");
        phone.operation_status = status;
        phone.capf.authentication_string = AuthenticationString::new(STRING).ok();
        let lsc = lsc.map(|(day, issuer)| self.lsc(&format!("{day}120000Z"), issuer));
        let phone = NewPhone {
            lsc,
            ..NewPhone::from(phone)
        };
        self.add_all(vec![phone]).await;
    }

    async fn add_all(&self, phones: Vec<NewPhone>) {
        let alice = Actor::Admin("alice".to_owned());
        let store = self.installation.store();
        let added = store.add_phones_with_certificates(&alice, phones).await;
        assert_eq!(added.unwrap().existing, []);
    }

    fn lsc(&self, not_after: &str, issuer: &str) -> Certificate {
        let mut builder = X509Builder::new().unwrap();
        builder.set_subject_name(&name("a phone")).unwrap();
        builder.set_issuer_name(&name(issuer)).unwrap();
        builder.set_pubkey(&self.key).unwrap();
        let not_before = Asn1Time::from_str("20200101000000Z").unwrap();
        builder.set_not_before(&not_before).unwrap();
        let not_after = Asn1Time::from_str(not_after).unwrap();
        builder.set_not_after(&not_after).unwrap();
        builder.sign(&self.key, MessageDigest::sha256()).unwrap();
        Certificate::from_der(&builder.build().to_der().unwrap()).unwrap()
    }

    async fn page(&self, criteria: &[&str]) -> String {
        let criteria: Vec<Criterion> = criteria.iter().map(|it| it.parse().unwrap()).collect();
        let written = report_page::write(&self.installation, &criteria, Vec::new(), || {
            Ok::<_, Failed>(())
        });
        String::from_utf8(written.await.unwrap()).unwrap()
    }
}

#[derive(Debug)]
#[expect(dead_code, reason = "what is in it is shown where a test fails")]
enum Failed {
    Admin(AdminError),
    Write(std::io::Error),
}

impl From<AdminError> for Failed {
    fn from(error: AdminError) -> Self {
        Self::Admin(error)
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error)
    }
}

/// The authentication string of every phone.
const STRING: &str = "47114711";

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn name(common_name: &str) -> X509Name {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, common_name)
        .unwrap();
    name.build()
}

fn parsed(page: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(page, options).unwrap()
}

fn elements<'a>(page: &'a Document<'_>, name: &str) -> Vec<Node<'a, 'a>> {
    let nodes = page.root().descendants();
    nodes.filter(|node| node.has_tag_name(name)).collect()
}

/// Everything that is written in an element.
fn text(node: Node<'_, '_>) -> String {
    let texts = node.descendants().filter(Node::is_text);
    texts.filter_map(|text| text.text()).collect()
}

/// A text as it was before characters in it were named.
fn original(bdi: Node<'_, '_>) -> String {
    let part = |node: Node<'_, '_>| {
        let text = text(node);
        if !node.has_tag_name("code") {
            return text;
        }
        let number = u32::from_str_radix(text.strip_prefix("U+").unwrap(), 16).unwrap();
        char::from_u32(number).unwrap().to_string()
    };
    bdi.children().map(part).collect()
}

fn listed(page: &Document<'_>) -> Vec<String> {
    let table = elements(page, "table");
    let phones = table.iter().find(|it| it.attribute("id") == Some("phones"));
    let headers = phones.unwrap().descendants();
    headers
        .filter(|node| node.attribute("scope") == Some("row"))
        .map(text)
        .collect()
}

#[tokio::test]
async fn a_small_fleet_looks_as_it_did() {
    use OperationStatus as Status;
    let fleet = Fleet::new().await;
    for (name, description, status, lsc) in [
        (
            "SEP000000000001",
            "Reception",
            Status::UpgradeSuccess,
            Some(("20310131", "CAPF-1a2b3c4d")),
        ),
        (
            "SEP000000000002",
            "",
            Status::UpgradeSuccess,
            Some(("20261201", "CAPF-1a2b3c4d")),
        ),
        (
            "SEP000000000003",
            "R&D <lab>",
            Status::UpgradeSuccess,
            Some(("20260801", "Example CA")),
        ),
        ("SEP000000000004", "مكتب", Status::None, None),
        (
            "SEP000000000005",
            "\u{202e}gpj",
            Status::UpgradeFailedInvalidMic,
            None,
        ),
        (
            "SEP000000000006",
            "Lab",
            Status::UpgradeFailedLate,
            Some(("20270210", "Example CA")),
        ),
        (
            "SEP000000000007",
            "Lab",
            Status::OperationPending,
            Some(("20200301", "Old CA")),
        ),
        (
            "SEP000000000008",
            "Lab",
            Status::UpgradeSuccess,
            Some(("20261123", "CAPF-1a2b3c4d")),
        ),
        (
            "SEP000000000009",
            "Lab",
            Status::DeleteFailedInvalidMic,
            Some(("20350101", "Old CA")),
        ),
        ("CSFANNA", "Anna", Status::UpgradeFailed, None),
    ] {
        fleet.add(name, description, status, lsc).await;
    }
    let page = fleet.page(&["Device Name begins with SEP"]).await;

    let order = [5, 6, 9, 7, 3, 8, 2, 1, 4].map(|number| format!("SEP{number:012}"));
    assert_eq!(listed(&parsed(&page)), order);
    assert!(!page.contains(STRING));
    let page = page.replace(
        concat!("capf ", env!("CARGO_PKG_VERSION")),
        "capf [VERSION]",
    );
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/report/report.html");
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report.html");
    std::fs::write(&made, &page).unwrap();
    assert!(
        std::fs::read_to_string(&kept).is_ok_and(|kept| kept == page),
        "look at {} in a browser; if it is as it should be, copy it to {}",
        made.display(),
        kept.display()
    );
}

#[tokio::test]
async fn the_list_ends_and_the_numbers_count_all() {
    let fleet = Fleet::new().await;
    let phones = (0..5002).map(|number| Phone::new(format!("CSF{number}").parse().unwrap()).into());
    fleet.add_all(phones.collect()).await;
    fleet
        .add("SEPFFFFFFFFFFFF", "", OperationStatus::UpgradeFailed, None)
        .await;
    let page = fleet.page(&[]).await;
    assert!(page.contains("This list has the first 5,000 of 5,003 phones"));
    assert!(page.contains("<b>5,003</b> <span>Phones</span>"));
    let page = parsed(&page);
    let listed = listed(&page);
    assert_eq!(listed.len(), 5000);
    assert_eq!(listed[..2], ["SEPFFFFFFFFFFFF", "CSF0"]);
}

#[tokio::test]
async fn a_page_about_nothing_is_a_page() {
    let page = Fleet::new().await.page(&[]).await;
    let document = parsed(&page);
    assert!(listed(&document).is_empty());
    assert!(page.contains("No phone holds an LSC."));
}

#[tokio::test]
async fn an_authentication_string_in_a_criterion_is_not_shown() {
    let fleet = Fleet::new().await;
    let page = fleet
        .page(&[
            "Authentication String is exactly 47114711",
            "Description is not empty",
        ])
        .await;
    assert!(!page.contains(STRING));
    assert!(page.contains("Authentication String is exactly (not shown)"));
    assert!(page.contains("Description is not empty"));
}

#[tokio::test]
async fn the_page_may_use_its_own_style_and_script_and_nothing_else() {
    let page = Fleet::new().await.page(&[]).await;
    let document = parsed(&page);
    let [style] = elements(&document, "style")[..] else {
        unreachable!("one style")
    };
    let [script] = elements(&document, "script")[..] else {
        unreachable!("one script")
    };
    let hash = |node| format!("'sha256-{}'", encode_block(&sha256(text(node).as_bytes())));
    let policy = elements(&document, "meta")
        .into_iter()
        .find(|meta| meta.attribute("http-equiv") == Some("Content-Security-Policy"))
        .and_then(|meta| meta.attribute("content"));
    let expected = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script)
    );
    assert_eq!(policy, Some(&expected[..]));

    // What the policy would keep from working, or a browser would fetch.
    let attributes = document
        .root()
        .descendants()
        .flat_map(|node| node.attributes());
    let names: BTreeSet<_> = attributes.map(|it| it.name().to_owned()).collect();
    for name in [
        "style",
        "src",
        "href",
        "action",
        "background",
        "poster",
        "srcset",
    ] {
        assert!(!names.contains(name), "{name}");
    }
    assert!(names.iter().all(|name| !name.starts_with("on")));
    assert!(!text(style).contains("@import"));
    let urls = text(style);
    let urls: Vec<_> = urls.split("url(").skip(1).collect();
    assert!(urls.iter().all(|url| url.starts_with('#')), "{urls:?}");
}

/// A page about one phone, with these texts in every place that has foreign ones.
fn page_of(texts: &Texts) -> String {
    let criteria = [Criterion {
        field: Field::Description,
        pattern: Pattern::Contains,
        text: texts.criterion.clone(),
    }];
    let heading = Heading {
        program: &texts.program,
        capf: Some(&texts.capf),
        criteria: &criteria,
    };
    let overview = Overview::new(
        now(),
        vec![StatusCount {
            status: OperationStatus::UpgradeSuccess,
            phones: 3,
        }],
        vec![
            IssuerCount {
                issuer: texts.issuer.clone(),
                phones: 1,
            };
            2
        ],
        vec![ExpiryCount {
            day: "2027-01-31".parse().unwrap(),
            phones: 2,
        }],
    );
    let mut page = Page::begin(Vec::new(), &heading, &overview, 10).unwrap();
    page.phone(&html::Phone {
        name: &texts.name,
        description: &texts.description,
        device_type: &texts.device_type,
        status: OperationStatus::UpgradeSuccess,
        lsc_expires: Some(now()),
        issued_by: Some(&texts.issuer),
        last_contact: None,
    })
    .unwrap();
    String::from_utf8(page.finish().unwrap()).unwrap()
}

#[derive(Debug)]
struct Texts {
    program: String,
    capf: String,
    criterion: String,
    issuer: String,
    name: String,
    description: String,
    device_type: String,
}

/// Any text, and often one that is made to do harm.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        any::<char>().prop_map(String::from),
        (0..0x20_u32).prop_map(|c| char::from_u32(c).unwrap().to_string()),
        prop::sample::select(vec![
            "<",
            "</bdi>",
            "</script>",
            "<!--",
            "-->",
            "]]>",
            "<![CDATA[",
            "&",
            "&amp;",
            "&#0;",
            "\"",
            "'",
            "\r\n",
            "\u{202e}",
            "\u{2066}",
            "\u{fffe}",
            "\u{ffff}",
            "\u{85}",
            "U+202E",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn any_texts()(
        (program, capf, criterion, issuer) in (any_text(), any_text(), any_text(), any_text()),
        (name, description, device_type) in (any_text(), any_text(), any_text()),
    ) -> Texts {
        Texts { program, capf, criterion, issuer, name, description, device_type }
    }
}

proptest! {
    #[test]
    fn any_text_leaves_the_page_well_formed_and_comes_back_unchanged(texts in any_texts()) {
        let page = page_of(&texts);
        let document = parsed(&page);
        let found: Vec<_> = elements(&document, "bdi").into_iter().map(original).collect();
        let criterion = format!("Description contains {}", texts.criterion);
        let status = OperationStatus::UpgradeSuccess.as_str();
        let expected = [
            &texts.program, &texts.capf, &criterion[..], status, &texts.issuer, &texts.issuer,
            &texts.name,
        ];
        // A cell without text is empty.
        let cells = [&texts.description, &texts.device_type, status, &texts.issuer];
        let cells = cells.into_iter().filter(|text| !text.is_empty());
        let expected: Vec<_> = expected.into_iter().chain(cells).collect();
        prop_assert_eq!(found, expected);
        prop_assert!(!page.contains(|c: char| c.is_control() && c != '\n'));
    }

    #[test]
    fn any_expiry_at_any_time_is_drawn(
        at in -377_705_023_201_i64..253_402_207_201,
        days in prop::collection::btree_map(-9999..=9999_i16, 1..1_000_000_000_000_u64, 0..8),
    ) {
        let by_expiry = days.iter().map(|(year, phones)| ExpiryCount {
            day: Date::new(*year, 12, 31).unwrap(),
            phones: *phones,
        });
        let at = Timestamp::from_second(at).unwrap();
        let overview = Overview::new(at, Vec::new(), Vec::new(), by_expiry.collect());
        let heading = Heading { program: "capf", capf: None, criteria: &[] };
        let page = Page::begin(Vec::new(), &heading, &overview, 10).unwrap().finish().unwrap();
        let page = String::from_utf8(page).unwrap();
        let document = parsed(&page);
        let details = elements(&document, "details");
        // Every LSC is in the table, wherever it expires.
        let counted: u64 = details
            .iter()
            .flat_map(|details| details.descendants().filter(|it| it.has_tag_name("td")))
            .map(|cell| text(cell).replace(',', "").parse::<u64>().unwrap())
            .sum();
        prop_assert_eq!(counted, overview.with_lsc);
        prop_assert!(!page.contains("NaN") && !page.contains("inf"));
    }
}
