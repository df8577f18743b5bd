#!/bin/sh
# Builds ./kompress and reduces a photograph to 16 colours. Needs Go and git;
# run it as often as you like. The last line is the program's own.
set -eu
cd "$(dirname "$0")"

./scripts/build.sh

. ./scripts/setup.sh
photo=testdata/dandelions.jpg
out=demo-out/dandelions.png
say "reducing $photo (15.9 megapixels) to 16 colours: $out"
mkdir -p demo-out
exec ./kompress compress -k 16 --force -o "$out" "$photo"
