//! Reports about blocked threads whose cause is confirmed. A thread that recovers reads those about itself here, before any
//! message about them could arrive.

use std::collections::BTreeMap;

/// One report of a stall whose cause is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedStall {
    /// Id of the context that was current: the request itself, a child of it, or work inside it.
    pub id: u64,
    /// Reading of the clock when it was reported.
    pub at: u32,
    /// The line as JSON.
    pub line: String,
}

/// The reports of each thread's latest stall. There are few: each comes after twice the time of the one before.
#[derive(Default)]
pub struct ConfirmedStalls {
    threads: BTreeMap<u32, Vec<ConfirmedStall>>,
}

impl ConfirmedStalls {
    /// Adds a line.
    pub fn add(&mut self, thread: u32, stall: ConfirmedStall) {
        self.threads.entry(thread).or_default().push(stall);
    }

    /// Those of a thread, in the order in which they were reported.
    pub fn of(&self, thread: u32) -> Vec<ConfirmedStall> {
        self.threads.get(&thread).cloned().unwrap_or_default()
    }

    /// Drops those of a thread that is gone, or whose next stall begins.
    pub fn forget(&mut self, thread: u32) {
        self.threads.remove(&thread);
    }

    /// Drops all.
    pub fn clear(&mut self) {
        self.threads.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confirmed(id: u64) -> ConfirmedStall {
        ConfirmedStall { id, at: 1, line: "{}".to_owned() }
    }

    #[test]
    fn keeps_the_lines_of_each_thread() {
        let mut table = ConfirmedStalls::default();
        assert_eq!(table.of(0), []);
        table.add(0, confirmed(1));
        table.add(0, confirmed(2));
        table.add(1, confirmed(3));
        assert_eq!((table.of(0), table.of(1)), (vec![confirmed(1), confirmed(2)], vec![confirmed(3)]));
        table.forget(0);
        assert_eq!((table.of(0), table.of(1).len()), (vec![], 1));
        table.clear();
        assert_eq!(table.of(1), []);
    }
}
