//! The number that names a record.

use crate::error::{Error, Result};
use crate::limits::{ID_MAX, PAGE_RECORDS};

/// The id of a record: page id times 256 plus the index in the page. Below 2^53, so exact as a JavaScript number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContextId(u64);

impl ContextId {
    /// The id of a record, by page id (from 1) and index in the page (0 to 255).
    pub fn of(page: u64, index: usize) -> Self {
        Self(page * PAGE_RECORDS as u64 + index as u64)
    }

    /// The id with that number.
    ///
    /// # Errors
    /// `InvalidId` if no record can ever have it: page 0, a header record, or more than 2^53-1.
    pub fn new(number: u64) -> Result<Self> {
        let id = Self(number);
        if number > ID_MAX || id.page() == 0 || id.index() == 0 {
            return Err(Error::InvalidId { given: number.to_string() });
        }
        Ok(id)
    }

    /// The number.
    pub fn get(self) -> u64 {
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
        let id = ContextId::new(3 * 256 + 7).unwrap();
        assert_eq!((id.page(), id.index(), id.get()), (3, 7, 775));
        assert_eq!(id, ContextId::of(3, 7));
    }

    #[test]
    fn numbers_that_no_record_can_have_are_refused() {
        for number in [0, 1, 255, 256, 512, ID_MAX + 1, u64::MAX] {
            assert_eq!(ContextId::new(number).unwrap_err().code(), "ERR_ONESCOPE_ID", "{number}");
        }
        assert!(ContextId::new(ID_MAX).is_ok());
    }
}
