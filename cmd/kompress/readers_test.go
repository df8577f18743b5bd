package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A readCase is an image that is written for others to read, by all ways there are.
type readCase struct {
	width, height int
	colors        int // so that pixels have 1, 2, 4 or 8 bits
	compression   string
	alphas        bool // some of the colors are transparent, some half
}

// Those that are not small are compressed in four blocks of 256 KB at least.
var readCases = []readCase{
	{1, 1, 1, "default", false},
	{1, 1, 1, "best", true},
	{33, 17, 2, "fast", false},
	{7, 40, 4, "best", true},
	{129, 65, 16, "default", true},
	{300, 200, 256, "best", true},
	{301, 201, 200, "fast", false},
	{3001, 2203, 2, "best", false},
	{1999, 1701, 4, "default", true},
	{1501, 1203, 16, "fast", false},
	{1100, 803, 256, "default", true},
}

func (c readCase) name() string {
	return fmt.Sprintf("%dx%d-%d-%s-%v.png", c.width, c.height, c.colors, c.compression, c.alphas)
}

// image has that many colors, in shapes and in noise, of which there is little where the
// best compression would take long.
func (c readCase) image() *image.Paletted {
	m := image.NewPaletted(image.Rect(0, 0, c.width, c.height), nil)
	for i := range c.colors {
		p := color.NRGBA{uint8(i * 37), uint8(i>>1*11 + 3), uint8(i), 255}
		if c.alphas && i%3 == 0 {
			p.A = uint8(i * 5)
		}
		if p.A == 0 {
			p = color.NRGBA{} // whatever is below is not kept
		}
		m.Palette = append(m.Palette, p)
	}
	noise := uint32(1)
	for i := range m.Pix {
		x, y := i%c.width, i/c.width
		if noise = noise*1664525 + 1013904223; noise>>28 == 0 && y%4 == 0 {
			x += int(noise >> 20)
		}
		m.Pix[i] = uint8((x*x/900 + y*y/700) % c.colors)
	}
	return m
}

// The PNGs that are written are what others take them for.
func TestOthersReadPNGs(t *testing.T) {
	leaveOutWithRace(t)
	t.Chdir(t.TempDir())
	want := map[string]sums{} // by the file's name
	for _, c := range readCases {
		want[c.name()] = writeForOthers(t, c)
	}
	t.Run("pngcheck", func(t *testing.T) { pngcheckReads(t, want) })
	t.Run("Pillow", func(t *testing.T) { pillowReads(t, want) })
	t.Run("Chromium", func(t *testing.T) { chromiumReads(t, want) })
}

// writeForOthers writes a case in memory and by bands, which Go has to read as the image,
// and returns its sums.
func writeForOthers(t *testing.T, c readCase) sums {
	t.Helper()
	m := c.image()
	var in bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&in, m); err != nil {
		t.Fatal(err)
	}
	writeFile(t, "in.png", in.Bytes())
	args := []string{"in.png", "-k", strconv.Itoa(c.colors), "--compression", c.compression, "-f", "-o"}
	whole := mustKompress(t, append(args, c.name())...)
	bands := mustKompress(t, append(args, "bands.png", "--memory", "1")...)
	if whole.ByBands || !bands.ByBands {
		t.Fatalf("%s: by bands %v, and %v without memory", c.name(), whole.ByBands, bands.ByBands)
	}
	if !bytes.Equal(readFile(t, c.name()), readFile(t, "bands.png")) {
		t.Errorf("%s: by bands it becomes another file", c.name())
	}
	want := sumsOf(m)
	if got := sumsOf(decode(t, c.name()).(*image.Paletted)); got != want {
		t.Errorf("%s: Go reads other pixels than were written", c.name())
	}
	return want
}

// sums are of pixels in R, G, B, alpha, not multiplied by it.
type sums struct {
	exact  string
	opaque string // only the alpha of those which are not opaque: a canvas rounds the rest
}

func sumsOf(m *image.Paletted) sums {
	var exact, opaque [256][4]byte
	for i, p := range m.Palette {
		c := color.NRGBAModel.Convert(p).(color.NRGBA)
		exact[i] = [4]byte{c.R, c.G, c.B, c.A}
		if opaque[i] = exact[i]; c.A < 255 {
			opaque[i] = [4]byte{3: c.A}
		}
	}
	return sums{sumOf(m, &exact), sumOf(m, &opaque)}
}

func sumOf(m *image.Paletted, palette *[256][4]byte) string {
	pix := make([]byte, 0, 4*len(m.Pix))
	for _, i := range m.Pix {
		pix = append(pix, palette[i][:]...)
	}
	sum := sha256.Sum256(pix)
	return hex.EncodeToString(sum[:])
}

func names(want map[string]sums) (all []string) {
	for name := range want {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// noReader skips a test, or fails it where what is missing is required.
func noReader(t *testing.T, what, require string) {
	t.Helper()
	if os.Getenv(require) == "1" {
		t.Fatalf("there is no %s here to read PNGs with", what)
	}
	t.Skipf("there is no %s here to read PNGs with", what)
}

// pngcheck looks at every chunk and inflates the pixels with zlib.
func pngcheckReads(t *testing.T, want map[string]sums) {
	if _, err := exec.LookPath("pngcheck"); err != nil {
		noReader(t, "pngcheck", "KOMPRESS_REQUIRE_READERS")
	}
	out, err := exec.CommandContext(t.Context(), "pngcheck", append([]string{"-q"}, names(want)...)...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("got %v: %s", err, out)
	}
}

const pillowSums = `import hashlib, sys
from PIL import Image
for name in sys.argv[1:]:
    print(name, hashlib.sha256(Image.open(name).convert("RGBA").tobytes()).hexdigest())`

func pillowReads(t *testing.T, want map[string]sums) {
	python := ""
	for _, path := range []string{"python3", "/usr/bin/python3"} { // the second has Debian's packages
		if exec.CommandContext(t.Context(), path, "-c", "from PIL import Image").Run() == nil {
			python = path
			break
		}
	}
	if python == "" {
		noReader(t, "Pillow", "KOMPRESS_REQUIRE_READERS")
	}
	var stderr strings.Builder
	command := exec.CommandContext(t.Context(), python, append([]string{"-c", pillowSums}, names(want)...)...)
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var lines strings.Builder
	for _, name := range names(want) {
		fmt.Fprintln(&lines, name, want[name].exact)
	}
	if got := string(out); got != lines.String() {
		t.Errorf("got\n%swant\n%s", got, lines.String())
	}
}

const chromiumSum = `(async () => {
	const image = new Image();
	image.src = %q;
	await image.decode();
	const canvas = document.createElement("canvas");
	canvas.width = image.naturalWidth;
	canvas.height = image.naturalHeight;
	const context = canvas.getContext("2d", {willReadFrequently: true});
	context.drawImage(image, 0, 0);
	const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
	const words = new Uint32Array(pixels.buffer);
	for (let i = 0; i < words.length; i++) {
		if (words[i] >>> 24 < 255) words[i] &= 0xff000000;
	}
	const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", pixels));
	return Array.from(sum, b => b.toString(16).padStart(2, "0")).join("");
})()`

func chromiumReads(t *testing.T, want map[string]sums) {
	ctx := chromium(t)
	// A canvas tells only what comes from where its page does.
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(folder, "index.html"), []byte("<!doctype html><title>PNGs</title>"))
	server := httptest.NewServer(http.FileServer(http.Dir(folder)))
	t.Cleanup(server.Close)
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	for _, name := range names(want) {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(chromiumSum, "/"+name), chromedp.EvalAwaitPromise))
		if err != nil || got != want[name].opaque {
			t.Errorf("%s: got pixels of sum %s and error %v, want %s", name, got, err, want[name].opaque)
		}
	}
}

// chromium starts a browser that lasts for the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path, err := "", errors.New("no name")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err = exec.LookPath(name); err == nil {
			break
		}
	}
	if err != nil {
		noReader(t, "Chromium", "KOMPRESS_REQUIRE_BROWSER")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, _ = chromedp.NewExecAllocator(ctx, chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun)
	ctx, _ = chromedp.NewContext(ctx)
	t.Cleanup(func() { chromedp.Cancel(ctx) })
	return ctx
}
