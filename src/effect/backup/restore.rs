//! Putting a backup back: all of it or nothing, in one transaction, after it has been compared with what was written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;

use super::child::Program;
use super::naming::Form;
use super::object::Objects;
use super::proof::{self, Kept};
use super::{BackupError, BackupSpec, Store, programs};
use crate::journal::Backup;
use crate::name::QName;
use crate::pg::Source;
use crate::pg::dump::{self, Standing};

/// Replaces what the backup holds by what it was. Gives the statements that first dropped what is newer than the backup
/// and stood in its way: foreign keys and views, which hold no rows.
pub async fn restore(
    spec: &BackupSpec,
    backup: &Backup,
    source: &Source,
    stop: &CancellationToken,
) -> Result<Vec<String>, BackupError> {
    let server_version = dump::extent(source, None).await?.server_version;
    let programs = programs::find(spec.bin_dir.as_deref(), server_version).await?;
    let place = Place::of(spec, backup)?;
    let read = proof::read_back(place.open().await?, &programs.pg_restore, &backup.location);
    let (content, list) = stop.run_until_cancelled(read).await.unwrap_or(Err(BackupError::Stopped))?;
    content.must_be(backup.bytes, &backup.sha256, backup.location.clone())?;

    let in_the_way = Archive::read(&list).newer(dump::standing(source).await?);
    let dropped = dump::clear_away(source, &in_the_way).await?;
    for statement in &dropped {
        tracing::warn!(database = source.address(), statement, "dropped: it is newer than the backup, and in its way");
    }
    let run = stop.run_until_cancelled(run(&programs.pg_restore, &place, source)).await;
    match run.unwrap_or(Err(BackupError::Stopped)) {
        Err(BackupError::Failed { said, .. }) => Err(BackupError::Restore { said, dropped }),
        done => done.map(|()| dropped),
    }
}

/// Where the backup is kept.
enum Place<'a> {
    Path(PathBuf, Form),
    Object(Objects, &'a str),
}

impl<'a> Place<'a> {
    fn of(spec: &BackupSpec, backup: &'a Backup) -> Result<Self, BackupError> {
        let location = backup.location.as_str();
        let elsewhere = || BackupError::Elsewhere { location: location.to_owned() };
        if !location.contains("://") {
            return Ok(Self::Path(location.into(), Form::of(location).ok_or_else(elsewhere)?));
        }
        let Store::Object(bucket) = &spec.to else { return Err(elsewhere()) };
        let store = Objects::open(bucket)?;
        let name = store.name(location).ok_or_else(elsewhere)?;
        Ok(Self::Object(store, name))
    }

    async fn open(&self) -> Result<Kept, BackupError> {
        Ok(match self {
            Self::Path(path, Form::Custom) => Kept::File(path.clone()),
            Self::Path(path, Form::Directory) => Kept::Folder(path.clone()),
            Self::Object(store, name) => Kept::Object(store.read(name).await?),
        })
    }
}

async fn run(pg_restore: &Path, place: &Place<'_>, source: &Source) -> Result<(), BackupError> {
    // A name alone could be read as a whole connection string.
    let database = source.database().replace('\\', "\\\\").replace('\'', "\\'");
    let mut arguments: Vec<String> =
        ["--clean", "--if-exists", "--single-transaction", "--exit-on-error", "--no-password", "--no-subscriptions"]
            .map(str::to_owned)
            .into();
    arguments.push(format!("--dbname=dbname='{database}'"));
    if let Place::Path(path, _) = place {
        arguments.push(path.display().to_string());
    }
    let mut program = Program::start("pg_restore", pg_restore, &arguments, Some(source))?;
    let run = async {
        let (input, output) = (program.stdin(), program.stdout());
        drop(output);
        if let Place::Object(..) = place {
            proof::feed(place.open().await?, input).await?;
        }
        program.success().await
    };
    let done = run.await;
    program.end().await;
    done
}

/// What `pg_restore --list` says is in an archive: `FK CONSTRAINT public posts posts_author_id_fkey owner`, sorted.
struct Archive<'a>(BTreeSet<&'a str>);

impl<'a> Archive<'a> {
    fn read(list: &'a str) -> Self {
        let entry = |line: &'a str| line.split_once("; ")?.1.splitn(3, ' ').nth(2);
        Self(list.lines().filter(|line| !line.starts_with(';')).filter_map(entry).collect())
    }

    fn holds(&self, what: &str, name: &QName, part: &str) -> bool {
        let (schema, name) = (name.schema.as_str(), name.name.as_str());
        let begin = if part.is_empty() {
            format!("{what} {schema} {name} ")
        } else {
            format!("{what} {schema} {name} {part} ")
        };
        self.0.range(begin.as_str()..).next().is_some_and(|entry| entry.starts_with(&begin))
    }

    fn holds_relation(&self, name: &QName) -> bool {
        ["TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW"].iter().any(|what| self.holds(what, name, ""))
    }

    /// What the archive does not know by itself, and what it would have to drop is needed for.
    fn newer(&self, standing: Vec<Standing>) -> Vec<Standing> {
        let unknown = |it: &Standing| match &it.key {
            Some(key) => !self.holds("FK CONSTRAINT", &it.on, key.as_str()),
            None => !self.holds_relation(&it.on),
        };
        let mut left: Vec<Standing> = standing.into_iter().filter(unknown).collect();
        let mut newer: Vec<Standing> = Vec::new();
        loop {
            let in_the_way = |it: &Standing| {
                let view_goes = newer.iter().any(|other| other.key.is_none() && other.on == it.needs);
                view_goes || self.holds_relation(&it.needs)
            };
            let (found, others): (Vec<_>, Vec<_>) = left.into_iter().partition(in_the_way);
            if found.is_empty() {
                // A view is named once, however much it reads.
                newer.dedup_by(|a, b| a.key.is_none() && b.key.is_none() && a.on == b.on);
                return newer;
            }
            newer.extend(found);
            left = others;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_newer_than_an_archive_and_in_its_way_is_found() {
        let list = ";\n; Archive created at 2026-11-23\n;\n\
                    215; 1259 16447 TABLE public posts postgres\n\
                    216; 1259 16448 TABLE public my reactions postgres\n\
                    217; 1259 16449 VIEW public totals postgres\n\
                    3399; 2606 16523 FK CONSTRAINT public my reactions reactions_fkey postgres\n";
        let public = |name: &str| QName::new("public", name);
        let key =
            |on: &str, key: &str, needs: &str| Standing { on: public(on), key: Some(key.into()), needs: public(needs) };
        let view = |on: &str, needs: &str| Standing { on: public(on), key: None, needs: public(needs) };
        let standing = vec![
            key("my reactions", "reactions_fkey", "posts"),
            key("my reactions", "reactions_fkey2", "posts"),
            key("newer", "newer_posts_fkey", "posts"),
            key("newer", "newer_newer_fkey", "newer"),
            view("totals", "posts"),
            view("of_totals", "new_totals"),
            view("new_totals", "my reactions"),
            view("new_totals", "posts"),
            view("elsewhere", "newer"),
        ];
        let found = Archive::read(list).newer(standing);
        let found: Vec<String> = found.iter().map(|it| it.key.as_ref().unwrap_or(&it.on.name).to_string()).collect();
        assert_eq!(found, ["reactions_fkey2", "newer_posts_fkey", "new_totals", "of_totals"]);
    }
}
