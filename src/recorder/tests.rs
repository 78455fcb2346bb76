//! Recording and reading again, with real files.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::format::{HEADER, Header, How, MIN_BYTES, PAGE_STRIDE, PAGES_START, SLOT_BYTES, STALL_SLOTS};
use super::*;
use crate::error::Fault;
use crate::memory::Memory;
use crate::store::pages::record::{byte, word};
use crate::store::pages::{ContextId, Page, State};
use crate::store::threads::block;

fn fixture() -> (&'static Store, &'static Recorder) {
    (Box::leak(Box::default()), Box::leak(Box::default()))
}

fn settings(folder: &Path, pages: usize) -> Settings {
    Settings {
        directory: folder.to_owned(),
        keep: 3,
        max_bytes: MIN_BYTES + (pages - 1) * PAGE_STRIDE,
        node: "v24.0.0".to_owned(),
        calls: vec!["fs.readFileSync".to_owned()],
    }
}

fn make(page: &Page, state: State, label: &str) -> u64 {
    let index = page.cursor();
    let record = page.record(index);
    record.set_word(word::STARTED, 1);
    record.set_byte(byte::STATE, state as u8);
    record.set_label(label);
    page.set_cursor(index + 1);
    ContextId::of(page.id(), index).get()
}

fn labels(recorded: &Recorded) -> Vec<&str> {
    recorded.in_flight.iter().map(|found| found.label.as_str()).collect()
}

fn code_of<T>(result: Result<T>) -> &'static str {
    result.err().map_or("no error", |error| error.code())
}

#[test]
fn what_is_written_is_read_while_it_runs_and_after() {
    let (folder, (store, recorder)) = (tempfile::tempdir().unwrap(), fixture());
    let settings = settings(folder.path(), 2);
    let path = recorder.start(store, &settings).unwrap();
    let thread = recorder.attach_thread(store).unwrap();
    let page = recorder.allocate_page(store, thread.id).unwrap();
    let slow = make(&page, State::Active, "GET /slow");
    make(&page, State::Closed, "GET /over");
    let child = make(&page, State::Active, "");
    page.record(3).set_word(word::PARENT_LOW, slow as u32);
    thread.block.set_word(block::SEEN_LOW, child as u32);
    thread.block.set_word(block::CALL_LOW, slow as u32);
    thread.block.set_word(block::CALL, 1);
    for number in 0..20 {
        recorder.flight().unwrap().stall(&format!(
            r#"{{"onescope":"stall","thread":0,"blockedMs":{number},"confidence":"exact","request":null,"stack":[]}}"#
        ));
    }

    let seen = read(&path).unwrap();
    assert_eq!((seen.pid, seen.running, seen.ended_cleanly), (std::process::id(), true, None));
    assert_eq!(labels(&seen), ["GET /slow"]);
    assert_eq!((seen.pages_used, seen.pages_capacity, seen.corrupt), (1, 2, Corrupt::default()));
    let [thread_info] = &seen.threads[..] else { panic!("{:?}", seen.threads) };
    assert_eq!(thread_info.last_entered.as_ref().unwrap().id, slow, "a child shows as its request");
    let call = thread_info.call.as_ref().unwrap();
    assert_eq!(
        (call.name.as_str(), call.request.as_ref().unwrap().label.as_str()),
        ("fs.readFileSync", "GET /slow")
    );
    let reported: Vec<_> =
        seen.stalls.iter().map(|stall| stall.report["blockedMs"].as_u64().unwrap()).collect();
    assert_eq!(reported, (4..20).collect::<Vec<_>>(), "the last ones, in order");

    recorder.flight().unwrap().end(store, Ending::of(How::Exit, Some(3)));
    // What the end of the process gives back stays readable.
    store.pages.release(page.id());
    store.settle();
    store.threads.detach(thread.id);
    drop((page, thread));
    let seen = read(&path).unwrap();
    assert_eq!((labels(&seen), seen.threads.len()), (vec!["GET /slow"], 1));
    assert_eq!((seen.ended_cleanly, seen.ending.unwrap().code), (Some(true), Some(3)));
    assert_eq!(seen.counters.unwrap().totals.created, 2);
    assert!(recorder.stop(store) && !recorder.stop(store));
    let seen = read(&path).unwrap();
    assert_eq!((seen.running, seen.ending.unwrap().how), (false, How::Stopped));
}

#[test]
fn a_full_file_spills_and_is_used_again() {
    let (folder, (store, recorder)) = (tempfile::tempdir().unwrap(), fixture());
    let settings = settings(folder.path(), 2);
    let path = recorder.start(store, &settings).unwrap();
    let thread = recorder.attach_thread(store).unwrap().id;
    let pages: Vec<Arc<Page>> = (0..3).map(|_| recorder.allocate_page(store, thread).unwrap()).collect();
    for (page, label) in pages.iter().zip(["a", "b", "c"]) {
        make(page, State::Active, label);
    }
    let usage = recorder.usage(store).unwrap();
    assert_eq!((usage.capacity, usage.pages, usage.unrecorded), (2, 2, 1));
    assert_eq!(
        recorder.flight().unwrap().unrecorded(store),
        Unrecorded { pages: 1, in_flight: 0, threads: 0 }
    );
    let seen = read(&path).unwrap();
    assert_eq!((labels(&seen), seen.may_be_missing), (vec!["a", "b", "c"], true));

    store.pages.release(pages[0].id());
    store.settle();
    drop(pages);
    assert_eq!(labels(&read(&path).unwrap()), ["b", "c"]);
    make(&recorder.allocate_page(store, thread).unwrap(), State::Active, "d");
    assert_eq!(labels(&read(&path).unwrap()), ["b", "c", "d"]);
    assert_eq!(recorder.usage(store).unwrap().unrecorded, 1);
}

#[test]
fn pages_given_back_are_zeros_for_the_next() {
    let (folder, (store, recorder)) = (tempfile::tempdir().unwrap(), fixture());
    let settings = settings(folder.path(), 1);
    let path = recorder.start(store, &settings).unwrap();
    for round in 0..3 {
        let page = recorder.allocate_page(store, 0).unwrap();
        assert!(page.record(200).word(5) == 0 && page.records().count() == 0);
        make(&page, State::Active, &format!("round {round}"));
        page.record(200).set_word(5, 7);
        assert_eq!(labels(&read(&path).unwrap()), [format!("round {round}")]);
        store.pages.release(page.id());
        store.settle();
    }
    let seen = read(&path).unwrap();
    assert_eq!((seen.pages_used, seen.corrupt), (0, Corrupt::default()));
}

fn move_thread(store: &Store, recorder: &Recorder, id: u32) -> Option<Arc<Memory>> {
    let (recording, block) = recorder.block_to_move_to(store, id).unwrap()?;
    recorder.move_thread_to(store, id, recording, &block);
    Some(block)
}

#[test]
fn threads_move_in_and_out_and_further_ones_stay_outside() {
    let (folder, (store, recorder)) = (tempfile::tempdir().unwrap(), fixture());
    let settings = settings(folder.path(), 1);
    let early = recorder.attach_thread(store).unwrap();
    early.block.set_word(block::HEARTBEAT, 5);
    assert!(move_thread(store, recorder, early.id).is_none());
    let path = recorder.start(store, &settings).unwrap();
    assert!(read(&path).unwrap().threads.is_empty());
    let moved = move_thread(store, recorder, early.id).unwrap();
    assert_eq!((moved.word(block::HEARTBEAT), moved.word(block::OWNER)), (5, early.id + 1));
    assert!(move_thread(store, recorder, early.id).is_none());
    let others: Vec<_> = (0..64).map(|_| recorder.attach_thread(store).unwrap()).collect();
    let seen = read(&path).unwrap();
    assert_eq!(seen.threads.iter().map(|thread| thread.id).collect::<Vec<_>>(), (0..64).collect::<Vec<_>>());
    assert_eq!(recorder.flight().unwrap().unrecorded(store).threads, 1);
    store.threads.detach(3);
    drop(others);
    recorder.stop(store);
    assert!(move_thread(store, recorder, early.id).is_some());
}

#[test]
fn a_second_recording_is_refused_until_the_first_has_stopped() {
    let (folder, (store, recorder)) = (tempfile::tempdir().unwrap(), fixture());
    let mut settings = settings(folder.path(), 1);
    let path = recorder.start(store, &settings).unwrap();
    let error = recorder.start(store, &settings).unwrap_err();
    assert_eq!(error, Error::Recording { path: path.display().to_string() });
    settings.directory = folder.path().join("other");
    assert_eq!(code_of(recorder.start(store, &settings)), "ERR_ONESCOPE_RECORDING");
    assert_eq!(names(folder.path()).len(), 1, "nothing was made");
    recorder.stop(store);
    recorder.start(store, &settings).unwrap();
}

/// What is in a directory, in order.
pub(in crate::recorder) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A recording that was made and stopped, with one request in flight.
fn ended(settings: &Settings, label: &str) -> PathBuf {
    let (store, recorder) = fixture();
    let path = recorder.start(store, settings).unwrap();
    make(&recorder.allocate_page(store, 0).unwrap(), State::Active, label);
    recorder.stop(store);
    path
}

#[test]
fn a_recording_that_fails_removes_no_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { keep: 1, ..settings(folder.path(), 1) };
    ended(&settings, "a");
    ended(&settings, "b");
    let before = names(folder.path());
    let too_long = Settings { calls: vec!["x".repeat(HEADER.len())], ..settings };
    let (store, recorder) = fixture();
    assert_eq!(code_of(recorder.start(store, &too_long)), "ERR_ONESCOPE_RECORD_FILE");
    assert_eq!(names(folder.path()), before);
}

fn fault_of(path: &Path) -> Fault {
    match read(path) {
        Err(Error::Flight { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

fn parts_header(bytes: &[u8]) -> Header {
    let super::slot::Slot::Whole(_, content) = super::slot::read(&bytes[HEADER]) else { panic!() };
    serde_json::from_slice(content).unwrap()
}

#[test]
fn files_that_are_no_whole_recording_are_distinguished() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(ended(&settings(folder.path(), 2), "GET /")).unwrap();
    let path = folder.path().join("copy");
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.clone();
        change(&mut bytes);
        fs::File::create(&path).unwrap().write_all(&bytes).unwrap();
    };
    changed(&|_| {});
    assert_eq!(labels(&read(&path).unwrap()), ["GET /"]);
    for length in [1, 8, 15, 63, 64, 8191, 8192, 20_000, PAGES_START, MIN_BYTES, whole.len() - 1] {
        changed(&|bytes| bytes.truncate(length));
        assert_eq!(fault_of(&path), Fault::Truncated, "{length}");
    }
    changed(&|bytes| bytes.clear());
    assert_eq!(fault_of(&path), Fault::Foreign);
    changed(&|bytes| bytes[0] = b'P');
    assert_eq!(fault_of(&path), Fault::Foreign);
    changed(&|bytes| bytes[8..12].copy_from_slice(&1_u32.to_ne_bytes()));
    assert_eq!(fault_of(&path), Fault::Version);
    changed(&|bytes| bytes[12..16].reverse());
    assert_eq!(fault_of(&path), Fault::Version);
    changed(&|bytes| bytes[12] = 0);
    assert_eq!(fault_of(&path), Fault::Torn);
    changed(&|bytes| bytes[100] ^= 1);
    assert_eq!(fault_of(&path), Fault::Torn);
    assert_eq!(fault_of(&folder.path().join("none")), Fault::Unreadable);
    assert_eq!(fault_of(folder.path()), Fault::Foreign);

    let slot = |bytes: &mut [u8], content: &str| {
        let memory = crate::memory::Memory::zeroed(bytes.len()).unwrap();
        assert!(super::slot::write(&memory, 9, content.as_bytes()));
        (0..bytes.len()).for_each(|index| bytes[index] = memory.byte(index));
    };
    // What no date can show, and no report is, is left out too, though its checksum is right.
    let Header { started_at_ms, .. } = parts_header(&whole);
    let header = String::from_utf8(serde_json::to_vec(&parts_header(&whole)).unwrap()).unwrap();
    let header = header.replace(&started_at_ms.to_string(), "8640000000000001");
    changed(&|bytes| slot(&mut bytes[HEADER], &header));
    assert_eq!(fault_of(&path), Fault::Torn);
    changed(&|bytes| {
        for report in [
            r#"null"#,
            r#""text""#,
            r#"{"onescope":"ended","thread":0,"blockedMs":1}"#,
            r#"{"onescope":"ended","thread":0,"blockedMs":{"valueOf":1},"request":null}"#,
            r#"{"onescope":"stall","thread":0,"blockedMs":1,"request":null,"confidence":"exact"}"#,
        ]
        .iter()
        .enumerate()
        {
            let start = STALL_SLOTS.start + report.0 * SLOT_BYTES;
            slot(&mut bytes[start..start + SLOT_BYTES], &format!(r#"{{"atMs":1,"report":{}}}"#, report.1));
        }
        let start = STALL_SLOTS.start + 5 * SLOT_BYTES;
        let report = r#"{"onescope":"ended","thread":0,"blockedMs":1,"request":null}"#;
        slot(&mut bytes[start..start + SLOT_BYTES], &format!(r#"{{"atMs":1,"report":{report}}}"#));
        let start = start + SLOT_BYTES;
        slot(
            &mut bytes[start..start + SLOT_BYTES],
            &format!(r#"{{"atMs":8640000000000000,"report":{report}}}"#),
        );
    });
    let seen = read(&path).unwrap();
    assert_eq!((seen.stalls.len(), seen.corrupt.stalls), (1, 6));

    // What has no checksum is left out and counted.
    changed(&|bytes| bytes[PAGES_START + 4] = 9);
    let seen = read(&path).unwrap();
    assert_eq!((seen.in_flight.len(), seen.corrupt.pages), (0, 1));
    changed(&|bytes| bytes[PAGES_START + 128] = 77);
    let seen = read(&path).unwrap();
    assert_eq!((seen.in_flight.len(), seen.corrupt.records), (0, 1));
    // One torn snapshot leaves the other.
    changed(&|bytes| bytes[8192 + 20] ^= 1);
    let seen = read(&path).unwrap();
    assert!(seen.counters.is_some() && seen.corrupt.snapshots == 1);
}
