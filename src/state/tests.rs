//! Faults of a file. What both kinds of store do is tested from outside, on both.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use sqlx::Row as _;
use sqlx::sqlite::SqlitePool;

use super::*;

fn key(object: &str) -> DriftKey {
    DriftKey { object: object.into(), kind: Kind::Column, change: Change::Missing }
}

fn seen(object: &str) -> FirstSeen {
    FirstSeen::from([(key(object), DateTime::from_timestamp(1, 0).unwrap())])
}

async fn open(path: &Path) -> Result<State, StateError> {
    State::open(&StateLocation::File(path.to_owned())).await
}

fn pool(state: &State) -> &SqlitePool {
    state.database.database().unwrap().file().unwrap()
}

#[tokio::test]
async fn a_damaged_file_is_distinguished_from_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    std::fs::write(&path, "this is no database, and it is long enough to be looked at as one".repeat(100)).unwrap();
    assert!(matches!(open(&path).await, Err(StateError::Damaged(_))));
    assert!(matches!(open(&path.join("x/state.db")).await, Err(StateError::Folder { .. })));
    assert!(matches!(open(folder.path()).await, Err(StateError::NoFile(_))));
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(&folder.path().join("state.db")).await.unwrap();
    state.keep_first_seen("a", &seen("public.a")).await.unwrap();
    sqlx::query("pragma max_page_count = 1").execute(pool(&state)).await.unwrap();
    let many = (0..10_000).flat_map(|i| seen(&format!("public.table_{i}"))).collect();
    assert!(matches!(state.keep_first_seen("a", &many).await, Err(StateError::Full(_))));
    assert_eq!(state.first_seen("a").await.unwrap(), seen("public.a"));
    let document = state.keep_document("none", "plan", "x").await;
    assert!(matches!(document, Err(StateError::NoRemediation(_))), "{document:?}");
}

#[tokio::test]
async fn a_read_only_file_is_reported_and_still_read() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(&folder.path().join("state.db")).await.unwrap();
    state.keep_first_seen("a", &seen("public.a")).await.unwrap();
    sqlx::query("pragma query_only = on").execute(pool(&state)).await.unwrap();
    assert!(matches!(state.keep_first_seen("a", &FirstSeen::new()).await, Err(StateError::ReadOnly(_))));
    assert!(matches!(state.keep_spellings(&["aa".into()]).await, Err(StateError::ReadOnly(_))));
    assert_eq!(state.first_seen("a").await.unwrap(), seen("public.a"));
}

#[tokio::test]
async fn appended_entries_are_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(&folder.path().join("state.db")).await.unwrap();
    for (pragma, wanted) in [("pragma journal_mode", "wal"), ("pragma synchronous", "2"), ("pragma foreign_keys", "1")]
    {
        let row = sqlx::raw_sql(pragma).fetch_one(pool(&state)).await.unwrap();
        let set = row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|number| number.to_string()));
        assert_eq!(set.unwrap(), wanted, "{pragma}");
    }
}
