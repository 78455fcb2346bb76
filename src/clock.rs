//! The coarse clock: milliseconds that JavaScript reads from its thread block instead of calling.

use std::time::Instant;

/// A monotonic millisecond counter of 32 bits.
///
/// It starts at 1 and skips 0, so that 0 in a cell means "never". It wraps after 49 days, so ages are wrapping differences;
/// a request that is older than that shows too young an age.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: Instant,
}

impl Clock {
    /// A clock that starts now.
    pub fn start() -> Self {
        Self { origin: Instant::now() }
    }

    /// Milliseconds since the start, plus 1; never 0.
    pub fn now_ms(&self) -> u32 {
        Self::reading(self.origin.elapsed().as_millis())
    }

    fn reading(elapsed_ms: u128) -> u32 {
        // Truncation is the wrap.
        (elapsed_ms as u32).wrapping_add(1).max(1)
    }

    /// Milliseconds from `then`, a reading of this clock, until `now`, a later one; 0 if `then` is 0.
    pub fn age_ms(then: u32, now: u32) -> u32 {
        if then == 0 { 0 } else { now.wrapping_sub(then) }
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
    }
}
