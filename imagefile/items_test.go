package imagefile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"os"
	"slices"
	"testing"
)

func itemsOfFile(t *testing.T, path string) *heifItems {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h, err := readItems(&window{r: bytes.NewReader(data), size: int64(len(data))})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestReadItems(t *testing.T) {
	h := itemsOfFile(t, "testdata/read/parrots.avif")
	if width, height := h.size(); width != 95 || height != 63 {
		t.Errorf("got size %dx%d, want 95x63", width, height)
	}
	if got := h.turns(); !slices.Equal(got, []int{8, 4}) {
		t.Errorf("got turns %v, want counterclockwise, then upside down", got)
	}
	if h.coding() != "av1C" || h.hasAlpha() {
		t.Errorf("got %s, alpha %v", h.coding(), h.hasAlpha())
	}
	if h := itemsOfFile(t, "testdata/read/parrots.heic"); h.coding() != "hvcC" {
		t.Errorf("a grid: got %q", h.coding())
	}
	if h := itemsOfFile(t, "testdata/read/flower-alpha.avif"); !h.hasAlpha() {
		t.Error("got no alpha")
	}
}

func fullBox(kind string, data ...byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(data)))
	return append(append(b, kind...), data...)
}

// Counts that are larger than what is there cost neither time nor memory.
func TestItemsOfDamage(t *testing.T) {
	endless := bytes.Repeat([]byte{255}, 200)
	for _, kind := range []string{"pitm", "iinf", "iloc", "iref", "iprp", "ipco", "ipma"} {
		for zeros := range 12 {
			h := parseItems([]box{
				{kind, append(make([]byte, zeros), endless...)},
				{"iprp", append(fullBox("ipco", fullBox("irot", 1)...), fullBox("ipma", append(make([]byte, zeros), endless...)...)...)},
			})
			h.size()
			h.turns()
			h.colors()
		}
	}
	var list []box
	for range 1000 {
		list = append(list, box{"irot", []byte{1}})
	}
	if got := len((&heifItems{owned: list}).turns()); got > 2 {
		t.Errorf("got %d turns", got)
	}
}

// The decoders make something of a file that is cut off.
func TestHEIFTruncated(t *testing.T) {
	for _, name := range []string{"parrots.heic", "parrots.avif", "flower-alpha.avif"} {
		data, err := os.ReadFile("testdata/read/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{len(data) - 1, len(data) * 19 / 20, len(data) / 2, 400, 60} {
			if _, err := decodeBytes(t, data[:n], DecodeOptions{}); !errors.Is(err, ErrTruncated) {
				t.Errorf("%s, %d of %d bytes: got %v, want %v", name, n, len(data), err, ErrTruncated)
			}
		}
	}
}

// Where the box of the data goes to the end of the file, whatever that is, and of what
// is in two pieces.
func TestItemsCutOff(t *testing.T) {
	iloc := fullBox("iloc", 0, 0, 0, 0, 0x44, 0, 0, 2,
		0, 1, 0, 0, 0, 2, 0, 0, 0, 90, 0, 0, 0, 20, 0, 0, 0, 9, 0, 0, 0, 1,
		0, 2, 0, 0, 0, 1, 0, 0, 0, 200, 0, 0, 0, 50)
	part := func(kind string, from, to byte) []byte {
		return fullBox("iref", append(make([]byte, 4), fullBox(kind, 0, from, 0, 1, 0, to)...)...)
	}
	for _, test := range []struct {
		name string
		meta []byte
		size int64
		want bool
	}{
		{"whole", iloc, 110, false},
		{"first piece", iloc, 109, true},
		{"tile", append(part("dimg", 1, 2), iloc...), 249, true},
		{"alpha", append(part("auxl", 2, 1), iloc...), 249, true},
		{"all", append(part("auxl", 2, 1), iloc...), 250, false},
		{"thumbnail", append(part("thmb", 2, 1), iloc...), 110, false},
	} {
		meta := append(fullBox("pitm", 0, 0, 0, 0, 0, 1), test.meta...)
		if got := parseItems(boxes(meta)).cutOff(test.size); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// What a box claims of HEVC must be what the decoder finds. That of AV1 takes the word
// of the box for small sizes, and leaves the rest black.
func TestHEIFClaims(t *testing.T) {
	leaveOutWithRace(t)
	for _, name := range []string{"parrots.heic", "parrots.avif"} {
		data, err := os.ReadFile("testdata/read/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, side := range []uint32{0, 2000, 20_000, 1 << 31} {
			if side == 2000 && name == "parrots.avif" {
				continue
			}
			b := bytes.Clone(data)
			for at := bytes.Index(b, []byte("ispe")); at >= 0; {
				binary.BigEndian.PutUint32(b[at+8:], side)
				binary.BigEndian.PutUint32(b[at+12:], side)
				next := bytes.Index(b[at+4:], []byte("ispe"))
				if next < 0 {
					break
				}
				at += 4 + next
			}
			if _, err := decodeBytes(t, b, DecodeOptions{}); err == nil {
				t.Errorf("%s, sides of %d: got no error", name, side)
			}
		}
	}
}

func TestHEIFIsCancelled(t *testing.T) {
	leaveOutWithRace(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, name := range []string{"parrots.heic", "parrots.avif"} {
		if _, err := Decode(ctx, "testdata/read/"+name, DecodeOptions{}); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

func TestNCLX(t *testing.T) {
	m := image.NewYCbCr(image.Rect(0, 0, 3, 1), image.YCbCrSubsampleRatio444)
	copy(m.Y, []uint8{16, 235, 63}) // black, white, and BT.709's red
	copy(m.Cb, []uint8{128, 128, 102})
	copy(m.Cr, []uint8{128, 128, 240})
	got := pixels8((&nclx{matrix: 1}).toRGB(m))
	want := []uint8{0, 0, 0, 255, 255, 255, 255, 255, 255, 1, 0, 255}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, n := range []*nclx{nil, {matrix: 6, fullRange: true}, {matrix: 2, fullRange: true}} {
		if n.toRGB(m) != image.Image(m) {
			t.Errorf("%+v: got other colors than a JPEG's", n)
		}
	}
}
