//go:build linux && cgo

package gpu

import (
	"context"
	"errors"
	"image"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"kompress/kmeans"
	"kompress/quantize"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// everyMethod uses all of an engine.
func everyMethod(e *Engine, m image.Image) (err error) {
	s, err := quantize.NewSession(context.Background(), e, m)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	q, err := s.Cluster(context.Background(), quantize.Options{Colors: 8, Effort: kmeans.Fast})
	if err != nil {
		return err
	}
	if _, err = s.Map(context.Background(), q); err != nil {
		return err
	}
	d, err := e.Draw(s.Pixels(), q.Table())
	e.Retire(d)
	return err
}

// resident returns the process's memory in bytes, without Go's garbage.
func resident(t *testing.T) int {
	t.Helper()
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// names counts the objects that OpenGL knows by small numbers.
func names(t *testing.T, e *Engine) (buffers, programs, queries int) {
	t.Helper()
	err := e.do(func(*thread) error {
		for name := range uint32(4096) {
			for kind, is := range map[*int]bool{&buffers: gl.IsBuffer(name), &programs: gl.IsProgram(name), &queries: gl.IsQuery(name)} {
				if is {
					*kind++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return buffers, programs, queries
}

func TestNothingLeaks(t *testing.T) {
	skipWithRaceDetector(t)
	const warm, rounds, slack = 20, 200, 24 << 20
	e := openForTest(t, Options{Timed: true})
	images := []image.Image{translucent(200, 150), translucent(31, 17), translucent(150, 200)}
	var bytes, before int
	for round := range warm + rounds {
		if err := everyMethod(e, images[round%len(images)]); err != nil {
			t.Fatal(err)
		}
		if round == warm-1 {
			_, bytes = e.Memory()
			before = resident(t)
		}
	}
	held, n := e.Memory()
	if n != bytes {
		t.Errorf("got %d bytes in buffers, %d at first", n, bytes)
	}
	if buffers, programs, queries := names(t, e); buffers != held || programs != len(e.thread.programs) || queries != 0 {
		t.Errorf("OpenGL has %d buffers, %d programs and %d queries, want %d, %d and none",
			buffers, programs, queries, held, len(e.thread.programs))
	}
	if n := e.thread.fences; n > 2*len(e.up.slots) {
		t.Errorf("got %d fences, want at most one for each slot of the rings", n)
	}
	if grown := resident(t) - before; grown > slack {
		t.Errorf("got %d bytes more than at first", grown)
	}
}

// Engines may come and go.
func TestEnginesDoNotLeak(t *testing.T) {
	skipWithRaceDetector(t)
	const warm, rounds, slack = 5, 40, 40 << 20
	m := translucent(64, 64)
	var before int
	for round := range warm + rounds {
		e := openForTest(t, Options{})
		if err := everyMethod(e, m); err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if round == warm-1 {
			before = resident(t)
		}
	}
	if grown := resident(t) - before; grown > slack {
		t.Errorf("got %d bytes more than at first", grown)
	}
	if threads, err := os.ReadDir("/proc/self/task"); err != nil || len(threads) > 100 {
		t.Errorf("got %d threads and error %v", len(threads), err)
	}
}
