//! The tables of the process, together.

use std::sync::{Arc, LazyLock};

use crate::diagnostics::Diagnostics;
use crate::error::Result;
use crate::limits::THREAD_BLOCK_BYTES;
use crate::memory::Memory;
use crate::recorder::Recorder;
use crate::store::listeners::Listeners;
use crate::store::notices::Notices;
use crate::store::pages::{Group, Page, PageTable};
use crate::store::registry::Registry;
use crate::store::threads::{Thread, ThreadTable};
use crate::sync::RwLock;
use crate::watchdog::{Debugger, Watchdog};

/// Everything that the threads of a process share.
pub struct Store {
    /// The slots.
    pub registry: RwLock<Registry>,
    /// The pages of contexts.
    pub pages: PageTable,
    /// The JavaScript threads and their clock.
    pub threads: ThreadTable,
    /// What looks out for threads that are stuck.
    pub watchdog: Watchdog,
    /// Whether a debugger may stop threads.
    pub debugger: Debugger,
    /// What keeps the store in a file.
    pub recorder: Recorder,
    /// The threads that are told when a watch or a recording starts or stops.
    pub listeners: Listeners,
    /// The server that shows all of this.
    pub diagnostics: Diagnostics,
    /// The warnings that JavaScript has given.
    pub notices: Notices,
}

impl Store {
    /// A store with the built-in slots and nothing else.
    pub fn new() -> Self {
        Self {
            registry: RwLock::new(Registry::with_builtins()),
            pages: PageTable::new(),
            threads: ThreadTable::new(),
            watchdog: Watchdog::default(),
            debugger: Debugger::default(),
            recorder: Recorder::default(),
            listeners: Listeners::default(),
            diagnostics: Diagnostics::default(),
            notices: Notices::default(),
        }
    }

    /// Makes a page for a thread: in the flight that is recorded, as long as that has room, else in ordinary memory.
    ///
    /// # Errors
    /// `PageMemory` if the allocator refuses.
    pub fn allocate_page(&self, thread: u32) -> Result<Arc<Page>> {
        match self.recorder.page() {
            Some(memory) => Ok(self.pages.allocate_in(memory, thread)),
            None => self.pages.allocate(thread),
        }
    }

    /// Adds a thread, with its block in the flight that is recorded, as long as that has room.
    ///
    /// # Errors
    /// Those of [`ThreadTable::attach_with`], and `PageMemory` if there is no memory for the block.
    pub fn attach_thread(&self) -> Result<Thread> {
        let (recording, block) = self.recorder.block();
        let block = block.map_or_else(|| Memory::zeroed(THREAD_BLOCK_BYTES), Ok)?;
        self.threads.attach_with(block, recording)
    }

    /// A block for a thread that has to move into the flight that is recorded, or out of one that is not any more, and the
    /// number of the recording that it was made for; none if the thread's block is where it belongs.
    ///
    /// # Errors
    /// `PageMemory` if there is no memory for the block.
    pub fn block_to_move_to(&self, id: u32) -> Result<Option<(u32, Arc<Memory>)>> {
        let recording = self.recorder.number();
        let threads = self.threads.all();
        if threads.iter().all(|thread| thread.id != id || thread.recording == recording) {
            return Ok(None);
        }
        let (recording, block) = self.recorder.block();
        let block = block.map_or_else(|| Memory::zeroed(THREAD_BLOCK_BYTES), Ok)?;
        Ok(Some((recording, Arc::new(block))))
    }

    /// Moves a thread to the block that [`Store::block_to_move_to`] gave. Only that thread itself may ask for it.
    pub fn move_thread_to(&self, id: u32, recording: u32, block: &Arc<Memory>) {
        self.threads.replace_block(id, block, recording);
        self.recorder.refresh(self);
    }

    /// The requests that nobody closed, of pages that are gone, by label, the largest group first.
    pub fn abandoned(&self) -> Vec<Group> {
        self.pages.abandoned(self.threads.clock().now_ms()).list()
    }

    /// Counts what the pages held that were released.
    pub fn settle(&self) {
        self.pages.settle(self.threads.clock());
    }

    /// The one of this process, made at the first call.
    pub fn global() -> &'static Self {
        static STORE: LazyLock<Store> = LazyLock::new(Store::new);
        &STORE
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}
