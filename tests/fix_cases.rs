//! `tests/cases/fix/<family>/<case>/`: a live schema with rows, an expected one, and what the program makes of them.
//!
//! | file | says |
//! |---|---|
//! | `live.sql`, `expected.sql` | the two sides |
//! | `scope` | `declared` (also without the file) or `whole` |
//! | `allow` | hazards that are allowed, by name |
//! | `orphans` | `set_null`; without the file they are refused |
//! | `least_version` | the least major of PostgreSQL |
//! | `probe.sql` | fails if the mended database does not behave as it should |
//! | `blocked.txt` | the plan is blocked, says each of these lines, and nothing changes |
//! | `drift.txt` | the drift, as in `tests/cases/drift` |
//!
//! With `SCHEMAWARDEN_BLESS=1` what was found is written to the files instead of compared.

mod case;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support;

use case::{Case, Site};

/// A test for each family, so that they run side by side.
macro_rules! families {
    ($($family:ident),* $(,)?) => {
        $(#[test]
        fn $family() {
            family(stringify!($family));
        })*

        #[test]
        fn no_family_is_forgotten() {
            let found: Vec<_> = folders(&support::file("tests/cases/fix"))
                .iter()
                .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
                .collect();
            assert_eq!(found, [$(stringify!($family)),*]);
        }
    };
}

families!(
    check,
    column,
    column_type,
    combination,
    comment,
    community,
    composite,
    default,
    deferrable,
    domain,
    enums,
    exclusion,
    extension,
    foreign_key,
    function,
    generated,
    identity,
    index,
    inheritance,
    matview,
    names,
    not_null,
    orphans,
    partition,
    policy,
    primary_key,
    privilege,
    rename,
    rule,
    schema,
    sequence,
    statistics,
    table,
    trigger,
    unique,
    view,
);

fn family(name: &str) {
    let folders = folders(&support::file("tests/cases/fix").join(name));
    assert!(!folders.is_empty());
    let mut wrong = String::new();
    for folder in folders.iter().filter(|folder| runs_here(folder)) {
        let case = Case::of(folder);
        let site = case.site();
        for complaint in [drifts(&case, &site)].into_iter().flatten() {
            writeln!(wrong, "{}: {complaint}", folder.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn drifts(case: &Case, site: &Site) -> Option<String> {
    golden(case, "drift.txt", &site.drift(&site.live))
}

/// Compares with a file of the case, or writes it.
fn golden(case: &Case, file: &str, found: &str) -> Option<String> {
    if std::env::var_os("SCHEMAWARDEN_BLESS").is_some() {
        fs::write(case.folder.join(file), found).unwrap();
        return None;
    }
    let expected = case.text(file).unwrap_or_default();
    (expected != found).then(|| format!("{file}\n--- expected\n{expected}--- found\n{found}"))
}

fn runs_here(case: &Path) -> bool {
    let major = support::postgres().version() / 10_000;
    let least = fs::read_to_string(case.join("least_version"));
    let too_old = least.is_ok_and(|least| least.trim().parse::<u32>().unwrap() > major);
    if too_old {
        println!("left out on PostgreSQL {major}: {}", case.display());
    }
    !too_old
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}
