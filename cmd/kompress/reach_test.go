package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTargetPSNR(t *testing.T) {
	folder := t.TempDir()
	in := photo(t, folder)
	out := filepath.Join(folder, "out.png")
	s := mustKompress(t, in, "--target-psnr", "30", "-o", out)
	if s.PSNR == nil || *s.PSNR < 30 || s.Asked != 256 || s.Quality != nil {
		t.Fatalf("got %+v", s)
	}
	checkQuality(t, s)
	fewer := mustKompress(t, in, "-k", fmt.Sprint(s.Colors-1), "-fo", out)
	if *fewer.PSNR >= 30 {
		t.Errorf("got %d colors, but %d have %v dB", s.Colors, fewer.Colors, *fewer.PSNR)
	}
	r := kompress(t, "compress", in, "-k8", "--target-psnr=60", "-fo", out)
	if r.code != exitDone || !strings.Contains(r.stdout, " 8 colors, PSNR ") || !strings.Contains(r.stderr, "warning: "+in+": PSNR ") || !strings.Contains(r.stderr, "less than the 60 dB of --target-psnr") {
		t.Errorf("got %+v, want a warning", r)
	}
	few := writePNG(t, filepath.Join(folder, "few.png"), colorful(20))
	if s := mustKompress(t, few, "--target-psnr", "150"); s.Colors != 20 || s.PSNR != nil {
		t.Errorf("got %+v, want all colors", s)
	}
}

func TestTargetQuality(t *testing.T) {
	folder := t.TempDir()
	in := photo(t, folder)
	out := filepath.Join(folder, "out.png")
	s := mustKompress(t, in, "--quality", "0-60", "-o", out)
	if s.Quality == nil || *s.Quality < 60 || s.Asked != 256 {
		t.Fatalf("got %+v", s)
	}
	fewer := mustKompress(t, in, "--quality=-100", "-k", fmt.Sprint(s.Colors-1), "-fo", out)
	if *fewer.Quality >= 60 || fewer.Colors != s.Colors-1 {
		t.Errorf("got %d colors, but %d have quality %d", s.Colors, fewer.Colors, *fewer.Quality)
	}
	if r := kompress(t, "compress", "--quality=-60", in, "-fo", out); !strings.Contains(r.stdout, fmt.Sprintf("%d colors, quality %d, PSNR ", s.Colors, *s.Quality)) {
		t.Errorf("got %+v", r)
	}
	few := writePNG(t, filepath.Join(folder, "few.png"), colorful(20))
	if s := mustKompress(t, few, "--quality", "100-100"); s.Colors != 20 || *s.Quality != 100 {
		t.Errorf("got %+v, want all colors", s)
	}
}

func TestQualityTooLow(t *testing.T) {
	folder := t.TempDir()
	in := photo(t, folder)
	few := writePNG(t, filepath.Join(folder, "few.png"), colorful(7))
	r := kompress(t, "compress", "-k8", "--quality", "95-100", in)
	if r.code != exitLowQuality || r.stderr != "" || !strings.HasPrefix(r.stdout, in+": left out: with 8 colors it would have quality ") {
		t.Errorf("got %+v", r)
	}
	checkFiles(t, folder, "few.png", "photo.png")
	// The others are done, and a failure is worse.
	r = kompress(t, "compress", "-k8", "--quality", "95-100", in, few, "--json")
	if r.code != exitLowQuality || !strings.Contains(r.stdout, `"skipped":"quality too low"`) || !strings.Contains(r.stdout, `"skipped_quality":1`) || !strings.Contains(r.stdout, `"done":1`) {
		t.Errorf("got %+v", r)
	}
	checkFiles(t, folder, "few.png", "few.q95-100.png", "photo.png")
	if r := kompress(t, "compress", "-qfk8", "--quality", "95-100", in, few, filepath.Join(folder, "missing.png")); r.code != exitFailed {
		t.Errorf("got %+v, want a failure", r)
	}
}

func TestMaxBytes(t *testing.T) {
	folder := t.TempDir()
	in := photo(t, folder)
	out := filepath.Join(folder, "out.png")
	for _, format := range [][]string{nil, {"--dither=floyd-steinberg", "--space=oklab"}, {"--compression=best"}, {"--keep-metadata", "--compression=fast"}} {
		s := mustKompress(t, append([]string{in, "--max-bytes", "8k", "-fo", out}, format...)...)
		if n := len(readFile(t, out)); int64(n) != s.BytesOut || n > 8000 || n < 6000 {
			t.Errorf("%v: got %d bytes, %d told of", format, n, s.BytesOut)
		}
		if len(format) > 0 && format[0] == "--compression=best" {
			continue // more colors might have fitted
		}
		more := mustKompress(t, append([]string{in, "-k", fmt.Sprint(s.Colors + 1), "-fo", out}, format...)...)
		if more.BytesOut <= 8000 {
			t.Errorf("%v: got %d colors, but %d fit", format, s.Colors, more.Colors)
		}
		same := mustKompress(t, append([]string{in, "-k", fmt.Sprint(s.Colors), "-fo", out}, format...)...)
		if same.BytesOut != s.BytesOut {
			t.Errorf("%v: got %d bytes, want %d as with -k %d", format, s.BytesOut, same.BytesOut, s.Colors)
		}
	}
	if s := mustKompress(t, in, "--max-bytes", "1M", "-fo", out); s.Colors != 256 {
		t.Errorf("got %d colors, want all that are allowed", s.Colors)
	}
	var stdout bytes.Buffer
	if code := run(t.Context(), []string{"kompress", "compress", "--max-bytes=8k", in, "-o", "-"}, &stdout, new(bytes.Buffer)); code != exitDone || stdout.Len() > 8000 || stdout.Len() < 7000 {
		t.Errorf("to standard output: got status %d, %d bytes", code, stdout.Len())
	}
	os.Remove(out)
	checkFails(t, kompress(t, "compress", "--max-bytes", "60", in, "-o", out), exitFailed, in+": --max-bytes: with 1 color the file has ", "want at most 60 B")
	checkFiles(t, folder, "photo.png")
}

// With a quality or a PSNR both hold: fewer colors than fit, or fewer than are wanted.
func TestTargetsTogether(t *testing.T) {
	folder := t.TempDir()
	in := photo(t, folder)
	psnr := mustKompress(t, in, "-f", "--target-psnr=30")
	if s := mustKompress(t, in, "-f", "--target-psnr=30", "--max-bytes=1M"); s.Colors != psnr.Colors || s.BytesOut != psnr.BytesOut {
		t.Errorf("got %+v, want the %d colors of the PSNR", s, psnr.Colors)
	}
	small := mustKompress(t, in, "-f", "--max-bytes=2k")
	r := kompress(t, "compress", in, "-f", "--target-psnr=30", "--max-bytes=2k", "--json")
	if r.code != exitDone || !strings.Contains(r.stdout, fmt.Sprintf(`"colors":%d,`, small.Colors)) || !strings.Contains(r.stderr, "less than the 30 dB") {
		t.Errorf("got %+v, want the %d colors that fit", r, small.Colors)
	}
	if r := kompress(t, "compress", in, "-f", "--quality=80-90", "--max-bytes=2k"); r.code != exitLowQuality {
		t.Errorf("got %+v, want that the quality is too low", r)
	}
	high := mustKompress(t, in, "-f", "--quality=-70", "--target-psnr=20")
	if low := mustKompress(t, in, "-f", "--quality=-20", "--target-psnr=20"); low.Colors >= high.Colors || *low.PSNR < 20 || *high.Quality < 70 {
		t.Errorf("got %d and %d colors", low.Colors, high.Colors)
	}
}

// A large image is encoded in part at first.
func TestMaxBytesOfLarge(t *testing.T) {
	leaveOutWithRace(t)
	m := image.NewNRGBA(image.Rect(0, 0, 1500, 2100))
	for y := range 2100 {
		for x := range 1500 {
			n := uint8(x*x*y>>9) & 15
			m.SetNRGBA(x, y, color.NRGBA{uint8(x/8) + n, uint8(y / 9), uint8((x + y) / 16), 255})
		}
	}
	in := writePNG(t, filepath.Join(t.TempDir(), "large.png"), m)
	s := mustKompress(t, in, "--max-bytes", "600k", "-e", "fast", "--compression=fast")
	if n := len(readFile(t, s.Output)); n > 600_000 || n < 570_000 || int64(n) != s.BytesOut {
		t.Errorf("got %d bytes, %d told of", n, s.BytesOut)
	}
}

func TestTargetUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(3))
	for _, test := range []struct{ args, words string }{
		{"--quality 80-60", "--quality: got 80-60, want the lower number first"},
		{"--quality x", `--quality: got "x", want two numbers`},
		{"--target-psnr 0", "--target-psnr: got 0, want more than 0"},
		{"--target-psnr nan", "--target-psnr: got NaN"},
		{"--target-psnr 200", "--target-psnr: got 200"},
		{"--max-bytes 0", "--max-bytes: got 0"},
		{"--max-bytes x", `--max-bytes: got "x", want a number of bytes`},
		{"--max-bytes=", `--max-bytes: got ""`},
	} {
		checkFails(t, kompress(t, append([]string{"compress", "x.png"}, strings.Fields(test.args)...)...), exitUsage, test.words)
	}
	checkFiles(t, ".", "x.png")
}
