package icc

import (
	"encoding/binary"
	"errors"
	"os"
	"testing"
)

// requireLCMS skips a test that compares with LittleCMS where that is not installed,
// or fails it where the environment says that it must be.
func requireLCMS(t testing.TB) {
	t.Helper()
	err := HasLittleCMS()
	if err == nil {
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

func TestTablesNeedLCMS(t *testing.T) {
	for _, data := range [][]byte{cmyk(), rgbTable()} {
		p, err := Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		transform, err := p.Transform(8)
		if HasLittleCMS() != nil {
			if !errors.Is(err, ErrNoLittleCMS) {
				t.Errorf("%s: got %v, want %v", p.Space, err, ErrNoLittleCMS)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		transform.Close()
	}
}
