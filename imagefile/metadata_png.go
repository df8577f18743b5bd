package imagefile

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/zlib"
)

// writeMetadataBefore writes what has to stand before the palette.
func (c *chunkWriter) writeMetadataBefore(m Metadata) {
	if len(m.Profile) > 0 {
		const methodDeflate = "\x00"
		c.writeChunk("iCCP", append([]byte("ICC Profile\x00"+methodDeflate), zlibbed(m.Profile)...))
	}
}

// writeMetadataAfter writes what stands between the palette and the pixels.
func (c *chunkWriter) writeMetadataAfter(m Metadata) {
	if d := m.Density; d.X != 0 && d.Y != 0 {
		b := binary.BigEndian.AppendUint32(nil, d.X)
		b = binary.BigEndian.AppendUint32(b, d.Y)
		c.writeChunk("pHYs", append(b, d.Unit))
	}
	if len(m.EXIF) > 0 {
		c.writeChunk("eXIf", m.EXIF)
	}
	if len(m.XMP) > 0 {
		// The XMP specification wants it uncompressed.
		c.writeChunk("iTXt", append([]byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"), m.XMP...))
	}
	for _, t := range m.Text {
		if kind, data := textChunk(t); kind != "" {
			c.writeChunk(kind, data)
		}
	}
}

// textChunk returns the shortest chunk that says t: tEXt and zTXt know Latin-1 only.
// The kind is empty for what PNG cannot say, such as a key of more than 79 letters.
func textChunk(t Text) (kind string, data []byte) {
	key, ok := keywordOf(t)
	if !ok {
		return "", nil
	}
	key = append(key, 0)
	value, isLatin1 := toLatin1(t.Value)
	if !isLatin1 {
		value = []byte(t.Value)
	}
	packed := zlibbed(value)
	isShorter := len(packed)+1 < len(value)
	if isShorter {
		value = packed
	}
	switch {
	case !isLatin1 && isShorter:
		return "iTXt", append(append(key, 1, 0, 0, 0), value...) // compressed, by deflate, no language, no other keyword
	case !isLatin1:
		return "iTXt", append(append(key, 0, 0, 0, 0), value...)
	case isShorter:
		return "zTXt", append(append(key, 0), value...)
	}
	return "tEXt", append(key, value...)
}

// keywordOf returns the keyword of a text that PNG can say.
func keywordOf(t Text) (key []byte, ok bool) {
	key, ok = toLatin1(t.Key)
	return key, ok && validKeyword(key) && utf8.ValidString(t.Value) && !strings.ContainsRune(t.Value, 0)
}

// toLatin1 returns s in ISO 8859-1, if it can be said in that.
func toLatin1(s string) ([]byte, bool) {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return nil, false
		}
		b = append(b, byte(r))
	}
	return b, true
}

// validKeyword says whether PNG allows the keyword: 1 to 79 printable letters, with
// spaces between them but not beside each other.
func validKeyword(key []byte) bool {
	if len(key) < 1 || len(key) > 79 {
		return false
	}
	for _, b := range key {
		if b < 0x20 || b > 0x7e && b < 0xa1 {
			return false
		}
	}
	return !bytes.HasPrefix(key, []byte(" ")) && !bytes.HasSuffix(key, []byte(" ")) &&
		!bytes.Contains(key, []byte("  "))
}

func zlibbed(data []byte) []byte {
	var b bytes.Buffer
	w, _ := zlib.NewWriterLevel(&b, zlib.BestCompression) // fails for other levels only
	w.Write(data)                                         // a bytes.Buffer takes all
	w.Close()
	return b.Bytes()
}
