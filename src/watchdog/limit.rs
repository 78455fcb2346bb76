//! How many stalls are reported.

use std::collections::VecDeque;

const MINUTE_MS: u64 = 60_000;

/// Lets a number of events pass in any minute and counts the others.
pub struct Limit {
    per_minute: usize,
    // When the events of the last minute passed, oldest first.
    passed: VecDeque<u64>,
    suppressed: u32,
}

impl Limit {
    /// Lets `per_minute` events pass in any minute.
    pub fn new(per_minute: usize) -> Self {
        Self { per_minute, passed: VecDeque::new(), suppressed: 0 }
    }

    /// If an event at `time` (ms, never going back) may pass: how many were suppressed since the last that did.
    pub fn admit(&mut self, time: u64) -> Option<u32> {
        while self.passed.front().is_some_and(|then| time - then >= MINUTE_MS) {
            self.passed.pop_front();
        }
        if self.passed.len() >= self.per_minute {
            self.suppressed = self.suppressed.saturating_add(1);
            return None;
        }
        self.passed.push_back(time);
        Some(std::mem::take(&mut self.suppressed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_it_suppresses_and_forgets_after_a_minute() {
        let mut limit = Limit::new(2);
        assert_eq!([0, 10_000, 20_000, 59_999].map(|time| limit.admit(time)), [Some(0), Some(0), None, None]);
        assert_eq!(limit.admit(60_000), Some(2), "the first has left the window");
        assert_eq!(limit.admit(60_001), None);
        assert_eq!(limit.admit(70_000), Some(1));
    }
}
