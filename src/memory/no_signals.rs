//! Where signals are left alone: a file that is shortened ends the process, and no signal is noted.

use super::Memory;

/// Notes nothing.
pub struct Notes;

impl Notes {
    /// Takes the memory and leaves it as it is.
    pub fn new(_memory: Memory) -> Self {
        Self
    }

    /// Does nothing.
    pub fn keep(&self) {}
}

/// Guards nothing.
pub mod guard {
    /// Of a mapping.
    pub struct Guard;

    impl Guard {
        /// Guards nothing.
        pub fn new(_start: usize, _bytes: usize) -> Option<Self> {
            Some(Self)
        }

        /// Never known.
        pub fn is_lost(&self) -> bool {
            false
        }
    }
}
