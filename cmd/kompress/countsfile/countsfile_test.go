package countsfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	_ "image/png"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"kompress/imagefile"
	"kompress/quantize"

	"github.com/klauspost/compress/flate"
)

const transparent = quantize.Key(255 << 24)

func newFile(t testing.TB, counts map[quantize.Key]uint32, pixels uint64) *File {
	t.Helper()
	keys := slices.Sorted(maps.Keys(counts))
	var n []uint32
	for _, k := range keys {
		n = append(n, counts[k])
	}
	c, err := quantize.NewSum(keys, n, pixels)
	if err != nil {
		t.Fatal(err)
	}
	return &File{Counts: c, Images: min(pixels, 3)}
}

// dots returns a file of about that many colors, of which some are translucent.
func dots(t testing.TB, colors int) *File {
	t.Helper()
	r := rand.New(rand.NewPCG(1, uint64(colors)))
	counts, pixels := map[quantize.Key]uint32{}, uint64(0)
	for range colors {
		k := quantize.Key(r.Uint32N(quantize.OpaqueKeys))
		if r.IntN(9) == 0 {
			k |= quantize.Key(r.Uint32N(255) << 24)
		}
		if _, again := counts[k]; !again {
			counts[k] = 1 + r.Uint32()>>r.UintN(32)/2
			pixels += uint64(counts[k])
		}
	}
	return newFile(t, counts, pixels)
}

func encoded(t testing.TB, f *File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verify(t *testing.T, got, want *File) {
	t.Helper()
	same := maps.Equal(maps.Collect(got.All()), maps.Collect(want.All()))
	if !same || got.Pixels() != want.Pixels() || got.Images != want.Images || got.Converted != want.Converted {
		t.Errorf("got %d pixels of %d colors of %d images, %v, want %d of %d of %d, %v", got.Pixels(), got.Distinct(), got.Images, got.Converted,
			want.Pixels(), want.Distinct(), want.Images, want.Converted)
	}
}

func TestRoundTrip(t *testing.T) {
	files := map[string]*File{
		"nothing":     newFile(t, nil, 0),
		"one":         newFile(t, map[quantize.Key]uint32{0: 1}, 1),
		"transparent": newFile(t, map[quantize.Key]uint32{transparent: 9}, 9),
		"ends":        newFile(t, map[quantize.Key]uint32{0: 4, 1: 1, quantize.OpaqueKeys - 1: 2, quantize.OpaqueKeys: 1, transparent - 1: 1, transparent: 9}, 18),
		"stopped":     newFile(t, map[quantize.Key]uint32{0: 4, 5: math.MaxUint32}, 1<<40),
		"block":       dots(t, blockColors),
		"blocks":      dots(t, 3*blockColors),
	}
	files["converted"] = &File{files["one"].Counts, 1, true}
	every := make([]quantize.Key, blockColors+1)
	for i := range every {
		every[i] = quantize.Key(i)
	}
	c, err := quantize.NewCounts(every, slices.Repeat([]uint32{1}, len(every)))
	if err != nil {
		t.Fatal(err)
	}
	files["one more than a block"] = &File{c, 1, false}
	for name, f := range files {
		t.Run(name, func(t *testing.T) {
			data := encoded(t, f)
			got, err := Decode(t.Context(), bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			verify(t, got, f)
			if !Sniff(data) {
				t.Error("it does not begin as one")
			}
			if !bytes.Equal(encoded(t, got), data) {
				t.Error("got other bytes the second time")
			}
		})
	}
}

// Whatever byte of a file is another, or missing, it is refused.
func TestDamaged(t *testing.T) {
	good := encoded(t, dots(t, 60))
	decode := func(data []byte) error {
		_, err := Decode(t.Context(), bytes.NewReader(data))
		return err
	}
	for i := range good {
		want := ErrTruncated
		if i < len(magic) {
			want = ErrFormat
		}
		if err := decode(good[:i]); !errors.Is(err, want) {
			t.Errorf("%d of %d bytes: got error %v, want %v", i, len(good), err, want)
		}
		for _, bit := range []byte{1, 0x80} {
			bad := slices.Clone(good)
			bad[i] ^= bit
			err := decode(bad)
			switch {
			case i < len(magic):
				want = ErrFormat
			case i < len(magic)+4 && errors.Is(err, ErrNewer):
				continue
			case i >= headerLen && i < headerLen+8 && errors.Is(err, ErrTruncated):
				continue // a length
			case i >= len(good)-12 && i < len(good)-4 && errors.Is(err, ErrTruncated):
				continue
			default:
				want = ErrChecksum
			}
			if !errors.Is(err, want) {
				t.Errorf("byte %d of %d: got error %v, want %v", i, len(good), err, want)
			}
		}
	}
	if err := decode(append(slices.Clone(good), 0)); !errors.Is(err, ErrTrailing) {
		t.Errorf("got error %v, want %v", err, ErrTrailing)
	}
}

// A forged file has checksums that hold.
func forged(version, flags uint16, pixels, images, colors uint64, blocks ...[]byte) []byte {
	b := append([]byte(nil), magic...)
	b = binary.LittleEndian.AppendUint16(b, version)
	b = binary.LittleEndian.AppendUint16(b, flags)
	for _, v := range []uint64{pixels, images, colors} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	for _, block := range append(blocks, make([]byte, 8)) {
		b = append(b, block...)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func forgedBlock(colors, length uint32, raw ...byte) []byte {
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, 9)
	w.Write(raw)
	w.Close()
	if length == 0 {
		length = uint32(packed.Len())
	}
	b := binary.LittleEndian.AppendUint32(nil, colors)
	return append(binary.LittleEndian.AppendUint32(b, length), packed.Bytes()...)
}

func TestForged(t *testing.T) {
	two := forgedBlock(2, 0, 0, 5, 0, 1) // keys 0 and 6, counts 1 and 2
	bomb := forgedBlock(blockColors, 0, make([]byte, 4<<20)...)
	far := []byte{0xff, 0xff, 0xff, 0xff, 0x0f}
	beyond := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"good":             {forged(1, 0, 3, 1, 2, two), ""},
		"newer":            {forged(2, 0, 3, 1, 2, two), "counts file of a newer kompress: got version 2, want 1"},
		"newest":           {append([]byte(magic), 0xff, 0xff, 0, 0), "counts file of a newer kompress: got version 65535, want 1"},
		"oldest":           {forged(0, 0, 3, 1, 2, two), "got version 0, want 1"},
		"flags":            {forged(1, 2, 3, 1, 2, two), "counts file of a newer kompress: got flags 0x2"},
		"pixels":           {forged(1, 0, 4, 1, 2, two), "got 4 pixels for counts of 3"},
		"few pixels":       {forged(1, 0, 1, 1, 2, two), "got 2 colors of 1 pixels"},
		"many pixels":      {forged(1, 0, 1<<60, 1, 1, forgedBlock(1, 0, append([]byte{0}, 0xfe, 0xff, 0xff, 0xff, 0x0f)...)), "got 1152921504606846976 pixels, want at most 72057594037927936"},
		"images":           {forged(1, 0, 3, 4, 2, two), "got 3 pixels of 4 images"},
		"no image":         {forged(1, 0, 3, 0, 2, two), "got 3 pixels of 0 images"},
		"few colors":       {forged(1, 0, 3, 1, 1, two), "got more colors than 1"},
		"many colors":      {forged(1, 0, 3, 1, 3, two), "got 2 colors, want 3"},
		"more colors":      {forged(1, 0, math.MaxUint64, 1, math.MaxUint64, two), "got 18446744073709551615 colors of"},
		"rest":             {forged(1, 0, 3, 1, 2, forgedBlock(2, 0, 0, 5, 0, 1, 1)), "got 1 bytes more in a block"},
		"short":            {forged(1, 0, 3, 1, 2, forgedBlock(2, 0, 0, 5, 0)), "got a count that is none"},
		"shorter":          {forged(1, 0, 3, 1, 2, forgedBlock(2, 0)), "got a color that is none"},
		"behind":           {forged(1, 0, 3, 1, 2, append(forgedBlock(2, uint32(len(two)-8+1), 0, 5, 0, 1), 0)), "got 1 bytes behind a block"},
		"no deflate":       {forged(1, 0, 3, 1, 2, []byte{2, 0, 0, 0, 3, 0, 0, 0, 7, 7, 7}), "a block does not inflate"},
		"cut deflate":      {forged(1, 0, 3, 1, 2, append([]byte{2, 0, 0, 0, 4, 0, 0, 0}, two[8:12]...)), "a block does not inflate"},
		"bomb":             {forged(1, 0, 1<<24, 1, 1<<24, bomb), "got a block of more than 655360 bytes"},
		"large block":      {forged(1, 0, 1<<24, 1, 1<<24, forgedBlock(blockColors+1, 0, 0)), "got a block of 65537 colors in"},
		"long block":       {forged(1, 0, 1<<24, 1, 1<<24, forgedBlock(2, math.MaxUint32, 0)), "in 4294967295 bytes"},
		"bytes of none":    {forged(1, 0, 3, 1, 2, two, []byte{0, 0, 0, 0, 1, 0, 0, 0, 0}), "got a block of 0 colors in 1 bytes"},
		"last key":         {forged(1, 0, 1, 1, 1, forgedBlock(1, 0, append(far, 0)...)), "got key 0xffffffff at place 0"},
		"behind all keys":  {forged(1, 0, 2, 1, 2, forgedBlock(2, 0, append(far, 0, 0, 0)...)), "got a color that is none"},
		"key of 64 bits":   {forged(1, 0, 1, 1, 1, forgedBlock(1, 0, append(beyond, 0)...)), "got a color that is none"},
		"count of 64 bits": {forged(1, 0, 1, 1, 1, forgedBlock(1, 0, append([]byte{0}, beyond...)...)), "got a count that is none"},
		"empty":            {nil, "not a counts file"},
		"text":             {[]byte("GIMP Palette\n"), "not a counts file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decode(t.Context(), bytes.NewReader(test.data))
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got error %v, want %q", err, test.want)
			}
		})
	}
}

// What a header says takes no memory.
func TestMemoryOfHeader(t *testing.T) {
	data := forged(1, 0, 1<<50, 1, MaxColors, forgedBlock(2, 0, 0, 5, 0, 1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Decode(t.Context(), bytes.NewReader(data)); err == nil {
		t.Error("got no error")
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
		t.Errorf("%d bytes of file took %d of memory", len(data), n)
	}
}

// While a file is read its colors take an eighth more than they need, and then no more.
func TestMemoryOfColors(t *testing.T) {
	const blocks = 20
	packed := [][]byte{}
	for range blocks {
		packed = append(packed, forgedBlock(blockColors, 0, make([]byte, 2*blockColors)...))
	}
	const need = 8 * blocks * blockColors
	data := forged(1, 0, blocks*blockColors, 1, blocks*blockColors, packed...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := Decode(t.Context(), bytes.NewReader(data))
	runtime.ReadMemStats(&after)
	if err != nil || f.Distinct() != blocks*blockColors {
		t.Fatalf("got %v, %v", f, err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > need*5/4+1<<20 {
		t.Errorf("%d bytes of colors took %d of memory", need, n)
	}
}

// What a file says of its colors is known before it is read.
func TestColors(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x.counts")
	f := dots(t, 1000)
	if _, err := Write(t.Context(), path, f, imagefile.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := Colors(path); got != int64(f.Distinct()) {
		t.Errorf("got %d colors, want %d", got, f.Distinct())
	}
	if got := Colors(folder) + Colors(path+"x"); got != 0 {
		t.Errorf("got %d colors of no file", got)
	}
}

// The sum of parts is the same file in whatever order they are added.
func TestAdd(t *testing.T) {
	parts := []*File{dots(t, 1000), dots(t, 70_000), newFile(t, nil, 0), newFile(t, map[quantize.Key]uint32{3: math.MaxUint32}, math.MaxUint32), newFile(t, map[quantize.Key]uint32{3: 2}, 2)}
	parts[1].Converted = true
	sumOf := func(parts []*File) []byte {
		sum := newFile(t, nil, 0)
		for _, p := range parts {
			var err error
			if sum, err = Add(sum, p); err != nil {
				t.Fatal(err)
			}
		}
		if sum.Images != 3+3+0+3+2 || !sum.Converted {
			t.Errorf("got %d images, %v", sum.Images, sum.Converted)
		}
		return encoded(t, sum)
	}
	want := sumOf(parts)
	for range 4 {
		rand.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		if !bytes.Equal(sumOf(parts), want) {
			t.Error("got another file from another order")
		}
	}
	full := &File{Counts: newFile(t, map[quantize.Key]uint32{3: math.MaxUint32}, MaxPixels).Counts, Images: MaxImages}
	if _, err := Add(full, dots(t, 10)); err == nil || !strings.Contains(err.Error(), "too many pixels") {
		t.Errorf("got error %v", err)
	}
}

func TestReadAndWrite(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "x.counts")
	f := dots(t, 1000)
	n, err := Write(t.Context(), path, f, imagefile.WriteOptions{})
	data, _ := os.ReadFile(path)
	if err != nil || n != int64(len(data)) || !bytes.Equal(data, encoded(t, f)) {
		t.Errorf("got %d, %v, want a file of %d bytes", n, err, len(data))
	}
	got, err := Read(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	verify(t, got, f)
	if !Is(path) || Is(folder) || Is(filepath.Join(folder, "missing")) {
		t.Error("got that what is no counts file is one, or the other way round")
	}
	if err := os.WriteFile(path, data[:40], 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(t.Context(), path); !errors.Is(err, ErrTruncated) || !strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("got error %v", err)
	}
	if _, err := Read(t.Context(), folder+"/missing"); !errors.Is(err, os.ErrNotExist) || strings.Count(err.Error(), "missing") != 1 {
		t.Errorf("got error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
}

// Photographs take about as many bytes as the package says.
func TestCompact(t *testing.T) {
	for _, name := range []string{"kodim05.png", "kodim23.png"} {
		file, err := os.Open(filepath.Join("..", "..", "..", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		m, _, err := image.Decode(file)
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		s, err := quantize.NewSession(t.Context(), nil, m)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		n := len(encoded(t, &File{Counts: s.Counts(), Images: 1}))
		if each := float64(n) / float64(s.Counts().Distinct()); each > 1.6 {
			t.Errorf("%s: got %.2f bytes a color", name, each)
		}
	}
}

// Any bytes are an error, or counts that are the same when they are written and read again.
func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, dots(f, 100)))
	f.Add(encoded(f, newFile(f, nil, 0)))
	f.Add(forged(1, 1, 3, 1, 2, forgedBlock(2, 0, 0, 5, 0, 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		// A fuzzer does not find checksums.
		if n := len(data) - 4; n > 0 {
			data = binary.LittleEndian.AppendUint32(data[:n:n], crc32.Checksum(data[:n], castagnoli))
		}
		got, err := Decode(t.Context(), bytes.NewReader(data))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n") {
				t.Errorf("got error %q", err)
			}
			return
		}
		again, err := Decode(t.Context(), bytes.NewReader(encoded(t, got)))
		if err != nil {
			t.Fatal(err)
		}
		verify(t, again, got)
	})
}

func BenchmarkEncode(b *testing.B) {
	f := dots(b, 4_000_000)
	b.ReportAllocs()
	for b.Loop() {
		data := encoded(b, f)
		b.ReportMetric(float64(len(data))/float64(f.Distinct()), "B/color")
	}
}

func BenchmarkDecode(b *testing.B) {
	data := encoded(b, dots(b, 4_000_000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(b.Context(), bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}
