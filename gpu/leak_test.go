//go:build linux && cgo

package gpu

import (
	"context"
	"errors"
	"image"
	"os"
	"strconv"
	"strings"
	"testing"

	"kompress/kmeans"
	"kompress/quantize"
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
	_, err = s.Map(context.Background(), q)
	return err
}

// resident returns the process's memory in bytes.
func resident(t *testing.T) int {
	t.Helper()
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

func TestNothingLeaks(t *testing.T) {
	skipWithRaceDetector(t)
	const warm, rounds, slack = 20, 200, 24 << 20
	e := openForTest(t, Options{})
	images := []image.Image{translucent(200, 150), translucent(31, 17), translucent(150, 200)}
	var buffers, bytes, before int
	for round := range warm + rounds {
		if err := everyMethod(e, images[round%len(images)]); err != nil {
			t.Fatal(err)
		}
		if round == warm-1 {
			buffers, bytes = e.Memory()
			before = resident(t)
		}
	}
	if b, n := e.Memory(); b != buffers || n != bytes {
		t.Errorf("got %d buffers of %d bytes, %d of %d at first", b, n, buffers, bytes)
	}
	if grown := resident(t) - before; grown > slack {
		t.Errorf("got %d bytes more than at first", grown)
	}
}

// Engines may come and go.
func TestEnginesDoNotLeak(t *testing.T) {
	skipWithRaceDetector(t)
	const warm, rounds, slack = 5, 40, 24 << 20
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
