//! The context store: pages of fixed-size records, written by JavaScript and read by any thread.
//!
//! ```text
//! page (32 KiB, one external ArrayBuffer)          record (128 bytes)
//! +---------------------------+ record 0           byte  0  state    1 kind    2 label length    3 inner
//! | header: magic, version,   |                    word  1  started, ms on the coarse clock
//! | thread, first id, cursor |                    word  2  last touch, ms on the coarse clock
//! +---------------------------+ record 1           words 3-4  id of the parent, low and high; 0 = a request
//! | a request                 |                    bytes 20-51  32 byte fields: flags and enums
//! +---------------------------+ record 2           words 13-15  3 counter fields
//! | a child of it             |                    bytes 64-127  label, UTF-8
//! +---------------------------+ cursor
//! | zero: not yet allocated   |                    header words: 0 magic "ONES", 1 layout version, 2 thread id,
//! |            …              |                    3-4 first id, low and high, 5 cursor, 6 record count
//! +---------------------------+ record 256
//! ```
//!
//! **Allocation** is a bump of the cursor, which JavaScript does without a call; a record is never used twice. When the last
//! context of a page is unreachable, V8 collects the ArrayBuffer and its finalizer releases the page here.
//!
//! **The generation check.** Page ids count up from 1 and are never reused, and the id of record `i` of page `P` is
//! `P * 256 + i`. That number is the id. So an id is live, or stale (its page is released, or its index is not below
//! the cursor), but never another request's data.

mod abandoned;
mod codes;
mod context_id;
mod page;
pub mod record;
mod table;

pub use abandoned::{Abandoned, Group};
pub use codes::{RequestKind, State};
pub use context_id::ContextId;
pub use page::Page;
pub use record::Record;
pub use table::{PageTable, RecordRef, Totals};
