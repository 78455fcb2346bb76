//! From the crate's errors, and Node-API's, to JavaScript errors with a `code`.

use std::borrow::Cow;

/// The `code` of a JavaScript error.
pub struct Code(Cow<'static, str>);

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// The result of every export.
pub type Result<T> = std::result::Result<T, napi::Error<Code>>;

impl From<crate::error::Error> for napi::Error<Code> {
    fn from(error: crate::error::Error) -> Self {
        Self::new(Code(Cow::Borrowed(error.code())), error.to_string())
    }
}

/// An error of Node-API itself. Its status is kept as the code: napi knows by it that a JavaScript exception is pending,
/// such as one that a getter of an argument threw, and leaves that one in place.
pub fn host(error: napi::Error) -> napi::Error<Code> {
    napi::Error::new(Code(Cow::Owned(error.status.as_ref().to_owned())), &error.reason)
}
