package xlib_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const module = "../.." // where go.mod is

var (
	importsLibrary = regexp.MustCompile(`(?m)^(import)?\s+(\w+ )?"github\.com/go-gl/`)
	linksAsNeeded  = regexp.MustCompile(`(?m)^(// ?)?#cgo (linux )?LDFLAGS:.*-Wl,--as-needed`)
)

// Debian's compiler leaves out what is not needed without being told to, others
// do not: a package without the flag would only be noticed elsewhere.
func TestImportersOfGLFWLinkAsNeeded(t *testing.T) {
	imports, flagged := make(map[string]bool), make(map[string]bool)
	forSources(t, func(file string, source []byte) {
		folder := path.Dir(file)
		imports[folder] = imports[folder] || importsLibrary.Match(source)
		flagged[folder] = flagged[folder] || linksAsNeeded.Match(source)
	})
	if !imports["viewer/xlib/window"] {
		t.Error("the test program is not among the packages that import GLFW")
	}
	for folder := range imports {
		if imports[folder] && !flagged[folder] {
			t.Errorf("%s imports GLFW or go-gl, but has no line\n#cgo linux LDFLAGS: -Wl,--as-needed", folder)
		}
	}
}

// forSources calls f for all of the module's Go files but the tests.
func forSources(t *testing.T, f func(file string, source []byte)) {
	t.Helper()
	root := os.DirFS(filepath.FromSlash(module))
	err := fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == ".git" {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		source, err := fs.ReadFile(root, file)
		f(file, bytes.ReplaceAll(source, []byte("\r"), nil))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
