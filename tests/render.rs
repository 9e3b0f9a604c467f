//! The SQL that is rendered from a catalog builds an equal catalog.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use schemawarden::domain::catalog::{Catalog, Grantee};
use schemawarden::domain::drift::{self, Scope};
use schemawarden::pg::scratch::rebuild::rebuild_whole;
use schemawarden::pg::scratch::spelling::Spellings;
use schemawarden::pg::scratch::{Scratch, ScratchDatabase};

use crate::drift_cases::runs_here;
use crate::support::{self, Database, psql_at, scratch, scratch_server};
use secrecy::ExposeSecret as _;

/// Empties a database, which is much faster than creating one.
const WIPE: &str = "
    do $do$ declare it text; begin
        for it in select format('drop event trigger %I', evtname) from pg_event_trigger
                  union all select format('drop publication %I', pubname) from pg_publication
                  union all select format('drop foreign data wrapper %I cascade', fdwname) from pg_foreign_data_wrapper
                  union all (select format('drop schema %I cascade', nspname) from pg_namespace
                             where nspname !~ '^pg_' and nspname <> 'information_schema' order by nspname = 'public')
                  union all select format('drop extension if exists %I cascade', extname) from pg_extension
                            where extname <> 'plpgsql'
                  union all select format('drop access method %I', amname) from pg_am where oid >= 16384 loop
            execute it;
        end loop;
    end $do$;
    create schema public;
    do $do$ begin
        execute format('alter schema public owner to %I', (select datdba::regrole::name from pg_database where datname = current_database()));
    end $do$;
";

/// An aggregate whose transition type is internal can be declared by a superuser alone, whom scratch gives no schema.
const NEEDS_A_SUPERUSER: &str = r#"app.at(double precision, "any")"#;

/// The difference after the catalog was built again.
async fn loss(catalog: &Catalog, database: &ScratchDatabase) -> String {
    let granted = catalog.privileges.keys().filter_map(|(_, grantee)| match grantee {
        Grantee::Role(role) => Some(role),
        Grantee::Owner | Grantee::Public => None,
    });
    let named = catalog.defined.values().flat_map(|it| &it.roles);
    let roles: BTreeSet<_> = catalog.owners.values().chain(granted).chain(named).cloned().collect();
    database.ensure_roles(roles).await.unwrap();
    let rebuilt = rebuild_whole(database, catalog).await.unwrap();
    let mut loss = String::new();
    for failed in rebuilt.failed.iter().filter(|failed| *failed != NEEDS_A_SUPERUSER) {
        writeln!(loss, "could not be built: {failed}").unwrap();
    }
    let mut drift = drift::compare(catalog, &rebuilt.catalog, Scope::Whole);
    let sides = (catalog, &rebuilt.catalog);
    Spellings::default().settle(&mut drift, sides, Scope::Whole, &scratch()).await.unwrap();
    for drift in drift.iter().filter(|drift| drift.object != NEEDS_A_SUPERUSER) {
        writeln!(loss, "{} {} {}: {}", drift.change.as_str(), drift.kind, drift.object, drift.detail).unwrap();
    }
    loss
}

fn scripts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && runs_here(&path) {
            found.extend(scripts(&path));
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_rendered_reads_back_equal() {
    let original = Database::create();
    let server = Scratch::open(&scratch()).await.unwrap();
    let copy = server.database().await.unwrap();
    let copy_name = copy.source().options().get_database().unwrap().to_owned();
    let (mut wrong, mut seen, mut left_out) = (String::new(), BTreeSet::new(), Vec::new());
    for folder in ["tests/cases/drift", "tests/schemas", "sql/community"] {
        // Neither a fix nor a probe is a schema.
        let is_schema = |script: &PathBuf| {
            let path = script.to_string_lossy();
            !path.ends_with("_fix.sql") && !path.contains("/probes/")
        };
        for script in scripts(&support::file(folder)).into_iter().filter(is_schema) {
            let sql = fs::read_to_string(&script).unwrap();
            if !seen.insert(sql.clone()) {
                continue;
            }
            original.run(&format!("{WIPE}{sql}"));
            psql_at(scratch_server().url(&copy_name).expose_secret(), WIPE);
            let catalog = original.read().await;
            if catalog.unmodelled.is_empty() {
                let loss = loss(&catalog, &copy).await;
                if !loss.is_empty() {
                    writeln!(wrong, "{}\n{loss}", script.display()).unwrap();
                }
            } else {
                left_out.push(script);
            }
        }
    }
    copy.drop().await.unwrap();
    // What a script leaves behind would keep all later ones out.
    assert!(left_out.len() * 20 < seen.len(), "too many have objects without a model: {left_out:?}");
    assert!(wrong.is_empty(), "\n{wrong}");
}
