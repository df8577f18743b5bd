#!/bin/sh
# Measures the GPU engine: scripts/bench-gpu.sh [BINARY]. It builds nothing and needs
# only the binary that "make gpu.test" makes, the photographs in testdata and, for the
# comparison, a python3 with PyTorch. What is printed says where it ran.
set -eu
cd "$(dirname "$0")/.."
binary=${1:-./gpu.test}
[ -x "$binary" ] || {
	echo "bench-gpu: there is no $binary: make gpu.test builds it, where Go is" >&2
	exit 1
}
points=$(mktemp)
trap 'rm -f "$points"' EXIT
export KOMPRESS_REQUIRE_GPU=1 KOMPRESS_BENCH_PHOTOS="$PWD/testdata" KOMPRESS_BENCH_POINTS="$points"

echo "# $(date -u +%Y-%m-%dT%H:%MZ), $(uname -sm), $(nproc) cores, commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
grep -m 1 'model name' /proc/cpuinfo || true
if command -v nvidia-smi >/dev/null; then
	nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader || true
fi
"$binary" -test.v -test.run 'TestDeviceNumbers|TestClusteringConforms$|TestPixelsConform$|Slices|Bands|Faults' |
	grep -v '^=== RUN\|^    --- PASS'
"$binary" -test.run '^$' -test.bench . -test.benchtime 10x -test.timeout 60m
if python3 -c 'import torch' 2>/dev/null; then
	python3 scripts/bench_torch.py "$points"
else
	echo "PyTorch is not there: no comparison with it"
fi
