//! Asks which code of which owner the server calls when, and which settings the sessions of the owners have. Reads
//! catalogs only.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::super::{Connection, Error};
use crate::domain::name::{Name, QName};
use crate::domain::plan::application::{Application, Caller, Code, Session, Shadow};

pub(in crate::pg) async fn application(connection: &mut Connection, fixing_role: &str) -> Result<Application, Error> {
    let mut sessions: BTreeMap<Name, Session> = BTreeMap::new();
    let query = sqlx::query(include_str!("../../../sql/plan/sessions.sql")).bind(fixing_role);
    for row in query.fetch_all(&mut connection.session).await? {
        let session = sessions.entry(name(&row, "role")?).or_default();
        (session.superuser, session.becomes) = (row.try_get("superuser")?, row.try_get("becomes")?);
        if let (Some(setting), Some(value)) = (row.try_get("setting")?, row.try_get("value")?) {
            session.settings.insert(setting, value);
        }
    }
    let query = sqlx::query(include_str!("../../../sql/plan/code.sql")).bind(fixing_role);
    let rows = query.fetch_all(&mut connection.session).await?;
    let code: Vec<Option<Code>> = rows.iter().map(code).collect::<Result<_, _>>()?;
    let query = sqlx::query(include_str!("../../../sql/plan/shadows.sql")).bind(fixing_role);
    let rows = query.fetch_all(&mut connection.session).await?;
    let shadow = |row| {
        Ok::<_, Error>(Shadow { schema: name(row, "schema")?, name: row.try_get("name")?, owner: name(row, "owner")? })
    };
    let shadows: BTreeSet<Shadow> = rows.iter().map(shadow).collect::<Result<_, _>>()?;
    let server = server(connection).await?;
    let asking = "select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user";
    let asked_by_superuser = sqlx::query_scalar(asking).fetch_one(&mut connection.session).await?;
    Ok(Application { sessions, server, code: code.into_iter().flatten().collect(), shadows, asked_by_superuser })
}

/// A session of ours does not show the settings of other sessions.
async fn server(connection: &mut Connection) -> Result<BTreeMap<String, String>, Error> {
    let may = "select pg_catalog.has_function_privilege('pg_catalog.pg_show_all_file_settings()', 'execute')";
    if !sqlx::query_scalar::<_, bool>(may).fetch_one(&mut connection.session).await? {
        return Ok(BTreeMap::new());
    }
    let query = sqlx::query(include_str!("../../../sql/plan/server_settings.sql"));
    let rows = query.fetch_all(&mut connection.session).await?;
    Ok(rows
        .iter()
        .map(|row| Ok((row.try_get("setting")?, row.try_get("value")?)))
        .collect::<Result<_, sqlx::Error>>()?)
}

/// `None`: of a kind that is not known here.
fn code(row: &PgRow) -> Result<Option<Code>, Error> {
    let on = || match (row.try_get::<Option<&str>, _>("on_schema")?, row.try_get::<Option<&str>, _>("on_name")?) {
        (Some(schema), Some(name)) => Ok::<_, Error>(QName::new(schema, name)),
        _ => Ok(QName::new("", "")),
    };
    let what: Option<String> = row.try_get("what")?;
    let by = match row.try_get("kind")? {
        "trigger" => Caller::Trigger {
            table: on()?,
            name: what.as_deref().unwrap_or_default().into(),
            on: row.try_get::<Option<i16>, _>("on")?.unwrap_or_default(),
        },
        "event trigger" => Caller::EventTrigger { name: what.as_deref().unwrap_or_default().into() },
        "table" => Caller::Table { table: on()?, what: what.unwrap_or_default() },
        "named" => Caller::Named { name: on()?, what },
        "operator" => {
            let on = on()?;
            Caller::Operator { written: format!("OPERATOR({}.{})", on.schema, on.name.as_str()) }
        }
        _ => return Ok(None),
    };
    Ok(Some(Code {
        by,
        function: QName::new(row.try_get::<&str, _>("schema")?, row.try_get::<&str, _>("name")?),
        owner: name(row, "owner")?,
        trusted: row.try_get("trusted")?,
        extension: row.try_get("extension")?,
    }))
}

fn name(row: &PgRow, column: &str) -> Result<Name, Error> {
    Ok(row.try_get::<&str, _>(column)?.into())
}
