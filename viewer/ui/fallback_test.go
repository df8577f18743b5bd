package ui

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/image/font/gofont/goregular"
)

const foreign = '\uff21' // a wide A, that the Go fonts lack

// foreignFont returns a Go font whose last letters are at foreign and after it.
func foreignFont(t *testing.T) []byte {
	t.Helper()
	ttf := bytes.Clone(goregular.TTF)
	cmap := table(t, ttf, "cmap")
	for i := range int(binary.BigEndian.Uint16(cmap[2:])) {
		if sub := cmap[binary.BigEndian.Uint32(cmap[4+8*i+4:]):]; binary.BigEndian.Uint16(sub) == 4 {
			moveLetters(sub)
		}
	}
	return ttf
}

// table returns a table of an OpenType font.
func table(t *testing.T, ttf []byte, tag string) []byte {
	t.Helper()
	for i := range int(binary.BigEndian.Uint16(ttf[4:])) {
		if entry := ttf[12+16*i:]; string(entry[:4]) == tag {
			return ttf[binary.BigEndian.Uint32(entry[8:]):]
		}
	}
	t.Fatalf("there is no table %s", tag)
	return nil
}

// moveLetters has the last letters of a character map of format 4 begin at foreign:
// those of its last segment but the one that ends every such map.
func moveLetters(sub []byte) {
	twice := int(binary.BigEndian.Uint16(sub[6:]))
	segment := twice - 4
	last, first, delta := sub[14+segment:], sub[16+twice+segment:], sub[16+2*twice+segment:]
	by := foreign - binary.BigEndian.Uint16(first)
	for _, field := range []struct {
		at []byte
		by uint16
	}{{last, by}, {first, by}, {delta, -by}} {
		binary.BigEndian.PutUint16(field.at, binary.BigEndian.Uint16(field.at)+field.by)
	}
}

// installed returns a font of the system that is said to have the foreign rune.
func installed(t *testing.T, ttf []byte) *systemFont {
	t.Helper()
	path := filepath.Join(t.TempDir(), "font.ttf")
	if err := os.WriteFile(path, ttf, 0o600); err != nil {
		t.Fatal(err)
	}
	f := &systemFont{path: path}
	f.runes.Add(foreign)
	return f
}

// withSystem returns a font in an atlas that knows these fonts of the system once
// released, and a channel that tells of changes.
func withSystem(t *testing.T, released <-chan bool, fonts ...*systemFont) (*Atlas, *Font, <-chan bool) {
	t.Helper()
	a, f := newFont(t, 14)
	changed := make(chan bool, 1000)
	a.OnChange = func() { changed <- true }
	a.fallback = newFallback(func() []*systemFont {
		<-released
		return fonts
	})
	return a, f, changed
}

func await(t *testing.T, event <-chan bool) {
	t.Helper()
	select {
	case <-event:
	case <-time.After(10 * time.Second):
		t.Fatal("waited in vain")
	}
}

// isBox tells whether a rune is drawn as a box, which has four sides.
func isBox(l *List, f *Font, r rune) bool {
	before := len(l.appendAll(nil))
	l.Text(f, 0, 0, string(r), Foreground)
	return len(l.appendAll(nil))-before == 4*6
}

func TestFallback(t *testing.T) {
	released := make(chan bool)
	a, f, changed := withSystem(t, released, installed(t, []byte("broken")), installed(t, goregular.TTF), installed(t, foreignFont(t)))
	l := NewList(a)
	for range 2 {
		if !isBox(l, f, foreign) {
			t.Error("what is not known yet is no box")
		}
	}
	close(released)
	await(t, changed)
	if !isBox(l, f, foreign) {
		t.Error("the width of a rune has changed within a frame")
	}
	l.Reset()
	if isBox(l, f, foreign) {
		t.Error("a font has the rune, and yet it is a box")
	}
	if isBox(l, f, 'A') || !isBox(l, f, '\ufffd') {
		t.Error("the wrong runes are boxes")
	}
}

func TestRuneOfNoFont(t *testing.T) {
	released := make(chan bool)
	close(released)
	a, f, changed := withSystem(t, released)
	l := NewList(a)
	for range 3 {
		l.Reset()
		if !isBox(l, f, foreign) {
			t.Error("got no box")
		}
	}
	await(t, changed)
	l.Reset()
	l.Text(f, 0, 0, string(foreign), Foreground)
	time.Sleep(10 * time.Millisecond)
	if len(changed) != 0 {
		t.Error("what no font has is looked for again")
	}
}

// Runes that come up while others are looked for.
func TestManyForeignRunes(t *testing.T) {
	released := make(chan bool)
	close(released)
	system := installed(t, foreignFont(t))
	a, f, changed := withSystem(t, released, system)
	const first, last = rune(0x4e00), rune(0x4ec8)
	for r := first; r < last; r++ {
		system.runes.Add(r) // so that it is asked
	}
	l := NewList(a)
	for r := first; r < last; r++ {
		l.Reset()
		l.Text(f, 0, 0, string(r), Foreground)
	}
	for deadline := time.Now().Add(10 * time.Second); len(a.fallback.asked) > 0; a.begin() {
		if time.Now().After(deadline) {
			t.Fatalf("%d runes are still looked for", len(a.fallback.asked))
		}
		<-changed
	}
}

// Whatever a file holds, there is a glyph or there is none.
func TestBrokenFonts(t *testing.T) {
	ttf := foreignFont(t)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 60 {
		broken := bytes.Clone(ttf)
		if i%2 == 0 {
			broken = broken[:random.IntN(len(ttf))]
		}
		for range 300 {
			broken[random.IntN(len(broken))] = byte(random.Uint32())
		}
		system := installed(t, broken)
		a, f := newFont(t, 14)
		a.fallback.known[foreign] = firstWith([]*systemFont{system}, foreign)
		if system.parsed != nil {
			a.fallback.known[foreign] = system.parsed // even if it says it cannot draw
		}
		NewList(a).Text(f, 0, 0, string(foreign), Foreground)
	}
}

func TestPanicsAreMissingGlyphs(t *testing.T) {
	f := &face{Face: nil, largest: 100} // all its methods panic
	if _, ok := f.advance('a'); ok {
		t.Error("got an advance")
	}
	if _, _, ok := f.rasterize('a'); ok {
		t.Error("got a glyph")
	}
}

// A font may ask for a glyph of any size.
func TestHugeGlyph(t *testing.T) {
	_, f := newFont(t, 100)
	f.own.largest = 40
	for _, r := range "—|" { // a wide and a high one
		if _, _, ok := f.own.rasterize(r); ok {
			t.Errorf("got %q, which is larger than any may be", r)
		}
	}
}

func TestSystemFonts(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for _, f := range systemFonts() { // there may be none
		if f.path == "" || len(f.runes) == 0 {
			t.Errorf("got a font at %q of %d pages of runes", f.path, len(f.runes))
		}
	}
}

func TestCacheFolder(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	folder, remove := cacheFolder()
	if !writable(folder) {
		t.Errorf("%s cannot be written to", folder)
	}
	remove()
	t.Setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
	t.Setenv("HOME", "/dev/null/nowhere")
	t.Setenv("LocalAppData", "")
	folder, remove = cacheFolder()
	if !writable(folder) {
		t.Errorf("%s cannot be written to", folder)
	}
	remove()
	if _, err := os.Stat(folder); err == nil {
		t.Error("the folder to throw away is still there")
	}
}
