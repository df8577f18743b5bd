package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"kompress/cmd/kompress/bench"
	"kompress/gpu"
)

// readBench reads what bench --json has written.
func readBench(t testing.TB, path string) *bench.Report {
	t.Helper()
	r, err := bench.ReadJSON(bytes.NewReader(readFile(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBench(t *testing.T) {
	leaveOutWithRace(t)
	folder := t.TempDir()
	in := photo(t, folder)
	file := func(name string) string { return filepath.Join(folder, name) }
	args := []string{"bench", "--engine", "cpu", "-k", "4,16", "--runs=2", in, "--effort", "fast",
		"--json", file("r.json"), "--csv", file("r.csv"), "--markdown", file("r.md"), "--plot", file("r.svg")}
	r := kompress(t, args...)
	if r.code != exitDone || r.stderr != "" {
		t.Fatalf("got status %d and %q", r.code, r.stderr)
	}
	checkFiles(t, folder, "photo.png", "r.csv", "r.json", "r.md", "r.svg")
	for _, want := range []string{"command:     kompress bench --engine cpu -k 4,16 --runs=2 " + in, "program:", "processor:", "memory:", "system:", "go:", "cpu engine:",
		"k = 4:", "k = 16:", "decode", "count", "cluster", "map", "encode", "MP/s", "of copy", "mini-batch steps", "distinct colors", "2 runs of each: too few"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("there is no %q in:\n%s", want, r.stdout)
		}
	}
	found := readBench(t, file("r.json"))
	c := found.Images[0].Cases[1]
	s := mustKompress(t, "-k16", "--effort", "fast", "-o", file("out.png"), in)
	if !found.Complete || c.MSE != s.MSE || c.Bytes != s.BytesOut || c.Passes != s.Passes || found.Images[0].Distinct != s.Distinct || found.Settings.Effort != "fast" {
		t.Errorf("got %+v, want what compress says: %+v", c, s)
	}
	if rows, err := csv.NewReader(bytes.NewReader(readFile(t, file("r.csv")))).ReadAll(); err != nil || len(rows) < 20 {
		t.Errorf("got %d rows, %v", len(rows), err)
	}
	if !strings.Contains(string(readFile(t, file("r.md"))), "| stage | engine |") {
		t.Error("the Markdown has no table")
	}
	if err := xml.Unmarshal(readFile(t, file("r.svg")), new(struct{})); err != nil {
		t.Error(err)
	}
	// With a baseline, and over the files that are there.
	again := kompress(t, append(args, "--force", "--json", file("new.json"), "--baseline", file("r.json"))...)
	if again.code != exitDone || !strings.Contains(again.stdout, "Against ") || !strings.Contains(again.stdout, "did not change beyond the noise") {
		t.Errorf("got %+v", again)
	}
}

// Both engines on the same work, wherever there is an OpenGL.
func TestBenchOnGPU(t *testing.T) {
	requireGPU(t)
	folder := t.TempDir()
	in, out := photo(t, folder), filepath.Join(folder, "r.json")
	r := kompress(t, "bench", "--engine", "cpu,gpu", "-k8", "--runs", "2", "--json", out, "--plot", filepath.Join(folder, "r.png"), in)
	if r.code != exitDone || r.stderr != "" || !strings.Contains(r.stdout, "gpu against cpu") || !strings.Contains(r.stdout, "The cpu and the gpu engine found the same palette and indices") {
		t.Fatalf("got %+v", r)
	}
	if _, err := png.Decode(bytes.NewReader(readFile(t, filepath.Join(folder, "r.png")))); err != nil {
		t.Error(err)
	}
	found := readBench(t, out)
	if len(found.Engines) != 2 || found.Engines[1].Name == "" || found.Engines[1].Driver == "" {
		t.Errorf("got engines %+v", found.Engines)
	}
	devices, err := gpu.Devices()
	if err != nil {
		t.Fatal(err)
	}
	software := gpu.SoftwareRenderer(found.Engines[1].Name)
	if warned := strings.Contains(strings.Join(strings.Fields(r.stdout), " "), "runs on the CPU: this is no GPU"); warned != software || software != found.Engines[1].Software {
		t.Errorf("got a warning: %v, of a software renderer: %v (%+v)", warned, software, devices)
	}
	c := found.Images[0].Cases[0]
	if c.Differ != "" {
		t.Errorf("got %s", c.Differ)
	}
	for _, name := range []string{bench.Upload, bench.Count, bench.Cluster, bench.Map, bench.ReadBack} {
		ok := false
		for _, s := range c.Stages {
			ok = ok || s.Name == name && s.Engine == "gpu" && len(s.Seconds) == 2 && len(s.Device) == 2
		}
		if !ok {
			t.Errorf("there are no times of %s on the GPU", name)
		}
	}
}

// Without images there is one that the program brings with it.
func TestBenchOfShippedPhoto(t *testing.T) {
	leaveOutWithRace(t)
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	out := filepath.Join(folder, "r.json")
	r := kompress(t, "bench", "--engine=cpu", "-k2", "--size", "0.1,0.2", "--runs=1", "--warmup=0", "--json", out, "-q")
	if r.code != exitDone || r.stdout != "" || r.stderr != "" {
		t.Fatalf("got %+v", r)
	}
	checkFiles(t, folder, "r.json")
	found := readBench(t, out)
	if len(found.Images) != 2 || found.Images[0].Width != 422 || found.Images[1].Width != 596 || !found.Images[0].Scaled {
		t.Errorf("got %+v", found.Images)
	}
	for _, size := range []float64{6, 24, 96} { // what it takes if nothing is said
		if _, err := parseSizes("6,24,96", size); (err == nil) != (size == 96) {
			t.Errorf("at most %g megapixels: got error %v", size, err)
		}
	}
}

func TestBenchFormats(t *testing.T) {
	leaveOutWithRace(t)
	in := photo(t, t.TempDir())
	for format, first := range map[string]string{"json": "{", "csv": "image,width,", "markdown": "- command: ", "gobench": "goarch: ", "text": "  command: "} {
		r := kompress(t, "bench", "--engine=cpu", "-k2", "--runs=1", "--warmup=0", "--format", format, in)
		// Where there is no place for warnings they are on the other output.
		if r.code != exitDone || (r.stderr == "") != (format == "text") || !strings.Contains(r.stderr+r.stdout, "1 run of each: too few") || !strings.HasPrefix(r.stdout, first) {
			t.Errorf("%s: got status %d, %q and %.80s", format, r.code, r.stderr, r.stdout)
		}
		if format == "json" && !json.Valid([]byte(r.stdout)) {
			t.Errorf("got no JSON: %.80s", r.stdout)
		}
	}
}

func TestBenchUsage(t *testing.T) {
	folder := t.TempDir()
	in := photo(t, folder)
	there := filepath.Join(folder, "there.json")
	if err := os.WriteFile(there, []byte("{}"), 0o666); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, "link")
	symlink(t, filepath.Join(folder, "nowhere"), link)
	for _, test := range []struct {
		code  int
		args  []string
		words []string
	}{
		{exitUsage, []string{"--engine", "tpu"}, []string{"--engine", `"tpu"`, "cpu,gpu"}},
		{exitUsage, []string{"--engine", "cpu,cpu"}, []string{"--engine", "twice"}},
		{exitUsage, []string{"--engine", "auto"}, []string{"--engine", "auto"}},
		{exitUsage, []string{"-k", "16,"}, []string{"--colors", "16,64,256"}},
		{exitUsage, []string{"-k", "0"}, []string{"--colors", "1 to 256"}},
		{exitUsage, []string{"-k", "2,257"}, []string{"--colors", "1 to 256"}},
		{exitUsage, []string{"-k", "2,2"}, []string{"--colors", "twice"}},
		{exitUsage, []string{"--size", "x"}, []string{"--size", "megapixels"}},
		{exitUsage, []string{"--size", "-1"}, []string{"--size", "megapixels"}},
		{exitUsage, []string{"--size", "NaN"}, []string{"--size", "megapixels"}},
		{exitUsage, []string{"--size", "10", "--max-pixels", "1000"}, []string{"--size", "0.001"}},
		{exitUsage, []string{"--runs", "0"}, []string{"--runs", "at least 1"}},
		{exitUsage, []string{"--warmup", "-1"}, []string{"--warmup"}},
		{exitUsage, []string{"--format", "xml"}, []string{"--format", "gobench"}},
		{exitUsage, []string{"--baseline", there, "--format", "csv"}, []string{"--baseline", "--format text"}},
		{exitUsage, []string{"--plot", "x.gif"}, []string{"--plot", ".svg or .png"}},
		{exitUsage, []string{"--json", "-"}, []string{"--json", "--format"}},
		{exitFailed, []string{"--json", folder}, []string{"--json", "is a folder"}},
		{exitUsage, []string{"--json", folder + "/a", "--csv", folder + "/a"}, []string{"--json", "--csv", "both"}},
		{exitUsage, []string{"--device", "1", "--engine", "cpu"}, []string{"--device", "GPU"}},
		{exitFailed, []string{"--engine=cpu", "--json", link, "--csv", filepath.Join(folder, "x.csv"), "--force"}, []string{"link", "leads nowhere"}},
		{exitUsage, []string{"--json", folder + "/b.PNG"}, []string{"name of an image"}},
		{exitUsage, []string{"--json", folder + "/b.jpg"}, []string{"name of an image"}},
		{exitUsage, []string{"--csv", "/dev/stdout"}, []string{"/dev/stdout", "--format"}},
		{exitUsage, []string{"--baseline", ""}, []string{"--baseline", "empty"}},
		{exitUsage, []string{"--size", "1_0"}, []string{"--size"}},
		{exitUsage, []string{"--size", "0x1p3"}, []string{"--size"}},
		{exitFailed, []string{"--json", there}, []string{"there.json", "exists"}},
		{exitUsage, []string{"--json", in, "--force"}, []string{"photo.png", "name of an image"}},
		{exitFailed, []string{"--json", folder + "/no/such.json"}, []string{"no such file or directory"}},
		{exitFailed, []string{"--baseline", there}, []string{"there.json", "kind"}},
		{exitFailed, []string{"--baseline", in}, []string{"photo.png", "no JSON"}},
		{exitFailed, []string{"--baseline", folder + "/none"}, []string{"none", "no such file"}},
	} {
		checkFails(t, kompress(t, append([]string{"bench", in}, test.args...)...), test.code, test.words...)
	}
	checkFiles(t, folder, "link", "photo.png", "there.json")
}

// An image that fails does not keep the others from being measured.
func TestBenchOfBadImages(t *testing.T) {
	leaveOutWithRace(t)
	folder := t.TempDir()
	in := photo(t, folder)
	bad := filepath.Join(folder, "bad.png")
	if err := os.WriteFile(bad, readFile(t, in)[:2000], 0o666); err != nil {
		t.Fatal(err)
	}
	r := kompress(t, "bench", "--engine=cpu", "-k2", "--runs=1", bad, in, filepath.Join(folder, "none.png"), folder, "")
	if r.code != exitFailed || strings.Count(r.stderr, "\n") != 4 || !strings.Contains(r.stderr, "bad.png") || !strings.Contains(r.stdout, "photo.png, 0.019 MP") {
		t.Errorf("got %+v", r)
	}
}

// What is read is not overwritten: neither images nor the earlier run.
func TestBenchKeepsItsInputs(t *testing.T) {
	leaveOutWithRace(t)
	folder := t.TempDir()
	in, old := photo(t, folder), filepath.Join(folder, "old.json")
	if r := kompress(t, "bench", "--engine=cpu", "-k2", "--runs=1", "-q", "--json", old, in); r.code != exitDone {
		t.Fatalf("got %+v", r)
	}
	before := readFile(t, old)
	alias := filepath.Join(folder, "alias.csv")
	symlink(t, old, alias)
	for _, args := range [][]string{{"--json", old}, {"--csv", alias}} {
		checkFails(t, kompress(t, append([]string{"bench", "--engine=cpu", "-k2", "--runs=1", "--force", "--baseline", old, in}, args...)...), exitFailed, "it is read")
	}
	checkFails(t, kompress(t, "bench", "--engine=cpu", "--force", "--json", old, "--csv", alias, in), exitUsage, "both")
	if !bytes.Equal(readFile(t, old), before) {
		t.Error("the earlier run was overwritten")
	}
	other := writePNG(t, filepath.Join(folder, "other.png"), colorful(3))
	checkFails(t, kompress(t, "bench", "--engine=cpu", "--baseline", old, other), exitFailed, "none of these images")
}

// Names cannot do anything to a terminal or a spreadsheet.
func TestBenchOddNames(t *testing.T) {
	leaveOutWithRace(t)
	folder := t.TempDir()
	name := filepath.Join(folder, "\x1b[31mre\nd\u202e.png")
	if runtime.GOOS == "windows" {
		t.Skip("such names are forbidden here")
	}
	if err := os.Rename(photo(t, folder), name); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"text", "markdown"} {
		r := kompress(t, "bench", "--engine=cpu", "-k2", "--runs=1", "--format", format, name)
		if r.code != exitDone || strings.ContainsAny(r.stdout, "\x1b\u202e") || strings.Contains(r.stdout, "re\nd") {
			t.Errorf("%s: got %+v", format, r)
		}
	}
	t.Chdir(folder)
	writePNG(t, "=cmd().png", colorful(3))
	if r := kompress(t, "bench", "--engine=cpu", "-k2", "--runs=1", "--format", "csv", "=cmd().png"); !strings.Contains(r.stdout, "\n./=cmd().png,") {
		t.Errorf("got %s", r.stdout)
	}
}

// When nobody reads what it prints, and nothing else is kept, the work ends.
func TestBenchEndsWithItsReader(t *testing.T) {
	leaveOutWithRace(t)
	in := photo(t, t.TempDir())
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"kompress", "bench", "--engine=cpu", "-k2", "--runs=1000000", in}, brokenPipe{}, &stderr)
	if code != exitFailed || !strings.Contains(stderr.String(), "standard output") {
		t.Errorf("got status %d and %q", code, stderr.String())
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// After an interrupt what is done is printed and kept.
func TestBenchInterrupted(t *testing.T) {
	folder := t.TempDir()
	in, out := photo(t, folder), filepath.Join(folder, "r.json")
	for n := int64(64); ; n *= 2 {
		r := kompressContext(newCountdown(t.Context(), n), "bench", "--engine=cpu", "-k2", "--runs=1000", "--force", "--json", out, in)
		if r.code != exitFailed || r.stderr != "kompress: interrupted\n" {
			t.Fatalf("got status %d and %q", r.code, r.stderr)
		}
		if !strings.Contains(r.stdout, "of 1000 runs") {
			continue // it came before the first
		}
		found := readBench(t, out)
		runs := len(found.Images[0].Cases[0].Stages[0].Seconds)
		if found.Complete || runs < 1 || !strings.Contains(r.stdout, strconv.Itoa(runs)+" of 1000 runs") || !strings.Contains(r.stdout, "interrupted") {
			t.Errorf("got %d runs, complete %v, and:\n%s", runs, found.Complete, r.stdout)
		}
		return
	}
}

// What cannot be written is said before the work, or when it happens.
func TestBenchOnFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /dev/full")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	var stderr bytes.Buffer
	in := photo(t, t.TempDir())
	code := run(t.Context(), []string{"kompress", "bench", "--engine=cpu", "-k2", "--runs=1", in}, io.Writer(full), &stderr)
	if code != exitFailed || !strings.Contains(stderr.String(), "standard output: no space left") {
		t.Errorf("got status %d and %q", code, stderr.String())
	}
}
