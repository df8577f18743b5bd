//go:build (linux || darwin) && (amd64 || arm64)

package icc

import (
	"errors"
	"runtime"

	"github.com/ebitengine/purego"
)

// lcmsNames are where the library is. The folders are those of Homebrew and MacPorts:
// macOS does not look there by itself, but for a bare name in the current folder.
func lcmsNames(system string) []string {
	if system == "darwin" {
		const name = "liblcms2.2.dylib"
		return []string{"/opt/homebrew/lib/" + name, "/usr/local/lib/" + name, "/opt/local/lib/" + name}
	}
	return []string{"liblcms2.so.2"}
}

func openLCMS() (uintptr, error) {
	var all error
	for _, name := range lcmsNames(runtime.GOOS) {
		library, err := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_LOCAL)
		if err == nil {
			return library, nil
		}
		all = errors.Join(all, err)
	}
	return 0, all
}

func findLCMS(library uintptr, name string) (uintptr, error) { return purego.Dlsym(library, name) }
