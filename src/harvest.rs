//! The background thread that counts what released pages held, so that no JavaScript thread spends time on it.

use std::sync::OnceLock;
use std::thread::{Builder, Thread};

use crate::arena::Page;
use crate::limits::LEAVING_PAGES;
use crate::store::Store;

/// Releases a page of the process's store, remembers by label whom nobody closed, and has the rest counted.
pub fn release(page: &Page) {
    let store = Store::global();
    let Some(waiting) = store.retire(page) else { return };
    match (waiting, thread()) {
        (1..=LEAVING_PAGES, Some(thread)) => thread.unpark(),
        // The thread is behind, or could not be started.
        _ => store.pages.settle(),
    }
}

/// The thread, started at the first call; none if the system refused it.
fn thread() -> Option<&'static Thread> {
    static THREAD: OnceLock<Option<Thread>> = OnceLock::new();
    let start = || {
        let handle = Builder::new().name("onescope-harvest".to_owned()).spawn(|| {
            loop {
                // A page that is released from here on leaves a token, and parking returns at once.
                Store::global().pages.settle();
                std::thread::park();
            }
        });
        handle.ok().map(|handle| handle.thread().clone())
    };
    THREAD.get_or_init(start).as_ref()
}
