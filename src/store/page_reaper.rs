//! The background thread that counts what released pages held, so that no JavaScript thread spends time on it.

use std::panic::catch_unwind;
use std::sync::OnceLock;
use std::thread::{Builder, Thread};
use std::time::Duration;

use crate::limits::LEAVING_PAGES;
use crate::store::Store;
use crate::store::pages::Page;

/// How long pages wait to be counted: one wake-up then serves them all.
const REAP_AFTER: Duration = Duration::from_millis(20);

/// Releases a page of the process's store, and has counted what it held.
pub fn release(page: &Page) {
    let store = Store::global();
    let Some(waiting) = store.pages.release(page.id()) else { return };
    match (waiting, thread()) {
        (1, Some(thread)) => thread.unpark(),
        // The thread is on its way.
        (2..=LEAVING_PAGES, Some(_)) => {}
        // The thread is behind, or could not be started.
        _ => store.settle(),
    }
}

/// The thread, started at the first call; none if the system refused it.
fn thread() -> Option<&'static Thread> {
    static THREAD: OnceLock<Option<Thread>> = OnceLock::new();
    let start = || {
        let handle = Builder::new().name("onescope-reaper".to_owned()).spawn(|| {
            loop {
                // The first page that is released from here on leaves a token, and parking returns at once.
                // A panic ends nothing but this round; the panic hook has reported it.
                let _ = catch_unwind(|| Store::global().settle());
                std::thread::park();
                std::thread::sleep(REAP_AFTER);
            }
        });
        handle.ok().map(|handle| handle.thread().clone())
    };
    THREAD.get_or_init(start).as_ref()
}
