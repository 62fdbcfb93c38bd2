//! What is done to the messages of a phone.

use capf::wire::Message;

use crate::random::Random;

/// Changes what a phone says, in one to three places.
pub(crate) fn mutate(said: &mut Vec<Vec<u8>>, random: &mut Random) {
    for _ in 0..=random.below(3) {
        if said.is_empty() {
            return;
        }
        let index = random.below(said.len());
        match random.below(12) {
            0 => said.insert(index, said[index].clone()),
            1 => drop(said.remove(index)),
            2 => {
                let other = random.below(said.len());
                said.swap(index, other);
            }
            _ => change(&mut said[index], random),
        }
    }
}

/// Changes one message.
fn change(message: &mut Vec<u8>, random: &mut Random) {
    // Half of the blows fall on the beginning, where the short elements stand.
    let reach = if random.below(2) == 0 { 64 } else { usize::MAX };
    let at = random.below(message.len().clamp(1, reach));
    let rest = message.len() - at.min(message.len());
    match random.below(9) {
        0 => message.truncate(at),
        1 => drop(message.drain(at..at + rest.min(1 + random.below(8)))),
        2 => drop(message.splice(at..at, bytes(random))),
        3 => {
            let tag = random.byte();
            let value = bytes(random);
            let length = u16::try_from(value.len()).unwrap().to_be_bytes();
            message.extend([&[tag], &length[..], &value].concat());
            announce_what_is_there(message);
        }
        4 => {
            message.drain(at..at + rest.min(1 + random.below(8)));
            announce_what_is_there(message);
        }
        5 => write_length(message, 6, random),
        6 => {
            let elements = lengths_of_elements(message);
            if !elements.is_empty() {
                write_length(message, elements[random.below(elements.len())], random);
            }
        }
        7 => {
            if let Some(byte) = message.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        _ => {
            if let Some(byte) = message.get_mut(at) {
                *byte = random.byte();
            }
        }
    }
}

fn bytes(random: &mut Random) -> Vec<u8> {
    (0..=random.below(16)).map(|_| random.byte()).collect()
}

/// Lets the header announce the body that is there.
fn announce_what_is_there(message: &mut [u8]) {
    let length = message.len().saturating_sub(Message::HEADER_LENGTH);
    if let Some(place) = message.get_mut(6..8) {
        place.copy_from_slice(&u16::try_from(length).unwrap().to_be_bytes());
    }
}

/// Writes a wrong length over the one that stands there.
fn write_length(message: &mut [u8], at: usize, random: &mut Random) {
    let Some(place) = message.get_mut(at..at + 2) else {
        return;
    };
    let length = u16::from_be_bytes([place[0], place[1]]);
    let wrong = match random.below(6) {
        0 => 0,
        1 => u16::MAX,
        2 => length.wrapping_add(1),
        3 => length.wrapping_sub(1),
        4 => length / 2,
        _ => u16::from_be_bytes([random.byte(), random.byte()]),
    };
    place.copy_from_slice(&wrong.to_be_bytes());
}

/// Where the lengths of the elements stand.
fn lengths_of_elements(message: &[u8]) -> Vec<usize> {
    let mut places = Vec::new();
    let mut at = Message::HEADER_LENGTH + 1;
    while let Some(length) = message.get(at..at + 2) {
        places.push(at);
        at += 3 + usize::from(u16::from_be_bytes([length[0], length[1]]));
    }
    places
}
