//go:build linux && cgo

package gpu

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"kompress/imagefile"
	"kompress/kmeans"
	"kompress/quantize"
)

// TestEveryImage compares the files of both engines for every image of testdata, or
// of the folder that KOMPRESS_IMAGES names, with all its folders:
//
//	KOMPRESS_IMAGES=~/Pictures go test ./gpu -run EveryImage -timeout 0
func TestEveryImage(t *testing.T) {
	skipWithRaceDetector(t)
	e := openForTest(t, Options{})
	folder := os.Getenv("KOMPRESS_IMAGES")
	if folder == "" {
		folder = testdata()
	}
	compared := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		f, err := imagefile.Decode(t.Context(), path, imagefile.DecodeOptions{})
		if err != nil {
			t.Logf("not decoded: %v", err)
			return nil
		}
		// Without a folder, large images are for one combination: all take minutes.
		size := f.Image.Bounds().Size()
		all := size.X*size.Y < 200_000 || os.Getenv("KOMPRESS_IMAGES") != ""
		compared += compareEngines(t, e, path, f, all)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if t.Logf("%d files compared", compared); compared == 0 {
		t.Error("no image was compared")
	}
}

// compareEngines returns how many files were compared.
func compareEngines(t *testing.T, e *Engine, path string, f *imagefile.File, all bool) (compared int) {
	t.Helper()
	var sessions [2]*quantize.Session
	for i, engine := range []quantize.Engine{new(quantize.CPU), e} {
		s, err := quantize.NewSession(t.Context(), engine, f.Image)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		defer s.Close()
		sessions[i] = s
	}
	for _, o := range combinations(all) {
		var files [2]bytes.Buffer
		for i, s := range sessions {
			q, err := s.Cluster(t.Context(), o)
			if err != nil {
				t.Fatalf("%s, %+v: %v", path, o, err)
			}
			m, err := s.Map(t.Context(), q)
			if err != nil {
				t.Fatalf("%s, %+v: %v", path, o, err)
			}
			// Not the PNG, which takes longer than the rest and follows from this.
			fmt.Fprint(&files[i], m.Rect, m.Palette)
			files[i].Write(m.Pix)
		}
		if compared++; !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
			t.Errorf("%s, k=%d, %v, effort %d: the engines differ", path, o.Colors, o.Space, o.Effort)
		}
	}
	return compared
}

// combinations are k = 2, 16 and 256 in both spaces with all efforts, or one of them.
func combinations(all bool) (list []quantize.Options) {
	if !all {
		return []quantize.Options{{Colors: 256, Space: quantize.Oklab, Effort: kmeans.Fast}}
	}
	for _, k := range []int{2, 16, 256} {
		for _, space := range []quantize.Space{quantize.SRGB, quantize.Oklab} {
			for _, effort := range []kmeans.Effort{kmeans.Fast, kmeans.Default, kmeans.Best} {
				list = append(list, quantize.Options{Colors: k, Space: space, Effort: effort})
			}
		}
	}
	return list
}
