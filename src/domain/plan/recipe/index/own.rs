//! Parts of a partitioned index that are expected as independent indexes of their partitions: they are dropped with the
//! partitioned index, so others are built before, and renamed after.

use super::part;
use crate::domain::catalog::{Index, Object};
use crate::domain::name::QName;
use crate::domain::plan::Segment;
use crate::domain::plan::action::transaction;
use crate::domain::plan::condition;
use crate::domain::plan::planner::Planner;
use crate::domain::plan::scaffold;
use crate::domain::plan::step::index::{Build, concurrently, qualified, renamed};
use crate::domain::render;

/// What is done before the partitioned index is dropped, and after.
#[derive(Default)]
pub(super) struct Own {
    pub(super) before: Vec<Segment>,
    pub(super) after: Vec<Segment>,
}

/// A key of a partition is a part of the index. PostgreSQL drops neither without the other, so the plan is blocked.
pub(super) fn is_kept(planner: &mut Planner<'_>, table: &QName, found: &Index) -> bool {
    let partitions = planner.partitions(table).into_iter().filter(|_| found.valid);
    let keys = partitions.filter_map(|(_, partition)| {
        let key = part::live_key(planner, &partition, found)?;
        Some((
            format!("{partition}.{}", key.name),
            render::add_constraint(&partition, key, false, planner.on.live.server_version),
        ))
    });
    let keys: Vec<_> = keys.collect();
    let Some((key, _)) = keys.first() else { return false };
    let object = Object::index(table, &found.name).to_string();
    let reason =
        format!("index {object} cannot be dropped: the index of key {key} is a part of it, and goes only with it");
    let advice = "expect the index too, or drop it together with the key, and add that again, by hand";
    let dropped = format!("DROP INDEX {} CASCADE", qualified(table, &found.name));
    let begun = ["BEGIN".to_owned(), dropped].into_iter();
    let statements = begun.chain(keys.iter().map(|(_, sql)| sql.clone())).chain(["COMMIT".to_owned()]);
    planner.block_with(&object, reason, advice, statements.collect());
    true
}

pub(super) fn parts(planner: &Planner<'_>, table: &QName, found: &Index) -> Own {
    let mut own = Own::default();
    for (_, partition) in planner.partitions(table) {
        let (Some(wanted), Some(live)) = (planner.expected_relation(&partition), planner.live_relation(&partition))
        else {
            continue;
        };
        let same = |index: &&Index| index.definition() == found.definition();
        let is_there = |wanted: &&Index| live.indexes.iter().any(|it| it.name == wanted.name && !it.inherited);
        let goes = |wanted: &&Index| live.indexes.iter().filter(same).any(|it| it.name == wanted.name && it.inherited);
        let lost = wanted.indexes.iter().filter(same).filter(|it| !it.inherited && !is_there(it) && goes(it));
        // The parts of a partition that is partitioned itself are handled one by one.
        for index in lost.filter(|_| !planner.is_partitioned(&partition)) {
            let helper = scaffold::name(&partition, &index.name, "idx");
            // The part has the name as long as it exists.
            let name = qualified(&partition, &index.name);
            let is_own = format!(
                "indisvalid and not exists (select from pg_inherits where inhrelid = {})",
                condition::regclass(&name)
            );
            let done = condition::index(&partition, &index.name, &is_own);
            let built = Index { name: helper.clone(), ..index.clone() };
            own.before.extend(concurrently(
                planner,
                &partition,
                &Build { index: &built, requires: None, done: done.clone() },
            ));
            own.after.push(transaction(vec![renamed(&partition, &helper, &index.name, done)]));
        }
    }
    own
}
