//! The number that names a record.

use crate::error::{Error, Result};
use crate::limits::{HANDLE_MAX, PAGE_RECORDS};

/// The seq of a record: page id times 256 plus the index in the page. Below 2^53, so exact as a JavaScript number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(u64);

impl Handle {
    /// The handle of a record, by page id (from 1) and index in the page (0 to 255).
    pub fn of(page: u64, index: usize) -> Self {
        Self(page * PAGE_RECORDS as u64 + index as u64)
    }

    /// The handle of that number.
    ///
    /// # Errors
    /// `Handle` if no record can ever have it: page 0, a header record, or more than 2^53-1.
    pub fn new(seq: u64) -> Result<Self> {
        let handle = Self(seq);
        if seq > HANDLE_MAX || handle.page() == 0 || handle.index() == 0 {
            return Err(Error::Handle { given: seq.to_string() });
        }
        Ok(handle)
    }

    /// The number.
    pub fn seq(self) -> u64 {
        self.0
    }

    /// Id of the page, from 1.
    pub fn page(self) -> u64 {
        self.0 / PAGE_RECORDS as u64
    }

    /// Index of the record in its page.
    pub fn index(self) -> usize {
        (self.0 % PAGE_RECORDS as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_into_page_and_index() {
        let handle = Handle::new(3 * 256 + 7).unwrap();
        assert_eq!((handle.page(), handle.index(), handle.seq()), (3, 7, 775));
        assert_eq!(handle, Handle::of(3, 7));
    }

    #[test]
    fn numbers_that_no_cell_can_have_are_refused() {
        for seq in [0, 1, 255, 256, 512, HANDLE_MAX + 1, u64::MAX] {
            assert_eq!(Handle::new(seq).unwrap_err().code(), "ERR_ONESCOPE_HANDLE", "{seq}");
        }
        assert!(Handle::new(HANDLE_MAX).is_ok());
    }
}
