//! The layout of a flight recording, which docs/recorder.md describes too; a change to either increments `VERSION`.
//!
//! ```text
//! 0        64 bytes     magic "OSFLIGHT", version, byte order; then nothing
//! 64       8064 bytes   the header: one slot, written once
//! 8128     64 bytes     signals
//! 8192     2 × 4096     snapshots: two slots, written in turn
//! 16384    64 × 64      the blocks of the JavaScript threads (`store/threads.rs`)
//! 20480    16 × 4096    the last stall reports: slots, written in turn
//! 86016    N × 32960    pages of records (`store/pages/`), each with 192 bytes behind it
//! then     M × 192      copies of what is in flight in pages that are not in the file
//! ```

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::limits::{PAGE_BYTES, THREAD_BLOCK_BYTES};
use crate::store::pages::Totals;
use crate::text;

/// First bytes of every flight.
pub const MAGIC: [u8; 8] = *b"OSFLIGHT";

/// Version of the format. A reader takes its own only.
pub const VERSION: u32 = 2;

/// How a machine of another byte order would not read it.
pub const BYTE_ORDER: u32 = 0x0102_0304;

/// Magic, version and byte order.
pub const PREFIX: Range<usize> = 0..64;

/// The header's slot.
pub const HEADER: Range<usize> = 64..8128;

/// Three words: the signal that ended the process, and the last one that the program handled, or 0; 1 while the process
/// replaces itself by another program ([`How::Execve`]), else 0.
pub const SIGNALS: Range<usize> = 8128..8192;

/// Bytes of any other slot.
pub const SLOT_BYTES: usize = 4096;

/// The two slots of snapshots.
pub const SNAPSHOTS: Range<usize> = 8192..8192 + 2 * SLOT_BYTES;

/// Threads that a flight recording has room for. The blocks of further ones are not recorded.
pub const THREADS: usize = 64;

/// The blocks of the threads.
pub const BLOCKS: Range<usize> = SNAPSHOTS.end..SNAPSHOTS.end + THREADS * THREAD_BLOCK_BYTES;

/// Stall reports that a flight recording has room for. Further ones take the places of the oldest.
pub const STALLS: usize = 16;

/// The slots of stall reports.
pub const STALL_SLOTS: Range<usize> = BLOCKS.end..BLOCKS.end + STALLS * SLOT_BYTES;

/// Where the pages begin.
pub const PAGES_START: usize = STALL_SLOTS.end;

/// From one page to the next. Were it a multiple of 4096, the same record of all pages would want the same few lines of a
/// processor's cache: with thousands of requests in flight that cost each of them a tenth of a microsecond.
pub const PAGE_STRIDE: usize = PAGE_BYTES + 192;

/// Most bytes of a flight recording (1 GiB).
pub const MAX_BYTES: usize = 1 << 30;

/// Bytes of a copy of a context in flight whose page is not in the file: words 0 and 1 its id, 2 its thread; then the record.
pub const OUTSIDE_BYTES: usize = 192;

/// Where the record is in it.
pub const OUTSIDE_RECORD: usize = 64;

/// Fewest copies that there is room for.
const OUTSIDE_LEAST: usize = 64;

/// Fewest bytes of a flight recording: those of one page.
pub const MIN_BYTES: usize = PAGES_START + PAGE_STRIDE + OUTSIDE_LEAST * OUTSIDE_BYTES;

/// Pages and copies that a flight recording of so many bytes has room for; a sixteenth is for copies.
pub fn room(max_bytes: usize) -> (usize, usize) {
    let bytes = max_bytes.saturating_sub(PAGES_START);
    let outside = (bytes / 16 / OUTSIDE_BYTES).clamp(OUTSIDE_LEAST, 1 << 14);
    (bytes.saturating_sub(outside * OUTSIDE_BYTES) / PAGE_STRIDE, outside)
}

/// Bytes of a flight recording with so many pages and copies; none if there is no such number.
pub fn size(pages: usize, outside: usize) -> Option<usize> {
    let copies = outside.checked_mul(OUTSIDE_BYTES)?;
    pages.checked_mul(PAGE_STRIDE)?.checked_add(copies)?.checked_add(PAGES_START)
}

/// What is written about a process once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// Its id.
    pub pid: u32,
    /// When the recording began, ms since 1970.
    pub started_at_ms: u64,
    /// What the coarse clock showed then.
    pub started_clock: u32,
    /// Version of Node.
    pub node: String,
    /// Version of onescope.
    pub onescope: String,
    /// `LAYOUT_VERSION`.
    pub layout_version: u32,
    /// The layout's fingerprint.
    pub layout_hash: String,
    /// Pages that there is room for.
    pub pages: usize,
    /// Copies of contexts outside that there is room for.
    pub outside: usize,
    /// Names of the blocking calls that threads mark; the first has the code 1.
    pub calls: Vec<String>,
}

/// What is written about a process again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// When it was written, ms since 1970.
    pub at_ms: u64,
    /// What the coarse clock showed then.
    pub clock: u32,
    /// How many contexts there were.
    pub counters: Counters,
    /// What is not in the file.
    pub unrecorded: Unrecorded,
    /// How it ended; none as long as it did not.
    pub ending: Option<Ending>,
}

/// Contexts of the whole process, whether their pages are in the file or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    /// By what became of them.
    #[serde(flatten)]
    pub totals: Totals,
    /// Pages that JavaScript reaches.
    pub pages: u64,
    /// JavaScript threads.
    pub threads: u64,
}

/// What did not fit into the file, or was there before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unrecorded {
    /// Pages that JavaScript reaches and that are not in the file.
    pub pages: u64,
    /// Contexts in them that are in flight and of which there is no copy.
    pub in_flight: u64,
    /// Threads whose blocks are not in the file.
    pub threads: u64,
}

/// How a recording ended, as the process itself noted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ending {
    /// By what.
    pub how: How,
    /// The exit code, if it is one of an exit.
    pub code: Option<i32>,
    /// Class of the uncaught error that came before.
    pub error: Option<String>,
    /// First line of its message: [`first_line`].
    #[serde(default)]
    pub message: Option<String>,
}

impl Ending {
    /// An ending without an error.
    pub fn of(how: How, code: Option<i32>) -> Self {
        Self { how, code, error: None, message: None }
    }
}

/// Most bytes of an uncaught error's message.
const MESSAGE_BYTES: usize = 200;

/// First line of a message that is not empty, as people may see it, cut to [`MESSAGE_BYTES`]; none if there is none.
pub fn first_line(message: &str) -> Option<String> {
    let ends = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
    let line = message.split(ends).map(str::trim).find(|line| !line.is_empty())?;
    let mut line = text::clean(line);
    if line.len() > MESSAGE_BYTES {
        let mark = "…";
        let end = (0..=MESSAGE_BYTES - mark.len()).rev().find(|end| line.is_char_boundary(*end));
        line.truncate(end.unwrap_or(0));
        line.push_str(mark);
    }
    Some(line)
}

/// The endings that a process can note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It exited.
    Exit,
    /// It ended by an uncaught error.
    Error,
    /// The recording was stopped.
    Stopped,
    /// Another program took its place in the process. Never written: a word of [`SIGNALS`] shows it.
    Execve,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_message_a_clean_and_short_first_line_stays() {
        let line = |text: &str| first_line(text);
        assert_eq!(line("a\nb"), Some("a".to_owned()));
        assert_eq!(line("\r\n  a\u{1b}[2Jb \u{2028}c"), Some("a?[2Jb".to_owned()));
        assert_eq!((line(""), line(" \n ")), (None, None));
        assert_eq!(line(&"x".repeat(200)), Some("x".repeat(200)));
        for wide in ["x", "é", "日", "😀"] {
            let cut = line(&wide.repeat(201)).unwrap();
            assert!(cut.len() <= 200 && cut.len() > 190 && cut.ends_with('…'), "{cut}");
        }
    }

    #[test]
    fn the_regions_are_where_the_text_says() {
        assert_eq!((PREFIX.end, HEADER.end, SIGNALS.end, SNAPSHOTS.end), (64, 8128, 8192, 16384));
        assert_eq!((BLOCKS.end, STALL_SLOTS.end, PAGES_START), (20480, 86016, 86016));
        assert_eq!((PAGE_STRIDE, PAGE_STRIDE % 64), (32960, 0));
    }
}
