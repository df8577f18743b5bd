package imagefile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func TestDecodeReader(t *testing.T) {
	for _, s := range samples(photo(37, 29)) {
		t.Run(s.name, func(t *testing.T) {
			want, err := decodeBytes(t, s.data, DecodeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := DecodeReader(context.Background(), "-", iotest.HalfReader(bytes.NewReader(s.data)), DecodeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got another file than by its path")
			}
		})
	}
}

// A file is read where it is, unless some of it was read before.
func TestDecodeReaderOfFile(t *testing.T) {
	data := encodePPM(photo(3, 2))
	path := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(path, append([]byte("xyz"), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, _, ok := regularAtStart(file); !ok {
		t.Error("a file at its start would be copied")
	}
	if _, err := io.CopyN(io.Discard, file, 3); err != nil {
		t.Fatal(err)
	}
	f, err := DecodeReader(context.Background(), "-", file, DecodeOptions{})
	if err != nil || f.Bytes != int64(len(data)) {
		t.Errorf("got %v, %v", f, err)
	}
}

func TestDecodeReaderRefuses(t *testing.T) {
	broken := errors.New("the other end is gone")
	tests := []struct {
		name string
		r    io.Reader
		want error
	}{
		{"nothing", strings.NewReader(""), ErrEmpty},
		{"text", strings.NewReader("no image at all, but text"), ErrFormat},
		{"text without end", io.MultiReader(strings.NewReader("no image at all, but text"), iotest.ErrReader(errors.New("read on"))), ErrFormat},
		{"failing", io.MultiReader(strings.NewReader("P6 "), iotest.ErrReader(broken)), broken},
	}
	for _, test := range tests {
		_, err := DecodeReader(context.Background(), "standard input", test.r, DecodeOptions{})
		if !errors.Is(err, test.want) || !strings.HasPrefix(err.Error(), "standard input: ") {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
}

// A read that never ends must not keep the program.
func TestDecodeReaderIsCancelled(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go cancel()
	if _, err := DecodeReader(ctx, "-", r, DecodeOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestSpoolLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	for _, data := range [][]byte{encodePPM(photo(3, 2)), []byte("no image at all, but text")} {
		DecodeReader(context.Background(), "-", bytes.NewReader(data), DecodeOptions{})
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("got %v, %v left", entries, err)
	}
	gone := filepath.Join(dir, "gone")
	t.Setenv("TMPDIR", gone)
	t.Setenv("TMP", gone)
	_, err = DecodeReader(context.Background(), "-", strings.NewReader("P6"), DecodeOptions{})
	if err == nil || !strings.Contains(err.Error(), gone) {
		t.Errorf("got %v, want an error that names the folder", err)
	}
}
