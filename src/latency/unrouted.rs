//! Names for requests that have no route.
//!
//! Their labels are paths, which clients choose. So they share one name for each method, and a method that Node does not know
//! has no name of its own.

macro_rules! names {
    ($($method:literal)*) => { [$(($method, concat!($method, " (no route)"))),*] };
}

/// Node's methods, sorted, and the names.
const NAMES: [(&str, &str); 35] = names!(
    "ACL" "BIND" "CHECKOUT" "CONNECT" "COPY" "DELETE" "GET" "HEAD" "LINK" "LOCK" "M-SEARCH" "MERGE" "MKACTIVITY" "MKCALENDAR"
    "MKCOL" "MOVE" "NOTIFY" "OPTIONS" "PATCH" "POST" "PROPFIND" "PROPPATCH" "PURGE" "PUT" "QUERY" "REBIND" "REPORT" "SEARCH"
    "SOURCE" "SUBSCRIBE" "TRACE" "UNBIND" "UNLINK" "UNLOCK" "UNSUBSCRIBE"
);

const OTHER_METHOD: &str = "other method (no route)";

/// The name for a label of method and path.
pub fn name(label: &[u8]) -> &'static [u8] {
    let method = label.split(|byte| *byte == b' ').next().unwrap_or_default();
    let found = NAMES.binary_search_by(|(known, _)| known.as_bytes().cmp(method));
    found.map_or(OTHER_METHOD, |index| NAMES[index].1).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_methods_are_named() {
        assert!(NAMES.is_sorted());
        for (method, expected) in NAMES {
            assert_eq!(name(format!("{method} /wp-login.php").as_bytes()), expected.as_bytes());
        }
        for odd in ["", " ", "get /", "GETS /", "BREW /pot", "A", "GET\u{a0}/", "GE"] {
            assert_eq!(name(odd.as_bytes()), OTHER_METHOD.as_bytes());
        }
    }
}
