//! The size of the expectation, so that an unintended loss of expected objects shows in a graph.

use std::sync::Arc;

use super::page::Page;
use super::{Error, count, reports};
use crate::domain::report::TargetStatus;

pub fn expectation(page: &mut Page, targets: &[Arc<TargetStatus>]) -> Result<(), Error> {
    page.gauge(
        "schemawarden_expected_objects",
        "Tables, views, types, routines and the like that the expectation had at the last scheduled check.",
        |out| {
            for (target, report) in reports(targets) {
                if let Some(expectation) = &report.expectation {
                    let objects = u64::try_from(expectation.objects).unwrap_or(u64::MAX);
                    out.add([("target", &*target.name)], count(objects));
                }
            }
        },
    )
}
