//! Prints, as JSON, what JavaScript and Rust must have the same: the layout with its slots, limits, unsafe characters.
//! `npm run generate` makes js/generated of it.

use std::collections::BTreeMap;

use onescope::limits::*;
use onescope::store::clock::AHEAD_MS;
use onescope::store::registry::builtin::BUILTIN;
use onescope::store::registry::{Scalar, SlotKind};
use onescope::store::{layout, layout_hash};
use onescope::text::UNSAFE;
use serde_json::json;

fn main() {
    let slot_kinds = SlotKind::ALL.map(|kind| json!({ "name": kind.name(), "field": kind.field_sort() }));
    let defaults = SlotKind::ALL.into_iter().map(|kind| (kind.name(), kind.default()));
    let table = json!({
        "layout": layout(),
        "hash": layout_hash(),
        "makers": BUILTIN.iter().filter_map(|entry| Some((entry.spec.key.as_ref(), entry.make?))).collect::<BTreeMap<_, _>>(),
        "types": BUILTIN.iter().map(|entry| entry.ts).collect::<Vec<_>>(),
        "slotKinds": slot_kinds,
        "defaults": defaults.filter(|(_, value)| *value != Scalar::Undefined).collect::<BTreeMap<_, _>>(),
        "unsafeCharacters": UNSAFE,
        "limits": {
            "abandonedLabels": ABANDONED_LABELS,
            "clockAheadMs": AHEAD_MS,
            "counterMax": COUNTER_MAX,
            "enumVariants": ENUM_VARIANTS,
            "heartbeatMs": HEARTBEAT_MS,
            "keyBytes": KEY_BYTES,
            "leakRows": LEAK_ROWS,
            "parents": PARENTS,
        },
    });
    println!("{table}");
}
