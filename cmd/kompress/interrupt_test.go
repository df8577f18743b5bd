package main

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// A countdown is a context that is cancelled when it has been asked n times.
type countdown struct {
	context.Context
	cancel context.CancelFunc
	left   atomic.Int64
}

func newCountdown(parent context.Context, n int64) *countdown {
	c := new(countdown)
	c.Context, c.cancel = context.WithCancel(parent)
	c.left.Store(n)
	return c
}

func (c *countdown) Err() error {
	if c.left.Add(-1) < 0 {
		c.cancel()
	}
	return c.Context.Err()
}

// Wherever an interrupt arrives, nothing is left of a file that is not done.
func TestInterruptAnywhere(t *testing.T) {
	interruptAnywhere(t, "-k8")
}

// Nor of the temporary files that are made of what is read by bands.
func TestInterruptByBands(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp) // Windows
	interruptAnywhere(t, "-k8", "--memory", "1", "--dither", "floyd-steinberg")
	checkFiles(t, temp)
}

// Nor if the image ends before it should.
func TestTruncatedByBands(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp) // Windows
	folder := t.TempDir()
	data := readFile(t, photo(t, folder))
	in := writeFile(t, filepath.Join(folder, "photo.png"), data[:len(data)*2/3])
	for _, dither := range []string{"none", "floyd-steinberg"} {
		checkFails(t, kompress(t, "compress", in, "-o", filepath.Join(folder, "new")+"/", "--memory", "1", "--dither", dither), exitFailed, "photo.png: ")
	}
	checkFiles(t, folder, "photo.png")
	checkFiles(t, temp)
}

func interruptAnywhere(t *testing.T, flags ...string) {
	folder := t.TempDir()
	in := photo(t, folder)
	out := filepath.Join(folder, "new", "er")
	interrupts := 0
	for n := int64(0); ; n += 1 + n/8 {
		c := newCountdown(t.Context(), n)
		r := kompressContext(c, append([]string{"compress", in, "-o", out + "/"}, flags...)...)
		if r.code == exitDone {
			break
		}
		interrupts++
		if r.code != exitFailed || r.stderr != "kompress: interrupted\n" {
			t.Fatalf("after %d: got %+v, want it to be interrupted", n, r)
		}
		if r.stdout != "" { // it came when all was done
			decode(t, filepath.Join(out, "photo.k8.png"))
			break
		}
		checkFiles(t, folder, "photo.png")
	}
	checkFiles(t, out, "photo.k8.png")
	if interrupts < 10 {
		t.Errorf("got only %d interrupts, want more", interrupts)
	}
}

// No other file is begun.
func TestInterruptEndsAll(t *testing.T) {
	folder := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	in := photo(t, folder)
	if r := kompressContext(ctx, "compress", in, filepath.Join(folder, "missing.png")); r != (result{exitFailed, "", "kompress: interrupted\n"}) {
		t.Errorf("got %+v", r)
	}
	checkFiles(t, folder, "photo.png")
}

// A spy is a context that acts when it is first asked, which is when the input
// is being read.
type spy struct {
	context.Context
	act func()
}

func (s *spy) Err() error {
	if s.act != nil {
		s.act()
		s.act = nil
	}
	return s.Context.Err()
}

// What appears while the work is done is not overwritten either.
func TestOutputAppears(t *testing.T) {
	folder := t.TempDir()
	in := writePNG(t, filepath.Join(folder, "x.png"), colorful(20))
	out := filepath.Join(folder, "x.k16.png")
	ctx := &spy{t.Context(), func() { writeFile(t, out, []byte("new")) }}
	checkFails(t, kompressContext(ctx, "compress", in), exitFailed, "x.k16.png: file already exists", "--force")
	if got := string(readFile(t, out)); got != "new" {
		t.Errorf("it was overwritten by %q", got)
	}
	checkFiles(t, folder, "x.k16.png", "x.png")
}
