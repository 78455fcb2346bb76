//! Parts of a mapped file: fixed ones, and equal ones that are lent and given back.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::{Line, Lines, Mapping, Memory};
use crate::sync::Mutex;

/// Some lines of a mapping. Given back to its pool, if it is of one, when it is dropped.
pub struct Part {
    mapping: Arc<Mapping>,
    lines: Range<usize>,
    pool: Option<(Arc<Pool>, usize)>,
}

impl Part {
    pub(super) fn lines(&self) -> &[Line] {
        &self.mapping.lines()[self.lines.clone()]
    }

    /// Bytes `bytes` of a mapping, for as long as it is held; both ends are multiples of 64.
    pub fn fixed(mapping: &Arc<Mapping>, bytes: Range<usize>) -> Memory {
        let lines = bytes.start / size_of::<Line>()..bytes.end / size_of::<Line>();
        Memory::of_part(Self { mapping: Arc::clone(mapping), lines, pool: None })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let Some((pool, index)) = self.pool.take() else { return };
        if pool.sealed.load(Relaxed) {
            return;
        }
        // What a reader of the file goes by. The rest is left to the thread that takes the part: it then has the memory in
        // its processor's cache, where that of another processor would cost it a hundred nanoseconds a line.
        clear(&self.lines()[..1]);
        pool.free.lock().indexes.push(index);
    }
}

fn clear(lines: &[Line]) {
    lines.iter().flat_map(|line| &line.0).for_each(|word| word.store(0, Relaxed));
}

struct Free {
    // The one given back last is lent first: its memory is there.
    indexes: Vec<usize>,
    // Those from here on were never lent, and so are zeros.
    fresh: usize,
}

/// Equal parts of a mapping. The first line of a free part is all zeros.
pub struct Pool {
    mapping: Arc<Mapping>,
    start: usize,
    stride: usize,
    bytes: usize,
    capacity: usize,
    free: Mutex<Free>,
    sealed: AtomicBool,
}

impl Pool {
    /// `capacity` parts of `bytes` each, from byte `start` of a mapping whose bytes there are zeros, every `stride` bytes;
    /// multiples of 64.
    pub fn new(mapping: &Arc<Mapping>, start: usize, stride: usize, bytes: usize, capacity: usize) -> Self {
        let free = Mutex::new(Free { indexes: (0..capacity).rev().collect(), fresh: 0 });
        Self {
            mapping: Arc::clone(mapping),
            start,
            stride,
            bytes,
            capacity,
            free,
            sealed: AtomicBool::new(false),
        }
    }

    /// Lends a part, all zeros; none if all are lent.
    pub fn take(self: &Arc<Self>) -> Option<Memory> {
        if self.sealed.load(Relaxed) {
            return None;
        }
        let (index, is_fresh) = {
            let mut free = self.free.lock();
            let index = free.indexes.pop()?;
            let is_fresh = index >= free.fresh;
            free.fresh = free.fresh.max(index + 1);
            (index, is_fresh)
        };
        let lines = (self.start + index * self.stride) / size_of::<Line>();
        let lines = lines..lines + self.bytes / size_of::<Line>();
        let pool = Some((Arc::clone(self), index));
        let part = Part { mapping: Arc::clone(&self.mapping), lines, pool };
        if !is_fresh {
            clear(part.lines());
        }
        Some(Memory::of_part(part))
    }

    /// Lends nothing from now on, and leaves what is given back as it is.
    pub fn seal(&self) {
        self.sealed.store(true, Relaxed);
    }

    /// True for memory that this pool has lent.
    pub fn lent(&self, memory: &Memory) -> bool {
        matches!(&memory.lines, Lines::Mapped(Part { pool: Some((pool, _)), .. }) if std::ptr::eq(&**pool, self))
    }

    /// How many parts there are, and how many of them are lent.
    pub fn usage(&self) -> (usize, usize) {
        (self.capacity, self.capacity - self.free.lock().indexes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(capacity: usize) -> (Arc<Pool>, std::fs::File) {
        let file = tempfile::tempfile().unwrap();
        file.set_len((64 + capacity * 128) as u64).unwrap();
        let mapping = Arc::new(Mapping::new(&file, 64 + capacity * 128).unwrap());
        (Arc::new(Pool::new(&mapping, 64, 128, 128, capacity)), file)
    }

    #[test]
    fn parts_are_apart_run_out_and_are_lent_again_zeroed() {
        let (pool, file) = pool(2);
        let (first, second) = (pool.take().unwrap(), pool.take().unwrap());
        assert!(pool.take().is_none());
        assert_eq!((first.len(), second.len(), pool.usage()), (128, 128, (2, 2)));
        assert!(pool.lent(&first) && !pool.lent(&Memory::zeroed(128).unwrap()));
        (0..32).for_each(|word| first.set_word(word, 7));
        assert!((0..32).all(|word| second.word(word) == 0));
        second.set_word(31, 9);
        let address = first.address();
        drop(first);
        assert_eq!(pool.usage(), (2, 1));
        let again = pool.take().unwrap();
        assert_eq!(again.address(), address);
        assert!((0..32).all(|word| again.word(word) == 0));
        // The file has what the memory has, but Miri maps no files.
        if cfg!(miri) {
            return;
        }
        let mut bytes = vec![0; 64 + 256];
        std::os::unix::fs::FileExt::read_exact_at(&file, &mut bytes, 0).unwrap();
        assert_eq!((bytes[64 + 255 - 3], bytes.iter().map(|byte| u32::from(*byte)).sum()), (9, 9_u32));
    }

    #[test]
    fn a_part_outlives_everybody_else() {
        let (pool, file) = pool(1);
        let part = pool.take().unwrap();
        drop((pool, file));
        part.set_word(0, 1);
        assert_eq!(part.word(0), 1);
    }

    #[test]
    fn a_sealed_pool_lends_nothing_and_keeps_what_was_written() {
        let (pool, _file) = pool(2);
        let part = pool.take().unwrap();
        part.set_word(3, 5);
        let fixed = Part::fixed(&pool.mapping, 64..192);
        pool.seal();
        drop(part);
        assert!(pool.take().is_none());
        assert_eq!(fixed.word(3), 5);
    }
}
