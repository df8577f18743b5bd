package main

import (
	"strings"
	"testing"
)

func TestParseQuality(t *testing.T) {
	for text, want := range map[string]qualityRange{
		"65-80": {65, 80}, "0-100": {0, 100}, "80-80": {80, 80}, "-80": {0, 80}, "65-": {65, 100}, "80": {72, 80}, "0": {0, 0}, "100": {90, 100}, "99": {89, 99},
	} {
		if got, err := parseQuality(text); err != nil || *got != want {
			t.Errorf("%s: got %v, %v, want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "two numbers", "-": "two numbers", "x": "two numbers", "65-x": "two numbers", "65--80": "numbers", "65-80-90": "two numbers", "+65": "two numbers", "6.5-80": "two numbers",
		"80-65": "the lower number first", "65-101": "from 0 to 100", "101": "from 0 to 100", "-101": "from 0 to 100",
	} {
		if got, err := parseQuality(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want %q", text, got, err, want)
		}
	}
}

// What a result is called says what it was to reach, and it is known again as one.
func TestTargetNames(t *testing.T) {
	t.Chdir(t.TempDir())
	photo(t, ".")
	for flags, want := range map[string]string{
		"--quality=-5": "photo.q0-5.png", "--target-psnr=20.5 -k 9": "photo.psnr20.5.png", "--max-bytes=1.5M --format=webp": "photo.max1500k.webp",
		"--max-bytes=2M": "photo.max2M.png", "--max-bytes=64KiB": "photo.max65536.png", "--quality=0-9 --target-psnr=1e-9 --max-bytes=99k": "photo.q0-9-psnr1e-09-max99k.png",
	} {
		if s := mustKompress(t, append([]string{"photo.png"}, strings.Fields(flags)...)...); s.Output != want {
			t.Errorf("%s: got %s, want %s", flags, s.Output, want)
		}
	}
	if paths, _ := searched(t, false, "", "."); paths != "photo.png:" {
		t.Errorf("got %s, want the results passed over", paths)
	}
	for _, name := range []string{"photo.q5.png", "photo.max.png", "photo.psnr.png", "photo.q1-2-.png", "photo.k16-q1-2.png"} {
		if resultName.MatchString(name) {
			t.Errorf("%s is taken for a result", name)
		}
	}
	for name, stem := range map[string]string{"a.psnr20.5.png": "a", "a.b.k9.gif": "a.b", "new\nline.k16.png": "new\nline"} {
		if m := resultName.FindStringSubmatch(name); m == nil || m[1] != stem {
			t.Errorf("%q: got %q, want it to be of %q", name, m, stem)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "500k": 500_000, "500K": 500_000, "500kB": 500_000, "500 kB": 500_000, "1.5M": 1_500_000, "0.1M": 100_000, "64KiB": 65536, "64ki": 65536,
		"1MiB": 1 << 20, "2G": 2_000_000_000, "1.2345k": 1234, "100b": 100, ".5k": 500, "5.k": 5000,
	} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%s: got %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "k", "-1", "0", "0.4", "1x", "1kk", "1e3", "1.2.3", "1 000", "0x10", "1/2", ".", strings.Repeat("9", 30), strings.Repeat("9", 1000)} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%s: got %d, want an error", text, got)
		}
	}
}
