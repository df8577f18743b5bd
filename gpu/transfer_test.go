//go:build linux && cgo

package gpu

import (
	"bytes"
	"context"
	"errors"
	"image"
	"testing"

	"kompress/kmeans"
	"kompress/quantize"
)

// Transfers that are kept apart change times, and no result.
func TestApart(t *testing.T) {
	m := opaque(300, 200)
	want := mapped(t, openForTest(t, Options{}), m)
	e := openForTest(t, Options{Apart: true, Timed: true})
	if got := mapped(t, e, m); !bytes.Equal(got, want) {
		t.Error("the indices differ from those of an engine that keeps nothing apart")
	}
	found := e.Transfers()
	if found.Upload <= 0 || found.ReadBack <= 0 {
		t.Errorf("got %+v, want times of both", found)
	}
	times := e.Times()
	if times["upload"] <= 0 || times["read back"] <= 0 {
		t.Errorf("got device times %v, want some of upload and of read back", times)
	}
	if times["upload"] > found.Upload || times["read back"] > found.ReadBack {
		t.Errorf("got device times %v, want them to be parts of %+v", times, found)
	}
	if _ = mapped(t, e, m); e.Transfers().Upload <= found.Upload {
		t.Error("a second upload took no time")
	}
	if got := openForTest(t, Options{Timed: true}).Transfers(); got != (Transfers{}) {
		t.Errorf("got %+v of an engine that was not asked to keep transfers apart", got)
	}
}

func mapped(t *testing.T, e *Engine, m image.Image) []uint8 {
	t.Helper()
	s, err := quantize.NewSession(context.Background(), e, m)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	q, err := s.Cluster(context.Background(), quantize.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Map(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return p.Pix
}

func TestCopyTime(t *testing.T) {
	e := openForTest(t, Options{})
	buffers, size := e.Memory()
	small, err := e.CopyTime(4 << 10)
	if err != nil || small <= 0 {
		t.Fatalf("got %v, %v", small, err)
	}
	large, err := e.CopyTime(300 << 20)
	if err != nil || large <= 0 {
		t.Errorf("300 MiB: got %v, %v", large, err)
	}
	if b, s := e.Memory(); b != buffers || s != size {
		t.Errorf("%d buffers of %d bytes are left, want %d of %d", b, s, buffers, size)
	}
	if _, err := e.CopyTime(0); err == nil {
		t.Error("copied 0 bytes")
	}
	if times := e.Times(); len(times) != 0 {
		t.Errorf("the engine takes times now: %v", times)
	}
	e.Close()
	if _, err := e.CopyTime(1); !errors.Is(err, kmeans.ErrClosed) {
		t.Errorf("closed: got error %v, want %v", err, kmeans.ErrClosed)
	}
	if got := e.Transfers(); got != (Transfers{}) {
		t.Errorf("closed: got %v", got)
	}
}
