//! Writes the generated JavaScript: `generate [--check] [directory]`, the directory being `js/generated` unless given.
//!
//! With `--check` nothing is written; the exit code is 1 if a file on disk differs.

use std::path::Path;
use std::process::ExitCode;

use onescope::generate;

fn main() -> ExitCode {
    let (flags, paths): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let directory = Path::new(paths.first().map_or("js/generated", String::as_str));
    match flags.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => match generate::write(directory) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&format!("cannot write to {}: {error}", directory.display())),
        },
        ["--check"] => match generate::stale(directory)[..] {
            [] => ExitCode::SUCCESS,
            ref names => fail(&format!(
                "out of date in {}: {}; run `npm run generate`",
                directory.display(),
                names.join(", ")
            )),
        },
        _ => fail("usage: generate [--check] [directory]"),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}
