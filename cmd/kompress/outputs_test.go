package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestOutputNames(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"x.png", "x.k16.png"},
		{"x.y.JPG", "x.y.k16.png"},
		{"x", "x.k16.png"},
		{".png", ".png.k16.png"},
		{"a/b c é.gif", "a/b c é.k16.png"},
		{"-x.png", "-x.k16.png"},
		{"x.k16.png", "x.k16.k16.png"},
	} {
		o, err := newOutputs("", false, []string{test.in}, naming{"k16", "png"})
		if err != nil {
			t.Fatal(err)
		}
		if got := o.of(input{path: test.in}); got != filepath.FromSlash(test.want) {
			t.Errorf("%s: got %s, want %s", test.in, got, test.want)
		}
	}
}

func TestOddNames(t *testing.T) {
	t.Chdir(t.TempDir())
	names := []string{"two  spaces.png", "日本 é.png", "-x.png", ".png", "--force.png", "a&b;$(c).png"}
	if os.PathSeparator == '/' {
		names = append(names, "new\nline.png", `quo"te\.png`)
	}
	for _, name := range names {
		writePNG(t, name, colorful(3))
	}
	r := kompress(t, append([]string{"compress", "--"}, names...)...)
	if r.code != exitDone || r.stderr != "" || strings.Count(r.stdout, "\n") != len(names)+1 {
		t.Errorf("got %+v, want a line for each of %d, and one for all", r, len(names))
	}
	for _, name := range names {
		out := strings.TrimSuffix(name, ".png") + ".k16.png"
		if name == ".png" {
			out = ".png.k16.png"
		}
		decode(t, out)
	}
}

func TestOutput(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"x.png", "x.k16.png"},
		{"x.png -k 5", "x.k5.png"},
		{"x.png -o y.png", "y.png"},
		{"x.png -o y --format png", "y"},
		{"x.png -o a", "a/x.k16.png"},
		{"x.png -o new/er/", "new/er/x.k16.png"},
		{"x.png x.png", "x.k16.png"},
		{"x.png ./a/../x.png", "x.k16.png"},
		{"a/x.png y.jpg -o new/er", "new/er/x.k16.png new/er/y.k16.png"},
		{"a/x.png y.jpg", "a/x.k16.png y.k16.png"},
		{"a/x.png -k7 y.jpg --output=a --force", "a/x.k7.png a/y.k7.png"},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Chdir(t.TempDir())
			tree(t)
			r := kompress(t, append([]string{"compress"}, strings.Fields(test.args)...)...)
			if r.code != exitDone || r.stderr != "" {
				t.Fatalf("got %+v", r)
			}
			if got := strings.Join(newFiles(t), " "); got != test.want {
				t.Errorf("got files %s, want %s", got, test.want)
			}
			for i, line := range strings.Split(strings.TrimSpace(r.stdout), "\n") {
				if i == len(strings.Fields(test.want)) && i > 1 && strings.HasPrefix(line, fmt.Sprintf("total: %d of %[1]d images, ", i)) {
					break
				}
				if want := filepath.FromSlash(strings.Fields(test.want)[i]); !strings.HasPrefix(line, want+": ") {
					t.Errorf("got line %q, want it to begin with %s", line, want)
				}
			}
		})
	}
}

// tree makes the inputs of these tests in the current folder.
func tree(t *testing.T) {
	t.Helper()
	for _, folder := range []string{"a", "b"} {
		if err := os.Mkdir(folder, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	writePNG(t, "x.png", colorful(3))
	writeFile(t, "x.jpg", samples(t)["jpeg"])
	writeFile(t, "y.jpg", samples(t)["jpeg"])
	writePNG(t, "a/x.png", colorful(5))
	writePNG(t, "b/x.png", colorful(6))
}

// newFiles lists what is there and was not made by tree.
func newFiles(t *testing.T) []string {
	t.Helper()
	var found []string
	old := map[string]bool{"x.png": true, "x.jpg": true, "y.jpg": true, "a/x.png": true, "b/x.png": true}
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if path = filepath.ToSlash(path); err == nil && !d.IsDir() && !old[path] {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Nothing that matters may be overwritten.
func TestCollisions(t *testing.T) {
	for _, test := range []struct{ args, done, words string }{
		{"x.png x.jpg", "", "x.png and x.jpg: both would become x.k16.png; nothing was done"},
		{"-f y.jpg x.png x.jpg", "", "x.png and x.jpg: both would become x.k16.png"},
		{"a/x.png b/x.png -o new", "", "a/x.png and b/x.png: both would become new/x.k16.png"},
		{"-f a/x.png b/../b/x.png -o new/", "", "a/x.png and b/../b/x.png: both"},
		{"--update a b -o new/", "", "a/x.png and b/x.png: both"},
		{"broken.jpg broken.png", "", "broken.jpg and broken.png: both"},
		{"broken.jpg broken.png x.png x.jpg a/x.png -o new/", "", "broken.jpg and broken.png: both would become new/broken.k16.png, and there are 2 such pairs more; nothing was done: give them"},
		{"x.png -o x.png", "", "x.png: the output would overwrite it"},
		{"-f x.png -o ./a/../x.png", "", "x.png: the output would overwrite it"},
		{"-f hard.png -o x.png", "", "hard.png: the output would overwrite it"},
		{"-f soft.png -o x.png", "", "soft.png: the output would overwrite it"},
		{"-f x.png -o soft.png", "", "x.png: the output would overwrite it"},
		{"x.png -k9", "", "x.k9.png: file already exists;--force"},
		{"-f x.png x.k9.png -k9", "x.k9.k9.png", "x.png: its output x.k9.png is another of the images"},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Chdir(t.TempDir())
			tree(t)
			extras(t)
			before := readFile(t, "x.png")
			r := kompress(t, append([]string{"compress"}, strings.Fields(test.args)...)...)
			checkFails(t, result{r.code, "", filepath.ToSlash(r.stderr)}, exitFailed, strings.Split(test.words, ";")...)
			var got []string
			for _, file := range newFiles(t) {
				if !strings.Contains("hard.png soft.png x.k9.png broken.jpg broken.png link", file) {
					got = append(got, file)
				}
			}
			if files := strings.Join(got, " "); files != test.done {
				t.Errorf("got files %q, want %q", files, test.done)
			}
			if string(readFile(t, "x.png")) != string(before) || string(readFile(t, "x.k9.png")) != string(before) {
				t.Error("an input was overwritten")
			}
		})
	}
}

// A folder that is not there yet is easily meant.
func TestOutputWithoutEnding(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(3))
	r := kompress(t, "compress", "x.png", "-o", "small")
	if want := "kompress: warning: --output: small has no ending: it becomes a file, want small" + string(os.PathSeparator) + " for a folder\n"; r.code != exitDone || r.stderr != want {
		t.Errorf("got %+v, want %q", r, want)
	}
	if r := kompress(t, "compress", "-fqo", "small", "x.png"); r != (result{}) {
		t.Errorf("got %+v", r)
	}
	checkFiles(t, ".", "small", "x.png")
	writePNG(t, "-k.png", colorful(3))
	checkFails(t, kompress(t, "compress", "-k.png"), exitUsage, "-k.png begins as a flag does; for the file of that name: ./-k.png")
	mustKompress(t, "./-k.png")
}

// Two names that differ by capitals only are one file in some folders, and two in others.
func TestCapitals(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "probe", colorful(2))
	_, err := os.Lstat("PROBE")
	for _, folder := range []string{".", filepath.Join("not", "there"), t.TempDir()} {
		if got, want := foldsCase(folder), err == nil; got != want {
			t.Errorf("%s: got %v, want %v", folder, got, want)
		}
	}
	for _, folds := range []bool{false, true} {
		p := newPlaces()
		p.folding["new"] = folds
		one := &task{output: filepath.Join("new", "X.k16.png")}
		p.addOutput(one)
		if other := p.addOutput(&task{output: filepath.Join("new", "x.k16.png")}); (other == one) != folds {
			t.Errorf("folds %v: got clash %v", folds, other != nil)
		}
	}
}

func extras(t *testing.T) {
	t.Helper()
	writeFile(t, "x.k9.png", readFile(t, "x.png"))
	writeFile(t, "broken.jpg", []byte("\xff\xd8\xff"))
	writePNG(t, "broken.png", colorful(2))
	for _, err := range []error{os.Link("x.png", "hard.png"), os.Symlink("x.png", "soft.png"), os.Symlink("a", "link")} {
		if err != nil && runtime.GOOS == "windows" {
			t.Skip(err) // where few may make links
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestForce(t *testing.T) {
	t.Chdir(t.TempDir())
	in := writePNG(t, "x.png", colorful(3))
	writeFile(t, "x.k16.png", []byte("old"))
	checkFails(t, kompress(t, "compress", in), exitFailed, "x.k16.png: file already exists", "--force")
	if got := string(readFile(t, "x.k16.png")); got != "old" {
		t.Errorf("without --force it was overwritten by %q", got)
	}
	for _, flag := range []string{"-f", "--force"} {
		writeFile(t, "x.k16.png", []byte("old"))
		checkSame(t, mustKompress(t, in, flag))
	}
	// A file that fails leaves the old result.
	writeFile(t, "x.png", []byte("broken"))
	before := readFile(t, "x.k16.png")
	checkFails(t, kompress(t, "compress", "-f", in), exitFailed, "x.png")
	if string(readFile(t, "x.k16.png")) != string(before) {
		t.Error("the old result is gone")
	}
	checkFiles(t, ".", "x.k16.png", "x.png")
}

// The folders of a file that is named are made, and gone again if nothing came of it.
func TestFolderOfFile(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(3))
	writeFile(t, "broken.png", []byte("broken"))
	checkFails(t, kompress(t, "compress", "-o", "a/b/y.png", "broken.png"), exitFailed, "broken.png: not an image")
	checkFails(t, kompress(t, "palette", "-o", "a/b/y.gpl", "broken.png"), exitFailed, "broken.png: not an image")
	checkFails(t, kompress(t, "palette", "-q", "--json", "-o", "a/b/y.gpl", "x.png"), exitUsage, "--quiet")
	checkFails(t, kompress(t, "palette", "-o", "x.png/y.gpl", "x.png"), exitFailed, "cannot make the folder x.png: not a directory")
	checkFails(t, kompress(t, "palette", "-o", "y.txt", "x.png"), exitUsage, "want it to end in .gpl, .act, .pal, .hex, .json or .png")
	checkFiles(t, ".", "broken.png", "x.png")
	mustKompress(t, "-o", "a/b/y.png", "x.png")
	checkFiles(t, "a/b", "y.png")
	if r := kompress(t, "palette", "-o", "c/d/y.gpl", "x.png"); r.code != exitDone {
		t.Errorf("got %+v", r)
	}
	checkFiles(t, "c/d", "y.gpl")
}

func TestFolderCannotBeMade(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(3))
	writeFile(t, "file", nil)
	checkFails(t, kompress(t, "compress", "-o", "file/in/", "x.png"), exitFailed, "x.png: cannot make the folder")
	checkFiles(t, ".", "file", "x.png")
}

func TestFolderIsNotNamedAsAFile(t *testing.T) {
	folder := t.TempDir()
	a, b := writePNG(t, filepath.Join(folder, "a.png"), colorful(3)), writePNG(t, filepath.Join(folder, "b.png"), colorful(3))
	checkFails(t, kompress(t, "compress", a, b, "-o", filepath.Join(folder, "out.png")), exitUsage, "want a folder for 2 images")
}
