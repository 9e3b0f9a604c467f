//! Folders, globs and single files on a disk.

#![allow(clippy::unwrap_used)]

use super::*;

fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "create table t ();").unwrap();
    }
    folder
}

fn read_of(base: &Path, pattern: &str) -> Expectation {
    read_all(base, pattern, None).unwrap().expectation
}

#[test]
fn folders_and_globs_are_run_in_the_order_of_their_numbers() {
    let files = [
        "10_c.sql",
        "2_b.SQL",
        "002_a.sql",
        "note.md",
        "sub/9_x.sql",
        "._2_b.sql",
        ".DS_Store",
        "x/9/a.sql",
        "x/10/a.sql",
    ];
    let folder = folder(&files.map(|file| format!("app[1]/{file}")).each_ref().map(String::as_str));
    // The folder's own name is not a pattern.
    let base = folder.path().join("app[1]");
    let all = read_of(&base, ".");
    assert_eq!(
        (all.order.as_deref(), all.files),
        (Some("the order of their numbers"), ["002_a.sql", "2_b.SQL", "10_c.sql"].map(String::from).into())
    );
    let left_out: Vec<_> = all.left_out.iter().map(|it| (it.file.as_str(), it.why.as_str())).collect();
    assert_eq!(
        left_out,
        [
            ("sub/9_x.sql", "in a subfolder"),
            ("x/10/a.sql", "in a subfolder"),
            ("x/9/a.sql", "in a subfolder"),
            ("._2_b.sql", "hidden")
        ]
    );
    assert_eq!(read_of(&base, "*.sql").files, ["002_a.sql", "10_c.sql"]);
    assert_eq!(read_of(&base, "x/*/*.sql").files, ["9/a.sql", "10/a.sql"]);
    assert_eq!(read_of(&base, "10_c.sql"), Expectation { files: vec!["10_c.sql".into()], ..Expectation::default() });
    let absolute = format!("{}/2*.SQL", glob::Pattern::escape(&base.to_string_lossy()));
    assert_eq!(read_of(&base, &absolute).files.len(), 1);
    let error = |pattern: &str| read_all(&base, pattern, None).unwrap_err();
    assert!(matches!(error("x"), ExpectedError::NoFiles { .. }));
    assert!(matches!(error("y*.sql"), ExpectedError::Missing { .. }));
    assert!(matches!(error("schema.sql"), ExpectedError::Missing { .. }));
    assert!(matches!(error("a[.sql"), ExpectedError::Pattern { .. }));
}

#[test]
fn a_file_that_is_named_is_read_whatever_its_name() {
    let folder = folder(&["1_init.up.sql", "1_init.down.sql"]);
    assert_eq!(read_of(folder.path(), "1_init.down.sql").files, ["1_init.down.sql"]);
    assert_eq!(read_of(folder.path(), ".").files, ["1_init.up.sql"]);
    assert_eq!(read_of(folder.path(), "*.sql").files, ["1_init.up.sql"]);
}

#[test]
fn undo_parts_are_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("1.sql"), "-- +goose Up\ncreate table t ();\n\n-- +goose Down\ndrop table t;\n")
        .unwrap();
    let files = read_all(folder.path(), "1.sql", None).unwrap().sql;
    assert_eq!(files.first().unwrap().text, "\ncreate table t ();\n\n;\n\n");
}

#[test]
fn unreadable_files_are_named_with_the_line() {
    let folder = folder(&["sub/1.sql"]);
    let path = folder.path().join("latin.sql");
    fs::write(&path, b"select 1;\n-- caf\xe9\n").unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(error.ends_with("latin.sql:2: this is not UTF-8: convert the file (`iconv -t UTF-8`)"), "{error}");
    assert!(matches!(read(&folder.path().join("none")), Err(ExpectedError::Read { .. })));
    // A file that is not run may have any content.
    fs::rename(&path, folder.path().join("sub/latin.sql")).unwrap();
    fs::write(folder.path().join("a.sql"), "create table t ();").unwrap();
    assert_eq!(read_of(folder.path(), ".").files, ["a.sql"]);
}
