#!/bin/sh
# Checks everything: ./test.sh [--fuzz] [lint|build|test|fuzz]...
#
#   lint   gofmt, go vet, staticcheck
#   build  every package without cgo, for Linux, Windows and macOS (arm64); vet for 386
#   test   all tests, and again with the race detector where there is a C compiler;
#          those of the GPU engine on a GPU or on Mesa's software renderer
#   fuzz   every fuzz target, 12 seconds each, 24 seconds at most
#
# Without steps it takes lint, build and test; fuzz too with --fuzz or CI=true.
set -eu
cd "$(dirname "$0")"
. ./scripts/setup.sh

lint() {
	say "gofmt"
	unformatted=$("$(go env GOROOT)/bin/gofmt" -l .)
	[ -z "$unformatted" ] || die "gofmt would change:" "$unformatted"
	say "go vet"
	go vet ./...
	need_modules tools/go.mod
	say "staticcheck"
	go tool -modfile=tools/go.mod staticcheck ./...
}

build() {
	for platform in linux/amd64 windows/amd64 darwin/arm64; do
		say "go build for $platform, without cgo"
		CGO_ENABLED=0 GOOS=${platform%/*} GOARCH=${platform#*/} go build ./...
	done
	say "go vet for linux/386"
	CGO_ENABLED=0 GOARCH=386 go vet ./...
}

# use_race chooses whether there is a race detector, once.
use_race() {
	[ -z "${race+set}" ] || return 0
	race=-race
	if ! can_race; then
		race=
		warn "LEFT OUT: the race detector. It needs cgo and a C compiler. All tests run without it."
	fi
}

# run_tests runs all tests, and once more with the race detector, under which
# the longest of them are left out.
run_tests() {
	use_race
	need_opengl
	need_browser
	need_readers
	need_lcms
	need_slurm
	say "go test ./..."
	go test ./...
	say "go test -tags purego, without vector code"
	go test -tags purego ./kmeans/... ./imagefile/chroma ./imagefile/baseline ./imagefile/defilter ./quantize/ycbcr
	[ -n "$race" ] || return 0
	say "go test -race ./..."
	go test -race ./...
}

# fuzz_targets prints a line "package target" for each.
fuzz_targets() {
	# shellcheck disable=SC2086
	listed=$(go test $race -list '^Fuzz' ./...) || { echo "$listed" >&2; return 1; }
	echo "$listed" | awk '
		/^Fuzz/ { target[n++] = $1 }
		/^ok/   { for (i = 0; i < n; i++) print $2, target[i]; n = 0 }'
}

fuzz() {
	use_race
	targets=$(fuzz_targets)
	[ -n "$targets" ] || return 0
	count=$(echo "$targets" | wc -l)
	seconds=$((count > 2 ? 24 / count : 12))
	[ "$seconds" -gt 0 ] || seconds=1
	# A heredoc, not a pipe: a failure must end the script, not a subshell.
	while read -r package target; do
		say "fuzzing $package $target for $seconds seconds"
		fuzz_one "$package" "$target" "${seconds}s"
	done <<-END
		$targets
	END
}

# What is fuzzed needs no cgo, and OpenGL's package takes long to build once more for it.
# fuzz_one repeats a run that failed only because its time was up: Go before
# 1.27 may report the end of -fuzztime as a failure.
fuzz_one() {
	set -- env CGO_ENABLED=0 go test -run '^$' -fuzz "^$2\$" -fuzztime "$3" "$1"
	if ! fuzz_out=$("$@" 2>&1 </dev/null); then
		case $fuzz_out in
		*"Failing input written"* | *panic:*) ;;
		*"context deadline exceeded"*)
			say "the end of its time was taken for a failure: once more"
			"$@" </dev/null
			return
			;;
		esac
		printf '%s\n' "$fuzz_out" >&2
		return 1
	fi
	printf '%s\n' "$fuzz_out"
}

steps=
with_fuzz=${CI:-}
for arg; do
	case $arg in
	--fuzz) with_fuzz=true ;;
	lint | build | fuzz) steps="$steps $arg" ;;
	test) steps="$steps run_tests" ;;
	*) die "usage: ./test.sh [--fuzz] [lint|build|test|fuzz]..." ;;
	esac
done
if [ -z "$steps" ]; then
	steps="lint build run_tests"
	[ "$with_fuzz" != true ] || steps="$steps fuzz"
fi

need_go
need_modules go.mod
need_gpu
for step in $steps; do
	"$step"
done
