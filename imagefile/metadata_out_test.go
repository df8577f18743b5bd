package imagefile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image/gif"
	"io"
	"strings"
	"testing"

	"compress/zlib"

	"golang.org/x/image/riff"
)

// pngChunks returns what the chunks of each kind hold.
func pngChunks(t *testing.T, b []byte) (kinds []string, data map[string][]string) {
	t.Helper()
	data = map[string][]string{}
	for b = b[len(pngSignature):]; len(b) > 0; {
		n := binary.BigEndian.Uint32(b)
		kind := string(b[4:8])
		kinds = append(kinds, kind)
		data[kind] = append(data[kind], string(b[8:8+n]))
		b = b[12+n:]
	}
	return kinds, data
}

func unzipped(t *testing.T, s string) string {
	t.Helper()
	r, err := zlib.NewReader(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPNGMetadata(t *testing.T) {
	want := fullMetadata()
	b := encodeWith(t, picture(5, 5, 5), EncodeOptions{Metadata: want})
	decodeAs(t, "png", b) // verifies the checksums
	kinds, data := pngChunks(t, b)
	const order = "[IHDR iCCP PLTE tRNS pHYs eXIf iTXt tEXt tEXt iTXt zTXt iTXt IDAT IEND]"
	if got := fmt.Sprint(kinds); got != order {
		t.Errorf("got %v, want %v", got, order)
	}
	if got := unzipped(t, strings.TrimPrefix(data["iCCP"][0], "ICC Profile\x00\x00")); got != string(want.Profile) {
		t.Error("another profile")
	}
	if got := data["pHYs"][0]; got != "\x00\x00\x0b\x13\x00\x00\x16\x26\x01" {
		t.Errorf("got density %q", got)
	}
	if data["eXIf"][0] != string(want.EXIF) {
		t.Error("another EXIF")
	}
	if data["iTXt"][0] != "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+string(want.XMP) {
		t.Error("another XMP")
	}
	if data["tEXt"][0] != "Title\x00A caf\xe9" || data["tEXt"][1] != "Comment\x00plain" {
		t.Errorf("got texts %q", data["tEXt"])
	}
	if data["iTXt"][1] != "Author\x00\x00\x00\x00\x00\u0416" {
		t.Errorf("got text %q", data["iTXt"][1])
	}
	if got := unzipped(t, strings.TrimPrefix(data["zTXt"][0], "Long\x00\x00")); got != want.Text[3].Value {
		t.Error("another long text")
	}
	if got := unzipped(t, strings.TrimPrefix(data["iTXt"][2], "Long \xe9\x00\x01\x00\x00\x00")); got != want.Text[4].Value {
		t.Error("another long international text")
	}
}

func TestPNGLeavesOutBadTexts(t *testing.T) {
	for _, text := range []Text{
		{"", "a"}, {strings.Repeat("a", 80), "a"}, {" a", "a"}, {"a ", "a"}, {"a  b", "a"},
		{"\u0416", "a"}, {"a\n", "a"}, {"a\x00b", "a"}, {"a", "a\x00b"}, {"a", "\xff"},
	} {
		b := encodeWith(t, picture(1, 1, 1), EncodeOptions{Metadata: Metadata{Text: []Text{text}}})
		if kinds, _ := pngChunks(t, b); len(kinds) != 4 {
			t.Errorf("%q: got chunks %v, want IHDR, PLTE, IDAT, IEND", text, kinds)
		}
	}
}

func TestPNGHasNoMetadataUnasked(t *testing.T) {
	kinds, _ := pngChunks(t, encodeWith(t, picture(1, 1, 1), EncodeOptions{}))
	if got := fmt.Sprint(kinds); got != "[IHDR PLTE IDAT IEND]" {
		t.Errorf("got %v", got)
	}
}

func TestGIFMetadata(t *testing.T) {
	want := fullMetadata()
	for _, colors := range []int{1, 2, 3, 100, 256} {
		m := picture(30, 20, colors)
		b := encodeWith(t, m, EncodeOptions{Format: "gif", Metadata: want})
		checkColors(t, decodeAs(t, "gif", b), m, asInGIF)
		if all, err := gif.DecodeAll(bytes.NewReader(b)); err != nil || len(all.Image) != 1 {
			t.Errorf("%d colors: %v", colors, err)
		}
		start := gifHeaderLen(colors)
		if !bytes.HasPrefix(b[start:], []byte("\x21\xff\x0bICCRGBG1012\xffprofile ")) {
			t.Errorf("%d colors: no profile behind the colors", colors)
		}
		for _, part := range []string{"\x21\xff\x0bXMP DataXMP" + string(want.XMP) + "\x01\xff\xfe", "\x02\x01\x00\x00\x21", "\x21\xfe\x05plain\x00", "\x21\xfe\x0eTitle: A caf\u00e9\x00"} {
			if !bytes.Contains(b, []byte(part)) {
				t.Errorf("%d colors: no %q", colors, part)
			}
		}
	}
}

func TestWebPMetadata(t *testing.T) {
	want := fullMetadata()
	b := encodeWith(t, picture(300, 20, 5), EncodeOptions{Format: "webp", Metadata: want})
	kind, r, err := riff.NewReader(bytes.NewReader(b))
	if err != nil || kind != (riff.FourCC{'W', 'E', 'B', 'P'}) {
		t.Fatal(kind, err)
	}
	got := map[string]string{}
	var order []string
	for {
		id, n, data, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(data)
		if err != nil || len(content) != int(n) {
			t.Fatal(err)
		}
		order = append(order, string(id[:]))
		got[string(id[:])] = string(content)
	}
	if o := fmt.Sprint(order); o != "[VP8X ICCP VP8L EXIF XMP ]" {
		t.Errorf("got chunks %v", o)
	}
	if got["VP8X"] != "\x3c\x00\x00\x00\x2b\x01\x00\x13\x00\x00" {
		t.Errorf("got header %q", got["VP8X"])
	}
	if got["ICCP"] != string(want.Profile) || got["EXIF"] != string(want.EXIF) || got["XMP "] != string(want.XMP) {
		t.Error("other metadata")
	}
}

// A resolution is kept without EXIF, to the last pixel a metre, as others read it.
func TestWebPResolution(t *testing.T) {
	for _, d := range []Density{{2835, 2835, 1}, {11811, 5906, 1}, {1000, 1003, 1}, {1, 1<<31 - 1, 1}, {2, 3, 0}, {}} {
		b := encodeWith(t, picture(9, 5, 4), EncodeOptions{Format: "webp", Metadata: Metadata{Density: d}})
		f, err := decodeBytes(t, b, DecodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if f.Metadata.Density != d {
			t.Errorf("got %v, want %v", f.Metadata.Density, d)
		}
		if got := bytes.Contains(b, []byte("VP8X")); got != (d != Density{}) {
			t.Errorf("%v: got an extended header: %v", d, got)
		}
	}
	const want = "II*\x00\x08\x00\x00\x00\x03\x00" +
		"\x1a\x01\x05\x00\x01\x00\x00\x00\x32\x00\x00\x00" +
		"\x1b\x01\x05\x00\x01\x00\x00\x00\x3a\x00\x00\x00" +
		"\x28\x01\x03\x00\x01\x00\x00\x00\x02\x00\x00\x00" +
		"\x00\x00\x00\x00\x48\x00\x00\x00\x01\x00\x00\x00\x48\x00\x00\x00\x01\x00\x00\x00"
	if got := resolutionEXIF(Density{2835, 2835, 1}); string(got) != want {
		t.Errorf("got %q, want 72 dots per inch, %q", got, want)
	}
}

func TestLost(t *testing.T) {
	bad := Metadata{Text: []Text{{"", "no keyword"}}, XMP: []byte("<x>\x00</x>")}
	for _, test := range []struct {
		format string
		meta   Metadata
		want   string
	}{
		{"", fullMetadata(), "[]"}, {"png", fullMetadata(), "[]"}, {"png", bad, "[text]"},
		{"gif", fullMetadata(), "[EXIF resolution]"}, {"gif", bad, "[XMP]"}, {"gif", Metadata{}, "[]"},
		{"webp", fullMetadata(), "[text]"}, {"webp", Metadata{}, "[]"},
	} {
		if got := fmt.Sprint(EncodeOptions{Format: test.format, Metadata: test.meta}.Lost()); got != test.want {
			t.Errorf("%q: got %s, want %s", test.format, got, test.want)
		}
	}
}
