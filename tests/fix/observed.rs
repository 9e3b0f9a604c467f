//! Plans of a target that has not changed since it was read.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use schemawarden::daemon::check::CheckSpec;
use schemawarden::daemon::fix::{self, FixSpec};
use schemawarden::domain::drift::Scope;
use schemawarden::pg::fingerprint::fingerprint;

use crate::support::{Database, fix_spec};

const LONG: Duration = Duration::from_hours(1);

#[tokio::test]
async fn it_is_read_again_when_it_has_changed_or_must_be_read() {
    let (live, expected) = (Database::with("create table a (n int)"), Database::with("create table a (n int, m int)"));
    let folder = tempfile::tempdir().unwrap();
    let mut spec = fix_spec(&live, &expected, Scope::Declared, folder.path().join("state.db"));
    spec.check.full_read_every = LONG;
    let observed = &spec.check.known.observed;
    let seen = async || {
        let mut connection = schemawarden::pg::connect(&live.source, &spec.check.guards).await.unwrap();
        fingerprint(&mut connection).await.unwrap()
    };
    let first = fix::propose(&spec, Utc::now()).await.unwrap().plan;
    assert_eq!(first.steps().count(), 1);
    assert_eq!(fix::propose_from_observed(&spec, Utc::now()).await.unwrap().plan.id, first.id);

    // What is known is wrong now, which shows whether it is used.
    let known = observed.get(&spec.check.observes(), &seen().await, LONG).unwrap();
    let wrong = schemawarden::domain::catalog::Catalog { relations: [].into(), ..(*known).clone() };
    let wrong = Arc::new(wrong);
    observed.put(spec.check.observes(), seen().await, &wrong);
    let unread = fix::propose_from_observed(&spec, Utc::now()).await.unwrap().plan;
    assert!(unread.steps().any(|step| step.sql.starts_with("CREATE TABLE public.a")), "{unread:?}");
    assert_eq!(fix::propose(&spec, Utc::now()).await.unwrap().plan.id, first.id, "this one reads");
    observed.put(spec.check.observes(), seen().await, &wrong);
    let elderly =
        FixSpec { check: CheckSpec { full_read_every: Duration::ZERO, ..spec.check.clone() }, ..spec.clone() };
    let read = fix::propose_from_observed(&elderly, Utc::now()).await.unwrap().plan;
    assert_eq!(read.id, first.id, "what was read too long ago is read again");

    live.run("alter table a add k int");
    let changed = fix::propose_from_observed(&spec, Utc::now()).await.unwrap().plan;
    assert_ne!(changed.id, first.id);
    live.run("alter table a add m int");
    assert!(fix::propose_from_observed(&spec, Utc::now()).await.unwrap().is_settled());
    assert!(
        observed.get(&spec.check.observes(), &seen().await, LONG).is_none(),
        "it is kept only as long as it differs"
    );
}
