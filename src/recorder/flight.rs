//! One recording: the file that this process writes, as memory.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::SystemTime;

use super::file::NewFile;
use super::format::{
    BLOCKS, BYTE_ORDER, Counters, Ending, HEADER, Header, How, MAGIC, OUTSIDE_BYTES, PAGE_STRIDE,
    PAGES_START, PREFIX, SIGNALS, SLOT_BYTES, SNAPSHOTS, STALL_SLOTS, STALLS, Snapshot, THREADS, Unrecorded,
    VERSION, room,
};
use super::outside::Outside;
use super::read::Stall;
use super::slot;
use crate::error::{Error, Result};
use crate::limits::{LAYOUT_VERSION, PAGE_BYTES, THREAD_BLOCK_BYTES};
use crate::memory::{Mapping, Memory, Notes, Part, Pool};
use crate::store::Store;
use crate::store::layout_hash;
use crate::store::queries;
use crate::sync::Mutex;

/// What a recording is set to.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the recording makes its file.
    pub directory: PathBuf,
    /// Ended recordings that stay in the directory.
    pub keep: usize,
    /// Most bytes of the file, from `MIN_BYTES` to `MAX_BYTES`.
    pub max_bytes: usize,
    /// Version of Node.
    pub node: String,
    /// Names of the blocking calls that threads mark; the first has the code 1.
    pub calls: Vec<String>,
}

#[derive(Default)]
struct Written {
    snapshots: u32,
    stalls: u32,
    ended: Option<Snapshot>,
    // Until others have the file.
    notes: Option<Notes>,
    // The lock on the file goes with it.
    file: Option<File>,
}

/// A flight recording.
pub struct Flight {
    path: PathBuf,
    mapping: Arc<Mapping>,
    // The first words of the file, which nothing else has.
    prefix: Memory,
    header: Memory,
    first_words: [u32; 5],
    bytes: u64,
    pages: Arc<Pool>,
    blocks: Arc<Pool>,
    snapshots: [Memory; 2],
    stalls: Vec<Memory>,
    signals: Memory,
    outside: Outside,
    written: Mutex<Written>,
    over: AtomicBool,
}

impl Flight {
    /// Makes the file, with a header and no page. It is removed again unless it gets to [`Flight::begin`].
    ///
    /// # Errors
    /// `RecordFile`. No older recording is touched.
    pub fn create(store: &Store, settings: &Settings) -> Result<(Self, NewFile)> {
        let directory = &settings.directory;
        let (pages, outside) = room(settings.max_bytes);
        let outside_start = PAGES_START + pages * PAGE_STRIDE;
        let bytes = outside_start + outside * OUTSIDE_BYTES;
        let new = NewFile::create(directory, wall_ms(), bytes)?;
        let refused =
            |reason: String| Error::RecordFile { directory: directory.display().to_string(), reason };
        let mapping = Mapping::new(new.file(), bytes).map_err(|error| refused(error.to_string()))?;
        let mapping = Arc::new(mapping);
        write_header(&mapping, &header(store, settings, new.started_ms(), (pages, outside)))
            .map_err(refused)?;
        let slots = |start: usize, index: usize| {
            Part::fixed(&mapping, start + index * SLOT_BYTES..start + (index + 1) * SLOT_BYTES)
        };
        let prefix = Part::fixed(&mapping, PREFIX);
        let header = Part::fixed(&mapping, HEADER);
        let first_words = first_words(&prefix, &header);
        let flight = Self {
            path: new.path(),
            mapping: Arc::clone(&mapping),
            prefix,
            header,
            first_words,
            bytes: bytes as u64,
            pages: Arc::new(Pool::new(&mapping, PAGES_START, PAGE_STRIDE, PAGE_BYTES, pages)),
            blocks: Arc::new(Pool::new(
                &mapping,
                BLOCKS.start,
                THREAD_BLOCK_BYTES,
                THREAD_BLOCK_BYTES,
                THREADS,
            )),
            snapshots: [0, 1].map(|index| slots(SNAPSHOTS.start, index)),
            stalls: (0..STALLS).map(|index| slots(STALL_SLOTS.start, index)).collect(),
            signals: Part::fixed(&mapping, SIGNALS),
            outside: Outside::new(Part::fixed(&mapping, outside_start..bytes)),
            written: Mutex::default(),
            over: AtomicBool::new(false),
        };
        flight.refresh(store);
        Ok((flight, new))
    }

    /// Keeps the file, and removes ended recordings beyond the newest `keep`.
    pub fn begin(&self, new: NewFile, keep: usize) {
        let file = new.keep(keep);
        let notes = Notes::new(Part::fixed(&self.mapping, SIGNALS));
        let mut written = self.written.lock();
        written.file = Some(file);
        written.notes = Some(notes);
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What other programs did to the file, if it is not what this process wrote any more.
    pub fn loss(&self) -> Option<&'static str> {
        let metadata = self.written.lock().file.as_ref().and_then(|file| file.metadata().ok());
        // Before the words are read, which would put memory in the place of what is gone.
        if metadata.as_ref().is_some_and(|found| found.len() < self.bytes) || self.mapping.is_lost() {
            return Some("was truncated, or its disk is full");
        }
        if first_words(&self.prefix, &self.header) != self.first_words {
            return Some("was overwritten");
        }
        metadata.is_some_and(|found| is_removed(&found)).then_some("was removed")
    }

    /// Memory for a page, all zeros; none if the file is full.
    pub fn page(&self) -> Option<Memory> {
        self.pages.take()
    }

    /// Memory for a thread's block, all zeros; none if the file is full.
    pub fn block(&self) -> Option<Memory> {
        self.blocks.take()
    }

    /// Pages that the file has room for, and those that are in use.
    pub fn usage(&self) -> (usize, usize) {
        self.pages.usage()
    }

    /// Copies what is in flight outside of this file into it, and counts what of the store is not in it.
    pub fn unrecorded(&self, store: &Store) -> Unrecorded {
        let mut pages = store.pages.snapshot().0;
        pages.retain(|page| !self.pages.lent((**page).as_ref()));
        let mut unrecorded = self.outside.copy(&pages);
        let threads = store.threads.all();
        unrecorded.threads = threads.iter().filter(|thread| !self.blocks.lent(&thread.block)).count() as u64;
        unrecorded
    }

    /// Writes how things are now. Nothing once the end is noted. Returns how many pages are not in the file.
    pub fn refresh(&self, store: &Store) -> u64 {
        self.snapshot(store, None)
    }

    fn snapshot(&self, store: &Store, ending: Option<Ending>) -> u64 {
        let counts = queries::counts(store);
        let counters = Counters { totals: counts.totals, pages: counts.live_pages, threads: counts.threads };
        let unrecorded = self.unrecorded(store);
        let (at_ms, clock) = (wall_ms(), store.threads.clock().now_ms());
        let mut written = self.written.lock();
        if let Some(notes) = &written.notes {
            notes.keep();
        }
        if ending.is_none() && written.ended.is_some() {
            return 0;
        }
        let snapshot = Snapshot { at_ms, clock, counters, unrecorded, ending };
        self.write(&mut written, &snapshot);
        if snapshot.ending.is_some() {
            written.ended = Some(snapshot);
        }
        unrecorded.pages
    }

    fn write(&self, written: &mut Written, snapshot: &Snapshot) {
        let text = serde_json::to_vec(snapshot).unwrap_or_default();
        written.snapshots = written.snapshots.wrapping_add(1);
        // In turn: the one before stays whole while this one is written.
        slot::write(&self.snapshots[written.snapshots as usize % 2], written.snapshots, &text);
    }

    /// Notes the code that the process exits with, which can be another one than was noted before.
    pub fn exited(&self, store: &Store, code: i32) {
        let noted = self.written.lock().ended.clone();
        match noted {
            Some(Snapshot { ending: Some(ending), .. }) if ending.code == Some(code) => {}
            Some(mut snapshot) => {
                if let Some(ending) = &mut snapshot.ending {
                    // An error that did not fail the process was handled after all.
                    *ending = match code {
                        0 => Ending::of(How::Exit, Some(0)),
                        _ => Ending { code: Some(code), ..ending.clone() },
                    };
                }
                self.write(&mut self.written.lock(), &snapshot);
            }
            None => self.end(store, Ending::of(How::Exit, Some(code))),
        }
    }

    /// Notes how the process is about to end, in place of what was noted before, and that what is in flight now was so at the
    /// end: what is given back from now on stays in the file.
    pub fn end(&self, store: &Store, ending: Ending) {
        self.pages.seal();
        self.blocks.seal();
        self.snapshot(store, Some(ending));
        self.outside.seal();
    }

    /// Notes that another program is about to take this one's place in the process, or that it did not.
    pub fn replaced(&self, store: &Store, replaced: bool) {
        if replaced {
            self.refresh(store);
        }
        // Not as an ending: if the system refuses, the recording continues.
        self.signals.set_word(2, u32::from(replaced));
    }

    /// True once others may have the file.
    pub fn is_over(&self) -> bool {
        self.over.load(Relaxed)
    }

    /// Lets others have the file.
    pub fn unlock(&self) {
        self.over.store(true, Relaxed);
        let (file, notes) = {
            let mut written = self.written.lock();
            (written.file.take(), written.notes.take())
        };
        drop(notes);
        // To close it would not do: the system keeps a mapped file open, and its lock with it.
        if let Some(file) = file {
            let _ = file.unlock();
        }
    }

    /// Writes a stall report, a line of JSON, unless others have the file. Of one that is too long the stack is cut.
    pub fn stall(&self, line: &str) {
        let Ok(report) = serde_json::from_str(line) else { return };
        let mut stall = Stall { at_ms: wall_ms(), report };
        let mut written = self.written.lock();
        if written.file.is_none() {
            return;
        }
        written.stalls = written.stalls.wrapping_add(1);
        let memory = &self.stalls[written.stalls as usize % STALLS];
        loop {
            let text = serde_json::to_vec(&stall).unwrap_or_default();
            let stack = stall.report.get_mut("stack").and_then(|stack| stack.as_array_mut());
            if slot::write(memory, written.stalls, &text) || stack.and_then(Vec::pop).is_none() {
                return;
            }
        }
    }
}

/// The magic number, and the head of the header's slot, whose checksum is of this process and its start.
fn first_words(prefix: &Memory, header: &Memory) -> [u32; 5] {
    [prefix.word(0), prefix.word(1), header.word(0), header.word(1), header.word(2)]
}

#[cfg(unix)]
fn is_removed(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) == 0
}

#[cfg(not(unix))]
fn is_removed(_metadata: &std::fs::Metadata) -> bool {
    false
}

fn wall_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The header of a flight recording of this process.
fn header(store: &Store, settings: &Settings, started_ms: u64, (pages, outside): (usize, usize)) -> Header {
    Header {
        pid: std::process::id(),
        started_at_ms: started_ms,
        started_clock: store.threads.clock().now_ms(),
        node: settings.node.clone(),
        onescope: env!("CARGO_PKG_VERSION").to_owned(),
        layout_version: LAYOUT_VERSION,
        layout_hash: layout_hash(),
        pages,
        outside,
        calls: settings.calls.clone(),
    }
}

fn write_header(mapping: &Arc<Mapping>, header: &Header) -> std::result::Result<(), String> {
    let text = serde_json::to_vec(header).map_err(|error| error.to_string())?;
    if !slot::write(&Part::fixed(mapping, HEADER), 1, &text) {
        return Err(format!("its header would be longer than {} bytes", HEADER.len()));
    }
    let prefix = Part::fixed(mapping, PREFIX);
    let (first, second) = MAGIC.split_at(4);
    for (index, bytes) in
        [first, second, &VERSION.to_ne_bytes(), &BYTE_ORDER.to_ne_bytes()].iter().enumerate()
    {
        prefix.set_word(index, u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    }
    Ok(())
}
