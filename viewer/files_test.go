package viewer

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// makeFiles makes empty files, and folders where a name ends with a slash.
func makeFiles(t *testing.T, folder string, names ...string) {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(folder, name)
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o777); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// baseNames returns the files' names without their folders.
func baseNames(files []string) string {
	var names []string
	for _, f := range files {
		names = append(names, filepath.Base(f))
	}
	return strings.Join(names, " ")
}

func TestScanFolder(t *testing.T) {
	folder := t.TempDir()
	makeFiles(t, folder,
		"img10.png", "img9.png", "IMG1.PNG", "Img2.Png", "b.JPG", "a.jpeg", "B.jpg", "c.jpe", "c.jfif",
		"d.gif", "e.bmp", "e.dib", "f.tif", "f.TIFF", "g.WebP",
		"notes.txt", "png", "x.png.txt", ".hidden.png", ".png", "noending",
		"folder.png/", ".git/", "below/", "below/deeper.png")
	files, errs := scan([]string{folder})
	const want = "a.jpeg B.jpg b.JPG c.jfif c.jpe d.gif e.bmp e.dib f.tif f.TIFF g.WebP IMG1.PNG Img2.Png img9.png img10.png"
	if got := baseNames(files); got != want || len(errs) > 0 {
		t.Errorf("got %s and errors %v, want %s", got, errs, want)
	}
	for _, f := range files {
		if filepath.Dir(f) != folder {
			t.Errorf("got %s, want it in %s", f, folder)
		}
	}
}

// The order does not depend on that in which files are found.
func TestNaturalOrder(t *testing.T) {
	want := []string{"1", "2", "9", "010", "10", "99", "A1", "a1", "a2", "A10", "b", "Z", "zz"}
	for i, a := range want {
		for j, b := range want {
			if a == "010" && b == "10" || a == "10" && b == "010" {
				continue // one of them is first
			}
			if got := compareNames(a, b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%s and %s: got %d", a, b, got)
			}
		}
	}
	if compareNames("010", "10") == 0 {
		t.Error("10 and 010 are the same")
	}
}

func TestScanFollowsLinks(t *testing.T) {
	folder, other := t.TempDir(), t.TempDir()
	makeFiles(t, other, "photo.png", "album/", "album/1.png")
	for from, to := range map[string]string{
		"link.png": "photo.png", "album.png": "album", "lost.png": "nowhere", "link": "photo.png",
	} {
		if err := os.Symlink(filepath.Join(other, to), filepath.Join(folder, from)); err != nil {
			t.Skip(err)
		}
	}
	// One that leads nowhere is listed: why it cannot be read is seen then.
	if files, errs := scan([]string{folder}); baseNames(files) != "link.png lost.png" || len(errs) > 0 {
		t.Errorf("got %v and errors %v", files, errs)
	}
	if err := os.Symlink(filepath.Join(other, "album"), filepath.Join(folder, "folder")); err != nil {
		t.Fatal(err)
	}
	if files, errs := scan([]string{filepath.Join(folder, "folder")}); baseNames(files) != "1.png" || len(errs) > 0 {
		t.Errorf("got %v and errors %v", files, errs)
	}
}

// Files that are named are taken whatever they are called, where they stand.
func TestScanKeepsTheOrderOfPaths(t *testing.T) {
	folder := t.TempDir()
	makeFiles(t, folder, "z.png", "notes.txt", ".hidden.png", "album/", "album/2.png", "album/10.png", "empty/")
	var paths []string
	for _, name := range []string{"z.png", "notes.txt", "album", ".hidden.png", "empty", "missing.png", "z.png"} {
		paths = append(paths, filepath.Join(folder, name))
	}
	files, errs := scan(paths)
	if got := baseNames(files); got != "z.png notes.txt 2.png 10.png .hidden.png z.png" {
		t.Errorf("got %s", got)
	}
	if len(errs) != 2 || !strings.HasPrefix(errs[0].Error(), paths[4]+": no images in this folder") ||
		!errors.Is(errs[1], fs.ErrNotExist) || !strings.HasPrefix(errs[1].Error(), paths[5]+": ") {
		t.Errorf("got errors %v", errs)
	}
}

func TestScanUnreadableFolders(t *testing.T) {
	if os.Getuid() == 0 {
		if _, err := scanFolder(filepath.Join(t.TempDir(), "gone")); err == nil {
			t.Error("got no error")
		}
		t.Skip("root reads all folders")
	}
	folder := t.TempDir()
	makeFiles(t, folder, "a/", "b/", "b/1.png", "c/")
	locked := filepath.Join(folder, "a")
	if err := os.Chmod(locked, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(locked, 0o777)
	files, errs := scan([]string{locked, filepath.Join(folder, "b"), filepath.Join(folder, "c")})
	if baseNames(files) != "1.png" || len(errs) != 2 || !strings.Contains(errs[0].Error(), locked) {
		t.Errorf("got %v and errors %v", files, errs)
	}
	if files, errs := scan(nil); len(files)+len(errs) != 0 {
		t.Errorf("got %v and errors %v for nothing", files, errs)
	}
}

func TestEndingsAreSmall(t *testing.T) {
	for _, e := range endings {
		if e != strings.ToLower(e) || !strings.HasPrefix(e, ".") || slices.Index(endings, e) != slices.Index(endings, strings.ToLower(e)) {
			t.Errorf("got %q", e)
		}
	}
}
