//! Detects from outside that a JavaScript thread is blocked, and reports the request that blocks it.
//!
//! Each JavaScript thread writes heartbeats into its block (`store/threads.rs`). A thread of the watchdog reads the blocks, and
//! writes to stderr while the other is still blocked. It never waits for JavaScript, and JavaScript never waits for it.

mod debugger;
mod history;
mod limit;
mod output;
mod reading;
mod report;
mod run;
mod stall;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use serde::Serialize;

use crate::error::{Error, Result};
use crate::store::Store;
use crate::store::threads::block;
use crate::sync::Mutex;

pub use self::debugger::{Client, Debugger, Inspector};
pub use self::history::{TimedReport, Totals};
pub use self::reading::Reading;
pub use self::report::{Confidence, Report, Request};
pub use self::stall::{Config, Response};

/// What a watch is set to.
pub struct Settings {
    /// When a stall is reported.
    pub config: Config,
    /// Whether blocked threads are probed for their request and stack.
    pub stacks: bool,
    /// Names of the blocking calls that threads mark; the first has the code 1.
    pub calls: Vec<String>,
    /// Id of the thread that started it. The watch ends with it.
    pub owner: u32,
    /// Takes each line. It must not block.
    pub on_report: Option<Box<dyn Fn(String) + Send + Sync>>,
}

/// A watch that is on.
struct Session {
    settings: Settings,
    paused: AtomicBool,
    stopped: AtomicBool,
}

/// A report whose cause is confirmed.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmedStall {
    /// Id of the context that was current: the request itself, a child context of it, or work inside it.
    pub id: u64,
    /// Reading of the clock when it was reported, with the sign that JavaScript sees.
    pub at: i32,
    /// The line as JSON.
    pub line: String,
}

/// Probes a blocked thread: its id, and the id of the probe. It must not block.
pub type Prober = Arc<dyn Fn(u32, u32) + Send + Sync>;

#[derive(Default)]
struct State {
    session: Option<Arc<Session>>,
    prober: Option<Prober>,
    responses: Vec<Response>,
    // Of each thread's latest stall. A thread that recovers reads them before any message about them could arrive. There are
    // few: each comes after twice the time of the one before.
    confirmed: BTreeMap<u32, Vec<ConfirmedStall>>,
}

/// The watch of a process, if it is on.
#[derive(Default)]
pub struct Watchdog {
    state: Mutex<State>,
    history: Mutex<history::History>,
    /// Whether a debugger may stop threads.
    pub debugger: Debugger,
}

impl Watchdog {
    /// Starts a watch over all threads of the store. The caller notifies [`Store::listeners`].
    ///
    /// # Errors
    /// `Watched` if one is on; `Watchdog` if its thread cannot start.
    pub fn start(&'static self, store: &'static Store, settings: Settings) -> Result<()> {
        let session =
            Arc::new(Session { settings, paused: AtomicBool::new(false), stopped: AtomicBool::new(false) });
        let mut state = self.state.lock();
        if state.session.is_some() {
            return Err(Error::Watched);
        }
        run::spawn(self, store, Arc::clone(&session))?;
        state.session = Some(session);
        Ok(())
    }

    /// Ends the watch, without waiting for its thread; false if none was on. The caller notifies [`Store::listeners`].
    pub fn stop(&self) -> bool {
        self.end(|_| true)
    }

    /// Ends a watch whose thread panicked, unless another one is on by now.
    fn panicked(&self, ended: &Arc<Session>) {
        self.end(|session| Arc::ptr_eq(session, ended));
    }

    fn end(&self, is_meant: impl Fn(&Arc<Session>) -> bool) -> bool {
        let (session, prober) = {
            let mut state = self.state.lock();
            let Some(session) = state.session.take_if(|session| is_meant(session)) else { return false };
            state.responses.clear();
            state.confirmed.clear();
            (session, state.prober.take())
        };
        session.stopped.store(true, Relaxed);
        // Dropped without the lock: to release a JavaScript function can take long.
        drop((session, prober));
        true
    }

    /// Pauses or resumes the watch; all threads count anew from then on.
    pub fn pause(&self, paused: bool) {
        if let Some(session) = &self.state.lock().session {
            session.paused.store(paused, Relaxed);
        }
    }

    /// True while a watch is on, paused or not.
    pub fn is_on(&self) -> bool {
        self.state.lock().session.is_some()
    }

    /// Ends the watch if the thread that ends has started it; true if it has.
    pub fn leave(&self, thread: u32) -> bool {
        let owned = {
            let mut state = self.state.lock();
            state.confirmed.remove(&thread);
            state.session.as_ref().is_some_and(|session| session.settings.owner == thread)
        };
        owned && self.stop()
    }

    /// Sets what probes blocked threads.
    pub fn set_prober(&self, prober: Prober) {
        self.state.lock().prober = Some(prober);
    }

    /// Takes the response of a thread; false if it is too late: the thread has written a heartbeat since.
    pub fn respond(&self, store: &Store, response: Response) -> bool {
        let threads = store.threads.all();
        let thread = threads.iter().find(|thread| thread.id == response.thread);
        if thread.is_none_or(|thread| thread.block.word(block::HEARTBEAT) != response.heartbeat) {
            return false;
        }
        self.state.lock().responses.push(response);
        true
    }

    /// The last reports, oldest first, also of watches that are over.
    pub fn reports(&self) -> Vec<TimedReport> {
        self.history.lock().list()
    }

    /// How many reports there were: of stalls, recovered and ended.
    pub fn totals(&self) -> Totals {
        self.history.lock().totals()
    }

    /// What is known of a blocked thread that is not probed: a report as it would be now.
    pub fn suspect(&self, store: &Store, reading: &Reading, blocked_ms: u64) -> Report {
        let session = self.state.lock().session.clone();
        let calls = session.as_ref().map_or(&[][..], |session| &session.settings.calls);
        let evidence = report::Evidence { seen: reading.seen, marker: reading.marker, response: None };
        let port = self.debugger.inspector().map(|inspector| inspector.port);
        report::stall(store, calls, reading.thread, blocked_ms, 0, evidence, port)
    }

    /// The reports with a confirmed cause of the thread's latest stall, which may still go on.
    pub fn confirmed_stalls(&self, thread: u32) -> Vec<ConfirmedStall> {
        self.state.lock().confirmed.get(&thread).cloned().unwrap_or_default()
    }

    fn confirm(&self, thread: u32, stall: ConfirmedStall) {
        self.state.lock().confirmed.entry(thread).or_default().push(stall);
    }

    fn forget_confirmed(&self, thread: u32) {
        self.state.lock().confirmed.remove(&thread);
    }

    fn prober(&self) -> Option<Prober> {
        self.state.lock().prober.clone()
    }

    fn take_responses(&self) -> Vec<Response> {
        std::mem::take(&mut self.state.lock().responses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use std::time::{Duration, Instant};

    #[test]
    fn a_watch_whose_thread_panics_makes_room_for_the_next() {
        let (store, watchdog) = (Box::leak(Box::new(Store::new())), Box::leak(Box::new(Watchdog::default())));
        let (store, watchdog) = (&*store, &*watchdog);
        let settings = |on_report: Box<dyn Fn(String) + Send + Sync>| Settings {
            config: Config { threshold_ms: 100, max_per_minute: 60 },
            stacks: false,
            calls: Vec::new(),
            owner: 0,
            on_report: Some(on_report),
        };
        // A thread that writes one heartbeat.
        let thread = store.threads.attach().unwrap();
        thread.block.set_word(block::HEARTBEAT, store.threads.clock().now_ms().max(1));
        let notified = Arc::new(AtomicBool::new(false));
        let notifying = Arc::clone(&notified);
        store.listeners.add(thread.id, Arc::new(move || notifying.store(true, Relaxed)));
        watchdog.start(store, settings(Box::new(|line| panic!("{line}")))).unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        while !notified.load(Relaxed) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(notified.load(Relaxed), "the threads that write heartbeats are notified");
        assert!(!watchdog.is_on());
        watchdog.start(store, settings(Box::new(drop))).unwrap();
        assert!(watchdog.is_on() && watchdog.stop() && !watchdog.stop());
    }
}
