//! Views and materialized views: replaced in place where only columns are added; otherwise by [`super::rebuild`].

use crate::domain::catalog::Object;
use crate::domain::name::QName;
use crate::domain::plan::action::{Action, Rank, transaction};
use crate::domain::plan::planner::Planner;
use crate::domain::plan::step::view::{created, dropped, makes, settings, word};
use crate::domain::plan::{Effect, Hazard, Step, condition};
use crate::domain::render;
use crate::domain::report::{Change, Drift};

pub(in crate::domain::plan) fn plan(planner: &mut Planner<'_>, drift: &Drift, name: &QName) {
    let (wanted, found) = (planner.expected_relation(name), planner.live_relation(name));
    match (drift.change, wanted, found) {
        (Change::Missing, Some(wanted), _) => {
            let steps = created(planner, name, wanted);
            let makes = makes(name, wanted);
            planner.add(Action::new(Rank::View, vec![transaction(steps)]).making(makes));
        }
        (Change::Unexpected, _, Some(found)) => {
            let step = dropped(name, found).costing(Hazard::DataLoss, format!("{} {name}", word(found.kind)));
            let rules = planner.on.live.defined.keys().filter(|it| it.relation() == Some(name)).cloned();
            let unmakes = makes(name, found).into_iter().chain(rules);
            planner.add(Action::new(Rank::Drop, vec![transaction(vec![step])]).unmaking(unmakes));
        }
        (Change::Changed, Some(wanted), Some(found)) if wanted.kind == found.kind => {
            let mut steps = Vec::new();
            if let (Some(query), true) = (&found.query, wanted.query != found.query) {
                let sql = render::create_view(name, wanted).replacen("CREATE ", "CREATE OR REPLACE ", 1);
                steps.push(
                    Step::new(
                        Effect::Replace(Object::View(name.clone())),
                        format!("replace view {name}"),
                        sql,
                        condition::query_is_not(name, &query.to_string()),
                    )
                    .exclusive(name),
                );
            }
            steps.extend(settings(name, wanted, found));
            planner.add(Action::new(Rank::View, vec![transaction(steps)]).making(makes(name, wanted)));
        }
        // Replacing one kind of view by another is done by the rebuild. Here the old relation is a table, which is
        // dropped first.
        (Change::Changed, Some(wanted), Some(_)) => {
            let steps = created(planner, name, wanted);
            planner.add(Action::new(Rank::View, vec![transaction(steps)]).making(makes(name, wanted)));
        }
        (Change::Missing | Change::Unexpected | Change::Changed, _, _) => {}
    }
}
