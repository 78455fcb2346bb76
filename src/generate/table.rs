//! `slot-table.js`: sizes, positions, names by code, and the built-in slots.

use std::fmt::Write;

use super::BANNER;
use crate::limits::*;
use crate::store::layout_hash;
use crate::store::pages::record::{RequestKind, State, byte, header, word};
use crate::store::registry::{OnFork, Scalar, Slot, SlotKind};
use crate::store::threads::block;

/// Renders the module.
pub fn render(slots: &[Slot]) -> String {
    let mut out = String::from(BANNER);
    out.push_str(&layout());
    let _ = write!(
        out,
        "\n/** Names of the states of a cell, by code. */\nexport const STATES = Object.freeze({});\n",
        names(&State::NAMES)
    );
    let _ = write!(
        out,
        "\n/** Names of the kinds of a request, by code. */\nexport const KINDS = Object.freeze([\n"
    );
    for name in RequestKind::NAMES {
        let _ = writeln!(out, "  \"{name}\",");
    }
    out.push_str("]);\n\n/** The built-in slots, in order of id. */\nexport const SLOTS = Object.freeze([\n");
    for slot in slots {
        out.push_str(&entry(slot));
    }
    out.push_str("]);\n");
    out
}

fn names(list: &[&str]) -> String {
    let quoted: Vec<String> = list.iter().map(|name| format!("\"{name}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

fn layout() -> String {
    format!(
        "
/**
 * Sizes and positions in a page; words are 4 bytes, and `words`, `bytes` and `header` count from the start of a cell.
 * `block` counts words of a thread's block.
 */
export const LAYOUT = Object.freeze({{
  version: {LAYOUT_VERSION},
  hash: \"{}\",
  magic: {PAGE_MAGIC},
  pageBytes: {PAGE_BYTES},
  pageCells: {PAGE_RECORDS},
  cellBytes: {RECORD_BYTES},
  cellWords: {RECORD_WORDS},
  labelBytes: {LABEL_BYTES},
  laneCount: {BYTE_LANES},
  counterCount: {COUNTER_LANES},
  clockTickMs: {CLOCK_TICK_MS},
  words: Object.freeze({{
    started: {},
    touched: {},
    parentLow: {},
    parentHigh: {},
    counters: {},
    label: {},
  }}),
  bytes: Object.freeze({{
    state: {},
    kind: {},
    labelLength: {},
    inner: {},
    lanes: {},
    label: {},
  }}),
  header: Object.freeze({{
    magic: {},
    version: {},
    thread: {},
    seqLow: {},
    seqHigh: {},
    cursor: {},
    cellCount: {},
  }}),
  block: Object.freeze({{
    bytes: {THREAD_BLOCK_BYTES},
    words: {},
    clock: {},
    beat: {},
    seenLow: {},
    seenHigh: {},
    call: {},
    callLow: {},
    callHigh: {},
    callStarted: {},
    inspectorPort: {},
  }}),
}});
",
        layout_hash(),
        word::STARTED,
        word::TOUCHED,
        word::PARENT_LOW,
        word::PARENT_HIGH,
        word::COUNTERS,
        word::LABEL,
        byte::STATE,
        byte::KIND,
        byte::LABEL_LENGTH,
        byte::INNER,
        byte::LANES,
        byte::LABEL,
        header::MAGIC,
        header::VERSION,
        header::THREAD,
        header::SEQ_LOW,
        header::SEQ_HIGH,
        header::CURSOR,
        header::RECORD_COUNT,
        THREAD_BLOCK_BYTES / 4,
        block::CLOCK,
        block::HEARTBEAT,
        block::SEEN_LOW,
        block::SEEN_HIGH,
        block::CALL,
        block::CALL_LOW,
        block::CALL_HIGH,
        block::CALL_STARTED,
        block::INSPECTOR_PORT,
    )
}

fn entry(slot: &Slot) -> String {
    let spec = &slot.spec;
    let mut out = String::from("  Object.freeze({\n");
    let mut field = |name: &str, value: &dyn std::fmt::Display| {
        let _ = writeln!(out, "    {name}: {value},");
    };
    field("id", &slot.id.0);
    field("key", &quoted(&spec.key));
    field("kind", &quoted(spec.kind.name()));
    field("lifetime", &quoted(spec.lifetime.name()));
    field("default", &spec.default);
    match &spec.kind {
        SlotKind::Enum { variants } => {
            let list: Vec<String> = variants.iter().map(Scalar::to_string).collect();
            field("variants", &format!("Object.freeze([{}])", list.join(", ")));
        }
        SlotKind::Lazy { factory } => field("factory", &quoted(factory)),
        _ => {}
    }
    field("onFork", &quoted(OnFork::name(spec.on_fork)));
    if let Some(owner) = slot.owner {
        field("owner", &quoted(owner));
    }
    field("native", &spec.is_native());
    if let Some(lane) = slot.lane {
        field("lane", &lane.index());
    }
    out.push_str("  }),\n");
    out
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}
