//go:build linux && cgo && (amd64 || arm64)

package main

import (
	"debug/elf"
	"os"
	"slices"
	"testing"
)

// A GLFW that names a further function would bring libX11 back as something
// that the program cannot start without.
func TestSymbolsAreThoseOfGLFW(t *testing.T) {
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../" + header)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s is out of date, run go generate; got:\n%s\nwant:\n%s", header, got, want)
	}
}

func TestUndefined(t *testing.T) {
	const listing = `/cache/x y-d(_go_.o):	         U 
/cache/x y-d(_x001.o):	       0 T Defined
/cache/x y-d(_x001.o):	         U XFree
/cache/x y-d(_x002.o):	         U memcpy
`
	got := undefined(listing)
	if want := []string{"XFree", "memcpy"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestIntersect(t *testing.T) {
	defined := map[string]elf.SymType{"XFree": elf.STT_FUNC, "XSync": elf.STT_FUNC, "XUnused": elf.STT_FUNC, "_Xdebug": elf.STT_OBJECT}
	for _, test := range []struct {
		named, want []string
	}{
		{[]string{"XSync", "memcpy", "XFree", "XSync"}, []string{"XFree", "XSync"}},
		{[]string{"XFree", "_Xdebug"}, nil}, // a variable
		{[]string{"memcpy"}, nil},           // none at all
	} {
		got, err := intersect(test.named, defined)
		if !slices.Equal(got, test.want) || (err == nil) != (test.want != nil) {
			t.Errorf("%q: got %q and error %v, want %q", test.named, got, err, test.want)
		}
	}
}
