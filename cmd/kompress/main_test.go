package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// beProgram makes the test binary the program, for the tests that need a
// process: of signals, and of shells.
const beProgram = "KOMPRESS_TEST_IS_THE_PROGRAM"

// testdata is absolute, for tests that change the folder.
var testdata, _ = filepath.Abs(filepath.Join("..", "..", "testdata"))

func TestMain(m *testing.M) {
	if os.Getenv(beProgram) != "" {
		main()
	}
	os.Unsetenv(engineVariable)
	os.Exit(m.Run())
}

// A result is what a run of the program leaves behind.
type result struct {
	code           int
	stdout, stderr string
}

func kompress(t testing.TB, args ...string) result {
	t.Helper()
	return kompressContext(t.Context(), args...)
}

func kompressContext(ctx context.Context, args ...string) result {
	var stdout, stderr bytes.Buffer
	code := run(ctx, append([]string{"kompress"}, args...), &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

// mustKompress runs the command that must succeed, and returns its JSON.
func mustKompress(t testing.TB, args ...string) summary {
	t.Helper()
	r := kompress(t, append([]string{"compress", "--json"}, args...)...)
	if r.code != exitDone || r.stderr != "" {
		t.Fatalf("%q: got status %d and %q, want success", args, r.code, r.stderr)
	}
	var s summary
	if err := json.Unmarshal([]byte(r.stdout), &s); err != nil {
		t.Fatalf("%q: %v in %s", args, err, r.stdout)
	}
	return s
}

// checkFails wants a status, a line that has all the words, and no more.
func checkFails(t testing.TB, r result, code int, words ...string) {
	t.Helper()
	if r.code != code || r.stdout != "" {
		t.Errorf("got status %d and output %q, want %d and none", r.code, r.stdout, code)
	}
	if !strings.HasPrefix(r.stderr, "kompress: ") || strings.Count(r.stderr, "\n") != 1 || !strings.HasSuffix(r.stderr, "\n") {
		t.Errorf("got message %q, want one line of kompress", r.stderr)
	}
	for _, word := range words {
		if !strings.Contains(r.stderr, word) {
			t.Errorf("got message %q, want %q in it", r.stderr, word)
		}
	}
}

// checkFiles wants these files in a folder, hidden ones included, and no others.
func checkFiles(t testing.TB, folder string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, "|") != strings.Join(want, "|") { // both sorted
		t.Errorf("got files %q, want %q", got, want)
	}
}

func writePNG(t testing.TB, path string, m image.Image) string {
	t.Helper()
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, path, b.Bytes())
}

func writeFile(t testing.TB, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t testing.TB, path string) image.Image {
	t.Helper()
	m, _, err := image.Decode(bytes.NewReader(readFile(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// colorful returns an image of n colors, none rare.
func colorful(n int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 32, 32))
	for i := range 32 * 32 {
		c := i % n
		m.SetNRGBA(i%32, i/32, color.NRGBA{uint8(c * 37), uint8(c>>1*11 + 3), uint8(c), 255})
	}
	return m
}

// photo writes a part of a photograph and returns its path.
func photo(t testing.TB, folder string) string {
	t.Helper()
	m := decode(t, filepath.Join(testdata, "kodim23.png")).(*image.RGBA)
	return writePNG(t, filepath.Join(folder, "photo.png"), m.SubImage(image.Rect(200, 100, 360, 220)))
}

func nrgba(m image.Image, x, y int) color.NRGBA {
	p := m.Bounds().Min
	return color.NRGBAModel.Convert(m.At(p.X+x, p.Y+y)).(color.NRGBA)
}

func TestWrongUsage(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	writePNG(t, "x.png", colorful(3))
	for _, test := range []struct{ args, words string }{
		{"x.png", "x.png is a file, not a command;kompress compress x.png"},
		{"missing.jpg", "unknown command missing.jpg;--help"},
		{"comprss x.png", "unknown command comprss"},
		{"-k 8 compress x.png", "unknown flag -k;kompress compress [flags]"},
		{"--bogus", "unknown flag --bogus"},
		{"compress", "image is missing;kompress compress --help"},
		{"compress --", "image is missing"},
		{"compress --bogus x.png", "unknown flag --bogus"},
		{"compress x.png -z", "unknown flag -z"},
		{"compress -vz x.png", "unknown flag -vz"},
		{"compress -k", "-k needs a value"},
		{"compress x.png -k", "-k needs a value"},
		{"compress x.png -vk", "-vk needs a value"},
		{"compress -o --force x.png", "-o needs a value"},
		{"compress -o -- x.png", "-o needs a value"},
		{"compress -k x.png", "-k;x.png"},
		{"compress -kabc x.png", `-k: got "abc"`},
		{"compress --colors=1.5 x.png", `--colors: got "1.5"`},
		{"compress -k 0 x.png", "--colors: got 0, want 1 to 256"},
		{"compress -k 257 x.png", "--colors: got 257, want 1 to 256"},
		{"compress -k -3 x.png", "--colors: got -3"},
		{"compress -k 99999999999999999999 x.png", "-k: got;range"},
		{"compress --batch-size 0 x.png", "--batch-size: got 0"},
		{"compress --max-passes 0 x.png", "--max-passes: got 0, want at least 1"},
		{"compress --max-passes -1 x.png", "--max-passes: got -1"},
		{"compress --tolerance 0 x.png", "--tolerance: got 0"},
		{"compress --tolerance 1 x.png", "--tolerance: got 1"},
		{"compress --tolerance nan x.png", "--tolerance: got NaN"},
		{"compress --seed -1 x.png", `--seed: got "-1"`},
		{"compress --max-pixels 0 x.png", "--max-pixels: got 0"},
		{"compress --force=x x.png", `--force: got "x"`},
		{"compress -e x x.png", `--effort: got "x", want fast, default or best`},
		{"compress -s x x.png", `--space: got "x", want srgb or oklab`},
		{"compress -a x x.png", `--algorithm: got "x", want minibatch or lloyd`},
		{"compress --init x x.png", `--init: got "x", want wu or kmeans++`},
		{"compress -e x -s y x.png", `--effort;; --space: got "y"`},
		{"compress --engine x x.png", `--engine: got "x", want auto, gpu or cpu`},
		{"compress -qv x.png", "--quiet goes with neither"},
		{"compress -q --json x.png", "--quiet goes with neither"},
		{"compress -o y.jpg x.png", "--output: y.jpg ends in .jpg;want .png"},
		{"compress -o /dev/stdout x.png", "--output: for standard output: -"},
		{"compress -o - x.png y.png", "--output: standard output takes one image"},
		{"compress -o - .", "--output: standard output takes one image"},
		{"compress - x.png", "-: standard input goes with no other images;./-"},
		{"compress - -o .", "--output: . is a folder, want a file, for standard input"},
		{"compress --format x x.png", `--format: got "x", want png, gif or webp`},
		{"compress --format gif -o y.png x.png", "--output: y.png ends in .png, but --format is gif"},
		{"compress -o y.gif x.png x.png", "want a folder for 2 images"},
		{"compress -o y.png .", "want a folder for the images of ."},
		{"compress --format jpg -o y.png x.png", `--format: got "jpg", want png, gif or webp`},
		{"compress --format gif -o y.png x.png", "y.png ends in .png, but --format is gif"},
		{"compress --compression x x.png", `--compression: got "x", want fast, default or best`},
		{"compress --icc x x.png", `--icc: got "x", want convert or keep`},
		{"compress --dither x x.png", `--dither: got "x", want none, floyd-steinberg, blue-noise or ordered`},
		{"compress --dither ordered --dither-strength 1.1 x.png", "--dither-strength: got 1.1, want 0 to 1"},
		{"compress --dither ordered --dither-strength nan x.png", "--dither-strength: got NaN"},
		{"compress --dither-strength 0.5 x.png", "--dither-strength goes with a --dither"},
		{"compress --importance= x.png", "--importance: got nothing, want none, hue or the file"},
		{"compress --posterize 5 x.png", "--posterize: got 5, want 0 to 4"},
		{"compress --posterize -1 x.png", "--posterize: got -1"},
		{"compress -j 0 x.png", "--jobs: got 0, want at least 1"},
		{"compress -j -2 x.png", "--jobs: got -2"},
		{"compress -o= x.png", "--output: got an empty name"},
		{"compress -o x.png x.png y.png", "--output: x.png is a file, want a folder"},
		{"compress -o x.png/ x.png y.png", "--output: x.png/ is a file, want a folder"},
		{"completion", "bash, zsh or fish"},
		{"completion tcsh", `got "tcsh"`},
		{"completion bash zsh", "got 2"},
	} {
		t.Run(test.args, func(t *testing.T) {
			checkFails(t, kompress(t, strings.Fields(test.args)...), exitUsage, strings.Split(test.words, ";")...)
			checkFiles(t, folder, "x.png")
		})
	}
}

func TestNoArguments(t *testing.T) {
	r := kompress(t)
	if r.code != exitUsage || r.stdout != "" {
		t.Errorf("got status %d, output %q, want %d and none", r.code, r.stdout, exitUsage)
	}
	if !strings.Contains(r.stderr, "Example:") || !strings.HasSuffix(r.stderr, "\nkompress: a command is missing\n") {
		t.Errorf("got %q, want the help and what is missing", r.stderr)
	}
}

func TestVersion(t *testing.T) {
	for _, flag := range []string{"--version", "-V"} {
		if r := kompress(t, flag); r.code != exitDone || !strings.HasPrefix(r.stdout, "kompress version "+release+" (") || r.stderr != "" {
			t.Errorf("%s: got %+v", flag, r)
		}
	}
}

// A failing writer is standard output when the disk is full.
type failing struct{}

func (failing) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "x", Err: os.ErrClosed}
}

func TestStandardOutputFails(t *testing.T) {
	folder := t.TempDir()
	a, b := photo(t, folder), writePNG(t, filepath.Join(folder, "b.png"), colorful(3))
	for _, args := range [][]string{
		{"compress", a, b},
		{"compress", "--json", "-f", a, b},
		{"compress", "-f", a, filepath.Join(folder, "b.png")},
		{"--help"}, {"--version"}, {"compress", "--help"}, {"completion", "bash"},
	} {
		var stderr bytes.Buffer
		code := run(t.Context(), append([]string{"kompress"}, args...), failing{}, &stderr)
		checkFails(t, result{code, "", stderr.String()}, exitFailed, "standard output: "+os.ErrClosed.Error())
	}
	checkFiles(t, folder, "b.k16.png", "b.png", "photo.k16.png", "photo.png")
	if code := run(t.Context(), []string{"kompress", "compress", "-qf", a}, failing{}, new(bytes.Buffer)); code != exitDone {
		t.Errorf("-q: got status %d, want 0: nothing is written", code)
	}
}

func TestHelp(t *testing.T) {
	for _, test := range []struct{ args, words string }{
		{"--help", "Usage: kompress ;  compress  ;  completion  ;--version;Example"},
		{"-h", "Usage: kompress "},
		{"help", "Usage: kompress COMMAND"},
		{"help compress", "Usage: kompress compress"},
		{"compress --help", "Usage: kompress compress [flags] IMAGE_OR_FOLDER...;Examples:\n  kompress compress;--max-pixels N;default: 16;default: minibatch;default: by effort"},
		{"compress x.png -h", "Usage: kompress compress"},
		{"completion --help", "Usage: kompress completion bash|zsh|fish;Examples:"},
	} {
		t.Run(test.args, func(t *testing.T) {
			r := kompress(t, strings.Fields(test.args)...)
			if r.code != exitDone || r.stderr != "" {
				t.Fatalf("got status %d, %q", r.code, r.stderr)
			}
			for _, word := range strings.Split(test.words, ";") {
				if !strings.Contains(r.stdout, word) {
					t.Errorf("%q is missing in:\n%s", word, r.stdout)
				}
			}
			for line := range strings.Lines(r.stdout) {
				if len(line) > helpWidth+1 || line != strings.TrimRight(line, " \n")+"\n" {
					t.Errorf("too long, or with blanks at its end: %q", line)
				}
			}
		})
	}
	help := kompress(t, "compress", "--help").stdout
	for _, f := range compressFlags() {
		for _, name := range f.Names() {
			if !strings.Contains(help, dashed(name)+" ") && !strings.Contains(help, dashed(name)+",") {
				t.Errorf("help lacks %s", dashed(name))
			}
		}
	}
	checkFails(t, kompress(t, "help", "nonsense"), exitUsage, "unknown command nonsense")
}

// leaveOutWithRace skips a test during which no more goes on at the same time than in
// others.
func leaveOutWithRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("takes too long with the race detector")
	}
}

// symlink makes a link, or skips the test where few may.
func symlink(t testing.TB, target, link string) {
	t.Helper()
	switch err := os.Symlink(target, link); {
	case err == nil:
	case runtime.GOOS == "windows":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}
