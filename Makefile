# `make help` says what there is. Everything else is cargo's work; what is missing on Debian or Ubuntu is installed
# first (.ci/install).

.DEFAULT_GOAL := help
.PHONY: help demo test test-matrix lint bench

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## a daemon on a throwaway PostgreSQL that has found everything wrong with an outdated database
	@.ci/install demo
	cargo run --release --locked -- demo

test: ## format, lints and all tests, on a real PostgreSQL, Prometheus and Alertmanager
	@.ci/install test
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo test --locked -- --test-threads=8

test-matrix: ## the reader's tests on PostgreSQL 14 to 18, and each against each (downloads them through npm, once)
	@.ci/install matrix
	.ci/matrix

lint: ## format and lints alone
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

bench: ## measures reading and counting beside PostgreSQL's own tools; prints Markdown tables
	@.ci/install test
	cargo bench --locked --quiet --bench watch --bench orphans
