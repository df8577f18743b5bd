package imagefile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
)

// testProfile makes what has the header of a profile of n bytes.
func testProfile(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i * i >> 3)
	}
	binary.BigEndian.PutUint32(p, uint32(n))
	copy(p[36:], "acsp")
	return p
}

func deflated(b []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

// testEXIF makes an EXIF block with an orientation and a resolution of 300 dpi.
func testEXIF(order byteOrder, orientation uint32) []byte {
	b := tiffFile(order, [][2]uint32{{274, orientation}, {282, 0}, {283, 0}, {296, 2}})
	order.PutUint16(b[10+2:], 3) // a short, as cameras have it
	order.PutUint32(b[10+8:], 0)
	order.PutUint16(b[10+8:], uint16(orientation))
	at := uint32(len(b))
	for _, entry := range []int{1, 2} {
		e := b[10+12*entry:]
		order.PutUint16(e[2:], 5)
		order.PutUint32(e[8:], at)
	}
	return order.AppendUint32(order.AppendUint32(b, 600), 2)
}

type pngChunk struct {
	kind string
	data []byte
}

// pngWith inserts chunks before the pixels of a PNG.
func pngWith(m image.Image, chunks ...pngChunk) []byte {
	b := mustEncode(func(w io.Writer) error { return png.Encode(w, m) })
	const head = 8 + 12 + 13
	out := bytes.Clone(b[:head])
	for _, c := range chunks {
		out = appendChunk(out, c.kind, c.data)
	}
	return append(out, b[head:]...)
}

// jpegWith inserts marker segments at the start of a JPEG.
func jpegWith(m image.Image, segments ...[]byte) []byte {
	b := mustEncode(func(w io.Writer) error { return jpeg.Encode(w, m, nil) })
	out := bytes.Clone(b[:2])
	for _, s := range segments {
		out = append(out, 0xff, s[0])
		out = binary.BigEndian.AppendUint16(out, uint16(len(s)+1))
		out = append(out, s[1:]...)
	}
	return append(out, b[2:]...)
}

func segment(marker byte, parts ...string) []byte {
	return append([]byte{marker}, strings.Join(parts, "")...)
}

// webpWith puts chunks before the picture of a WebP.
func webpWith(chunks ...pngChunk) []byte {
	picture := mustBase64(losslessWebP)[12:]
	body := append([]byte("WEBPVP8X\x0a\x00\x00\x00"), 0x3c, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	add := func(kind string, data []byte) {
		body = append(body, kind...)
		body = binary.LittleEndian.AppendUint32(body, uint32(len(data)))
		body = append(body, data...)
		body = append(body, make([]byte, len(data)&1)...)
	}
	for _, c := range chunks {
		add(c.kind, c.data)
	}
	body = append(body, picture...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// gifBlocksOf cuts data into blocks.
func gifBlocksOf(data []byte) []byte {
	var b []byte
	for part := range slices.Chunk(data, 255) {
		b = append(append(b, byte(len(part))), part...)
	}
	return append(b, 0)
}

// gifWith inserts extensions before the first frame of a GIF.
func gifWith(frames int, extensions ...[]byte) []byte {
	m := image.NewPaletted(image.Rect(0, 0, 9, 7), color.Palette{color.Black, color.White})
	b := mustEncode(func(w io.Writer) error {
		g := &gif.GIF{}
		for range frames {
			g.Image, g.Delay = append(g.Image, m), append(g.Delay, 1)
		}
		return gif.EncodeAll(w, g)
	})
	const screen = 13
	return slices.Concat(b[:screen], slices.Concat(extensions...), b[screen:])
}

// describeBytes returns what a file of these bytes says.
func describeBytes(b []byte) description {
	var d description
	sniff(b).describe(&window{r: bytes.NewReader(b), size: int64(len(b))}, &d)
	return d
}

func TestDescribeColor(t *testing.T) {
	small, large := testProfile(500), testProfile(150_000)
	chroma := [8]uint32{31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000}
	var cHRM []byte
	for _, v := range chroma {
		cHRM = binary.BigEndian.AppendUint32(cHRM, v)
	}
	iCCP := append([]byte("name\x00\x00"), deflated(small)...)
	m := photo(8, 8)
	icc := func(i, n byte, part []byte) []byte {
		return segment(0xe2, "ICC_PROFILE\x00", string([]byte{i, n}), string(part))
	}
	v5 := bmpV5(small)
	tests := []struct {
		name string
		data []byte
		want colorInfo
	}{
		{"nothing", pngWith(m), colorInfo{}},
		{"png", pngWith(m, pngChunk{"iCCP", iCCP}), colorInfo{Profile: small}},
		{"png sRGB", pngWith(m, pngChunk{"sRGB", []byte{0}}), colorInfo{SRGB: true}},
		{"png gamma", pngWith(m, pngChunk{"gAMA", []byte{0, 0, 0xb1, 0x8f}}, pngChunk{"cHRM", cHRM}),
			colorInfo{Gamma: 45455, Chroma: &chroma}},
		{"png cICP", pngWith(m, pngChunk{"cICP", []byte{12, 13, 0, 1}}), colorInfo{Primaries: 12, Transfer: 13}},
		{"png cICP of YCbCr", pngWith(m, pngChunk{"cICP", []byte{12, 13, 1, 1}}), colorInfo{}},
		{"png short cHRM", pngWith(m, pngChunk{"cHRM", cHRM[:31]}), colorInfo{}},
		{"jpeg", jpegWith(m, icc(1, 1, small)), colorInfo{Profile: small}},
		{"jpeg in parts, out of order", jpegWith(m, icc(3, 3, large[120_000:]), icc(1, 3, large[:60_000]),
			icc(2, 3, large[60_000:120_000])), colorInfo{Profile: large}},
		{"jpeg without a part", jpegWith(m, icc(1, 3, large[:60_000]), icc(3, 3, large[120_000:])), colorInfo{}},
		{"tiff", tiffWith(34675, 7, small), colorInfo{Profile: small}},
		{"webp", webpWith(pngChunk{"ICCP", small}), colorInfo{Profile: small}},
		{"gif", gifWith(1, append([]byte("\x21\xff\x0bICCRGBG1012"), gifBlocksOf(small)...)), colorInfo{Profile: small}},
		{"bmp", v5, colorInfo{Profile: small}},
		{"bmp cut off", v5[:len(v5)-1], colorInfo{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := describeBytes(test.data).color; !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %.200v, want %.200v", got, test.want)
			}
		})
	}
}

// tiffWith makes a gray TIFF with a field of bytes.
func tiffWith(tag, kind uint16, data []byte) []byte {
	tags := [][2]uint32{{256, 1}, {257, 1}, {258, 8}, {259, 1}, {262, 1}, {273, 0}, {279, 1}, {uint32(tag), 0}}
	slices.SortFunc(tags, func(a, b [2]uint32) int { return int(a[0]) - int(b[0]) })
	b := tiffFile(binary.LittleEndian, tags)
	at := uint32(len(b))
	for e := b[10:]; len(e) >= 12; e = e[12:] {
		switch binary.LittleEndian.Uint16(e) {
		case tag:
			binary.LittleEndian.PutUint16(e[2:], kind)
			binary.LittleEndian.PutUint32(e[4:], uint32(len(data)))
			binary.LittleEndian.PutUint32(e[8:], at)
		case 273:
			binary.LittleEndian.PutUint32(e[8:], at)
		}
	}
	return append(b, data...)
}

// bmpV5 makes a BMP of the newest header with a profile.
func bmpV5(profile []byte) []byte {
	const v5Len = 124
	old := mustEncode(func(w io.Writer) error { return bmp.Encode(w, photo(4, 4)) })
	b := append(bytes.Clone(old[:14+40]), make([]byte, v5Len-40)...)
	binary.LittleEndian.PutUint32(b[10:], 14+v5Len)
	b[14] = v5Len
	copy(b[14+56:], "DEBM")
	pixels := old[14+40:]
	binary.LittleEndian.PutUint32(b[14+112:], uint32(v5Len+len(pixels)))
	binary.LittleEndian.PutUint32(b[14+116:], uint32(len(profile)))
	return slices.Concat(b, pixels, profile)
}

func TestDescribeMetadata(t *testing.T) {
	m := photo(8, 8)
	big, little := testEXIF(binary.BigEndian, 6), testEXIF(binary.LittleEndian, 6)
	straight := testEXIF(binary.BigEndian, 1)
	dpi300 := Density{11811, 11811, 1}
	text := []Text{{"Title", "caf\u00e9"}}
	rawEXIF := fmt.Sprintf("Raw profile type exif\x00\x00%s", deflated(fmt.Appendf(nil, "\nexif\n %d\n%x\n", len(big)+6, "Exif\x00\x00"+string(big))))
	tests := []struct {
		name string
		data []byte
		want Metadata
	}{
		{"png", pngWith(m, pngChunk{"eXIf", big}), Metadata{EXIF: straight, Density: dpi300}},
		{"png pHYs", pngWith(m, pngChunk{"pHYs", []byte{0, 0, 0, 2, 0, 0, 0, 3, 0}}), Metadata{Density: Density{2, 3, 0}}},
		{"png tEXt", pngWith(m, pngChunk{"tEXt", []byte("Title\x00caf\xe9")}), Metadata{Text: text}},
		{"png zTXt", pngWith(m, pngChunk{"zTXt", append([]byte("Title\x00\x00"), deflated([]byte("caf\xe9"))...)}), Metadata{Text: text}},
		{"png iTXt", pngWith(m, pngChunk{"iTXt", []byte("Title\x00\x00\x00fr\x00titre\x00caf\u00e9")}), Metadata{Text: text}},
		{"png iTXt deflated", pngWith(m, pngChunk{"iTXt", append([]byte("Title\x00\x01\x00fr\x00titre\x00"),
			deflated([]byte("caf\u00e9"))...)}), Metadata{Text: text}},
		{"png XMP", pngWith(m, pngChunk{"iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00<x/>")}), Metadata{XMP: []byte("<x/>")}},
		{"png raw profile", pngWith(m, pngChunk{"zTXt", []byte(rawEXIF)}), Metadata{EXIF: straight, Density: dpi300}},
		{"jpeg", jpegWith(m, segment(0xe1, "Exif\x00\x00", string(little)), segment(0xfe, "caf\xe9")),
			Metadata{EXIF: testEXIF(binary.LittleEndian, 1), Density: dpi300, Text: []Text{{"Comment", "caf\u00e9"}}}},
		{"jpeg JFIF", jpegWith(m, segment(0xe0, "JFIF\x00\x01\x01\x02\x00\x64\x00\xc8\x00\x00")), Metadata{Density: Density{10000, 20000, 1}}},
		{"jpeg JFIF ratio", jpegWith(m, segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x02\x00\x04\x00\x00")), Metadata{Density: Density{1, 2, 0}}},
		{"jpeg JFIF square", jpegWith(m, segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")), Metadata{}},
		{"jpeg XMP", jpegWith(m, segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x/>")), Metadata{XMP: []byte("<x/>")}},
		{"tiff XMP", tiffWith(700, 1, []byte("<xmp/>")), Metadata{XMP: []byte("<xmp/>")}},
		{"tiff text", tiffWith(315, 2, []byte("Somebody\x00")), Metadata{Text: []Text{{"Author", "Somebody"}},
			EXIF: []byte("II*\x00\x08\x00\x00\x00\x01\x00\x3b\x01\x02\x00\x09\x00\x00\x00\x1a\x00\x00\x00\x00\x00\x00\x00Somebody\x00\x00")}},
		{"webp", webpWith(pngChunk{"EXIF", big}, pngChunk{"XMP ", []byte("<x/>")}),
			Metadata{EXIF: straight, Density: dpi300, XMP: []byte("<x/>")}},
		{"gif", gifWith(1, []byte("\x21\xfe\x04caf\xe9\x00")), Metadata{Text: []Text{{"Comment", "caf\u00e9"}}}},
		{"gif XMP", gifWith(1, slices.Concat([]byte("\x21\xff\x0bXMP DataXMP<xmp></xmp>"), gifXMPTrailer())),
			Metadata{XMP: []byte("<xmp></xmp>")}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := decodeBytes(t, test.data, DecodeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(f.Metadata, test.want) {
				t.Errorf("got %.300v, want %.300v", f.Metadata, test.want)
			}
		})
	}
}

// What is wrong with a profile is told, not guessed.
func TestPNGProfileNotes(t *testing.T) {
	claim := func(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
	for _, test := range []struct{ profile, note string }{
		{"short", "the color profile is damaged: it has no header: ignored"},
		{string(claim(7)) + string(testProfile(200)[4:]), "the color profile is damaged: its header says 7 bytes: ignored"},
		{string(claim(201)) + string(testProfile(200)[4:]), "the color profile is damaged: it ends before the 201 bytes that its header says: ignored"},
		{string(claim(20<<20)) + string(testProfile(200)[4:]), "the color profile has 20971520 bytes, 16 MB are read at most: ignored"},
	} {
		b := pngWith(photo(2, 2), pngChunk{"iCCP", append([]byte("p\x00\x00"), deflated([]byte(test.profile))...)})
		if d := describeBytes(b); !slices.Equal(d.notes, []string{test.note}) || d.color.Profile != nil {
			t.Errorf("got %q and %d bytes, want %q", d.notes, len(d.color.Profile), test.note)
		}
	}
}

func gifXMPTrailer() []byte {
	b := []byte{1}
	for i := 255; i >= 0; i-- {
		b = append(b, byte(i))
	}
	return append(b, 0)
}

func TestGIFFramesAreCounted(t *testing.T) {
	for frames, want := range map[int][]string{1: nil, 3: {"first of 3 frames"}} {
		if got := describeBytes(gifWith(frames)).notes; !slices.Equal(got, want) {
			t.Errorf("%d frames: got notes %q, want %q", frames, got, want)
		}
	}
}

// What a few bytes inflate to is bounded, in each chunk and in all of them.
func TestDescribeBounds(t *testing.T) {
	leaveOutWithRace(t)
	zeros := append([]byte("a\x00\x00"), deflated(make([]byte, 40<<20))...)
	profile := testProfile(minProfile)
	binary.BigEndian.PutUint32(profile, 12<<20)
	endless := append([]byte("a\x00\x00"), deflated(append(profile, make([]byte, 40<<20)...))...)
	var chunks []pngChunk
	for range 20 {
		chunks = append(chunks, pngChunk{"zTXt", zeros}, pngChunk{"iCCP", zeros})
	}
	d := describeBytes(pngWith(photo(2, 2), append(chunks, pngChunk{"iCCP", endless})...))
	if d.inflated > maxInflated || len(d.Text) > 0 || d.color.Profile != nil {
		t.Errorf("got %d bytes inflated, %d texts, profile of %d bytes", d.inflated, len(d.Text), len(d.color.Profile))
	}
	d = describeBytes(pngWith(photo(2, 2), pngChunk{"iCCP", endless}))
	if d.inflated > 13<<20 || len(d.color.Profile) != 12<<20 {
		t.Errorf("got %d bytes inflated, a profile of %d bytes", d.inflated, len(d.color.Profile))
	}
}
