//! Text for people: which characters it must not hold, and times.

use std::time::SystemTime;

/// Characters that end a line of a log, move a terminal's cursor, turn the direction of what follows, or cannot be seen:
/// those of Unicode's categories Cc, Cf, Zl and Zp, by first and last. Lone surrogates are unsafe too; no `char` is one.
/// JavaScript gets the same table (`js/generated/unsafe-characters.js`).
pub const UNSAFE: [(u32, u32); 23] = [
    (0x00, 0x1f),
    (0x7f, 0x9f),
    (0xad, 0xad),
    (0x600, 0x605),
    (0x61c, 0x61c),
    (0x6dd, 0x6dd),
    (0x70f, 0x70f),
    (0x890, 0x891),
    (0x8e2, 0x8e2),
    (0x180e, 0x180e),
    (0x200b, 0x200f),
    (0x2028, 0x202e),
    (0x2060, 0x2064),
    (0x2066, 0x206f),
    (0xfeff, 0xfeff),
    (0xfff9, 0xfffb),
    (0x110bd, 0x110bd),
    (0x110cd, 0x110cd),
    (0x13430, 0x1343f),
    (0x1bca0, 0x1bca3),
    (0x1d173, 0x1d17a),
    (0xe0001, 0xe0001),
    (0xe0020, 0xe007f),
];

/// True for a character of [`UNSAFE`].
pub fn is_unsafe(character: char) -> bool {
    if matches!(character, ' '..='~') {
        return false;
    }
    let code = character as u32;
    let at = UNSAFE.partition_point(|(_, last)| *last < code);
    UNSAFE.get(at).is_some_and(|(first, _)| *first <= code)
}

/// A character as people may see it: "?" for an unsafe one.
pub fn safe(character: char) -> char {
    if is_unsafe(character) { '?' } else { character }
}

/// Text as people may see it.
pub fn clean(text: &str) -> String {
    text.chars().map(safe).collect()
}

/// The time, for people: ISO 8601 with milliseconds, UTC.
pub fn now() -> String {
    humantime::format_rfc3339_millis(SystemTime::now()).to_string()
}

/// Printable ASCII, which is shown as it is; none for bytes with others among them.
pub fn plain(bytes: &[u8]) -> Option<&str> {
    if bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) { str::from_utf8(bytes).ok() } else { None }
}

/// Text from bytes of any origin, as people may see it; what is not UTF-8 is U+FFFD.
pub fn shown(bytes: &[u8]) -> String {
    plain(bytes).map_or_else(|| clean(&String::from_utf8_lossy(bytes)), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_in_order_and_decide() {
        assert!(UNSAFE.windows(2).all(|pair| pair[0].1 < pair[1].0));
        assert!(UNSAFE.iter().all(|(first, last)| first <= last));
        for character in
            ['\0', '\n', '\u{7f}', '\u{85}', '\u{61c}', '\u{200e}', '\u{202e}', '\u{2069}', '\u{feff}']
        {
            assert!(is_unsafe(character), "{character:?}");
        }
        for character in [' ', '~', 'é', '\u{a0}', '\u{200a}', '\u{2010}', '日', '😀', '\u{fffd}'] {
            assert!(!is_unsafe(character), "{character:?}");
        }
        assert_eq!(shown(b"a\x1b[2J\xff\xe2\x80\xae"), "a?[2J\u{fffd}?");
    }
}
