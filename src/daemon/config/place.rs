//! Files and folders that a configuration names, examined when it is loaded: whether the daemon can write there, and
//! which other users can. Changes nothing.
//!
//! Only the daemon's own start requires that they are writable: another user who asks for a plan does not write there.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use rustix::fs::{Access, access};

use super::builder::Builder;
use crate::files;

pub fn state_file(builder: &mut Builder, span: Range<usize>, path: &Path) {
    let shown = path.display();
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => {
            builder.unfit(span, format!("the state path {shown} is a folder: name a file in it"));
        }
        Ok(metadata) if !metadata.is_file() => {
            builder.unfit(span, format!("the state path {shown} is no regular file"));
        }
        Ok(_) if access(path, Access::WRITE_OK | Access::READ_OK).is_err() => {
            builder.unfit(span, format!("the state file {shown} cannot be written to by this user"));
        }
        Ok(_) => {}
        // The daemon creates it, with its folder.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let above = path.ancestors().skip(1).find(|folder| folder.exists());
            if let Some(above) = above.filter(|above| !is_writable(above)) {
                let above = above.display();
                builder.unfit(
                    span,
                    format!("the state file {shown} cannot be made: {above} is no folder that this user can write to"),
                );
            }
        }
        Err(error) => builder.unfit(span, format!("the state path {shown} cannot be used: {error}")),
    }
    warn_if_replaceable(builder, path, "the state store");
}

pub fn backup_folder(builder: &mut Builder, span: Range<usize>, path: &Path) {
    let shown = path.display();
    match path.metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            builder.unfit(
                span,
                format!(
                    "the backup folder {shown} does not exist: make it, for this user alone (`install -d -m 0700`)"
                ),
            );
        }
        Err(error) => builder.unfit(span, format!("the backup folder {shown} cannot be used: {error}")),
        Ok(metadata) if !metadata.is_dir() => builder.unfit(span, format!("the backup folder {shown} is no folder")),
        Ok(_) if !is_writable(path) => {
            builder.unfit(span, format!("the backup folder {shown} cannot be written to by this user"));
        }
        Ok(_) => {}
    }
    warn_if_replaceable(builder, path, "backups");
}

fn is_writable(folder: &Path) -> bool {
    folder.is_dir() && access(folder, Access::WRITE_OK | Access::READ_OK | Access::EXEC_OK).is_ok()
}

/// A warning and no error: volumes of containers are like this, and a container has no other users.
fn warn_if_replaceable(builder: &mut Builder, path: &Path, what: &str) {
    if let Some(folder) = files::where_others_replace(path) {
        let (shown, folder) = (path.display(), folder.display());
        builder.warnings.push(format!(
            "every user of this host can write to {folder}, and could take away or replace {what} in {shown}: take that \
             right from them (`chmod o-w {folder}`)"
        ));
    }
}

/// A hand-written fix. A missing file is a warning, because the next deployment may bring it.
pub fn fix(builder: &mut Builder, target: &str, span: Range<usize>, path: &Path) {
    let shown = path.display();
    match files::read_text(path, files::SCRIPT) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            builder.warnings.push(format!("target `{target}`: its fix {shown} is no file"));
        }
        Err(error) => builder.fail(span, format!("cannot read {shown}: {error}")),
    }
}
