//! Every fixed size of the store, with its unit and with what happens beyond it.

/// Version of the record and header layout. JavaScript compares it (through the layout hash) before it maps a page.
pub const LAYOUT_VERSION: u32 = 3;

/// First word of a page, the ASCII letters "ONES".
pub const PAGE_MAGIC: u32 = 0x4f4e_4553;

/// Records per page, the header record included. A full page is followed by a new one; there is no limit on pages but memory.
pub const PAGE_RECORDS: usize = 256;

/// Bytes per record: two cache lines, so that two requests never share one.
pub const RECORD_BYTES: usize = 128;

/// 32-bit words per record.
pub const RECORD_WORDS: usize = RECORD_BYTES / 4;

/// Bytes per page (32 KiB).
pub const PAGE_BYTES: usize = PAGE_RECORDS * RECORD_BYTES;

/// Bytes of UTF-8 that a label holds. A longer label is cut at the last character boundary that fits.
pub const LABEL_BYTES: usize = 64;

/// Byte fields per record, for flags and enums. Registering one more fails with `ERR_ONESCOPE_FIELDS_FULL`.
pub const BYTE_FIELDS: usize = 32;

/// Counter fields per record, one word each. Registering one more fails with `ERR_ONESCOPE_FIELDS_FULL`.
pub const COUNTER_FIELDS: usize = 3;

/// Largest value of a counter field. JavaScript maps the words as signed 32-bit integers, and -1 is taken; a larger value
/// stays on the JavaScript side.
pub const COUNTER_MAX: u32 = i32::MAX as u32;

/// Variants of an enum slot. More fail with `ERR_ONESCOPE_SLOT_SPEC`: a field is one byte and 255 is taken.
pub const ENUM_VARIANTS: usize = 250;

/// Bytes of a slot key. A longer key fails with `ERR_ONESCOPE_SLOT_SPEC`.
pub const KEY_BYTES: usize = 200;

/// Labels by which abandoned requests are counted. Those of further labels are counted as "other".
pub const ABANDONED_LABELS: usize = 256;

/// Milliseconds between two updates of the coarse clock, so also the error of every age that is computed from it.
pub const CLOCK_TICK_MS: u64 = 10;

/// Bytes of the block that each attached thread maps: one cache line, so that threads do not share one.
pub const THREAD_BLOCK_BYTES: usize = 64;

/// Released pages that may wait to be counted (32 MiB): a collection can release hundreds at once. A thread that releases one more counts them itself.
pub const LEAVING_PAGES: usize = 1024;

/// Labels with a latency histogram of their own, per process: the heaviest. Contexts with any further label count under
/// `LATENCY_OTHER`.
pub const LATENCY_LABELS: usize = 200;

/// Labels without a histogram of their own that are weighed. Beyond that the lightest are forgotten.
pub const LATENCY_NEWCOMERS: usize = 200;

/// Where the latencies of labels beyond `LATENCY_LABELS` count.
pub const LATENCY_OTHER: &str = "other";

/// Significant decimal digits of a latency: 2 keep every value to 1 %.
pub const LATENCY_DIGITS: u8 = 2;

/// Largest latency that is distinguished, in ms (one day); a longer one counts as this.
pub const LATENCY_MAX_MS: u64 = 24 * 60 * 60 * 1000;

/// Upper bounds, in ms, of the buckets in which latencies and delays of event loops are shown; one more holds the rest.
pub const BUCKETS_MS: [u64; 10] = [10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/// Milliseconds for which slow requests are kept.
pub const SLOW_MS: u32 = 10 * 60 * 1000;

/// Labels whose slowest requests are kept: those with the slowest ones.
pub const SLOW_LABELS: usize = 200;

/// Labels that `/slow` lists unless the request has a limit.
pub const SLOW_LISTED: usize = 20;

/// The slowest requests of a label that are kept.
pub const SLOW_REQUESTS: usize = 5;

/// What a slow request waited for, as much as is kept.
pub const SLOW_WAITS: usize = 32;

/// Requests that are not over, for which is kept what they waited for if its page has left before theirs.
pub const SLOW_WAITS_APART: usize = 10_000;

/// Reports of the watchdog that are kept for the diagnostics server. One more pushes the oldest out.
pub const REPORTS_KEPT: usize = 64;

/// Milliseconds between two heartbeats of a thread.
pub const HEARTBEAT_MS: u64 = 50;

/// Seconds for which the delay of each event loop is kept.
pub const DELAY_SECONDS: usize = 300;

/// Connections that the diagnostics server has at once. One more replaces the one that has been slowest to send its request, or is closed.
pub const CONNECTIONS: usize = 64;

/// Bytes of a request's head that the diagnostics server takes; a longer one gets the status 431.
pub const REQUEST_HEAD_BYTES: usize = 16 * 1024;

/// Milliseconds that a client has to send its request's head.
pub const REQUEST_HEAD_MS: u64 = 5000;

/// Milliseconds that a connection to the diagnostics server lasts at most.
pub const REQUEST_MS: u64 = 10_000;

/// Contexts that `/in-flight` lists unless the request has a limit.
pub const LISTED_DEFAULT: usize = 100;

/// Contexts that `/in-flight` lists at most; a larger limit counts as this.
pub const LISTED_MAX: usize = 500;

/// Labels in each list of `/leaks`. Further ones are only counted.
pub const LEAK_ROWS: usize = 200;

/// Targets of outgoing work that metrics name: those with most of it. The others count together.
pub const OUTGOING_TARGETS: usize = 20;

/// Parents that are followed from a child context to its request. Of more, the last one reached counts as the request.
pub const PARENTS: usize = 64;

/// Largest id of a context: JavaScript numbers are exact up to here. At 10 000 pages a second it lasts for over a century.
pub const ID_MAX: u64 = (1 << 53) - 1;
