//! `/slow`: the slowest requests of the last minutes, with what they waited for.

use serde::Serialize;

use super::server::Server;
use crate::latency;
use crate::limits::SLOW_LISTED;
use crate::text;

/// The response.
#[derive(Serialize)]
pub struct Slow {
    now: String,
    // How many labels there are, listed or not.
    total: usize,
    slow: Vec<latency::Slow>,
}

/// Parses the query of a URL: how many labels to list.
///
/// # Errors
/// The message of the error response.
pub fn limit(query: &str) -> Result<usize, String> {
    let mut limit = SLOW_LISTED;
    for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()) {
        match &*name {
            "limit" => limit = value.parse().map_err(|_| "invalid limit: expected an integer".to_owned())?,
            _ => return Err(format!("unknown parameter {name:?}; expected limit")),
        }
    }
    Ok(limit)
}

/// Lists them by label, the label with the slowest one first.
pub fn list(server: &Server, limit: usize) -> Slow {
    let store = server.store;
    let mut slow = server.latency.slow(&store.pages, store.threads.clock().now_ms());
    let total = slow.len();
    slow.truncate(limit);
    Slow { now: text::now(), total, slow }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_checked() {
        assert_eq!((limit(""), limit("limit="), limit("limit=3")), (Ok(SLOW_LISTED), Ok(SLOW_LISTED), Ok(3)));
        for wrong in ["limit=-1", "limit=x", "label=a"] {
            assert!(limit(wrong).is_err(), "{wrong}");
        }
    }
}
