package main

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// animation writes a GIF of two frames.
func animation(t *testing.T, path string) string {
	t.Helper()
	frame := image.NewPaletted(image.Rect(0, 0, 2, 2), color.Palette{black, red})
	return writeFile(t, path, encoded(t, func(w io.Writer) error {
		return gif.EncodeAll(w, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}})
	}))
}

// Every command that reads images tells of what it could not do with them.
func TestNotesOfAll(t *testing.T) {
	in := animation(t, filepath.Join(t.TempDir(), "in.gif"))
	want := "kompress: warning: " + in + ": first of 2 frames\n"
	for _, command := range []string{"compress", "palette", "explore"} {
		if r := kompress(t, command, in); r.code != exitDone || r.stderr != want {
			t.Errorf("%s: got %+v, want %q", command, r, want)
		}
		if r := kompress(t, command, in, "-qf"); r.code != exitDone || r.stderr != "" {
			t.Errorf("%s -q: got %+v", command, r)
		}
	}
}

func TestNotesOnce(t *testing.T) {
	var out bytes.Buffer
	c := &console{stderr: &out, progress: newProgress(&out, true)}
	c.notes("-", []string{"a", "b", "a", "b"})
	if got, want := out.String(), "kompress: warning: standard input: a\nkompress: warning: standard input: b\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Standard input is called the same in all that is told.
func TestStandardInputName(t *testing.T) {
	t.Chdir(t.TempDir())
	data := readFile(t, photo(t, "."))
	for _, flags := range []string{"-k2 --quality=99-100 -o x.png", "--max-bytes=9", "-k2 --target-psnr=90"} {
		feed(t, data)
		r := kompress(t, append([]string{"compress", "-"}, strings.Fields(flags)...)...)
		if all := r.stdout + r.stderr; !strings.Contains(all, "standard input: ") || strings.Contains(all, "-: ") {
			t.Errorf("%s: got %.300q", flags, all)
		}
	}
}
