//! Everything that JavaScript and Rust must agree on before they share a page, and its fingerprint.

use serde_json::{Value, json};

use super::pages::record::{self, byte, header, word};
use super::pages::{RequestKind, State};
use super::registry::{OTHER_BYTE, OTHER_WORD, Registry};
use super::threads::block;
use crate::limits::*;

/// Sizes, positions, codes, names by code, and the built-in slots.
pub fn layout() -> Value {
    json!({
        "version": LAYOUT_VERSION,
        "magic": PAGE_MAGIC,
        "pageBytes": PAGE_BYTES,
        "pageRecords": PAGE_RECORDS,
        "recordBytes": RECORD_BYTES,
        "recordWords": RECORD_WORDS,
        "labelBytes": LABEL_BYTES,
        "fieldCount": BYTE_FIELDS,
        "counterCount": COUNTER_FIELDS,
        "clockTickMs": CLOCK_TICK_MS,
        "words": {
            "started": word::STARTED,
            "touched": word::TOUCHED,
            "parentLow": word::PARENT_LOW,
            "parentHigh": word::PARENT_HIGH,
            "counters": word::COUNTERS,
            "label": word::LABEL,
        },
        "bytes": {
            "state": byte::STATE,
            "kind": byte::KIND,
            "labelLength": byte::LABEL_LENGTH,
            "inner": byte::INNER,
            "fields": byte::FIELDS,
            "label": byte::LABEL,
        },
        "header": {
            "magic": header::MAGIC,
            "version": header::VERSION,
            "thread": header::THREAD,
            "idLow": header::ID_LOW,
            "idHigh": header::ID_HIGH,
            "cursor": header::CURSOR,
            "recordCount": header::RECORD_COUNT,
            "nested": header::NESTED,
        },
        "block": {
            "words": THREAD_BLOCK_BYTES / 4,
            "clock": block::CLOCK,
            "heartbeat": block::HEARTBEAT,
            "seenLow": block::SEEN_LOW,
            "seenHigh": block::SEEN_HIGH,
            "call": block::CALL,
            "callLow": block::CALL_LOW,
            "callHigh": block::CALL_HIGH,
            "callStarted": block::CALL_STARTED,
            "inspectorPort": block::INSPECTOR_PORT,
        },
        "codes": {
            "otherByte": OTHER_BYTE,
            // JavaScript maps the words as signed integers.
            "otherWord": OTHER_WORD.cast_signed(),
            "ownLabel": record::OWN_LABEL,
            "borrowedLabel": record::BORROWED_LABEL,
            "pathLabel": record::PATH_LABEL,
            "routeLabel": record::ROUTE_LABEL,
        },
        "states": State::NAMES,
        "kinds": RequestKind::NAMES,
        "slots": Registry::with_builtins().list(),
    })
}

/// 16 hex digits over the [`layout`].
pub fn layout_hash() -> String {
    format!("{:016x}", fnv1a(&layout().to_string()))
}

/// FNV-1a, 64 bits: no secret is involved, only drift between two builds is to be seen.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnv_matches_its_published_vectors() {
        assert_eq!(fnv1a(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    #[cfg_attr(miri, ignore = "makes much text, slowly")]
    fn is_stable_within_a_build() {
        assert_eq!(layout_hash(), layout_hash());
        assert_eq!(layout_hash().len(), 16);
    }
}
