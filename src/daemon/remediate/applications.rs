//! Asks applications whether they are degraded, where no journal records it: the state store is new, or does not work.
//!
//! Changes nothing. The answers are published; an application that has answered that it writes is not asked again.

use std::sync::PoisonError;
use std::time::Duration;

use chrono::Utc;
use futures_util::future::join_all;

use super::{Remediator, Settings};
use crate::domain::runbook::journal::Application;
use crate::effects::degrade::Switch;

/// Longer than any answer is waited for.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);

impl Remediator {
    /// Asks the applications whose state no journal records. Called at the start, and periodically.
    pub async fn ask_applications(&self, all: &[Settings]) {
        let store_is_down = self.state.status().borrow().down.is_some();
        let asked = all.iter().filter(|settings| !matches!(settings.switch, Switch::None));
        join_all(asked.map(|settings| self.ask_application(settings, store_is_down))).await;
    }

    async fn ask_application(&self, settings: &Settings, store_is_down: bool) {
        let target = &settings.fix.check.name;
        if !self.must_ask(target, store_is_down) {
            self.change(target, |status| status.application.take().is_some());
            return;
        }
        let answer = tokio::time::timeout(ANSWER_LIMIT, settings.switch.is_degraded()).await;
        let answer = match answer {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) => Err(format!("no answer within {} s", ANSWER_LIMIT.as_secs())),
        };
        self.remember_answer(target, store_is_down, answer == Ok(false));
        self.change(target, |status| {
            let before = status.application.take();
            let now = match (answer, &before) {
                (Ok(false), _) => Application::Writes,
                (Ok(true), Some(Application::Degraded { since })) => Application::Degraded { since: *since },
                (Ok(true), _) => Application::Degraded { since: Utc::now() },
                (Err(why), _) => Application::Unknown { why },
            };
            let changes = before.as_ref() != Some(&now);
            status.application = Some(now);
            if changes {
                log_change(target, status.application.as_ref(), status.unexplained().is_some());
            }
            changes
        });
    }

    /// An application that has answered `degraded` is asked again until it answers that it writes.
    fn must_ask(&self, target: &str, store_is_down: bool) -> bool {
        let known = self.statuses().into_iter().find(|status| status.target == target);
        let journal_says = known.is_some_and(|status| status.is_known && status.application.is_none());
        let writes = self.known_to_write.lock().unwrap_or_else(PoisonError::into_inner).contains(target);
        store_is_down || !(journal_says || writes)
    }

    /// Answers given while the store did not work do not count once it works.
    fn remember_answer(&self, target: &str, store_is_down: bool, writes: bool) {
        let mut known_to_write = self.known_to_write.lock().unwrap_or_else(PoisonError::into_inner);
        if writes && !store_is_down {
            known_to_write.insert(target.to_owned());
        } else {
            known_to_write.remove(target);
        }
    }
}

fn log_change(target_name: &str, application: Option<&Application>, unexplained: bool) {
    match application {
        Some(Application::Degraded { .. }) if unexplained => tracing::error!(
            target_name,
            "the application is degraded, and the state store holds no remediation that explains it: the record was \
             lost, or it was degraded by other means; inspect the schema, and leave degraded mode by hand"
        ),
        Some(Application::Degraded { .. }) => tracing::info!(target_name, "the application is degraded"),
        Some(Application::Writes) => tracing::info!(target_name, "the application is not degraded"),
        Some(Application::Unknown { why }) => {
            tracing::warn!(target_name, why, "whether the application is degraded is not known");
        }
        None => {}
    }
}
