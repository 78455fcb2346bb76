//! Whether a debugger is connected. It stops threads for as long as its user likes, which is not a stall.
//!
//! An open inspector port alone means nothing: `--inspect` opens one, and so does one SIGUSR1. On Linux the kernel's table of
//! connections shows whether there is a client. Elsewhere it stays unknown, and threads are reported as usual.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Result, Seek};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::output::write_line;
use super::reading::Reading;
use crate::limits::HEARTBEAT_MS;
use crate::store::clock::Clock;
use crate::sync::Mutex;

#[cfg(target_os = "linux")]
const TABLES: &[&str] = &["/proc/self/net/tcp", "/proc/self/net/tcp6"];

#[cfg(not(target_os = "linux"))]
const TABLES: &[&str] = &[];

/// How the tables write the state of a connection that both ends hold open.
const ESTABLISHED: &[u8] = b"01";

/// A connection that lasts this long is a debugger. Shorter ones read the list of targets, as some tools do each second.
const ARRIVAL: Duration = Duration::from_millis(400);

/// Between two readings of the tables while all threads write heartbeats.
const REST: Duration = Duration::from_millis(250);

/// Between two readings while one does not: a debugger may have connected just now.
const QUICK_REST: Duration = Duration::from_millis(20);

/// The pause is at least this many times as long as a reading: with many connections the tables are long.
const REST_PER_READING: u32 = 50;

/// What is known of a debugger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Client {
    /// No client is connected.
    None,
    /// A client connected a moment ago: a debugger, or a tool that reads the list of targets.
    Connecting,
    /// A debugger is connected: nothing is reported.
    Connected,
    /// The system does not show it.
    Unknown,
}

/// An open inspector port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Inspector {
    /// Its number.
    pub port: u16,
    /// What is connected to it.
    pub debugger: Client,
}

/// A connection, as long as it lasts.
struct Connection {
    peer: Vec<u8>,
    since: Instant,
}

/// What is kept while a port is open.
struct Open {
    inspector: Inspector,
    // Open from the start: a process that has no file descriptor left can still read them.
    tables: Vec<File>,
    connections: Vec<Connection>,
    rest_until: Option<(Instant, Instant)>,
}

/// The inspector port of the process.
#[derive(Default)]
pub struct Debugger {
    open: Mutex<Option<Open>>,
}

impl Debugger {
    /// The port as of the last check; none while none is open.
    pub fn inspector(&self) -> Option<Inspector> {
        self.open.lock().as_ref().map(|open| open.inspector)
    }

    /// True while a debugger is connected, as of the last check.
    pub fn is_connected(&self) -> bool {
        self.inspector().is_some_and(|inspector| inspector.debugger == Client::Connected)
    }

    /// Checks the port that the threads name, at a time of the clock. A debugger that connects is reported on stderr.
    pub fn check(&self, now: u32, readings: &[Reading]) -> Client {
        let (before, inspector) = {
            let mut open = self.open.lock();
            let before = open.as_ref().map(|open| open.inspector);
            check(&mut open, now, readings);
            (before, open.as_ref().map(|open| open.inspector))
        };
        let Some(Inspector { port, debugger }) = inspector else { return Client::None };
        if debugger == Client::Connected && before != inspector {
            // On its own thread: a write to stderr blocks while its pipe is full. If no thread starts, the responses still say it.
            let line = format!(
                "onescope: a debugger is connected to inspector port {port}: blocked threads are not reported until it disconnects"
            );
            let _ = std::thread::Builder::new()
                .name("onescope-stderr".to_owned())
                .spawn(move || write_line(&line));
        }
        debugger
    }
}

fn check(state: &mut Option<Open>, now: u32, readings: &[Reading]) {
    let Some(port) = readings.iter().map(|reading| reading.inspector_port).find(|port| *port != 0) else {
        *state = None;
        return;
    };
    if state.as_ref().is_none_or(|open| open.inspector.port != port) {
        let inspector = Inspector { port, debugger: Client::Unknown };
        *state = Some(Open { inspector, tables: Vec::new(), connections: Vec::new(), rest_until: None });
    }
    let Some(open) = state else { return };
    let overdue = readings.iter().any(|reading| {
        reading.heartbeat != 0 && u64::from(Clock::age_ms(reading.heartbeat, now)) >= 2 * HEARTBEAT_MS
    });
    let start = Instant::now();
    if open.rest_until.is_some_and(|(quick, rest)| start < if overdue { quick } else { rest }) {
        return;
    }
    open.inspector.debugger = open.check(start).unwrap_or(Client::Unknown);
    let least = start.elapsed() * REST_PER_READING;
    open.rest_until = Some((start + QUICK_REST.max(least), start + REST.max(least)));
}

impl Open {
    fn check(&mut self, now: Instant) -> Result<Client> {
        if self.tables.is_empty() {
            self.tables = open_tables()?;
        }
        let mut connections = Vec::new();
        for table in &mut self.tables {
            table.rewind()?;
            for peer in peers(BufReader::new(table), self.inspector.port)? {
                let known = self.connections.iter().find(|connection| connection.peer == peer);
                let since = known.map_or(now, |connection| connection.since);
                connections.push(Connection { peer, since });
            }
        }
        self.connections = connections;
        let longest = self.connections.iter().map(|connection| now - connection.since).max();
        Ok(match longest {
            None => Client::None,
            Some(time) if time < ARRIVAL => Client::Connecting,
            Some(_) => Client::Connected,
        })
    }
}

fn open_tables() -> Result<Vec<File>> {
    let mut tables = Vec::new();
    for path in TABLES {
        match File::open(path) {
            Ok(table) => tables.push(table),
            // A system without IPv6 lacks the second.
            Err(error) if error.kind() == ErrorKind::NotFound && !tables.is_empty() => {}
            Err(error) => return Err(error),
        }
    }
    if tables.is_empty() { Err(ErrorKind::Unsupported.into()) } else { Ok(tables) }
}

/// The other ends of the connections that a table shows on a port of this machine. Its rows are `number: address:port
/// address:port state …`, in hexadecimal digits.
fn peers(mut table: impl BufRead, port: u16) -> Result<Vec<Vec<u8>>> {
    let ending = format!(":{port:04X}");
    let mut found = Vec::new();
    let mut row = Vec::new();
    while table.read_until(b'\n', &mut row)? > 0 {
        let mut words = row.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).skip(1);
        if let (Some(local), Some(peer), Some(ESTABLISHED)) = (words.next(), words.next(), words.next())
            && local.ends_with(ending.as_bytes())
        {
            found.push(peer.to_vec());
        }
        row.clear();
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:240D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 0100007F:240D 0100007F:D2A4 01 00000000:00000000 00:00000000 00000000     0        0 2 1
   2: 0100007F:D2A4 0100007F:240D 01 00000000:00000000 00:00000000 00000000     0        0 3 1
   3: 0100007F:240D 0100007F:D2A5 08 00000000:00000000 00:00000000 00000000     0        0 4 1
";

    #[test]
    fn a_client_is_an_established_connection_of_the_port_itself() {
        assert_eq!(peers(TABLE.as_bytes(), 9229).unwrap(), [b"0100007F:D2A4"]);
        assert_eq!(peers(TABLE.as_bytes(), 9230).unwrap(), Vec::<Vec<u8>>::new());
        assert_eq!(peers(&b"\n\nx\n"[..], 9229).unwrap(), Vec::<Vec<u8>>::new());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_connection_that_lasts_is_a_debugger() {
        use std::net::{TcpListener, TcpStream};
        let debugger = Debugger::default();
        let idle = Reading { thread: 0, heartbeat: 1, inspector_port: 0, seen: 0, marker: None };
        assert_eq!((debugger.check(1, &[idle]), debugger.inspector()), (Client::None, None));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let readings = [Reading { inspector_port: port, ..idle }];
        // As of a thread that writes no heartbeat.
        let seen = |wanted: Client| {
            let end = Instant::now() + Duration::from_secs(20);
            loop {
                let client = debugger.check(1000, &readings);
                if client == wanted || Instant::now() > end {
                    return client;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        assert_eq!(seen(Client::None), Client::None);
        assert_eq!(debugger.inspector(), Some(Inspector { port, debugger: Client::None }));
        let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
        assert_eq!(seen(Client::Connecting), Client::Connecting);
        assert_eq!(seen(Client::Connected), Client::Connected);
        assert!(debugger.is_connected());
        drop((client, listener));
        assert_eq!(seen(Client::None), Client::None);
        assert_eq!((debugger.check(1000, &[idle]), debugger.inspector()), (Client::None, None));
    }
}
