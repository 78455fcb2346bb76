//! A slot: a few bytes with a number and a checksum, so that a reader sees whether it has all of them.
//!
//! Words 0 number, 1 length in bytes, 2 CRC-32 of the two and the bytes; then the bytes. All zeros: never written.

use crate::memory::Memory;

/// Bytes before the content.
pub const HEAD_BYTES: usize = 12;

/// What a slot holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Slot<'a> {
    /// Nothing was ever written.
    Empty,
    /// Its parts do not belong together.
    Torn,
    /// Number and content.
    Whole(u32, &'a [u8]),
}

fn checksum(number: u32, content: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&number.to_ne_bytes());
    hasher.update(&(content.len() as u32).to_ne_bytes());
    hasher.update(content);
    hasher.finalize()
}

/// Writes a slot that fills the memory; false if the content is too long, and nothing is written then.
pub fn write(memory: &Memory, number: u32, content: &[u8]) -> bool {
    if content.len() > memory.len() - HEAD_BYTES {
        return false;
    }
    memory.set_word(0, number);
    memory.set_word(1, content.len() as u32);
    memory.set_word(2, checksum(number, content));
    for (index, bytes) in content.chunks(4).enumerate() {
        let mut word = [0; 4];
        word[..bytes.len()].copy_from_slice(bytes);
        memory.set_word(HEAD_BYTES / 4 + index, u32::from_ne_bytes(word));
    }
    true
}

/// Reads a slot that fills the bytes.
pub fn read(bytes: &[u8]) -> Slot<'_> {
    let word = |index: usize| {
        let word = bytes.get(index * 4..index * 4 + 4).and_then(|word| word.try_into().ok());
        word.map_or(0, u32::from_ne_bytes)
    };
    let (number, length, crc) = (word(0), word(1), word(2));
    if (number, length, crc) == (0, 0, 0) {
        return Slot::Empty;
    }
    let content = bytes.get(HEAD_BYTES..).and_then(|rest| rest.get(..length as usize));
    match content.filter(|content| checksum(number, content) == crc) {
        Some(content) => Slot::Whole(number, content),
        None => Slot::Torn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(memory: &Memory) -> Vec<u8> {
        (0..memory.len()).map(|offset| memory.byte(offset)).collect()
    }

    #[test]
    fn what_is_written_is_read_and_what_is_cut_is_torn() {
        let memory = Memory::zeroed(64).unwrap();
        assert_eq!(read(&bytes(&memory)), Slot::Empty);
        assert!(write(&memory, 7, b"hello"));
        assert_eq!(read(&bytes(&memory)), Slot::Whole(7, b"hello"));
        assert!(write(&memory, 8, b""));
        assert_eq!(read(&bytes(&memory)), Slot::Whole(8, b""));
        assert!(write(&memory, 9, &[1; 52]) && !write(&memory, 10, &[1; 53]));
        let whole = bytes(&memory);
        assert_eq!(read(&whole), Slot::Whole(9, &[1; 52]));
        for end in 4..whole.len() {
            assert_eq!(read(&whole[..end]), Slot::Torn, "{end}");
        }
        assert_eq!(read(&[]), Slot::Empty);
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let memory = Memory::zeroed(64).unwrap();
        write(&memory, 3, &[0x5a; 52]);
        for bit in 0..64 * 8 {
            let mut bytes = bytes(&memory);
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&bytes), Slot::Torn, "{bit}");
        }
    }
}
