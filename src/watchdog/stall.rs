//! Which threads are stuck, and when to say so: a state machine without a clock, a thread or an output of its own.
//!
//! Its time is the one that the watchdog itself has run: a step that took far too long (the machine slept, the process was
//! stopped) counts as a short one, and so neither a beat nor the lack of one is judged by time in which nobody could beat.

use std::collections::BTreeMap;

use super::limit::Limit;
use super::reading::{Reading, Stamp};
use super::report::Evidence;
use crate::store::clock::Clock;

/// Milliseconds that a line waits for the thread's own answer.
pub const ANSWER_MS: u64 = 60;

/// Milliseconds between two looks at a thread that must find the same request. One look can come between two callbacks,
/// right after a native call, and then shows whoever happens to be next.
const SECOND_LOOK_MS: u64 = 20;

/// What a stuck thread said of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Id of the thread.
    pub thread: u32,
    /// The question that it answers.
    pub ask: u32,
    /// Its beat when it answered.
    pub beat: u32,
    /// Seq of the context that is current in it; 0 for none.
    pub seq: u64,
    /// Functions, innermost first.
    pub stack: Vec<String>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Ask the thread.
    Ask {
        /// Its id.
        thread: u32,
        /// The question's number.
        ask: u32,
    },
    /// Tell of a stall.
    Stall {
        /// Id of the thread.
        thread: u32,
        /// Milliseconds since its last beat.
        blocked_ms: u64,
        /// Stalls that the limit kept back since the last one told.
        suppressed: u32,
        /// What names the culprit.
        evidence: Evidence,
    },
    /// Tell that a thread goes on.
    Recovered {
        /// Its id.
        thread: u32,
        /// Milliseconds between its two beats.
        blocked_ms: u64,
    },
    /// Tell that a thread ended while it was stuck.
    Ended {
        /// Its id.
        thread: u32,
        /// Milliseconds since its last beat.
        blocked_ms: u64,
    },
}

/// What the state machine is set to.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Milliseconds without a beat from which a thread is stuck.
    pub threshold_ms: u64,
    /// Stalls told in a minute.
    pub max_per_minute: usize,
}

/// A line that waits for an answer, or one that was told without.
struct Look {
    ask: u32,
    // When the line goes out anyway; none once it has.
    until: Option<u64>,
    // The request of the first answer, and when to ask again.
    first: Option<u64>,
    again: Option<u64>,
    seen: u64,
    stamp: Option<Stamp>,
}

struct Stall {
    // Milliseconds of blocking at which the next line is due.
    next_ms: u64,
    suppressed: u32,
    told: bool,
    look: Option<Look>,
}

struct Track {
    beat: u32,
    since: u64,
    // A stall that the limit keeps back has none, and is remembered as muted.
    stall: Option<Stall>,
    muted: bool,
}

/// The threads that beat.
pub struct Stalls {
    rules: Rules,
    limit: Limit,
    // Longest step that is believed, ms.
    step_ms: u64,
    time: u64,
    last: Option<u32>,
    last_ask: u32,
    tracks: BTreeMap<u32, Track>,
}

impl Stalls {
    /// Knows no thread yet.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            limit: Limit::new(rules.max_per_minute),
            // Below the threshold, so that a sleep alone never looks like a stall; above what a busy machine delays.
            step_ms: (rules.threshold_ms / 2).clamp(50, 250),
            time: 0,
            last: None,
            last_ask: 0,
            tracks: BTreeMap::new(),
        }
    }

    /// Forgets all threads; each counts anew from its next reading.
    pub fn forget(&mut self) {
        self.tracks.clear();
    }

    /// True while an answer is awaited or a second look is due, and so the next step should come soon.
    pub fn is_looking(&self) -> bool {
        let looks = self.tracks.values().filter_map(|track| track.stall.as_ref()?.look.as_ref());
        looks.into_iter().any(|look| look.until.is_some() || look.again.is_some())
    }

    /// Takes answers that came while their thread was still stuck, before the step that may find it free.
    pub fn answer(&mut self, answers: Vec<Answer>) -> Vec<Event> {
        let mut events = Vec::new();
        for answer in answers {
            let Some(track) = self.tracks.get_mut(&answer.thread).filter(|track| track.beat == answer.beat)
            else {
                continue;
            };
            let blocked_ms = self.time - track.since;
            let Some(stall) = &mut track.stall else { continue };
            let Some(look) = stall.look.as_mut().filter(|look| look.ask == answer.ask) else { continue };
            let agrees = look.stamp.is_some_and(|stamp| stamp.seq == answer.seq);
            if agrees || look.first == Some(answer.seq) {
                events.push(stall.tell(answer.thread, blocked_ms, Some(answer)));
                stall.look = None;
            } else {
                look.first = Some(answer.seq);
                look.again = Some(self.time + SECOND_LOOK_MS);
            }
        }
        events
    }

    /// One step: `now` is a reading of the clock, `readings` are all attached threads, `asks` says whether there is
    /// somebody to ask.
    pub fn step(&mut self, now: u32, readings: &[Reading], asks: bool) -> Vec<Event> {
        let elapsed = u64::from(Clock::age_ms(self.last.unwrap_or(now), now));
        let elapsed = elapsed.min(self.step_ms);
        self.last = Some(now);
        self.time += elapsed;
        let mut events = self.without(readings);
        for reading in readings.iter().filter(|reading| reading.beat != 0) {
            match self.tracks.get_mut(&reading.thread) {
                None => {
                    // Its first beat, if that came within this step.
                    let age = u64::from(Clock::age_ms(reading.beat, now)).min(elapsed);
                    let since = self.time - age;
                    let track = Track { beat: reading.beat, since, stall: None, muted: false };
                    self.tracks.insert(reading.thread, track);
                }
                Some(track) if track.beat != reading.beat => {
                    // It beat within this step, if the clock that it read was right.
                    let age = u64::from(Clock::age_ms(reading.beat, now)).min(elapsed);
                    let since = self.time - age;
                    let blocked_ms = since.saturating_sub(track.since);
                    events.extend(track.recover(reading.thread, blocked_ms));
                    *track = Track { beat: reading.beat, since, stall: None, muted: false };
                }
                Some(_) => self.stuck(reading, asks, &mut events),
            }
        }
        events
    }

    /// Drops the threads that ended or no longer beat.
    fn without(&mut self, readings: &[Reading]) -> Vec<Event> {
        let mut events = Vec::new();
        let time = self.time;
        self.tracks.retain(|id, track| {
            let found = readings.iter().find(|reading| reading.thread == *id);
            if track.stall.as_ref().is_some_and(|stall| stall.told) {
                let (thread, blocked_ms) = (*id, time - track.since);
                match found {
                    None => events.push(Event::Ended { thread, blocked_ms }),
                    // It ran again, if only to take its leave.
                    Some(reading) if reading.beat == 0 => {
                        events.push(Event::Recovered { thread, blocked_ms })
                    }
                    Some(_) => {}
                }
            }
            found.is_some_and(|reading| reading.beat != 0)
        });
        events
    }

    /// A thread that has not beaten since the last step.
    fn stuck(&mut self, reading: &Reading, asks: bool, events: &mut Vec<Event>) {
        let Some(track) = self.tracks.get_mut(&reading.thread) else { return };
        let (thread, time) = (reading.thread, self.time);
        let blocked_ms = time - track.since;
        if track.muted || blocked_ms < self.rules.threshold_ms {
            return;
        }
        if track.stall.is_none() {
            let Some(suppressed) = self.limit.admit(time) else {
                track.muted = true;
                return;
            };
            let next_ms = self.rules.threshold_ms;
            track.stall = Some(Stall { next_ms, suppressed, told: false, look: None });
        }
        let Some(stall) = &mut track.stall else { return };
        if blocked_ms >= stall.next_ms {
            // One line for all that a long step has skipped.
            while stall.next_ms <= blocked_ms {
                stall.next_ms = stall.next_ms.saturating_mul(2);
            }
            self.last_ask = self.last_ask.wrapping_add(1);
            let until = Some(time + if asks { ANSWER_MS } else { 0 });
            let (seen, stamp) = (reading.seen, reading.stamp);
            stall.look = Some(Look { ask: self.last_ask, until, first: None, again: None, seen, stamp });
            if asks {
                events.push(Event::Ask { thread, ask: self.last_ask });
            }
        }
        let Some(look) = &mut stall.look else { return };
        if look.again.is_some_and(|again| time >= again) {
            look.again = None;
            self.last_ask = self.last_ask.wrapping_add(1);
            look.ask = self.last_ask;
            events.push(Event::Ask { thread, ask: look.ask });
        }
        if look.until.is_some_and(|until| time >= until) {
            events.push(stall.tell(thread, blocked_ms, None));
        }
    }
}

impl Stall {
    /// The line of the current look. The look goes on if it has no answer yet: one may come as a native call returns.
    fn tell(&mut self, thread: u32, blocked_ms: u64, answer: Option<Answer>) -> Event {
        let (seen, stamp) = match &mut self.look {
            Some(look) => {
                look.until = None;
                (look.seen, look.stamp)
            }
            None => (0, None),
        };
        self.told = true;
        let suppressed = std::mem::take(&mut self.suppressed);
        Event::Stall { thread, blocked_ms, suppressed, evidence: Evidence { seen, stamp, answer } }
    }
}

impl Track {
    /// What is still to be said of a stall that is over.
    fn recover(&mut self, thread: u32, blocked_ms: u64) -> Vec<Event> {
        let Some(mut stall) = self.stall.take() else { return Vec::new() };
        let awaits = stall.look.as_ref().is_some_and(|look| look.until.is_some());
        let mut events = Vec::new();
        // It went on while the first line waited for an answer: what was found then is told all the same.
        if awaits && !stall.told {
            events.push(stall.tell(thread, blocked_ms, None));
        }
        events.push(Event::Recovered { thread, blocked_ms });
        events
    }
}

#[cfg(test)]
#[path = "stall_tests.rs"]
mod tests;
