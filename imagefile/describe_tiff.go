package imagefile

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"kompress/imagefile/tiff"
)

// describeTIFF reads the directory of the first image.
func describeTIFF(w *window, d *description) {
	f, err := tiff.Open(w.section(0, w.size))
	if err != nil {
		return
	}
	dir, err := f.First()
	if err != nil {
		return
	}
	if n := countPages(f, dir); n > 1 {
		d.note("first of %d pages", n)
	}
	if dir.DropsAlpha() {
		d.note("its transparency is not read")
	}
	d.setTags(dir)
	d.EXIF = exifOf(dir)
	d.color.setProfile(dir.Bytes(tagProfile, maxProfile))
	d.setXMP(dir.Bytes(tagXMP, maxXMP))
	for _, t := range []struct {
		tag uint16
		key string
	}{
		{tagDescription, "Description"},
		{tagArtist, "Author"},
		{tagCopyright, "Copyright"},
		{tagSoftware, "Software"},
	} {
		d.addText(t.key, comment(dir.Bytes(t.tag, maxOneText)))
	}
}

// comment decodes a text that should be ASCII, but is often UTF-8 or Latin-1.
func comment(b []byte) string {
	b = bytes.TrimRight(b, "\x00 ")
	if utf8.Valid(b) {
		return strings.ReplaceAll(string(b), "\x00", "\n")
	}
	return strings.ReplaceAll(fromLatin1(b), "\x00", "\n")
}
