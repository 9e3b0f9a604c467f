//! Reads comments.

use sqlx::AssertSqlSafe;

use super::classes::COMMENTS;
use super::{Error, Reader};
use crate::domain::catalog::{Catalog, Comment};
use crate::pg::row::row;

row! {
    struct CommentRow {
        kind: String,
        schema: Option<String>,
        name: String,
        member: Option<String>,
        text: String,
    }
}

impl Reader<'_> {
    pub(super) async fn comments(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let rows: Vec<CommentRow> = sqlx::query_as(AssertSqlSafe(COMMENTS.as_str()))
            .bind(&self.namespace_oids)
            .bind(self.everything)
            .fetch_all(&mut *self.session)
            .await?;
        for CommentRow { kind, schema, name, member, text } in rows {
            if let Some(object) = self.object(&kind, schema.as_deref(), &name, member.as_deref()) {
                catalog.comments.insert(object, Comment(self.names.text(&text)));
            }
        }
        Ok(())
    }
}
