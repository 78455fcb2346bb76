//! Which requests pass. Without a token: those that use a loopback name of this machine. With one: those that carry it.

use std::net::IpAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyper::StatusCode;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use subtle::ConstantTimeEq;

use super::respond::{HttpResponse, error};
use super::server::Server;

/// Makes browsers prompt for the token, and send it with every request from then on.
const BASIC: HeaderValue = HeaderValue::from_static(r#"Basic realm="onescope", charset="UTF-8""#);
const BEARER: HeaderValue = HeaderValue::from_static(r#"Bearer realm="onescope""#);

/// Set by scripts of a page, as by convention.
const REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// The error for a request that may not pass; none for one that may.
pub fn reject(server: &Server, request: &Parts) -> Option<HttpResponse> {
    if is_cross_site(&request.headers) {
        return Some(error(
            StatusCode::FORBIDDEN,
            "cross-site requests are not allowed; open the address directly",
        ));
    }
    match &server.settings.token {
        Some(token) => (!has_token(&request.headers, token)).then(|| unauthorized(&request.headers)),
        // Any page could point a name of its own at this address, and would then be of the same origin.
        None => (!names_loopback(request)).then(|| {
            error(
                StatusCode::FORBIDDEN,
                "without a token, this server accepts only localhost and loopback addresses as the host; set a token to use another name",
            )
        }),
    }
}

fn unauthorized(headers: &HeaderMap) -> HttpResponse {
    let mut response = error(
        StatusCode::UNAUTHORIZED,
        "this server requires its token: Authorization: Bearer TOKEN, or Basic with the token as the password",
    );
    // Our page reloads instead: a dialog would open at each of its requests, and close when that times out.
    if !headers.contains_key(REQUESTED_WITH) {
        response.headers_mut().append(header::WWW_AUTHENTICATE, BASIC);
    }
    response.headers_mut().append(header::WWW_AUTHENTICATE, BEARER);
    response
}

/// True for what a page of another site loads, with which browsers send a token that they know. Links may lead here.
fn is_cross_site(headers: &HeaderMap) -> bool {
    let value = |name| headers.get(name).map(HeaderValue::as_bytes);
    value("sec-fetch-site").is_some_and(|site| ![&b"same-origin"[..], b"none"].contains(&site))
        && value("sec-fetch-dest") != Some(b"document")
}

/// Takes as long for a wrong token as for the right one, as far as its length goes.
fn has_token(headers: &HeaderMap, token: &str) -> bool {
    given_token(headers).is_some_and(|given| given.ct_eq(token.as_bytes()).into())
}

/// The token that a request carries: that of `Bearer`, or the password of `Basic`, whatever the user is.
fn given_token(headers: &HeaderMap) -> Option<Vec<u8>> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    // Of several, a proxy may have checked another one than we would.
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, credentials) = value.to_str().ok()?.split_once(' ')?;
    let credentials = credentials.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(credentials.into());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = BASE64_STANDARD.decode(credentials).ok()?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    Some(pair[colon + 1..].to_vec())
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

    fn headers(given: &[(&'static str, &'static [u8])]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

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
    fn bearer_and_basic_carry_the_token() {
        // Users: none, "ada", "é", and none for a token with colons.
        for (value, token) in [
            (&b"Bearer s3cret"[..], "s3cret"),
            (b"bearer  s3cret ", "s3cret"),
            (b"Basic OnMzY3JldA==", "s3cret"),
            (b"BASIC  YWRhOnMzY3JldA== ", "s3cret"),
            (b"Basic w6k6czNjcmV0", "s3cret"),
            (b"Basic OmE6Yjo=", "a:b:"),
        ] {
            let headers = headers(&[("authorization", value)]);
            assert!(has_token(&headers, token), "{value:?}");
            for wrong in ["", "s3cre", "s3cret2", "S3cret"] {
                assert!(!has_token(&headers, wrong), "{value:?} {wrong}");
            }
        }
    }

    #[test]
    fn malformed_credentials_carry_none() {
        for value in [
            &b""[..],
            b"Bearer",
            b"Basic",
            b"Basic ",
            b"Basic s3cret",
            // Without a colon, without padding, in the alphabet of URLs, with bytes that are not text.
            b"Basic czNjcmV0",
            b"Basic OnMzY3JldA",
            b"Basic Oj8_Pz8=",
            b"Basic \xff\xfe",
            b"Bearer \xc3\xa9",
            b"Digest s3cret",
            b"s3cret",
        ] {
            assert_eq!(given_token(&headers(&[("authorization", value)])), None, "{value:?}");
        }
        assert_eq!(given_token(&HeaderMap::new()), None);
        let twice = [("authorization", &b"Bearer s3cret"[..]), ("authorization", b"Bearer s3cret")];
        assert_eq!(given_token(&headers(&twice)), None);
    }

    #[test]
    fn other_sites_may_link_here_and_load_nothing() {
        let crossing = |site: &'static [u8], dest: &'static [u8]| {
            is_cross_site(&headers(&[("sec-fetch-site", site), ("sec-fetch-dest", dest)]))
        };
        for site in [&b"same-origin"[..], b"none"] {
            assert!(!crossing(site, b"empty") && !crossing(site, b"script"));
        }
        for site in [&b"cross-site"[..], b"same-site", b"\xff"] {
            assert!(crossing(site, b"empty") && crossing(site, b"image") && crossing(site, b"iframe"));
            assert!(!crossing(site, b"document"));
        }
        assert!(!is_cross_site(&HeaderMap::new()));
    }
}
