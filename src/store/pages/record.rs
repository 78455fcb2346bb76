//! One record: where its parts are, and reading and writing them.

use super::codes::{RequestKind, State};
use crate::error::Result;
use crate::limits::LABEL_BYTES;
use crate::memory::Memory;
use crate::store::registry::{Field, OTHER_BYTE, OTHER_WORD, Scalar, SlotSpec, decode, encode};
use crate::text;

/// Byte offsets within a record.
pub mod byte {
    /// State code.
    pub const STATE: usize = 0;
    /// Kind code.
    pub const KIND: usize = 1;
    /// Bytes of the label that are in use.
    pub const LABEL_LENGTH: usize = 2;
    /// Kind of the context and of its label. 1 and 2 for a context that ends by itself although it has a parent: 1 with a
    /// name of its own, 2 with its parent's. For a request, 3 if its label is its method and path, and 4 if it is its method
    /// and route. 0 for one with a name or none, and for a child, which ends with its parent.
    pub const INNER: usize = 3;
    /// First byte field.
    pub const FIELDS: usize = 20;
    /// Field of the built-in slot `phase`: 0 render, 1 action, 2 route handler.
    pub const PHASE: usize = FIELDS + 1;
    /// First byte of the label.
    pub const LABEL: usize = 64;
}

/// Codes of [`byte::INNER`].
pub const OWN_LABEL: u8 = 1;
/// Its parent's label.
pub const BORROWED_LABEL: u8 = 2;
/// A label of method and path.
pub const PATH_LABEL: u8 = 3;
/// A label of method and route.
pub const ROUTE_LABEL: u8 = 4;

/// Word indexes within a record.
pub mod word {
    /// When the context was made, ms on the coarse clock.
    pub const STARTED: usize = 1;
    /// When the context was last entered, or else when it responded or, without a response, closed; ms on the coarse clock.
    pub const TOUCHED: usize = 2;
    /// Id of the parent, low half.
    pub const PARENT_LOW: usize = 3;
    /// Id of the parent, high half.
    pub const PARENT_HIGH: usize = 4;
    /// First counter field.
    pub const COUNTERS: usize = 13;
    /// First word of the label.
    pub const LABEL: usize = super::byte::LABEL / 4;
}

/// Word indexes within the header record.
pub mod header {
    /// `PAGE_MAGIC`.
    pub const MAGIC: usize = 0;
    /// `LAYOUT_VERSION`.
    pub const VERSION: usize = 1;
    /// Id of the thread that the page was made for.
    pub const THREAD: usize = 2;
    /// Id of the header record, low half: page id times 256.
    pub const ID_LOW: usize = 3;
    /// Id of the header record, high half.
    pub const ID_HIGH: usize = 4;
    /// Index of the next free record; JavaScript writes it.
    pub const CURSOR: usize = 5;
    /// Records in the page.
    pub const RECORD_COUNT: usize = 6;
    /// How many records have been taken by tasks and outgoing work inside a request; JavaScript writes it. Where there are none,
    /// nobody waits for what is in the page.
    pub const NESTED: usize = 7;
}

/// A view of one record. Every read is of this moment: JavaScript may write between two of them.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    memory: &'a Memory,
    // Word index of the record in its page.
    base: usize,
}

impl<'a> Record<'a> {
    pub(crate) fn new(memory: &'a Memory, base: usize) -> Self {
        Self { memory, base }
    }

    /// Reads a word of the record; `index` from 0 to 31.
    pub fn word(&self, index: usize) -> u32 {
        self.memory.word(self.base + index)
    }

    /// Writes a word of the record; `index` from 0 to 31.
    pub fn set_word(&self, index: usize, value: u32) {
        self.memory.set_word(self.base + index, value);
    }

    /// Reads a byte of the record; `offset` from 0 to 127.
    pub fn byte(&self, offset: usize) -> u8 {
        self.memory.byte(self.base * 4 + offset)
    }

    /// Writes a byte of the record; `offset` from 0 to 127.
    pub fn set_byte(&self, offset: usize, value: u8) {
        self.memory.set_byte(self.base * 4 + offset, value);
    }

    /// The state of the request.
    pub fn state(&self) -> State {
        State::from_code(self.byte(byte::STATE))
    }

    /// What sort of request it is. JavaScript only writes that it is one of the App Router; its phase shows which
    /// it is.
    pub fn kind(&self) -> RequestKind {
        match (RequestKind::from_code(self.byte(byte::KIND)), self.byte(byte::PHASE)) {
            (RequestKind::AppPage, 1) => RequestKind::Action,
            (RequestKind::AppPage, 2) => RequestKind::AppRoute,
            (kind, _) => kind,
        }
    }

    /// True for a context that ends with its parent.
    pub fn is_child(&self) -> bool {
        self.parent().is_some() && self.byte(byte::INNER) == 0
    }

    /// True for a context that has the label of the one it was made in.
    pub fn has_borrowed_label(&self) -> bool {
        self.byte(byte::INNER) == BORROWED_LABEL
    }

    /// True for a request that has no name but its method and path.
    pub fn has_path_label(&self) -> bool {
        self.byte(byte::INNER) == PATH_LABEL
    }

    /// Id of the context that this one was made in; none for a request.
    pub fn parent(&self) -> Option<u64> {
        let (low, high) = (self.word(word::PARENT_LOW), self.word(word::PARENT_HIGH));
        Some(u64::from(high) << 32 | u64::from(low)).filter(|id| *id != 0)
    }

    /// The label, safe to show whatever is in the memory. A read that meets a half-written label shows U+FFFD for what is
    /// not UTF-8.
    pub fn label(&self) -> String {
        let mut buffer = [0; LABEL_BYTES];
        text::shown(self.label_bytes(&mut buffer))
    }

    /// Whether the label, as it is shown, contains a text.
    pub fn label_contains(&self, part: &str) -> bool {
        let mut buffer = [0; LABEL_BYTES];
        let bytes = self.label_bytes(&mut buffer);
        text::plain(bytes).map_or_else(|| text::shown(bytes).contains(part), |label| label.contains(part))
    }

    /// The label's bytes, read into `buffer`.
    pub fn label_bytes<'b>(&self, buffer: &'b mut [u8; LABEL_BYTES]) -> &'b [u8] {
        let length = usize::from(self.byte(byte::LABEL_LENGTH)).min(LABEL_BYTES);
        for (index, word) in buffer.chunks_exact_mut(4).take(length.div_ceil(4)).enumerate() {
            word.copy_from_slice(&self.word(word::LABEL + index).to_ne_bytes());
        }
        &buffer[..length]
    }

    /// Writes the label: unsafe characters as "?", cut before the first character that does not fit into 64 bytes. The one
    /// place that writes a label; nothing outside the label's own bytes changes, and nothing is left of the one before.
    pub fn set_label(&self, label: &str) {
        let (mut bytes, mut length) = ([0; LABEL_BYTES], 0);
        for character in label.chars().map(text::safe) {
            let Some(place) = bytes.get_mut(length..length + character.len_utf8()) else { break };
            character.encode_utf8(place);
            length += character.len_utf8();
        }
        for (index, word) in bytes.as_chunks().0.iter().enumerate() {
            self.set_word(word::LABEL + index, u32::from_ne_bytes(*word));
        }
        self.set_byte(byte::LABEL_LENGTH, length as u8);
    }

    /// Names the context: a label of its own, which takes the place of a path or of its parent's.
    pub fn set_name(&self, name: &str) {
        match self.byte(byte::INNER) {
            BORROWED_LABEL => self.set_byte(byte::INNER, OWN_LABEL),
            PATH_LABEL | ROUTE_LABEL => self.set_byte(byte::INNER, 0),
            _ => {}
        }
        self.set_label(name);
    }

    /// The value in a field; none if JavaScript holds it.
    pub fn slot(&self, spec: &SlotSpec, field: Field) -> Option<Scalar> {
        match field {
            Field::Byte(index) => match self.byte(byte::FIELDS + index) {
                OTHER_BYTE => None,
                code => decode(spec, u32::from(code)),
            },
            Field::Counter(index) => match self.word(word::COUNTERS + index) {
                OTHER_WORD => None,
                code => decode(spec, code),
            },
        }
    }

    /// Writes the value of a field.
    ///
    /// # Errors
    /// `SlotKind` if the value is outside the slot's domain; the field is unchanged then.
    pub fn set_slot(&self, spec: &SlotSpec, field: Field, value: &Scalar) -> Result<()> {
        let code = encode(spec, value)?;
        match field {
            // Codes of byte fields are below 250 (`ENUM_VARIANTS`).
            Field::Byte(index) => self.set_byte(byte::FIELDS + index, code as u8),
            Field::Counter(index) => self.set_word(word::COUNTERS + index, code),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{BYTE_FIELDS, COUNTER_FIELDS, RECORD_BYTES, RECORD_WORDS};

    #[test]
    fn the_phase_field_is_the_one_of_the_registry() {
        let registry = crate::store::registry::Registry::with_builtins();
        let phase = registry.list().iter().find(|slot| slot.spec.key == "phase").unwrap();
        assert_eq!(phase.field, Some(Field::Byte(byte::PHASE - byte::FIELDS)));
        for (code, name) in ["render", "action", "route-handler"].into_iter().enumerate() {
            assert_eq!(encode(&phase.spec, &Scalar::Text(name.into())), Ok(code as u32));
        }
    }

    #[test]
    fn an_app_request_is_what_its_phase_says() {
        let memory = Memory::zeroed(RECORD_BYTES).unwrap();
        let record = Record::new(&memory, 0);
        for (kind, phase, expected) in [
            (RequestKind::AppPage, 0, RequestKind::AppPage),
            (RequestKind::AppPage, 1, RequestKind::Action),
            (RequestKind::AppPage, 2, RequestKind::AppRoute),
            (RequestKind::Regeneration, 2, RequestKind::Regeneration),
        ] {
            record.set_byte(byte::KIND, kind as u8);
            record.set_byte(byte::PHASE, phase);
            assert_eq!(record.kind(), expected);
        }
    }

    #[test]
    fn the_parts_of_a_record_do_not_overlap() {
        let mut owner = [0; RECORD_BYTES];
        let parts = [
            (byte::STATE, 1),
            (byte::KIND, 1),
            (byte::LABEL_LENGTH, 1),
            (byte::INNER, 1),
            (word::STARTED * 4, 4),
            (word::TOUCHED * 4, 4),
            (word::PARENT_LOW * 4, 4),
            (word::PARENT_HIGH * 4, 4),
            (byte::FIELDS, BYTE_FIELDS),
            (word::COUNTERS * 4, COUNTER_FIELDS * 4),
            (byte::LABEL, LABEL_BYTES),
        ];
        for (start, length) in parts {
            owner[start..start + length].iter_mut().for_each(|uses| *uses += 1);
        }
        assert!(owner.iter().all(|uses| *uses == 1));
    }

    #[test]
    fn a_torn_label_is_shown_lossily() {
        let memory = Memory::zeroed(RECORD_BYTES).unwrap();
        let record = Record::new(&memory, 0);
        record.set_label("aé");
        record.set_byte(byte::LABEL_LENGTH, 2);
        assert_eq!(record.label(), "a\u{fffd}");
        record.set_byte(byte::LABEL_LENGTH, 255);
        assert_eq!(record.label().chars().count(), LABEL_BYTES - 1);
        assert_eq!(RECORD_WORDS, 32);
    }

    #[test]
    fn a_label_is_safe_and_changes_nothing_but_itself() {
        let memory = Memory::zeroed(3 * RECORD_BYTES).unwrap();
        (0..3 * RECORD_WORDS).for_each(|index| memory.set_word(index, 0xabab_abab));
        let record = Record::new(&memory, RECORD_WORDS);
        for (given, kept) in [
            ("a".repeat(100_000), "a".repeat(64)),
            ("a\u{202e}\u{61c}\n".into(), "a???".into()),
            (format!("{}é", "a".repeat(63)), "a".repeat(63)),
            ("😀".repeat(17), "😀".repeat(16)),
            (String::new(), String::new()),
        ] {
            record.set_label(&given);
            assert_eq!(record.label(), kept);
            let changed = |index: &usize| memory.word(*index) != 0xabab_abab;
            let first = RECORD_WORDS + word::LABEL;
            assert!(
                (0..3 * RECORD_WORDS)
                    .filter(changed)
                    .all(|index| index == RECORD_WORDS || index >= first && index < 2 * RECORD_WORDS)
            );
        }
        assert_eq!(
            (16..32).map(|index| record.word(index)).sum::<u32>(),
            0,
            "nothing is left of the last one"
        );
        // Arbitrary memory is safe to read.
        record.set_byte(byte::LABEL, 0x1b);
        record.set_byte(byte::LABEL_LENGTH, 1);
        assert_eq!(record.label(), "?");
    }

    #[test]
    fn parents_are_64_bits_wide() {
        let memory = Memory::zeroed(RECORD_BYTES).unwrap();
        let record = Record::new(&memory, 0);
        assert_eq!(record.parent(), None);
        record.set_word(word::PARENT_LOW, 5);
        record.set_word(word::PARENT_HIGH, 2);
        assert_eq!(record.parent(), Some((2 << 32) + 5));
    }
}
