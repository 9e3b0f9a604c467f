//! Drift. (Replaced when the drift code is merged.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Declared,
    Whole,
}

impl Scope {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Whole => "whole",
        }
    }
}
