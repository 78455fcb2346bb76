//! The generated JavaScript on disk is what the table says today.

use std::path::Path;
use std::process::Command;

use onescope::generate;

fn generated() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("js/generated")
}

fn check(directory: &Path) -> (bool, String) {
    let binary = env!("CARGO_BIN_EXE_generate");
    let output = Command::new(binary).arg("--check").arg(directory).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn files_on_disk_are_up_to_date() {
    assert_eq!(generate::stale(&generated()), Vec::<&str>::new(), "run `npm run generate`");
    assert!(check(&generated()).0);
}

#[test]
fn a_difference_or_a_missing_file_is_reported_by_name() {
    let directory = std::env::temp_dir().join(format!("onescope-generated-{}", std::process::id()));
    generate::write(&directory).unwrap();
    assert!(check(&directory).0);
    std::fs::write(directory.join("slot-table.js"), "").unwrap();
    std::fs::remove_file(directory.join("context-fields.js")).unwrap();
    let (fresh, message) = check(&directory);
    std::fs::remove_dir_all(&directory).unwrap();
    assert!(!fresh);
    assert!(message.contains("slot-table.js, context-fields.js;"), "{message}");
}
