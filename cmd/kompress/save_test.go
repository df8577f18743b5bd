package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"kompress/viewer"
)

func writeResult(w io.Writer) error {
	_, err := io.WriteString(w, "result")
	return err
}

// What the window saves goes beside the image, and over nothing that it was not asked
// to overwrite.
func TestSaveBeside(t *testing.T) {
	folder := t.TempDir()
	image := filepath.Join(folder, "a.png")
	if err := os.WriteFile(image, []byte("image"), 0o666); err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(folder, "a.k8.png")
	for _, overwrite := range []bool{false, true} {
		if name, err := saveBeside(t.Context(), image, 8, overwrite, writeResult); name != want || err != nil {
			t.Errorf("got %s and error %v, want %s", name, err, want)
		}
	}
	if _, err := saveBeside(t.Context(), image, 8, false, writeResult); !errors.Is(err, viewer.ErrExists) {
		t.Errorf("got error %v, want %v", err, viewer.ErrExists)
	}
}

// A link may lead to another image, which is not what the user was asked about.
func TestSaveOverLink(t *testing.T) {
	folder := t.TempDir()
	image, other, link := filepath.Join(folder, "a.png"), filepath.Join(folder, "b.png"), filepath.Join(folder, "a.k8.png")
	for _, name := range []string{image, other} {
		if err := os.WriteFile(name, []byte("image"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, target := range []string{other, image, filepath.Join(folder, "none")} {
		os.Remove(link)
		err := os.Symlink(target, link)
		if err != nil && runtime.GOOS == "windows" {
			t.Skip(err) // where few may make links
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := saveBeside(t.Context(), image, 8, true, writeResult); err == nil || errors.Is(err, viewer.ErrExists) {
			t.Errorf("%s: got error %v, want a refusal", target, err)
		}
	}
	for _, name := range []string{image, other} {
		if got, err := os.ReadFile(name); err != nil || string(got) != "image" {
			t.Errorf("%s is now %q, %v", name, got, err)
		}
	}
}
