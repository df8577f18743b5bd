#!/bin/sh
# Builds ./kompress. Needs Go; says what else it installs or leaves out.
set -eu
cd "$(dirname "$0")/.."
. ./scripts/setup.sh

need_go
need_modules go.mod
need_gpu
say "building ./kompress"
go build -o "kompress$(go env GOEXE)" ./cmd/kompress
