//! Which threads are blocked, and when to report it: a state machine without a clock, a thread or an output of its own.
//!
//! Its time is the one that the watchdog itself has run: a step that took far too long (the machine slept, the process was
//! stopped) counts as a short one. Time in which no thread could write a heartbeat is thus no stall.

use std::collections::BTreeMap;

use super::limit::Limit;
use super::reading::{EntryMarker, Reading};
use super::report::Evidence;
use crate::store::clock::Clock;

/// Milliseconds that the first report waits for the thread's response.
pub const RESPONSE_MS: u64 = 60;

/// The same for further reports of a stall: they can wait, and one without a response would name less than the first.
const LATER_RESPONSE_MS: u64 = 500;

/// Milliseconds between two probes of a thread that must find the same request. One probe can come between two callbacks,
/// right after a native call, and then finds the request that happens to be next.
const SECOND_PROBE_MS: u64 = 20;

/// The response of a blocked thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Id of the thread.
    pub thread: u32,
    /// The probe that it responds to.
    pub probe: u32,
    /// Its heartbeat at that time.
    pub heartbeat: u32,
    /// Id of the context that is current in it; 0 for none.
    pub id: u64,
    /// Functions, innermost first.
    pub stack: Vec<String>,
}

/// What the watchdog has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Probe the thread.
    Probe {
        /// Its id.
        thread: u32,
        /// Id of the probe.
        probe: u32,
    },
    /// Report a stall.
    Stall {
        /// Id of the thread.
        thread: u32,
        /// Milliseconds since its last heartbeat.
        blocked_ms: u64,
        /// Stalls that were rate-limited since the last one reported.
        suppressed: u32,
        /// What names the cause.
        evidence: Evidence,
    },
    /// Report that a thread runs again.
    Recovered {
        /// Its id.
        thread: u32,
        /// Milliseconds between its two heartbeats.
        blocked_ms: u64,
    },
    /// Report that a thread ended while it was blocked.
    Ended {
        /// Its id.
        thread: u32,
        /// Milliseconds since its last heartbeat.
        blocked_ms: u64,
    },
}

/// What the state machine is set to.
#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// Milliseconds without a heartbeat from which a thread is blocked.
    pub threshold_ms: u64,
    /// Stalls reported in a minute.
    pub max_per_minute: usize,
}

/// The probe of a report that waits for a response, or that went out without one.
struct Probe {
    id: u32,
    // When the report goes out anyway; none once it has.
    until: Option<u64>,
    // The request of the first response, and when to probe again.
    first: Option<u64>,
    again: Option<u64>,
    seen: u64,
    marker: Option<EntryMarker>,
}

struct Stall {
    // Milliseconds of blocking at which the next report is due.
    next_ms: u64,
    suppressed: u32,
    reported: bool,
    probe: Option<Probe>,
}

struct Track {
    heartbeat: u32,
    since: u64,
    // None for a stall that is rate-limited, which is `muted`.
    stall: Option<Stall>,
    muted: bool,
}

/// The threads that write heartbeats.
pub struct Stalls {
    config: Config,
    limit: Limit,
    // Longest step that counts as a whole, ms.
    step_ms: u64,
    time: u64,
    last: Option<u32>,
    last_probe: u32,
    tracks: BTreeMap<u32, Track>,
}

impl Stalls {
    /// Knows no thread yet.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            limit: Limit::new(config.max_per_minute),
            // Below the threshold, so that a sleep alone never counts as a stall; above what a busy machine delays.
            step_ms: (config.threshold_ms / 2).clamp(50, 250),
            time: 0,
            last: None,
            last_probe: 0,
            tracks: BTreeMap::new(),
        }
    }

    /// Forgets all threads; each counts anew from its next reading.
    pub fn forget(&mut self) {
        self.tracks.clear();
    }

    /// True while a response is awaited or a second probe is due, so that the next step should come soon.
    pub fn is_probing(&self) -> bool {
        let probes = self.tracks.values().filter_map(|track| track.stall.as_ref()?.probe.as_ref());
        probes.into_iter().any(|probe| probe.until.is_some() || probe.again.is_some())
    }

    /// Takes responses that came while their thread was still blocked, before the step that may find it free.
    pub fn respond(&mut self, responses: Vec<Response>) -> Vec<Event> {
        let mut events = Vec::new();
        for response in responses {
            let Some(track) =
                self.tracks.get_mut(&response.thread).filter(|track| track.heartbeat == response.heartbeat)
            else {
                continue;
            };
            let blocked_ms = self.time - track.since;
            let Some(stall) = &mut track.stall else { continue };
            let Some(probe) = stall.probe.as_mut().filter(|probe| probe.id == response.probe) else {
                continue;
            };
            let agrees = probe.marker.is_some_and(|marker| marker.id == response.id);
            if agrees || probe.first == Some(response.id) {
                events.push(stall.report(response.thread, blocked_ms, Some(response)));
                stall.probe = None;
            } else {
                probe.first = Some(response.id);
                probe.again = Some(self.time + SECOND_PROBE_MS);
            }
        }
        events
    }

    /// One step: `now` is a reading of the clock, `readings` are all attached threads, `can_probe` says whether
    /// there is a prober.
    pub fn step(&mut self, now: u32, readings: &[Reading], can_probe: bool) -> Vec<Event> {
        let elapsed = u64::from(Clock::age_ms(self.last.unwrap_or(now), now));
        let elapsed = elapsed.min(self.step_ms);
        self.last = Some(now);
        self.time += elapsed;
        let mut events = self.without(readings);
        for reading in readings.iter().filter(|reading| reading.heartbeat != 0) {
            let known = self.tracks.get_mut(&reading.thread);
            if known.as_ref().is_some_and(|track| track.heartbeat == reading.heartbeat) {
                self.blocked(reading, can_probe, &mut events);
                continue;
            }
            // It wrote the heartbeat within this step, if it is not its first and the clock that it read was right.
            let age = u64::from(Clock::age_ms(reading.heartbeat, now)).min(elapsed);
            let since = self.time - age;
            if let Some(track) = known {
                events.extend(track.recover(reading.thread, since.saturating_sub(track.since)));
            }
            let track = Track { heartbeat: reading.heartbeat, since, stall: None, muted: false };
            self.tracks.insert(reading.thread, track);
        }
        events
    }

    /// Drops the threads that ended or write no heartbeats any more.
    fn without(&mut self, readings: &[Reading]) -> Vec<Event> {
        let mut events = Vec::new();
        let time = self.time;
        self.tracks.retain(|id, track| {
            let found = readings.iter().find(|reading| reading.thread == *id);
            if track.stall.as_ref().is_some_and(|stall| stall.reported) {
                let (thread, blocked_ms) = (*id, time - track.since);
                match found {
                    None => events.push(Event::Ended { thread, blocked_ms }),
                    // It ran again, if only to stop its heartbeats.
                    Some(reading) if reading.heartbeat == 0 => {
                        events.push(Event::Recovered { thread, blocked_ms })
                    }
                    Some(_) => {}
                }
            }
            found.is_some_and(|reading| reading.heartbeat != 0)
        });
        events
    }

    /// A thread without a heartbeat since the last step.
    fn blocked(&mut self, reading: &Reading, can_probe: bool, events: &mut Vec<Event>) {
        let Some(track) = self.tracks.get_mut(&reading.thread) else { return };
        let (thread, time) = (reading.thread, self.time);
        let blocked_ms = time - track.since;
        if track.muted || blocked_ms < self.config.threshold_ms {
            return;
        }
        if track.stall.is_none() {
            let Some(suppressed) = self.limit.admit(time) else {
                track.muted = true;
                return;
            };
            let next_ms = self.config.threshold_ms;
            track.stall = Some(Stall { next_ms, suppressed, reported: false, probe: None });
        }
        let Some(stall) = &mut track.stall else { return };
        if blocked_ms >= stall.next_ms {
            // One report for all that a long step has skipped.
            while stall.next_ms <= blocked_ms {
                stall.next_ms = stall.next_ms.saturating_mul(2);
            }
            self.last_probe = self.last_probe.wrapping_add(1);
            let wait_ms = if stall.reported { LATER_RESPONSE_MS } else { RESPONSE_MS };
            let until = Some(time + if can_probe { wait_ms } else { 0 });
            let (seen, marker) = (reading.seen, reading.marker);
            stall.probe = Some(Probe { id: self.last_probe, until, first: None, again: None, seen, marker });
            if can_probe {
                events.push(Event::Probe { thread, probe: self.last_probe });
            }
        }
        let Some(probe) = &mut stall.probe else { return };
        if probe.again.is_some_and(|again| time >= again) {
            probe.again = None;
            self.last_probe = self.last_probe.wrapping_add(1);
            probe.id = self.last_probe;
            events.push(Event::Probe { thread, probe: probe.id });
        }
        if probe.until.is_some_and(|until| time >= until) {
            events.push(stall.report(thread, blocked_ms, None));
        }
    }
}

impl Stall {
    /// The report of the current probe, which stays open without a response: one may come as a native call returns.
    fn report(&mut self, thread: u32, blocked_ms: u64, response: Option<Response>) -> Event {
        let (seen, marker) = match &mut self.probe {
            Some(probe) => {
                probe.until = None;
                (probe.seen, probe.marker)
            }
            None => (0, None),
        };
        self.reported = true;
        let suppressed = std::mem::take(&mut self.suppressed);
        Event::Stall { thread, blocked_ms, suppressed, evidence: Evidence { seen, marker, response } }
    }
}

impl Track {
    /// What is still to be reported of a stall that is over.
    fn recover(&mut self, thread: u32, blocked_ms: u64) -> Vec<Event> {
        let Some(mut stall) = self.stall.take() else { return Vec::new() };
        let awaits = stall.probe.as_ref().is_some_and(|probe| probe.until.is_some());
        let mut events = Vec::new();
        // It recovered while the first report waited for a response, which goes out with what was found.
        if awaits && !stall.reported {
            events.push(stall.report(thread, blocked_ms, None));
        }
        events.push(Event::Recovered { thread, blocked_ms });
        events
    }
}

#[cfg(test)]
#[path = "stall_tests.rs"]
mod tests;
