package baseline

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"
)

// slowly is what Decode has to give: image/jpeg's picture, with colors that are
// interpolated by a formula for each.
func slowly(file []byte) (image.Image, error) {
	m, err := jpeg.Decode(bytes.NewReader(file))
	c, ok := m.(*image.YCbCr)
	if err != nil || !ok {
		return m, err
	}
	h, v := 1, 1
	switch c.SubsampleRatio {
	case image.YCbCrSubsampleRatio420:
		h, v = 2, 2
	case image.YCbCrSubsampleRatio422:
		h = 2
	case image.YCbCrSubsampleRatio440:
		v = 2
	default:
		return m, nil
	}
	wide := image.NewYCbCr(c.Rect, image.YCbCrSubsampleRatio444)
	size := c.Rect.Size()
	for y := range size.Y {
		copy(wide.Y[wide.YOffset(0, y):][:size.X], c.Y[c.YOffset(0, y):])
		for x := range size.X {
			at := wide.COffset(x, y)
			wide.Cb[at] = between(c.Cb, c.CStride, size, x, y, h, v)
			wide.Cr[at] = between(c.Cr, c.CStride, size, x, y, h, v)
		}
	}
	return wide, nil
}

// between returns the color of a pixel.
func between(colors []uint8, stride int, size image.Point, x, y, h, v int) uint8 {
	other := func(at, shared, n int) (near, far int) {
		if shared == 1 {
			return at, at
		}
		return at / 2, max(0, min(at/2-1+at%2*2, (n+1)/2-1))
	}
	nearX, farX := other(x, h, size.X)
	nearY, farY := other(y, v, size.Y)
	at := func(x, y int) int { return int(colors[y*stride+x]) }
	near := 3*at(nearX, nearY) + at(nearX, farY)
	far := 3*at(farX, nearY) + at(farX, farY)
	switch {
	case h == 2 && v == 2:
		return uint8((3*near + far + 8 - x%2) / 16)
	case h == 2:
		return uint8((3*at(nearX, y) + at(farX, y) + 1 + x%2) / 4)
	}
	return uint8((near + 1 + y%2) / 4)
}

// decode decodes a file by bands of about so many bytes, of which it checks that they
// cover it.
func decode(file []byte, bytesOfBand int, keep bool) (image.Image, error) {
	d, err := New(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	y := 0
	var joined image.Image
	whole, err := d.decode(bytesOfBand, keep, func(band image.Image) error {
		if b := band.Bounds(); b.Min != image.Pt(0, y) || b.Max.X != d.Size.X || b.Empty() {
			return fmt.Errorf("a band has the bounds %v, it should begin in row %d", b, y)
		}
		y = band.Bounds().Max.Y
		joined = join(joined, band, d.Size)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if y != d.Size.Y {
		return nil, fmt.Errorf("bands end in row %d of %d", y, d.Size.Y)
	}
	if keep {
		if err := differ(whole, joined); err != nil {
			return nil, fmt.Errorf("the image that is kept: %w", err)
		}
		return whole, nil
	}
	return joined, nil
}

// join copies a band into an image.
func join(to, band image.Image, size image.Point) image.Image {
	r := image.Rectangle{Max: size}
	b := band.Bounds()
	switch band := band.(type) {
	case *image.Gray:
		if to == nil {
			to = image.NewGray(r)
		}
		m := to.(*image.Gray)
		for y := b.Min.Y; y < b.Max.Y; y++ {
			copy(m.Pix[m.PixOffset(0, y):][:size.X], band.Pix[band.PixOffset(0, y):])
		}
	case *image.RGBA:
		if to == nil {
			to = image.NewRGBA(r)
		}
		m := to.(*image.RGBA)
		for y := b.Min.Y; y < b.Max.Y; y++ {
			copy(m.Pix[m.PixOffset(0, y):][:4*size.X], band.Pix[band.PixOffset(0, y):])
		}
	case *image.YCbCr:
		if to == nil {
			to = image.NewYCbCr(r, band.SubsampleRatio)
		}
		m := to.(*image.YCbCr)
		for y := b.Min.Y; y < b.Max.Y; y++ {
			copy(m.Y[m.YOffset(0, y):][:size.X], band.Y[band.YOffset(0, y):])
			copy(m.Cb[m.COffset(0, y):][:m.CStride], band.Cb[band.COffset(0, y):])
			copy(m.Cr[m.COffset(0, y):][:m.CStride], band.Cr[band.COffset(0, y):])
		}
	}
	return to
}

// differ says where the samples of two images differ.
func differ(got, want image.Image) error {
	if got.Bounds() != want.Bounds() {
		return fmt.Errorf("got the bounds %v, want %v", got.Bounds(), want.Bounds())
	}
	if a, b := fmt.Sprintf("%T", got), fmt.Sprintf("%T", want); a != b {
		return fmt.Errorf("got %s, want %s", a, b)
	}
	a, aRatio := samples(got)
	b, bRatio := samples(want)
	if aRatio != bRatio {
		return fmt.Errorf("got the subsampling %v, want %v", aRatio, bRatio)
	}
	for i := range a {
		if at := mismatch(a[i], b[i]); at >= 0 {
			return fmt.Errorf("plane %d differs at %d", i, at)
		}
	}
	return nil
}

func mismatch(a, b []uint8) int {
	if bytes.Equal(a, b) {
		return -1
	}
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// samples returns the planes of an image, without what is beyond its bounds.
func samples(m image.Image) (planes [][]uint8, ratio image.YCbCrSubsampleRatio) {
	r := m.Bounds()
	rows := func(n int, row func(y int) []uint8) {
		var p []uint8
		for y := range n {
			p = append(p, row(y)...)
		}
		planes = append(planes, p)
	}
	switch m := m.(type) {
	case *image.Gray:
		rows(r.Dy(), func(y int) []uint8 { return m.Pix[y*m.Stride:][:r.Dx()] })
	case *image.RGBA:
		rows(r.Dy(), func(y int) []uint8 { return m.Pix[y*m.Stride:][:4*r.Dx()] })
	case *image.YCbCr:
		colors := image.NewYCbCr(r, m.SubsampleRatio)
		ratio = m.SubsampleRatio
		rows(r.Dy(), func(y int) []uint8 { return m.Y[y*m.YStride:][:r.Dx()] })
		for _, c := range [][]uint8{m.Cb, m.Cr} {
			rows(len(colors.Cb)/colors.CStride, func(y int) []uint8 { return c[y*m.CStride:][:colors.CStride] })
		}
	}
	return planes, ratio
}

// check compares with image/jpeg. What is unusual need not be decoded, if Check says so.
func check(file []byte) error {
	want, wantErr := slowly(file)
	for _, keep := range []bool{true, false} {
		got, err := decode(file, 1, keep)
		var u Unusual
		switch {
		case errors.As(err, &u):
			if !errors.As(Check(bytes.NewReader(file)), &u) {
				return fmt.Errorf("Check has not found that %s", string(u))
			}
			return err
		case (err == nil) != (wantErr == nil):
			return fmt.Errorf("got the error %v, want %v", err, wantErr)
		case err != nil && err.Error() != wantErr.Error() && !errors.Is(err, io.ErrUnexpectedEOF):
			return fmt.Errorf("got the error %q, want %q", err, wantErr)
		case err == nil:
			if err := differ(got, want); err != nil {
				return err
			}
		}
	}
	return nil
}

var samplings = map[string][]uint8{
	"gray":     {0x11},
	"gray 2x2": {0x22},
	"444":      {0x11, 0x11, 0x11},
	"422":      {0x21, 0x11, 0x11},
	"440":      {0x12, 0x11, 0x11},
	"420":      {0x22, 0x11, 0x11},
	"411":      {0x41, 0x11, 0x11},
	"410":      {0x42, 0x11, 0x11},
	"422 high": {0x22, 0x12, 0x12},
	"440 wide": {0x22, 0x21, 0x21},
	"444 wide": {0x21, 0x21, 0x21},
}

func TestSizes(t *testing.T) {
	for name, sampling := range samplings {
		t.Run(name, func(t *testing.T) {
			seed := uint64(0)
			for _, height := range []int{1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40} {
				for width := 1; width <= 40; width++ {
					seed++
					p := recipe{width: width, height: height, sampling: sampling, quality: 30, limit: 11, dense: .2, seed: seed}
					if err := check(p.write()); err != nil {
						t.Fatalf("%dx%d: %v", width, height, err)
					}
				}
			}
		})
	}
}

// TestBands decodes bands of some rows of MCUs, the last one of fewer.
func TestBands(t *testing.T) {
	for name, sampling := range samplings {
		p := recipe{width: 50, height: 300, sampling: sampling, quality: 8, limit: 6, dense: .02, restart: 9}
		file := p.write()
		want, err := slowly(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{8000, 12000, 50_000, 1 << 20} {
			got, err := decode(file, size, false)
			if err == nil {
				err = differ(got, want)
			}
			if err != nil {
				t.Errorf("%s, bands of %d: %v", name, size, err)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	for seed := range uint64(30) {
		for name, p := range map[string]recipe{
			"restart":   {sampling: samplings["420"], restart: 1 + int(seed)%5, quality: 99, limit: 11, dense: .3},
			"resync":    {sampling: samplings["444"], restart: 2, quality: 99, limit: 11, dense: .3, stuffing: true},
			"16 bit":    {sampling: samplings["420"], wide: true, quality: 65535, limit: 15, dense: .9, extended: true},
			"wrap":      {sampling: samplings["422"], wide: true, quality: 65535, limit: 16, dense: .5},
			"quality 1": {sampling: samplings["420"], quality: 1, limit: 15, dense: 1},
			"order":     {sampling: samplings["420"], order: []int{2, 0, 1}, quality: 255, limit: 11, dense: .1},
			"rgb":       {sampling: samplings["444"], rgb: true, quality: 20, limit: 10, dense: .2},
			"flat":      {sampling: samplings["420"], quality: 255, limit: 16},
		} {
			p.seed, p.width, p.height = seed, 50, 35
			if err := check(p.write()); err != nil {
				t.Fatalf("%s %d: %v", name, seed, err)
			}
		}
	}
}

// TestUnusual wants reasons for what has to be decoded otherwise, from the header alone.
func TestUnusual(t *testing.T) {
	p := recipe{width: 20, height: 20, sampling: samplings["420"], quality: 9, limit: 5, dense: .2}
	change := func(from, to string) []byte {
		file := p.write()
		if !bytes.Contains(file, []byte(from)) {
			t.Fatalf("no %q in the file", from)
		}
		return bytes.Replace(file, []byte(from), []byte(to), 1)
	}
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"progressive":     {change("\xff\xc0", "\xff\xc2"), Progressive},
		"lossless":        {change("\xff\xc0", "\xff\xc3"), unusual},
		"arithmetic":      {change("\xff\xc0", "\xff\xc9"), unusual},
		"12 bits":         {change("\xff\xc0\x00\x11\x08", "\xff\xc0\x00\x11\x0c"), unusual},
		"two channels":    {change("\x00\x14\x00\x14\x03", "\x00\x14\x00\x14\x02"), unusual},
		"no height":       {change("\x00\x14\x00\x14\x03", "\x00\x00\x00\x14\x03"), unusual},
		"three to one":    {change("\x01\x22\x00\x02\x11", "\x01\x32\x00\x02\x11"), unusual},
		"too many blocks": {change("\x01\x22\x00\x02\x11\x01\x03\x11", "\x01\x42\x00\x02\x22\x01\x03\x22"), unusual},
		"no such table":   {change("\xff\xda\x00\x0c\x03\x01\x00", "\xff\xda\x00\x0c\x03\x01\x11"), unusual},
		"same twice":      {change("\xff\xda\x00\x0c\x03\x01\x00\x02", "\xff\xda\x00\x0c\x03\x01\x00\x01"), unusual},
		"scan of one":     {change("\xff\xda\x00\x0c\x03\x01\x00\x02\x00\x03\x00", "\xff\xda\x00\x08\x01\x01\x00"), separate},
		"no image":        {[]byte("\xff\xd8\xff\xd9"), unusual},
		"no JPEG":         {[]byte("GIF89a"), unusual},
		"no header":       {[]byte("\xff\xd8\xff\xe0\x00"), io.ErrUnexpectedEOF},
		"nothing":         {nil, io.ErrUnexpectedEOF},
	} {
		if _, err := New(bytes.NewReader(c.file)); err != c.want {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		if err := Check(bytes.NewReader(c.file)); err != c.want {
			t.Errorf("%s: Check gives %v, want %v", name, err, c.want)
		}
	}
	p = recipe{width: 20, height: 20, sampling: []uint8{0x11, 0x11, 0x11, 0x11}, quality: 9, limit: 5}
	if _, err := New(bytes.NewReader(p.write())); err != inked {
		t.Errorf("four channels: got %v", err)
	}
}

// TestCodes wants no table of codes that cannot be.
func TestCodes(t *testing.T) {
	symbols := make([]uint8, 256)
	for _, lengths := range [][maxCode]uint8{{3}, {1, 3}, {0, 0, 9}, {2, 1}, {15: 255, 0: 2}} {
		if newTable(lengths, symbols, true) != nil {
			t.Errorf("got a table with so many codes: %v", lengths)
		}
	}
	for _, lengths := range [][maxCode]uint8{{2}, {1, 2}, {1, 1, 1, 1}, {15: 255}} {
		if newTable(lengths, symbols, true) == nil {
			t.Errorf("got no table with so many codes: %v", lengths)
		}
	}
}

// TestDamage cuts a file off everywhere, and changes each of its bytes.
func TestDamage(t *testing.T) {
	p := recipe{width: 30, height: 20, sampling: samplings["420"], quality: 9, limit: 5, dense: .05, restart: 2}
	file := p.write()
	for n := range file {
		if _, err := decode(file[:n], 1, false); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d of %d bytes: got %v", n, len(file), err)
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	usual := 0
	for n := range file {
		damaged := bytes.Clone(file)
		damaged[n] ^= 1 << r.IntN(8)
		err := check(damaged)
		if err == nil {
			usual++
		} else if u := Unusual(""); !errors.As(err, &u) {
			t.Errorf("byte %d is %#x instead of %#x: %v", n, damaged[n], file[n], err)
		}
	}
	if usual < len(file)/2 {
		t.Errorf("only %d of %d damaged files were compared", usual, len(file))
	}
}

// TestBehindTheScan puts things between the image and the end of the file.
func TestBehindTheScan(t *testing.T) {
	p := recipe{width: 30, height: 20, sampling: samplings["444"], quality: 9, limit: 5, dense: .05}
	file := p.write()
	adobe := "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
	for what, want := range map[string]bool{
		"\x01\x02\x03":                 true,
		"\xff\x00\xff\x00\x00":         true,
		"\xff\xff\xff\xff":             true,
		"\xff\xd3":                     true,
		"\xff\xdd\x00\x04\x00\x07":     true,
		"\xff\xfe\x00\x05abc":          true,
		"\xff\xff\x00\x00\x02":         false,
		"\x01\xff\x00\xd9\xff\xff\xd1": true,
		"\xff\xfe\x00\x01":             false,
		"\xff\xdd\x00\x05\x00\x07xx":   false,
		"\xff\x17\x00\x02":             false,
		adobe:                          false, // the colors were RGB, then
	} {
		err := check(slices.Concat(file[:len(file)-2], []byte(what), file[len(file)-2:]))
		if want && err != nil || !want && !errors.As(err, new(Unusual)) {
			t.Errorf("%q: got %v, want it accepted: %v", what, err, want)
		}
		if err := Check(bytes.NewReader(file)); err != nil {
			t.Errorf("without: Check gives %v", err)
		}
	}
}

// TestWindow reads a file of many times what is read at once, in small pieces too.
func TestWindow(t *testing.T) {
	testWindow(t, recipe{width: 700, height: 500, sampling: samplings["420"], quality: 20, limit: 11, dense: .4, restart: 3})
	// MCUs of a few bits, behind which bytes that were read ahead are given back.
	testWindow(t, recipe{width: 2000, height: 1200, sampling: samplings["gray"], quality: 9, limit: 1, restart: 3, stuffing: true})
}

func testWindow(t *testing.T, p recipe) {
	file := p.write()
	if len(file) < 2*inputLen {
		t.Fatalf("the file has only %d bytes", len(file))
	}
	want, err := slowly(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{
		"at once":  bytes.NewReader(file),
		"halves":   iotest.HalfReader(bytes.NewReader(file)),
		"bytes":    iotest.OneByteReader(bytes.NewReader(file)),
		"with EOF": iotest.DataErrReader(bytes.NewReader(file)),
	} {
		d, err := New(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Decode(true, func(image.Image) error { return nil })
		if err == nil {
			err = differ(got, want)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := errors.New("broken")
	d, err := New(io.MultiReader(bytes.NewReader(file[:len(file)/2]), iotest.ErrReader(broken)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decode(false, func(image.Image) error { return nil }); err != broken {
		t.Errorf("got %v, want the reader's error", err)
	}
}

// TestMemory decodes bands of a file that declares gigabytes.
func TestMemory(t *testing.T) {
	p := recipe{width: 16, height: 16, sampling: samplings["420"], quality: 9, limit: 5, dense: .05}
	file := bytes.Replace(p.write(), []byte{0, 16, 0, 16, 3}, []byte{255, 255, 255, 255, 3}, 1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d, err := New(bytes.NewReader(file))
	if err != nil || d.Size != image.Pt(65535, 65535) {
		t.Fatalf("got %v, %v", d, err)
	}
	_, err = d.Decode(false, func(image.Image) error { return nil })
	if err == nil {
		t.Error("got no error")
	}
	runtime.ReadMemStats(&after)
	const most = 30 << 20 // three bands of 16 rows, and the coefficients of as many
	if n := after.TotalAlloc - before.TotalAlloc; n > most {
		t.Errorf("took %d bytes, at most %d were to be", n, most)
	}
}

var errEnough = errors.New("enough")

// TestEnds wants goroutines to end, and nothing more to be given, after an error.
func TestEnds(t *testing.T) {
	p := recipe{width: 50, height: 300, sampling: samplings["420"], quality: 8, limit: 6, dense: .02}
	file := p.write()
	before := runtime.NumGoroutine()
	for enough := range 19 {
		for _, keep := range []bool{true, false} {
			d, err := New(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			bands := 0
			_, err = d.decode(1, keep, func(image.Image) error {
				if bands++; bands > enough {
					return errEnough
				}
				return nil
			})
			if err != errEnough || bands != enough+1 {
				t.Errorf("got %v after %d bands, want an error after %d", err, bands, enough+1)
			}
		}
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines are left", runtime.NumGoroutine()-before)
}

// FuzzJPEG compares with image/jpeg, in what it accepts as well.
func FuzzJPEG(f *testing.F) {
	for _, sampling := range samplings {
		p := recipe{width: 20, height: 17, sampling: sampling, quality: 9, limit: 5, dense: .05, restart: 3}
		f.Add(p.write())
	}
	p := recipe{width: 9, height: 8, sampling: samplings["444"], rgb: true, quality: 255, limit: 16, dense: .5, extended: true}
	f.Add(p.write())
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := jpeg.DecodeConfig(bytes.NewReader(file))
		if err == nil && c.Width*c.Height > 1<<16 {
			t.Skip("too large to compare")
		}
		err = check(file)
		if u := Unusual(""); err != nil && !errors.As(err, &u) {
			t.Fatal(err)
		}
	})
}

// A slowReader sleeps before it says that it is read to the end of the first part.
type slowReader struct {
	r     io.Reader
	left  int
	begun chan struct{}
	ended atomic.Bool
}

func (s *slowReader) Read(b []byte) (int, error) {
	if s.left -= len(b); s.left < 0 && !s.ended.Load() {
		close(s.begun)
		time.Sleep(20 * time.Millisecond)
		s.ended.Store(true)
	}
	return s.r.Read(b)
}

// TestNothingRunsOn wants the file not to be read any more after a panic of what is done
// with it.
func TestNothingRunsOn(t *testing.T) {
	p := recipe{width: 4000, height: 150, sampling: samplings["420"], quality: 20, limit: 11, dense: .4}
	file := p.write()
	r := &slowReader{r: bytes.NewReader(file), left: inputLen, begun: make(chan struct{})}
	d, err := New(r)
	if err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() { recover() }()
		d.decode(1, false, func(image.Image) error {
			<-r.begun
			panic("do")
		})
	}()
	if !r.ended.Load() {
		t.Error("it is still read")
	}
}
