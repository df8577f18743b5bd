package imagefile

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

var background = context.Background()

func writeText(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// checkFiles checks that dir holds these files with these contents, and no
// temporary one.
func checkFiles(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := want[e.Name()]; !ok {
			t.Errorf("%s is left", e.Name())
		}
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		} else if string(got) != text {
			t.Errorf("%s: got %q, want %q", name, got, text)
		}
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.png")
	n, err := WriteFile(background, path, WriteOptions{}, writeText("first"))
	if err != nil || n != 5 {
		t.Fatalf("got %d, %v, want 5 bytes", n, err)
	}
	checkFiles(t, dir, map[string]string{"a.png": "first"})

	_, err = WriteFile(background, path, WriteOptions{}, func(io.Writer) error {
		t.Error("work was done for a file that exists")
		return nil
	})
	if !errors.Is(err, ErrExists) {
		t.Errorf("got %v, want %v", err, ErrExists)
	}
	checkErrorText(t, err, path, "--force")
	checkFiles(t, dir, map[string]string{"a.png": "first"})

	if n, err = WriteFile(background, path, WriteOptions{Force: true}, writeText("second")); err != nil || n != 6 {
		t.Errorf("with Force: got %d, %v, want 6 bytes", n, err)
	}
	checkFiles(t, dir, map[string]string{"a.png": "second"})
}

func TestWriteFileAppearsMeanwhile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.png")
	_, err := WriteFile(background, path, WriteOptions{}, func(w io.Writer) error {
		return os.WriteFile(path, []byte("other"), 0o600)
	})
	if !errors.Is(err, ErrExists) {
		t.Errorf("got %v, want %v", err, ErrExists)
	}
	checkFiles(t, dir, map[string]string{"a.png": "other"})
}

func TestWriteFileFails(t *testing.T) {
	for _, force := range []bool{false, true} {
		dir := t.TempDir()
		path := filepath.Join(dir, "a.png")
		want := map[string]string{}
		if force {
			want["a.png"] = "old"
			if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := WriteFile(background, path, WriteOptions{Force: force}, func(w io.Writer) error {
			w.Write(make([]byte, 100_000))
			return errFull
		})
		if !errors.Is(err, errFull) {
			t.Errorf("got %v, want %v", err, errFull)
		}
		checkErrorText(t, err, path, "full")
		checkFiles(t, dir, want)
	}
}

func TestWriteFileCancelled(t *testing.T) {
	tests := []struct {
		name  string
		write func(w io.Writer, cancel func()) error
	}{
		{"while writing", func(w io.Writer, cancel func()) error {
			w.Write(make([]byte, 100_000))
			cancel()
			if _, err := w.Write(make([]byte, 100_000)); !errors.Is(err, context.Canceled) {
				return errors.New("no error from Write")
			}
			return context.Canceled
		}},
		{"at the end", func(w io.Writer, cancel func()) error {
			cancel()
			return nil
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(background)
			_, err := WriteFile(ctx, filepath.Join(dir, "a.png"), WriteOptions{}, func(w io.Writer) error {
				return test.write(w, cancel)
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
			checkFiles(t, dir, nil)
		})
	}
}

func TestWriteFileRemovesTempOnPanic(t *testing.T) {
	dir := t.TempDir()
	defer func() {
		if recover() == nil {
			t.Error("got no panic")
		}
		checkFiles(t, dir, nil)
	}()
	WriteFile(background, filepath.Join(dir, "a.png"), WriteOptions{}, func(io.Writer) error { panic("bug") })
}

func TestWriteFileTempIsHiddenBesideTarget(t *testing.T) {
	dir := t.TempDir()
	_, err := WriteFile(background, filepath.Join(dir, "a.png"), WriteOptions{}, func(io.Writer) error {
		names, err := filepath.Glob(filepath.Join(dir, ".kompress-*.tmp"))
		if len(names) != 1 {
			t.Errorf("got temporary files %v, want one", names)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWriteFileRefusesTargets(t *testing.T) {
	dir := t.TempDir()
	longName := strings.Repeat("x", 300)
	tests := []struct {
		name string
		path string
		want error
		text string
	}{
		{"directory", dir, ErrNotRegular, "directory"},
		{"no folder", filepath.Join(dir, "none", "a.png"), fs.ErrNotExist, "folder"},
		{"name too long", filepath.Join(dir, longName), nil, ""},
		{"no name", "", fs.ErrNotExist, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := WriteFile(background, test.path, WriteOptions{Force: true}, writeText("x"))
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if test.path != "" {
				checkErrorText(t, err, test.path, test.text)
			}
		})
	}
}

func TestWriteFilePermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no permissions on Windows")
	}
	dir := t.TempDir()
	created, err := os.Create(filepath.Join(dir, "created"))
	if err != nil {
		t.Fatal(err)
	}
	defer created.Close()
	info, err := created.Stat()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "a.png")
	if _, err := WriteFile(background, path, WriteOptions{}, writeText("x")); err != nil {
		t.Fatal(err)
	}
	checkMode(t, path, info.Mode())
	for _, mode := range []fs.FileMode{0o600, 0o640, 0o777, 0o444} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := WriteFile(background, path, WriteOptions{Force: true}, writeText("y")); err != nil {
			t.Fatal(err)
		}
		checkMode(t, path, mode)
	}
}

func checkMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode(); got != want {
		t.Errorf("got mode %v, want %v", got, want)
	}
}

func symlink(t *testing.T, to, path string) {
	t.Helper()
	err := os.Symlink(to, path)
	if err != nil && runtime.GOOS == "windows" {
		t.Skip(err) // where it asks for a right
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestWriteFileThroughLink(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	file := filepath.Join(elsewhere, "file")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	symlink(t, file, link)
	if _, err := WriteFile(background, link, WriteOptions{}, writeText("new")); !errors.Is(err, ErrExists) {
		t.Errorf("without Force: got %v, want %v", err, ErrExists)
	}
	if _, err := WriteFile(background, link, WriteOptions{Force: true}, writeText("new")); err != nil {
		t.Error(err)
	}
	checkFiles(t, elsewhere, map[string]string{"file": "new"})
	if to, err := os.Readlink(link); err != nil || to != file {
		t.Errorf("the link leads to %q, %v, want %q", to, err, file)
	}
}

func TestWriteFileDanglingLink(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	symlink(t, filepath.Join(dir, "none"), link)
	if _, err := WriteFile(background, link, WriteOptions{}, writeText("x")); !errors.Is(err, ErrExists) {
		t.Errorf("without Force: got %v, want %v", err, ErrExists)
	}
	_, err := WriteFile(background, link, WriteOptions{Force: true}, writeText("x"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("got %v, want %v", err, fs.ErrNotExist)
	}
	checkErrorText(t, err, link, "link leads nowhere")
}

// As on file systems that have no hard links.
func TestPlaceReserved(t *testing.T) {
	dir := t.TempDir()
	temp, path := filepath.Join(dir, "temp"), filepath.Join(dir, "a.png")
	if err := os.WriteFile(temp, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := placeReserved(temp, path); err != nil {
		t.Fatal(err)
	}
	checkFiles(t, dir, map[string]string{"a.png": "new"})
	if err := placeReserved(temp, path); !errors.Is(err, ErrExists) {
		t.Errorf("target exists: got %v, want %v", err, ErrExists)
	}
	if err := placeReserved(temp, filepath.Join(dir, "b.png")); err == nil {
		t.Error("no temporary file: got no error")
	}
	checkFiles(t, dir, map[string]string{"a.png": "new"})
}

func TestSameFile(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	for _, path := range []string{a, b} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(dir, "link")
	symlink(t, a, link)
	tests := []struct {
		name string
		a, b string
		want bool
	}{
		{"one name", a, a, true},
		{"other spelling", a, filepath.Join(dir, ".") + "/../" + filepath.Base(dir) + "/a", true},
		{"link", a, link, true},
		{"two files", a, b, false},
		{"second missing", a, filepath.Join(dir, "none"), false},
		{"first missing", filepath.Join(dir, "none"), a, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := SameFile(test.a, test.b); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
