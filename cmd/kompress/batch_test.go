package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kompress/imagefile"
	"kompress/quantize"
)

// crops writes n small parts of a photograph.
func crops(t testing.TB, folder string, n int) {
	t.Helper()
	m := decode(t, filepath.Join(testdata, "kodim23.png")).(*image.RGBA)
	for i := range n {
		x, y, size := 37*i%700, 53*i%450, 16+5*i%40
		writePNG(t, filepath.Join(folder, fmt.Sprintf("%d.png", i)), m.SubImage(image.Rect(x, y, x+size, y+size)))
	}
}

// How many are done at a time shows neither in the files nor in the order of the lines.
func TestJobs(t *testing.T) {
	in := t.TempDir()
	crops(t, in, 24)
	writeFile(t, filepath.Join(in, "3.png"), []byte("broken"))
	var first string
	for _, jobs := range []string{"1", "2", "7", "100"} {
		out := filepath.Join(t.TempDir(), "out")
		r := kompress(t, "compress", "-j", jobs, "-o", out, in)
		if r.code != exitFailed || !strings.Contains(r.stderr, "3.png: ") || strings.Count(r.stderr, "\n") != 1 {
			t.Fatalf("-j %s: got %+v", jobs, r)
		}
		all := strings.ReplaceAll(masked(strings.ReplaceAll(r.stdout, out, "")), "N.N", "N") + "\n"
		var names []string
		for line := range strings.Lines(r.stdout) {
			name, _, _ := strings.Cut(strings.TrimPrefix(line, out), ":")
			names = append(names, name)
		}
		all += strings.Join(names, " ")
		for i := range 24 {
			if i != 3 {
				all += string(readFile(t, filepath.Join(out, fmt.Sprintf("%d.k16.png", i))))
			}
		}
		if first == "" {
			first = all
		} else if all != first {
			t.Errorf("-j %s: got other lines or files", jobs)
		}
	}
	if !strings.Contains(first, "/0.k16.png /1.k16.png /2.k16.png /4.k16.png /5.k16.png") {
		t.Errorf("got another order: %.500s", first)
	}
}

func TestTotal(t *testing.T) {
	t.Chdir(t.TempDir())
	crops(t, ".", 3)
	r := kompress(t, "compress", "0.png", "missing.png", "1.png", "empty/", "2.png")
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	if want := "total: 3 of 5 images, "; r.code != exitFailed || len(lines) != 4 || !strings.HasPrefix(lines[3], want) || !strings.Contains(lines[3], ", 2 failed, ") {
		t.Errorf("got %+v, want %s", r, want)
	}
	for _, quiet := range [][]string{{"-q", "-f", "0.png", "1.png"}, {"-f", "-q", "."}} {
		if r := kompress(t, append([]string{"compress"}, quiet...)...); r != (result{}) {
			t.Errorf("got %+v", r)
		}
	}
	// One image needs no sum.
	if r := kompress(t, "compress", "-f", "0.png"); strings.Contains(r.stdout, "total") {
		t.Errorf("got %+v", r)
	}
}

func TestTallyLine(t *testing.T) {
	all := newTally(1)
	all.add(&summary{BytesIn: 1000, BytesOut: 250}, nil)
	all.add(&summary{BytesIn: 3000, BytesOut: 750}, nil)
	all.add(&summary{Skipped: upToDate}, nil)
	all.add(&summary{Skipped: larger}, nil)
	all.add(nil, io.EOF)
	all.Seconds = 2
	const want = "total: 2 of 5 images, 4.0 kB -> 1.0 kB (25.0 %, 4.0 times smaller), 1 up to date, 1 left out as not smaller, 2 failed, 2.00 s"
	if got := all.line(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := newTally(0).line(), "total: 0 of 0 images, 0.0 ms"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUpdate(t *testing.T) {
	t.Chdir(t.TempDir())
	crops(t, ".", 3)
	now := time.Now()
	touch := func(name string, age time.Duration) {
		t.Helper()
		if err := os.Chtimes(name, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, "0.k16.png", []byte("old"))
	writeFile(t, "1.k16.png", []byte("new"))
	touch("0.png", time.Hour)
	touch("0.k16.png", 2*time.Hour)
	touch("1.png", time.Hour)
	touch("1.k16.png", time.Hour) // as old as its input
	r := kompress(t, "compress", "--update", "0.png", "1.png", "2.png")
	lines := strings.Split(r.stdout, "\n")
	if r.code != exitDone || r.stderr != "" || len(lines) != 4 || !strings.HasPrefix(lines[1], "2.k16.png: ") || !strings.Contains(lines[2], "2 of 3 images") || !strings.Contains(lines[2], "1 up to date") {
		t.Fatalf("got %+v", r)
	}
	for _, args := range [][]string{{"-u", "1.png"}, {"-uv", "1.png", "2.png"}} {
		if r := kompress(t, append([]string{"compress"}, args...)...); !strings.HasPrefix(r.stdout, "1.k16.png: up to date\n") {
			t.Errorf("%v: got %+v", args, r)
		}
	}
	decode(t, "0.k16.png")
	decode(t, "2.k16.png")
	if got := string(readFile(t, "1.k16.png")); got != "new" {
		t.Errorf("what is up to date was overwritten by %q", got)
	}
	if s := mustKompress(t, "-u", "2.png"); s.Skipped != upToDate || s.BytesOut == 0 {
		t.Errorf("got %+v", s)
	}
	// A broken input leaves the old output.
	writeFile(t, "2.png", []byte("broken"))
	touch("2.png", -time.Hour)
	before := readFile(t, "2.k16.png")
	checkFails(t, kompress(t, "compress", "-u", "2.png"), exitFailed, "2.png: not an image")
	if !bytes.Equal(readFile(t, "2.k16.png"), before) {
		t.Error("the old output is gone")
	}
}

func TestSkipIfLarger(t *testing.T) {
	t.Chdir(t.TempDir())
	crops(t, ".", 2)
	few := mustKompress(t, "0.png", "-k2", "-o", "few.png")
	s := mustKompressStatus(t, exitLarger, "--skip-if-larger", "-k256", "few.png")
	if s.Skipped != larger || s.BytesIn != few.BytesOut || s.BytesOut < s.BytesIn {
		t.Errorf("got %+v", s)
	}
	checkFiles(t, ".", "0.png", "1.png", "few.png")
	r := kompress(t, "compress", "--skip-if-larger", "few.png", "1.png")
	if r.code != exitLarger || r.stderr != "" || !strings.Contains(r.stdout, "few.png: ") || !strings.Contains(r.stdout, ", left out: its output would be ") || !strings.Contains(r.stdout, "1 left out as not smaller") {
		t.Errorf("got %+v", r)
	}
	checkFiles(t, ".", "0.png", "1.k16.png", "1.png", "few.png")
	// What is there stays, and a failure counts more.
	writeFile(t, "few.k16.png", []byte("old"))
	if r := kompress(t, "compress", "-f", "--skip-if-larger", "few.png", "missing.png"); r.code != exitFailed {
		t.Errorf("got %+v", r)
	}
	if got := string(readFile(t, "few.k16.png")); got != "old" {
		t.Errorf("got %q", got)
	}
	if r := kompress(t, "compress", "-q", "--skip-if-larger", "few.png", "-o", "-"); r != (result{code: exitLarger}) {
		t.Errorf("got %+v", r)
	}
}

// mustKompressStatus wants another status than that of success.
func mustKompressStatus(t *testing.T, status int, args ...string) (s summary) {
	t.Helper()
	r := kompress(t, append([]string{"compress", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(r.stdout), &s); err != nil || r.code != status || r.stderr != "" {
		t.Fatalf("%q: got %+v, %v, want status %d", args, r, err, status)
	}
	return s
}

// A name can be as long as the file system allows: the output's is cut where it would
// be longer.
func TestLongNames(t *testing.T) {
	for _, test := range []struct{ stem, ending, want string }{
		{strings.Repeat("x", 246), ".png", strings.Repeat("x", 246) + ".k256.png"},
		{strings.Repeat("x", 251), ".png", strings.Repeat("x", 246) + ".k256.png"},
		{strings.Repeat("é", 125), "", strings.Repeat("é", 123) + ".k256.png"},
		{"x" + strings.Repeat("é", 125), "", "x" + strings.Repeat("é", 122) + ".k256.png"},
		{strings.Repeat("日", 82), ".png", strings.Repeat("日", 82) + ".k256.png"},
	} {
		got := naming{"k256", "png"}.name("folder/" + test.stem + test.ending)
		if got != test.want || len(got) > maxNameLen {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
	t.Chdir(t.TempDir())
	name := writePNG(t, strings.Repeat("n", 250), colorful(3))
	if s := mustKompress(t, name); len(s.Output) != 255 {
		t.Errorf("got %s", s.Output)
	}
	longer := writePNG(t, name+"nnn", colorful(4))
	checkFails(t, kompress(t, "compress", "-f", name, longer), exitFailed, "both would become")
}

// A mistake of this program ends one image, not the others.
func TestPanicEndsOneImage(t *testing.T) {
	out := new(bytes.Buffer)
	j := &compression{console: console{out, new(progress)}, outputs: &outputs{}, report: &reporter{quiet: true}}
	tasks := []*task{{input: input{path: "a.png"}, err: io.EOF}, {input: input{path: "b.png"}}, {input: input{path: "c.png"}, err: io.EOF}}
	j.decoding.Progress = nil
	j.pool = nil // a nil pointer to fall over
	tasks[1].path = writePNG(t, filepath.Join(t.TempDir(), "b.png"), colorful(3))
	err := j.all(t.Context(), tasks, 0)
	if lines := strings.Split(out.String(), "\n"); err != errReported || len(lines) != 4 || !strings.Contains(lines[1], "b.png: this program has a mistake") || lines[2] != "kompress: EOF" {
		t.Errorf("got %v, %q", err, out)
	}
}

func TestNotes(t *testing.T) {
	out := new(bytes.Buffer)
	for _, quiet := range []bool{false, true} {
		j := &compression{console: console{out, new(progress)}, report: &reporter{quiet: quiet, w: io.Discard}}
		j.tell(t.Context(), outcome{summary: &summary{Input: "a\nb.gif", Notes: []string{"only the first of 3 frames"}}}, newTally(0))
	}
	if want := "kompress: warning: \"a\\nb.gif\": only the first of 3 frames\n"; out.String() != want {
		t.Errorf("got %q, want %q", out, want)
	}
}

// What is done when an interrupt comes is told of; of what is not, nothing is left.
func TestInterruptedBatch(t *testing.T) {
	in, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	crops(t, in, 30)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stdout, stderr := &canceller{after: 5, cancel: cancel}, new(bytes.Buffer)
	code := run(ctx, []string{"kompress", "compress", "-j3", "-o", out, in}, stdout, stderr)
	if code != exitFailed || stderr.String() != "kompress: interrupted\n" {
		t.Errorf("got status %d, %q", code, stderr)
	}
	entries, err := os.ReadDir(out)
	if err != nil || len(entries) != strings.Count(stdout.String(), "\n") || len(entries) < 5 || len(entries) == 30 {
		t.Errorf("got %d files, %v, and told of\n%s", len(entries), err, stdout)
	}
	for _, e := range entries {
		decode(t, filepath.Join(out, e.Name()))
	}
}

// A canceller cancels when so much was written.
type canceller struct {
	bytes.Buffer
	after  int
	cancel func()
}

func (c *canceller) Write(p []byte) (int, error) {
	if c.after--; c.after == 0 {
		c.cancel()
	}
	return c.Buffer.Write(p)
}

func TestHeapGoal(t *testing.T) {
	before := debug.SetGCPercent(33)
	defer debug.SetGCPercent(before)
	percent := func() int { p := debug.SetGCPercent(1); debug.SetGCPercent(p); return p }
	h := newHeapGoal()
	small := h.hold(smallImage)
	a, b := h.hold(smallImage+1), h.hold(1<<40)
	if got := percent(); got != 33 {
		t.Errorf("got %d %% with a large image", got)
	}
	a()
	small()
	if got := percent(); got != 33 {
		t.Errorf("got %d %% with one still large", got)
	}
	b()
	if got := percent(); got != smallPercent {
		t.Errorf("got %d %% without", got)
	}
	h.end()
	if got := percent(); got != 33 {
		t.Errorf("got %d %% at the end", got)
	}
}

func TestThreadsFor(t *testing.T) {
	for _, test := range []struct {
		pixels  int64
		atATime int
		threads int
		small   bool
	}{
		{1, 1, 0, true}, {1, 2, 1, true}, {largePixels - 1, 8, 1, true}, {largePixels, 8, 0, false}, {math.MaxInt64, 1, 0, false},
	} {
		if threads, small := threadsFor(test.pixels, test.atATime); threads != test.threads || small != test.small {
			t.Errorf("%+v: got %d, %v", test, threads, small)
		}
	}
}

// What an image takes of --memory is what it takes while it is decoded and mapped, not more
// if it is read by bands.
func TestHeld(t *testing.T) {
	t.Chdir(t.TempDir())
	size := image.Rect(0, 0, 100, 50)
	writePNG(t, "gray.png", image.NewGray(size))
	writePNG(t, "deep.png", image.NewNRGBA64(size))
	writeJPEG(t, "photo.jpg")
	for _, test := range []struct {
		name, format string
		memory, held int64
		byBands      bool
		notes        int
	}{
		{"gray.png", "png", 1e6, 10_200, false, 0}, // two rows beside pixels and indices
		{"gray.png", "png", 10_200, 10_200, false, 0},
		{"gray.png", "png", 10_199, 10_200, true, 0},
		{"gray.png", "gif", 10_199, 15_200, true, 0},
		{"gray.png", "webp", 4999, 15_200, true, 1},
		{"deep.png", "png", 1e6, 46_600, false, 0},
		{"photo.jpg", "png", 1e6, 4*201*201 + 6*201, false, 0},
	} {
		j := &compression{memory: test.memory, encoding: imagefile.EncodeOptions{Format: test.format}}
		in, err := j.open(t.Context(), &task{input: input{path: test.name}}, newWay(new(progress), 1).begin(0, test.name))
		if err != nil {
			t.Fatal(err)
		}
		in.close()
		if in.held != test.held || in.byBands != test.byBands || len(in.notes) != test.notes {
			t.Errorf("%+v: got %d, %v, %q", test, in.held, in.byBands, in.notes)
		}
	}
}

// No more bytes are taken at a time than there are, one that needs more has all of them, and
// nobody waits without end.
func TestRoom(t *testing.T) {
	r := newRoom(100)
	var taken, most atomic.Int64
	var wg sync.WaitGroup
	for n := range int64(200) {
		wg.Go(func() {
			need := n * 7 % 130
			leave, err := r.take(t.Context(), need)
			if err != nil {
				t.Error(err)
				return
			}
			defer leave()
			now := taken.Add(min(need, 100))
			defer taken.Add(-min(need, 100))
			if now > 100 {
				most.Store(now)
			}
			runtime.Gosched()
		})
	}
	wg.Wait()
	if most.Load() > 0 {
		t.Errorf("got %d bytes at a time, want 100 at most", most.Load())
	}
	leave, err := r.take(t.Context(), saturatingAdd(math.MaxInt64, math.MaxInt64))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.take(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v while all is taken", err)
	}
	leave()
}

// Each who works at a time has an engine of its own, with as many threads as asked for.
func TestEnginePool(t *testing.T) {
	p := newEnginePool(&engines{mode: "cpu", least: leastPixels})
	a, giveA, err := p.take(t.Context(), 100, 1)
	if err != nil {
		t.Fatal(err)
	}
	b, giveB, err := p.take(t.Context(), 100, 3)
	if err != nil || a.Engine == b.Engine || a.Engine.(*quantize.CPU).Workers != 1 || b.Engine.(*quantize.CPU).Workers != 3 {
		t.Errorf("got %+v, %+v, %v", a, b, err)
	}
	giveA()
	c, giveC, err := p.take(t.Context(), 100, 0)
	if err != nil || c.Engine != a.Engine || c.Engine.(*quantize.CPU).Workers != 0 {
		t.Errorf("got %+v, %v, want the first again", c, err)
	}
	giveB()
	giveC()
}

func TestImportanceMask(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(20))
	writePNG(t, "small.png", image.NewGray(image.Rect(0, 0, 8, 8)))
	checkFails(t, kompress(t, "compress", "x.png", "--importance", "missing.png"), exitFailed, "--importance: missing.png: ")
	checkFails(t, kompress(t, "compress", "x.png", "--importance", "small.png"), exitFailed, "x.png: --importance: the mask is 8 x 8, want 32 x 32")
	checkFiles(t, ".", "small.png", "x.png")
}
