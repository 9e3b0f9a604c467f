//! Keeps the newest backups of a target, and removes the older ones.

use std::path::Path;

use super::naming::is_backup;
use super::object::Objects;
use super::{BackupError, BackupSpec, Store, folder};

/// Removes all but the newest `keep` backups of `target`, but none whose location is in `needed`, where the caller
/// names those that may still be restored. Gives the locations of what was removed. Files with other names are not
/// touched.
pub async fn retain(spec: &BackupSpec, target: &str, needed: &[&str]) -> Result<Vec<String>, BackupError> {
    let mut removed = Vec::new();
    match &spec.to {
        Store::Folder(folder) => {
            let failed = |source| folder::failed("find", folder, source);
            let folder = tokio::fs::canonicalize(folder).await.map_err(failed)?;
            let location = |name: &str| folder.join(name).display().to_string();
            for name in old(spec, target, folder::names(&folder).await?) {
                if !needed.contains(&location(&name).as_str()) {
                    folder::remove(Path::new(&folder.join(&name))).await?;
                    removed.push(location(&name));
                }
            }
        }
        Store::Object(bucket) => {
            let store = Objects::open(bucket)?;
            for name in old(spec, target, store.names().await?) {
                if !needed.contains(&store.location(&name).as_str()) {
                    store.remove(&name).await?;
                    removed.push(store.location(&name));
                }
            }
        }
    }
    Ok(removed)
}

fn old(spec: &BackupSpec, target: &str, mut names: Vec<String>) -> impl Iterator<Item = String> {
    names.retain(|name| is_backup(target, name));
    // The time follows the target in the name, so that the newest come first.
    names.sort_unstable_by(|a, b| b.cmp(a));
    let keep = usize::try_from(spec.keep.max(1)).unwrap_or(usize::MAX);
    names.into_iter().skip(keep)
}
