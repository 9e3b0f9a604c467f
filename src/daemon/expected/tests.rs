//! From files to a catalog, with a real scratch server.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use super::*;
use crate::pg::Guards;
use crate::pg::scratch::Scratch;
use crate::pg::scratch::server::{ServerOptions, ThrowawayServer};

#[test]
fn the_text_says_what_it_names() {
    let base = Path::new("/etc/schemawarden");
    for (text, kind) in [
        ("../../../sql/expected.sql", "sql"),
        ("migrations", "sql"),
        ("snapshots/app.JSON", "snapshot"),
        ("postgresql://u:p@h/d", "database"),
    ] {
        assert_eq!(ExpectedSource::parse(text, base).unwrap().kind(), kind);
    }
    assert!(matches!(ExpectedSource::parse(" ", base), Err(ExpectedError::Empty)));
    let error = ExpectedSource::parse("postgres://u:secret@h:port/d", base).unwrap_err().to_string();
    assert!(error.starts_with("the expected database: ") && !error.contains("secret"), "{error}");
}

#[test]
fn the_digest_follows_names_and_contents() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let digest = || ExpectedSource::parse(".", folder.path()).unwrap().digest().unwrap().unwrap();
    write("1.sql", "select 1");
    let first = digest();
    assert_eq!(first.len(), 64);
    assert_eq!(digest(), first);
    write("2.sql", "");
    let second = digest();
    assert_ne!(second, first);
    fs::rename(folder.path().join("2.sql"), folder.path().join("3.sql")).unwrap();
    assert_ne!(digest(), second);
    let database = ExpectedSource::parse("postgres://h/d", folder.path()).unwrap();
    assert_eq!(database.digest().unwrap(), None);
}

#[tokio::test]
async fn files_snapshots_and_databases_give_the_same_catalog() {
    let server = ThrowawayServer::start(&ServerOptions::default()).await.unwrap();
    let scratch = ScratchConfig { url: Some(server.source("postgres")), ..ScratchConfig::default() };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("1_posts.sql", "create table posts (id bigint generated always as identity primary key);");
    write("2_other.sql", "create schema other; create domain other.\"D\" as text check (value <> 'it''s');");
    write("2_other.down.sql", "drop schema other cascade;");
    let from_files = ExpectedSource::parse(".", folder.path()).unwrap();
    // Owners are not compared.
    let load = async |source: &ExpectedSource, schemas: Option<&[String]>| {
        let mut catalog = load(source, &scratch, schemas).await.unwrap().catalog;
        // Nor is the version of an extension, which depends on the server.
        catalog.extensions.values_mut().for_each(|extension| extension.version = None);
        Catalog { owners: BTreeMap::new(), owner_by_chance: None, ..catalog }
    };
    let whole = load(&from_files, None).await;
    assert_eq!((whole.relations.len(), whole.domains.len()), (1, 1));

    write("app.json", &to_snapshot(&whole).unwrap());
    let from_snapshot = ExpectedSource::parse("app.json", folder.path()).unwrap();
    assert_eq!(load(&from_snapshot, None).await, whole);

    let public = ["public".to_owned()];
    let part = load(&from_files, Some(&public)).await;
    assert_eq!((part.relations.len(), part.domains.len()), (1, 0));
    assert_eq!(load(&from_snapshot, Some(&public)).await, part);

    let reference = Scratch::open(&scratch).await.unwrap().database().await.unwrap();
    reference.load(&files::read_all(folder.path(), "*.sql", None).unwrap().sql).await.unwrap();
    let from_database = ExpectedSource::Database(reference.source().clone());
    assert_eq!(load(&from_database, None).await, whole);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_broken_file_is_named_and_leaves_no_database() {
    let server = ThrowawayServer::start(&ServerOptions::default()).await.unwrap();
    let scratch = ScratchConfig { url: Some(server.source("postgres")), ..ScratchConfig::default() };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("e.sql"), "create table t ();\n\ncreate table t ();").unwrap();
    let source = ExpectedSource::parse("e.sql", folder.path()).unwrap();
    let error = load(&source, &scratch, None).await.unwrap_err().to_string();
    assert!(error.ends_with("e.sql:3: relation \"t\" already exists (in: create table t)"), "{error}");
    let mut session = pg::connect(&server.source("postgres"), &Guards::default()).await.unwrap().session;
    let left: i64 = sqlx::query_scalar("select count(*) from pg_database where datname ~ 'scratch'")
        .fetch_one(&mut session)
        .await
        .unwrap();
    assert_eq!(left, 0);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_content_is_evaluated_once_for_all_who_hold_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("e.sql");
    fs::write(&path, "create table a (id bigint)").unwrap();
    let (source, scratch) = (ExpectedSource::parse("e.sql", folder.path()).unwrap(), ScratchConfig::default());
    let store = Store::default();
    let load = || store.load(&source, &scratch, None);
    let (first, second) = tokio::join!(load(), load());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(Arc::ptr_eq(&first, &second));
    let schemas = ["other".to_owned()];
    assert!(store.load(&source, &scratch, Some(&schemas)).await.is_err(), "of other schemas it is another expectation");

    fs::write(&path, "create table b (id bigint)").unwrap();
    let changed = load().await.unwrap();
    assert!(changed.catalog.relations.keys().all(|name| name.to_string() == "public.b"));
    fs::write(&path, "create table a (id bigint)").unwrap();
    assert!(Arc::ptr_eq(&first, &load().await.unwrap()));
    let address = Arc::downgrade(&first);
    drop((first, second));
    assert!(address.upgrade().is_none(), "nobody holds it, and the store does not");
    load().await.unwrap();
}
