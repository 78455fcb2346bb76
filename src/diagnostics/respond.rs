//! Responses, with the headers that all of them have.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

use crate::text;

/// The response of a route.
pub type Answer = Response<Full<Bytes>>;

/// The content type of all responses that are not for people.
pub const JSON: &str = "application/json";

/// What a page may load and do: our own files and nothing else. It may be shown in no frame.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const COMMON: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// A response of that type.
pub fn content(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    for (name, value) in COMMON {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// A value as JSON.
pub fn json(status: StatusCode, value: &impl Serialize) -> Answer {
    match serde_json::to_vec(value) {
        Ok(body) => content(status, JSON, body),
        // Only maps with keys that are no strings could fail.
        Err(error) => refusal(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// An error response: the cause, and what to do.
pub fn refusal(status: StatusCode, reason: &str) -> Answer {
    let mut body = serde_json::json!({ "error": text::clean(reason) }).to_string();
    body.push('\n');
    content(status, JSON, body)
}
