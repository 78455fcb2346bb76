//! How late the event loops are, from their heartbeats. Like the watchdog's, its time is the one in which it ran itself, so that
//! a machine that slept or a process that was stopped is not a delay.

use std::collections::{BTreeMap, VecDeque};

use crate::latency::Buckets;
use crate::limits::{DELAY_SECONDS, HEARTBEAT_MS};
use crate::store::clock::Clock;
use crate::watchdog::Reading;

/// Longest step between two samples that counts as a whole, ms.
const STEP_MS: u64 = 250;

/// Longest step after which no heartbeat can have been missed, ms. After a longer one it is unknown how late a new one was.
const SURE_MS: u64 = 90;

/// From when on a heartbeat is overdue and not only a little late, ms.
const OVERDUE_MS: u64 = 2 * HEARTBEAT_MS;

#[derive(Default)]
struct Loop {
    has_heartbeats: bool,
    // The last heartbeat; 0 while it is unknown.
    heartbeat: u32,
    // When it came, in own time.
    since: u64,
    // Milliseconds since then.
    silent: u64,
    // How late the heartbeats were since the server started.
    delays: Buckets,
    // The longest delay of the current second, and of those before, oldest first.
    current: Option<u32>,
    seconds: VecDeque<Option<u32>>,
}

/// The event loops of all threads.
#[derive(Default)]
pub struct Loops {
    time: u64,
    last: Option<u32>,
    second: u64,
    loops: BTreeMap<u32, Loop>,
}

impl Loops {
    /// One sample: `now` is a reading of the clock, `second` counts seconds since any moment, `readings` are all attached
    /// threads, `debugger` is true while one is connected: it holds all threads of a process.
    pub fn step(&mut self, now: u32, second: u64, readings: &[Reading], debugger: bool) {
        let elapsed = u64::from(Clock::age_ms(self.last.unwrap_or(now), now));
        self.last = Some(now);
        self.time += elapsed.min(STEP_MS);
        self.turn_seconds(second);
        self.loops.retain(|thread, _| readings.iter().any(|reading| reading.thread == *thread));
        for reading in readings {
            let each = self.loops.entry(reading.thread).or_default();
            each.has_heartbeats = reading.heartbeat != 0;
            if debugger || reading.heartbeat == 0 {
                (each.heartbeat, each.silent) = (0, 0);
                continue;
            }
            if reading.heartbeat == each.heartbeat {
                each.silent = self.time - each.since;
                each.late(each.silent.saturating_sub(HEARTBEAT_MS));
                continue;
            }
            let since =
                self.time - u64::from(Clock::age_ms(reading.heartbeat, now)).min(elapsed.min(STEP_MS));
            let known = each.heartbeat != 0 && (elapsed <= SURE_MS || each.silent >= OVERDUE_MS);
            if known {
                let late = since.saturating_sub(each.since).saturating_sub(HEARTBEAT_MS);
                each.late(late);
                each.current = Some(each.current.unwrap_or(0));
                each.delays.record(late);
            }
            (each.heartbeat, each.since, each.silent) = (reading.heartbeat, since, 0);
        }
    }

    fn turn_seconds(&mut self, second: u64) {
        let passed = second.saturating_sub(self.second).min(DELAY_SECONDS as u64);
        self.second = second;
        for each in self.loops.values_mut() {
            for _ in 0..passed {
                each.seconds.push_back(each.current.take());
            }
            let surplus = each.seconds.len().saturating_sub(DELAY_SECONDS);
            each.seconds.drain(..surplus);
        }
    }

    /// True if a thread has begun to turn its event loop and is not at its end.
    pub fn has_heartbeats(&self, thread: u32) -> bool {
        self.loops.get(&thread).is_some_and(|each| each.has_heartbeats)
    }

    /// Milliseconds for which a thread has been blocked: 0 while its heartbeats are in time, none if it writes none or if
    /// it is unknown, as under a debugger.
    pub fn blocked_ms(&self, thread: u32) -> Option<u64> {
        let each = self.loops.get(&thread).filter(|each| each.heartbeat != 0)?;
        Some(if each.silent >= OVERDUE_MS { each.silent } else { 0 })
    }

    /// The longest delay of each of the last seconds, in ms, oldest first, by thread; none where no heartbeat came.
    pub fn seconds(&self) -> impl Iterator<Item = (u32, Vec<Option<u32>>)> {
        self.loops.iter().map(|(thread, each)| (*thread, each.seconds.iter().copied().collect()))
    }

    /// All delays, by thread.
    pub fn delays(&self) -> impl Iterator<Item = (u32, &Buckets)> {
        self.loops.iter().map(|(thread, each)| (*thread, &each.delays))
    }
}

impl Loop {
    fn late(&mut self, ms: u64) {
        let ms = u32::try_from(ms).unwrap_or(u32::MAX);
        if ms > 0 {
            self.current = self.current.max(Some(ms));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Reading = Reading { thread: 0, heartbeat: 0, inspector_port: 0, seen: 0, marker: None };

    /// Samples every 25 ms up to `until`; `heartbeats` gives the last heartbeat at each time.
    fn run(loops: &mut Loops, from: u32, until: u32, heartbeats: impl Fn(u32) -> u32) {
        for now in (from..until).step_by(25) {
            loops.step(now, u64::from(now / 1000), &[Reading { heartbeat: heartbeats(now), ..IDLE }], false);
        }
    }

    /// A thread with a heartbeat every 50 ms, but not between 2010 and 4000.
    fn blocked(now: u32) -> u32 {
        if (2010..4000).contains(&now) { 2000 } else { now / 50 * 50 }
    }

    #[test]
    fn a_block_shows_while_it_lasts_and_counts_once() {
        let mut loops = Loops::default();
        run(&mut loops, 1000, 2050, blocked);
        assert_eq!(loops.blocked_ms(0), Some(0));
        run(&mut loops, 2050, 3000, blocked);
        assert_eq!(loops.blocked_ms(0), Some(975));
        run(&mut loops, 3000, 5000, blocked);
        assert_eq!(loops.blocked_ms(0), Some(0));
        loops.step(5000, 5, &[Reading { heartbeat: 5000, ..IDLE }], false);
        let (_, seconds) = loops.seconds().next().unwrap();
        assert_eq!(seconds, [Some(0), Some(925), Some(1925), Some(1950)]);
        let (_, delays) = loops.delays().next().unwrap();
        assert_eq!((delays.counts[7], delays.sum_ms), (1, 1950));
        assert_eq!(delays.counts[0], 2 * 20);
    }

    #[test]
    fn sleep_is_no_delay() {
        let mut loops = Loops::default();
        run(&mut loops, 1000, 2000, |now| now / 50 * 50);
        // An hour later, and no thread has run meanwhile.
        loops.step(3_602_000, 3602, &[Reading { heartbeat: 1950, ..IDLE }], false);
        assert!(loops.blocked_ms(0).unwrap() <= 300);
        run(&mut loops, 3_602_025, 3_604_000, |now| now / 50 * 50);
        let (_, seconds) = loops.seconds().next().unwrap();
        assert!(seconds.iter().flatten().all(|late| *late <= 300), "{seconds:?}");
        assert!(seconds.len() <= DELAY_SECONDS);
    }

    #[test]
    fn without_heartbeats_nothing_is_known() {
        let mut loops = Loops::default();
        run(&mut loops, 1000, 3000, |_| 0);
        assert_eq!(loops.blocked_ms(0), None);
        assert_eq!(loops.blocked_ms(1), None);
        run(&mut loops, 3000, 5000, |_| 2990);
        assert!(loops.blocked_ms(0) > Some(1000));
        loops.step(5025, 5, &[Reading { heartbeat: 2990, ..IDLE }], true);
        assert_eq!(
            (loops.blocked_ms(0), loops.has_heartbeats(0), loops.has_heartbeats(1)),
            (None, true, false)
        );
        loops.step(5050, 5, &[], false);
        assert_eq!(loops.seconds().count(), 0);
    }
}
