package imagefile

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/zlib"

	"kompress/imagefile/icc"
)

// describePNG reads the chunks around the pixels. Their checksums are for the
// decoder to verify.
func describePNG(w *window, d *description) {
	const signature, frame = 8, 12 // a chunk's length, type and checksum
	for at := int64(signature); ; {
		head := w.peek(at, 8)
		if head == nil {
			return
		}
		n, kind := int64(binary.BigEndian.Uint32(head)), string(head[4:])
		if kind == "IEND" {
			return
		}
		d.pngChunk(w, kind, at+8, n)
		at += frame + n
	}
}

func (d *description) pngChunk(w *window, kind string, at, n int64) {
	// The least length that has everything; what is longer is damaged too.
	fixed := map[string]int64{"sRGB": 1, "gAMA": 4, "cHRM": 32, "cICP": 4, "pHYs": 9}
	if want, ok := fixed[kind]; ok {
		if b := w.peek(at, int(want)); b != nil && n == want {
			d.pngNumbers(kind, b)
		}
		return
	}
	switch kind {
	case "iCCP":
		if d.color.Profile == nil {
			d.pngProfile(afterKeyword(w.take(at, n, maxProfile)))
		}
	case "eXIf":
		d.setEXIF(w.take(at, n, maxEXIF))
	case "tEXt", "zTXt", "iTXt":
		d.pngText(kind, w.take(at, n, maxXMP))
	}
}

// pngNumbers takes a chunk of fixed length.
func (d *description) pngNumbers(kind string, b []byte) {
	c := &d.color
	switch kind {
	case "sRGB":
		c.SRGB = true
	case "gAMA":
		c.Gamma = binary.BigEndian.Uint32(b)
	case "cHRM":
		c.Chroma = new([8]uint32)
		for i := range c.Chroma {
			c.Chroma[i] = binary.BigEndian.Uint32(b[4*i:])
		}
	case "cICP":
		// RGB of the full range is the only kind that PNG allows.
		if b[2] == 0 && b[3] == 1 {
			c.Primaries, c.Transfer = b[0], b[1]
		}
	case "pHYs":
		x, y := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
		if x != 0 && y != 0 && b[8] <= 1 {
			d.Density = Density{X: x, Y: y, Unit: b[8]}
		}
	}
}

// afterKeyword returns what is deflated behind a keyword, or nil.
func afterKeyword(b []byte) []byte {
	_, data, found := bytes.Cut(b, []byte{0})
	if !found || len(data) == 0 || data[0] != 0 {
		return nil
	}
	return data[1:]
}

func (d *description) pngProfile(deflated []byte) {
	p, err := d.inflateProfile(deflated)
	if err != nil {
		d.note("%v: ignored", err)
	}
	d.color.setProfile(p)
}

// inflateProfile inflates a profile, as many bytes as it declares to have.
func (d *description) inflateProfile(b []byte) ([]byte, error) {
	head := d.inflate(b, minProfile)
	if head == nil || string(head[36:40]) != "acsp" {
		return nil, fmt.Errorf("%w: it has no header", icc.ErrDamaged)
	}
	size := int64(binary.BigEndian.Uint32(head))
	if size < minProfile {
		return nil, fmt.Errorf("%w: its header says %d bytes", icc.ErrDamaged, size)
	}
	if size > maxProfile {
		return nil, fmt.Errorf("the color profile has %d bytes, %d MB are read at most", size, maxProfile>>20)
	}
	if p := d.inflate(b, size); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%w: it ends before the %d bytes that its header says", icc.ErrDamaged, size)
}

// inflate returns the first n bytes that b inflates to, or nil if there are fewer,
// or too many were inflated before.
func (d *description) inflate(b []byte, n int64) []byte {
	p := d.inflateAll(b, n)
	if int64(len(p)) < n {
		return nil
	}
	return p
}

// inflateAll is the same, but there may be fewer.
func (d *description) inflateAll(b []byte, limit int64) []byte {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	p, err := io.ReadAll(io.LimitReader(z, min(limit, maxInflated-d.inflated)))
	d.inflated += int64(len(p))
	if err != nil {
		return nil
	}
	return p
}

// pngText takes a text chunk of one of three kinds.
func (d *description) pngText(kind string, b []byte) {
	key, rest, found := bytes.Cut(b, []byte{0})
	if !found || len(key) > 79 {
		return
	}
	if kind == "iTXt" {
		d.internationalText(fromLatin1(key), rest)
		return
	}
	if kind == "zTXt" {
		rest = d.inflateAll(afterKeyword(b), maxXMP+1)
	}
	if name, ok := strings.CutPrefix(string(key), "Raw profile type "); ok {
		d.rawProfile(name, rest)
		return
	}
	if len(rest) <= maxOneText {
		d.addText(fromLatin1(key), fromLatin1(rest))
	}
}

// internationalText takes what is behind the keyword of an iTXt chunk: whether it
// is deflated, a language, the keyword in that language, and the text.
func (d *description) internationalText(key string, b []byte) {
	if len(b) < 2 {
		return
	}
	deflated, method := b[0], b[1]
	_, b, _ = bytes.Cut(b[2:], []byte{0})
	_, b, found := bytes.Cut(b, []byte{0})
	if !found || deflated > 1 || method != 0 {
		return
	}
	if deflated == 1 {
		b = d.inflateAll(b, maxXMP+1)
	}
	if !utf8.Valid(b) {
		return
	}
	if key == "XML:com.adobe.xmp" {
		d.setXMP(b)
	} else if len(b) <= maxOneText {
		d.addText(key, string(b))
	}
}

// rawProfile takes a block that ImageMagick and others have put into a text chunk:
// a name, a length and hexadecimal digits, each on lines of their own.
func (d *description) rawProfile(name string, text []byte) {
	fields := bytes.Fields(text)
	if len(fields) < 3 {
		return
	}
	size, err := strconv.Atoi(string(fields[1]))
	if err != nil || size < 0 || size > maxXMP {
		return
	}
	digits := bytes.Join(fields[2:], nil)
	b := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(b, digits); err != nil || len(b) < size {
		return
	}
	b = b[:size]
	switch name {
	case "exif", "APP1":
		if packet, ok := bytes.CutPrefix(b, []byte(xmpNamespace)); ok {
			d.setXMP(packet)
		} else {
			d.setEXIF(b)
		}
	case "xmp":
		d.setXMP(b)
	case "icc", "icm":
		d.color.setProfile(b)
	}
}
