//! Who gets a file, and what becomes of those that are there.

use std::fs;
use std::sync::Barrier;

use super::*;
use crate::recorder::format::{MAGIC, MIN_BYTES};
use crate::recorder::tests::names;

/// A file that begins like a flight and says whose it is.
fn made(path: &Path, keep: usize, who: &str) -> Result<NewFile> {
    let new = NewFile::create(path, keep, MIN_BYTES)?;
    new.file().write_all(&[&MAGIC, who.as_bytes(), b"."].concat()).unwrap();
    Ok(new)
}

fn who(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    let end = bytes.iter().position(|byte| *byte == b'.').unwrap();
    String::from_utf8(bytes[MAGIC.len()..end].to_owned()).unwrap()
}

#[test]
fn of_many_at_once_one_gets_the_file_and_keeps_it() {
    for (round, keep) in [1, 2, 3].into_iter().cycle().take(18).enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("flight");
        if round % 2 == 1 {
            drop(made(&path, keep, "earlier").unwrap().publish().unwrap());
        }
        let starters = Barrier::new(4);
        let files: Vec<(usize, Result<File>)> = std::thread::scope(|scope| {
            let attempt = |number: usize| {
                starters.wait();
                made(&path, keep, &number.to_string()).and_then(NewFile::publish)
            };
            let attempts = (0..4).map(|number| (number, scope.spawn(move || attempt(number))));
            let attempts: Vec<_> = attempts.collect();
            attempts.into_iter().map(|(number, thread)| (number, thread.join().unwrap())).collect()
        });
        let winners: Vec<_> = files.iter().filter(|(_, file)| file.is_ok()).collect();
        let [(winner, _)] = winners[..] else { panic!("{keep}: {files:?}") };
        let lost = |file: &Result<File>| matches!(file, Ok(_) | Err(Error::RecordHeld { .. }));
        assert!(files.iter().all(|(_, file)| lost(file)), "{files:?}");
        assert_eq!(who(&path), winner.to_string());
        let moved = round % 2 == 1 && keep > 1;
        let expected: &[&str] = if moved { &["flight", "flight.1"] } else { &["flight"] };
        assert_eq!(names(folder.path()), expected, "{keep}");
    }
}

#[test]
fn what_a_killed_process_left_is_removed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flight");
    let pid = std::process::id();
    fs::write(folder.path().join(format!("flight.new-{pid}")), "precious").unwrap();
    fs::write(folder.path().join("flight.new-0"), "precious").unwrap();
    fs::write(folder.path().join("flight.new-1"), "").unwrap();
    fs::write(folder.path().join("flight.new-2"), vec![0; MIN_BYTES]).unwrap();
    fs::write(folder.path().join("flight.new-3"), MAGIC).unwrap();
    let other = made(&path, 3, "another that starts").unwrap();
    let published = made(&path, 3, "this").unwrap().publish().unwrap();
    let mut expected =
        vec!["flight".to_owned(), "flight.new-0".into(), "flight.new-1".into(), format!("flight.new-{pid}")];
    expected.sort();
    assert_eq!(names(folder.path()), expected, "the other's is in use");
    drop((other, published));
    assert!(!names(folder.path()).contains(&"flight.new-1".to_owned()));
    assert_eq!(fs::read(folder.path().join("flight.new-0")).unwrap(), b"precious");
}

#[test]
fn whoever_fails_costs_no_flight() {
    for keep in [1, 2, 3] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("flight");
        for number in 0..keep {
            drop(made(&path, keep, &number.to_string()).unwrap().publish().unwrap());
        }
        let before: Vec<_> = names(folder.path());
        let owners = || before.iter().map(|name| who(&folder.path().join(name))).collect::<Vec<_>>();
        let owned = owners();
        // It is not published.
        drop(made(&path, keep, "new").unwrap());
        assert_eq!((names(folder.path()), owners()), (before.clone(), owned.clone()));
        // Its name is taken when it is about to get it.
        let place = Folder::of(&path).unwrap();
        let old = OldFlights::lock(&place, keep).unwrap();
        let moved = old.move_on().unwrap();
        assert!(!path.exists());
        moved.undo();
        drop(old);
        assert_eq!((names(folder.path()), owners()), (before.clone(), owned.clone()));
        // Something gets in the way meanwhile.
        let new = made(&path, keep, "new").unwrap();
        let last = place.path_of(&place.older(keep - 1));
        fs::rename(&last, folder.path().join("aside")).unwrap();
        fs::write(&last, "precious").unwrap();
        assert_eq!(new.publish().unwrap_err().code(), "ERR_ONESCOPE_RECORD_TAKEN");
        assert_eq!(fs::read(&last).unwrap(), b"precious");
        assert_eq!(names(folder.path()).len(), keep + 1);
    }
}

#[test]
fn a_flight_that_was_exchanged_is_not_moved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flight");
    drop(made(&path, 2, "old").unwrap().publish().unwrap());
    let place = Folder::of(&path).unwrap();
    let old = OldFlights::lock(&place, 2).unwrap();
    fs::rename(&path, folder.path().join("aside")).unwrap();
    fs::write(&path, "precious").unwrap();
    assert!(old.move_on().is_err());
    assert_eq!(
        (names(folder.path()), fs::read(&path).unwrap()),
        (vec!["aside".to_owned(), "flight".to_owned()], b"precious".to_vec())
    );
    // Nor is a file overwritten that is in the way.
    assert!(place.rename("aside".as_ref(), "flight".as_ref()).is_err());
}

#[test]
fn a_process_that_is_gone_is_not_named() {
    use crate::recorder::tests::gone_pid_flight;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flight");
    let _held = gone_pid_flight(&path);
    let error = NewFile::create(&path, 3, MIN_BYTES).err().unwrap();
    assert_eq!(error, Error::RecordHeld { path: path.display().to_string(), pid: None });
}
