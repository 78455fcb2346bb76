//! The warnings that the process has printed, so that not each thread prints them again.

use std::collections::BTreeSet;

use crate::sync::Mutex;

/// Names of warnings.
#[derive(Default)]
pub struct Notices {
    given: Mutex<BTreeSet<String>>,
}

impl Notices {
    /// True the first time that a name is passed.
    pub fn first(&self, name: String) -> bool {
        self.given.lock().insert(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_first_once() {
        let notices = Notices::default();
        let seen = ["a", "b", "a", "b"].map(|name| notices.first(name.to_owned()));
        assert_eq!(seen, [true, true, false, false]);
    }
}
