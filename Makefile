# `make` lists the goals. CI runs .ci/run, which runs lint, test, demo and bench-regression.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: help demo test tests bench bench-peers bench-regression fuzz lint
.DEFAULT_GOAL := help

SERVERS  ?= hive4 hive3 hive2 spark#  what test starts; see go run ./cmd/skep local
TESTARGS ?=#                    e.g. TESTARGS='-run TestCancel'
BENCH    ?= .#                  which benchmarks
FUZZTIME ?= 30s#                for each target

# Runs a command while real servers are up. With SKEP_HIVE_DSN the tests use that server, and none is started.
with_servers = $(if $(SKEP_HIVE_DSN),,go run ./cmd/skep local run $(1) --)
modules      = . integration integration/sqlite examples/otel
figures      = $(CURDIR)/build/bench.json
peer_figures = $(CURDIR)/build/bench-peers.json
tool         = go tool -modfile=$(CURDIR)/tools/go.mod

help: ## list the goals
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-16s  %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## the flights of a year in a real Hive: load, analyse, stream, cancel
	go run ./examples/flights

test: ## all tests with -race, on real servers (SERVERS, TESTARGS)
	for m in $(modules); do (cd $$m && go vet ./...); done
	$(call with_servers,$(SERVERS)) $(MAKE) --no-print-directory tests

tests: # the tests alone, on servers that run; the longest package begins first, so that two run until the end
	@mkdir -p build
	@(bad=0; for m in $(modules); do \
		(cd $$m && go test -json -race -timeout 30m $(TESTARGS) $$([ $$m != integration ] || echo ./toolkit) ./...) || bad=1; \
	done; exit $$bad) | go run ./internal/tally -o build/tests $(if $(SKEP_HIVE_REQUIRED),-no-skips)

bench: ## the benchmarks as a table, and as build/bench.json (BENCH)
	rm -f $(figures)
	cd integration && SKEP_BENCH_JSON=$(figures) go test -run '^$$' -bench '$(BENCH)' -skip '^BenchmarkPeers' -benchtime 1x -timeout 60m ./bench
	cd integration && go run ./cmd/figures $(figures)

bench-peers: ## Hive's JDBC driver, PyHive, impyla and gohive on the table of bench
	rm -f $(peer_figures)
	cd integration && SKEP_BENCH_JSON=$(peer_figures) go test -run '^$$' -bench '^BenchmarkPeers$$' -benchtime 1x -timeout 60m ./bench
	cd integration && go run ./cmd/figures $(peer_figures)

bench-regression: ## decoding and scanning compared with main, without a server (BASE)
	.ci/bench-regression

fuzz: ## every fuzz target for FUZZTIME
	@packages=$$(go list ./...); \
	for p in $$packages; do \
		found=$$(go test -list '^Fuzz' $$p); \
		for f in $$(grep '^Fuzz' <<<"$$found" || true); do \
			echo "$$p $$f"; \
			go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p; \
		done; \
	done

lint: ## gofumpt, vet, staticcheck, go mod tidy, and the rules of internal/lint
	@files=$$($(tool) gofumpt -l .); if [ "$$files" ]; then echo "not formatted by gofumpt:"; echo "$$files"; exit 1; fi
	for m in $(modules); do (cd $$m && go vet ./... && $(tool) staticcheck ./...); done
	for m in $(modules) tools; do (cd $$m && go mod tidy -diff); done
	go test ./internal/lint
