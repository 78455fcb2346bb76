//! How much processor time the responses may take: clients that never pause must not slow the program down.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::sync::Mutex;

/// Share of one processor, in the long run.
const SHARE: f64 = 0.2;

/// What can be spent at once after a rest.
const SAVINGS: Duration = Duration::from_millis(100);

/// What a request costs besides its response: the connection, reading and writing.
const OVERHEAD: Duration = Duration::from_micros(100);

/// Between two checks whether there is time again.
const REST: Duration = Duration::from_millis(2);

struct Budget {
    // Seconds; below 0 after a response that took longer than the budget.
    left: f64,
    at: Instant,
}

/// The time that responses may take.
pub struct CpuBudget {
    budget: Mutex<Budget>,
}

impl CpuBudget {
    /// One with all its savings.
    pub fn new() -> Self {
        Self { budget: Mutex::new(Budget { left: SAVINGS.as_secs_f64(), at: Instant::now() }) }
    }

    /// Waits until there is time for a response.
    pub async fn turn(&self) {
        while self.left(Instant::now()) <= 0.0 {
            sleep(REST).await;
        }
    }

    /// Makes a response; its time is taken from the budget.
    pub fn spend<T>(&self, make: impl FnOnce() -> T) -> T {
        let start = processor_time();
        let made = make();
        let spent = processor_time().saturating_sub(start) + OVERHEAD;
        self.budget.lock().left -= spent.as_secs_f64();
        made
    }

    fn left(&self, now: Instant) -> f64 {
        let mut budget = self.budget.lock();
        let earned = now.saturating_duration_since(budget.at).as_secs_f64() * SHARE;
        budget.left = (budget.left + earned).min(SAVINGS.as_secs_f64());
        budget.at = now;
        budget.left
    }
}

/// What this thread has computed so far. Time in which it had to wait on a busy machine does not count.
#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// The same where the system does not measure it: time as it passes.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn savings_end_and_come_back() {
        let cpu_budget = CpuBudget::new();
        let start = Instant::now();
        let full = cpu_budget.left(start);
        assert!((full - 0.1).abs() < 1e-6);
        cpu_budget.budget.lock().left -= 0.15;
        assert!(cpu_budget.left(start) < 0.0);
        assert!(cpu_budget.left(start + Duration::from_millis(200)) < 0.0);
        assert!(cpu_budget.left(start + Duration::from_millis(300)) > 0.0);
        assert!((cpu_budget.left(start + Duration::from_secs(60)) - full).abs() < 1e-6);
        assert_eq!(cpu_budget.spend(|| 5), 5);
        assert!(cpu_budget.budget.lock().left < full);
    }
}
