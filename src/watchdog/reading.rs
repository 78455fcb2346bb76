//! What a thread's block holds at one moment.

use crate::memory::Memory;
use crate::store::threads::{Thread, block};

/// The marker of a blocking call, which a thread writes before it enters the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryMarker {
    /// Code of the call, from 1.
    pub call: u32,
    /// Id of the context in which it began; 0 for none.
    pub id: u64,
}

/// What the watchdog knows of a thread without its help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Id of the thread.
    pub thread: u32,
    /// Its last heartbeat, a reading of the clock; 0 if it writes none.
    pub heartbeat: u32,
    /// The inspector port that is open in it; 0 for none.
    pub inspector_port: u16,
    /// Id of the context that it entered last; 0 for none.
    pub seen: u64,
    /// The blocking call that it is in.
    pub marker: Option<EntryMarker>,
}

/// How often a block that changes meanwhile is read again. The block of a blocked thread does not change.
const ATTEMPTS: usize = 3;

impl Reading {
    /// Reads a thread's block. All parts are of the same turn of its event loop: the heartbeat did not move between.
    pub fn of(thread: &Thread) -> Self {
        let mut reading = read(thread.id, &thread.block);
        for _ in 0..ATTEMPTS {
            let again = read(thread.id, &thread.block);
            if again == reading {
                return reading;
            }
            reading = again;
        }
        // It runs. Words of two moments would name the wrong request, so only the heartbeat is taken.
        Self { seen: 0, marker: None, ..reading }
    }
}

fn read(thread: u32, memory: &Memory) -> Reading {
    let pair = |low, high| u64::from(memory.word(high)) << 32 | u64::from(memory.word(low));
    let heartbeat = memory.word(block::HEARTBEAT);
    let inspector_port = u16::try_from(memory.word(block::INSPECTOR_PORT)).unwrap_or(0);
    let seen = pair(block::SEEN_LOW, block::SEEN_HIGH);
    let marker = match memory.word(block::CALL) {
        0 => None,
        call => Some(EntryMarker { call, id: pair(block::CALL_LOW, block::CALL_HIGH) }),
    };
    Reading { thread, heartbeat, inspector_port, seen, marker }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::threads::ThreadTable;

    #[test]
    fn shows_the_words_of_the_block() {
        let table = ThreadTable::default();
        let thread = table.attach().unwrap();
        assert_eq!(
            Reading::of(&thread),
            Reading { thread: 0, heartbeat: 0, inspector_port: 0, seen: 0, marker: None }
        );
        for (word, value) in [
            (block::HEARTBEAT, 7),
            (block::SEEN_LOW, 257),
            (block::SEEN_HIGH, 1),
            (block::CALL_LOW, 258),
            (block::CALL, 3),
        ] {
            thread.block.set_word(word, value);
        }
        let marker = Some(EntryMarker { call: 3, id: 258 });
        let expected = Reading { thread: 0, heartbeat: 7, inspector_port: 0, seen: (1 << 32) + 257, marker };
        assert_eq!(Reading::of(&thread), expected);
        thread.block.set_word(block::INSPECTOR_PORT, 9229);
        assert_eq!(Reading::of(&thread).inspector_port, 9229);
    }
}
