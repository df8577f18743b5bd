//go:build linux && cgo

package main

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kompress/viewer"
)

func TestViewKeysChangeK(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 500, 300, true))
	for _, test := range []struct {
		key string
		k   int
	}{
		{"Up", 17}, {"Down", 16}, {"shift+Up", 24}, {"shift+Down", 16},
		{"1", 2}, {"Down", 1}, {"Down", 1}, {"shift+Up", 9}, {"shift+Down", 1},
		{"2", 4}, {"3", 8}, {"4", 16}, {"5", 32}, {"6", 64}, {"7", 128},
		{"8", 256}, {"Up", 256}, {"shift+Down", 248}, {"shift+Up", 256},
	} {
		v.key(test.key)
		s := v.readyWith(test.k)
		if s.Colors != test.k {
			t.Errorf("%s: got %d colors, want %d", test.key, s.Colors, test.k)
		}
		v.checkPicture()
	}
}

// A key that is held goes on, there are pictures meanwhile, and the last one is that of
// the last k.
func TestViewKeyIsHeld(t *testing.T) {
	leaveOutWithRace(t)
	t.Parallel()
	v := openViewing(t, large(t, t.TempDir()), "-k", "1")
	v.key("z")
	v.mouse("keydown Up")
	v.waitFor("k = 40", func(s *viewer.State) bool { return s.K >= 40 })
	v.mouse("keyup Up")
	v.waitFor("the picture", func(s *viewer.State) bool { return isReady(s) && s.K >= 40 })
	v.checkPicture()
	shown := map[int]bool{}
	for _, s := range v.states.all() {
		if s.Shown != nil && *s.Shown < 40 {
			shown[*s.Shown] = true
		}
	}
	if len(shown) < 3 {
		t.Errorf("got pictures of %v colors while the key was held, want more", shown)
	}
}

func TestViewKeysChangeTheImage(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	folder := t.TempDir()
	for i, n := range []int{10, 9, 1} {
		writeScenery(t, folder, fmt.Sprintf("img%d.png", n), 200+10*i, 150, true)
	}
	writeFile(t, filepath.Join(folder, "note.txt"), []byte("no image"))
	v := openViewing(t, folder)
	for i, want := range []struct {
		key, name string
	}{{"", "img1.png"}, {"Right", "img9.png"}, {"Right", "img10.png"}, {"Right", "img1.png"}, {"Left", "img10.png"}, {"Left", "img9.png"}} {
		if want.key != "" {
			v.key(want.key)
		}
		s := v.waitFor(want.name, func(s *viewer.State) bool { return isReady(s) && filepath.Base(s.File) == want.name })
		if s.Images != 3 {
			t.Errorf("%d: got %d images, want 3", i, s.Images)
		}
		v.mouse("search --sync --onlyvisible --name ^%s", want.name) // the title
		v.checkPicture()
	}
}

// What cannot be read is a card, and no reason to end.
func TestViewOfABrokenFile(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	folder := t.TempDir()
	broken := writeBroken(t, folder, "broken.png")
	text := writeFile(t, filepath.Join(folder, "text.jpg"), []byte("no image"))
	v := openViewing(t, broken, text, writeScenery(t, folder, "whole.png", 200, 100, true))
	for i, name := range []string{"broken.png", "text.jpg"} {
		s := v.waitFor(name, func(s *viewer.State) bool { return s.Stage == "failed" && s.Index == i })
		if !strings.Contains(s.Error, name) || s.Shown != nil {
			t.Errorf("got %+v, want why %s cannot be read", s, name)
		}
		v.retry(func(m *image.RGBA) error { return checkCard(m, &s) })
		v.key("Up", "r", "c", "z", "p", "p", "p", "1", "space")
		v.waitFor("k = 2", func(s *viewer.State) bool { return s.K == 2 && s.Cloud == "off" && !s.Original })
		v.key("s")
		v.waitFor("a message", func(s *viewer.State) bool { return s.Message == "There is no image to save." })
		v.key("Right")
	}
	v.waitFor("the whole file", func(s *viewer.State) bool { return isReady(s) && s.Index == 2 })
	v.checkPicture()
}

// What is not there is told, and the rest is shown.
func TestViewOfAMissingFile(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	folder := t.TempDir()
	v := openViewing(t, filepath.Join(folder, "missing.png"), writeScenery(t, folder, "a.png", 200, 100, true))
	if s := v.state(); s.Images != 1 || !strings.Contains(s.Message, "missing.png") {
		t.Errorf("got %d images and message %q, want what is missing", s.Images, s.Message)
	}
	v.checkPicture()
}

// checkCard wants a panel in the middle of the ground with light text on it.
func checkCard(m *image.RGBA, s *viewer.State) error {
	area := areaOf(s, "image")
	light, panel := 0, 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			switch c := m.RGBAAt(x, y); {
			case c.R > 200 && c.G > 200 && c.B > 200:
				light++
			case !near(c, ground, 0):
				panel++
			}
		}
	}
	if light < 50 || panel < 2000 || panel > area.Dx()*area.Dy()/2 {
		return fmt.Errorf("got %d pixels of text and %d of a panel, want a card", light, panel)
	}
	return nil
}

func TestViewSpaceShowsTheOriginal(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 300, 200, false), "-k", "2")
	v.checkPicture()
	v.mouse("keydown space")
	v.waitFor("the original", func(s *viewer.State) bool { return s.Original })
	v.checkPicture()
	v.mouse("keyup space")
	v.waitFor("the result", func(s *viewer.State) bool { return !s.Original })
	v.checkPicture()
}

// C and R change the result; S saves that of these settings.
func TestViewSavesWhatCompressWould(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	folder := t.TempDir()
	path := writeScenery(t, folder, "a.png", 500, 300, true)
	v := openViewing(t, path)
	v.save("a.k16.png", "16", "srgb", "0")
	v.key("c", "r", "r", "Up")
	v.waitFor("Oklab", func(s *viewer.State) bool { return isReady(s) && s.Space == "oklab" && s.Seed == 2 && s.K == 17 })
	v.checkPicture()
	v.save("a.k17.png", "17", "oklab", "2")
	checkFiles(t, folder, "a.k16.png", "a.k17.png", "a.png")
}

// S before there is a picture of these settings saves what will be the last one.
func TestViewSavesBeforeItIsReady(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	v := openViewing(t, writeFile(t, filepath.Join(folder, "a.png"), readFile(t, filepath.Join(testdata, "kodim23.png"))))
	v.key("6", "c", "s", "1", "5", "Up")
	v.waitForMessage("Saved", "a.k64.png")
	v.checkSaved("a.k64.png", "64", "oklab", "0")
	v.key("5", "s", "q") // the end waits for it
	<-v.ended
	v.checkSaved("a.k32.png", "32", "oklab", "0")
	checkFiles(t, folder, "a.k32.png", "a.k64.png", "a.png")
}

// save presses S for what is shown, and checks the file.
func (v *viewing) save(name, k, space, seed string) {
	v.t.Helper()
	v.key("s")
	v.waitForMessage("Saved", name)
	v.checkSaved(name, k, space, seed)
}

func (v *viewing) waitForMessage(words ...string) {
	v.t.Helper()
	v.waitFor(fmt.Sprintf("message %q", words), func(s *viewer.State) bool {
		for _, word := range words {
			if !strings.Contains(s.Message, word) {
				return false
			}
		}
		return true
	})
}

// checkSaved wants the file beside the one that is shown to be what compress makes.
func (v *viewing) checkSaved(name, k, space, seed string) {
	v.t.Helper()
	path := v.state().File
	out := filepath.Join(v.t.TempDir(), "out.png")
	mustKompress(v.t, "-k", k, "--space", space, "--seed", seed, path, "-o", out)
	if got := readFile(v.t, filepath.Join(filepath.Dir(path), name)); string(got) != string(readFile(v.t, out)) {
		v.t.Errorf("%s: got %d bytes, want those of compress", name, len(got))
	}
}

// What is there is overwritten by a second S.
func TestViewSavesOverFilesWhenAskedTwice(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	folder := t.TempDir()
	path := writeScenery(t, folder, "a.png", 200, 100, true)
	other := writeFile(t, filepath.Join(folder, "a.k16.png"), []byte("other"))
	v := openViewing(t, path)
	v.key("s")
	v.waitForMessage("a.k16.png", "is there already")
	if got := string(readFile(t, other)); got != "other" {
		t.Fatal("it was overwritten")
	}
	v.key("s")
	v.waitForMessage("Saved", "a.k16.png")
	v.checkSaved("a.k16.png", "16", "srgb", "0")
}

// It is not if something else was done in between.
func TestViewSavesOverNothingElse(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	folder := t.TempDir()
	path := writeScenery(t, folder, "a.png", 200, 100, true)
	files := []string{
		writeFile(t, filepath.Join(folder, "a.k16.png"), []byte("other")),
		writeFile(t, filepath.Join(folder, "a.k17.png"), []byte("other")),
	}
	v := openViewing(t, path)
	v.key("s")
	v.waitForMessage("a.k16.png", "is there already")
	v.key("h", "h", "s")
	v.key("Up", "s")
	v.waitForMessage("a.k17.png", "is there already")
	v.key("q")
	<-v.ended // when all files are written
	for _, file := range files {
		if got := string(readFile(t, file)); got != "other" {
			t.Errorf("%s was overwritten", file)
		}
	}
}

// A folder that cannot be written to is told, and no reason to end.
func TestViewSaveFails(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	folder := t.TempDir()
	path := writeScenery(t, folder, "a.png", 200, 100, true)
	if err := os.Mkdir(filepath.Join(folder, "a.k16.png"), 0o777); err != nil {
		t.Fatal(err)
	}
	v := openViewing(t, path)
	v.key("s")
	v.waitForMessage("is there already")
	v.key("s")
	v.waitForMessage("Not saved", "a.k16.png")
	v.checkPicture()
	checkFiles(t, folder, "a.k16.png", "a.png")
}

func TestViewHelp(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 300, 200, true))
	for _, test := range []struct {
		key  string
		help bool
	}{{"h", true}, {"h", false}, {"F1", true}, {"Escape", false}} {
		v.key(test.key)
		v.waitFor("help", func(s *viewer.State) bool { return s.Help == test.help })
		if !test.help {
			v.checkPicture()
			continue
		}
		v.retry(checkHelp)
	}
	v.key("h")
	v.mouse("mousemove 50 300 click 1")
	v.waitFor("no help", func(s *viewer.State) bool { return !s.Help })
	v.checkPicture()
}

// checkHelp wants light text on a dark panel in the middle of the window, where the
// picture is not dark.
func checkHelp(m *image.RGBA) error {
	dark, light := 0, 0
	const side = 200
	for i := range side * side {
		switch c := m.RGBAAt(windowWidth/2-side/2+i%side, windowHeight/2-side/2+i/side); {
		case max(c.R, c.G, c.B) < 64:
			dark++
		case min(c.R, c.G, c.B) > 180:
			light++
		}
	}
	if dark < side*side*6/10 || light < side*side/100 {
		return fmt.Errorf("%d pixels in the window's middle are dark and %d light, want a panel with text", dark, light)
	}
	return nil
}

func TestViewCloud(t *testing.T) {
	leaveOutWithRace(t)
	t.Parallel()
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 300, 200, true))
	v.checkCloud()
}

// checkCloud goes through the ways to show the cloud.
func (v *viewing) checkCloud() {
	v.t.Helper()
	for _, mode := range []string{"beside", "alone", "off"} {
		v.key("p")
		s := v.waitFor("cloud "+mode, func(s *viewer.State) bool { return s.Cloud == mode && isReady(s) })
		if mode != "alone" {
			v.checkPicture()
		}
		if mode != "off" {
			v.retry(func(m *image.RGBA) error { return checkCloudIn(m, areaOf(&s, "cloud")) })
		}
	}
}

// checkCloudIn wants points of many colours in both halves of a part of the window.
func checkCloudIn(m *image.RGBA, area image.Rectangle) error {
	if area.Empty() {
		return fmt.Errorf("the cloud has no area")
	}
	halves := [2]image.Rectangle{area, area}
	if area.Dx() > area.Dy() {
		halves[0].Max.X = area.Min.X + area.Dx()/2
		halves[1].Min.X = halves[0].Max.X
	} else {
		halves[0].Max.Y = area.Min.Y + area.Dy()/2
		halves[1].Min.Y = halves[0].Max.Y
	}
	for i, least := range []int{300, 30} {
		colors := map[color.RGBA]bool{}
		for y := halves[i].Min.Y; y < halves[i].Max.Y; y++ {
			for x := halves[i].Min.X; x < halves[i].Max.X; x++ {
				colors[m.RGBAAt(x, y)] = true
			}
		}
		if len(colors) < least {
			return fmt.Errorf("half %d of the cloud %v has %d colors, want at least %d", i, halves[i], len(colors), least)
		}
	}
	return nil
}

func TestViewFullScreen(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 300, 200, true))
	for range 2 {
		v.key("f")
		v.waitFor("the full screen", func(s *viewer.State) bool { return s.Full && s.Areas["strip"][2] == 1280 && isReady(s) })
		v.checkPicture()
		v.focus()
		v.key("f")
		v.waitFor("the window", func(s *viewer.State) bool { return !s.Full && s.Areas["strip"][2] == windowWidth && isReady(s) })
		v.checkPicture()
		v.focus()
	}
}

// The GPU's engine makes no difference to what is seen. The largest image has more
// pixels, 2²², than its buffers.
func TestViewEngines(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	files := []string{
		writeScenery(t, folder, "opaque.png", 500, 400, true),
		writeScenery(t, folder, "transparent.png", 350, 250, false),
	}
	if !raceEnabled {
		files = append(files, writeScenery(t, folder, "large.png", 4200, 1010, true))
	}
	v := openViewing(t, files...)
	v.key("e")
	for i := range files {
		v.waitFor("the GPU", func(s *viewer.State) bool { return isReady(s) && s.Index == i && s.Engine == "gpu" })
		v.key("z")
		v.waitFor("1:1", func(s *viewer.State) bool { return isReady(s) && s.Zoom == 1 })
		v.checkPicture()
		v.drag(700, 500, 700, 100) // to where the pixels of the largest one go on in another buffer
		v.key("1", "Up")
		v.readyWith(3)
		v.checkPicture()
		v.key("4")
		v.readyWith(16)
		v.key("Right")
	}
	v.waitFor("the first image", func(s *viewer.State) bool { return isReady(s) && s.Index == 0 })
	for _, engine := range []string{"cpu", "gpu"} {
		v.key("e")
		s := v.waitFor(engine, func(s *viewer.State) bool { return isReady(s) && s.Engine == engine })
		if s.Message != "" {
			t.Errorf("got message %q, want none", s.Message)
		}
		v.checkPicture()
	}
	v.save("opaque.k16.png", "16", "srgb", "0")
}
