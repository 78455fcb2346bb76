//! `context-fields.js`: the class with one accessor per request field, and how a fork copies them.

use std::fmt::Write;

use super::{BANNER, keys_where};
use crate::limits::{BYTE_LANES, COUNTER_LANES, COUNTER_MAX};
use crate::store::pages::record::{byte, word};
use crate::store::registry::{Lane, OTHER_BYTE, OnFork, Scalar, Slot, SlotKind};

/// Columns that the repository's JavaScript formatter keeps to, the newline included.
const LINE_WIDTH: usize = 101;

/// Renders the module.
pub fn render(slots: &[Slot]) -> String {
    let values: Vec<&Slot> = slots.iter().filter(|slot| slot.spec.kind == SlotKind::Value).collect();
    let collections = keys_where(slots, |slot| slot.spec.kind.is_collection());
    let shared = keys_where(slots, |slot| slot.spec.kind.is_collection() && inherits(slot));
    let mut out = format!(
        "{BANNER}import {{ takeCell }} from \"../store/records.js\";
import {{ exoticGet, exoticSet, UNDEFINED }} from \"../request/exotic.js\";
{}import {{ LAYOUT }} from \"./slot-table.js\";
",
        factories(slots)
    );
    out.push_str("\n/** The value slots of one context. */\nexport class Values {\n  constructor() {\n");
    for slot in &values {
        let _ = writeln!(out, "    this.{} = {};", slot.spec.key, slot.spec.default);
    }
    out.push_str(
        "  }\n}\n\n/** Collections that one context was given in place of its family's. */\nexport class Collections {\n  constructor() {\n",
    );
    lines(&mut out, &collections, |key| format!("    this.{key} = undefined;"));
    out.push_str(
        "  }\n}\n\n/** Collections that a context shares with its forks; each is made at first touch. */\nexport class Family {\n  constructor(root) {\n    this.root = root;\n    this.forks = undefined;\n",
    );
    lines(&mut out, &shared, |key| format!("    this.{key} = undefined;"));
    out.push_str(CLASS_START);
    for slot in slots {
        out.push_str(&accessor(slot));
    }
    out.push_str("}\n\n");
    out.push_str(&copy_fields(slots));
    out.push_str(
        "\n/**
 * Assigns the own fields of `from`, as an object spread after the defaults would. A switch over names is several times
 * faster than `Object.assign`, which calls each setter from the runtime.
 */
export function assignFields(context, from) {
  for (const key in from) {
    if (!Object.hasOwn(from, key)) continue;
    const value = from[key];
    switch (key) {
",
    );
    lines(&mut out, &keys_where(slots, |_| true), |key| {
        format!("      case \"{key}\":\n        context.{key} = value;\n        break;")
    });
    out.push_str(
        "      default:
        context[key] = value;
    }
  }
}

/** Names of all request fields, in table order. */\nexport const FIELD_NAMES = Object.freeze([\n",
    );
    lines(&mut out, &keys_where(slots, |_| true), |key| format!("  \"{key}\","));
    out.push_str("]);\n");
    out
}

/// From the end of the class before to the first accessor. A new context shares these blanks until it is first written
/// to, so that making one is a single small allocation.
const CLASS_START: &str = r#"  }
}

// What a context has until something is written to it. Shared by all of them, so never written itself.
const BLANK_WORDS = new Int32Array(LAYOUT.cellWords);
const BLANK_BYTES = new Uint8Array(BLANK_WORDS.buffer);
export const BLANK_VALUES = Object.freeze(new Values());
export const BLANK_COLLECTIONS = Object.freeze(new Collections());

function ownValues(context) {
  return context.$values === BLANK_VALUES ? (context.$values = new Values()) : context.$values;
}

function ownCollections(context) {
  return context.$collections === BLANK_COLLECTIONS
    ? (context.$collections = new Collections())
    : context.$collections;
}

/** The fields of a request context. `$base` is where its cell begins in `$words`, 0 while it has none. */
export class ContextFields {
  constructor(kind) {
    this.$words = BLANK_WORDS;
    this.$bytes = BLANK_BYTES;
    this.$base = 0;
    this.$kind = kind;
    this.$values = BLANK_VALUES;
    this.$collections = BLANK_COLLECTIONS;
    this.$family = undefined;
    this.$extra = undefined;
  }
"#;

fn inherits(slot: &Slot) -> bool {
    slot.spec.on_fork == OnFork::Inherit
}

fn lines(out: &mut String, keys: &[&str], line: impl Fn(&str) -> String) {
    for key in keys {
        out.push_str(&line(key));
        out.push('\n');
    }
}

fn factories(slots: &[Slot]) -> String {
    let mut names: Vec<&str> = slots
        .iter()
        .filter_map(|slot| match &slot.spec.kind {
            SlotKind::Lazy { factory } => Some(factory.as_ref()),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return String::new();
    }
    format!("import {{ {} }} from \"../request/factories.js\";\n", names.join(", "))
}

fn accessor(slot: &Slot) -> String {
    let key = &slot.spec.key;
    match (&slot.spec.kind, slot.lane, &slot.spec.default) {
        (SlotKind::Flag, Some(Lane::Byte(lane)), default) => flag(key, lane, *default == Scalar::Bool(true)),
        (SlotKind::Enum { variants }, Some(Lane::Byte(lane)), default) => {
            choice(key, lane, variants, default)
        }
        (SlotKind::Counter, Some(Lane::Counter(lane)), default) => counter(key, lane, default),
        (kind, ..) => match maker(kind) {
            Some(maker) => collection(key, &maker, inherits(slot)),
            None => value(key),
        },
    }
}

/// The expression that makes a collection.
fn maker(kind: &SlotKind) -> Option<String> {
    Some(match kind {
        SlotKind::List => "[]".to_owned(),
        SlotKind::Set => "new Set()".to_owned(),
        SlotKind::Map => "new Map()".to_owned(),
        SlotKind::WeakMap => "new WeakMap()".to_owned(),
        SlotKind::Lazy { factory } => format!("{factory}()"),
        SlotKind::Value | SlotKind::Flag | SlotKind::Enum { .. } | SlotKind::Counter => return None,
    })
}

fn value(key: &str) -> String {
    format!(
        "
  get {key}() {{
    return this.$values.{key};
  }}
  set {key}(value) {{
    if (this.$values.{key} !== value) ownValues(this).{key} = value;
  }}
"
    )
}

fn collection(key: &str, maker: &str, shared: bool) -> String {
    let make = if shared {
        format!(
            "    const family = (this.$family ??= new Family(this));
    return (family.{key} ??= {maker});
"
        )
    } else {
        format!("    return (ownCollections(this).{key} = {maker});\n")
    };
    format!(
        "
  get {key}() {{
    const own = this.$collections.{key};
    if (own !== undefined) return own === UNDEFINED ? undefined : own;
{make}  }}
  set {key}(value) {{
    ownCollections(this).{key} = value === undefined ? UNDEFINED : value;
  }}
"
    )
}

fn byte_at(lane: usize) -> String {
    format!("(this.$base << 2) + {}", byte::LANES + lane)
}

/// A statement with a chain of two conditions, broken as the formatter breaks it if it is wider than 100 columns.
fn chain(indent: &str, start: &str, cases: [(String, String); 2], otherwise: &str) -> String {
    let [(first, one), (second, two)] = cases;
    let line = format!("{indent}{start}{first} ? {one} : {second} ? {two} : {otherwise};\n");
    if line.len() <= LINE_WIDTH {
        return line;
    }
    format!(
        "{indent}{start}{first}
{indent}  ? {one}
{indent}  : {second}
{indent}    ? {two}
{indent}    : {otherwise};
"
    )
}

fn flag(key: &str, lane: usize, default: bool) -> String {
    let at = byte_at(lane);
    let opposite = !default;
    let read =
        [("code === 0".to_owned(), default.to_string()), ("code === 1".to_owned(), opposite.to_string())];
    let read = chain("    ", "return ", read, &format!("exoticGet(this, \"{key}\")"));
    let write =
        [(format!("value === {default}"), "0".to_owned()), (format!("value === {opposite}"), "1".to_owned())];
    let write = chain("      ", "", write, &format!("exoticSet(this, \"{key}\", value, {OTHER_BYTE})"));
    format!(
        "
  get {key}() {{
    const code = this.$bytes[{at}];
{read}  }}
  set {key}(value) {{
    const code =
{write}    if (code !== 0 && this.$base === 0) takeCell(this);
    if (this.$base !== 0) this.$bytes[{at}] = code;
  }}
"
    )
}

fn choice(key: &str, lane: usize, variants: &[Scalar], default: &Scalar) -> String {
    let at = byte_at(lane);
    let first = variants.iter().position(|variant| variant == default).unwrap_or(0);
    let (mut read, mut write) = (String::new(), String::new());
    for code in 0..variants.len() {
        let variant = &variants[(first + code) % variants.len()];
        let _ = writeln!(read, "      case {code}:\n        return {variant};");
        let _ = writeln!(write, "      case {variant}:\n        code = {code};\n        break;");
    }
    format!(
        "
  get {key}() {{
    switch (this.$bytes[{at}]) {{
{read}      default:
        return exoticGet(this, \"{key}\");
    }}
  }}
  set {key}(value) {{
    let code = 0;
    switch (value) {{
{write}      default:
        code = exoticSet(this, \"{key}\", value, {OTHER_BYTE});
    }}
    if (code !== 0 && this.$base === 0) takeCell(this);
    if (this.$base !== 0) this.$bytes[{at}] = code;
  }}
"
    )
}

fn counter(key: &str, lane: usize, default: &Scalar) -> String {
    let at = word::COUNTERS + lane;
    // Counters whose default is 0 need no arithmetic.
    let (up, down) = match default {
        Scalar::Number(0.0) => (String::new(), String::new()),
        default => (format!(" + {default}"), format!(" - {default}")),
    };
    format!(
        "
  get {key}() {{
    const code = this.$words[this.$base + {at}];
    return code === -1 ? exoticGet(this, \"{key}\") : code{up};
  }}
  set {key}(value) {{
    const code =
      Number.isInteger(value) && value >= {default} && value <= {COUNTER_MAX}
        ? value{down}
        : exoticSet(this, \"{key}\", value, -1);
    if (code !== 0 && this.$base === 0) takeCell(this);
    if (this.$base !== 0) this.$words[this.$base + {at}] = code;
  }}
"
    )
}

fn copy_fields(slots: &[Slot]) -> String {
    let mut out = String::from(
        "/**
 * Copies every slot that a fork inherits from `parent` to `child`; the others of a fresh `child` are defaults. Both have
 * a cell.
 */
export function copyFields(child, parent) {
  if (parent.$values !== BLANK_VALUES) {
    const to = (child.$values = new Values());
    const from = parent.$values;
",
    );
    let values = keys_where(slots, |slot| slot.spec.kind == SlotKind::Value && inherits(slot));
    lines(&mut out, &values, |key| format!("    to.{key} = from.{key};"));
    out.push_str(
        "  }
  if (parent.$collections !== BLANK_COLLECTIONS) {
    const to = (child.$collections = new Collections());
    const from = parent.$collections;
",
    );
    let collections = keys_where(slots, |slot| slot.spec.kind.is_collection() && inherits(slot));
    lines(&mut out, &collections, |key| format!("    to.{key} = from.{key};"));
    out.push_str(
        "  }
  const to = child.$words;
  const from = parent.$words;
  const c = child.$base;
  const p = parent.$base;
",
    );
    // Lanes are copied by whole words, also those that no slot uses: straight-line code is faster than a choice.
    let lanes = byte::LANES / 4..(byte::LANES + BYTE_LANES) / 4;
    for index in lanes.chain(word::COUNTERS..word::COUNTERS + COUNTER_LANES) {
        let _ = writeln!(out, "  to[c + {index}] = from[p + {index}];");
    }
    for slot in slots.iter().filter(|slot| !inherits(slot)) {
        let _ = match slot.lane {
            Some(Lane::Byte(lane)) => writeln!(out, "  child.$bytes[(c << 2) + {}] = 0;", byte::LANES + lane),
            Some(Lane::Counter(lane)) => writeln!(out, "  to[c + {}] = 0;", word::COUNTERS + lane),
            None => Ok(()),
        };
    }
    out.push_str("}\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::registry::{Lifetime, Registry, SlotSpec};

    fn rendered(kind: SlotKind, default: Option<Scalar>, on_fork: OnFork) -> String {
        let mut registry = Registry::empty();
        registry.register(SlotSpec::new("x", kind, Lifetime::Request, default, on_fork).unwrap()).unwrap();
        render(registry.list())
    }

    #[test]
    fn codes_start_at_the_default() {
        let flag = rendered(SlotKind::Flag, Some(Scalar::Bool(true)), OnFork::Inherit);
        assert!(
            flag.contains("return code === 0 ? true : code === 1 ? false : exoticGet(this, \"x\");"),
            "{flag}"
        );
        let variants = [3.0, 4.0, 5.0].map(Scalar::Number).to_vec().into();
        let choice = rendered(SlotKind::Enum { variants }, Some(Scalar::Number(4.0)), OnFork::Inherit);
        assert!(choice.contains("case 0:\n        return 4;"), "{choice}");
        assert!(choice.contains("case 3:\n        code = 2;"), "{choice}");
        let counter = rendered(SlotKind::Counter, None, OnFork::Inherit);
        assert!(counter.contains("? exoticGet(this, \"x\") : code;"), "{counter}");
    }

    #[test]
    fn a_fork_takes_nothing_of_a_slot_that_resets() {
        let list = rendered(SlotKind::List, None, OnFork::Reset);
        assert!(
            list.contains("return (ownCollections(this).x = []);") && !list.contains("family.x"),
            "{list}"
        );
        assert!(!list.contains("to.x = from.x"));
        assert!(!rendered(SlotKind::Value, None, OnFork::Reset).contains("to.x = from.x"));
        let flag = rendered(SlotKind::Flag, None, OnFork::Reset);
        assert!(flag.contains("  child.$bytes[(c << 2) + 20] = 0;\n}"), "{flag}");
        let counter = rendered(SlotKind::Counter, None, OnFork::Reset);
        assert!(counter.contains("  to[c + 13] = 0;\n}"), "{counter}");
    }

    #[test]
    fn an_inherited_collection_comes_from_the_family() {
        let lazy = rendered(SlotKind::Lazy { factory: "make".into() }, None, OnFork::Inherit);
        assert!(lazy.contains("import { make } from \"../request/factories.js\";"));
        assert!(lazy.contains("return (family.x ??= make());"), "{lazy}");
        assert!(lazy.contains("to.x = from.x;"));
    }
}
