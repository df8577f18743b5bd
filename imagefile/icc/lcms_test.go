package icc

import (
	"bytes"
	"encoding/binary"
	"os"
	"slices"
	"sync"
	"testing"
)

// requireLCMS skips a test that compares with LittleCMS where that is not installed,
// or fails it where the environment says that it must be.
func requireLCMS(t testing.TB) {
	t.Helper()
	data, err := os.ReadFile("testdata/cmyk.icc")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Transform(8)
	if err == nil {
		c.Close()
		return
	}
	if os.Getenv("KOMPRESS_REQUIRE_LCMS") != "" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// lattice8 has colors all over the cube, and all grays and all of single channels.
func lattice8() []byte {
	var p []byte
	for i := range 32 * 32 * 32 {
		p = append(p, byte(i%32*255/31), byte(i/32%32*255/31), byte(i/1024*255/31), byte(i))
	}
	for i := range 256 {
		v := byte(i)
		p = append(p, v, v, v, v, v, 0, 0, v, 0, v, 0, v, 0, 0, v, v)
	}
	return p
}

func lattice16() []byte {
	var p []byte
	for i := range 32 * 32 * 32 {
		for _, v := range []int{i % 32, i / 32 % 32, i / 1024, i % 7} {
			p = binary.BigEndian.AppendUint16(p, uint16(v*v*68+v))
		}
	}
	for i := range 1 << 14 {
		v := uint16(i * 4)
		for _, w := range []uint16{v, v, v, v} {
			p = binary.BigEndian.AppendUint16(p, w)
		}
	}
	return p
}

// Without LittleCMS the numbers are the same.
func TestOwnIsLCMS(t *testing.T) {
	requireLCMS(t)
	for _, test := range matrixProfiles() {
		t.Run(test.name, func(t *testing.T) {
			p, err := Parse(test.data)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, p, 8, lattice8(), 0)
			compare(t, p, 16, lattice16(), 0)
		})
	}
}

func TestOwnVeiledIsLCMS(t *testing.T) {
	requireLCMS(t)
	for _, test := range veiledProfiles() {
		t.Run(test.name, func(t *testing.T) {
			p, err := Parse(test.data)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, p, 8, lattice8(), 1)
			compare(t, p, 16, lattice16(), 1)
		})
	}
}

func compare(t *testing.T, p *Profile, bits int, src []byte, within int) {
	t.Helper()
	lcms, err := p.viaLCMS(bits)
	if err != nil {
		t.Fatal(err)
	}
	defer lcms.Close()
	want, got := make([]byte, len(src)), make([]byte, len(src))
	lcms.Convert(want, src)
	p.own(bits).Convert(got, src)
	differ, most := difference(got, want, bits)
	if most > within {
		t.Errorf("%d bits: %d of %d numbers differ from LittleCMS's, by %d at most", bits, differ, len(src)*8/bits, most)
	}
}

// difference returns how many numbers differ and by how much at most.
func difference(a, b []byte, bits int) (differ, most int) {
	step := bits / 8
	for i := 0; i < len(a); i += step {
		d := int(a[i]) - int(b[i])
		if bits == 16 {
			d = int(uint16At(a, i)) - int(uint16At(b, i))
		}
		if d != 0 {
			differ++
		}
		most = max(most, d, -d)
	}
	return differ, most
}

func TestOwnGrayIsLCMS(t *testing.T) {
	requireLCMS(t)
	for _, test := range grayProfiles() {
		t.Run(test.name, func(t *testing.T) {
			p, err := Parse(test.data)
			if err != nil {
				t.Fatal(err)
			}
			var all8, all16 []byte
			for i := range 1 << 16 {
				all16 = binary.BigEndian.AppendUint16(all16, uint16(i))
				if i < 256 {
					all8 = append(all8, byte(i))
				}
			}
			compare(t, p, 8, all8, 0)
			compare(t, p, 16, all16, 1)
		})
	}
}

// test.sh asks this one whether the library is there.
func TestLCMSOpens(t *testing.T) { requireLCMS(t) }

// Both kinds of tables, in place and beside, from many goroutines, whose pixels are
// those that one gives.
func TestTables(t *testing.T) {
	requireLCMS(t)
	for _, data := range [][]byte{cmyk(), press4(), rgbTable()} {
		p, err := Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		c, err := p.Transform(8)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		src := lattice8()
		want := make([]byte, len(src))
		c.Convert(want, src)
		for i := 3; i < len(src); i += 4 {
			alpha := src[i]
			if p.Space == CMYK {
				alpha = 255
			}
			if want[i] != alpha {
				t.Fatalf("%s: got alpha %d, want %d", p.Space, want[i], alpha)
			}
		}
		var g sync.WaitGroup
		for part := range slices.Chunk(src, 4<<10) {
			g.Go(func() { c.Convert(part, part) })
		}
		g.Wait()
		if !bytes.Equal(src, want) {
			t.Errorf("%s: got other pixels in parts and in place", p.Space)
		}
	}
}

// A profile that LittleCMS would convert to other numbers is left to it.
func TestAlike(t *testing.T) {
	p, err := Parse(rgb(4, displayP3, srgbPara()))
	if err != nil {
		t.Fatal(err)
	}
	other, err := Parse(rgb(4, displayP3, para(3, 2.41, 1/1.055, 0.055/1.055, 1/12.92, 0.04045)))
	if err != nil {
		t.Fatal(err)
	}
	for _, bits := range []int{8, 16} {
		if !alike(p.own(bits), p.own(bits), bits) || alike(p.own(bits), other.own(bits), bits) {
			t.Errorf("%d bits: want a profile to be like itself and not like another", bits)
		}
	}
}

// A profile that was converted by once is not asked about again, and the known ones do
// not become more and more.
func TestKnown(t *testing.T) {
	requireLCMS(t)
	known.m = nil
	for i := range 2*maxKnown + 3 {
		data := rgb(2, displayP3, curv(uint16(500+i)))
		var got [2][]byte
		for j := range got {
			p, err := Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			c, err := p.Transform(8)
			if err != nil {
				t.Fatal(err)
			}
			got[j] = goldenColors(8)
			c.Convert(got[j], got[j])
			c.Close()
			if want := p.own(8); j == 1 {
				src := goldenColors(8)
				want.Convert(src, src)
				if !bytes.Equal(got[0], src) || !bytes.Equal(got[1], src) {
					t.Fatalf("profile %d: got other colors than its own", i)
				}
			}
		}
		if n := len(known.m); n == 0 || n > maxKnown {
			t.Fatalf("got %d known profiles after %d, want 1 to %d", n, i+1, maxKnown)
		}
	}
}

// Grays that are colors in sRGB become these, what else is gray stays gray.
func TestGrayTables(t *testing.T) {
	requireLCMS(t)
	for _, test := range []struct {
		data   []byte
		tinted bool
	}{{grayTable(0, 0), false}, {grayTable(4, -9), true}} {
		p, err := Parse(test.data)
		if err != nil {
			t.Fatal(err)
		}
		for _, bits := range []int{8, 16} {
			c, err := p.Transform(bits)
			if err != nil {
				t.Fatal(err)
			}
			if c.Tinted != test.tinted {
				t.Fatalf("%d bits: got tinted %v, want %v", bits, c.Tinted, test.tinted)
			}
			// What transicc -i testdata/gray-tint.icc -o '*sRGB' -t0 of LittleCMS 2.14 gives.
			size := bits / 8
			pixel := bytes.Repeat([]byte{128}, 4*size)
			c.Convert(pixel, pixel)
			if want := []byte{120, 118, 127, 128}; c.Tinted {
				for i, v := range want {
					if pixel[i*size] != v {
						t.Errorf("%d bits: got %v, want %v", bits, pixel, want)
					}
				}
			}
		}
	}
}
