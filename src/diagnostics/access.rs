//! Who may ask. Without a token: programs of this machine, and pages that came from here. With one: who knows it.

use std::net::IpAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::StatusCode;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use subtle::ConstantTimeEq;
use tokio::time::timeout;

use super::page;
use super::respond::{Answer, content, refusal};
use super::server::Server;
use crate::limits::{LOGIN_BYTES, LOGIN_MS};

/// The path that takes the token from a form.
pub const LOGIN: &str = "/login";

/// What to answer to a request that may not pass; none for one that may.
pub fn refuse(server: &Server, request: &Parts) -> Option<Answer> {
    let Some(token) = &server.settings.token else {
        // A name that somebody pointed at this address would make a page of his as good as one of ours.
        return (!names_loopback(request)).then(|| {
            refusal(
                StatusCode::FORBIDDEN,
                "this server answers under localhost and addresses of this machine only; set a token to use another name",
            )
        });
    };
    let cookie = format!("{}={}", cookie_name(server), server.settings.session);
    let known = bearer(&request.headers).is_some_and(|given| same(given, token))
        || cookies(&request.headers).any(|given| same(given, &cookie));
    (!known).then(|| unauthorized(request))
}

/// Waits for the form with the token.
///
/// # Errors
/// What to answer where there is none.
pub async fn form(server: &Server, body: Incoming) -> Result<Bytes, Answer> {
    if server.settings.token.is_none() {
        return Err(refusal(StatusCode::NOT_FOUND, "this server asks for no token"));
    }
    match timeout(Duration::from_millis(LOGIN_MS), Limited::new(body, LOGIN_BYTES).collect()).await {
        Ok(Ok(form)) => Ok(form.to_bytes()),
        Ok(Err(_)) => Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "the form is larger than any token")),
        Err(_) => Err(refusal(StatusCode::REQUEST_TIMEOUT, "the form did not arrive in time")),
    }
}

/// Looks at the form; whoever knows the token gets a cookie and is sent to the page.
pub fn login(server: &Server, form: &[u8]) -> Answer {
    let given = form_urlencoded::parse(form).find(|(name, _)| name == "token").map(|(_, value)| value);
    let known = given.zip(server.settings.token.as_ref());
    if !known.is_some_and(|(given, token)| same(given.trim(), token)) {
        return content(StatusCode::UNAUTHORIZED, page::HTML, page::login(true));
    }
    let mut answer = content(StatusCode::SEE_OTHER, "text/plain", "");
    let cookie =
        format!("{}={}; Path=/; HttpOnly; SameSite=Strict", cookie_name(server), server.settings.session);
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    answer.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/"));
    answer
}

fn unauthorized(request: &Parts) -> Answer {
    let mut answer = if request.uri.path() == "/" {
        content(StatusCode::UNAUTHORIZED, page::HTML, page::login(false))
    } else {
        refusal(
            StatusCode::UNAUTHORIZED,
            "this server wants its token: Authorization: Bearer TOKEN, or open / in a browser",
        )
    };
    answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    answer
}

/// Browsers send cookies to all ports of a host, so each server has a name of its own for its.
fn cookie_name(server: &Server) -> String {
    format!("onescope_{}", server.address.port())
}

/// Takes as long for a wrong text as for the right one, as far as its length goes.
fn same(given: &str, right: &str) -> bool {
    given.as_bytes().ct_eq(right.as_bytes()).into()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';').map(str::trim))
}

/// True if every name that the request gives this server is one of this machine. It must give one.
fn names_loopback(request: &Parts) -> bool {
    let hosts: Vec<_> = request.headers.get_all(header::HOST).iter().collect();
    let [host] = hosts[..] else { return false };
    host.to_str().is_ok_and(is_loopback) && request.uri.authority().is_none_or(|it| is_loopback(it.as_str()))
}

fn is_loopback(authority: &str) -> bool {
    let name = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((name, port)) if port.is_empty() || port.starts_with(':') => name,
            _ => return false,
        },
        None => authority.split_once(':').map_or(authority, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names() {
        for name in ["localhost", "LOCALHOST:9464", "127.0.0.1", "127.8.0.1:80", "[::1]", "[::1]:9464"] {
            assert!(is_loopback(name), "{name}");
        }
        for name in [
            "",
            ":80",
            "example.com",
            "localhost.example.com:9464",
            "127.0.0.1.example.com",
            "0.0.0.0",
            "10.0.0.1",
            "[::1]x",
            "[::1",
            "user@localhost",
            "::1",
        ] {
            assert!(!is_loopback(name), "{name}");
        }
    }

    #[test]
    fn tokens_are_compared_whole() {
        assert!(same("secret", "secret"));
        for wrong in ["", "secre", "secret2", "Secret"] {
            assert!(!same(wrong, "secret"));
        }
    }

    #[test]
    fn a_bearer_is_told_from_other_schemes() {
        let headers = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            headers
        };
        assert_eq!(bearer(&headers("Bearer abc")), Some("abc"));
        assert_eq!(bearer(&headers("bearer  abc ")), Some("abc"));
        assert_eq!(bearer(&headers("Basic abc")), None);
        assert_eq!(bearer(&headers("Bearer")), None);
    }
}
