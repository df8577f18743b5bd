//go:build (linux || darwin || windows) && (amd64 || arm64)

package icc

import (
	"errors"
	"strings"
	"testing"
)

// withoutLCMS lets a test run as where the library is missing.
func withoutLCMS(t *testing.T) {
	t.Helper()
	before := loadLCMS
	loadLCMS = func() (*lcmsAPI, error) { return nil, ErrNoLittleCMS }
	known.m = nil
	t.Cleanup(func() { loadLCMS = before })
}

func TestWithoutLCMS(t *testing.T) {
	withoutLCMS(t)
	for name, data := range testdata() {
		p, err := Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		c, err := p.Transform(8)
		if p.tables {
			if !errors.Is(err, ErrNoLittleCMS) || !strings.Contains(err.Error(), "liblcms2-2") {
				t.Errorf("%s: got %v, want %v and the package to install", name, err, ErrNoLittleCMS)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: got %v, want it converted all the same", name, err)
			continue
		}
		c.Close()
	}
}
