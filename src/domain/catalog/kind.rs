//! The kinds of object: one list, with the facts that are true of all objects of each kind. Code that needs to know
//! something about a kind looks it up here.
//!
//! A [`Kind`] is what a report shows: enum, composite type, range type. A [`Class`] is what identifies an object: these
//! three are types, identified by their qualified name.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Object;
use super::Severity::{self, Critical, Info, Warning};
use crate::domain::name::{Name, QName};

/// Facts about all objects that are identified in the same way.
#[derive(Debug)]
pub struct Class {
    /// The word for people, which the reader's statements also return.
    pub word: &'static str,
    /// The keyword in COMMENT ON, ALTER and DROP.
    pub keyword: &'static str,
    pub place: Place,
    /// `None`: a property of another object, such as a comment, has no row of its own.
    pub row: Option<Row>,
    /// The column of its row that contains the owner.
    pub owner: Option<&'static str>,
    pub privileges: Option<Granted>,
    /// Dropping one loses the values that it stores, or everything in it.
    pub holds_values: bool,
    /// One row contains all that the reader's statements ask about every object: the statements are completed for the
    /// class.
    pub is_plain: bool,
    /// Some of these objects can only be changed by a superuser.
    pub takes_superuser: bool,
    /// System catalogs whose rows are parts of the object. A server may lack them.
    pub parts: &'static [&'static str],
}

/// Where an object is located, and so how it is named.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// In the database, outside of schemas.
    Database(fn(Name) -> Object),
    Schema(fn(QName) -> Object),
    /// In a schema, where others may have the same name with other arguments.
    Routine,
    /// A part of a relation, or of a domain for constraints.
    Member(fn(QName, Name) -> Object),
    /// A property of another object.
    Said,
}

/// An object's row in the system catalogs.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The system catalog.
    pub catalog: &'static str,
    pub name: &'static str,
    /// The column with its schema, or with the relation that it is a part of.
    pub inside: Option<&'static str>,
    /// The condition for rows that are objects of the class; empty: all.
    pub only: &'static str,
}

/// How privileges on objects of a class are read and granted.
#[derive(Clone, Copy, Debug)]
pub struct Granted {
    /// The keyword in GRANT.
    pub keyword: &'static str,
    /// The column of its row that contains the access control list.
    pub column: &'static str,
    /// The code of the class in `acldefault`.
    pub code: char,
    /// The class in ALTER DEFAULT PRIVILEGES, if it has one.
    pub by_default: Option<DefaultPrivilegeKind>,
}

/// The kinds of object in ALTER DEFAULT PRIVILEGES.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DefaultPrivilegeKind {
    Table,
    Sequence,
    Routine,
    Type,
    Schema,
}

impl DefaultPrivilegeKind {
    /// From `pg_default_acl.defaclobjtype`. `None` for a code that this program does not know.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "r" => Some(Self::Table),
            "S" => Some(Self::Sequence),
            "f" => Some(Self::Routine),
            "T" => Some(Self::Type),
            "n" => Some(Self::Schema),
            _ => None,
        }
    }
}

const fn granted(keyword: &'static str, column: &'static str, code: char, by: DefaultPrivilegeKind) -> Granted {
    Granted { keyword, column, code, by_default: Some(by) }
}

const fn row(catalog: &'static str, name: &'static str, inside: Option<&'static str>) -> Row {
    Row { catalog, name, inside, only: "" }
}

/// A class without owner and privileges of its own, whose objects store no values.
const fn class(word: &'static str, keyword: &'static str, place: Place, row: Row) -> Class {
    Class {
        word,
        keyword,
        place,
        row: Some(row),
        owner: None,
        privileges: None,
        holds_values: false,
        is_plain: false,
        takes_superuser: false,
        parts: &[],
    }
}

const fn said(word: &'static str) -> Class {
    Class { row: None, ..class(word, "", Place::Said, RELATION) }
}

const RELATION: Row = row("pg_class", "relname", Some("relnamespace"));
const TYPE: Row = row("pg_type", "typname", Some("typnamespace"));
const OF_RELATION: Granted = granted("TABLE", "relacl", 'r', DefaultPrivilegeKind::Table);

macro_rules! classes {
    ($($name:ident = $class:expr;)*) => {
        $(pub static $name: Class = $class;)*

        /// All classes.
        pub static CLASSES: [&Class; [$(stringify!($name)),*].len()] = [$(&$name),*];
    };
}

classes! {
    SCHEMA = Class {
        owner: Some("nspowner"),
        privileges: Some(granted("SCHEMA", "nspacl", 'n', DefaultPrivilegeKind::Schema)),
        holds_values: true,
        ..class("schema", "SCHEMA", Place::Database(Object::Schema), row("pg_namespace", "nspname", None))
    };
    EXTENSION = class("extension", "EXTENSION", Place::Database(Object::Extension), row("pg_extension", "extname", None));
    DATA_TYPE = Class {
        owner: Some("typowner"),
        privileges: Some(granted("TYPE", "typacl", 'T', DefaultPrivilegeKind::Type)),
        ..class("type", "TYPE", Place::Schema(Object::Type), TYPE)
    };
    DOMAIN = Class {
        owner: Some("typowner"),
        privileges: Some(granted("DOMAIN", "typacl", 'T', DefaultPrivilegeKind::Type)),
        ..class("domain", "DOMAIN", Place::Schema(Object::Domain), TYPE)
    };
    SEQUENCE = Class {
        owner: Some("relowner"),
        privileges: Some(granted("SEQUENCE", "relacl", 's', DefaultPrivilegeKind::Sequence)),
        holds_values: true,
        ..class("sequence", "SEQUENCE", Place::Schema(Object::Sequence), RELATION)
    };
    TABLE = Class {
        owner: Some("relowner"),
        privileges: Some(OF_RELATION),
        holds_values: true,
        ..class("table", "TABLE", Place::Schema(Object::Table), RELATION)
    };
    VIEW = Class {
        owner: Some("relowner"),
        privileges: Some(OF_RELATION),
        ..class("view", "VIEW", Place::Schema(Object::View), RELATION)
    };
    MATERIALIZED_VIEW = Class {
        owner: Some("relowner"),
        privileges: Some(OF_RELATION),
        ..class("materialized view", "MATERIALIZED VIEW", Place::Schema(Object::MaterializedView), RELATION)
    };
    // Unlike AGGREGATE, this keyword accepts an empty list of arguments, and unlike FUNCTION also procedures.
    ROUTINE = Class {
        owner: Some("proowner"),
        privileges: Some(granted("ROUTINE", "proacl", 'f', DefaultPrivilegeKind::Routine)),
        ..class("routine", "ROUTINE", Place::Routine, row("pg_proc", "proname", Some("pronamespace")))
    };
    // Privileges on a column are granted on its table.
    COLUMN = Class {
        privileges: Some(Granted { keyword: "TABLE", column: "attacl", code: 'c', by_default: None }),
        holds_values: true,
        ..class("column", "COLUMN", Place::Member(Object::Column),
                Row { only: "not attisdropped", ..row("pg_attribute", "attname", Some("attrelid")) })
    };
    CONSTRAINT = class("constraint", "CONSTRAINT", Place::Member(Object::Constraint),
                       row("pg_constraint", "conname", Some("conrelid")));
    INDEX = class("index", "INDEX", Place::Member(Object::Index), RELATION);
    TRIGGER = class("trigger", "TRIGGER", Place::Member(Object::Trigger),
                    Row { only: "not tgisinternal", ..row("pg_trigger", "tgname", Some("tgrelid")) });
    POLICY = Class {
        is_plain: true,
        ..class("policy", "POLICY", Place::Member(Object::Policy), row("pg_policy", "polname", Some("polrelid")))
    };
    RULE = class("rule", "RULE", Place::Member(Object::Rule), row("pg_rewrite", "rulename", Some("ev_class")));
    STATISTICS = Class {
        owner: Some("stxowner"),
        is_plain: true,
        ..class("statistics", "STATISTICS", Place::Schema(Object::Statistics),
                row("pg_statistic_ext", "stxname", Some("stxnamespace")))
    };
    EVENT_TRIGGER = Class {
        is_plain: true,
        takes_superuser: true,
        ..class("event trigger", "EVENT TRIGGER", Place::Database(Object::EventTrigger),
                row("pg_event_trigger", "evtname", None))
    };
    PUBLICATION = Class {
        owner: Some("pubowner"),
        is_plain: true,
        takes_superuser: true,
        parts: &["pg_publication_rel", "pg_publication_namespace"],
        ..class("publication", "PUBLICATION", Place::Database(Object::Publication), row("pg_publication", "pubname", None))
    };
    COMMENT = said("comment");
    PRIVILEGES = said("privileges");
}

impl Class {
    /// A table, a view or a materialized view.
    pub fn is_relation(&self) -> bool {
        self.privileges.is_some_and(|it| it.column == "relacl" && it.code == 'r')
    }

    /// Its kind in ALTER DEFAULT PRIVILEGES.
    pub fn default_privileges(&self) -> Option<DefaultPrivilegeKind> {
        self.privileges.and_then(|granted| granted.by_default)
    }

    /// Whether objects of the class have names of their own in a schema.
    pub fn is_named_in_schema(&self) -> bool {
        match self.place {
            Place::Schema(_) | Place::Routine => true,
            // The name of an index is in its table's schema.
            Place::Member(_) => self.row.is_some_and(|row| row.inside == RELATION.inside),
            Place::Database(_) | Place::Said => false,
        }
    }
}

/// Facts about all objects of a kind.
#[derive(Debug)]
pub struct KindFacts {
    /// In reports, metrics and policies.
    pub name: &'static str,
    pub class: &'static Class,
    /// The consequence if an expected object is missing.
    pub absence: &'static str,
    /// For kinds whose objects are known by the one statement that creates them (see [`super::Defined`]).
    pub known: Option<Known>,
}

/// The consequences of differences, and how the statement was made.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub when_missing: Severity,
    pub when_changed: Severity,
    pub when_unexpected: Severity,
    /// It contains expressions printed by PostgreSQL's deparser.
    pub is_printed: bool,
    pub built: Built,
}

/// When an object is created while a whole schema is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Built {
    BeforeDomains,
    WithRoutines,
    AfterRelations,
    /// It would fire on the creation of the others.
    Last,
}

const fn kind(name: &'static str, class: &'static Class, absence: &'static str) -> KindFacts {
    KindFacts { name, class, absence, known: None }
}

impl KindFacts {
    /// The statement has no printed expressions, and is run after the relations have been created.
    const fn known(self, [missing, changed, unexpected]: [Severity; 3]) -> Self {
        let known = Known {
            when_missing: missing,
            when_changed: changed,
            when_unexpected: unexpected,
            is_printed: false,
            built: Built::AfterRelations,
        };
        Self { known: Some(known), ..self }
    }

    const fn printed(self) -> Self {
        let Some(known) = self.known else { return self };
        Self { known: Some(Known { is_printed: true, ..known }), ..self }
    }

    const fn built(self, built: Built) -> Self {
        let Some(known) = self.known else { return self };
        Self { known: Some(Known { built, ..known }), ..self }
    }
}

macro_rules! kinds {
    ($($kind:ident = $facts:expr;)*) => {
        /// Kinds of object that are compared. `Display` writes the word used in reports, metrics and policies.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind {
            $($kind,)*
        }

        impl Kind {
            pub const ALL: [Self; [$(stringify!($kind)),*].len()] = [$(Self::$kind),*];

            pub fn facts(self) -> &'static KindFacts {
                match self {
                    $(Self::$kind => {
                        static FACTS: KindFacts = $facts;
                        &FACTS
                    })*
                }
            }
        }
    };
}

kinds! {
    Schema = kind("schema", &SCHEMA, NAMED);
    Extension = kind("extension", &EXTENSION, "its types and functions do not exist");
    Enum = kind("enum", &DATA_TYPE, CAST);
    Domain = kind("domain", &DOMAIN, CAST);
    Sequence = kind("sequence", &SEQUENCE, "defaults that draw from it fail");
    Table = kind("table", &TABLE, NAMED);
    Column = kind("column", &COLUMN, NAMED);
    Constraint = kind("constraint", &CONSTRAINT,
        "rows that it would refuse are accepted, and what relies on it (ON CONFLICT, cascades) fails");
    Index = kind("index", &INDEX,
        "queries that need it are slow, and uniqueness that it would enforce is not enforced");
    View = kind("view", &VIEW, NAMED);
    MaterializedView = kind("materialized_view", &MATERIALIZED_VIEW, NAMED);
    Function = kind("function", &ROUTINE, CALLED);
    Procedure = kind("procedure", &ROUTINE, CALLED);
    Trigger = kind("trigger", &TRIGGER, "what it would do on writes is not done");
    CompositeType = kind("composite_type", &DATA_TYPE, CAST).known([Critical, Critical, Info]).built(Built::BeforeDomains);
    RangeType = kind("range_type", &DATA_TYPE, CAST).known([Critical, Critical, Info]).built(Built::BeforeDomains);
    Aggregate = kind("aggregate", &ROUTINE, CALLED).known([Critical, Warning, Info]).built(Built::WithRoutines);
    // An unexpected policy shows or hides rows, and a rule turns one write into another.
    Policy = kind("policy", &POLICY, "row security is not enforced as intended")
        .known([Critical, Critical, Critical]).printed();
    // Without the rule that defines a view.
    Rule = kind("rule", &RULE, "writes are not rewritten as intended").known([Critical, Critical, Critical]).printed();
    Statistics = kind("statistics", &STATISTICS,
        "the server's row estimates are wrong, and so are its query plans").known([Warning, Info, Info]).printed();
    EventTrigger = kind("event_trigger", &EVENT_TRIGGER, "what it would do on changes of the schema is not done")
        .known([Warning, Warning, Warning]).built(Built::Last);
    // Changes that subscribers miss are never sent again.
    Publication = kind("publication", &PUBLICATION, "its subscribers get no changes")
        .known([Critical, Critical, Warning]).printed();
    Comment = kind("comment", &COMMENT, "the comment is missing");
    Privilege = kind("privilege", &PRIVILEGES, "statements that need it are refused");
}

const NAMED: &str = "statements that name it fail";
const CAST: &str = "casts to it fail";
const CALLED: &str = "calls of it fail";

impl Kind {
    pub fn as_str(self) -> &'static str {
        self.facts().name
    }

    /// For people, e.g. `materialized view`.
    pub fn words(self) -> String {
        self.as_str().replace('_', " ")
    }
}

impl Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
