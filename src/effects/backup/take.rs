//! Takes a backup: `pg_dump` writes it; it is counted, hashed, stored, and then read back.

use std::path::Path;
use std::time::Duration;

use chrono::Utc;
use tokio::io::AsyncReadExt as _;
use tokio::time::{Instant, interval};
use tokio_util::sync::CancellationToken;

use super::child::Program;
use super::folder::{self, Draft, Writer};
use super::naming::{self, Form};
use super::object::{Objects, Upload};
use super::programs::{self, Programs};
use super::proof::{self, Content, Kept, Meter, PIECE};
use super::{BackupError, BackupSpec, Store};
use crate::domain::name::QName;
use crate::domain::runbook::journal::Backup;
use crate::pg::Source;
use crate::pg::dump::{self, Extent};

/// How long `pg_dump` waits for the locks on its tables, which conflict only with changes of a definition. It takes all
/// of them before it reads anything.
const LOCK_LIMIT: Duration = Duration::from_secs(30);

const REPORT_EVERY: Duration = Duration::from_secs(1);

/// Called from time to time with the number of bytes that are written.
pub type OnProgress<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// Takes a backup and proves it. `target` and `remediation` name it. Incomplete backups of earlier attempts for this
/// target are removed first, because only one may run at a time.
pub async fn take(
    spec: &BackupSpec,
    source: &Source,
    target: &str,
    remediation: &str,
    tables: &[QName],
    on_progress: OnProgress<'_>,
    stop: &CancellationToken,
) -> Result<Backup, BackupError> {
    let extent = dump::extent(source, spec.tables(tables)).await?;
    let programs = programs::find(spec.bin_dir.as_deref(), extent.server_version).await?;
    let form = if spec.jobs > 1 { Form::Directory } else { Form::Custom };
    let name = naming::name(target, Utc::now(), remediation, form);
    let dump = Dump { source, extent: &extent, programs: &programs, jobs: spec.jobs, on_progress, stop };
    let (location, content) = match &spec.to {
        Store::Folder(folder) => {
            let failed = |source| folder::failed("find", folder, source);
            let folder = &tokio::fs::canonicalize(folder).await.map_err(failed)?;
            for leftover in folder::names(folder).await?.iter().filter(|name| naming::is_leftover(target, name)) {
                folder::remove(&folder.join(leftover)).await?;
            }
            folder::check(folder, extent.bytes).await?;
            let draft = Draft::new(folder, &name);
            match form {
                Form::Custom => dump.to_file(draft).await?,
                Form::Directory => dump.to_folder(draft).await?,
            }
        }
        Store::Object(_) if form == Form::Directory => return Err(BackupError::Jobs),
        Store::Object(bucket) => dump.to_object(&Objects::open(bucket)?, &name).await?,
    };
    let Content { bytes, sha256 } = content;
    Ok(Backup { location, bytes, sha256, tables: extent.tables })
}

/// One run of `pg_dump`.
struct Dump<'a> {
    source: &'a Source,
    extent: &'a Extent,
    programs: &'a Programs,
    jobs: u16,
    on_progress: OnProgress<'a>,
    stop: &'a CancellationToken,
}

enum Sink {
    File(Writer),
    Object(Upload),
}

impl Sink {
    async fn write(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        match self {
            Self::File(writer) => writer.write(bytes).await,
            Self::Object(upload) => upload.write(bytes).await,
        }
    }

    async fn finish(self) -> Result<(), BackupError> {
        match self {
            Self::File(writer) => writer.finish().await,
            Self::Object(upload) => upload.finish().await,
        }
    }
}

impl Dump<'_> {
    async fn to_file(&self, draft: Draft) -> Result<(String, Content), BackupError> {
        let written = self.stream(Sink::File(draft.create_file().await?)).await?;
        let content = self.prove(Kept::File(draft.partial().into()), draft.partial(), &written).await?;
        Ok((draft.finish().await?.display().to_string(), content))
    }

    async fn to_object(&self, store: &Objects, name: &str) -> Result<(String, Content), BackupError> {
        let written = self.stream(Sink::Object(store.create(name, self.extent.bytes).await?)).await?;
        let location = store.location(name);
        let proven = match store.read(name).await {
            Ok(reader) => self.prove(Kept::Object(reader), Path::new(&location), &written).await,
            Err(error) => Err(error),
        };
        if proven.is_err() {
            // An unproven backup must not be found.
            let _ = store.remove(name).await;
        }
        Ok((location, proven?))
    }

    async fn to_folder(&self, draft: Draft) -> Result<(String, Content), BackupError> {
        draft.create_folder().await?;
        let path = draft.partial();
        let more = [format!("--jobs={}", self.jobs), format!("--file={}", path.display())];
        let mut program = self.start("directory", &more)?;
        let run = self.stop.run_until_cancelled(async {
            let mut look = interval(REPORT_EVERY);
            let mut ended = std::pin::pin!(program.success());
            loop {
                tokio::select! {
                    done = &mut ended => return done,
                    _ = look.tick() => (self.on_progress)(size(path).await),
                }
            }
        });
        let run = run.await.unwrap_or(Err(BackupError::Stopped));
        program.end().await;
        run.map_err(|error| full(error, path))?;
        // The files are not hashed while `pg_dump` writes them, so that they are read twice.
        let written = proof::of_folder(path).await?;
        (self.on_progress)(written.bytes);
        let content = self.prove(Kept::Folder(path.into()), path, &written).await?;
        Ok((draft.finish().await?.display().to_string(), content))
    }

    fn start(&self, format: &str, more: &[String]) -> Result<Program, BackupError> {
        let mut arguments = vec![
            format!("--format={format}"),
            format!("--lock-wait-timeout={}", LOCK_LIMIT.as_millis()),
            "--no-password".to_owned(),
            // Subscriptions are left out: no fix changes them, they contain passwords, and no transaction can drop
            // them.
            "--no-subscriptions".to_owned(),
        ];
        if let Some(tables) = &self.extent.tables {
            arguments.push("--strict-names".to_owned());
            arguments.extend(tables.iter().map(|table| format!("--table={table}")));
        }
        arguments.extend_from_slice(more);
        Program::start("pg_dump", &self.programs.pg_dump, &arguments, Some(self.source))
    }

    /// Returns when all of it is stored. On an error what was stored is discarded.
    async fn stream(&self, mut sink: Sink) -> Result<Content, BackupError> {
        let mut program = self.start("custom", &[])?;
        let run = self.stop.run_until_cancelled(self.pump(&mut program, &mut sink)).await;
        program.end().await;
        let run = run.unwrap_or(Err(BackupError::Stopped));
        match (run, sink) {
            (Ok(content), sink) => {
                let finished = self.stop.run_until_cancelled(sink.finish()).await;
                finished.unwrap_or(Err(BackupError::Stopped))?;
                (self.on_progress)(content.bytes);
                Ok(content)
            }
            (Err(error), Sink::Object(upload)) => {
                upload.abandon().await;
                Err(error)
            }
            (Err(error), Sink::File(_)) => Err(error),
        }
    }

    async fn pump(&self, program: &mut Program, sink: &mut Sink) -> Result<Content, BackupError> {
        let mut meter = Meter::default();
        let mut reported_at = Instant::now();
        if let Some(mut output) = program.output() {
            let mut piece = vec![0; PIECE];
            let failed = |source| BackupError::Pipe { program: "pg_dump", source };
            while let length @ 1.. = output.read(&mut piece).await.map_err(failed)? {
                let piece = piece.get(..length).unwrap_or_default();
                meter.add(piece);
                sink.write(piece).await?;
                if reported_at.elapsed() >= REPORT_EVERY {
                    reported_at = Instant::now();
                    (self.on_progress)(meter.bytes);
                }
            }
        }
        // A closed pipe may also mean that the program has failed.
        program.success().await?;
        Ok(meter.content())
    }

    async fn prove(&self, kept: Kept, location: &Path, written: &Content) -> Result<Content, BackupError> {
        let location = location.display().to_string();
        let read = proof::read_back(kept, &self.programs.pg_restore, &location);
        let (content, list) = self.stop.run_until_cancelled(read).await.unwrap_or(Err(BackupError::Stopped))?;
        content.must_be(written.bytes, &written.sha256, location)?;
        list.map(|_| content)
    }
}

/// A full disk of the folder, whose files `pg_dump` writes itself.
fn full(error: BackupError, path: &Path) -> BackupError {
    match error {
        BackupError::Failed { reason, .. } if reason.contains("No space left on device") => {
            BackupError::Full { path: path.into() }
        }
        other => other,
    }
}

/// Size of the folder so far, for display.
async fn size(folder: &Path) -> u64 {
    let Ok(names) = folder::names(folder).await else { return 0 };
    let mut bytes = 0;
    for name in names {
        bytes += tokio::fs::metadata(folder.join(name)).await.map_or(0, |file| file.len());
    }
    bytes
}
