package icc

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	named := func(space string, d []byte) []byte {
		return write(4, space, "XYZ ", tag{"kTRC", curv()}, tag{"desc", d})
	}
	for _, test := range []struct {
		name string
		data []byte
		want Profile
	}{
		{"RGB", rgb(2, displayP3, curv(563)), Profile{Space: RGB, Name: "a test"}},
		{"gray", gray("XYZ ", curv()), Profile{Space: Gray}},
		{"CMYK", cmyk(), Profile{Space: CMYK}},
		{"CMYK of version 4", press4(), Profile{Space: CMYK}},
		{"UTF-16", named("GRAY", mluc("Größe")), Profile{Space: Gray, Name: "Größe"}},
		{"a name of many lines", named("GRAY", desc("a\nb\x1b[31m c")), Profile{Space: Gray, Name: "ab[31m c"}},
		{"a long name", named("GRAY", desc(strings.Repeat("long", 99))), Profile{Space: Gray, Name: strings.Repeat("long", 15)}},
		{"a name that is cut off", named("GRAY", append32(kind("desc"), 99, 0x61626300)), Profile{Space: Gray, Name: "abc"}},
		{"a name that is elsewhere", named("GRAY", append32(kind("mluc"), 1, 12, 0, 99, 99)), Profile{Space: Gray}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := Parse(test.data)
			if err != nil {
				t.Fatal(err)
			}
			if p.Space != test.want.Space || p.Name != test.want.Name {
				t.Errorf("got %q, %q, want %q, %q", p.Space, p.Name, test.want.Space, test.want.Name)
			}
		})
	}
}

// patched returns the data with some bytes replaced.
func patched(data []byte, at int, with string) []byte {
	data = append([]byte(nil), data...)
	copy(data[at:], with)
	return data
}

func TestParseRefuses(t *testing.T) {
	good := rgb(2, displayP3, curv(563))
	table := lut16(4, ink)
	press := func(table []byte) []byte { return write(2, "CMYK", "Lab ", tag{"A2B0", table}) }
	parts := func(parts ...uint32) []byte {
		return press(append32(append(kind("mAB "), 4, 3, 0, 0), parts...))
	}
	for _, test := range []struct {
		name string
		data []byte
		want error
		text string
	}{
		{"nothing", nil, ErrDamaged, "0 bytes"},
		{"a header alone", good[:128], ErrDamaged, "128 bytes"},
		{"no signature", patched(good, 36, "abcd"), ErrDamaged, "signature"},
		{"longer than it is", patched(good, 0, "\x00\x01\x00\x00"), ErrDamaged, "65536 bytes"},
		{"too large", make([]byte, MaxSize+1), ErrUnsupported, "at most"},
		{"version 5", patched(good, 8, "\x05"), ErrUnsupported, "version 5"},
		{"Lab colors", patched(good, 16, "Lab "), ErrUnsupported, `"Lab "`},
		{"a device link", patched(good, 12, "link"), ErrUnsupported, `"link"`},
		{"another connection space", patched(good, 20, "RGB "), ErrDamaged, `"RGB "`},
		{"many tags", patched(good, 128, "\x00\x00\x00\x65"), ErrDamaged, "100 tags"},
		{"more tags than bytes", patched(good, 128, "\x00\x00\x00\x63"), ErrDamaged, "cut off"},
		{"a tag beyond the end", patched(good, 136, "\xff\xff\xff\xf0"), ErrDamaged, "not within"},
		{"a tag in the header", patched(good, 136, "\x00\x00\x00\x10"), ErrDamaged, "not within"},
		{"a tag without bytes", patched(good, 140, "\x00\x00\x00\x00"), ErrDamaged, "not within"},
		{"a tag twice", patched(good, 144, "desc"), ErrDamaged, "twice"},
		{"no matrix", write(2, "RGB ", "XYZ ", tag{"rTRC", curv()}), ErrDamaged, "rXYZ"},
		{"no curve", gray("XYZ ", kind("curv")), ErrDamaged, "no tone curve"},
		{"another kind of curve", gray("XYZ ", append32(kind("text"), 0)), ErrDamaged, `"text"`},
		{"more points than bytes", gray("XYZ ", append32(kind("curv"), 9, 0)), ErrDamaged, "9 points"},
		{"too many points", gray("XYZ ", curv(make([]uint16, maxCurve+1)...)), ErrDamaged, "32768 points"},
		{"formula 5", gray("XYZ ", para(5, 1)), ErrUnsupported, "formula 5"},
		{"formula without numbers", gray("XYZ ", para(3, 1)), ErrDamaged, "5 numbers"},
		{"division by 0", gray("XYZ ", para(1, 1, 0, 0)), ErrDamaged, "divides"},
		{"infinite light", gray("XYZ ", para(0, -1)), ErrDamaged, "+Inf for 0"},
		{"too much light", gray("XYZ ", para(3, 1, 1, 0, 5, 2)), ErrDamaged, "of 255"},
		{"a primary far off", write(2, "RGB ", "XYZ ", tag{"rXYZ", appendFixed(kind("XYZ "), 1, 5, 1)}), ErrDamaged, "rXYZ has 5"},
		{"CMYK without a table", write(2, "CMYK", "Lab "), ErrDamaged, "no table"},
		{"processing elements", write(4, "RGB ", "XYZ ", tag{"D2B0", make([]byte, 32)}), ErrUnsupported, "elements"},
		{"a short table", press(kind("mft2")), ErrDamaged, "8 bytes"},
		{"another kind of table", press(patched(table, 0, "abcd")), ErrDamaged, `"abcd"`},
		{"a table for RGB", press(patched(table, 8, "\x03")), ErrDamaged, "3 channels in"},
		{"a table of one point", press(patched(table, 10, "\x01")), ErrDamaged, "a table has"},
		{"a table of many points", press(patched(table, 10, "\xff")), ErrDamaged, "a table has"},
		{"a table that is cut off", press(table[:len(table)-1]), ErrDamaged, "a table has"},
		{"curves of one point", press(patched(table, 49, "\x01")), ErrDamaged, "1 and 2 points"},
		{"curves of many points", press(patched(table, 48, "\xff\xff")), ErrDamaged, "65535 and 2 points"},
		{"bytes that are cut off", press(append(patched(table, 0, "mft1"), make([]byte, 9)...)), ErrDamaged, "a table has"},
		{"stages without a grid", parts(0, 0, 0, 0, 0), ErrDamaged, "nothing between"},
		{"stages elsewhere", parts(0xfffffff0, 0, 0, 0, 0), ErrDamaged, "not within"},
		{"stages in the head", parts(8, 0, 0, 0, 0), ErrDamaged, "not within"},
		{"a grid of nothing", parts(0, 0, 0, 32, 0, 0, 0, 0, 0, 0), ErrDamaged, "0 points"},
		{"a large grid", parts(0, 0, 0, 32, 0, 0xffffffff, 0, 0, 0, 0x02000000), ErrDamaged, "a table has"},
		{"numbers of 3 bytes", parts(0, 0, 0, 32, 0, 0x02020202, 0, 0, 0, 0x03000000), ErrDamaged, "3 bytes"},
		{"stages with curves of nothing", parts(0, 0, 0, 0, 32, 0, 0, 0, 0), ErrDamaged, "no kind"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.data)
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("got %v, want %v with %q", err, test.want, test.text)
			}
			if err != nil && (strings.Contains(err.Error(), "\n") || len(err.Error()) > 200) {
				t.Errorf("got %q, want one short line", err)
			}
		})
	}
}

// No part of a profile is missed that is cut off.
func TestParseTruncated(t *testing.T) {
	all := testdata()
	all["press4"] = press4()
	for name, data := range all {
		for n := range len(data) {
			if _, err := Parse(data[:n]); !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s, %d of %d bytes: got %v, want %v", name, n, len(data), err, ErrDamaged)
			}
			short := append([]byte(nil), data[:n]...)
			if n >= 4 {
				binary.BigEndian.PutUint32(short, uint32(n))
			}
			// The last tag may have up to 3 bytes behind it.
			if _, err := Parse(short); n < len(data)-3 && !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s, said to be %d of %d bytes: got %v, want %v", name, n, len(data), err, ErrDamaged)
			}
		}
	}
}

func TestIsSRGB(t *testing.T) {
	for _, test := range []struct {
		name string
		data []byte
		want bool
	}{
		{"formula", rgb(4, SRGBPrimaries, srgbPara()), true},
		{"1024 points", rgb(2, SRGBPrimaries, sampled(1024, srgbCurve.at)), true},
		{"another black", rgb(4, SRGBPrimaries, para(4, 2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045, 0.05, 0.05)), false},
		{"gamma 2.2", rgb(2, SRGBPrimaries, curv(563)), false},
		{"one channel of another gamma", rgb(2, SRGBPrimaries, srgbPara(), srgbPara(), curv(563)), false},
		{"Display P3", rgb(4, displayP3, srgbPara()), false},
		{"channels in another order", rgb(4, turned, srgbPara()), false},
		{"blue a little off", rgb(4, Primaries{SRGBPrimaries.White, SRGBPrimaries.Red, SRGBPrimaries.Green, [2]float64{0.152, 0.064}}, srgbPara()), false},
		{"gray", gray("XYZ ", srgbPara()), true},
		{"gray of gamma 2.2", gray("XYZ ", curv(563)), false},
		{"table", rgbTable(), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := Parse(test.data)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.IsSRGB(); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// What IsSRGB says of a few colors is true of all.
func TestIsSRGBOfAll(t *testing.T) {
	p, err := Parse(rgb(2, SRGBPrimaries, sampled(1024, srgbCurve.at)))
	if err != nil {
		t.Fatal(err)
	}
	convert := p.own(8).Convert
	var src, dst [4 << 8]byte
	for i := 0; i < 1<<24; i += 256 * 7 {
		for v := range 256 {
			src[4*v], src[4*v+1], src[4*v+2] = byte(v), byte(i>>8), byte(i>>16)
		}
		convert(dst[:], src[:])
		for j := range src {
			if abs(int(src[j])-int(dst[j])) > 1 {
				t.Fatalf("got %v, want %v or 1 from it", dst[j&^3:][:3], src[j&^3:][:3])
			}
		}
	}
}

func TestCalibrated(t *testing.T) {
	srgb, err := Calibrated(SRGBPrimaries, 0)
	if err != nil || !srgb.IsSRGB() || srgb.IsEmbedded() {
		t.Errorf("got %v, %v, want sRGB", srgb, err)
	}
	if !srgb.ForGray().IsSRGB() {
		t.Error("got another gray, want sRGB's")
	}
	linear, err := Calibrated(SRGBPrimaries, 1)
	if err != nil {
		t.Fatal(err)
	}
	c, err := linear.Transform(8)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got := []byte{0, 1, 55, 9}
	c.Convert(got, got)
	if want := "\x00\x0d\x80\x09"; string(got) != want {
		t.Errorf("got %v, want %v", got, []byte(want))
	}
	for _, p := range []Primaries{{}, {White: [2]float64{0.3, 0}, Red: [2]float64{1, 0}, Green: [2]float64{0, 1}},
		{White: SRGBPrimaries.White, Red: SRGBPrimaries.Red, Green: SRGBPrimaries.Red, Blue: SRGBPrimaries.Red}} {
		if _, err := Calibrated(p, 1); !errors.Is(err, ErrDamaged) {
			t.Errorf("%v: got %v, want %v", p, err, ErrDamaged)
		}
	}
	if _, err := Calibrated(SRGBPrimaries, 101); !errors.Is(err, ErrDamaged) {
		t.Errorf("gamma 101: got %v, want %v", err, ErrDamaged)
	}
}

func TestCICP(t *testing.T) {
	for _, test := range []struct {
		primaries, transfer uint8
		srgb                bool
		err                 error
	}{
		{1, 13, true, nil}, {2, 2, true, nil}, {1, 1, true, nil}, {12, 13, false, nil}, {9, 14, false, nil},
		{1, 8, false, nil}, {1, 4, false, nil}, {9, 16, false, ErrUnsupported}, {9, 18, false, ErrUnsupported},
		{99, 13, false, ErrUnsupported}, {1, 99, false, ErrUnsupported},
	} {
		p, err := CICP(test.primaries, test.transfer)
		if !errors.Is(err, test.err) {
			t.Errorf("%d/%d: got %v, want %v", test.primaries, test.transfer, err, test.err)
		}
		if err == nil && p.IsSRGB() != test.srgb {
			t.Errorf("%d/%d: sRGB is %v, want %v", test.primaries, test.transfer, !test.srgb, test.srgb)
		}
	}
}

// FuzzParse lets LittleCMS have what Parse takes, where it is installed.
func FuzzParse(f *testing.F) {
	for _, data := range testdata() {
		f.Add(data)
	}
	f.Add(rgb(4, displayP3, para(4, 2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045, 0, 0)))
	f.Add(rgb(2, adobeRGB, curv(0, 9, 65535)))
	f.Add(gray("Lab ", curv(256)))
	f.Add(press4())
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse(data)
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrUnsupported) {
				t.Errorf("got %v, want one of the package's errors", err)
			}
			return
		}
		p.IsSRGB()
		c, err := p.Transform(8)
		if err != nil {
			return
		}
		defer c.Close()
		src := []byte{0, 1, 2, 3, 255, 254, 253, 252, 128, 64, 32, 16}
		dst := make([]byte, len(src))
		c.Convert(dst, src)
		if p.Space == RGB && dst[3] != 3 {
			t.Errorf("got alpha %d, want 3", dst[3])
		}
	})
}
