//! The watchdog's thread: reads the blocks, feeds the state machine, and carries out its events.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::{Builder, sleep};
use std::time::Duration;

use super::debugger::Client;
use super::output::write_line;
use super::reading::Reading;
use super::report::{self, Confidence, Report, Request};
use super::stall::{Event, Stalls};
use super::{ConfirmedStall, Session, Watchdog};
use crate::error::{Error, Result};
use crate::store::Store;

/// Between two checks of the threads.
const TICK: Duration = Duration::from_millis(25);

/// Between two checks while a response is awaited.
const QUICK_TICK: Duration = Duration::from_millis(5);

/// Starts the thread of a watch. It ends by itself once the watch has stopped.
pub(super) fn spawn(watchdog: &'static Watchdog, store: &'static Store, session: Arc<Session>) -> Result<()> {
    let run = move || {
        if catch_unwind(AssertUnwindSafe(|| watch(watchdog, store, &session))).is_err() {
            // The panic hook has reported it. The process goes on without a watch, and threads need write no heartbeats for it.
            watchdog.panicked(&session);
            store.listeners.notify();
        }
    };
    let started = Builder::new().name("onescope-watch".to_owned()).spawn(run);
    started.map(drop).map_err(|error| Error::Watchdog { reason: error.to_string() })
}

fn watch(watchdog: &Watchdog, store: &Store, session: &Session) {
    let mut watcher = Watcher::new(watchdog, session);
    while !session.stopped.load(Relaxed) {
        let soon = watcher.check(store);
        sleep(if soon { QUICK_TICK } else { TICK });
    }
}

struct Watcher<'a> {
    watchdog: &'a Watchdog,
    session: &'a Session,
    stalls: Stalls,
    // What the last report of each blocked thread named, and for how many ms it was blocked then.
    named: BTreeMap<u32, (u64, Option<Request>)>,
}

impl<'a> Watcher<'a> {
    fn new(watchdog: &'a Watchdog, session: &'a Session) -> Self {
        Self { watchdog, session, stalls: Stalls::new(session.settings.config), named: BTreeMap::new() }
    }

    /// Checks all threads once; true if the next check should come soon.
    fn check(&mut self, store: &Store) -> bool {
        // A heartbeat is a copy of the clock: with a clock that stands still the thread would seem blocked.
        store.threads.refresh_clocks();
        let readings: Vec<Reading> = store.threads.all().iter().map(Reading::of).collect();
        let now = store.threads.clock().now_ms();
        let debugger = self.watchdog.debugger.check(now, &readings);
        // A debugger holds all threads of a process.
        if self.session.paused.load(Relaxed) || debugger == Client::Connected {
            self.stalls.forget();
            self.named.clear();
            return false;
        }
        // What is going on is known in a moment. A step that takes longer counts as a short one.
        if debugger == Client::Connecting {
            return false;
        }
        let prober = self.session.settings.stacks.then(|| self.watchdog.prober()).flatten();
        let mut events = self.stalls.respond(self.watchdog.take_responses());
        events.extend(self.stalls.step(now, &readings, prober.is_some()));
        for event in events {
            match (event, &prober) {
                (Event::Probe { thread, probe }, Some(prober)) => prober(thread, probe),
                // The prober left between two checks: the report goes out without a response.
                (Event::Probe { .. }, None) => {}
                (event, _) => self.report(store, event),
            }
        }
        self.stalls.is_probing()
    }

    /// What the last report of a thread named, as old as it was when the stall ended.
    fn named_until(&mut self, thread: u32, blocked_ms: u64) -> Option<Request> {
        let (reported_ms, mut request) = self.named.remove(&thread)?;
        let since = u32::try_from(blocked_ms.saturating_sub(reported_ms)).unwrap_or(u32::MAX);
        if let Some(request) = &mut request {
            request.age_ms = request.age_ms.saturating_add(since);
        }
        request
    }

    fn report(&mut self, store: &Store, event: Event) {
        let report = match event {
            Event::Stall { thread, blocked_ms, suppressed, evidence } => {
                let calls = &self.session.settings.calls;
                let port = self.watchdog.debugger.inspector().map(|inspector| inspector.port);
                let id = evidence.id();
                let report = report::stall(store, calls, thread, blocked_ms, suppressed, evidence, port);
                if let Report::Stall { request, confidence, .. } = &report {
                    if self.named.insert(thread, (blocked_ms, request.clone())).is_none() {
                        self.watchdog.forget_confirmed(thread);
                    }
                    if *confidence != Confidence::LastSeen && id != 0 {
                        let at = store.threads.clock().now_ms().cast_signed();
                        self.watchdog.confirm(thread, ConfirmedStall { id, at, line: report.line() });
                    }
                }
                report
            }
            Event::Recovered { thread, blocked_ms } => {
                Report::Recovered { thread, blocked_ms, request: self.named_until(thread, blocked_ms) }
            }
            Event::Ended { thread, blocked_ms } => {
                Report::Ended { thread, blocked_ms, request: self.named_until(thread, blocked_ms) }
            }
            Event::Probe { .. } => return,
        };
        if self.session.stopped.load(Relaxed) {
            return;
        }
        let line = report.line();
        self.watchdog.history.lock().add(report);
        // First: stderr may be a pipe that is full.
        if let Some(on_report) = &self.session.settings.on_report {
            on_report(line.clone());
        }
        write_line(&line);
    }
}
