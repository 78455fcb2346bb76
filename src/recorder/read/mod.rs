//! Reads a flight recording: what a process that may be gone was at when it wrote last.
//!
//! Nothing in the file is trusted. What has a checksum is taken whole or not at all; records have none, because JavaScript
//! writes them, and one that cannot be right is left out and counted.

mod parts;
mod recorded;

use std::collections::BTreeMap;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::Read;
use std::path::Path;

use self::parts::{Copies, Parts, root};
pub use self::recorded::{Call, Corrupt, Recorded, Seen, Stall, ThreadInfo};
use super::format::{Ending, How, MAGIC, MAX_BYTES, PREFIX, Snapshot};
use crate::error::{Error, Fault, Result};
use crate::store::clock::{AHEAD_MS, Clock};
use crate::store::pages::record::word;
use crate::store::pages::{ContextId, Page, Record};
use crate::store::queries::ContextInfo;
use crate::store::threads::block;
use crate::store::waits;

/// Reads the flight recording at a path, also while its process still records into it.
///
/// # Errors
/// `Flight`, with what is wrong with the file.
pub fn read(path: &Path) -> Result<Recorded> {
    let fault = |fault, reason: String| Error::Flight { path: path.display().to_string(), fault, reason };
    let unreadable = |error: std::io::Error| fault(Fault::Unreadable, error.to_string());
    let check = |metadata: std::io::Result<Metadata>| match metadata.map_err(unreadable)?.is_file() {
        true => Ok(()),
        false => Err(fault(Fault::Foreign, "it is not a regular file".to_owned())),
    };
    // Before it is opened, because opening a device can do something, and after, because it may be another file by now.
    check(std::fs::metadata(path))?;
    let file = open(path).map_err(unreadable)?;
    check(file.metadata())?;
    let mut bytes = Vec::new();
    (&file).take(PREFIX.end as u64).read_to_end(&mut bytes).map_err(unreadable)?;
    check_magic(&bytes).map_err(|(kind, reason)| fault(kind, reason))?;
    // Before the rest is read: a process that ends meanwhile has ended after it.
    let running = matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    let _ = file.unlock();
    (&file).take(MAX_BYTES as u64).read_to_end(&mut bytes).map_err(unreadable)?;
    parse(&bytes, running).map_err(|(kind, reason)| fault(kind, reason))
}

/// Opens a file without waiting: opening a pipe would wait for a writer.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32);
    }
    options.read(true).open(path)
}

/// What was found wrong, and where.
pub type Wrong = (Fault, String);

fn check_magic(bytes: &[u8]) -> std::result::Result<(), Wrong> {
    if bytes.is_empty() {
        return Err((Fault::Foreign, "it is empty".to_owned()));
    }
    if !bytes.starts_with(&MAGIC) && !MAGIC.starts_with(bytes) {
        return Err((Fault::Foreign, "its signature is missing".to_owned()));
    }
    Ok(())
}

/// Makes sense of the bytes of a flight recording. `running`: its process is alive.
///
/// # Errors
/// What is wrong with them.
pub fn parse(bytes: &[u8], running: bool) -> std::result::Result<Recorded, Wrong> {
    check_magic(bytes)?;
    let Parts { header, snapshot, pages, outside, blocks, stalls, mut corrupt, capacity, signals, replaced } =
        Parts::of(bytes)?;
    let reference = snapshot.as_ref().map_or(header.started_clock, |snapshot| snapshot.clock);
    // The threads' clocks tick much more often than snapshots are written.
    // A clock that is further ahead than any age from the future shows no time.
    let ahead = blocks.iter().map(|block| Clock::age_ms(reference, block[block::CLOCK]));
    let ahead = ahead.filter(|ahead| *ahead < AHEAD_MS).max().unwrap_or(0);
    let now = reference.wrapping_add(ahead);
    let at_ms = snapshot.as_ref().map_or(header.started_at_ms, |snapshot| snapshot.at_ms);
    let view = View { pages: &pages, outside: &outside, now };

    let mut in_flight = Vec::new();
    for (id, page) in &pages {
        for (index, record) in page.records() {
            if !parts::is_sound(record) {
                corrupt.records += 1;
            } else if record.state().is_in_flight() && !record.is_child() {
                in_flight.push(view.in_flight(ContextId::of(*id, index).get(), page.thread(), record));
            }
        }
    }
    for (id, thread, record) in outside.iter() {
        let copied = record.state().is_in_flight() && !record.is_child();
        if copied && ContextId::new(id).is_ok_and(|id| !pages.contains_key(&id.page())) {
            in_flight.push(view.in_flight(id, thread, record));
        }
    }
    in_flight.sort_by(|a, b| b.age_ms.cmp(&a.age_ms).then(a.id.cmp(&b.id)));
    view.fill_in_waits(&mut in_flight);

    let mut threads: Vec<ThreadInfo> = blocks.iter().map(|block| view.thread(block, &header.calls)).collect();
    threads.sort_by_key(|thread| thread.id);
    let noted = snapshot.as_ref().and_then(|snapshot| snapshot.ending.clone());
    // A failed execve can abort.
    let replaced = replaced && !running && signals[0].is_none();
    let ending = noted.or_else(|| replaced.then(|| Ending::of(How::Execve, None)));
    let may_be_missing = corrupt.pages + corrupt.records > 0
        || snapshot.as_ref().is_none_or(|Snapshot { unrecorded, .. }| {
            // An ending is noted by a JavaScript thread, after all was copied. Without one, what began since the last copy is
            // missing, and a full file can have had pages outside since.
            unrecorded.in_flight > 0 || ending.is_none() && (unrecorded.pages > 0 || pages.len() >= capacity)
        });
    Ok(Recorded {
        pid: header.pid,
        node: header.node,
        onescope: header.onescope,
        started_at_ms: header.started_at_ms,
        last_alive_at_ms: at_ms.saturating_add(u64::from(ahead)),
        running,
        ended_cleanly: ended_cleanly(running, ending.as_ref()),
        ending,
        signal: signals[0],
        handled_signal: signals[1],
        in_flight,
        threads,
        stalls,
        counters: snapshot.as_ref().map(|snapshot| snapshot.counters),
        counters_age_ms: snapshot.as_ref().map(|_| ahead),
        unrecorded: snapshot.map(|snapshot| snapshot.unrecorded),
        may_be_missing,
        pages_used: pages.len(),
        pages_capacity: capacity,
        corrupt,
    })
}

fn ended_cleanly(running: bool, ending: Option<&Ending>) -> Option<bool> {
    match ending.map(|ending| ending.how) {
        Some(How::Exit | How::Stopped | How::Execve) => Some(true),
        Some(How::Error) => Some(false),
        None => (!running).then_some(false),
    }
}

/// The contexts of a flight recording, seen at its end.
struct View<'a> {
    pages: &'a BTreeMap<u64, Page>,
    outside: &'a Copies,
    now: u32,
}

impl View<'_> {
    fn in_flight(&self, id: u64, thread: u32, record: Record<'_>) -> ContextInfo {
        ContextInfo {
            id,
            label: record.label(),
            kind: record.kind(),
            state: record.state(),
            age_ms: self.age_ms(record.word(word::STARTED)),
            idle_ms: self.age_ms(record.word(word::TOUCHED)),
            thread,
            parent: record.parent(),
            flags: None,
            waiting: None,
        }
    }

    /// What requests outside the file waited for is in none of its pages.
    fn fill_in_waits(&self, in_flight: &mut [ContextInfo]) {
        let records = self.pages.iter().flat_map(|(id, page)| {
            page.records().map(|(index, record)| (ContextId::of(*id, index).get(), record))
        });
        let records = records.filter(|(_, record)| parts::is_sound(*record));
        let ids = in_flight.iter().map(|info| info.id);
        let waits = waits::of(ids, records, |id| parts::in_page(self.pages, id), self.now);
        for (info, wait) in in_flight.iter_mut().zip(waits) {
            info.waiting = Some(wait);
        }
    }

    fn age_ms(&self, then: u32) -> u32 {
        Clock::age_ms(then, self.now)
    }

    fn thread(&self, block: &[u32], calls: &[String]) -> ThreadInfo {
        let pair = |low: usize, high: usize| u64::from(block[high]) << 32 | u64::from(block[low]);
        let call = (block[block::CALL] != 0).then(|| {
            let code = block[block::CALL] as usize;
            Call {
                name: calls.get(code - 1).cloned().unwrap_or_else(|| format!("call {code}")),
                for_ms: self.age_ms(block[block::CALL_STARTED]),
                request: self.seen(pair(block::CALL_LOW, block::CALL_HIGH)),
            }
        });
        let last_entered = self.seen(pair(block::SEEN_LOW, block::SEEN_HIGH));
        ThreadInfo { id: block[block::OWNER].wrapping_sub(1), last_entered, call }
    }

    /// The request that a context serves, as far as it is in the file.
    fn seen(&self, id: u64) -> Option<Seen> {
        let (id, record) = root(self.pages, self.outside, id)?;
        Some(Seen {
            id,
            label: record.label(),
            kind: record.kind().name(),
            state: record.state().name(),
            age_ms: self.age_ms(record.word(word::STARTED)),
        })
    }
}
