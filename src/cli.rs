//! The command line: reads arguments, calls the library, prints the answer on standard output and everything else on
//! standard error. Exit codes: 0 in sync, nothing to do, converged; 1 drift, something to do, refused, not converged; 2
//! could not tell.

mod apply;
mod arguments;
mod check;
mod config;
mod demo;
mod plan;
mod progress;
mod put_back;
mod remote;
mod serve;
mod snapshot;
mod terminal;
mod text;
mod token;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use arguments::{Arguments, Command, ConfigCommand, TokenCommand};

const LAST_MOMENT: Duration = Duration::from_secs(1);

/// The exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// In sync, nothing to do, or done.
    Well,
    /// Drift, something to do, not done, or not to be done.
    Open,
    /// Could not tell.
    Unknown,
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    // A core dump would hold secrets and rows. Child processes inherit this.
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    let arguments = Arguments::parse();
    let result = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| {
            let result = runtime.block_on(run(arguments));
            // Abandoned tasks must not keep the process alive.
            runtime.shutdown_timeout(LAST_MOMENT);
            result
        });
    match result {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::Open) => ExitCode::from(1),
        Ok(Outcome::Unknown) => ExitCode::from(2),
        Err(error) => {
            text::error(&error);
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    match arguments.command {
        Command::Serve(arguments) => serve::run(&arguments).await,
        Command::Check(arguments) => check::run(&arguments).await,
        Command::Plan(arguments) => plan::run(&arguments).await,
        Command::Apply(arguments) => Box::pin(apply::run(&arguments)).await,
        Command::PutBack(arguments) => put_back::run(&arguments).await,
        Command::Snapshot(arguments) => snapshot::run(&arguments).await,
        Command::Remediate(arguments) => remote::remediate(&arguments).await,
        Command::Rollback(arguments) => remote::rollback(&arguments).await,
        Command::Cancel(arguments) => remote::cancel(&arguments).await,
        Command::Resolve(arguments) => remote::resolve(&arguments).await,
        Command::Approve(arguments) => remote::approve(&arguments).await,
        Command::Audit(arguments) => remote::audit(&arguments).await,
        Command::Config(ConfigCommand::Validate(arguments)) => config::validate(&arguments).await,
        Command::Token(TokenCommand::New(arguments)) => token::new(&arguments),
        Command::Demo(arguments) => demo::run(&arguments).await,
    }
}
