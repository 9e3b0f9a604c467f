//! The application's own code, as a plan has to know it: which function of which owner the server calls for what, and
//! which settings a role's sessions have by default.
//!
//! Plain data, filled by `pg::survey`, and what follows from it alone. Which step runs which function is decided in
//! [`super::code`].

use std::collections::{BTreeMap, BTreeSet};

use super::context::{self, Context, OTHERS, ROW_SECURITY, SEARCH_PATH};
use crate::domain::name::{Name, QName};

/// See the module's documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Application {
    /// Sessions of the roles that own anything here, and of the fixing role.
    pub sessions: BTreeMap<Name, Session>,
    /// What the server's configuration files set. Empty: the role may not read them, and PostgreSQL's defaults are
    /// assumed.
    pub server: BTreeMap<String, String>,
    pub code: Vec<Code>,
    pub shadows: BTreeSet<Shadow>,
    /// The role that asks the requirements is a superuser.
    pub asked_by_superuser: bool,
}

/// What is known of a role, and of its sessions in this database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    pub superuser: bool,
    /// The fixing role may SET ROLE to it.
    pub becomes: bool,
    /// Settings of the role or the database, by name in lower case.
    pub settings: BTreeMap<String, String>,
}

/// A function that is not the server's own, and what makes the server call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code {
    pub by: Caller,
    pub function: QName,
    pub owner: Name,
    /// The owner is a superuser, or the fixing role.
    pub trusted: bool,
    pub extension: bool,
}

/// What causes the server to call a function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// `on`: the events, as in `pg_trigger.tgtype`.
    Trigger {
        table: QName,
        name: Name,
        on: i16,
    },
    EventTrigger {
        name: Name,
    },
    /// An expression of the table: a check, a default, an index …
    Table {
        table: QName,
        what: String,
    },
    /// A statement that names this object: the function itself, a view that calls it, a domain or a type with a cast by
    /// it.
    Named {
        name: QName,
        what: Option<String>,
    },
    /// A statement that contains this operator.
    Operator {
        written: String,
    },
}

/// An object that an unqualified name of one of the server's own functions, operators or types could resolve to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shadow {
    pub schema: Name,
    pub name: String,
    pub owner: Name,
}

const UPDATE: i16 = 1 << 4;

/// The prefix that `sql/plan/code.sql` writes.
const CAST: &str = "cast of column ";

impl Code {
    /// Neither the fixing role's nor a superuser's, nor an extension's.
    pub fn is_of_others(&self) -> bool {
        !self.trusted && !self.extension
    }

    pub(super) fn fires_on_update_of(&self, of: &QName) -> bool {
        matches!(&self.by, Caller::Trigger { table, on, .. } if table == of && on & UPDATE != 0)
    }

    /// Converts a value of a column of the table. No expression needs to name such a function.
    pub(super) fn is_cast_of(&self, of: &QName) -> bool {
        matches!(&self.by, Caller::Table { table, what } if table == of && what.starts_with(CAST))
    }

    pub(super) fn is_in_expression_of(&self, of: &QName) -> bool {
        matches!(&self.by, Caller::Table { table, .. } if table == of)
    }

    /// `trigger a on public.t calls public.f() of app`
    pub fn description(&self) -> String {
        let by = match &self.by {
            Caller::Trigger { table, name, .. } => format!("trigger {name} on {table} calls "),
            Caller::EventTrigger { name } => format!("event trigger {name} calls "),
            Caller::Table { table, what } => format!("{what} of {table} calls "),
            Caller::Named { name, what: Some(what) } => format!("{what} of {name} calls "),
            Caller::Operator { written } => format!("operator {written} calls "),
            Caller::Named { what: None, .. } => String::new(),
        };
        format!("{by}{}() of {}", self.function, self.owner)
    }
}

impl Application {
    /// Settings of a session of the role that differ from ours. `search_path` and `row_security` only where asked for.
    pub(super) fn settings(&self, role: Option<&Name>, with_path: bool) -> BTreeMap<String, String> {
        let session = role.and_then(|role| self.sessions.get(role));
        let own = |name: &str| session?.settings.get(&name.to_ascii_lowercase()).cloned();
        let mut settings = BTreeMap::new();
        for (name, ours) in context::ours() {
            // Our statements keep `row_security = off`, which turns hidden rows into an error; the application's
            // statements have their own setting.
            if matches!(name, SEARCH_PATH | ROW_SECURITY) && !with_path {
                continue;
            }
            // With fewer digits, numbers would silently lose some when converted to text and back.
            if name == "extra_float_digits" {
                continue;
            }
            let value = self.value(session, name);
            if !context::is_same(name, &value, ours) {
                settings.insert(name.to_owned(), value);
            }
        }
        settings.extend(OTHERS.iter().filter_map(|name| Some(((*name).to_owned(), own(name)?))));
        settings
    }

    /// The owner, where the fixing role has to become the owner to grant and revoke as this grantor: for a member of
    /// several roles the server could choose another grantor, and a REVOKE would then revoke nothing.
    pub(super) fn grants_as<'a>(&self, fixing: Option<&Name>, owner: Option<&'a Name>) -> Option<&'a Name> {
        let (fixing, owner) = (fixing?, owner?);
        let acts_for_all = fixing == owner || self.sessions.get(fixing)?.superuser;
        (!acts_for_all && self.sessions.get(owner)?.becomes).then_some(owner)
    }

    /// The settings that decide how the role's sessions read and write times and dates, for people.
    pub(super) fn times(&self, role: Option<&Name>) -> String {
        let session = role.and_then(|role| self.sessions.get(role));
        let setting = |name: &str| {
            let value = self.value(session, name);
            let ours = context::ours().find(|(known, ours)| *known == name && context::is_same(name, &value, ours));
            format!("{name} {}", ours.map_or(value.as_str(), |(_, ours)| ours))
        };
        [setting("TimeZone"), setting("DateStyle"), setting("IntervalStyle")].join(", ")
    }

    /// The session in which rows of the table are updated on behalf of its owner (`None`: as the role of the session),
    /// outside of any plan. An error: a superuser would run this code.
    pub fn to_update(&self, fixing: &Name, table: &QName, owner: Option<&Name>) -> Result<Context, String> {
        let is_called = |code: &&Code| code.fires_on_update_of(table) || code.is_in_expression_of(table);
        let called: Vec<&Code> = self.code.iter().filter(is_called).collect();
        let superuser = self.sessions.get(fixing).is_some_and(|session| session.superuser);
        let others = called.iter().find(|code| superuser && code.is_of_others());
        if let Some(code) = others {
            return Err(code.description());
        }
        if called.is_empty() {
            return Ok(Context::default());
        }
        let role = owner.filter(|owner| *owner != fixing && self.sessions.get(*owner).is_some_and(|it| it.becomes));
        // The values were kept as our sessions print them.
        let mut settings = self.settings(role.or(Some(fixing)), true);
        settings.retain(|name, _| matches!(name.as_str(), SEARCH_PATH | ROW_SECURITY));
        if !self.shadows_in(&self.path(role.or(Some(fixing)))).is_empty() {
            settings.remove(SEARCH_PATH);
        }
        Ok(Context { role: role.cloned(), settings })
    }

    /// Whether the role's sessions have the same time zone as ours.
    pub(super) fn is_in_utc(&self, role: Option<&Name>) -> bool {
        let session = role.and_then(|role| self.sessions.get(role));
        context::is_same("TimeZone", &self.value(session, "TimeZone"), "UTC")
    }

    fn value(&self, session: Option<&Session>, name: &str) -> String {
        let key = name.to_ascii_lowercase();
        let set = session.and_then(|session| session.settings.get(&key)).or_else(|| self.server.get(&key));
        match (set, name) {
            (Some(value), _) => value.clone(),
            (None, SEARCH_PATH) => "\"$user\", public".into(),
            (None, ROW_SECURITY) => "on".into(),
            (None, _) => {
                context::ours().find(|(known, _)| *known == name).map(|(_, ours)| ours).unwrap_or_default().into()
            }
        }
    }

    /// The schemas in the search path of the role's sessions.
    pub(super) fn path(&self, role: Option<&Name>) -> Vec<Name> {
        let session = role.and_then(|role| self.sessions.get(role));
        let schema = |name: Name| if name.as_str() == "$user" { role.cloned().unwrap_or(name) } else { name };
        context::path(&self.value(session, SEARCH_PATH)).into_iter().map(schema).collect()
    }

    /// Objects in these schemas that have the name of one of the server's own objects.
    pub(super) fn shadows_in(&self, path: &[Name]) -> Vec<&Shadow> {
        self.shadows.iter().filter(|shadow| path.contains(&shadow.schema)).collect()
    }
}
