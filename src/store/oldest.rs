//! The oldest of many contexts, picked while they are met: what is in no list is not described.

use std::cmp::Reverse;

use crate::store::clock::Clock;
use crate::store::context_info::ContextInfo;

/// Longer than a list takes. Contexts are made meanwhile, and the order of these counts too.
const LONGEST_MS: u32 = 60_000;

/// The place in a list: by age, then by id.
type Place = (Reverse<u32>, u64);

/// The oldest contexts, as many as a list has. Until the list is done, `age_ms` has the time at which the context was made.
pub struct Oldest {
    limit: usize,
    later: u32,
    found: Vec<ContextInfo>,
    // Of these some are sorted out again.
    room: usize,
    // The last place in the list, once it is full.
    last: Option<Place>,
}

impl Oldest {
    /// None so far, and at most `limit`.
    pub fn new(limit: usize, clock: Clock) -> Self {
        let later = clock.now_ms().wrapping_add(LONGEST_MS);
        Self { limit, later, found: Vec::new(), room: limit, last: None }
    }

    fn place(later: u32, started: u32, id: u64) -> Place {
        (Reverse(Clock::age_ms(started, later)), id)
    }

    /// False if as many are older already.
    pub fn takes(&self, started: u32, id: u64) -> bool {
        self.limit > 0 && self.last.is_none_or(|last| Self::place(self.later, started, id) < last)
    }

    /// Adds one that it takes.
    pub fn push(&mut self, info: ContextInfo) {
        self.found.push(info);
        if self.found.len() < self.room {
            return;
        }
        let (later, last) = (self.later, self.limit - 1);
        let place = |info: &ContextInfo| Self::place(later, info.age_ms, info.id);
        self.found.select_nth_unstable_by_key(last, place);
        self.found.truncate(self.limit);
        self.last = self.found.last().map(place);
        self.room = self.limit.saturating_mul(2);
    }

    /// The list, oldest first, with ages.
    pub fn list(self, clock: Clock) -> Vec<ContextInfo> {
        let mut found = self.found;
        // Read once, or the later of two contexts could come out as the older; and after their own times, or a time from the
        // future would come out as an age of 49 days.
        let now = clock.now_ms();
        for info in &mut found {
            info.age_ms = Clock::age_ms(info.age_ms, now);
            info.idle_ms = Clock::age_ms(info.idle_ms, now);
        }
        found.sort_by_key(|info| (Reverse(info.age_ms), info.id));
        found.truncate(self.limit);
        found
    }
}
