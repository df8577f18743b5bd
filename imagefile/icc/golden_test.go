package icc

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// With -update the tests record what LittleCMS gives, and the profiles that tests of
// other packages read:
//
//	go test ./imagefile/icc -run 'Golden|Testdata' -update
//
// What there is was recorded with LittleCMS 2.14, liblcms2-2 of Debian 12.
var update = flag.Bool("update", false, "record what LittleCMS gives")

// goldenColors are some colors of RGB with alpha.
func goldenColors(bits int) []byte {
	p := probes(bits / 8)
	pixel := bits / 2
	var some []byte
	for i := 0; i < len(p)/pixel; i += 97 {
		some = append(some, p[i*pixel:(i+1)*pixel]...)
	}
	return some
}

func goldenLines(t *testing.T, convert func(p *Profile, bits int) *Transform) string {
	var lines strings.Builder
	for _, test := range matrixProfiles() {
		p, err := Parse(test.data)
		if err != nil {
			t.Fatal(err)
		}
		for _, bits := range []int{8, 16} {
			src := goldenColors(bits)
			c := convert(p, bits)
			c.Convert(src, src)
			c.Close()
			fmt.Fprintf(&lines, "%s, %d bits: %s\n", test.name, bits, hex.EncodeToString(src))
		}
	}
	return lines.String()
}

// What LittleCMS gave, the package's own conversion gives on any machine.
func TestGolden(t *testing.T) {
	const path = "testdata/lcms.txt"
	if *update {
		lines := goldenLines(t, func(p *Profile, bits int) *Transform {
			c, err := p.viaLCMS(bits)
			if err != nil {
				t.Fatal(err)
			}
			return c
		})
		if err := os.WriteFile(path, []byte(lines), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(goldenLines(t, (*Profile).mustOwn), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(got) || got[i] != line {
			t.Errorf("got %.300s\nwant %.300s", got[min(i, len(got)-1)], line)
		}
	}
}

func (p *Profile) mustOwn(bits int) *Transform { return p.own(bits) }

// testdata are the profiles that tests of other packages read.
func testdata() map[string][]byte {
	return map[string][]byte{
		"display-p3.icc": rgb(4, displayP3, srgbPara()),
		"adobe-rgb.icc":  rgb(2, adobeRGB, curv(563)),
		"srgb.icc":       rgb(2, SRGBPrimaries, sampled(256, srgbCurve.at)),
		"gray.icc":       gray("XYZ ", curv(461)),
		"gray-tint.icc":  grayTable(4, -9),
		"cmyk.icc":       cmyk(),
		"rgb-table.icc":  rgbTable(),
	}
}

func TestTestdata(t *testing.T) {
	for name, want := range testdata() {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, want, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %d bytes, %v, want those that are written here", path, len(got), err)
		}
	}
}
