//! The page for people: its files, as they are in `page/`.

/// Content type of a page.
pub const HTML: &str = "text/html; charset=utf-8";

/// What is shown to whoever has to log in; `wrong` says that the token was none.
pub fn login(wrong: bool) -> String {
    let (field, text) = if wrong {
        (
            r#" aria-invalid="true" aria-describedby="wrong""#,
            r#"<p id="wrong" role="alert">That is not the token.</p>"#,
        )
    } else {
        ("", "")
    };
    include_str!("page/login.html").replace("{wrong field}", field).replace("{wrong text}", text)
}

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

/// The files without data of the process, which the login form needs.
pub fn is_style(path: &str) -> bool {
    ["/page.css", "/icon.svg"].contains(&path)
}
