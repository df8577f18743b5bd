//go:build linux && cgo

package main

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kompress/viewer"
)

// scenery returns an image with gradients, noise and some thousands of colours; if it
// is not opaque, with all degrees of transparency.
func scenery(width, height int, opaque bool) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	r := rand.New(rand.NewPCG(uint64(width), uint64(height)))
	for y := range height {
		for x := range width {
			c := color.NRGBA{uint8(16 * (16 * x / width)), uint8(16 * (16 * y / height)), uint8(4*r.IntN(16) + (x/8+y/8)%2*150), 255}
			if !opaque {
				c.A = uint8(min(255, max(0, 50*(8*y/height)-50)))
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// writeScenery writes an image and returns its path.
func writeScenery(t *testing.T, folder, name string, width, height int, opaque bool) string {
	t.Helper()
	return writePNG(t, filepath.Join(folder, name), scenery(width, height, opaque))
}

// writeBroken writes the first half of a file and returns its path.
func writeBroken(t *testing.T, folder, name string) string {
	t.Helper()
	path := writeScenery(t, folder, name, 100, 100, true)
	whole := readFile(t, path)
	return writeFile(t, path, whole[:len(whole)/2])
}

// Two images are smaller than the window, one of them transparent; one is larger, and is
// seen as a whole before it is at 1:1.
func TestViewShowsExactPixels(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	folder := t.TempDir()
	v := openViewing(t, "-k", "5", "--space", "oklab", "--seed", "7",
		writeScenery(t, folder, "opaque.png", 500, 400, true),
		writeScenery(t, folder, "transparent.png", 300, 200, false),
		writeScenery(t, folder, "large.png", 1300, 900, true))
	for i, zoom := range []float64{1, 2, 476. / 900} {
		if i > 0 {
			v.key("Right")
		}
		s := v.waitFor("the picture", func(s *viewer.State) bool { return isReady(s) && s.Index == i && math.Abs(s.Zoom-zoom) < 1e-6 })
		if s.K != 5 || s.Space != "oklab" || s.Seed != 7 || s.Images != 3 {
			t.Errorf("got %+v, want what the flags say", s)
		}
		if zoom < 1 {
			v.key("z")
			v.waitFor("1:1", func(s *viewer.State) bool { return isReady(s) && s.Zoom == 1 })
		}
		v.checkPicture()
		v.checkNumbers(s)
	}
}

// checkNumbers wants what a state tells of the result to be so.
func (v *viewing) checkNumbers(s viewer.State) {
	v.t.Helper()
	out := filepath.Join(v.t.TempDir(), "out.png")
	want := mustKompress(v.t, "-k", strconv.Itoa(s.K), "--space", s.Space, "--seed", fmt.Sprint(s.Seed), s.File, "-o", out)
	if s.Colors != want.Colors || *s.Bytes != int64(len(readFile(v.t, out))) || s.Distinct != want.Distinct || s.Width != want.Width || s.Height != want.Height {
		v.t.Errorf("got %+v, want what compress says: %+v", s, want)
	}
}

func TestViewIsIdleWhenNothingIsToDo(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 300, 200, true))
	v.key("p") // the cloud does not turn by itself
	v.waitFor("the cloud", func(s *viewer.State) bool { return s.Cloud == "beside" })
	time.Sleep(time.Second)
	states, before := len(v.states.all()), ticks(t, v.Process.Pid)
	time.Sleep(2 * time.Second)
	if n := len(v.states.all()) - states; n > 0 {
		t.Errorf("got %d new states, want none", n)
	}
	if n := ticks(t, v.Process.Pid) - before; n > 20 {
		t.Errorf("it took %d hundredths of a second of CPU time in two seconds, want hardly any", n)
	}
}

// ticks returns the CPU time of a process, in hundredths of a second.
func ticks(t *testing.T, pid int) (sum int) {
	t.Helper()
	stat := string(readFile(t, fmt.Sprintf("/proc/%d/stat", pid)))
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	for _, field := range fields[11:13] { // utime, stime
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	return sum
}

func TestViewFollowsTheWindowsSize(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 300, 200, true))
	for _, size := range []image.Point{{700, 450}, {900, 700}, {windowWidth, windowHeight}} {
		v.mouse("search --onlyvisible --name kompress windowsize %d %d", size.X, size.Y)
		s := v.waitFor("the size", func(s *viewer.State) bool {
			return isReady(s) && s.Areas["strip"][2] == size.X && areaOf(s, "bottom").Max.Y == size.Y
		})
		checkAreas(t, &s, size)
		if area := areaOf(&s, "image"); !isCentered(&s, area) {
			t.Errorf("origin is %v at zoom %v, want the picture in the middle of %v", s.Origin, s.Zoom, area)
		}
		v.checkPicture()
	}
}

// isCentered says whether as much room is left of the picture as to its right, and
// above it as below.
func isCentered(s *viewer.State, area image.Rectangle) bool {
	x := 2*s.Origin[0] + s.Zoom*float64(s.Width) - float64(area.Min.X+area.Max.X)
	y := 2*s.Origin[1] + s.Zoom*float64(s.Height) - float64(area.Min.Y+area.Max.Y)
	return x >= -1 && x <= 1 && y >= -1 && y <= 1
}

// checkAreas wants the parts of the window to be in it, and apart.
func checkAreas(t *testing.T, s *viewer.State, window image.Point) {
	t.Helper()
	for name := range s.Areas {
		if r := areaOf(s, name); !r.In(image.Rectangle{Max: window}) {
			t.Errorf("%s is %v, want it in a window of %v", name, r, window)
		}
	}
	parts := []string{"strip", "image", "cloud", "slider", "palette"}
	for i, a := range parts {
		for _, b := range parts[:i] {
			if areaOf(s, a).Overlaps(areaOf(s, b)) {
				t.Errorf("%s %v and %s %v overlap", a, areaOf(s, a), b, areaOf(s, b))
			}
		}
	}
}

// A screen of 3840 × 2160 where everything is twice as large.
func TestViewOnALargeScreen(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	path := writeScenery(t, t.TempDir(), "a.png", 300, 200, true)
	v := openOn(t, startXvfb(t, 3840, 2160), nil, "--size", "3840x2160", "--scale", "2", "--engine", "cpu", path)
	s := v.quiet()
	checkAreas(t, &s, image.Pt(3840, 2160))
	if want := (image.Point{3840, 2160}); areaOf(&s, "bottom").Max != want || s.Zoom < 5 {
		t.Errorf("got %+v, want the window full", s)
	}
	if high := s.Areas["list"][3]; high < 40 {
		t.Errorf("the list is %d pixels high, want it twice as large as usual", high)
	}
	v.mouse("mousemove 5 1000")
	m := v.x.screenshot(t)
	if at := areaOf(&s, "image").Min.Add(image.Pt(2, 2)); !near(m.RGBAAt(at.X, at.Y), ground, 0) {
		t.Errorf("pixel %v is %v, want the ground", at, m.RGBAAt(at.X, at.Y))
	}
	c := s.Origin
	v.retry(func(m *image.RGBA) error {
		want, _, _ := v.images.of(&s).at(&s, int(c[0])+20, int(c[1])+20)
		if got := m.RGBAAt(int(c[0])+20, int(c[1])+20); !near(got, want, 0) {
			return fmt.Errorf("a pixel near the picture's corner is %v, want %v", got, want)
		}
		return nil
	})
}

func TestViewEnds(t *testing.T) {
	t.Parallel()
	path := writeScenery(t, t.TempDir(), "a.png", 30, 20, true)
	x := startXvfb(t, 1280, 800)
	for _, test := range []struct {
		name    string
		end     func(*viewing)
		code    int
		message string
	}{
		{"Esc", func(v *viewing) { v.key("Escape") }, exitDone, ""},
		{"Q", func(v *viewing) { v.key("q") }, exitDone, ""},
		{"SIGINT", func(v *viewing) { v.signal(os.Interrupt) }, exitFailed, "kompress: interrupted\n"},
		{"SIGTERM", func(v *viewing) { v.signal(syscall.SIGTERM) }, exitFailed, "kompress: interrupted\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := openOn(t, x, nil, "--engine", "cpu", path)
			test.end(v)
			if r := v.wait(t, hangs); r.code != test.code || r.stderr != test.message {
				t.Errorf("got status %d and %q, want %d and %q", r.code, r.stderr, test.code, test.message)
			}
		})
	}
}

func (v *viewing) signal(s os.Signal) {
	if err := v.Process.Signal(s); err != nil {
		v.t.Fatal(err)
	}
}

func TestViewWithoutADisplay(t *testing.T) {
	t.Parallel()
	path := writeScenery(t, t.TempDir(), "a.png", 30, 20, true)
	for display, words := range map[string][]string{
		"":              {"DISPLAY is not set"},
		"DISPLAY=:9999": {":9999"},
	} {
		p := startView(t, nil, []string{display}, "view", path)
		checkFails(t, p.wait(t, hangs), exitFailed, append(words, "no window can be opened", "kompress compress works without a window")...)
	}
}

// Without OpenGL 4.3 there is no engine on a GPU, and nothing else is missing.
func TestViewOnOpenGL33(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	path := writeScenery(t, t.TempDir(), "a.png", 300, 200, false)
	v := openViewing(t, path) // to know that there is OpenGL at all
	v.key("q")
	<-v.ended
	v = openOn(t, v.x, []string{"MESA_GL_VERSION_OVERRIDE=3.3"}, path)
	s := v.quiet()
	if s.Engine != "cpu" {
		t.Errorf("got engine %q, want cpu", s.Engine)
	}
	v.checkPicture()
	v.key("e")
	s = v.waitFor("why there is no GPU", func(s *viewer.State) bool { return s.Message != "" })
	if !strings.Contains(s.Message, "OpenGL 4.3 is missing") || s.Engine != "cpu" {
		t.Errorf("got engine %s and message %q, want what is missing", s.Engine, s.Message)
	}
	v.checkCloud()
	if r := openGPUFails(t, v.x, path).wait(t, hangs); r.code != exitFailed || !strings.Contains(r.stderr, "OpenGL 4.3 is missing") {
		t.Errorf("--engine gpu: got status %d and %q, want what is missing", r.code, r.stderr)
	}
}

func openGPUFails(t *testing.T, x *xserver, path string) *process {
	return startView(t, nil, []string{"DISPLAY=" + x.display, "MESA_GL_VERSION_OVERRIDE=3.3"}, "view", "--engine", "gpu", path)
}

func TestViewMeasures(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	folder := t.TempDir()
	path := writeScenery(t, folder, "a.png", 300, 200, true)
	script := writeFile(t, filepath.Join(folder, "script"), []byte("wait\nkey Up 3 # times\nhold Down 3 20\nk 40\ndrag 100 300 200 400 5\nwheel 300 300 1 5\nwait\n"))
	env := []string{"DISPLAY=" + startXvfb(t, 1280, 800).display}
	r := startView(t, nil, env, "view", "--engine", "cpu", "--measure", script, path).wait(t, hangs)
	if r.code != exitDone || r.stderr != "" {
		t.Fatalf("got %+v, want success", r)
	}
	for _, words := range []string{"drawn by ", "compressed by CPU", "last image: 0.06 megapixels", "median", "\nkey to picture", "\nkey to settled picture", "\nframe to frame, dragging", "\nframe to frame, zooming"} {
		if !strings.Contains(r.stdout, words) {
			t.Errorf("got %s, want %q in it", r.stdout, words)
		}
	}
}

func TestViewWrongUsage(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := writeScenery(t, folder, "a.png", 30, 20, true)
	script := writeFile(t, filepath.Join(folder, "script"), []byte("wait\n\njump 3\n"))
	for _, test := range []struct {
		args  string
		code  int
		words string
	}{
		{"", exitUsage, "an image or a folder is missing"},
		{path + " -k 0", exitUsage, "--colors: got 0"},
		{path + " --size 12", exitUsage, `--size: got "12"`},
		{path + " --scale 9", exitUsage, "--scale: got 9"},
		{path + " --engine x", exitUsage, `--engine: got "x"`},
		{path + " --json --measure standard", exitUsage, "--json and --measure"},
		{path + " --measure " + script, exitFailed, `line 3: got "jump"`},
		{path + " --measure " + script + "s", exitFailed, "no such file"},
	} {
		p := startView(t, nil, nil, append([]string{"view"}, strings.Fields(test.args)...)...)
		checkFails(t, p.wait(t, hangs), test.code, test.words)
	}
}

// Where nothing is to be seen no window opens.
func TestViewOfNoImages(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	checkFails(t, startView(t, nil, nil, "view", folder).wait(t, hangs), exitFailed, "no images in this folder")
	missing := filepath.Join(folder, "missing.png")
	checkFails(t, startView(t, nil, nil, "view", missing).wait(t, hangs), exitFailed, "missing.png")
}
