//go:build unix

package imagefile

import (
	"context"
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

// Opening the FIFO would wait for its other end for ever.
func TestFIFOIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(context.Background(), path, DecodeOptions{}); !errors.Is(err, ErrNotRegular) {
		t.Errorf("Decode: got %v, want %v", err, ErrNotRegular)
	}
	_, err := WriteFile(context.Background(), path, WriteOptions{Force: true}, writeText("x"))
	if !errors.Is(err, ErrNotRegular) {
		t.Errorf("WriteFile: got %v, want %v", err, ErrNotRegular)
	}
}
