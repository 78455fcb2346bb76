//! The thread that keeps totals and the time of a flight recording current.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{Builder, Thread, park_timeout};
use std::time::{Duration, Instant};

use super::Recorder;
use super::flight::Flight;
use crate::error::{Error, Result};
use crate::store::Store;

/// Between two snapshots, so that totals can be that much older than the end.
const TICK: Duration = Duration::from_millis(250);

/// Between two copies of what is in flight in pages outside of the file, while there are any.
const COPY_TICK: Duration = Duration::from_millis(50);

/// Starts the thread of a recording. It ends once others may have the file and it is unparked.
pub(super) fn spawn(
    recorder: &'static Recorder,
    store: &'static Store,
    flight: Arc<Flight>,
) -> Result<Thread> {
    let run = move || {
        let mut next = Instant::now() + TICK;
        let mut outside = false;
        loop {
            park_timeout(if outside { COPY_TICK } else { TICK });
            if flight.is_over() {
                return;
            }
            if Instant::now() < next {
                let copied = catch_unwind(AssertUnwindSafe(|| flight.unrecorded(store).pages));
                outside = copied.is_ok_and(|pages| pages > 0);
                continue;
            }
            next = Instant::now() + TICK;
            // A panic ends nothing but this tick; the panic hook has reported it.
            let _ = catch_unwind(AssertUnwindSafe(|| match flight.loss() {
                Some(what) => recorder.lose(store, &flight, what),
                None => outside = flight.refresh(store) > 0,
            }));
        }
    };
    let started = Builder::new().name("onescope-record".to_owned()).spawn(run);
    let started = started.map_err(|error| Error::Recorder { reason: error.to_string() })?;
    Ok(started.thread().clone())
}
