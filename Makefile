SHELL := /bin/sh
.DEFAULT_GOAL := help
NODE_MODULES := node_modules/.package-lock.json

.PHONY: help install build up demo test check bench clean node-version

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

node-version:
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); if (a < 20 || (a === 20 && b < 19)) { console.error("ps-server needs Node 20.19 or newer, this is " + process.versions.node + ". Install a newer one from https://nodejs.org and try again."); process.exit(1); }' \
		|| { command -v node >/dev/null || echo 'ps-server needs Node 20.19 or newer and none is installed: https://nodejs.org' >&2; exit 1; }

$(NODE_MODULES): package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

install: node-version $(NODE_MODULES) ## install the exact dependencies of package-lock.json

build: install ## compile to dist/
	npm run --silent build

check: build ## formatting, lint, types, import rules
	npm run --silent check

test: build ## every test; what a machine lacks is skipped with its reason
	npm test --silent
