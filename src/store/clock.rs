//! The coarse clock: milliseconds that JavaScript reads from its thread block instead of calling.

use std::time::Instant;

/// A monotonic millisecond counter of 32 bits.
///
/// It starts at 1 and skips 0, so that 0 in a record means "never". It wraps after 49 days, so ages are wrapping differences
/// and nothing but [`Clock::age_ms`] subtracts readings; a request that is older than that shows too young an age.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: Instant,
    base: u32,
}

/// A reading this far ahead is one of another thread's or of a moment later, not one of 49 days ago.
pub const AHEAD_MS: u32 = 24 * 60 * 60 * 1000;

impl Clock {
    /// A clock that starts now.
    pub fn start() -> Self {
        Self::start_at(1)
    }

    /// A clock that shows `base` now. Tests start it just before it wraps.
    pub fn start_at(base: u32) -> Self {
        Self { origin: Instant::now(), base: base.wrapping_sub(1) }
    }

    /// Milliseconds since the start, plus what it started at; never 0.
    pub fn now_ms(&self) -> u32 {
        Self::reading(self.origin.elapsed().as_millis() + u128::from(self.base))
    }

    fn reading(elapsed_ms: u128) -> u32 {
        // Truncation is the wrap.
        (elapsed_ms as u32).wrapping_add(1).max(1)
    }

    /// Milliseconds from `then`, a reading of this clock, until `now`, a later one; 0 if `then` is 0, and if it is the later
    /// one.
    pub fn age_ms(then: u32, now: u32) -> u32 {
        let age = now.wrapping_sub(then);
        if then == 0 || age > u32::MAX - AHEAD_MS { 0 } else { age }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_never_zero() {
        assert!(Clock::start().now_ms() >= 1);
        assert_eq!(Clock::reading(0), 1);
        assert_eq!(Clock::reading(u128::from(u32::MAX)), 1);
        assert_eq!(Clock::reading(u128::from(u32::MAX) + 1), 1);
        assert_eq!(Clock::reading(u128::from(u32::MAX) + 2), 2);
    }

    #[test]
    fn ages_survive_the_wrap() {
        assert_eq!(Clock::age_ms(10, 25), 15);
        assert_eq!(Clock::age_ms(u32::MAX - 4, 6), 11);
        assert_eq!(Clock::age_ms(0, 25), 0);
        assert_eq!(Clock::age_ms(1 << 31, (1 << 31) - 5), 0);
        assert_eq!(Clock::age_ms(3, u32::MAX), 0);
    }
}
