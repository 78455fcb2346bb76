use super::*;

const CONFIG: Config = Config { threshold_ms: 1000, max_per_minute: 60 };

/// A fake clock over one state machine; thread 0 unless said otherwise.
struct Bench {
    stalls: Stalls,
    now: u32,
    readings: Vec<Reading>,
    can_probe: bool,
}

impl Bench {
    fn new(config: Config) -> Self {
        let readings = vec![Reading { thread: 0, heartbeat: 1, inspector_port: 0, seen: 300, marker: None }];
        let mut bench = Self { stalls: Stalls::new(config), now: 1, readings, can_probe: false };
        assert_eq!(bench.step(0), []);
        bench
    }

    /// Lets one step take `ms`.
    fn step(&mut self, ms: u32) -> Vec<Event> {
        self.now += ms;
        self.stalls.step(self.now, &self.readings, self.can_probe)
    }

    /// Lets `ms` pass in steps of 25.
    fn pass(&mut self, ms: u32) -> Vec<Event> {
        (0..ms / 25).flat_map(|_| self.step(25)).collect()
    }

    fn heartbeat(&mut self) {
        self.readings[0].heartbeat = self.now;
    }

    fn response(&mut self, probe: u32, id: u64) -> Vec<Event> {
        let heartbeat = self.readings[0].heartbeat;
        self.stalls.respond(vec![Response { thread: 0, probe, heartbeat, id, stack: Vec::new() }])
    }
}

fn blocked(events: &[Event]) -> Vec<u64> {
    let of = |event: &Event| match event {
        Event::Stall { blocked_ms, .. } => *blocked_ms,
        other => panic!("{other:?}"),
    };
    events.iter().map(of).collect()
}

fn named(events: &[Event]) -> Option<Option<u64>> {
    match events {
        [Event::Stall { evidence, .. }] => Some(evidence.response.as_ref().map(|response| response.id)),
        [] => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn lines_come_at_the_threshold_and_at_doubling_intervals_and_one_at_the_end() {
    let mut bench = Bench::new(CONFIG);
    assert_eq!(blocked(&bench.pass(9000)), [1000, 2000, 4000, 8000]);
    bench.heartbeat();
    assert_eq!(bench.step(25), [Event::Recovered { thread: 0, blocked_ms: 9000 }]);
    assert_eq!(bench.pass(900), []);
}

#[test]
fn a_thread_with_heartbeats_or_without_any_is_not_reported() {
    let mut bench = Bench::new(CONFIG);
    for _ in 0..100 {
        assert_eq!(bench.pass(950), []);
        bench.heartbeat();
    }
    bench.readings[0].heartbeat = 0;
    assert_eq!(bench.pass(10_000), []);
}

#[test]
fn a_sleep_is_no_stall() {
    let mut bench = Bench::new(CONFIG);
    for _ in 0..20 {
        bench.pass(50);
        assert_eq!(bench.step(3_600_000), []);
        // The clock in its block may not have moved yet.
        bench.readings[0].heartbeat += 1;
        assert_eq!(bench.step(25), []);
    }
    assert_eq!(blocked(&bench.pass(1000)).len(), 1, "it still sees a stall");
}

#[test]
fn a_stall_that_sleeps_is_reported_once_more_and_goes_on() {
    let mut bench = Bench::new(CONFIG);
    assert_eq!(blocked(&bench.pass(1500)), [1000]);
    assert_eq!(bench.step(3_600_000), []);
    assert_eq!(blocked(&bench.pass(250)), [2000]);
}

#[test]
fn the_clock_may_wrap() {
    let mut bench = Bench::new(CONFIG);
    bench.now = u32::MAX - 300;
    bench.readings[0].heartbeat = bench.now;
    bench.stalls.forget();
    bench.stalls.last = None;
    let mut reports = Vec::new();
    for _ in 0..60 {
        bench.now = bench.now.wrapping_add(25);
        reports.extend(bench.stalls.step(bench.now, &bench.readings, false));
    }
    assert_eq!(blocked(&reports), [1000]);
}

#[test]
fn stalls_beyond_the_limit_are_suppressed_whole_and_counted() {
    let mut bench = Bench::new(Config { max_per_minute: 1, ..CONFIG });
    assert_eq!(bench.pass(1000).len(), 1);
    for _ in 0..3 {
        bench.heartbeat();
        bench.step(25);
        assert_eq!(bench.pass(5000), []);
    }
    bench.heartbeat();
    assert_eq!(bench.pass(50), [], "a suppressed stall does not recover");
    for _ in 0..60 {
        bench.heartbeat();
        bench.pass(1_000 - 25);
    }
    bench.heartbeat();
    match bench.pass(1100)[..] {
        [Event::Stall { suppressed: 3, .. }] => {}
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn a_thread_that_ends_while_blocked_is_reported_once() {
    let mut bench = Bench::new(CONFIG);
    bench.pass(1500);
    bench.readings.clear();
    assert_eq!(bench.step(25), [Event::Ended { thread: 0, blocked_ms: 1525 }]);
    assert_eq!(bench.pass(5000), []);
    let mut bench = Bench::new(CONFIG);
    bench.pass(500);
    bench.readings.clear();
    assert_eq!(bench.pass(5000), []);
}

#[test]
fn a_thread_that_stops_its_heartbeats_after_a_stall_has_recovered() {
    let mut bench = Bench::new(CONFIG);
    bench.pass(1500);
    bench.readings[0].heartbeat = 0;
    assert_eq!(bench.step(25), [Event::Recovered { thread: 0, blocked_ms: 1525 }]);
    assert_eq!(bench.pass(5000), []);
}

#[test]
fn threads_are_tracked_apart() {
    let mut bench = Bench::new(CONFIG);
    bench.readings.push(Reading { thread: 7, heartbeat: 1, inspector_port: 0, seen: 0, marker: None });
    let mut reports = Vec::new();
    for _ in 0..60 {
        bench.heartbeat();
        reports.extend(bench.step(25));
    }
    assert!(matches!(reports[..], [Event::Stall { thread: 7, .. }]), "{reports:?}");
}

#[test]
fn what_is_forgotten_counts_anew() {
    let mut bench = Bench::new(CONFIG);
    bench.pass(1500);
    bench.stalls.forget();
    assert_eq!(blocked(&bench.pass(1025)), [1000]);
}

#[test]
fn a_response_counts_when_a_second_probe_finds_the_same() {
    let mut bench = Bench::new(CONFIG);
    bench.can_probe = true;
    assert_eq!(bench.pass(1000), [Event::Probe { thread: 0, probe: 1 }]);
    assert!(bench.stalls.is_probing());
    assert_eq!(bench.response(1, 300), []);
    assert_eq!(bench.step(20), [Event::Probe { thread: 0, probe: 2 }]);
    assert_eq!(bench.response(1, 300), [], "an old probe");
    assert_eq!(named(&bench.response(2, 300)), Some(Some(300)));
    assert!(!bench.stalls.is_probing());
    assert_eq!(bench.pass(900), []);
    assert_eq!(bench.pass(100), [Event::Probe { thread: 0, probe: 3 }], "each report probes anew");
}

#[test]
fn probes_that_differ_name_nothing() {
    let mut bench = Bench::new(CONFIG);
    bench.can_probe = true;
    bench.pass(1000);
    bench.response(1, 300);
    bench.step(20);
    assert_eq!(bench.response(2, 301), []);
    bench.step(20);
    assert_eq!(bench.response(3, 302), []);
    assert_eq!(named(&bench.step(20).split_off(1)), Some(None));
}

#[test]
fn a_report_without_a_response_goes_out_in_time_and_a_late_one_upgrades_it() {
    let mut bench = Bench::new(CONFIG);
    bench.can_probe = true;
    bench.pass(1000);
    assert_eq!(named(&(0..12).flat_map(|_| bench.step(5)).collect::<Vec<_>>()), Some(None));
    assert!(!bench.stalls.is_probing());
    bench.pass(500);
    assert_eq!(bench.response(1, 300), []);
    assert_eq!(bench.step(25), [Event::Probe { thread: 0, probe: 2 }]);
    assert_eq!(named(&bench.response(2, 300)), Some(Some(300)));
    assert_eq!(bench.response(2, 300), []);
}

#[test]
fn a_response_that_agrees_with_the_marker_counts_at_once() {
    let mut bench = Bench::new(CONFIG);
    bench.can_probe = true;
    bench.readings[0].marker = Some(EntryMarker { call: 1, id: 300 });
    bench.pass(1000);
    assert_eq!(named(&bench.response(1, 300)), Some(Some(300)));
}

#[test]
fn a_response_from_after_the_stall_is_dropped() {
    let mut bench = Bench::new(CONFIG);
    bench.can_probe = true;
    bench.pass(1100);
    bench.heartbeat();
    bench.step(25);
    assert_eq!(bench.response(1, 300), []);
    assert_eq!(bench.pass(900), []);
}

#[test]
fn a_stall_that_ends_while_its_first_report_waits_is_reported_with_what_was_found() {
    let mut bench = Bench::new(CONFIG);
    bench.can_probe = true;
    bench.readings[0].marker = Some(EntryMarker { call: 1, id: 300 });
    bench.pass(1000);
    bench.heartbeat();
    bench.readings[0].marker = None;
    let reports = bench.step(5);
    assert!(matches!(reports[..], [Event::Stall { .. }, Event::Recovered { .. }]), "{reports:?}");
    assert_eq!(named(&reports[..1]), Some(None));
    assert!(matches!(&reports[0], Event::Stall { evidence, .. } if evidence.marker.is_some()));
}

#[test]
fn a_stall_is_reported_as_usual_while_the_clock_wraps() {
    for start in [(1 << 31) - 500, u32::MAX - 500] {
        let readings =
            vec![Reading { thread: 0, heartbeat: start, inspector_port: 0, seen: 300, marker: None }];
        let mut stalls = Stalls::new(CONFIG);
        let mut steps = (0..80).map(|n| start.wrapping_add(n * 25).max(1));
        let events: Vec<Event> = steps.by_ref().flat_map(|now| stalls.step(now, &readings, false)).collect();
        assert!(matches!(blocked(&events)[..], [1000..1003]), "{events:?}");
    }
}

#[test]
fn a_further_report_waits_longer_for_the_response_than_the_first() {
    let mut bench = Bench::new(CONFIG);
    bench.can_probe = true;
    let stalls = |events: Vec<Event>| -> Vec<Event> {
        events.into_iter().filter(|event| !matches!(event, Event::Probe { .. })).collect()
    };
    assert_eq!(blocked(&stalls(bench.pass(1100))), [1075]);
    assert_eq!(stalls(bench.pass(1300)), []);
    assert_eq!(blocked(&stalls(bench.pass(200))), [2500]);
}
