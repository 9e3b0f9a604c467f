//! Finds PostgreSQL's binaries on this host, above all the server's. Looks only at folders; runs nothing.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::ServerError;

/// Names the folder of `initdb` and `postgres` if it cannot be found.
pub const BIN_DIR_VARIABLE: &str = "SCHEMAWARDEN_PG_BIN";

/// The folders of packages: Debian, Red Hat, Homebrew, Postgres.app.
const USUAL: [&str; 6] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/// The folder that the caller or the environment names, otherwise the one on the PATH, otherwise the newest installed.
pub fn find(named: Option<&Path>) -> Result<PathBuf, ServerError> {
    let variable = std::env::var_os(BIN_DIR_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    let named = named.map(|path| (path.to_owned(), "scratch.bin_dir")).or(variable.map(|v| (v, BIN_DIR_VARIABLE)));
    if let Some((path, origin)) = named {
        let complete = is_complete(&path);
        return if complete { Ok(path) } else { Err(ServerError::BinDir { path, origin }) };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find_map(|folder| behind_links(&folder))
        .or_else(newest_installed)
        .ok_or_else(|| ServerError::NotFound { looked: format!("PATH, {}", USUAL.join(", ")) })
}

/// Folders that may contain PostgreSQL's programs: those on the PATH, then those of packages.
pub fn folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).chain(installed()).collect()
}

fn installed() -> impl Iterator<Item = PathBuf> {
    USUAL.iter().filter_map(|pattern| glob::glob(pattern).ok()).flatten().filter_map(Result::ok)
}

fn newest_installed() -> Option<PathBuf> {
    installed().filter(|folder| is_complete(folder)).max_by_key(|folder| major(folder))
}

/// The folder that links in `folder` lead to: the server looks for its other files beside the binary.
fn behind_links(folder: &Path) -> Option<PathBuf> {
    let initdb = folder.join("initdb").canonicalize().ok()?;
    let real = initdb.parent()?;
    [real, folder].into_iter().find(|folder| is_complete(folder)).map(Path::to_owned)
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|name| {
        let metadata = folder.join(name).metadata();
        metadata.is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    })
}

/// The number in the last part of the path that has one: 15 in `/usr/pgsql-15/bin`.
fn major(folder: &Path) -> u32 {
    let number = |part: std::path::Component<'_>| {
        let text = part.as_os_str().to_string_lossy();
        let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    folder.components().rev().find_map(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_named_folder_without_binaries_is_an_error_and_not_passed_over() {
        let error = find(Some(Path::new("/nowhere"))).unwrap_err().to_string();
        assert_eq!(error, "/nowhere (from scratch.bin_dir) holds no `initdb` and `postgres` that can be run");
    }

    #[test]
    fn links_are_followed_to_where_the_server_is_installed() {
        let folder = tempfile::tempdir().unwrap();
        let real = find(None).unwrap();
        std::os::unix::fs::symlink(real.join("initdb"), folder.path().join("initdb")).unwrap();
        assert_eq!(behind_links(folder.path()), Some(real.canonicalize().unwrap()));
        assert_eq!(behind_links(Path::new("/nowhere")), None);
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        for (path, version) in [
            ("/usr/lib/postgresql/15/bin", 15),
            ("/usr/pgsql-9.6/bin", 9),
            ("/opt/homebrew/opt/postgresql@16/bin", 16),
            ("/Applications/Postgres.app/Contents/Versions/latest/bin", 0),
        ] {
            assert_eq!(major(Path::new(path)), version, "{path}");
        }
    }
}
