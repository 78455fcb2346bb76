//! A fingerprint of everything that JavaScript and Rust must agree on before they share a page.

use std::fmt::Write;

use super::pages::record;
use super::registry::builtin::BUILTIN;
use super::threads::block;
use crate::limits;

/// FNV-1a, 64 bits: no secret is involved, only drift between two builds is to be seen.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// 16 hex digits over the layout version, the sizes, the positions, the state and kind names and the built-in slots.
pub fn layout_hash() -> String {
    let mut text = format!(
        "{:?}",
        (
            (limits::LAYOUT_VERSION, limits::PAGE_MAGIC, limits::PAGE_BYTES, limits::RECORD_BYTES),
            (limits::LABEL_BYTES, limits::BYTE_LANES, limits::COUNTER_LANES, limits::THREAD_BLOCK_BYTES),
            (record::POSITIONS, block::POSITIONS),
            (record::State::NAMES, record::RequestKind::NAMES),
        )
    );
    for entry in &BUILTIN {
        // Writing into a String cannot fail.
        let _ = write!(text, "\n{}", entry.spec);
    }
    format!("{:016x}", fnv1a(&text))
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
    fn is_stable_within_a_build() {
        assert_eq!(layout_hash(), layout_hash());
        assert_eq!(layout_hash().len(), 16);
    }
}
