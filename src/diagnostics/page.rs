//! The page for people: its files, as they are in `page/`.

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Content type and text of a file of the page.
pub fn file(path: &str) -> Option<(&'static str, &'static str)> {
    Some(match path {
        "/" => (HTML, include_str!("page/index.html")),
        "/page.css" => (CSS, include_str!("page/page.css")),
        "/icon.svg" => (SVG, include_str!("page/icon.svg")),
        "/main.js" => (SCRIPT, include_str!("page/main.js")),
        "/live.js" => (SCRIPT, include_str!("page/live.js")),
        "/dom.js" => (SCRIPT, include_str!("page/dom.js")),
        "/requests.js" => (SCRIPT, include_str!("page/requests.js")),
        "/stalls.js" => (SCRIPT, include_str!("page/stalls.js")),
        "/delays.js" => (SCRIPT, include_str!("page/delays.js")),
        "/latencies.js" => (SCRIPT, include_str!("page/latencies.js")),
        "/slow.js" => (SCRIPT, include_str!("page/slow.js")),
        _ => return None,
    })
}
