//! The thread that keeps totals and the time of a flight current.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{Builder, Thread, park_timeout};
use std::time::Duration;

use super::flight::Flight;
use crate::error::{Error, Result};
use crate::store::Store;

/// Between two snapshots, so that totals can be that much older than the end.
const TICK: Duration = Duration::from_millis(250);

/// Starts the thread of a recording. It ends once `stopped` is set and it is unparked.
pub(super) fn spawn(store: &'static Store, flight: Arc<Flight>, stopped: Arc<AtomicBool>) -> Result<Thread> {
    let run = move || {
        loop {
            park_timeout(TICK);
            if stopped.load(Relaxed) {
                return;
            }
            // A panic ends nothing but this look; the panic hook has reported it.
            let _ = catch_unwind(AssertUnwindSafe(|| match flight.loss() {
                Some(what) => store.recorder.lose(store, &flight, what),
                None => flight.refresh(store),
            }));
        }
    };
    let handle = Builder::new().name("onescope-record".to_owned()).spawn(run);
    let handle = handle.map_err(|error| Error::Recorder { reason: error.to_string() })?;
    Ok(handle.thread().clone())
}
