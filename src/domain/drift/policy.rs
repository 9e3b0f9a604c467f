//! Policies: an operator's rules that give a drift another severity, or ignore it for a reason and a time. Pure.

use chrono::NaiveDate;
use glob::Pattern;

use crate::domain::catalog::{Kind, Severity};
use crate::domain::report::{Change, Drift};

/// What a rule does with the drift that it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Ignore,
    Severity(Severity),
}

/// One `[[policy]]`. A `None` matches everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub target: Option<Pattern>,
    /// Matched against [`Drift::object`].
    pub object: Pattern,
    pub kind: Option<Kind>,
    pub change: Option<Change>,
    pub action: Action,
    pub reason: String,
    /// The last day on which the rule applies.
    pub until: Option<NaiveDate>,
}

impl Policy {
    fn matches(&self, target: &str, drift: &Drift) -> bool {
        self.target.as_ref().is_none_or(|pattern| pattern.matches(target))
            && self.object.matches(&drift.object)
            && self.kind.is_none_or(|kind| kind == drift.kind)
            && self.change.is_none_or(|change| change == drift.change)
    }

    fn is_expired(&self, today: NaiveDate) -> bool {
        self.until.is_some_and(|until| today > until)
    }
}

/// Applies the first rule that matches each drift. Gives the remaining drift, and a sentence for each expired rule that
/// would have applied.
pub fn apply(policies: &[Policy], target: &str, drift: Vec<Drift>, today: NaiveDate) -> (Vec<Drift>, Vec<String>) {
    let mut expired = Vec::new();
    let mut left = Vec::with_capacity(drift.len());
    for mut found in drift {
        let mut ignored = false;
        for policy in policies.iter().filter(|policy| policy.matches(target, &found)) {
            if let Some(until) = policy.until.filter(|_| policy.is_expired(today)) {
                let sentence = format!("the policy for {} ended on {until}: {}", policy.object, policy.reason);
                if !expired.contains(&sentence) {
                    expired.push(sentence);
                }
                continue;
            }
            match policy.action {
                Action::Ignore => ignored = true,
                Action::Severity(severity) => found.severity = severity,
            }
            break;
        }
        if !ignored {
            left.push(found);
        }
    }
    (left, expired)
}
