//! Reads comments.

use sqlx::AssertSqlSafe;

use super::classes::COMMENTS;
use super::{Error, Reader};
use crate::domain::catalog::{Catalog, Comment};

/// kind, schema, name, member, text
type CommentRow = (String, Option<String>, String, Option<String>, String);

impl Reader<'_> {
    pub(super) async fn comments(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let rows: Vec<CommentRow> = sqlx::query_as(AssertSqlSafe(COMMENTS.as_str()))
            .bind(&self.namespace_oids)
            .bind(self.everything)
            .fetch_all(&mut *self.session)
            .await?;
        for (kind, schema, name, member, text) in rows {
            if let Some(object) = self.object(&kind, schema.as_deref(), &name, member.as_deref()) {
                catalog.comments.insert(object, Comment(self.names.text(&text)));
            }
        }
        Ok(())
    }
}
