package main

import (
	"bytes"
	"image"
	"path/filepath"
	"testing"

	"kompress/imagefile"
	"kompress/quantize"
)

// A large image that is held is mapped while it is written, where that can be, and becomes
// the same file as one that is mapped before.
func TestMapWhileWritten(t *testing.T) {
	name := writePNG(t, filepath.Join(t.TempDir(), "photo.png"), decode(t, filepath.Join(testdata, "kodim05.png")).(*image.RGBA).SubImage(image.Rect(200, 0, 541, 512)))
	for _, c := range []struct {
		dither quantize.Dither
		format string
		while  bool
	}{
		{quantize.NoDither, "png", true},
		{quantize.BlueNoise, "png", true},
		{quantize.FloydSteinberg, "png", false},
		{quantize.NoDither, "gif", false},
	} {
		j := &compression{
			options: quantize.Options{Colors: 200}, memory: 1 << 30, dither: quantize.DitherOptions{Method: c.dither},
			encoding: imagefile.EncodeOptions{Format: c.format}, pool: newEnginePool(&engines{mode: "cpu", least: leastPixels}),
		}
		before, _ := compressed(t, j, name, &seat{small: true})
		got, m := compressed(t, j, name, new(seat))
		if while := m.bands != nil; while != c.while {
			t.Errorf("dither %d, %s: mapped while it is written %v, want %v", c.dither, c.format, while, c.while)
		}
		if !bytes.Equal(got, before) {
			t.Errorf("dither %d, %s: it becomes another file", c.dither, c.format)
		}
	}
}

// compressed returns the file that an image becomes.
func compressed(t *testing.T, j *compression, name string, at *seat) ([]byte, *picture) {
	course := newWay(new(progress), 1).begin(0, name)
	in, err := j.open(t.Context(), &task{input: input{path: name}}, course)
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	m, err := j.quantize(t.Context(), in, new(summary), newClock(), at, course)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	var file bytes.Buffer
	if err := j.encodePicture(t.Context(), &file, m, in); err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), m
}
