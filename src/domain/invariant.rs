//! Invariants: properties of the rows, and the judgement of a count. Pure: nothing is counted here.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::name::{Name, QName, list};
use crate::domain::report::Verdict;

/// A property of the rows of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invariant {
    pub name: String,
    pub kind: InvariantKind,
    /// For the whole count, connecting included.
    pub timeout: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvariantKind {
    /// Each row of `child` has its parent, or a NULL in one of `columns` (the MATCH SIMPLE of a foreign key).
    Reference {
        child: QName,
        columns: Vec<Name>,
        parent: QName,
        parent_columns: Vec<Name>,
        max_dangling: u64,
        /// `None`: the number of NULLs is not limited.
        max_null: Option<u64>,
        /// Only a sample is counted.
        estimate: bool,
    },
    /// An operator's query that gives one number, at most `max`.
    Query { sql: String, max: u64 },
}

/// A row with a NULL in one of its referencing columns.
pub const NULL: &str = "null";
/// A row whose reference is complete and points at no parent.
pub const DANGLING: &str = "dangling";
/// The result of a counting query.
pub const ROWS: &str = "rows";

/// The counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// [`NULL`] and [`DANGLING`] for a reference, [`ROWS`] for a counting query.
    pub by_reason: BTreeMap<&'static str, u64>,
    /// The counts are scaled from a sample.
    pub estimated: bool,
    /// Half the width of the 95 % interval around `dangling`, for an estimate; else 0.
    pub margin: u64,
}

impl Counts {
    pub fn of(reason: &'static str, rows: u64) -> Self {
        Self { by_reason: BTreeMap::from([(reason, rows)]), ..Self::default() }
    }

    pub fn reference(nulls: u64, dangling: u64) -> Self {
        Self { by_reason: BTreeMap::from([(NULL, nulls), (DANGLING, dangling)]), ..Self::default() }
    }

    pub fn get(&self, reason: &str) -> u64 {
        self.by_reason.get(reason).copied().unwrap_or(0)
    }

    /// Scales the counts of a sample of `looked_at` rows to a relation of `scale` times its size.
    ///
    /// The margin is 1.96 standard deviations of a simple random sample; without a hit it is the "rule of three".
    /// Blocks are sampled, not rows: if orphans are clustered, the true count may be outside of the margin.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // an estimate
    pub fn estimate(looked_at: u64, nulls: u64, dangling: u64, scale: f64) -> Self {
        let scaled = |rows: f64| (rows * scale).round() as u64;
        let found = dangling as f64;
        let share = if looked_at == 0 { 0.0 } else { found / looked_at as f64 };
        let deviation = if dangling == 0 { 3.0 } else { 1.96 * (found * (1.0 - share)).sqrt() };
        let counts = Self::reference(scaled(nulls as f64), scaled(found));
        Self { estimated: true, margin: scaled(deviation), ..counts }
    }
}

/// The verdict, the rows beyond what is allowed, and one sentence for a person.
pub fn judge(invariant: &Invariant, counts: &Counts) -> (Verdict, u64, String) {
    let (excess, detail) = match &invariant.kind {
        InvariantKind::Reference { child, columns, parent, max_dangling, max_null, .. } => {
            let (nulls, dangling) = (counts.get(NULL), counts.get(DANGLING));
            let beyond = max_null.map_or(0, |max| nulls.saturating_sub(max));
            let about = if counts.estimated { format!("about (±{}) ", counts.margin) } else { String::new() };
            let allowed = max_null.map_or(String::new(), |max| format!(" ({max} allowed)"));
            let detail = format!(
                "{about}{} of {child} whose {} is not in {parent} ({max_dangling} allowed), {} with NULL{allowed}",
                rows(dangling),
                list(columns),
                rows(nulls),
            );
            (dangling.saturating_sub(*max_dangling).saturating_add(beyond), detail)
        }
        InvariantKind::Query { max, .. } => {
            let counted = counts.get(ROWS);
            (counted.saturating_sub(*max), format!("the query gave {counted} ({max} allowed)"))
        }
    };
    (if excess == 0 { Verdict::Holds } else { Verdict::Violated }, excess, detail)
}

fn rows(count: u64) -> String {
    if count == 1 { "1 row".into() } else { format!("{count} rows") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(max_dangling: u64, max_null: Option<u64>) -> Invariant {
        Invariant {
            name: "orphans".into(),
            kind: InvariantKind::Reference {
                child: QName::new("public", "post_reactions"),
                columns: vec!["post_id".into()],
                parent: QName::new("public", "posts"),
                parent_columns: vec!["id".into()],
                max_dangling,
                max_null,
                estimate: false,
            },
            timeout: Duration::from_mins(10),
        }
    }

    #[test]
    fn nulls_count_only_against_their_own_limit() {
        let (verdict, excess, _) = judge(&reference(0, None), &Counts::reference(1_000, 0));
        assert_eq!((verdict, excess), (Verdict::Holds, 0));
        let (verdict, excess, detail) = judge(&reference(1, Some(10)), &Counts::reference(12, 4));
        assert_eq!((verdict, excess), (Verdict::Violated, 5));
        assert_eq!(
            detail,
            "4 rows of public.post_reactions whose post_id is not in public.posts (1 allowed), 12 rows with NULL (10 \
             allowed)"
        );
        assert_eq!(judge(&reference(u64::MAX, Some(0)), &Counts::reference(u64::MAX, u64::MAX)).1, u64::MAX);
    }

    #[test]
    fn a_query_is_held_against_its_maximum() {
        let invariant = Invariant {
            name: "negative".into(),
            kind: InvariantKind::Query { sql: "select 1".into(), max: 3 },
            timeout: Duration::from_secs(1),
        };
        assert_eq!(judge(&invariant, &Counts::of(ROWS, 3)).0, Verdict::Holds);
        let (verdict, excess, detail) = judge(&invariant, &Counts::of(ROWS, 5));
        assert_eq!((verdict, excess, detail.as_str()), (Verdict::Violated, 2, "the query gave 5 (3 allowed)"));
    }

    #[test]
    fn an_estimate_says_how_far_off_it_may_be() {
        let counts = Counts::estimate(20_000, 100, 50, 1_000.0);
        assert_eq!((counts.get(NULL), counts.get(DANGLING), counts.margin), (100_000, 50_000, 13_842));
        let nothing = Counts::estimate(20_000, 0, 0, 1_000.0);
        assert_eq!((nothing.get(DANGLING), nothing.margin), (0, 3_000));
        assert!(judge(&reference(0, None), &nothing).2.starts_with("about (±3000) 0 rows"));
    }
}
