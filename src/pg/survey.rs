//! Asks a server what a planner needs to know besides the catalogs. Waits for no lock, and judges nothing.

pub(super) mod application;
mod dependents;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sqlx::Row as _;

use super::row::row;
use super::{Connection, Error, identity};
use crate::domain::catalog::{DefaultPrivilegeKind, Grantee, Held, Privilege, Privileges, Signature};
use crate::domain::name::{Name, QName};
use crate::domain::plan::application::Application;
use crate::domain::plan::survey::{Rights, Size, Survey, Ways};

use dependents::ChildRow;
pub use dependents::{dependents, unwatched_children};

/// How often sizes are asked for while other sessions keep taking locks. In the last attempt bytes are left out.
const TRIES: u32 = 3;

row! {
    struct CastRow {
        source: String,
        target: String,
    }
}

row! {
    struct PublishedRow {
        schema: String,
        name: String,
    }
}

row! {
    struct ExtensionRow {
        name: String,
        relocatable: bool,
        updates: Option<Vec<String>>,
        dependents: Vec<String>,
    }
}

/// Sizes of those of `tables` that exist; rights of `fixing_role`, which need not be the role that asks. Dependent
/// objects are asked for separately: [`dependents()`].
pub async fn survey(
    connection: &mut Connection,
    tables: &BTreeSet<QName>,
    fixing_role: Option<&str>,
) -> Result<Survey, Error> {
    let query = sqlx::query_scalar::<_, i64>(include_str!("../../sql/plan/settings.sql"));
    let deadlock_timeout = u64::try_from(query.fetch_one(&mut connection.session).await?).unwrap_or(0);
    let sizes = sizes(connection, tables).await?;
    let foreign_partitions = foreign_partitions(connection).await?;
    let rights = match fixing_role {
        Some(role) => rights(connection, role).await?,
        None => Rights::default(),
    };
    let default_privileges = match fixing_role {
        Some(role) => default_privileges(connection, role).await?,
        None => BTreeMap::new(),
    };
    let query = sqlx::query_scalar::<_, String>(include_str!("../../sql/plan/roles.sql"));
    let roles = query.fetch_all(&mut connection.session).await?;
    let roles = Some(roles.iter().map(|role| Name::from(role.as_str())).collect());
    let query = sqlx::query_as::<_, CastRow>(include_str!("../../sql/plan/casts.sql"));
    let casts = query.fetch_all(&mut connection.session).await?;
    let query = sqlx::query_as::<_, PublishedRow>(include_str!("../../sql/plan/published.sql"));
    let published = query.fetch_all(&mut connection.session).await?;
    let unidentified = published.iter().map(|row| QName::new(&*row.schema, &*row.name)).collect();
    let database = Some(identity::text(connection).await?);
    let application = match fixing_role {
        Some(role) => application::application(connection, role).await?,
        None => Application::default(),
    };
    let deadlock_timeout = Duration::from_millis(deadlock_timeout);
    Ok(Survey {
        database,
        deadlock_timeout,
        sizes,
        foreign_partitions,
        rights,
        roles,
        default_privileges,
        casts: casts.into_iter().map(|row| (row.source, row.target)).collect(),
        dependents: BTreeMap::new(),
        unwatched_children: BTreeMap::new(),
        unidentified,
        extensions: extensions(connection).await?,
        application,
    })
}

async fn extensions(connection: &mut Connection) -> Result<BTreeMap<Name, Ways>, Error> {
    let query = sqlx::query_as::<_, ExtensionRow>(include_str!("../../sql/plan/extensions.sql"));
    let rows = query.fetch_all(&mut connection.session).await?.into_iter();
    let ways = rows.map(|ExtensionRow { name, relocatable, updates, dependents }| {
        let updates = updates.map(|it| it.into_iter().collect());
        (Name::from(name.as_str()), Ways { relocatable, updates, dependents })
    });
    Ok(ways.collect())
}

async fn sizes(connection: &mut Connection, tables: &BTreeSet<QName>) -> Result<BTreeMap<QName, Size>, Error> {
    let written: BTreeMap<String, &QName> = tables.iter().map(|table| (table.to_string(), table)).collect();
    let names: Vec<&str> = written.keys().map(String::as_str).collect();
    let mut tries = 1;
    let rows = loop {
        let query = sqlx::query(include_str!("../../sql/plan/sizes.sql")).bind(&names).bind(tries < TRIES);
        match query.fetch_all(&mut connection.session).await.map_err(Error::from) {
            Ok(rows) => break rows,
            // Another session took a lock after we had read the locks.
            Err(error) if error.code() == Some("55P03") && tries < TRIES => tries += 1,
            Err(error) => return Err(error),
        }
    };
    let number = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
    let mut sizes = BTreeMap::new();
    for row in rows {
        if let Some(table) = written.get(row.try_get::<&str, _>("written")?) {
            sizes.insert(
                (*table).clone(),
                Size { rows: number(row.try_get("rows")?), bytes: number(row.try_get("bytes")?) },
            );
        }
    }
    Ok(sizes)
}

async fn foreign_partitions(connection: &mut Connection) -> Result<BTreeMap<QName, BTreeSet<QName>>, Error> {
    let mut found = BTreeMap::<QName, BTreeSet<QName>>::new();
    let query = sqlx::query_as::<_, ChildRow>(include_str!("../../sql/plan/foreign_partitions.sql"));
    for row in query.fetch_all(&mut connection.session).await? {
        found.entry(row.above()).or_default().insert(row.child());
    }
    Ok(found)
}

async fn rights(connection: &mut Connection, role: &str) -> Result<Rights, Error> {
    let mut rights = Rights { role: Some(role.into()), ..Rights::default() };
    let query = sqlx::query(include_str!("../../sql/plan/rights.sql")).bind(role);
    for row in query.fetch_all(&mut connection.session).await? {
        let owner = Name::from(row.try_get::<&str, _>("owner")?);
        let name = QName::new(row.try_get::<&str, _>("schema")?, row.try_get::<&str, _>("name")?);
        match row.try_get("kind")? {
            "schema" => drop(rights.schemas.insert(name.schema, owner)),
            "policed" => drop(rights.policed.entry(name).or_default().insert(owner)),
            "relation" => drop(rights.relations.insert(name, owner)),
            "type" => drop(rights.types.insert(name, owner)),
            _ => drop(rights.routines.insert(Signature { name, arguments: row.try_get("arguments")? }, owner)),
        }
    }
    let query = sqlx::query_scalar(include_str!("../../sql/plan/creation.sql")).bind(role);
    for schema in query.fetch_all(&mut connection.session).await? {
        match schema {
            Some::<String>(schema) => drop(rights.no_create.insert(schema.as_str().into())),
            None => rights.no_schemas = true,
        }
    }
    Ok(rights)
}

type DefaultPrivileges = BTreeMap<(Option<Name>, DefaultPrivilegeKind), BTreeMap<Grantee, Privileges>>;

async fn default_privileges(connection: &mut Connection, role: &str) -> Result<DefaultPrivileges, Error> {
    let mut found = DefaultPrivileges::new();
    let query = sqlx::query(include_str!("../../sql/plan/default_privileges.sql")).bind(role);
    for row in query.fetch_all(&mut connection.session).await? {
        let grantee = match (row.try_get("grantee")?, row.try_get::<Option<&str>, _>("role")?) {
            ("owner", _) => Grantee::Owner,
            ("public", _) => Grantee::Public,
            (_, Some(role)) => Grantee::Role(role.into()),
            // It was dropped meanwhile.
            (_, None) => continue,
        };
        let kind = DefaultPrivilegeKind::from_code(row.try_get("kind")?);
        let held = Privilege::from_sql(row.try_get("privilege")?).zip(Held::from_word(row.try_get("held")?));
        if let (Some(kind), Some((privilege, held))) = (kind, held) {
            let schema = row.try_get::<Option<&str>, _>("schema")?.map(Name::from);
            found.entry((schema, kind)).or_default().entry(grantee).or_default().0.insert(privilege, held);
        }
    }
    Ok(found)
}
