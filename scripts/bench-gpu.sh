#!/bin/sh
# Tests and measures the GPU engine: scripts/bench-gpu.sh [BINARY]. It builds nothing
# and needs only the binary that "make gpu.test" makes, the photographs in testdata
# and, for the comparison, a python3 with PyTorch. What it prints says where it ran.
#
#   KOMPRESS_BENCH_MP=10          the image's megapixels, 100 if not set
#   KOMPRESS_BENCH_SOFTWARE=1     goes on although OpenGL runs on the CPU
set -eu
cd "$(dirname "$0")/.."
binary=${1:-./gpu.test}
[ -x "$binary" ] || {
	echo "bench-gpu: there is no $binary: make gpu.test builds it, where Go is" >&2
	exit 1
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export KOMPRESS_REQUIRE_GPU=1 KOMPRESS_TESTDATA="$PWD/testdata" KOMPRESS_BENCH_POINTS="$tmp/points"

echo "# $(date -u +%Y-%m-%dT%H:%MZ), $(uname -sm), $(nproc) cores, commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
grep -m 1 'model name' /proc/cpuinfo || true
if command -v nvidia-smi >/dev/null; then
	nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader || true
fi
"$binary" -test.v -test.run TestDeviceNumbers | tee "$tmp/devices"
if ! grep -q Software:false "$tmp/devices" && [ "${KOMPRESS_BENCH_SOFTWARE:-}" != 1 ]; then
	echo "bench-gpu: OpenGL runs on the CPU here; KOMPRESS_BENCH_SOFTWARE=1 measures it all the same" >&2
	exit 1
fi

# run shows what a command prints, and fails if it does.
run() {
	{ "$@" 2>&1 || echo failed >"$tmp/failed"; } | tee "$tmp/out"
	[ ! -e "$tmp/failed" ]
}

echo "# tests"
run "$binary" -test.v -test.timeout 30m
echo "# benchmarks"
run "$binary" -test.run '^$' -test.bench . -test.benchtime 10x -test.timeout 60m
mv "$tmp/out" "$tmp/bench"
if python3 -c 'import torch' 2>/dev/null; then
	python3 scripts/bench_torch.py "$tmp/points" | tee "$tmp/torch"
else
	echo "PyTorch is not there: no comparison with it (python3 -m pip install torch)"
fi

# The ratios that matter, from what was measured in this run.
cat "$tmp/bench" "$tmp/torch" 2>/dev/null | awk '
	/^Benchmark/ { name = $1; sub(/-[0-9]+$/, "", name); ns[name] = $3 }
	/^BenchmarkPass/ { for (i = 4; i < NF; i++) if ($(i + 1) == "device-ms") pass = $i }
	/^PyTorch/ { for (i = 1; i < NF; i++) if ($(i + 1) ~ /^ms/) torch = $i }
	END {
		print "# ratios; wanted on hardware: 3 times, 10 with the pixels there, 1.5, 5"
		for (k = 16; k <= 256; k *= 16) {
			image = "BenchmarkImage/k=" k "/engine="
			printf "k=%d: the CPU takes %.1f times what the GPU takes, %.1f times with the pixels there\n", k, ns[image "cpu"] / ns[image "gpu"], ns[image "cpu"] / ns[image "gpu-resident"]
		}
		printf "upload: %.2f times a plain copy\n", ns["BenchmarkUpload/of=image"] / ns["BenchmarkUpload/of=pinned"]
		if (torch) printf "a pass: PyTorch takes %.1f times the device time\n", torch / pass
	}'
