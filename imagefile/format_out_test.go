package imagefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"kompress/imagefile/squeeze"

	"golang.org/x/image/webp"
)

var (
	outFormats   = []string{"png", "gif", "webp"}
	compressions = []Compression{DefaultCompression, FastCompression, BestCompression}
)

func encodeWith(t testing.TB, m *image.Paletted, o EncodeOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(context.Background(), &b, m, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// decodeAs decodes with a decoder that is not ours.
func decodeAs(t testing.TB, format string, b []byte) image.Image {
	t.Helper()
	decode := map[string]func(io.Reader) (image.Image, error){"png": png.Decode, "gif": gif.Decode, "webp": webp.Decode}[format]
	m, err := decode(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return m
}

// checkColors compares pixel by pixel; change is what the format does to a color.
func checkColors(t *testing.T, got image.Image, want *image.Paletted, change func(color.NRGBA) color.NRGBA) {
	t.Helper()
	if got.Bounds().Size() != want.Rect.Size() {
		t.Fatalf("got size %v, want %v", got.Bounds().Size(), want.Rect.Size())
	}
	for y := range want.Rect.Dy() {
		for x := range want.Rect.Dx() {
			g := color.NRGBAModel.Convert(got.At(got.Bounds().Min.X+x, got.Bounds().Min.Y+y))
			w := change(color.NRGBAModel.Convert(want.At(want.Rect.Min.X+x, want.Rect.Min.Y+y)).(color.NRGBA))
			if g != w {
				t.Fatalf("at (%d, %d): got %v, want %v", x, y, g, w)
			}
		}
	}
}

func asItIs(c color.NRGBA) color.NRGBA { return c }

func asInGIF(c color.NRGBA) color.NRGBA {
	if c.A < 128 {
		return color.NRGBA{}
	}
	return color.NRGBA{c.R, c.G, c.B, 255}
}

func changeOf(format string) func(color.NRGBA) color.NRGBA {
	if format == "gif" {
		return asInGIF
	}
	return asItIs
}

// picture is like a photograph: smooth, with noise, in colors that are neighbors.
func picture(width, height, colors int) *image.Paletted {
	m := image.NewPaletted(image.Rect(0, 0, width, height), testPalette(colors))
	rng := rand.New(rand.NewPCG(1, uint64(colors)))
	for i := range m.Pix {
		x, y := i%width, i/width
		m.Pix[i] = uint8((x*x/900 + y*y/700 + rng.IntN(2)*rng.IntN(3)) % colors)
	}
	return m
}

func TestEncodeFormats(t *testing.T) {
	sizes := []image.Point{{1, 1}, {3, 2}, {17, 9}, {1, 300}, {16_383, 1}, {150, 130}}
	for _, format := range outFormats {
		for _, c := range compressions {
			for _, colors := range []int{1, 2, 3, 4, 5, 16, 17, 256} {
				for _, size := range sizes {
					isSlow := c == BestCompression && size.X > 100 && colors%16 != 1
					if isSlow || raceEnabled && size.X != 150 {
						continue
					}
					m := picture(size.X, size.Y, colors)
					b := encodeWith(t, m, EncodeOptions{Format: format, Compression: c})
					checkColors(t, decodeAs(t, format, b), m, changeOf(format))
				}
			}
		}
	}
}

func TestEncodeFormatsAreSmallEnough(t *testing.T) {
	m := picture(300, 300, 200)
	size := func(o EncodeOptions) int { return len(encodeWith(t, m, o)) }
	fast := size(EncodeOptions{Compression: FastCompression})
	usual := size(EncodeOptions{})
	best := size(EncodeOptions{Compression: BestCompression})
	web := size(EncodeOptions{Format: "webp"})
	if usual >= fast || best >= usual || web >= best {
		t.Errorf("got %d bytes fast, %d, %d best, %d as WebP, want each less than the one before", fast, usual, best, web)
	}
}

func TestEncodeTransparency(t *testing.T) {
	palettes := map[string]color.Palette{
		"all":  {color.NRGBA{}},
		"two":  {color.NRGBA{9, 8, 7, 0}, color.NRGBA{1, 2, 3, 255}, color.NRGBA{6, 5, 4, 0}},
		"soft": {color.NRGBA{9, 8, 7, 127}, color.NRGBA{1, 2, 3, 128}, color.NRGBA{6, 5, 4, 255}, color.NRGBA{4, 4, 4, 1}},
	}
	for name, p := range palettes {
		m := image.NewPaletted(image.Rect(-2, 5, 9, 20), p)
		for i := range m.Pix {
			m.Pix[i] = uint8(i / 3 % len(p))
		}
		for _, format := range outFormats {
			t.Run(name+" "+format, func(t *testing.T) {
				b := encodeWith(t, m, EncodeOptions{Format: format})
				checkColors(t, decodeAs(t, format, b), m, changeOf(format))
			})
		}
	}
}

func TestEncodeRefusesSides(t *testing.T) {
	for format, limit := range map[string]int{"gif": 65_535, "webp": 16_383} {
		for _, r := range []image.Rectangle{image.Rect(0, 0, limit+1, 1), image.Rect(0, 0, 1, limit+1)} {
			var b bytes.Buffer
			err := Encode(context.Background(), &b, image.NewPaletted(r, testPalette(2)), EncodeOptions{Format: format})
			if !errors.Is(err, ErrTooManyPixels) || b.Len() > 0 {
				t.Errorf("%s, %v: got %v and %d bytes, want %v and none", format, r, err, b.Len(), ErrTooManyPixels)
			}
		}
		encodeWith(t, image.NewPaletted(image.Rect(0, 0, limit, 1), testPalette(2)), EncodeOptions{Format: format, Compression: FastCompression})
	}
}

func TestEncodeRefusesIndices(t *testing.T) {
	for _, format := range outFormats {
		for _, c := range compressions {
			m := picture(400, 300, 17)
			m.Pix[len(m.Pix)-1] = 17
			err := Encode(context.Background(), io.Discard, m, EncodeOptions{Format: format, Compression: c})
			if !errors.Is(err, ErrPalette) {
				t.Errorf("%s: got %v, want %v", format, err, ErrPalette)
			}
		}
	}
}

func TestEncodeRefusesFormat(t *testing.T) {
	err := Encode(context.Background(), io.Discard, picture(1, 1, 1), EncodeOptions{Format: "jpeg"})
	if err == nil {
		t.Error("got no error for jpeg")
	}
}

// One image, encoded by several at once with different numbers of workers. It is of
// several parts for all.
func TestEncodeIsTheSameWithAnyWorkers(t *testing.T) {
	flat := image.NewPaletted(image.Rect(0, 0, 1100, 600), testPalette(40))
	for i := range flat.Pix {
		flat.Pix[i] = uint8(i / 4000 % 40)
	}
	for _, format := range outFormats {
		for _, c := range compressions {
			if c == DefaultCompression && format != "png" || raceEnabled && c != BestCompression {
				continue
			}
			want := encodeWith(t, flat, EncodeOptions{Format: format, Compression: c, Workers: 1})
			var wg sync.WaitGroup
			for _, workers := range []int{2, 3} {
				if c == BestCompression && workers == 2 {
					continue // it takes long
				}
				wg.Go(func() {
					var b bytes.Buffer
					err := Encode(context.Background(), &b, flat, EncodeOptions{Format: format, Compression: c, Workers: workers})
					if err != nil || !bytes.Equal(b.Bytes(), want) {
						t.Errorf("%s, compression %d: with %d workers other bytes than with 1, or %v", format, c, workers, err)
					}
				})
			}
			wg.Wait()
		}
	}
}

func TestEncodeFormatsCancelled(t *testing.T) {
	for _, format := range outFormats {
		for _, c := range compressions {
			if format == "png" && c == FastCompression {
				continue // it is one block, before which nobody asks again
			}
			ctx := &endingContext{Context: context.Background(), left: 1}
			err := Encode(ctx, io.Discard, picture(400, 400, 256), EncodeOptions{Format: format, Compression: c})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s, compression %d: got %v, want %v", format, c, err, context.Canceled)
			}
		}
	}
}

// An endingContext is done when it was asked often enough.
type endingContext struct {
	context.Context
	mu   sync.Mutex
	left int
}

func (c *endingContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left--
	if c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestEncodeFormatsStopAtError(t *testing.T) {
	for _, format := range outFormats {
		m := picture(100, 100, 100)
		length := len(encodeWith(t, m, EncodeOptions{Format: format}))
		for _, left := range []int{0, 5, 100, length / 2, length - 1} {
			err := Encode(context.Background(), &limitedWriter{left}, m, EncodeOptions{Format: format, Metadata: fullMetadata()})
			if !errors.Is(err, errFull) {
				t.Errorf("%s, %d bytes: got %v, want %v", format, left, err, errFull)
			}
		}
	}
}

// Rows with filters, made in any piece, are what whole rows filtered the obvious way are.
func TestFilteredLines(t *testing.T) {
	for _, colors := range []int{2, 4, 16, 200} {
		for _, f := range []filter{filterNone, filterSub, filterUp, filterPaeth, filterChosen} {
			m := picture(33, 12, colors)
			s := newScanlines(m.Rect.Size(), m.Palette)
			s.filter, s.place = f, new([maxPaletteLen]uint8)
			for i := range colors {
				s.place[i] = uint8(colors - 1 - i)
			}
			ring := newRowRing(s, 12)
			var raw [][]byte
			for y := range 12 {
				if err := ring.put(y, m.Pix[y*33:][:33]); err != nil {
					t.Fatal(err)
				}
				raw = append(raw, ring.row(y))
			}
			var want []byte
			for y := range raw {
				want = append(want, filteredPlainly(raw, y, f)...)
			}
			maker := newLineMaker(ring)
			for from := range want {
				for _, n := range []int{1, 2, 7, len(want)} {
					got := make([]byte, min(n, len(want)-from))
					if maker.fill(got, int64(from)); !bytes.Equal(got, want[from:][:len(got)]) {
						t.Fatalf("%d colors, filter %d, %d bytes from %d: got %v, want %v", colors, f, n, from, got, want[from:][:len(got)])
					}
				}
			}
		}
	}
}

// filteredPlainly returns row y with its filter byte.
func filteredPlainly(rows [][]byte, y int, f filter) []byte {
	if f == filterChosen {
		var best []byte
		for _, f := range []filter{filterNone, filterSub, filterUp, filterPaeth} {
			if b := filteredPlainly(rows, y, f); best == nil || plainEntropy(b[1:]) < plainEntropy(best[1:]) {
				best = b
			}
		}
		return best
	}
	line := []byte{byte(f)}
	for x, v := range rows[y] {
		line = append(line, v-foretold(f, rows, x, y))
	}
	return line
}

func plainEntropy(b []byte) (bits int64) {
	bits = squeeze.NLog2N(uint32(len(b)))
	for v := range 256 {
		bits -= squeeze.NLog2N(uint32(bytes.Count(b, []byte{byte(v)})))
	}
	return bits
}

// Of a long row the middle tells which filter suits it.
func TestFilterOfLongRow(t *testing.T) {
	row := make([]byte, 3*piece)
	for i := range row {
		row[i] = uint8(i * i >> 3)
		if i >= piece && i < 2*piece {
			row[i] = uint8(5 * i)
		}
	}
	s := newScanlines(image.Pt(len(row), 1), testPalette(256))
	maker := newLineMaker(newRowRing(s, 1))
	if got := maker.choose(row, make([]byte, len(row))); got != filterSub {
		t.Errorf("got filter %d, want %d", got, filterSub)
	}
}

func foretold(f filter, rows [][]byte, x, y int) uint8 {
	at := func(x, y int) int {
		if x < 0 || y < 0 {
			return 0
		}
		return int(rows[y][x])
	}
	switch f {
	case filterSub:
		return uint8(at(x-1, y))
	case filterUp:
		return uint8(at(x, y-1))
	case filterPaeth:
		return uint8(paeth(at(x-1, y), at(x, y-1), at(x-1, y-1)))
	}
	return 0
}

// A chain has every color once, and exchanges make it no worse.
func TestOrderByNeighbors(t *testing.T) {
	for _, colors := range []int{1, 2, 3, 17, 256} {
		m := picture(200, 100, colors)
		n, err := countNeighbors(bandOf(m), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		order := n.chain(colors)
		rand.New(rand.NewPCG(1, 2)).Shuffle(colors, func(i, j int) { order[i], order[j] = order[j], order[i] })
		before := n.cost(order)
		n.improve(order, colors, 20)
		if after := n.cost(order); after > before || colors == 256 && after == before {
			t.Errorf("%d colors: cost %d before exchanges, %d after", colors, before, after)
		}
		seen := make([]bool, colors)
		for _, c := range order {
			if seen[c] {
				t.Errorf("%d colors: %d is there twice", colors, c)
			}
			seen[c] = true
		}
		if len(order) != colors {
			t.Errorf("got %d colors, want %d", len(order), colors)
		}
	}
}

// cost is what improve lowers.
func (n *neighbors) cost(order []uint8) (sum int64) {
	bits := distanceBits()
	for p, a := range order {
		for q, b := range order[:p] {
			sum += int64(n[a][b]) * bits[maxPaletteLen+p-q]
		}
	}
	return sum
}

func fullMetadata() Metadata {
	return Metadata{
		Profile: bytes.Repeat([]byte("profile "), 200),
		Density: Density{X: 2835, Y: 5670, Unit: 1},
		EXIF:    []byte("II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00"), // odd
		XMP:     []byte("<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x/><?xpacket end='w'?>"),
		Text: []Text{
			{"Title", "A caf\u00e9"}, {"Comment", "plain"}, {"Author", "\u0416"},
			{"Long", fmt.Sprint(bytes.Repeat([]byte{1}, 500))}, {"Long \u00e9", fmt.Sprint("\u0416", bytes.Repeat([]byte{1}, 500))},
		},
	}
}
