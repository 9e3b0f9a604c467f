//! Other roles' code that would run with our rights: their objects in a database, if our role could take over the
//! server or its host. Changes and refuses nothing: the callers decide.

use sqlx::postgres::PgConnection;

use super::row::row;

row! {
    /// Objects of roles with fewer rights than the asking one. All counts are 0 if the asking role cannot take over the
    /// server: then the code gains nothing by running as it.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Others {
        /// The role of the session.
        pub role: String,
        /// A superuser, or a role that may run programs or use files on the server's host.
        pub is_mighty: bool,
        pub routines: i64,
        pub views: i64,
        /// With their parts: checks, generated columns, triggers, policies.
        pub tables: i64,
        /// Some of the owners.
        owners: Vec<String>,
        /// All roles of the server with fewer rights, whether or not they own anything here now.
        pub lesser: Vec<String>,
    }
}

impl Others {
    /// Asks about the role of this session.
    pub async fn ask(session: &mut PgConnection) -> Result<Self, sqlx::Error> {
        sqlx::query_as(include_str!("../../sql/others.sql")).fetch_one(session).await
    }

    /// `role "postgres" is a superuser …, and other roles (app) own tables (12), views (1) and functions (3) in this database`
    pub fn description(&self) -> String {
        format!(
            "role {:?} is a superuser, or may use files and programs of the server's host, and other roles ({}) own \
             tables ({}), views ({}) and functions ({}) in this database",
            self.role,
            self.owners.join(", "),
            self.tables,
            self.views,
            self.routines
        )
    }
}
