package main

import (
	"bytes"
	"context"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// feed makes data what the program reads from standard input.
func feed(t *testing.T, data []byte) {
	t.Helper()
	f, err := os.Open(writeFile(t, filepath.Join(t.TempDir(), "input"), data))
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	os.Stdin = f
	t.Cleanup(func() { os.Stdin = stdin; f.Close() })
}

// pipe returns the end of a pipe through which data comes.
func pipe(t *testing.T, data []byte) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		w.Write(data)
		w.Close()
	}()
	t.Cleanup(func() { r.Close() })
	return r
}

func TestStreams(t *testing.T) {
	t.Chdir(t.TempDir())
	data := readFile(t, photo(t, "."))
	want := readFile(t, mustKompress(t, "photo.png").Output)
	for _, test := range []struct{ args, summary string }{
		{"-", "standard output: "},
		{"- -o -", "standard output: "},
		{"-f -o - -", "standard output: "},
		{"photo.png -o -", "standard output: "},
		{"- --json", `"input":"-","output":"-"`},
		{"- -q", ""},
	} {
		feed(t, data)
		r := kompress(t, append([]string{"compress"}, strings.Fields(test.args)...)...)
		if r.code != exitDone || r.stdout != string(want) || !strings.Contains(r.stderr, test.summary) || (test.summary == "") != (r.stderr == "") {
			t.Errorf("%s: got status %d, %d bytes and %q, want %d bytes", test.args, r.code, len(r.stdout), r.stderr, len(want))
		}
	}
	feed(t, data)
	if s := mustKompress(t, "-", "-o", "x.png"); s.Input != "-" || s.Output != "x.png" || !bytes.Equal(readFile(t, "x.png"), want) || s.BytesIn != int64(len(data)) {
		t.Errorf("got %+v", s)
	}
	checkFiles(t, ".", "photo.k16.png", "photo.png", "x.png")
	writeFile(t, "-", data)
	if s := mustKompress(t, "./-", "-o", "./-.png"); s.Output != "./-.png" {
		t.Errorf("got %+v", s)
	}
}

// What is left out in the middle of a pipe goes on as it came.
func TestPassThrough(t *testing.T) {
	t.Chdir(t.TempDir())
	data := readFile(t, mustKompress(t, photo(t, "."), "-k2", "-o", "few.png").Output)
	for flags, code := range map[string]int{"--skip-if-larger -k256": exitLarger, "--quality=99-100 -k1": exitLowQuality} {
		feed(t, data)
		r := kompress(t, append([]string{"compress", "-"}, strings.Fields(flags)...)...)
		if r.code != code || r.stdout != string(data) || !strings.Contains(r.stderr, "standard input: ") {
			t.Errorf("%s: got status %d, %d bytes of %d, %q", flags, r.code, len(r.stdout), len(data), r.stderr)
		}
		feed(t, data)
		if r := kompress(t, append([]string{"compress", "-", "-q", "-o", "x.png"}, strings.Fields(flags)...)...); r != (result{code: code}) {
			t.Errorf("%s into a file: got %+v", flags, r)
		}
	}
	checkFiles(t, ".", "few.png", "photo.png")
}

// So does what comes through a pipe and is read by bands, and of its temporary file nothing
// is left.
func TestPassThroughOfPipe(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.TempDir()) // Windows
	t.Chdir(t.TempDir())
	data := readFile(t, mustKompress(t, photo(t, "."), "-k2", "-o", "few.png").Output)
	for _, memory := range []string{"1", "1G"} {
		stdin := os.Stdin
		os.Stdin = pipe(t, data)
		got := kompress(t, "compress", "-", "-q", "--skip-if-larger", "-k256", "--memory", memory)
		os.Stdin = stdin
		if got.code != exitLarger || got.stdout != string(data) || got.stderr != "" {
			t.Errorf("--memory %s: got status %d, %d bytes of %d, %q", memory, got.code, len(got.stdout), len(data), got.stderr)
		}
	}
	checkFiles(t, os.TempDir())
}

func TestBadStandardInput(t *testing.T) {
	for _, test := range []struct {
		data  string
		words string
	}{
		{"", "standard input: file is empty"},
		{"text", "standard input: not an image format"},
		{string(samples(t)["png"][:90]), "standard input: "},
	} {
		feed(t, []byte(test.data))
		checkFails(t, kompress(t, "compress", "-"), exitFailed, test.words)
	}
}

// Who waits for input that does not come can end it.
func TestInterruptedInput(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	os.Stdin = r
	defer func() { os.Stdin = stdin; w.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan result)
	go func() { ended <- kompressContext(ctx, "compress", "-") }()
	if _, err := w.Write(samples(t)["png"][:50]); err != nil {
		t.Fatal(err)
	}
	cancel()
	if got := <-ended; got != (result{exitFailed, "", "kompress: interrupted\n"}) {
		t.Errorf("got %+v", got)
	}
}

// Nothing of a result that fails reaches standard output.
func TestStreamIsWhole(t *testing.T) {
	for _, huge := range []bool{false, true} {
		var out bytes.Buffer
		j := &compression{stdout: &out}
		_, err := j.streamOut(t.Context(), func(w io.Writer) error {
			w.Write([]byte("half"))
			return io.ErrShortWrite
		}, huge)
		if err == nil || out.Len() > 0 {
			t.Errorf("huge %v: got error %v and %d bytes", huge, err, out.Len())
		}
	}
}

func TestOutputFormats(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(20))
	for _, test := range []struct{ args, output, format string }{
		{"x.png", "x.k16.png", "png"},
		{"x.png --format png -o y", "y", "png"},
		{"x.png -o z.PNG", "z.PNG", "png"},
		{"x.png --format gif", "x.k16.gif", "gif"},
		{"x.png -o y.gif", "y.gif", "gif"},
		{"x.png --format webp -o out/", "out/x.k16.webp", "webp"},
	} {
		r := kompress(t, append([]string{"compress"}, strings.Fields(test.args)...)...)
		if r.code != exitDone || !strings.HasPrefix(r.stdout, filepath.FromSlash(test.output)+": ") {
			t.Errorf("%s: got %+v", test.args, r)
			continue
		}
		if _, format, err := image.DecodeConfig(bytes.NewReader(readFile(t, test.output))); err != nil || format != test.format {
			t.Errorf("%s: got format %s, %v, want %s", test.args, format, err, test.format)
		}
	}
}
