//! The paths and their responses.

use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use serde::Serialize;

use super::connections::Place;
use super::respond::{HttpResponse, content, error, json};
use super::server::Server;
use super::{access, contexts, counters, health, metrics, page, slow};
use crate::watchdog::{Inspector, TimedReport};

/// The response of `/stalls`.
#[derive(Serialize)]
struct Stalls {
    // Whether watch() is running.
    watching: bool,
    // None while no inspector port is open. No stalls are reported while a debugger is connected.
    inspector: Option<Inspector>,
    stalls: Vec<TimedReport>,
}

/// Responds to a request whose head has arrived. No body is read.
pub async fn respond(server: &Server, place: &Place, request: &Parts) -> HttpResponse {
    place.received();
    server.cpu_budget.turn().await;
    let rejected = server.cpu_budget.spend(|| reject(server, request));
    if let Some(rejected) = rejected {
        return rejected;
    }
    if request.uri.path() == "/leaks" {
        server.leaks.refresh(&server.settings.request_leaks).await;
    }
    server.cpu_budget.spend(|| route(server, request))
}

fn reject(server: &Server, request: &Parts) -> Option<HttpResponse> {
    if [Method::GET, Method::HEAD].contains(&request.method) {
        return access::reject(server, request);
    }
    let mut response = error(StatusCode::METHOD_NOT_ALLOWED, "read-only server: use GET or HEAD");
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    Some(response)
}

fn route(server: &Server, request: &Parts) -> HttpResponse {
    let path = request.uri.path();
    match path {
        "/in-flight" => match contexts::filter(request.uri.query().unwrap_or_default()) {
            Ok(filter) => json(StatusCode::OK, &contexts::list(server, filter)),
            Err(reason) => error(StatusCode::BAD_REQUEST, &reason),
        },
        "/slow" => match slow::limit(request.uri.query().unwrap_or_default()) {
            Ok(limit) => json(StatusCode::OK, &slow::list(server, limit)),
            Err(reason) => error(StatusCode::BAD_REQUEST, &reason),
        },
        "/leaks" => server.leaks.respond(server.store),
        "/stalls" => {
            let (watching, stalls) = (server.watchdog.is_on(), server.watchdog.reports());
            let inspector = server.watchdog.debugger.inspector();
            json(StatusCode::OK, &Stalls { watching, inspector, stalls })
        }
        "/counters" => json(StatusCode::OK, &counters::count(server)),
        "/eventloop" => json(StatusCode::OK, &counters::event_loops(server)),
        "/metrics" => content(StatusCode::OK, metrics::CONTENT_TYPE, metrics::text(server)),
        "/livez" => health::live(server),
        "/readyz" => health::ready(server),
        _ => match page::file(path) {
            Some((content_type, text)) => content(StatusCode::OK, content_type, text),
            None => error(
                StatusCode::NOT_FOUND,
                "no such path; available: / /in-flight /slow /stalls /leaks /counters /eventloop /metrics /livez /readyz",
            ),
        },
    }
}
