package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"kompress/cmd/kompress/explore"
)

func TestExplore(t *testing.T) {
	leaveOutWithRace(t)
	folder := t.TempDir()
	in := writePNG(t, filepath.Join(folder, "a.b.png"), colorful(20))
	page, numbers, table, plots := filepath.Join(folder, "a.b.explore.html"), filepath.Join(folder, "n.json"), filepath.Join(folder, "n.csv"), filepath.Join(folder, "p", "q")
	r := kompress(t, "explore", in, "-k5", "--json", numbers, "--csv="+table, "--png", plots)
	if r.code != exitDone || r.stderr != "" {
		t.Fatalf("got %+v", r)
	}
	lines := strings.Split(r.stdout, "\n")
	for i, want := range []string{page + ": report of 1 image, ", numbers + ": numbers of 1 image as JSON, ", table + ": numbers of 1 image as CSV, ", plots + ": 15 plots of 1 image as PNG"} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("got line %q, want %q", lines[i], want)
		}
	}
	var got explore.Report
	if err := json.Unmarshal(readFile(t, numbers), &got); err != nil {
		t.Fatal(err)
	}
	m := got.Images[0]
	if got.Schema != explore.Schema || got.K != 5 || m.Name != in || m.Format != "png" || m.Engine != "cpu" || m.Bytes != int64(len(readFile(t, in))) {
		t.Errorf("got %+v of %+v", m, got)
	}
	// What compress writes has the size that is told.
	for _, row := range m.Sweep {
		s := mustKompress(t, in, "-k", fmt.Sprint(row.K), "-o", filepath.Join(folder, "x.png"), "-f")
		if s.BytesOut != row.Bytes || s.Colors != row.Colors || s.MSE != row.MSE {
			t.Errorf("k = %d: got %+v, compress has %+v", row.K, row, s)
		}
	}
	if text := string(readFile(t, page)); !strings.HasPrefix(text, "<!DOCTYPE html>") || !strings.Contains(text, "a.b.png") {
		t.Errorf("got %.60q", text)
	}
	files, err := os.ReadDir(plots)
	if err != nil || len(files) != 15 {
		t.Errorf("got %d plots, %v", len(files), err)
	}
}

// Flags that compress has too mean the same.
func TestExploreOptions(t *testing.T) {
	leaveOutWithRace(t)
	t.Chdir(t.TempDir())
	photo(t, ".")
	flags := []string{"-k", "7", "--space", "oklab", "--effort", "fast", "--seed", "9", "--engine", "cpu"}
	if r := kompress(t, append([]string{"explore", "-q", "photo.png", "--json", "n.json"}, flags...)...); r != (result{}) {
		t.Fatalf("got %+v, want nothing to be printed", r)
	}
	var got explore.Report
	if err := json.Unmarshal(readFile(t, "n.json"), &got); err != nil {
		t.Fatal(err)
	}
	s := mustKompress(t, append([]string{"photo.png"}, flags...)...)
	if m := got.Images[0].Result; m.Bytes != s.BytesOut || m.MSE != s.MSE || m.Passes != s.Passes {
		t.Errorf("got %+v, compress has %+v", m, s)
	}
	if got.Space != "oklab" || got.Effort != "fast" || got.Seed != 9 {
		t.Errorf("got %+v", got)
	}
}

// A file that fails does not keep the others from being explored.
func TestExploreSome(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "a.png", colorful(3))
	writePNG(t, "b.png", colorful(4))
	whole := readFile(t, "a.png")
	writeFile(t, "cut.png", whole[:len(whole)/2])
	r := kompress(t, "explore", "a.png", "missing.png", "cut.png", "b.png", "-", "")
	if r.code != exitFailed || !strings.HasPrefix(r.stdout, "explore.html: report of 2 images, ") || strings.Count(r.stderr, "\n") != 4 {
		t.Errorf("got %+v", r)
	}
	for _, word := range []string{"missing.png: ", "cut.png: ", "standard input", "empty name"} {
		if !strings.Contains(r.stderr, word) {
			t.Errorf("got %q, want %q in it", r.stderr, word)
		}
	}
	checkFiles(t, ".", "a.png", "b.png", "cut.png", "explore.html")
	r = kompress(t, "explore", "cut.png", "--png", "plots", "--json", "n.json")
	checkFails(t, r, exitFailed, "cut.png")
	checkFiles(t, ".", "a.png", "b.png", "cut.png", "explore.html")
	checkFails(t, kompress(t, "explore", "--max-pixels", "9", "a.png"), exitFailed, "a.png", "too many pixels")
}

func TestExploreUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(3))
	writeFile(t, "file", nil)
	if err := os.Mkdir("folder", 0o777); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ args, words string }{
		{"", "image is missing;kompress explore --help"},
		{"x.png -k 0", "--colors: got 0"},
		{"x.png -k 257", "--colors: got 257"},
		{"x.png --effort x", `--effort: got "x"`},
		{"x.png --space x", `--space: got "x"`},
		{"x.png --engine x", `--engine: got "x"`},
		{"x.png --max-pixels 0", "--max-pixels: got 0"},
		{"x.png -o -", "--output: standard output;./-"},
		{"x.png -o=", "--output: got an empty name"},
		{"x.png --json=", "--json: got an empty name"},
		{"x.png --png=", "--png: got an empty name"},
		{"x.png -o folder", "--output: folder is a folder, want a file"},
		{"x.png --csv new/", "--csv: new/ is a folder"},
		{"x.png -o y.png", "--output: y.png ends in .png"},
		{"x.png -o y --json ./y", "--json: ./y is the file of --output already"},
		{"x.png --png file", "--png: file is a file, want a folder"},
		{"x.png -o y --png ./y", "--png: ./y is the file of --output already"},
		{"x.png --csv y --png y", "--png: y is the file of --csv already"},
		{"x.png --verbose", "unknown flag --verbose"},
	} {
		checkFails(t, kompress(t, append([]string{"explore"}, strings.Fields(test.args)...)...), exitUsage, strings.Split(test.words, ";")...)
	}
	checkFiles(t, ".", "file", "folder", "x.png")
}

// Nothing that matters is overwritten.
func TestExploreCollisions(t *testing.T) {
	leaveOutWithRace(t)
	t.Chdir(t.TempDir())
	in := writePNG(t, "x.png", colorful(3))
	before := readFile(t, in)
	writeFile(t, "x.explore.html", []byte("old"))
	checkFails(t, kompress(t, "explore", in), exitFailed, "x.explore.html: file already exists", "--force")
	writeFile(t, "gone.explore.html", nil) // this is found before any work is done
	checkFails(t, kompress(t, "explore", "gone.png"), exitFailed, "gone.explore.html: file already exists")
	checkFails(t, kompress(t, "explore", in, "-o", "new/y.html"), exitFailed, "y.html: folder new: no such file")
	checkFails(t, kompress(t, "explore", in, "-o", "x.png/y.html"), exitFailed, "y.html: folder x.png: not a folder")
	if err := os.Link(in, "y.html"); err != nil {
		t.Fatal(err)
	}
	checkFails(t, kompress(t, "explore", "-f", in, "-o", "y.html"), exitFailed, "y.html: it is one of the images")
	checkFails(t, kompress(t, "explore", "-f", in, "--csv", "y.html"), exitFailed, "y.html: it is one of the images")
	if err := os.Mkdir("plots", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(in, "plots/x.histogram.png"); err != nil {
		t.Fatal(err)
	}
	// These are found before any work is done, too.
	r := kompress(t, "explore", "-fq", in, "-o", "z.html", "--png", "plots")
	checkFails(t, r, exitFailed, "x.histogram.png: it is one of the images")
	writeFile(t, "plots/gone-2.rate.png", nil)
	r = kompress(t, "explore", "a/gone.png", "gone.png", "-o", "z.html", "--png", "plots")
	checkFails(t, r, exitFailed, "gone-2.rate.png: file already exists", "--force")
	if _, err := os.Stat("z.html"); err == nil {
		t.Error("the page was written before")
	}
	if !bytes.Equal(readFile(t, in), before) || string(readFile(t, "x.explore.html")) != "old" {
		t.Error("a file was overwritten")
	}
	if r := kompress(t, "explore", "-f", in); r.code != exitDone || string(readFile(t, "x.explore.html")) == "old" {
		t.Errorf("with --force: got %+v", r)
	}
}

// One file has one content, whatever it is called, and links that lead nowhere are found
// before any work is done.
func TestExploreTargetsThatAreOne(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "a.html", []byte("old"))
	symlink(t, "a.html", "b.json")
	symlink(t, "nowhere", "c.csv")
	checkFails(t, kompress(t, "explore", "-f", "gone.png", "-o", "a.html", "--json", "b.json"), exitUsage, "b.json is the file of --output already")
	checkFails(t, kompress(t, "explore", "-f", "gone.png", "--csv", "c.csv"), exitFailed, "c.csv", "leads nowhere")
	checkFails(t, kompress(t, "explore", "-f", "gone.png", "-o", "/dev/fd/1"), exitUsage, "/dev/fd/1")
	if string(readFile(t, "a.html")) != "old" {
		t.Error("it was overwritten")
	}
}

func TestExploreUnwritable(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("here every folder can be written to")
	}
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(3))
	if err := os.Mkdir("locked", 0o555); err != nil {
		t.Fatal(err)
	}
	checkFails(t, kompress(t, "explore", "x.png", "-o", "locked/x.html"), exitFailed, "locked/x.html: permission denied")
	checkFails(t, kompress(t, "explore", "-q", "x.png", "--png", "locked/plots"), exitFailed, "--png: cannot make the folder locked/plots: permission denied")
}

// Wherever an interrupt arrives, a file is whole or not there.
func TestExploreInterrupted(t *testing.T) {
	leaveOutWithRace(t)
	folder := t.TempDir()
	in := writePNG(t, filepath.Join(folder, "x.png"), colorful(4))
	page, plots := filepath.Join(folder, "x.explore.html"), filepath.Join(folder, "plots")
	interrupts := 0
	for n := int64(0); ; n += 1 + n/4 {
		r := kompressContext(newCountdown(t.Context(), n), "explore", in, "--png", plots)
		if r.code == exitDone {
			break
		}
		interrupts++
		if r.code != exitFailed || r.stderr != "kompress: interrupted\n" {
			t.Fatalf("after %d: got %+v, want it to be interrupted", n, r)
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Name() != "x.png" && e.Name() != "x.explore.html" && e.Name() != "plots" {
				t.Fatalf("after %d: %s is left", n, e.Name())
			}
		}
		if data, err := os.ReadFile(page); err == nil && !bytes.HasSuffix(data, []byte("</html>\n")) {
			t.Fatalf("after %d: the page is cut off", n)
		}
		files, err := os.ReadDir(plots)
		if err == nil && len(files) == 0 {
			t.Fatalf("after %d: an empty folder is left", n)
		}
		for _, f := range files {
			decode(t, filepath.Join(plots, f.Name()))
		}
		os.RemoveAll(plots)
		os.Remove(page)
	}
	if interrupts < 8 {
		t.Errorf("got only %d interrupts, want more", interrupts)
	}
}

// An untilThere is a context that is cancelled when a file or folder is there.
type untilThere struct {
	context.Context
	cancel context.CancelFunc
	path   string
}

func (u untilThere) Err() error {
	if _, err := os.Stat(u.path); err == nil {
		u.cancel()
	}
	return u.Context.Err()
}

// A folder that was made, and got nothing in, goes.
func TestExploreLeavesNoEmptyFolder(t *testing.T) {
	leaveOutWithRace(t)
	folder := t.TempDir()
	in := writePNG(t, filepath.Join(folder, "x.png"), colorful(4))
	ctx, cancel := context.WithCancel(t.Context())
	plots := filepath.Join(folder, "new", "plots")
	r := kompressContext(untilThere{ctx, cancel, plots}, "explore", "-q", in, "--png", plots)
	checkFails(t, r, exitFailed, "interrupted")
	checkFiles(t, folder, "x.explore.html", "x.png")
}

// What completes compress completes explore.
func TestExploreCompletion(t *testing.T) {
	for words, want := range map[string]string{
		"explore|--e":     "--effort --engine",
		"explore|-e|":     "fast default best",
		"explore|--space": "--space",
		"explore|--png|":  "",
	} {
		r := kompress(t, append([]string{completeCommand}, strings.Split(words, "|")...)...)
		var got []string
		for line := range strings.Lines(r.stdout) {
			name, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			got = append(got, name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", words, got, want)
		}
	}
	help := kompress(t, "explore", "--help").stdout
	for _, f := range exploreFlags() {
		if !strings.Contains(help, dashed(f.Names()[0])+" ") {
			t.Errorf("help lacks %s", f.Names()[0])
		}
	}
	for line := range strings.Lines(help) {
		if len(line) > helpWidth+1 {
			t.Errorf("too long: %q", line)
		}
	}
}
