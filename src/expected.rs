//! Expectations. (Replaced when the loading code is merged.)
use std::path::{Path, PathBuf};

#[derive(Clone, Debug)]
pub enum ExpectedSource {
    Files(PathBuf),
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("nothing")]
    Nothing,
}

impl ExpectedSource {
    pub fn parse(text: &str, base: &Path) -> Result<Self, Error> {
        if text.is_empty() { Err(Error::Nothing) } else { Ok(Self::Files(base.join(text))) }
    }

    pub fn as_str(&self) -> &'static str {
        "sql"
    }
}
