//! What the fuzz targets share: their seeds, which are made from the recorded conversations in
//! `../fixtures`, and how an archive is held against its promises.

pub mod archive;

use std::fs;
use std::path::Path;

use capf::wire::{Element, Message};

/// One recorded session: its messages, the server's and the phone's, in their order.
pub struct Conversation {
    /// Whole messages; `true` marks those of the phone.
    pub messages: Vec<(bool, Vec<u8>)>,
}

impl Conversation {
    /// What the phone said, one message behind the other.
    pub fn phones_side(&self) -> Vec<u8> {
        self.messages
            .iter()
            .filter(|(from_phone, _)| *from_phone)
            .flat_map(|(_, bytes)| bytes.clone())
            .collect()
    }
}

/// Every recorded conversation; `../fixtures/README.md` describes the files.
pub fn conversations() -> Vec<Conversation> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/conversations");
    let mut paths: Vec<_> = fs::read_dir(directory)
        .expect("the fixtures are there")
        .map(|entry| entry.expect("the fixtures can be listed").path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).expect("a fixture is readable");
            let messages = text.lines().filter_map(|line| {
                let (direction, digits) = line.split_once(' ')?;
                let from_phone = match direction {
                    "C>S" => true,
                    "S>C" => false,
                    _ => return None,
                };
                Some((
                    from_phone,
                    hex::decode(digits).expect("a message is in hex"),
                ))
            });
            Conversation {
                messages: messages.collect(),
            }
        })
        .collect()
}

/// Every recorded message, each once.
pub fn messages() -> Vec<Vec<u8>> {
    let mut messages: Vec<_> = conversations()
        .into_iter()
        .flat_map(|conversation| conversation.messages)
        .map(|(_, bytes)| bytes)
        .collect();
    messages.sort();
    messages.dedup();
    messages
}

/// Every recorded certificate in DER, each once.
pub fn certificates() -> Vec<Vec<u8>> {
    elements(|element| match element {
        Element::Certificate(item) => Some(item.der.clone()),
        Element::SudiData(sudi) => Some(sudi.certificate.clone()),
        _ => None,
    })
}

/// Every recorded public key in DER, each once.
pub fn public_keys() -> Vec<Vec<u8>> {
    elements(|element| match element {
        Element::PublicKey(der) => Some(der.clone()),
        _ => None,
    })
}

fn elements(wanted: impl Fn(&Element) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut found: Vec<_> = messages()
        .iter()
        .flat_map(|bytes| Message::decode(bytes).expect("it decodes").elements)
        .filter_map(|element| wanted(&element))
        .collect();
    found.sort();
    found.dedup();
    assert!(!found.is_empty(), "the recordings have such an element");
    found
}

/// Writes a target's seeds to `seeds/TARGET`, and makes `corpus/TARGET` for what will be found.
/// Each target does so when it starts, so that seeds cannot fall behind what they are made from.
pub fn plant(target: &str, seeds: impl IntoIterator<Item = Vec<u8>>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let directory = root.join("seeds").join(target);
    fs::create_dir_all(root.join("corpus").join(target)).expect("the corpus has a directory");
    fs::create_dir_all(&directory).expect("the seeds have a directory");
    for (number, seed) in seeds.into_iter().enumerate() {
        let path = directory.join(format!("{number:03}"));
        // Several processes of a target may run at once, and read what is there.
        if fs::read(&path).ok().as_ref() != Some(&seed) {
            let whole = directory.join(format!(".{number:03}.{}", std::process::id()));
            fs::write(&whole, seed)
                .and_then(|()| fs::rename(&whole, &path))
                .expect("a seed can be written");
        }
    }
}
