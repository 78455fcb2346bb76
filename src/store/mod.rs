//! What the threads of a process share: the slots, the pages of records and the threads with their clock.
//!

pub mod clock;
mod layout_hash;
pub mod listeners;
pub mod notices;
pub mod page_reaper;
pub mod pages;
pub mod queries;
pub mod registry;
mod tables;
pub mod threads;

pub use layout_hash::layout_hash;
pub use tables::Store;
