//! Scratch. (Replaced when the scratch code is merged.)
#[derive(Clone, Debug, Default)]
pub struct ScratchConfig {
    pub url: Option<super::Source>,
    pub bin_dir: Option<std::path::PathBuf>,
}
