//! The wire protocol against every recorded conversation: each message comes back byte for byte,
//! and nothing that is done to its bytes does more than fail.
//!
//! What the messages mean, and what a server must answer, is not tested here.

mod conversation;
#[path = "support/random.rs"]
mod random;

use capf::wire::{Command, Message};
use conversation::{Conversation, Direction};
use random::Random;

/// Every message of every conversation, with words to find it by.
fn messages() -> impl Iterator<Item = (String, Vec<u8>)> {
    conversation::all().into_iter().flat_map(|conversation| {
        let name = conversation.name;
        conversation
            .lines
            .into_iter()
            .enumerate()
            .map(move |(index, (_, bytes))| (format!("{name}, message {index}"), bytes))
    })
}

fn decoded(conversation: &Conversation) -> Vec<(Direction, Message)> {
    conversation
        .lines
        .iter()
        .map(|(direction, bytes)| (*direction, Message::decode(bytes).expect("it decodes")))
        .collect()
}

#[test]
fn every_conversation_is_there_and_states_its_verdict() {
    let all = conversation::all();
    assert_eq!(all.len(), 17);
    assert_eq!(messages().count(), 93);
    for conversation in &all {
        assert!(
            conversation.verdict.starts_with("every message decodes; "),
            "{}",
            conversation.name
        );
    }
}

#[test]
fn every_message_encodes_to_the_bytes_that_it_was_decoded_from() {
    for (name, bytes) in messages() {
        let message = Message::decode(&bytes).expect(&name);
        assert_eq!(message.encode().as_ref(), Ok(&bytes), "{name}");
        assert_eq!(message.unknown_elements().count(), 0, "{name}");
    }
}

#[test]
fn the_commands_are_those_of_the_stated_flow() {
    for conversation in conversation::all() {
        let commands: Vec<String> = decoded(&conversation)
            .iter()
            .map(|(_, message)| message.command.to_string())
            .collect();
        assert_eq!(commands, conversation.flow, "{}", conversation.name);
    }
}

#[test]
fn the_server_speaks_first_and_last_and_every_message_repeats_the_session_id() {
    for conversation in conversation::all() {
        let messages = decoded(&conversation);
        let name = &conversation.name;
        let (first_by, first) = messages.first().expect(name);
        let (last_by, last) = messages.last().expect(name);
        assert_eq!(
            [*first_by, *last_by],
            [Direction::FromServer, Direction::FromServer],
            "{name}"
        );
        assert_eq!(last.command, Command::END_SESSION, "{name}");
        let reason = last.reason().map(|reason| reason.to_string());
        assert_eq!(reason.as_ref(), Some(&conversation.ends), "{name}");
        assert!(
            messages
                .iter()
                .all(|(_, message)| message.session_id == first.session_id),
            "{name}"
        );
    }
}

#[test]
fn a_message_cut_anywhere_is_refused() {
    for (name, bytes) in messages() {
        for end in 0..bytes.len() {
            assert!(
                Message::decode(&bytes[..end]).is_err(),
                "{name} cut at {end}"
            );
        }
    }
}

#[test]
fn a_body_cut_anywhere_under_a_header_that_agrees_is_refused_or_comes_back() {
    for (name, bytes) in messages() {
        for end in Message::HEADER_LENGTH..bytes.len() {
            let mut cut = bytes[..end].to_vec();
            let length = u16::try_from(end - Message::HEADER_LENGTH).expect("a u16 held it");
            cut[6..8].copy_from_slice(&length.to_be_bytes());
            if let Ok(message) = Message::decode(&cut) {
                assert_eq!(message.encode(), Ok(cut), "{name} cut at {end}");
            }
        }
    }
}

#[test]
fn one_byte_too_many_is_refused() {
    for (name, mut bytes) in messages() {
        bytes.push(0);
        assert!(Message::decode(&bytes).is_err(), "{name}");
    }
}

#[test]
fn a_thousand_mutations_of_each_message_are_refused_or_come_back() {
    for (seed, (name, bytes)) in messages().enumerate() {
        let mut random = Random::new(seed as u64);
        for round in 0..1000 {
            let mut mutated = bytes.clone();
            for _ in 0..=random.below(4) {
                // Half of the blows fall on the beginning, where the short elements stand.
                let reach = if random.below(2) == 0 { 64 } else { usize::MAX };
                let at = random.below(mutated.len().min(reach));
                mutated[at] = random.byte();
            }
            if let Ok(message) = Message::decode(&mutated) {
                assert_eq!(message.encode(), Ok(mutated), "{name}, round {round}");
            }
        }
    }
}
