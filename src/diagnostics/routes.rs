//! The paths and their responses.

use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use serde::Serialize;

use super::connections::Place;
use super::respond::{Answer, content, json, refusal};
use super::server::Server;
use super::{access, contexts, counters, health, metrics, page};
use crate::watchdog::{Inspector, TimedReport};

/// The response of `/stalls`.
#[derive(Serialize)]
struct Stalls {
    // False: no watch is on.
    watching: bool,
    // None while no inspector port is open. Stalls are not reported while a debugger is connected.
    inspector: Option<Inspector>,
    stalls: Vec<TimedReport>,
}

/// Answers a request, whose head is there. No body is read.
pub async fn answer(server: &Server, place: &Place, request: &Parts) -> Answer {
    place.asked();
    server.cpu_budget.turn().await;
    let refused = server.cpu_budget.spend(|| refuse(server, request));
    if let Some(refused) = refused {
        return refused;
    }
    if request.uri.path() == "/leaks" {
        server.leaks.refresh(&server.settings.ask_leaks).await;
    }
    server.cpu_budget.spend(|| route(server, request))
}

fn refuse(server: &Server, request: &Parts) -> Option<Answer> {
    if [Method::GET, Method::HEAD].contains(&request.method) {
        return access::refuse(server, request);
    }
    let mut answer = refusal(StatusCode::METHOD_NOT_ALLOWED, "read-only server: use GET or HEAD");
    answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    Some(answer)
}

fn route(server: &Server, request: &Parts) -> Answer {
    let path = request.uri.path();
    match path {
        "/in-flight" => match contexts::Query::parse(request.uri.query().unwrap_or_default()) {
            Ok(query) => json(StatusCode::OK, &contexts::list(server, query)),
            Err(reason) => refusal(StatusCode::BAD_REQUEST, &reason),
        },
        "/leaks" => server.leaks.answer(server.store),
        "/stalls" => {
            let watchdog = server.watchdog;
            let inspector = server.watchdog.debugger.inspector();
            json(
                StatusCode::OK,
                &Stalls { watching: watchdog.is_on(), inspector, stalls: watchdog.reports() },
            )
        }
        "/counters" => json(StatusCode::OK, &counters::count(server)),
        "/eventloop" => json(StatusCode::OK, &counters::event_loops(server)),
        "/metrics" => content(StatusCode::OK, metrics::CONTENT_TYPE, metrics::text(server)),
        "/livez" => health::live(server),
        "/readyz" => health::ready(server),
        _ => match page::file(path) {
            Some((content_type, text)) => content(StatusCode::OK, content_type, text),
            None => refusal(
                StatusCode::NOT_FOUND,
                "there are / /in-flight /stalls /leaks /counters /eventloop /metrics /livez /readyz",
            ),
        },
    }
}
