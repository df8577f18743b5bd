package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// album makes folders with images, and with what is passed over.
func album(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, folder := range []string{"in/deep/er", "in/.hidden", "in/empty"} {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	data := samples(t)
	for name, format := range map[string]string{
		"in/a10.png": "png", "in/a9.png": "png", "in/B.jpg": "jpeg", "in/noname": "gif", "in/.x.png": "png", "in/.hidden/x.png": "png",
		"in/deep/a9.png": "png", "in/deep/er/z.bmp": "bmp", "in/a9.k16.png": "png", "in/a9.k300.gif": "gif", "in/lone.k16.png": "png",
	} {
		writeFile(t, name, data[format])
	}
	writeFile(t, "in/notes.txt", []byte("no image"))
	writeFile(t, "in/short", []byte("GI"))
}

func searched(t *testing.T, recursive bool, output string, args ...string) (paths string, failures []string) {
	t.Helper()
	s := &search{recursive: recursive, fail: func(err error) { failures = append(failures, err.Error()) }}
	s.output, _ = os.Stat(output)
	var found []string
	for _, in := range s.inputs(args) {
		found = append(found, filepath.ToSlash(in.path)+":"+filepath.ToSlash(in.below))
	}
	return strings.Join(found, " "), failures
}

func TestInputs(t *testing.T) {
	album(t)
	const flat = "in/a9.png: in/a10.png: in/B.jpg: in/lone.k16.png: in/noname:"
	const tree = "in/a9.png: in/a10.png: in/B.jpg: in/deep/a9.png:deep in/deep/er/z.bmp:deep/er in/lone.k16.png: in/noname:"
	for _, test := range []struct {
		args      string
		recursive bool
		output    string
		want      string
	}{
		{"in", false, "", flat},
		{"in/", false, "", flat},
		{"in", true, "", tree},
		{"in", true, "in/deep", flat}, // which results go to
		{"in/deep in/B.jpg", true, "", "in/deep/a9.png: in/deep/er/z.bmp:er in/B.jpg:"},
		{"in/notes.txt missing.png in/.x.png -", false, "", "in/notes.txt: missing.png: in/.x.png: -:"}, // named themselves
		{"in/*.png", false, "", "in/a9.png: in/a10.png: in/lone.k16.png:"},
		{"in/a[19]*.{png,gif}", false, "", "in/a9.png: in/a10.png:"},
		{"in/**/a9.png", false, "", "in/a9.png: in/deep/a9.png:"},
		{"in/**/*.{png,bmp}", true, "", "in/a9.png: in/a10.png: in/deep/a9.png:deep in/deep/er/z.bmp:deep/er in/lone.k16.png:"},
		{"*/deep/*.png", true, "", "in/deep/a9.png:in/deep"},
	} {
		t.Run(test.args, func(t *testing.T) {
			got, failures := searched(t, test.recursive, test.output, strings.Fields(test.args)...)
			if got != test.want || failures != nil {
				t.Errorf("got %s, %q\nwant %s", got, failures, test.want)
			}
		})
	}
	for _, test := range []struct{ arg, want string }{
		{"in/empty", "in/empty: no images in this folder"},
		{".", ".: no images in this folder; --recursive looks in those below, too"},
		{"*.xyz", "*.xyz: no such files"},
		{"in/[a", "in/[a: not a pattern of file names: "},
	} {
		if got, failures := searched(t, false, "", test.arg); got != "" || len(failures) != 1 || !strings.HasPrefix(failures[0], test.want) {
			t.Errorf("%s: got %q, %q, want %s", test.arg, got, failures, test.want)
		}
	}
}

// A file may have a name that looks like a pattern.
func TestPatternThatIsAName(t *testing.T) {
	if os.PathSeparator == '\\' {
		t.Skip("no such names here")
	}
	t.Chdir(t.TempDir())
	writePNG(t, "[x]*.png", colorful(3))
	writePNG(t, "x.png", colorful(4))
	if s := mustKompress(t, "[x]*.png"); s.Output != "[x]*.k16.png" || s.Colors != 3 {
		t.Errorf("got %+v", s)
	}
}

// Links in a folder are followed to files, but not to folders, where they could lead in
// circles.
func TestLinks(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("a", 0o777); err != nil {
		t.Fatal(err)
	}
	writePNG(t, "x.png", colorful(3))
	symlink(t, "../x.png", "a/link.png")
	symlink(t, "..", "a/up")
	symlink(t, "self.png", "a/self.png")
	symlink(t, "a", "named")
	for _, arg := range []string{"a", "named"} {
		got, failures := searched(t, true, "", arg)
		if want := arg + "/link.png: " + arg + "/self.png:"; got != want || failures != nil {
			t.Errorf("got %s, %q, want %s", got, failures, want)
		}
	}
	r := kompress(t, "compress", "-r", "a")
	if r.code != exitFailed || strings.Count(r.stderr, "\n") != 1 || !strings.HasPrefix(filepath.ToSlash(r.stderr), "kompress: a/self.png: ") {
		t.Errorf("got %+v", r)
	}
	decode(t, "a/link.k16.png")
}

func TestRecursive(t *testing.T) {
	album(t)
	want := []string{"a10.k16.png", "a9.k16.png", "B.k16.png", "deep", "deep/a9.k16.png", "deep/er", "deep/er/z.k16.png", "lone.k16.k16.png", "noname.k16.png"}
	for _, out := range []string{"out", "in/out/of/here"} { // the second time in what is searched
		for _, args := range [][]string{{"-r", "in"}, {"-r", "--update", "in"}, {"-ru", "in"}} {
			r := kompress(t, append([]string{"compress", "-q", "-o", out}, args...)...)
			if r != (result{}) {
				t.Fatalf("%q: got %+v", args, r)
			}
			var got []string
			filepath.WalkDir(out, func(path string, _ os.DirEntry, err error) error {
				if name, err := filepath.Rel(out, path); err == nil && name != "." {
					got = append(got, filepath.ToSlash(name))
				}
				return err
			})
			if len(got) != len(want) || !sameSet(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	}
	checkFails(t, kompress(t, "compress", "-r", "in", "in/deep", "-o", "other"), exitFailed, "both would become", "nothing was done")
	if _, err := os.Stat("other"); err == nil {
		t.Error("a folder was made for nothing")
	}
}

func sameSet(a, b []string) bool {
	seen := map[string]bool{}
	for _, s := range a {
		seen[s] = true
	}
	for _, s := range b {
		if !seen[s] {
			return false
		}
	}
	return len(seen) == len(b)
}
