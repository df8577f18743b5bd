package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every image is in one shard, whatever is before the folder that was named, and shards
// are of about the same size even where names differ in a digit.
func TestShards(t *testing.T) {
	for _, of := range []uint64{1, 2, 3, 4, 7, 16} {
		sizes := make([]int, of)
		for i := range 2000 {
			in := input{name: fmt.Sprintf("roll/IMG_%04d.JPG", 2*i)}
			shards := 0
			for number := range of {
				if (shard{number, of}).has(in) {
					shards++
					sizes[number]++
				}
			}
			if shards != 1 {
				t.Fatalf("%s: got %d shards of %d", in.name, shards, of)
			}
		}
		mean := 2000 / int(of)
		if low, high := slices.Min(sizes), slices.Max(sizes); low < mean*2/3 || high > mean*4/3 {
			t.Errorf("got from %d to %d images in %d shards", low, high, of)
		}
	}
	if !(shard{}).has(input{}) {
		t.Error("without --shard an image is left out")
	}
	// Machines with another version have to agree.
	for name, number := range map[string]uint64{"a.png": 2, "b.png": 4, "more/a.png": 3} {
		if s := (shard{number, 5}); !s.has(input{name: name}) {
			t.Errorf("%s is not in %v", name, s)
		}
	}
}

// The names that shards go by are the same wherever a folder is.
func TestInputNames(t *testing.T) {
	album(t)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	namesOf := func(args ...string) string {
		var names []string
		for _, in := range (&search{recursive: true, fail: func(error) {}}).inputs(args) {
			names = append(names, in.name)
		}
		return strings.Join(names, " ")
	}
	const all = "a9.png a10.png B.jpg deep/a9.png deep/er/z.bmp lone.k16.png noname"
	for arg, want := range map[string]string{
		"in": all, "in/": all, "./in": all, filepath.Join(here, "in"): all,
		"in/**/*.{png,bmp}":         "a9.png a10.png deep/a9.png deep/er/z.bmp lone.k16.png",
		here + "/in/**/*.{png,bmp}": "a9.png a10.png deep/a9.png deep/er/z.bmp lone.k16.png",
		"in/a9.png":                 "in/a9.png", "./in//a9.png": "in/a9.png",
	} {
		if got := namesOf(arg); got != want {
			t.Errorf("%s: got %q, want %q", arg, got, want)
		}
	}
}

// The results of all shards are those of one run.
func TestShardsOfCompress(t *testing.T) {
	album(t)
	if r := kompress(t, "compress", "-qr", "-e", "fast", "in", "-o", "want"); r != (result{}) {
		t.Fatalf("got %+v", r)
	}
	for i := range 3 {
		if r := kompress(t, "compress", "-qr", "-e", "fast", "in", "-o", "got", "--shard", fmt.Sprintf("%d/3", i)); r != (result{}) {
			t.Fatalf("got %+v", r)
		}
	}
	want, got := filesIn(t, "want", "."), filesIn(t, "got", ".")
	if len(got) != len(want) || len(got) != 7 {
		t.Errorf("got %d files, want %d", len(got), len(want))
	}
	for name, data := range want {
		if got[name] != data {
			t.Errorf("%s is not what it is without shards", name)
		}
	}
	// What would be overwritten by another machine is refused by each.
	for i := range 3 {
		r := kompress(t, "compress", "in/a9.png", "in/deep/a9.png", "-o", "other", "--shard", fmt.Sprintf("%d/3", i))
		checkFails(t, r, exitFailed, "both would become", "nothing was done")
	}
}

func TestEmptyShard(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(3))
	full, empty := "", ""
	for i := range 2 {
		text := fmt.Sprintf("%d/2", i)
		if (shard{uint64(i), 2}).has(input{name: "x.png"}) {
			full = text
		} else {
			empty = text
		}
	}
	note := "kompress: note: of 1 image none is in shard " + empty + "\n"
	if r := kompress(t, "compress", "x.png", "--shard", empty); r != (result{exitDone, "", note}) {
		t.Errorf("got %+v", r)
	}
	if r := kompress(t, "count", "x.png", "--shard", empty, "-o", "none.counts"); r.code != exitDone || r.stderr != note || !strings.HasPrefix(r.stdout, "none.counts: 0 colors, 0 pixels, 0 images, ") {
		t.Errorf("got %+v", r)
	}
	mustCount(t, "x.png", "--shard", full, "-o", "one.counts")
	want := kompress(t, "palette", "x.png")
	if got := kompress(t, "palette", "none.counts", "one.counts"); got != want || got.code != exitDone {
		t.Errorf("got %+v, want %+v", got, want)
	}
	checkFails(t, kompress(t, "palette", "none.counts"), exitFailed, "no palette: the counts are of no images")
	checkFiles(t, ".", "none.counts", "one.counts", "x.png")
}

func TestShardUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(3))
	for text, want := range map[string]string{
		"4/4":          "--shard: got 4/4, want 0/4 to 3/4",
		"-1/4":         "--shard: got -1/4, want 0/4 to 3/4",
		"/4":           "--shard: got /4, want 0/4 to 3/4",
		"1":            `--shard: got "1", want I/N, as in 0/4 to 3/4`,
		"0/0":          `--shard: got "0/0", want I/N`,
		"1/2/3":        `--shard: got "1/2/3", want I/N`,
		"":             `--shard: got "", want I/N`,
		"0/9999999999": `--shard: got "0/9999999999", want I/N`,
	} {
		for _, command := range []string{"count", "compress"} {
			checkFails(t, kompress(t, command, "x.png", "--shard="+text), exitUsage, want)
		}
	}
	checkFails(t, kompress(t, "compress", "-", "--shard=0/1"), exitUsage, "--shard: standard input has no name")
	checkFiles(t, ".", "x.png")
}
