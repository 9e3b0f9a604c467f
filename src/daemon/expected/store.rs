//! Expectations that were evaluated, shared by all who compare with them: each content is evaluated once, whoever asks first.
//!
//! A catalog stays for as long as somebody uses it, and no longer. A reference database is read whenever it is asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sha2::{Digest as _, Sha256};

use super::content::Content;
use super::{Evaluated, ExpectedError, ExpectedSource};
use crate::pg::scratch::ScratchConfig;

/// Locked while it is being evaluated, so that others wait for the same.
type Slot = Arc<tokio::sync::Mutex<Weak<Evaluated>>>;

/// See the module's documentation. Clones are one store.
#[derive(Clone, Default)]
pub struct Store(Arc<Mutex<HashMap<String, Slot>>>);

impl std::fmt::Debug for Store {
    /// Always the same: what is known is no part of what is asked for.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// As [`super::load`], evaluated anew where nobody holds it.
    pub async fn load(
        &self,
        source: &ExpectedSource,
        scratch: &ScratchConfig,
        schemas: Option<&[String]>,
    ) -> Result<Arc<Evaluated>, ExpectedError> {
        let content = Content::read(source)?;
        let Some(digest) = content.digest() else { return Ok(Arc::new(content.evaluate(scratch, schemas).await?)) };
        // The same text is another expectation in another place. None of it shows a password.
        let place = format!("{}\0{digest}\0{scratch:?}\0{schemas:?}", source.kind());
        let slot = self.slot(format!("{:x}", Sha256::digest(place)));
        let mut known = slot.lock().await;
        if let Some(evaluated) = known.upgrade() {
            return Ok(evaluated);
        }
        let evaluated = Arc::new(content.evaluate(scratch, schemas).await?);
        *known = Arc::downgrade(&evaluated);
        Ok(evaluated)
    }

    fn slot(&self, key: String) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_used = |slot: &Slot| slot.try_lock().map_or(true, |known| known.strong_count() > 0);
        slots.retain(|_, slot| Arc::strong_count(slot) > 1 || is_used(slot));
        Arc::clone(slots.entry(key).or_default())
    }
}
