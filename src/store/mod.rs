//! The core, which knows no feature: what the threads of a process share, that is the slots, the pages of records, and the
//! threads with their clock. Features read it; [`Hooks`] call them.

pub mod clock;
mod context_info;
mod layout;
pub mod listeners;
pub mod never_closed;
mod oldest;
mod page_reaper;
pub mod pages;
pub mod queries;
pub mod registry;
mod tables;
pub mod threads;
pub mod waits;

pub use layout::{layout, layout_hash};
pub use tables::{Hooks, PageHook, Store};
