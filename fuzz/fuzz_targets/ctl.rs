//! Any bytes as a CTL or ITL file: what decodes encodes to the same bytes, and can be described,
//! verified and searched for a certificate.

#![no_main]

use capf::admin::ctl::{CtlView, RecordView};
use capf::ctl::{CtlFile, Role};
use capf::model::Certificate;
use capf::pki::{ctl_record, ctl_signer, verify_ctl};

libfuzzer_sys::fuzz_target!(
    init: capf_fuzz::plant("ctl", seeds()),
    |bytes: &[u8]| {
        let file = match CtlFile::decode(bytes) {
            Ok(file) => file,
            Err(error) => return drop(error.to_string()),
        };
        assert_eq!(file.encode().as_deref(), Ok(bytes));
        let signed = file.signed_bytes().expect("what is read can be written");
        assert!(signed.len() <= bytes.len());
        if verify_ctl(&file).is_ok() {
            let signer = ctl_signer(&file).expect("somebody has signed it");
            assert!(signer < file.records.len());
        }
        let view = CtlView::of(&file).expect("what is read can be written");
        assert_eq!(view.records.len(), file.records.len());
        assert_eq!(view.signature_is_valid, view.signature_problem.is_none());
        for record in &view.records {
            assert_eq!(record.cells().len(), RecordView::COLUMNS.len());
        }
    }
);

/// The file of another program, whole and without its last record, and one of ours without a
/// signature.
fn seeds() -> Vec<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/ctl/ITLFile.tlv");
    let recorded = std::fs::read(path).expect("the fixture is there");
    let mut short = CtlFile::decode(&recorded).expect("the fixture can be read");
    short.records.pop();
    let ours = CtlFile {
        version: CtlFile::VERSION,
        header: Vec::new(),
        records: capf_fuzz::certificates()
            .iter()
            .map(|der| Certificate::from_der(der).expect("a recorded certificate can be read"))
            .map(|certificate| ctl_record(Role::CAPF, "192.0.2.1", &certificate))
            .collect(),
    };
    let written = |file: &CtlFile| file.encode().expect("it fits");
    vec![written(&short), written(&ours), recorded]
}
