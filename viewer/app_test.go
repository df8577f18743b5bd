package viewer

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kompress/kmeans"
	"kompress/quantize"
)

func TestAppSettles(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 1)
	a.open(0)
	if a.stage != "" || a.state().Stage != "reading" {
		t.Errorf("got stage %q", a.stage)
	}
	seen := map[string]bool{}
	a.until("settled", func() bool { seen[a.state().Stage] = true; return a.isQuiet() })
	if !seen["reading"] || !seen["ready"] || seen["failed"] {
		t.Errorf("got stages %v", seen)
	}
	if a.result.picture != a.picture() || a.result.colors != quantize.DefaultColors || !a.result.settled {
		t.Errorf("got %+v", a.result)
	}
	checkResult(t, a.result, kmeans.Default)
	if !a.isShown() == !a.changed {
		t.Error("it is shown before it is drawn")
	}
}

// Every change of the settings gets its own result.
func TestAppFollowsSettings(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 1).started()
	for _, keys := range some([]string{"2"}, []string{"Up"}, []string{"C"}, []string{"R", "R"}, []string{"C", "5"}) {
		a.tap(keys...)
		if a.isFresh() || a.stage != "compressing" {
			t.Errorf("%v: fresh %t, stage %q", keys, a.isFresh(), a.stage)
		}
		a.quiet()
		if a.result.settings != a.settings {
			t.Errorf("%v: got %+v, want %+v", keys, a.result.settings, a.settings)
		}
		checkResult(t, a.result, kmeans.Default)
	}
}

// held returns the images that are in memory.
func (a *testApp) held() string {
	return strings.Join(slices.Sorted(maps.Keys(a.entries)), "")
}

// The image that is shown and those beside it are decoded, in the order of their
// urgency; all others are forgotten.
func TestDecodingAhead(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 6)
	a.open(0)
	a.until("neighbours", a.loadedAll("a", "b", "f"))
	if got := strings.Join(a.decodes, ""); got != "abf" {
		t.Errorf("got %s decoded, want a, then b, then f", got)
	}
	for _, test := range []struct{ key, held, decoded string }{
		{"Right", "abc", "abfc"}, {"Right", "bcd", "abfcd"}, {"Left", "abc", "abfcda"}, {"Left", "abf", "abfcdaf"}, {"Left", "aef", "abfcdafe"},
	} {
		a.tap(test.key)
		a.until(test.held, func() bool { return a.held() == test.held })
		if got := strings.Join(a.decodes, ""); got != test.decoded {
			t.Fatalf("%s: got %s decoded, want %s", test.key, got, test.decoded)
		}
	}
	a.quiet()
	left := make(chan int, 1)
	a.worker.later(func() { left <- len(a.worker.sessions) })
	if n := receive(t, left, "sessions"); n < 1 || n > 3 {
		t.Errorf("%d pictures are counted, want those that are held at most", n)
	}
}

func TestFewImages(t *testing.T) {
	alone(t)
	t.Parallel()
	for n, want := range map[int]string{1: "a", 2: "ab", 3: "abc"} {
		a := newTestApp(t, n)
		a.open(0)
		a.until(want, func() bool { return a.held() == want })
		a.turnTo(1 - 2*n)
		if a.at != 1%n {
			t.Errorf("%d: got image %d", n, a.at)
		}
		a.turnTo(7 * n)
		a.quiet()
		if len(a.decodes) != n || a.at != 0 {
			t.Errorf("%d: got image %d, %v decoded", n, a.at, a.decodes)
		}
		a.end()
	}
}

// To another image, the camera and the result go, and the settings stay.
func TestOpenBeginsAnew(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 2).started()
	a.tap("Z", "3")
	a.quiet()
	a.hovered = 3
	a.tap("Right")
	if a.result != nil || a.camera != (camera{fit: true}) || a.hovered != -1 || a.encoding != nil || a.settings.colors != 8 {
		t.Error("something of the last image is left")
	}
	a.quiet()
	if a.result.picture.path != "b" || a.result.colors != 8 {
		t.Errorf("got %s, k = %d", a.result.picture.path, a.result.colors)
	}
}

func TestBrokenImage(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 3)
	delete(a.images, "b")
	a.started()
	a.tap("Right")
	a.quiet()
	s := a.state()
	if s.Stage != "failed" || s.Error != "b: broken" || a.reason(a.entry().err) != "broken" {
		t.Errorf("got stage %s, error %q", s.Stage, s.Error)
	}
	a.frame()
	a.tap("Up", "C", "Z", "S", "Space", "P")
	a.frame()
	if a.message.text != "There is no image to save." || a.saves.running != 0 {
		t.Errorf("got message %q", a.message.text)
	}
	a.tap("Right")
	a.quiet()
	if s := a.state(); s.Stage != "ready" || s.File != "c" {
		t.Errorf("got %s of %s", s.Stage, s.File)
	}
}

// withGPU has a GPU to open.
func (a *testApp) withGPU(g GPU) *testApp {
	a.options.OpenGPU = nil
	a.gpu = g
	return a
}

func TestToggleEngine(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 2).started()
	g := new(fakeGPU)
	a.withGPU(g).options.OpenGPU = someGPU
	a.tap("E")
	a.quiet()
	if !a.settings.gpu || a.result.drawing == nil || !a.result.gpu || a.state().Engine != "gpu" {
		t.Fatal("the GPU does not work")
	}
	a.frame()
	if !strings.Contains(a.engineText(), "fake") || a.appearance().drawing != a.result.drawing {
		t.Errorf("got %s", a.engineText())
	}
	a.tap("E")
	a.quiet()
	if a.settings.gpu || a.result.drawing != nil {
		t.Error("the GPU goes on")
	}
	a.tap("E", "4")
	a.quiet()
	a.tap("Right")
	a.quiet()
	a.end()
	if g.drawn.Load() != g.retired.Load()+1 {
		t.Errorf("%d were drawn, %d retired: want all but that on the screen", g.drawn.Load(), g.retired.Load())
	}
	if g.opened.Load() != g.closed.Load() || !g.ended.Load() {
		t.Error("the GPU is left open")
	}
}

// The result of an image that was left is given back.
func TestResultOfAnotherImageIsRetired(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 3)
	g := new(fakeGPU)
	a.withGPU(g).options.OpenGPU = someGPU
	if err := a.useGPU(); err != nil {
		t.Fatal(err)
	}
	a.started()
	r := *a.result
	r.picture, r.drawing = pictureOf(t, noise(3, 3, 3)), &Drawing{Handle: &g.CPU}
	r.drawing.Handle = g
	a.workerIsDone()
	before, shown := g.retired.Load(), a.result
	a.show(&r)
	if a.result != shown {
		t.Error("it is shown")
	}
	a.workerIsDone()
	if got := g.retired.Load(); got != before+1 {
		t.Errorf("%d more were retired, want 1", got-before)
	}
}

// What the GPU cannot do the CPU does, and E does not try again.
func TestGPUFailure(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 2).started()
	g := new(fakeGPU)
	a.withGPU(g).options.OpenGPU = someGPU
	a.tap("E")
	a.quiet()
	a.worker.later(func() { g.drawError = errors.New("out of memory") })
	a.tap("2")
	a.quiet()
	if a.settings.gpu || a.result.gpu || a.failure != nil || a.result.colors != 4 {
		t.Errorf("the CPU did not go on: %+v", a.result.settings)
	}
	if want := "The GPU failed, the CPU goes on: out of memory"; a.message.text != want || !a.message.warning {
		t.Errorf("got %q, want %q", a.message.text, want)
	}
	if !g.ended.Load() || g.opened.Load() != g.closed.Load() || g.drawn.Load() != g.retired.Load() {
		t.Error("the GPU is left open")
	}
	a.tap("E")
	if a.settings.gpu || !strings.HasPrefix(a.message.text, "No engine on a GPU: ") {
		t.Errorf("got %q", a.message.text)
	}
}

func TestNoGPU(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 1).started()
	a.tap("E")
	if want := "No engine on a GPU: this program was built without it"; a.message.text != want {
		t.Errorf("got %q, want %q", a.message.text, want)
	}
	a.engine = engineState{}
	a.withGPU(nil).options.OpenGPU = someGPU
	a.tap("E")
	if want := "No engine on a GPU: no GPU here"; a.message.text != want || a.settings.gpu {
		t.Errorf("got %q, want %q", a.message.text, want)
	}
	a.quiet()
}

// What fails on the CPU is said, and the next settings are tried.
func TestFailure(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 1).started()
	a.settings.colors = 1000
	a.ask()
	a.until("the failure", func() bool { return a.failure != nil })
	if s := a.state(); s.Stage != "failed" || !strings.Contains(s.Error, "1000") || a.result != nil || !a.isQuiet() {
		t.Errorf("got stage %s, error %q", s.Stage, s.Error)
	}
	a.frame()
	a.tap("3")
	if a.failure != nil {
		t.Error("it still fails")
	}
	a.quiet()
	// That of other settings is of no interest any more.
	old := a.result.request
	old.colors++
	a.failed(old, errBroken)
	if a.failure != nil {
		t.Error("it fails for older settings")
	}
}

func TestDrop(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 2).started()
	a.until("neighbours", a.loadedAll("a", "b"))
	folder := t.TempDir()
	makeFiles(t, folder, "x10.png", "x9.png", "empty/")
	names := []string{filepath.Join(folder, "x9.png"), filepath.Join(folder, "x10.png")}
	a.mu.Lock()
	for _, name := range names {
		a.images[name] = noise(9, 9, 9)
	}
	a.mu.Unlock()
	a.drop([]string{filepath.Join(folder, "empty")})
	if !strings.Contains(a.message.text, "no images in this folder") || len(a.files) != 2 || fmt.Sprint(a.listNames()) != "[a b]" {
		t.Errorf("got message %q, files %v", a.message.text, a.files)
	}
	a.drop([]string{folder})
	a.quiet()
	if !slices.Equal(a.files, names) || a.file() != names[0] || fmt.Sprint(a.listNames()) != "[x9.png x10.png]" {
		t.Errorf("got files %v, names %v", a.files, a.listNames())
	}
	a.until("neighbours", a.loadedAll(names...))
	if len(a.entries) != 2 {
		t.Errorf("%s are held", a.held())
	}
	if a.title() != "x9.png – kompress" {
		t.Errorf("got title %q", a.title())
	}
}

func TestListNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ files, want string }{
		{"/a/b/1.png", "1.png"},
		{"/a/b/1.png /a/b/2.png", "1.png 2.png"},
		{"/a/b/1.png /a/c/2.png", "b/1.png c/2.png"},
		{"/a/bc/1.png /a/b/2.png", "bc/1.png b/2.png"},
		{"/a/b/c/1.png /a/2.png /a/b/3.png", "b/c/1.png 2.png b/3.png"},
		{"/1.png /x/2.png", "1.png x/2.png"},
		{"1.png x/2.png", "1.png x/2.png"},
		{"x/1.png x/2.png", "1.png 2.png"},
	} {
		a := newTestApp(t, 0)
		a.files = strings.Fields(test.files)
		if got := strings.Join(a.listNames(), " "); got != test.want {
			t.Errorf("%s: got %s, want %s", test.files, got, test.want)
		}
		a.end()
	}
}

func TestReadingProgress(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 3)
	a.open(0)
	a.changed = false
	a.progress("b", 0.7)
	if a.reading != 0 || a.changed {
		t.Error("the progress of another image is shown")
	}
	a.progress("a", 0.3)
	if a.reading != 0.3 || !a.changed {
		t.Errorf("got %v", a.reading)
	}
	a.quiet()
	a.progress("a", 0.9)
	if a.reading == 0.9 {
		t.Error("what is read makes progress")
	}
}

// A picture that was decoded twice is counted once.
func TestLoadedTwice(t *testing.T) {
	a := newTestApp(t, 1).started()
	a.loaded("a", pictureOf(t, a.images["a"]), nil)
	a.quiet()
	left := make(chan int, 1)
	a.worker.later(func() { left <- len(a.worker.sessions) })
	if n := receive(t, left, "the number of sessions"); n != 1 {
		t.Errorf("got %d sessions, want 1", n)
	}
}

// What was given up is no error to be shown.
func TestNoErrorOfWhatWasGivenUp(t *testing.T) {
	a := newTestApp(t, 1)
	a.hold = make(chan bool)
	a.open(0)
	a.until("the encoding began", func() bool { return a.encoding != nil })
	e := a.encoding
	a.tap("2")
	a.until("it was given up", func() bool { return a.encoding != e })
	if e.err != nil || e.data != nil {
		t.Errorf("got %d bytes and error %v", len(e.data), e.err)
	}
}
