//! Comments on objects. Comments on extensions belong to the extension, and are left out.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Fact, Facts, Kind, Severity};
use crate::domain::name::literal;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Comment(pub Arc<str>);

impl Facts for Comment {
    fn kind(&self) -> Kind {
        Kind::Comment
    }

    fn facts(&self) -> Vec<Fact> {
        vec![Fact::new("text", &*self.0, Severity::Info)]
    }

    fn missing(&self) -> Severity {
        Severity::Info
    }

    fn summary(&self) -> String {
        literal(&self.0)
    }
}
