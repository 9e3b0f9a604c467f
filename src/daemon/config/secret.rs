//! Secret files, and logins that are kept in one. They are read with the configuration, so that a missing secret is
//! reported when it is loaded.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use toml::Spanned;

use super::builder::Builder;
use crate::files;
use crate::pg::Source;

/// Adds a warning if everybody may read a secret file.
pub fn warn_if_open(builder: &mut Builder, path: &Path) {
    if path.metadata().is_ok_and(|metadata| files::is_open(&metadata)) {
        builder.warnings.push(format!("every user of this host may read the secret in {}", path.display()));
    }
}

/// The content of a secret file, without the newline that editors leave at the end.
pub fn secret(builder: &mut Builder, file: &Spanned<String>) -> Option<SecretString> {
    let path = builder.path(file.get_ref());
    let read = files::read_text(&path, files::SMALL);
    let read = read.map_err(|error| format!("cannot read {}: {error}", path.display()));
    let text = builder.take(file.span(), read)?;
    warn_if_open(builder, &path);
    if text.contains('\0') {
        builder.fail(file.span(), format!("{} holds a NUL character, which no secret can", path.display()));
        return None;
    }
    let text = SecretString::from(text.trim_end_matches(['\r', '\n']));
    if text.expose_secret().is_empty() {
        builder.fail(file.span(), format!("{} is empty", path.display()));
        return None;
    }
    Some(text)
}

/// The content of a secret file. It becomes part of the target's identity, so that a reload sees a changed secret.
pub fn secret_of(builder: &mut Builder, file: &Spanned<String>, identity: &mut Sha256) -> Option<SecretString> {
    let text = secret(builder, file)?;
    identity.update(text.expose_secret());
    identity.update([0]);
    Some(text)
}

/// A login other than the one that watches, from `key` or from the file that `key`_file names. `None`: not configured.
/// `Err`: the problem was added to the builder.
pub fn login(
    builder: &mut Builder,
    key: &str,
    written: (&Option<Spanned<String>>, &Option<Spanned<String>>),
    identity: &mut Sha256,
) -> Result<Option<Source>, ()> {
    match written {
        (Some(_), Some(file)) => {
            builder.fail(file.span(), format!("give only one of `{key}` and `{key}_file`"));
            Err(())
        }
        (Some(url), None) => builder.source(url.span(), &url.get_ref().as_str().into()).map(Some).ok_or(()),
        (None, Some(file)) => {
            let url = secret_of(builder, file, identity).ok_or(())?;
            builder.source(file.span(), &url).map(Some).ok_or(())
        }
        (None, None) => Ok(None),
    }
}
