//! The paths and their responses.

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
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

/// Answers a request, whose head is there.
pub async fn answer(server: &Server, place: &Place, request: Request<Incoming>) -> Answer {
    let (request, body) = request.into_parts();
    if request.method == Method::POST && request.uri.path() == access::LOGIN {
        // The request is not complete without the form: until then the place can still go to another.
        let form = access::form(server, body).await;
        place.asked();
        server.cpu_budget.turn().await;
        return server
            .cpu_budget
            .spend(|| form.map_or_else(|refused| refused, |form| access::login(server, &form)));
    }
    place.asked();
    server.cpu_budget.turn().await;
    let refused = server.cpu_budget.spend(|| refuse(server, &request));
    if let Some(refused) = refused {
        return refused;
    }
    if request.uri.path() == "/leaks" {
        server.leaks.refresh(&server.settings.ask_leaks).await;
    }
    server.cpu_budget.spend(|| route(server, &request))
}

fn refuse(server: &Server, request: &Parts) -> Option<Answer> {
    if ![Method::GET, Method::HEAD].contains(&request.method) {
        let mut answer = refusal(StatusCode::METHOD_NOT_ALLOWED, "this server only shows; use GET");
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return Some(answer);
    }
    // What the login form itself needs.
    if page::is_style(request.uri.path()) {
        return None;
    }
    access::refuse(server, request)
}

fn route(server: &Server, request: &Parts) -> Response<Full<Bytes>> {
    let path = request.uri.path();
    match path {
        "/inflight" => match contexts::Query::parse(request.uri.query().unwrap_or_default()) {
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
                "there are / /inflight /stalls /leaks /counters /eventloop /metrics /livez /readyz",
            ),
        },
    }
}
