//! The page for people: its files, as they are in `page/`.

const HTML: &str = "text/html; charset=utf-8";

const CSS: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! files {
    ($($path:literal $content_type:ident $file:literal),* $(,)?) => {
        /// Content type and text of a file of the page.
        pub fn file(path: &str) -> Option<(&'static str, &'static str)> {
            match path {
                $($path => Some(($content_type, include_str!($file))),)*
                _ => None,
            }
        }
    };
}

files! {
    "/" HTML "page/index.html",
    "/page.css" CSS "page/page.css",
    "/icon.svg" SVG "page/icon.svg",
    "/main.js" SCRIPT "page/main.js",
    "/live.js" SCRIPT "page/live.js",
    "/dom.js" SCRIPT "page/dom.js",
    "/requests.js" SCRIPT "page/requests.js",
    "/stalls.js" SCRIPT "page/stalls.js",
    "/delays.js" SCRIPT "page/delays.js",
    "/latencies.js" SCRIPT "page/latencies.js",
}
