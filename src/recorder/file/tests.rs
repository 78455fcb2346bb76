//! Which files are made, and which are removed.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Barrier;

use super::*;
use crate::recorder::format::{HEADER, MAGIC, MIN_BYTES};
use crate::recorder::tests::names;

/// A time of these tests; each recording starts a second after the one before.
const START_MS: u64 = 1_800_000_000_000;

/// A file that begins like a recording, with all of the directory pruned.
fn recorded(directory: &Path, number: u64, keep: usize) -> File {
    let new = NewFile::create(directory, START_MS + number * 1000, MIN_BYTES).unwrap();
    new.file().write_all(&MAGIC).unwrap();
    new.keep(keep)
}

fn name_of(number: u64) -> String {
    names::name(START_MS + number * 1000, std::process::id())
}

fn numbered(numbers: impl IntoIterator<Item = u64>) -> Vec<String> {
    numbers.into_iter().map(name_of).collect()
}

/// An obstacle, put at a path.
type Obstacle = (&'static str, fn(&Path));

const OBSTACLES: [Obstacle; 6] = [
    ("a foreign file", |path| fs::write(path, "precious").unwrap()),
    ("half the magic number", |path| fs::write(path, "OSFL").unwrap()),
    ("a directory", |path| fs::create_dir(path).unwrap()),
    ("a link to nothing", |path| symlink("nowhere", path).unwrap()),
    ("a link to a recording", |path| {
        let target = path.with_extension("target");
        fs::write(&target, MAGIC).unwrap();
        symlink(target, path).unwrap();
    }),
    ("a pipe", |path| {
        rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
            .unwrap();
    }),
];

#[test]
fn whatever_is_no_recording_of_ours_is_left_alone() {
    for (what, put) in OBSTACLES {
        let folder = tempfile::tempdir().unwrap();
        put(&folder.path().join(name_of(0)));
        fs::write(folder.path().join("flight"), MAGIC).unwrap();
        let before = names(folder.path());
        for number in 0..4 {
            drop(recorded(folder.path(), number, 1));
        }
        let after = names(folder.path());
        assert!(before.iter().all(|name| after.contains(name)), "{what}: {after:?}");
        assert_eq!(after.len(), before.len() + 2, "{what}: {after:?}");
    }
}

#[test]
fn another_users_recording_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name_of(0));
    fs::write(&path, MAGIC).unwrap();
    let root = rustix::process::geteuid().is_root();
    if root {
        std::os::unix::fs::chown(&path, Some(12345), None).unwrap();
    }
    for number in 1..4 {
        drop(recorded(folder.path(), number, 1));
    }
    // Only root can give a file away.
    assert_eq!(path.exists(), root);
}

#[test]
fn what_a_killed_process_left_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    for (number, bytes) in [0, 100, HEADER.end, MIN_BYTES].into_iter().enumerate() {
        fs::write(folder.path().join(name_of(number as u64)), vec![0; bytes]).unwrap();
    }
    let starting = NewFile::create(folder.path(), START_MS + 8000, MIN_BYTES).unwrap();
    let _new = recorded(folder.path(), 9, 100);
    assert_eq!(names(folder.path()), numbered([8, 9]), "that of a live process stays");
    drop(starting);
    assert_eq!(names(folder.path()), numbered([9]), "a file that is not kept goes");
}

#[test]
fn a_name_that_is_taken_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let first = NewFile::create(folder.path(), START_MS, MIN_BYTES).unwrap();
    symlink("nowhere", folder.path().join(names::name(START_MS + 1, std::process::id()))).unwrap();
    let second = NewFile::create(folder.path(), START_MS, MIN_BYTES).unwrap();
    assert_eq!((first.started_ms(), second.started_ms()), (START_MS, START_MS + 2));
    assert!(second.path().ends_with(names::name(START_MS + 2, std::process::id())));
    assert!(!folder.path().join("nowhere").exists());
}

#[test]
fn of_many_that_start_at_once_each_has_a_file() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let starters = Barrier::new(4);
        let files: Vec<File> = std::thread::scope(|scope| {
            let start = || {
                starters.wait();
                recorded(folder.path(), 0, 1)
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(names(folder.path()).len(), files.len());
    }
}

#[test]
fn a_file_that_gets_no_blocks_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let error = NewFile::create(folder.path(), START_MS, 1 << 60).err().unwrap();
    assert_eq!(error.code(), "ERR_ONESCOPE_RECORD_FILE");
    assert!(names(folder.path()).is_empty());
    let full = describe(&ErrorKind::StorageFull.into());
    assert!(full.ends_with("; free some space, or use a smaller maxBytes"), "{full}");
}
