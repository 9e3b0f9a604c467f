//! `tests/cases/drift/<family>/<case>/`: a live schema, an expected one, and the drift between them in each scope.
//!
//! `drift.txt` has a line for each: `scope: change kind object severity`, the object with line breaks and tabs escaped.
//! A case that needs more than PostgreSQL 14 names the major in `least_version`, and is left out on older servers.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use schemawarden::daemon::expected::{self, ExpectedSource};
use schemawarden::domain::catalog::Catalog;
use schemawarden::domain::drift::{self, Scope};
use schemawarden::pg::scratch::spelling::Spellings;

use crate::support::{self, Database, scratch};

/// A test for each family, so that they run side by side.
macro_rules! families {
    ($($family:ident),*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $family() {
            family(stringify!($family)).await;
        })*

        #[test]
        fn no_family_is_forgotten() {
            let found: Vec<_> = folders(&support::file("tests/cases/drift"))
                .iter()
                .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
                .collect();
            assert_eq!(found, [$(stringify!($family)),*]);
        }
    };
}

families!(
    column, constraint, defined, extension, index, names, privilege, routine, schema, sequence, table, trigger, types,
    view
);

async fn family(name: &str) {
    let cases = folders(&support::file("tests/cases/drift").join(name));
    assert!(!cases.is_empty());
    let mut wrong = String::new();
    for case in cases.iter().filter(|case| runs_here(case)) {
        let expected = fs::read_to_string(case.join("drift.txt")).unwrap();
        let mut found = String::new();
        let (expected_catalog, live) = catalogs(case).await;
        for scope in [Scope::Declared, Scope::Whole] {
            let mut drift = drift::compare(&expected_catalog, &live, scope);
            let sides = (&expected_catalog, &live);
            Spellings::default().settle(&mut drift, sides, scope, &scratch()).await.unwrap();
            for drift in drift {
                let object = drift.object.replace('\n', "\\n").replace('\t', "\\t");
                let (change, kind) = (drift.change.as_str(), drift.kind);
                writeln!(found, "{}: {change} {kind} {object} {}", scope.as_str(), drift.severity).unwrap();
            }
        }
        let sorted = |text: &str| {
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        if sorted(&expected) != sorted(&found) {
            writeln!(wrong, "{}\n--- expected\n{expected}--- found\n{found}", case.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

pub fn runs_here(case: &Path) -> bool {
    let major = support::postgres().version() / 10_000;
    let least = fs::read_to_string(case.join("least_version"));
    let too_old = least.is_ok_and(|least| least.trim().parse::<u32>().unwrap() > major);
    if too_old {
        println!("left out on PostgreSQL {major}: {}", case.display());
    }
    !too_old
}

async fn catalogs(case: &Path) -> (Catalog, Catalog) {
    let live = Database::with(&fs::read_to_string(case.join("live.sql")).unwrap());
    let expected = ExpectedSource::parse("expected.sql", case).unwrap();
    (expected::load(&expected, &scratch(), None).await.unwrap().catalog, live.read().await)
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}
