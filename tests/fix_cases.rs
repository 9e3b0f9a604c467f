//! `tests/cases/fix/<family>/<case>/`: a live schema with rows, an expected one, and what the program makes of them.
//!
//! | file | says |
//! |---|---|
//! | `live.sql`, `expected.sql` | the two sides |
//! | `scope` | `declared` (also without the file) or `whole` |
//! | `schemas` | those that are watched; without the file all of them |
//! | `allow` | hazards that are allowed, by name |
//! | `orphans` | `set_null`; without the file they are refused |
//! | `proven` | what `make test` carries out too (an empty file) |
//! | `unrehearsed` | no rehearsal can be held, and `apply --yes` says this and does nothing |
//! | `least_version` | the least major of PostgreSQL |
//! | `pending` | why the program does not support the case yet: it is skipped, and listed |
//! | `logs` | tables that event triggers log into |
//! | `probe.sql` | fails if the repaired database does not behave as it should |
//! | `blocked.txt` | the plan is blocked, says each of these lines, and nothing changes |
//! | `drift.txt` | the drift, as in `tests/cases/drift` |
//! | `steps.txt` | the plan: what each step sends, ensures, locks, and what there is besides that is not usual |
//! | `plan.sql` | in a few cases: the steps of `plan --format sql`, without the head that is the same in all scripts |
//!
//! `SCHEMAWARDEN_CASES=foreign_key/missing` runs only the cases whose path contains this.
//! With `SCHEMAWARDEN_BLESS=1` what was found is written to `drift.txt`, `steps.txt`, and `plan.sql` where there is one, instead of
//! compared.
//!
//! Of all cases the plan is as in the files, and a blocked one changes nothing. Then (of those marked `proven`; of all
//! by `make test-fix-all`, which is to be run when a `steps.txt` changes) with the program as it is shipped, as processes
//! of their own: rehearsed and applied, it leaves no drift; run again, it writes no catalog row; killed twice (by `make
//! test-fix-all` after each step) and continued, and carried out by psql twice, it comes to the same. Always
//! `pg_dump` and the probe agree that this is what is expected, and every row is still there, unless `allow` names
//! `data_loss` or there is a file `orphans`. Then, but for these, and where no step says that it cannot be taken back, it is
//! taken back by a plan, as a rollback is, and every table has the rows that it had.

mod case;
mod proof;
mod steps;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support;

use case::Case;
use proof::{Depth, prove};

const STEPS: &str = "steps.txt";
const SCRIPT: &str = "plan.sql";

/// What a script's frame does with a step, and the words of the script that show it.
const FRAME: [(&str, &str); 19] = [
    ("the tables are locked in order", "\nLOCK TABLE ONLY "),
    ("a transaction of several steps is left out when all of them hold", " AND (:end_"),
    ("a step of several is left out when it holds", "\\endif\n\\endif\nSELECT NOT ((:end_"),
    ("a single step is left out when it holds", "1 \\gset\nSELECT NOT ((:end_1)) AS todo \\gset\n\\if :todo\n"),
    ("upkeep follows a change", "\\if :changed\n"),
    ("what cannot run in a transaction has none", "SET statement_timeout = 0;\nCREATE INDEX CONCURRENTLY "),
    ("what waits for older transactions has long limits", "SET lock_timeout = '30min';"),
    ("another limit within a transaction", "\nSET lock_timeout = '300ms';\nSET statement_timeout = 0;\nSET LOCAL "),
    ("batches", "LOOP\n    EXECUTE $$UPDATE "),
    ("batches in the application's session", " INTO first, behind;\n    SET LOCAL "),
    ("batches of which the old values are kept", "now (place, was) JOIN pg_temp.schemawarden_kept"),
    (
        "the same in the application's session",
        "USING format('(%s,0)', page)::tid, format('(%s,0)', page + 128)::tid;\n    SET LOCAL ",
    ),
    ("the session of a step in a transaction", "'\nSET LOCAL row_security = 'on';\n"),
    (
        "the session of a step that has no transaction around it",
        "'\nSET lock_timeout = '300ms';\nSET statement_timeout = 0;\nBEGIN;\nSET LOCAL ",
    ),
    ("a session is left", "\nRESET ROLE;\n"),
    ("what rows refuse is taken back", "EXCEPTION WHEN OTHERS THEN\n  IF left(SQLSTATE, 2)"),
    ("and what was there before put back", "and what was there before put back"),
    ("what psql would misread", "$ \\gexec\n"),
    ("a guard", "\nDO 'BEGIN IF "),
];

/// A test for each family, so that they run side by side.
macro_rules! families {
    ($($family:ident),+) => {
        $(#[test]
        fn $family() {
            family(stringify!($family));
        })+

        #[test]
        fn no_family_is_forgotten() {
            let found: Vec<_> = folders(&support::file("tests/cases/fix"))
                .iter()
                .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
                .collect();
            let mut named = vec![$(stringify!($family)),+];
            named.sort_unstable();
            assert_eq!(found, named);
        }
    };
}

families! {
    check, column, column_type, combination, comment, community, composite, default, deferrable, domain, enums, exclusion,
    extension, foreign_key, function, generated, identity, index, inheritance, matview, names, not_null, orphans,
    partition, policy, primary_key, privilege, publication, rename, rule, schema, sequence, statistics, table, trigger, unique, view
}

/// Whole scripts are few, and together show all that the frame can do.
#[test]
fn every_part_of_the_frame_is_in_a_whole_script() {
    let families = folders(&support::file("tests/cases/fix"));
    let scripts = families.iter().flat_map(|family| folders(family)).map(|case| case.join(SCRIPT));
    let scripts: Vec<String> = scripts.filter_map(|script| fs::read_to_string(script).ok()).collect();
    let is_shown = |words: &str| scripts.iter().any(|script| script.contains(words));
    let missing: Vec<_> = FRAME.iter().filter(|(_, words)| !is_shown(words)).map(|(what, _)| what).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
#[ignore = "takes long: make test-fix-all"]
fn all_are_proven() {
    let families = folders(&support::file("tests/cases/fix"));
    let cases: Vec<_> = families.iter().flat_map(|family| cases(family)).collect();
    let next = AtomicUsize::new(0);
    let wrong = std::thread::scope(|scope| {
        let worker = || {
            let mut wrong = String::new();
            while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                let complaint = complaint(case, Depth::Exhaustive);
                print!("{complaint}");
                wrong.push_str(&complaint);
            }
            wrong
        };
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect::<String>()
    });
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn family(name: &str) {
    let cases = cases(&support::file("tests/cases/fix").join(name));
    let depth = |case: &Path| {
        if case.join("proven").exists() { Depth::Proven } else { Depth::Planned }
    };
    let wrong: String = cases.iter().map(|case| complaint(case, depth(case))).collect();
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The selected cases of a family that this server can run.
fn cases(family: &Path) -> Vec<PathBuf> {
    let mut cases = folders(family);
    assert!(!cases.is_empty());
    if let Ok(part) = std::env::var("SCHEMAWARDEN_CASES") {
        cases.retain(|case| case.to_str().unwrap().contains(&part));
    }
    cases.retain(|case| runs_here(case));
    cases
}

fn complaint(case: &Path, depth: Depth) -> String {
    match prove(&Case::of(case), depth) {
        Ok(()) => String::new(),
        Err(complaint) => format!("{}: {complaint}\n", case.display()),
    }
}

fn runs_here(case: &Path) -> bool {
    if let Ok(why) = fs::read_to_string(case.join("pending")) {
        println!("not met yet: {}: {}", case.display(), why.trim());
        return false;
    }
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
