//! Keeps scratch databases away from watched servers: a server for scratch databases must not be a target's, by its
//! address or by the system identifier of its cluster.

use std::collections::BTreeSet;
use std::sync::{Mutex, Once, PoisonError};

use super::{Admin, Rights, ScratchConfig, ScratchError};
use crate::pg::{Guards, Source, identity};

const SUPERUSER: &str = "the role of `scratch.url` is a superuser. What comes from a watched database is evaluated there as \
                         a role without rights, but the server should hold nothing else: leave `scratch.url` out for a \
                         private server, or give it a role with CREATEDB and CREATEROLE";

/// Refuses a scratch server that is the target's. Asks each pair once; a pair that cannot be asked now is asked the
/// next time.
pub async fn refuse_target(config: &ScratchConfig, target: &Source, guards: &Guards) -> Result<(), ScratchError> {
    static APART: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());
    let Some(url) = &config.url else { return Ok(()) };
    let refused = || ScratchError::Target { target: target.address() };
    if url.is_same_server(target) {
        return Err(refused());
    }
    let pair = (url.address(), target.address());
    if APART.lock().unwrap_or_else(PoisonError::into_inner).contains(&pair) {
        return Ok(());
    }
    // The code that needs one of them reports why it cannot be reached.
    let (Ok(scratch), Ok(watched)) = (identity::cluster(url, guards).await, identity::cluster(target, guards).await)
    else {
        return Ok(());
    };
    if scratch.is_some() && scratch == watched {
        return Err(refused());
    }
    APART.lock().unwrap_or_else(PoisonError::into_inner).insert(pair);
    Ok(())
}

/// What an operator should know about the scratch server.
pub async fn warning(config: &ScratchConfig) -> Option<&'static str> {
    let admin = Admin::look(config.url.as_ref()?).await.ok()?;
    (admin.rights == Rights::Superuser).then_some(SUPERUSER)
}

/// Logs it once in the lifetime of the process.
pub(super) fn warn(rights: Rights) {
    static WARNED: Once = Once::new();
    if rights == Rights::Superuser {
        WARNED.call_once(|| tracing::warn!("{SUPERUSER}"));
    }
}
