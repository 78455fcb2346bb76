//! The reader of flights against bytes of unknown origin: it never panics, and lists nothing that cannot be.
#![cfg(unix)]

use std::sync::LazyLock;

use onescope::recorder::{MIN_BYTES, Recorded, Recorder, Settings, parse};
use onescope::store::Store;
use onescope::store::pages::record::{byte, word};
use onescope::store::pages::{RequestKind, State};
use onescope::watchdog::{Confidence, Report};
use proptest::prelude::*;

/// A flight with two pages, two threads and stalls.
static FLIGHT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let store: &'static Store = Box::leak(Box::default());
    let recorder: &'static Recorder = Box::leak(Box::default());
    let calls = vec!["fs.readFileSync".to_owned()];
    let settings = Settings {
        directory: folder.path().to_owned(),
        keep: 1,
        max_bytes: MIN_BYTES + 32_960,
        node: "v24".to_owned(),
        calls,
    };
    let path = recorder.start(store, &settings).unwrap();
    for thread in 0..2 {
        recorder.attach_thread(store).unwrap();
        let page = recorder.allocate_page(store, thread).unwrap();
        for index in 1..200 {
            let record = page.record(index);
            record.set_word(word::STARTED, 1);
            record.set_label(&format!("GET /{index}"));
            record.set_byte(byte::STATE, (index % 5) as u8);
            record.set_byte(byte::KIND, (index % 7) as u8);
            record.set_word(word::PARENT_LOW, if index % 3 == 0 { 257 } else { 0 });
        }
        page.set_cursor(200);
    }
    for number in 0..20 {
        let report = Report::Stall {
            thread: 0,
            blocked_ms: number,
            confidence: Confidence::Exact,
            request: None,
            call: None,
            stack: vec!["a (b.js:1:1)".to_owned()],
            waiting: 0,
            suppressed: 0,
            inspector_port: None,
        };
        recorder.flight().unwrap().stall(&report.line());
    }
    recorder.stop(store);
    std::fs::read(path).unwrap()
});

fn check(found: &Recorded) {
    let pages = found.pages_capacity;
    assert!(found.pages_used + found.corrupt.pages <= pages);
    // The smallest flights have room for 64 copies of contexts outside.
    assert!(found.in_flight.len() <= pages * 255 + 64);
    assert!(found.threads.len() <= 64 && found.stalls.len() <= 16);
    for each in &found.in_flight {
        assert!(["created", "active", "responded"].contains(&each.state.name()));
        assert!(RequestKind::NAMES.contains(&each.kind.name()));
        // 64 bytes, each of which may have become a replacement character.
        assert!(each.label.len() <= 3 * 64 && each.id % 256 != 0);
    }
    assert!(found.in_flight.is_sorted_by(|a, b| a.age_ms >= b.age_ms));
    serde_json::to_string(found).unwrap();
}

#[test]
fn the_whole_flight_is_read() {
    let found = parse(&FLIGHT, false).unwrap();
    check(&found);
    let in_flight =
        (1..200).filter(|index| State::from_code((index % 5) as u8).is_in_flight() && index % 3 != 0);
    assert_eq!(found.in_flight.len(), 2 * in_flight.count());
    assert_eq!((found.threads.len(), found.stalls.len(), found.pages_used), (2, 16, 2));
}

#[test]
fn every_length_is_refused_or_whole() {
    for length in (0..FLIGHT.len()).step_by(97) {
        assert!(parse(&FLIGHT[..length], false).is_err(), "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..20_000)) {
        prop_assert!(parse(&bytes, false).is_err());
    }

    #[test]
    fn random_bytes_behind_a_true_header_do_no_harm(
        seed in proptest::collection::vec(any::<u8>(), 1..4000),
        from in 8192_usize..100_000,
    ) {
        let mut bytes = FLIGHT.clone();
        for (at, byte) in bytes[from..].iter_mut().zip(seed.iter().cycle()) {
            *at = *byte;
        }
        if let Ok(found) = parse(&bytes, false) {
            check(&found);
        }
    }

    #[test]
    fn changed_bytes_do_no_harm(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..200),
        // Most of them where every byte means something.
        window in prop_oneof![Just(0..8192_usize), Just(8192..86_016), Just(86_016..86_016 + 65_536)],
    ) {
        let mut bytes = FLIGHT.clone();
        for (at, value) in changes {
            let at = window.start + at.index(window.len());
            bytes[at] = value;
        }
        if let Ok(found) = parse(&bytes, false) {
            check(&found);
        }
    }
}
