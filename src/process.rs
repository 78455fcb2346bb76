//! The store of this process and the features that read it. What they have to do with each other is here.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use crate::diagnostics::{self, Diagnostics, Sources, Started};
use crate::error::Result;
use crate::latency::LatencyTable;
use crate::recorder::{self, Recorder};
use crate::store::{Hooks, Store};
use crate::watchdog::{self, Watchdog};

/// The store and its features.
pub struct Process {
    /// What the threads share.
    pub store: Store,
    /// How long contexts took.
    pub latency: Arc<LatencyTable>,
    /// Reports threads that are blocked.
    pub watchdog: Watchdog,
    /// Keeps the store in a file.
    pub recorder: Recorder,
    /// The server that shows all of this.
    pub diagnostics: Diagnostics,
}

impl Process {
    /// A store with all features, none of which is on.
    pub fn new() -> Self {
        let latency = Arc::<LatencyTable>::default();
        let counting = Arc::clone(&latency);
        let hooks =
            Hooks { page_leaves: vec![Box::new(move |page, pages, now| counting.leave(page, pages, now))] };
        Self {
            store: Store::with_hooks(hooks),
            latency,
            watchdog: Watchdog::default(),
            recorder: Recorder::default(),
            diagnostics: Diagnostics::default(),
        }
    }

    /// The one of this process, made at the first call.
    pub fn global() -> &'static Self {
        static PROCESS: LazyLock<Process> = LazyLock::new(Process::new);
        &PROCESS
    }

    /// Starts a watch, whose reports also go into the recording.
    ///
    /// # Errors
    /// Those of [`Watchdog::start`].
    pub fn watch(&'static self, settings: watchdog::Settings) -> Result<()> {
        let on_report = settings.on_report;
        let record_too = move |line: String| {
            if let Some(flight) = self.recorder.flight() {
                flight.stall(&line);
            }
            if let Some(on_report) = &on_report {
                on_report(line);
            }
        };
        let settings = watchdog::Settings { on_report: Some(Box::new(record_too)), ..settings };
        self.watchdog.start(&self.store, settings)?;
        self.store.listeners.notify();
        Ok(())
    }

    /// Ends the watch; false if none was on.
    pub fn stop_watch(&self) -> bool {
        let stopped = self.watchdog.stop();
        if stopped {
            self.store.listeners.notify();
        }
        stopped
    }

    /// Starts a recording, and returns the path of its file.
    ///
    /// # Errors
    /// Those of [`Recorder::start`].
    pub fn record(&'static self, settings: &recorder::Settings) -> Result<PathBuf> {
        let path = self.recorder.start(&self.store, settings)?;
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        crate::memory::on_process_exit(|code| {
            let process = Process::global();
            if let Some(flight) = process.recorder.flight() {
                flight.exited(&process.store, code);
            }
        });
        self.store.listeners.notify();
        Ok(path)
    }

    /// Ends the recording; false if none was on.
    pub fn stop_recording(&self) -> bool {
        let stopped = self.recorder.stop(&self.store);
        if stopped {
            self.store.listeners.notify();
        }
        stopped
    }

    /// Starts a diagnostics server.
    ///
    /// # Errors
    /// Those of [`Diagnostics::start`].
    pub fn serve(&'static self, settings: diagnostics::Settings) -> Result<Started> {
        let sources = Sources { store: &self.store, watchdog: &self.watchdog, latency: &self.latency };
        self.diagnostics.start(sources, settings)
    }

    /// True while threads have to write heartbeats: a watch or a diagnostics server is on.
    pub fn needs_heartbeats(&self) -> bool {
        self.watchdog.is_on() || self.diagnostics.is_on()
    }

    /// Removes a thread that ends, and ends what it has started.
    pub fn detach_thread(&self, id: u32) {
        self.store.threads.detach(id);
        self.store.listeners.remove(id);
        if self.watchdog.leave(id) {
            self.store.listeners.notify();
        }
        self.diagnostics.leave(&self.store, id);
    }
}

impl Default for Process {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::pages::State;
    use crate::store::pages::record::byte;

    #[test]
    fn latencies_of_a_released_page_stay() {
        let process: &'static Process = Box::leak(Box::default());
        let page = process.recorder.allocate_page(&process.store, 0).unwrap();
        page.record(1).set_byte(byte::STATE, State::Closed as u8);
        page.set_cursor(2);
        process.store.release_page(&page);
        process.store.settle();
        assert!(process.store.pages.all().is_empty());
        assert_eq!(process.latency.read(&process.store.pages).list()[0].count, 1);
    }

    #[test]
    fn a_thread_that_ends_takes_along_what_it_started() {
        let process: &'static Process = Box::leak(Box::default());
        let thread = process.recorder.attach_thread(&process.store).unwrap().id;
        let settings = watchdog::Settings {
            config: watchdog::Config { threshold_ms: 1000, max_per_minute: 1 },
            stacks: false,
            calls: Vec::new(),
            owner: thread,
            on_report: None,
        };
        process.watch(settings).unwrap();
        assert!(process.needs_heartbeats());
        process.detach_thread(thread);
        assert!(!process.needs_heartbeats() && process.store.threads.list().is_empty());
    }
}
