//! Evaluated expectations, shared by all targets that use them: each content is evaluated once.
//!
//! A catalog is kept only as long as it is in use. A reference database is read at every request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sha2::{Digest as _, Sha256};

use super::content::Content;
use super::{Evaluated, ExpectedError, ExpectedSource};
use crate::pg::scratch::ScratchConfig;

/// Locked during the evaluation, so that concurrent requests wait for its result.
type Slot = Arc<tokio::sync::Mutex<Weak<Evaluated>>>;

/// The store of evaluated expectations. Clones share one store.
#[derive(Clone, Default)]
pub struct Store(Arc<Mutex<HashMap<String, Slot>>>);

impl std::fmt::Debug for Store {
    /// Constant, because cached results are not part of what identifies a request.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Like [`super::load`], but evaluates only a content that is not in use already.
    pub async fn load(
        &self,
        source: &ExpectedSource,
        scratch: &ScratchConfig,
        schemas: Option<&[String]>,
    ) -> Result<Arc<Evaluated>, ExpectedError> {
        let content = Content::read(source)?;
        let Some(digest) = content.digest() else { return Ok(Arc::new(content.evaluate(scratch, schemas).await?)) };
        // The place is part of the key: the same text elsewhere is another expectation. No part shows a password.
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
