//! The application's own code, as a plan has to know it: what makes the server call which function of whom, and which
//! settings the sessions of a role have that nobody told otherwise.
//!
//! Plain data, filled by `pg::survey`, and what follows from it alone. Which step runs what is for [`super::code`].

use std::collections::{BTreeMap, BTreeSet};

use super::context::{self, Context, OTHERS, ROW_SECURITY, SEARCH_PATH};
use crate::domain::name::{Name, QName};

/// See the module's documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Application {
    /// Of the roles that own anything here, and of the fixing role.
    pub sessions: BTreeMap<Name, Session>,
    /// What the server's files set. Empty: it may not be read, and is what PostgreSQL comes with.
    pub server: BTreeMap<String, String>,
    pub code: Vec<Code>,
    pub shadows: BTreeSet<Shadow>,
    /// The role that asks what a plan requires is a superuser.
    pub asked_by_superuser: bool,
}

/// What is known of a role, and of the sessions that it has in this database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    pub superuser: bool,
    /// The fixing role may be it.
    pub becomes: bool,
    /// What is set for the role or the database, by its name in lower case.
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

/// What makes the server call a function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// `on`: as in `pg_trigger.tgtype`.
    Trigger {
        table: QName,
        name: Name,
        on: i16,
    },
    EventTrigger {
        name: Name,
    },
    /// An expression of the table: of a check, a default, an index …
    Table {
        table: QName,
        what: String,
    },
    /// A statement that names this: the function itself, a view that calls it, a domain or a type that is cast by it.
    Named {
        name: QName,
        what: Option<String>,
    },
    /// A statement that holds this operator.
    Operator {
        written: String,
    },
}

/// What an unqualified name of one of the server's own functions, operators or types may be taken for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shadow {
    pub schema: Name,
    pub name: String,
    pub owner: Name,
}

const UPDATE: i16 = 1 << 4;

/// As `sql/plan/code.sql` says it.
const CAST: &str = "cast of column ";

impl Code {
    /// Neither the fixing role's nor a superuser's, nor an extension's.
    pub fn is_of_others(&self) -> bool {
        !self.trusted && !self.extension
    }

    pub(super) fn fires_on_update_of(&self, of: &QName) -> bool {
        matches!(&self.by, Caller::Trigger { table, on, .. } if table == of && on & UPDATE != 0)
    }

    /// Converts a value of a column of the table, which no expression needs to name.
    pub(super) fn is_cast_of(&self, of: &QName) -> bool {
        matches!(&self.by, Caller::Table { table, what } if table == of && what.starts_with(CAST))
    }

    pub(super) fn is_in_expression_of(&self, of: &QName) -> bool {
        matches!(&self.by, Caller::Table { table, .. } if table == of)
    }

    /// `trigger a on public.t calls public.f() of app`
    pub fn told(&self) -> String {
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
    /// What a session of the role has that is not as in ours. With names' path only where that is asked for.
    pub(super) fn settings(&self, role: Option<&Name>, with_path: bool) -> BTreeMap<String, String> {
        let session = role.and_then(|role| self.sessions.get(role));
        let own = |name: &str| session?.settings.get(&name.to_ascii_lowercase()).cloned();
        let mut settings = BTreeMap::new();
        for (name, ours) in context::ours() {
            // What a role may not see is for our statements to stumble over; the application's have it as ever.
            if matches!(name, SEARCH_PATH | ROW_SECURITY) && !with_path {
                continue;
            }
            // With fewer digits numbers would lose some on their way through text, and not be seen to.
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

    /// The owner, where the fixing role has to become him so that it grants and revokes in his name: as a member of
    /// several roles the server could take it for another one that may grant, and a REVOKE would take back nothing.
    pub(super) fn grants_as<'a>(&self, fixing: Option<&Name>, owner: Option<&'a Name>) -> Option<&'a Name> {
        let (fixing, owner) = (fixing?, owner?);
        let acts_for_all = fixing == owner || self.sessions.get(fixing)?.superuser;
        (!acts_for_all && self.sessions.get(owner)?.becomes).then_some(owner)
    }

    /// What decides how the role's sessions read and write times and dates, for people.
    pub(super) fn times(&self, role: Option<&Name>) -> String {
        let session = role.and_then(|role| self.sessions.get(role));
        let told = |name: &str| {
            let value = self.value(session, name);
            let ours = context::ours().find(|(known, ours)| *known == name && context::is_same(name, &value, ours));
            format!("{name} {}", ours.map_or(value.as_str(), |(_, ours)| ours))
        };
        [told("TimeZone"), told("DateStyle"), told("IntervalStyle")].join(", ")
    }

    /// The session in which rows of the table are updated on behalf of its owner (`None`: as whoever it is), outside of any
    /// plan. An error: whose code a superuser would run.
    pub fn to_update(&self, fixing: &Name, table: &QName, owner: Option<&Name>) -> Result<Context, String> {
        let is_called = |code: &&Code| code.fires_on_update_of(table) || code.is_in_expression_of(table);
        let called: Vec<&Code> = self.code.iter().filter(is_called).collect();
        let superuser = self.sessions.get(fixing).is_some_and(|session| session.superuser);
        let others = called.iter().find(|code| superuser && code.is_of_others());
        if let Some(code) = others {
            return Err(code.told());
        }
        if called.is_empty() {
            return Ok(Context::default());
        }
        let role = owner.filter(|owner| *owner != fixing && self.sessions.get(*owner).is_some_and(|it| it.becomes));
        // Values were kept as our sessions write them.
        let mut settings = self.settings(role.or(Some(fixing)), true);
        settings.retain(|name, _| matches!(name.as_str(), SEARCH_PATH | ROW_SECURITY));
        if !self.shadows_in(&self.path(role.or(Some(fixing)))).is_empty() {
            settings.remove(SEARCH_PATH);
        }
        Ok(Context { role: role.cloned(), settings })
    }

    /// Whether the role's sessions have the time zone in which our own ones are.
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

    /// The schemas that the role's sessions look into.
    pub(super) fn path(&self, role: Option<&Name>) -> Vec<Name> {
        let session = role.and_then(|role| self.sessions.get(role));
        let schema = |name: Name| if name.as_str() == "$user" { role.cloned().unwrap_or(name) } else { name };
        context::path(&self.value(session, SEARCH_PATH)).into_iter().map(schema).collect()
    }

    /// What in these schemas has the name of something of the server's own.
    pub(super) fn shadows_in(&self, path: &[Name]) -> Vec<&Shadow> {
        self.shadows.iter().filter(|shadow| path.contains(&shadow.schema)).collect()
    }
}
