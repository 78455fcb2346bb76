//! The background thread that counts what released pages held, so that no JavaScript thread spends time on it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::thread::{Builder, Thread};
use std::time::Duration;

use crate::limits::LEAVING_PAGES;

/// How long pages wait to be counted: one wake-up then serves them all.
const REAP_AFTER: Duration = Duration::from_millis(20);

/// The thread of a store, started when its first page is released.
#[derive(Default)]
pub struct PageReaper {
    // None if the system refused the thread.
    thread: OnceLock<Option<Thread>>,
}

impl PageReaper {
    /// Has `settle` called soon after a page was released; `waiting` pages have not been counted. All calls give the same
    /// `settle`.
    pub fn released(&self, waiting: usize, settle: impl Fn() + Copy + Send + 'static) {
        match (waiting, self.thread(settle)) {
            (1, Some(thread)) => thread.unpark(),
            // The thread will come to it.
            (2..=LEAVING_PAGES, Some(_)) => {}
            // The thread is behind, or could not be started.
            _ => settle(),
        }
    }

    fn thread(&self, settle: impl Fn() + Send + 'static) -> Option<&Thread> {
        let start = || {
            let handle = Builder::new().name("onescope-reaper".to_owned()).spawn(move || {
                loop {
                    // The first page that is released from here on leaves a token, and parking returns at once.
                    // A panic ends nothing but this call; the panic hook has reported it.
                    let _ = catch_unwind(AssertUnwindSafe(&settle));
                    std::thread::park();
                    std::thread::sleep(REAP_AFTER);
                }
            });
            handle.ok().map(|handle| handle.thread().clone())
        };
        self.thread.get_or_init(start).as_ref()
    }
}
