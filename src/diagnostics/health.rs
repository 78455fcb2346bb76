//! `/livez` and `/readyz`: for programs that restart the process or send it requests.

use hyper::StatusCode;
use serde_json::json;

use super::respond::{HttpResponse, json};
use super::server::Server;

/// A thread that has been blocked for this long is not ready for requests, ms.
const BUSY_MS: u64 = 1000;

/// Live: no thread has been blocked for longer than `maxBlockedMs`. Not checked while a debugger is connected.
pub fn live(server: &Server) -> HttpResponse {
    let limit = server.settings.max_blocked_ms;
    let threads: Vec<_> = server
        .store
        .threads
        .list()
        .into_iter()
        .filter_map(|thread| Some((thread, server.loops.lock().blocked_ms(thread)?)))
        .filter(|(_, blocked_ms)| *blocked_ms > limit)
        .map(|(thread, blocked_ms)| json!({ "thread": thread, "blockedMs": blocked_ms }))
        .collect();
    let status = if threads.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let inspector = server.watchdog.debugger.inspector();
    let checked = !server.watchdog.debugger.is_connected();
    let live = threads.is_empty();
    json(
        status,
        &json!({ "live": live, "checked": checked, "maxBlockedMs": limit, "blocked": threads, "inspector": inspector }),
    )
}

/// Ready: the thread that started the server has turned its event loop, is not at its end, and is not blocked now.
pub fn ready(server: &Server) -> HttpResponse {
    let thread = server.settings.owner;
    let (has_heartbeats, blocked_ms) = {
        let loops = server.loops.lock();
        (loops.has_heartbeats(thread), loops.blocked_ms(thread))
    };
    let ready = has_heartbeats && blocked_ms.unwrap_or(0) <= BUSY_MS;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json(status, &json!({ "ready": ready, "thread": thread, "blockedMs": blocked_ms }))
}
