//! Takes the bytes of a flight recording apart.

use std::collections::BTreeMap;
use std::iter::successors;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::recorded::{Corrupt, Stall};
use super::{Fault, Wrong};
use crate::error::{self, Error};
use crate::limits::{LABEL_BYTES, LAYOUT_VERSION, PAGE_BYTES, PARENTS, THREAD_BLOCK_BYTES};
use crate::memory::Memory;
use crate::recorder::format::{
    BLOCKS, BYTE_ORDER, HEADER, Header, MAGIC, OUTSIDE_BYTES, OUTSIDE_RECORD, PAGE_STRIDE, PAGES_START,
    SIGNALS, SLOT_BYTES, SNAPSHOTS, STALL_SLOTS, Snapshot, VERSION, size,
};
use crate::recorder::slot::{self, Slot};
use crate::store::clock::AHEAD_MS;
use crate::store::layout_hash;
use crate::store::pages::record::{ROUTE_LABEL, byte};
use crate::store::pages::{ContextId, Page, Record, RequestKind, State};
use crate::store::threads::block;

/// The last millisecond that a date of JavaScript can have.
const LAST_MS: u64 = 8_640_000_000_000_000;

/// The parts, each checked as far as it can be.
pub struct Parts {
    pub header: Header,
    pub snapshot: Option<Snapshot>,
    pub pages: BTreeMap<u64, Page>,
    pub outside: Copies,
    /// The words of those that have an owner.
    pub blocks: Vec<Vec<u32>>,
    pub stalls: Vec<Stall>,
    pub corrupt: Corrupt,
    pub capacity: usize,
    /// The signal that ended the process, and the last one that it handled.
    pub signals: [Option<&'static str>; 2],
    /// Another program was about to take its place.
    pub replaced: bool,
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|word| u32::from_ne_bytes([word[0], word[1], word[2], word[3]]))
}

impl Parts {
    pub fn of(bytes: &[u8]) -> Result<Self, Wrong> {
        let truncated = |expected: usize| {
            let reason = format!("it has {} of {expected} bytes", bytes.len());
            (Fault::Truncated, reason)
        };
        let prefix: Vec<u32> = words(bytes.get(MAGIC.len()..MAGIC.len() + 8).unwrap_or_default()).collect();
        let [version, byte_order] = prefix[..] else { return Err(truncated(PAGES_START)) };
        if byte_order == BYTE_ORDER.swap_bytes() {
            return Err((
                Fault::Version,
                "it was written on a machine with another byte order; read it on such a machine".to_owned(),
            ));
        }
        if byte_order != BYTE_ORDER {
            return Err((Fault::Torn, "its byte order mark is invalid".to_owned()));
        }
        if version != VERSION {
            let reason = format!(
                "it has format version {version}, and this onescope reads version {VERSION}; read it with the onescope that wrote it"
            );
            return Err((Fault::Version, reason));
        }
        let header = header(bytes.get(HEADER).ok_or_else(|| truncated(PAGES_START))?)?;
        if header.layout_version != LAYOUT_VERSION || header.layout_hash != layout_hash() {
            let reason = format!(
                "it was written by onescope {}, which has another record layout; read it with that version",
                header.onescope
            );
            return Err((Fault::Version, reason));
        }
        let expected = size(header.pages, header.outside).unwrap_or(usize::MAX);
        let rest = bytes.get(PAGES_START..expected).ok_or_else(|| truncated(expected))?;
        let (page_bytes, copies) = rest.split_at(header.pages * PAGE_STRIDE);

        let mut corrupt = Corrupt::default();
        let snapshot = snapshot(&bytes[SNAPSHOTS], &mut corrupt);
        let stalls = stalls(&bytes[STALL_SLOTS], &mut corrupt);
        let blocks = bytes[BLOCKS].chunks_exact(THREAD_BLOCK_BYTES).map(|block| words(block).collect());
        let blocks = blocks.filter(|words: &Vec<u32>| words[block::OWNER] != 0).collect();
        let no_memory = |error: Error| (Fault::Unreadable, error.to_string());
        let pages = pages(page_bytes, &mut corrupt).map_err(no_memory)?;
        let outside = Copies::of(copies, &mut corrupt).map_err(no_memory)?;
        let capacity = header.pages;
        let noted: Vec<u32> = words(&bytes[SIGNALS]).take(3).collect();
        let signals = [noted[0], noted[1]].map(signal_name);
        let replaced = noted[2] == 1;
        Ok(Self { header, snapshot, pages, outside, blocks, stalls, corrupt, capacity, signals, replaced })
    }
}

/// Names of the signals that are noted, by their numbers on Linux.
fn signal_name(number: u32) -> Option<&'static str> {
    let names = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE"];
    match number {
        15 => Some("SIGTERM"),
        1..=8 => Some(names[number as usize - 1]),
        _ => None,
    }
}

/// The header, from its slot.
fn header(bytes: &[u8]) -> Result<Header, Wrong> {
    match slot::read(bytes) {
        Slot::Whole(_, content) => match serde_json::from_slice::<Header>(content) {
            Ok(header) if is_time(header.started_at_ms) => Ok(header),
            Ok(_) => Err((Fault::Torn, "its header is invalid: the start time is out of range".to_owned())),
            Err(error) => Err((Fault::Torn, format!("its header is invalid: {error}"))),
        },
        Slot::Torn | Slot::Empty => Err((Fault::Torn, "its header fails its checksum".to_owned())),
    }
}

/// False for what JavaScript has no date for, also a day later.
fn is_time(ms: u64) -> bool {
    ms <= LAST_MS - u64::from(AHEAD_MS)
}

/// False for what is not a line of the watchdog, as far as a reader relies on it: see `watchdog/report.rs`.
fn is_report(report: &Value) -> bool {
    let is_request = |request: &Value| request.is_null() || request["label"].is_string();
    let is_stall = report["onescope"] == "stall";
    report["onescope"].is_string()
        && report["thread"].is_u64()
        && report["blockedMs"].is_u64()
        && report.get("request").is_some_and(is_request)
        && (!is_stall || (report["stack"].is_array() && report["confidence"].is_string()))
}

/// Numbers and contents of the slots that are whole and hold what they should; the others are counted.
fn slots<T: DeserializeOwned>(bytes: &[u8], is_right: fn(&T) -> bool, corrupt: &mut usize) -> Vec<(u32, T)> {
    let mut found = Vec::new();
    for slot in bytes.chunks_exact(SLOT_BYTES) {
        let content = match slot::read(slot) {
            Slot::Whole(number, content) => {
                serde_json::from_slice(content).ok().map(|content| (number, content))
            }
            Slot::Torn => None,
            Slot::Empty => continue,
        };
        match content.filter(|(_, content)| is_right(content)) {
            Some(right) => found.push(right),
            None => *corrupt += 1,
        }
    }
    found
}

/// The later of two snapshots.
fn snapshot(bytes: &[u8], corrupt: &mut Corrupt) -> Option<Snapshot> {
    let found = slots(bytes, |snapshot: &Snapshot| is_time(snapshot.at_ms), &mut corrupt.snapshots);
    found.into_iter().reduce(|a, b| if is_later(b.0, a.0) { b } else { a }).map(|(_, snapshot)| snapshot)
}

/// Numbers wrap.
fn is_later(number: u32, other: u32) -> bool {
    number.wrapping_sub(other) < u32::MAX / 2
}

fn stalls(bytes: &[u8], corrupt: &mut Corrupt) -> Vec<Stall> {
    let is_right = |stall: &Stall| is_time(stall.at_ms) && is_report(&stall.report);
    let mut found = slots(bytes, is_right, &mut corrupt.stalls);
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, stall)| stall).collect()
}

fn pages(bytes: &[u8], corrupt: &mut Corrupt) -> error::Result<BTreeMap<u64, Page>> {
    let mut pages = BTreeMap::new();
    for frame in bytes.chunks_exact(PAGE_STRIDE) {
        // The magic number is written last and cleared first.
        if frame[..4] == [0; 4] {
            continue;
        }
        match Page::from_memory(memory_of(&frame[..PAGE_BYTES])?) {
            Some(page) if !pages.contains_key(&page.id()) => drop(pages.insert(page.id(), page)),
            _ => corrupt.pages += 1,
        }
    }
    Ok(pages)
}

fn memory_of(bytes: &[u8]) -> error::Result<Memory> {
    let memory = Memory::zeroed(bytes.len())?;
    words(bytes).enumerate().for_each(|(index, word)| memory.set_word(index, word));
    Ok(memory)
}

/// Copies of contexts whose pages were not in the file.
pub struct Copies {
    memory: Memory,
    places: BTreeMap<u64, usize>,
}

impl Copies {
    fn of(bytes: &[u8], corrupt: &mut Corrupt) -> error::Result<Self> {
        let mut copies = Self { memory: memory_of(bytes)?, places: BTreeMap::new() };
        for place in 0..bytes.len() / OUTSIDE_BYTES {
            let word = |index| copies.memory.word(place * OUTSIDE_BYTES / 4 + index);
            if word(0) == 0 {
                continue;
            }
            let id = u64::from(word(1)) << 32 | u64::from(word(0));
            let sound = ContextId::new(id).is_ok_and(|id| id.index() != 0) && is_sound(copies.record(place));
            if !sound || copies.places.insert(id, place).is_some() {
                corrupt.records += 1;
            }
        }
        Ok(copies)
    }

    fn record(&self, place: usize) -> Record<'_> {
        Record::new(&self.memory, (place * OUTSIDE_BYTES + OUTSIDE_RECORD) / 4)
    }

    /// Id, thread and record of each.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u32, Record<'_>)> {
        let thread = |place: usize| self.memory.word(place * OUTSIDE_BYTES / 4 + 2);
        self.places.iter().map(move |(id, place)| (*id, thread(*place), self.record(*place)))
    }

    fn find(&self, id: u64) -> Option<(u64, Record<'_>)> {
        self.places.get(&id).map(|place| (id, self.record(*place)))
    }
}

/// False for a record with a code that does not exist.
pub fn is_sound(record: Record<'_>) -> bool {
    usize::from(record.byte(byte::STATE)) < State::NAMES.len()
        && usize::from(record.byte(byte::KIND)) < RequestKind::NAMES.len()
        && usize::from(record.byte(byte::LABEL_LENGTH)) <= LABEL_BYTES
        && record.byte(byte::INNER) <= ROUTE_LABEL
}

/// The record of a context, if it is in one of the pages.
pub fn in_page(pages: &BTreeMap<u64, Page>, id: u64) -> Option<Record<'_>> {
    let place = ContextId::new(id).ok()?;
    let page = pages.get(&place.page())?;
    (place.index() < page.cursor()).then(|| page.record(place.index())).filter(|record| is_sound(*record))
}

/// The request that a context serves: itself, or what it was made in, as far as that is in the file.
pub fn root<'a>(pages: &'a BTreeMap<u64, Page>, outside: &'a Copies, id: u64) -> Option<(u64, Record<'a>)> {
    let find = |id| in_page(pages, id).map(|record| (id, record)).or_else(|| outside.find(id));
    successors(find(id), |(_, record)| record.parent().and_then(find)).take(PARENTS + 1).last()
}
