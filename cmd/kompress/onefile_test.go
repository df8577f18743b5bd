package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What --keep-metadata cannot keep is told of.
func TestKeepMetadataTellsOfLosses(t *testing.T) {
	folder := t.TempDir()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	in := filepath.Join(folder, "in.jpg")
	const comment = "\xff\xfe\x00\x07hello"
	if err := os.WriteFile(in, slices.Insert(b.Bytes(), 2, []byte(comment)...), 0o666); err != nil {
		t.Fatal(err)
	}
	want := "kompress: warning: " + in + ": a .webp cannot hold text: dropped\n"
	if r := kompress(t, "compress", in, "--keep-metadata", "-o", filepath.Join(folder, "a.webp")); r.code != exitDone || r.stderr != want {
		t.Errorf("got %+v, want %q", r, want)
	}
	for _, args := range [][]string{{"-o", filepath.Join(folder, "b.webp")}, {"--keep-metadata", "-o", filepath.Join(folder, "c.gif")}} {
		if s := mustKompress(t, append(args, in)...); s.Notes != nil {
			t.Errorf("%q: got notes %q, want none", args, s.Notes)
		}
	}
}
