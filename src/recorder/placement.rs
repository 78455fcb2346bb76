//! Where the pages and the threads' blocks are: in the recording that is on, as long as that has room, else in ordinary
//! memory.

use std::sync::Arc;

use super::Recorder;
use crate::error::Result;
use crate::limits::THREAD_BLOCK_BYTES;
use crate::memory::Memory;
use crate::store::Store;
use crate::store::pages::Page;
use crate::store::threads::Thread;

impl Recorder {
    /// Makes a page for a thread.
    ///
    /// # Errors
    /// `PageMemory` if the allocator refuses.
    pub fn allocate_page(&self, store: &Store, thread: u32) -> Result<Arc<Page>> {
        match self.flight().and_then(|flight| flight.page()) {
            Some(memory) => Ok(store.pages.allocate_in(memory, thread)),
            None => store.pages.allocate(thread),
        }
    }

    /// Adds a thread with its block.
    ///
    /// # Errors
    /// Those of [`crate::store::threads::ThreadTable::attach_with`], and `PageMemory` if there is no memory for the block.
    pub fn attach_thread(&self, store: &Store) -> Result<Thread> {
        let (recording, block) = self.block()?;
        store.threads.attach_with(block, recording)
    }

    /// A block for a thread that has to move into the recording, or out of one that has ended, and the number of
    /// the recording that it was made for; none if the thread's block is where it belongs.
    ///
    /// # Errors
    /// `PageMemory` if there is no memory for the block.
    pub fn block_to_move_to(&self, store: &Store, id: u32) -> Result<Option<(u32, Arc<Memory>)>> {
        let recording = self.number();
        let threads = store.threads.all();
        if threads.iter().all(|thread| thread.id != id || thread.block_source == recording) {
            return Ok(None);
        }
        let (recording, block) = self.block()?;
        Ok(Some((recording, Arc::new(block))))
    }

    /// Moves a thread to the block that [`Recorder::block_to_move_to`] gave. Only that thread itself may call this.
    pub fn move_thread_to(&self, store: &Store, id: u32, recording: u32, block: &Arc<Memory>) {
        store.threads.replace_block(id, block, recording);
        if let Some(flight) = self.flight() {
            flight.refresh(store);
        }
    }

    /// Memory for a thread's block, all zeros, and the number of the recording that is on; 0 if none is.
    fn block(&self) -> Result<(u32, Memory)> {
        let current =
            self.session.lock().as_ref().map(|session| (session.number, Arc::clone(&session.flight)));
        let (number, block) = current.map_or((0, None), |(number, flight)| (number, flight.block()));
        Ok((number, block.map_or_else(|| Memory::zeroed(THREAD_BLOCK_BYTES), Ok)?))
    }
}
