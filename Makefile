# `make help` says what there is. Everything else is cargo's work; what is missing on Debian or Ubuntu is installed
# first (.ci/install).

.DEFAULT_GOAL := help
.PHONY: help demo test test-kills test-fix-all test-matrix practice lint bench bench-fix

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The tests make databases by the thousand: in memory, where there is room for 4 GB.
ROOM := $(shell df --output=avail -k /dev/shm 2>/dev/null | tail -1)
test test-kills test-fix-all practice: export TMPDIR := $(shell test $(or $(ROOM),0) -gt 4000000 && echo /dev/shm || echo $${TMPDIR:-/tmp})

demo: ## a daemon on a throwaway PostgreSQL that has found everything wrong with an outdated database: apply its plan
	@.ci/install demo
	cargo run --release --locked -- demo

test: ## format, lints and all tests, on a real PostgreSQL, Prometheus and Alertmanager
	@.ci/install test
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo test --locked -- --test-threads=8

test-matrix: ## reader, plans, fixes, backups and runbook on PostgreSQL 14 to 18, and each against each (MAJORS='14 18': only those; downloads them once)
	@.ci/install matrix
	.ci/matrix

test-fix-all: ## every case of the fix applied, killed after each step and carried out by psql; `test` does so with some of each family
	@.ci/install test
	cargo test --locked --test it -- --ignored --nocapture fix_cases::

test-kills: ## the daemon killed 30 times in enable, smoke, rollback and restore, and at every entry of a journal; `test` does a part
	@.ci/install test
	KILL_AT_EVERY_ENTRY=1 cargo test --locked --test it -- --include-ignored --nocapture remediate::killed::

practice: ## turns each old schema in DIR into its new one (X.old.sql) and tells what differs from X.sql then; JUDGE='command' is asked too
	@.ci/install test
	@test -d "$(DIR)" || { echo "Say which folder: make practice DIR=folder" >&2; exit 1; }
	PRACTICE='$(abspath $(DIR))' cargo test --locked --test it -- --ignored --nocapture practice::

lint: ## format and lints alone
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

bench: ## measures reading and counting beside PostgreSQL's own tools; prints Markdown tables
	@.ci/install test
	cargo bench --locked --quiet --bench watch --bench orphans

bench-fix: ## what an application notices while a plan is applied to 5 million rows, and what planning costs (20 minutes)
	@.ci/install test
	cargo bench --locked --quiet --bench plan --bench fix
