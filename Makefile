SHELL := /bin/sh
.DEFAULT_GOAL := help

INSTALLED := node_modules/.package-lock.json
BUILT := dist/.tsbuildinfo
# Installations on ECS, by the first label of their domains; each gets the targets ecs-ps-web-*.
ECS_DOMAINS := testsliderule slideruleearth
# Directories as well as files, so that a deleted file is noticed too.
SOURCES := $(shell find src cdktf migrations \( -type d -o -name '*.ts' -o -path '*/files/*' -o -name migrations.lock.json -o -name schema.sql \) ! -name '*.spec.ts')

.DELETE_ON_ERROR:
.PHONY: help install build up demo test check bench fuzz kills image clean node
.PHONY: $(foreach domain,$(ECS_DOMAINS),$(addsuffix -$(domain),$(addprefix ecs-ps-web-,check shell run task)))

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'
	@printf '\nin the installations on ECS (docs/ecs-exec.md):\n'
	@for domain in $(ECS_DOMAINS); do grep -E '^.*: ecs-ps-web-[a-z]+-%:.*## ' $(MAKEFILE_LIST) \
		| sed "s/^.*: \(ecs-ps-web-[a-z]*\)-%:.*## /\1-$$domain ## /" \
		| awk -F ' ## ' '{printf "  make %-36s %s\n", $$1, $$2}'; done

node:
	@command -v node >/dev/null || { echo 'ps-server needs Node, and none is on the PATH. Install it from https://nodejs.org and try again.' >&2; exit 1; }
	@node scripts/require-node.cjs

$(INSTALLED): package.json package-lock.json | node
	npm ci --no-audit --no-fund
	@touch $@

$(BUILT): $(SOURCES) package.json tsconfig.json tsconfig.build.json $(INSTALLED) | node
	npm run --silent build

install: node $(INSTALLED) ## install the exact dependencies of package-lock.json

build: node $(BUILT) ## compile to dist/

up: export PS_LOG_FORMAT ?= text
up: build ## run the service on http://127.0.0.1:8000 (PS_PORT=...) with its data in .data/; Ctrl-C stops it
	@node dist/src/entrypoints/server.js

demo: build ## watch a cluster be asked for, grown and given back, in a throwaway service
	@node test/demo/demo.mjs

test: build ## every test; what this machine lacks is skipped with its reason
	npm test --silent

check: build ## formatting, lint, types, import rules, and whether migrations lead to migrations/schema.sql
	npm run --silent check
	@PS_ENVIRONMENT=development node dist/src/entrypoints/psctl.js db make --check --from-migrations

bench: build ## measure requests per second and latencies
	npm run --silent bench

kills: build ## kill service, Terraform, provider and machine 200 times while a cluster on a simulated AWS changes
	PS_TEST_KILLS=200 npm run --silent test:e2e -- --testPathPatterns aws-kills

fuzz: build ## hold 20,000 arbitrary requests against the API documents
	@node test/fuzz/fuzz.mjs

provider-lock: ## write providers.lock.hcl: versions and hashes of the providers of clusters on AWS
	@scripts/provider-lock.sh providers.lock.hcl $(MIRROR)

$(addprefix ecs-ps-web-check-,$(ECS_DOMAINS)): ecs-ps-web-check-%: build ## whether a shell can be opened, and if not, why
	@node dist/src/entrypoints/psctl.js ecs check --domain $*

$(addprefix ecs-ps-web-shell-,$(ECS_DOMAINS)): ecs-ps-web-shell-%: build ## a shell in the container of the API
	@node dist/src/entrypoints/psctl.js ecs shell --domain $*

$(addprefix ecs-ps-web-run-,$(ECS_DOMAINS)): ecs-ps-web-run-%: build ## CMD='psctl list-orgs': run it there
	@node dist/src/entrypoints/psctl.js ecs run --domain $* -- $(CMD)

$(addprefix ecs-ps-web-task-,$(ECS_DOMAINS)): ecs-ps-web-task-%: build ## CMD='psctl list-orgs': run it in a task of its own
	@node dist/src/entrypoints/psctl.js ecs task --domain $* -- $(CMD)

image: ## build the container image ps-server, for the architecture of this machine
	docker build --file docker/Dockerfile --tag ps-server --build-arg REVISION="$$(git rev-parse HEAD)" .

clean: ## remove what install and build made; the data in .data/ stay
	rm -rf dist coverage node_modules
