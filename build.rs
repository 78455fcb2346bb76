//! Link settings for a Node-API library.

fn main() {
    napi_build::setup();
}
