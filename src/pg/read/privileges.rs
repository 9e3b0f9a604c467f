//! Reads privileges and owners.

use sqlx::AssertSqlSafe;

use super::classes::OWNERS;
use super::{Error, Reader};
use crate::domain::catalog::{Catalog, Grantee, Held, Object, Privilege, Unmodelled};
use crate::pg::row::row;

row! {
    struct PrivilegeRow {
        kind: String,
        schema: Option<String>,
        name: String,
        member: Option<String>,
        /// The kind of the object.
        grantee: String,
        role: Option<String>,
        privilege: String,
        held: String,
    }
}

row! {
    struct OwnerRow {
        kind: String,
        schema: Option<String>,
        name: String,
        member: Option<String>,
        owner: String,
    }
}

impl Reader<'_> {
    pub(super) async fn privileges(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let rows: Vec<PrivilegeRow> = sqlx::query_as(include_str!("../../../sql/catalog/privileges.sql"))
            .bind(&self.namespace_oids)
            .fetch_all(&mut *self.session)
            .await?;
        for PrivilegeRow { kind, schema, name, member, grantee, role, privilege, held } in rows {
            let Some(of) = self.object(&kind, schema.as_deref(), &name, member.as_deref()) else { continue };
            let grantee = match (grantee.as_str(), role) {
                ("owner", _) => Grantee::Owner,
                ("public", _) => Grantee::Public,
                (_, Some(role)) => Grantee::Role(self.names.name(&role)),
                // It was dropped meanwhile.
                (_, None) => continue,
            };
            let held = Held::from_word(&held);
            match Privilege::from_sql(&privilege).zip(held) {
                Some((privilege, held)) => {
                    catalog.privileges.entry((of, grantee)).or_default().0.insert(privilege, held);
                }
                None => {
                    let kind = if held.is_some() { "privilege" } else { "privilege granted by another than the owner" };
                    let object = format!("{privilege} on {}", Object::Privileges(Box::new(of), grantee));
                    catalog.unmodelled.insert(Unmodelled { kind: kind.into(), object });
                }
            }
        }
        Ok(())
    }

    pub(super) async fn owners(&mut self, catalog: &mut Catalog) -> Result<(), Error> {
        let rows: Vec<OwnerRow> = sqlx::query_as(AssertSqlSafe(OWNERS.as_str()))
            .bind(&self.namespace_oids)
            .bind(self.everything)
            .fetch_all(&mut *self.session)
            .await?;
        for OwnerRow { kind, schema, name, member, owner } in rows {
            if let Some(object) = self.object(&kind, schema.as_deref(), &name, member.as_deref()) {
                let owner = self.names.name(&owner);
                catalog.owners.insert(object, owner);
            }
        }
        Ok(())
    }
}
