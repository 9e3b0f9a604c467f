//! The table of migration tools: how each names and orders its files, and which comments mark the part that is run. A
//! new tool is a new row.
//!
//! Pure data. The rules follow the tools' sources, named at each row. Where a tool is stricter about blanks than its
//! row, it would itself misread the file.

use super::marker::Piece::{Blank, Edge, End, Is, Like, Many, Then};
use super::marker::{Marker, Piece, Place, Turn};
use super::names::{self, Role};

/// One migration tool.
#[derive(Debug)]
pub struct Tool {
    /// Its name in the configuration.
    pub key: &'static str,
    /// Its name in messages.
    pub name: &'static str,
    pub sign: Sign,
    pub names: fn(&str) -> Role,
    /// The tool refuses two files of one version.
    pub unique: bool,
    /// Whether the text before the first marker is run.
    pub begins: Turn,
    pub markers: &'static [Marker],
    /// Prefix of a variable, which the tool replaces with a value from elsewhere.
    pub variable: Option<&'static str>,
    /// Where variables are replaced.
    pub replaces: Replaces,
    /// `#` also begins a comment, and `;;` is a semicolon that does not end the statement.
    pub hashes: bool,
}

/// How a tool is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Not at all: the configuration has to name it.
    None,
    /// By a file of its own that lists what is run.
    List(&'static str, Lists),
    /// By a file of its own. Folders of other tools may have it, too.
    File(&'static str),
    /// By the name and the content of a file that is run.
    Content(&'static str, &'static str),
    /// By the names of its files.
    Names,
    /// By names of its own among names that no other tool runs together with them.
    MixedNames,
    /// By markers in its files.
    Markers,
}

/// The format of a list of migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    Drizzle,
    Sqitch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaces {
    /// Only after a marker.
    OnDemand,
    /// In statements.
    Statements,
    /// Everywhere.
    Everywhere,
}

const BLANKS: Piece = Many(" \t");

const fn at_start(form: &'static [Piece], turn: Turn) -> Marker {
    Marker { form, place: Place::Start, turn }
}

const fn indented(form: &'static [Piece], turn: Turn) -> Marker {
    Marker { form, place: Place::Indented, turn }
}

const fn anywhere(form: &'static [Piece], turn: Turn) -> Marker {
    Marker { form, place: Place::Anywhere, turn }
}

/// Defaults of a row.
const ROW: Tool = Tool {
    key: "",
    name: "",
    sign: Sign::Markers,
    names: names::underscored,
    unique: false,
    begins: Turn::Up,
    markers: &[],
    variable: None,
    replaces: Replaces::OnDemand,
    hashes: false,
};

/// A folder of no tool: every file is run, in the order of the numbers in its name.
pub const PLAIN: &Tool = &Tool { key: "plain", name: "no tool", sign: Sign::None, names: names::natural, ..ROW };

/// Files that a list or a glob names one by one.
pub const LISTED: &Tool = &Tool { names: names::natural_path, ..*PLAIN };

/// `1_a_up.sql` with `1_a_down.sql`, a convention of several tools.
pub const PAIRS: &Tool =
    &Tool { key: "pairs", name: "pairs of up and down files", sign: Sign::None, names: names::pairs, ..ROW };

macro_rules! goose {
    ($word:literal, $turn:expr) => {
        at_start(&[Is("--"), BLANKS, Like("+goose"), Blank, Like($word), End], $turn)
    };
}

/// `pressly/goose`, internal/sqlparser/parser.go: annotations in the first column; a statement between StatementBegin and
/// StatementEnd needs no semicolon.
const GOOSE: &[Marker] = &[
    goose!("Up", Turn::Up),
    goose!("Down", Turn::Down),
    goose!("StatementEnd", Turn::End),
    goose!("ENVSUB ON", Turn::Variables(true)),
    goose!("ENVSUBST ON", Turn::Variables(true)),
    goose!("ENVSUB OFF", Turn::Variables(false)),
    goose!("ENVSUBST OFF", Turn::Variables(false)),
];

/// `rubenv/sql-migrate`, sqlparse/sqlparse.go.
const SQL_MIGRATE: &[Marker] = &[
    at_start(&[Is("-- +migrate"), Blank, Is("Up"), Edge], Turn::Up),
    at_start(&[Is("-- +migrate"), Blank, Is("Down"), Edge], Turn::Down),
    at_start(&[Is("-- +migrate"), Blank, Is("StatementEnd"), Edge], Turn::End),
];

/// `amberframework/micrate`, src/micrate/migration.cr.
const MICRATE: &[Marker] = &[
    at_start(&[Is("-- +micrate"), Blank, Is("Up"), End], Turn::Up),
    at_start(&[Is("-- +micrate"), Blank, Is("Down"), End], Turn::Down),
    at_start(&[Is("-- +micrate"), Blank, Is("StatementEnd"), End], Turn::End),
];

/// `amacneil/dbmate`, pkg/dbmate/migration.go: blanks are optional, options such as `transaction:false` may follow.
const DBMATE: &[Marker] = &[
    at_start(&[Is("--"), BLANKS, Is("migrate:up"), Edge], Turn::Up),
    at_start(&[Is("--"), BLANKS, Is("migrate:down"), Edge], Turn::Down),
];

/// `elwinar/rambler`, migration.go: each part is one statement, which needs no semicolon.
const RAMBLER: &[Marker] = &[
    at_start(&[Is("-- rambler"), BLANKS, Is("up"), End], Turn::Up),
    at_start(&[Is("-- rambler"), BLANKS, Is("down"), End], Turn::Down),
];

/// `mybatis/migrations`, MigrationReader.java; delimiters as in MyBatis' ScriptRunner.
const MYBATIS: &[Marker] = &[
    indented(&[Is("--"), BLANKS, Is("//"), Then("@UNDO")], Turn::Down),
    indented(&[Is("--"), Many(" \t/"), Is("@DELIMITER"), Blank], Turn::Delimiter),
];

/// `salsita/node-pg-migrate`, src/sqlMigration.ts.
const NODE_PG_MIGRATE: &[Marker] = &[
    indented(&[Many("- \t"), Like("up"), Blank, Like("migration")], Turn::Up),
    indented(&[Many("- \t"), Like("down"), Blank, Like("migration")], Turn::Down),
];

/// `playframework/playframework`, EvolutionsReader: `^(#|--).*!Ups.*$` on trimmed lines. Lines that begin with `#` have
/// been rewritten as SQL comments.
const PLAY: &[Marker] =
    &[indented(&[Is("--"), Then("!Ups")], Turn::Up), indented(&[Is("--"), Then("!Downs")], Turn::Down)];

/// `mbucc/shmig`: `-- ====  UP  ====`.
const SHMIG: &[Marker] = &[
    indented(&[Is("--"), BLANKS, Is("="), Many("= \t"), Like("up"), BLANKS, Is("=")], Turn::Up),
    indented(&[Is("--"), BLANKS, Is("="), Many("= \t"), Like("down"), BLANKS, Is("=")], Turn::Down),
];

/// `jackc/tern`, migrate/migrate.go: the file is cut at this text, anywhere on a line.
const TERN: &[Marker] = &[anywhere(&[Is("---- create above / drop below ----")], Turn::Down)];

/// `liquibase/liquibase`, FormattedSqlChangeLogParser.java. Rollbacks are comments, and need no marker.
const LIQUIBASE: &[Marker] = &[
    indented(&[Is("--"), BLANKS, Like("liquibase"), Blank, Like("formatted")], Turn::Off),
    indented(&[Is("--"), BLANKS, Like("changeset"), Blank], Turn::Up),
    indented(&[Is("--"), BLANKS, Like("changeset"), Blank, Then("endDelimiter:")], Turn::Delimiter),
    indented(&[Is("--"), BLANKS, Like("changeset"), Blank, Then("dbms:")], Turn::Servers),
    indented(&[Is("--"), BLANKS, Like("property"), Blank], Turn::Refused("properties are not replaced")),
    indented(&[Is("--"), BLANKS, Like("ignoreLines:")], Turn::Refused("ignoreLines is not followed")),
    indented(
        &[Is("--"), BLANKS, Like("precondition")],
        Turn::NotDone("preconditions are not asked; their changesets are run"),
    ),
];

/// `drizzle-team/drizzle-orm`, drizzle-orm/src/migrator.ts.
const DRIZZLE: &[Marker] = &[anywhere(&[Is("--> statement-breakpoint")], Turn::End)];

/// `ariga/atlas`, sql/migrate/dir.go and stmt.go.
const ATLAS: &[Marker] = &[
    at_start(&[Is("--"), BLANKS, Is("atlas:checkpoint"), Edge], Turn::Checkpoint),
    at_start(&[Is("--"), BLANKS, Is("atlas:delimiter"), Blank], Turn::Delimiter),
];

/// All known tools except [`LISTED`].
pub const TOOLS: &[Tool] = &[
    // flyway/flyway: ResourceNameParser and MigrationVersion; locations are read with their subfolders.
    Tool {
        key: "flyway",
        name: "Flyway",
        sign: Sign::Names,
        names: names::flyway,
        unique: true,
        variable: Some("${"),
        replaces: Replaces::Statements,
        ..ROW
    },
    // rust-db/refinery: V and U are both run, unlike Flyway.
    Tool { key: "refinery", name: "refinery", sign: Sign::MixedNames, names: names::refinery, unique: true, ..ROW },
    // golang-migrate/migrate, source/parse.go.
    Tool {
        key: "golang-migrate",
        name: "golang-migrate",
        sign: Sign::Names,
        names: names::up_down,
        unique: true,
        ..ROW
    },
    // launchbadge/sqlx, sqlx-core/src/migrate/source.rs: as above, and files without a direction are also run.
    Tool { key: "sqlx", name: "sqlx", sign: Sign::MixedNames, names: names::up_down_or_plain, unique: true, ..ROW },
    Tool { key: "dbmate", name: "dbmate", names: names::digits_by_letter, begins: Turn::Off, markers: DBMATE, ..ROW },
    Tool { key: "goose", name: "goose", unique: true, begins: Turn::Off, markers: GOOSE, variable: Some("${"), ..ROW },
    Tool {
        key: "sql-migrate",
        name: "sql-migrate",
        names: names::number_or_name,
        begins: Turn::Off,
        markers: SQL_MIGRATE,
        ..ROW
    },
    Tool { key: "micrate", name: "micrate", begins: Turn::Off, markers: MICRATE, ..ROW },
    // diesel-rs/diesel, diesel_migrations: folders by name, without dashes.
    Tool { key: "diesel", name: "Diesel", sign: Sign::Names, names: names::up_folders, ..ROW },
    // prisma/prisma-engines, schema-engine: folders by name.
    Tool { key: "prisma", name: "Prisma", sign: Sign::Names, names: names::migration_folders, markers: DRIZZLE, ..ROW },
    Tool {
        key: "drizzle",
        name: "Drizzle",
        sign: Sign::List("meta/_journal.json", Lists::Drizzle),
        names: names::by_letter,
        markers: DRIZZLE,
        ..ROW
    },
    // rails/rails, PostgreSQLDatabaseTasks: a dump, followed by inserts into schema_migrations.
    Tool {
        key: "rails",
        name: "Rails",
        sign: Sign::Content("structure.sql", "schema_migrations"),
        names: names::structure,
        ..ROW
    },
    Tool {
        key: "mybatis",
        name: "MyBatis Migrations",
        names: names::bootstrapped,
        markers: MYBATIS,
        variable: Some("${"),
        replaces: Replaces::Statements,
        ..ROW
    },
    Tool {
        key: "node-pg-migrate",
        name: "node-pg-migrate",
        names: names::number_or_name,
        markers: NODE_PG_MIGRATE,
        ..ROW
    },
    Tool {
        key: "play",
        name: "Play",
        names: names::bare,
        unique: true,
        begins: Turn::Off,
        markers: PLAY,
        variable: Some("$evolutions{{{"),
        replaces: Replaces::Everywhere,
        hashes: true,
        ..ROW
    },
    Tool { key: "rambler", name: "rambler", names: names::by_letter, begins: Turn::Off, markers: RAMBLER, ..ROW },
    Tool { key: "shmig", name: "shmig", names: names::number_or_name, markers: SHMIG, ..ROW },
    Tool {
        key: "tern",
        name: "tern",
        unique: true,
        markers: TERN,
        variable: Some("{{"),
        replaces: Replaces::Everywhere,
        ..ROW
    },
    Tool {
        key: "liquibase",
        name: "Liquibase",
        names: names::path_by_letter,
        begins: Turn::Off,
        markers: LIQUIBASE,
        ..ROW
    },
    // sqitchers/sqitch, App::Sqitch::Plan: the scripts of deploy/, in the plan's order.
    Tool {
        key: "sqitch",
        name: "Sqitch",
        sign: Sign::List("sqitch.plan", Lists::Sqitch),
        names: names::path_by_letter,
        ..ROW
    },
    // Atlas also runs other tools' folders; atlas.sum is its sign only if no other tool claims the folder.
    Tool { key: "atlas", name: "Atlas", sign: Sign::File("atlas.sum"), names: names::by_letter, markers: ATLAS, ..ROW },
    Tool { names: names::pairs, ..*PAIRS },
    Tool { names: names::natural, ..*PLAIN },
];

impl Tool {
    pub fn by_key(key: &str) -> Option<&'static Self> {
        TOOLS.iter().find(|tool| tool.key == key)
    }

    /// All names that the configuration accepts.
    pub fn keys() -> String {
        TOOLS.iter().map(|tool| tool.key).collect::<Vec<_>>().join(", ")
    }

    /// Whether this is not a real tool: it has no rules for undo parts.
    pub fn is_plain(&self) -> bool {
        self.key == PLAIN.key
    }
}

impl PartialEq for Tool {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Tool {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// The effects of a comment for a tool.
    fn turns(key: &str, comment: &str) -> Vec<Turn> {
        let markers = Tool::by_key(key).unwrap().markers.iter();
        markers.filter(|marker| marker.find("", comment).is_some()).map(|marker| marker.turn).collect()
    }

    #[test]
    fn markers_are_those_of_the_tools() {
        for (key, comment, turn) in [
            ("goose", "-- +goose Up", Turn::Up),
            ("goose", "--+goose  Down", Turn::Down),
            ("goose", "-- +goose StatementEnd", Turn::End),
            ("goose", "-- +goose ENVSUB ON", Turn::Variables(true)),
            ("sql-migrate", "-- +migrate Up notransaction", Turn::Up),
            ("sql-migrate", "-- +migrate Down", Turn::Down),
            ("micrate", "-- +micrate Down", Turn::Down),
            ("dbmate", "--migrate:down", Turn::Down),
            ("dbmate", "--  migrate:up transaction:false", Turn::Up),
            ("rambler", "-- rambler down", Turn::Down),
            ("mybatis", "-- //@UNDO", Turn::Down),
            ("mybatis", "--//  @UNDO", Turn::Down),
            ("mybatis", "-- @DELIMITER |", Turn::Delimiter),
            ("node-pg-migrate", "--- down   Migration", Turn::Down),
            ("play", "-- --- !Downs", Turn::Down),
            ("shmig", "-- ====  UP  ====", Turn::Up),
            ("shmig", "--==== DOWN ====", Turn::Down),
            ("tern", "---- create above / drop below ----", Turn::Down),
            ("liquibase", "--liquibase formatted sql", Turn::Off),
            ("liquibase", "-- changeset bob:1", Turn::Up),
            ("drizzle", "--> statement-breakpoint", Turn::End),
            ("atlas", "-- atlas:checkpoint", Turn::Checkpoint),
        ] {
            assert_eq!(turns(key, comment), [turn], "{key}: {comment}");
        }
        assert_eq!(turns("liquibase", "--changeset a:1 endDelimiter:/"), [Turn::Up, Turn::Delimiter]);
        for (key, comment) in [
            ("sql-migrate", "--+migrate Down"),
            ("dbmate", "-- migrate:downs"),
            ("rambler", "--rambler down"),
            ("tern", "-- create above / drop below --"),
            ("liquibase", "--rollback drop table t"),
        ] {
            assert_eq!(turns(key, comment), [], "{key}: {comment}");
        }
    }

    #[test]
    fn keys_are_unique() {
        for (nth, tool) in TOOLS.iter().enumerate() {
            assert_eq!(TOOLS.iter().position(|other| other.key == tool.key), Some(nth), "{}", tool.key);
        }
    }
}
