# Shortcuts; everything here is also a plain command or a script.
SHELL := /bin/bash
BENCH ?= .
OUT ?= bench.txt

.PHONY: help build test bench bench-report bench-large gpu.test bench-gpu lint fuzz demo clean

help: ## lists the targets
	@awk -F ':.*## ' '/^[a-z.-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## builds ./kompress
	@./scripts/build.sh

test: ## everything ./test.sh checks
	@./test.sh

lint: ## gofmt, go vet, staticcheck
	@./test.sh lint

fuzz: ## every fuzz target, 24 seconds in all
	@./test.sh fuzz

demo: ## builds ./kompress and reduces a photograph to 16 colours
	@./demo.sh

bench: ## benchmarks, six times each: BENCH=regexp OUT=file
	@set -o pipefail; go test -run '^$$' -bench '$(BENCH)' -benchmem -count 6 ./... | tee '$(OUT)'
	@echo 'To compare: keep $(OUT) as bench-old.txt, make a change, make bench again, then'
	@echo '  go tool -modfile=tools/go.mod benchstat bench-old.txt $(OUT)'

bench-report: ## measures kompress and its peers, writes docs/benchmarks.md (a quarter of an hour)
	@set -e; . ./scripts/setup.sh; need_go; need_modules go.mod; need_peers; ./scripts/build.sh; go run ./scripts/benchreport $(REPORT)

bench-large: ## measures images of up to a gigapixel, into docs/benchmarks.md (a quarter of an hour, 12 GB of disk)
	@set -e; . ./scripts/setup.sh; need_go; need_modules go.mod; need_peers; ./scripts/build.sh; go run ./scripts/benchreport -large testdata/dandelions.jpg testdata/kodim05.png testdata/kodim23.png

gpu.test: ## builds the program that bench-gpu runs
	@. ./scripts/setup.sh; need_go; need_modules go.mod; need_gpu; go test -c -o $@ ./gpu

bench-gpu: ## tests and measures the GPU engine on this machine; needs only ./gpu.test
	@./scripts/bench-gpu.sh

clean: ## removes what the other targets made
	rm -rf kompress kompress.exe demo-out dist bench*.txt *.prof *.test
