//! The binary: see [`schemawarden::cli`].

fn main() -> std::process::ExitCode {
    schemawarden::cli::main()
}
