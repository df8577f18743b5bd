//go:build amd64 || arm64

package icc

import "golang.org/x/sys/windows"

// openLCMS looks where Windows keeps libraries and where the program is, but not in the
// current folder, where anyone may have put one beside the images.
func openLCMS() (uintptr, error) {
	var err error
	for _, name := range []string{"lcms2-2.dll", "liblcms2-2.dll", "lcms2.dll"} {
		var library windows.Handle
		if library, err = windows.LoadLibraryEx(name, 0, windows.LOAD_LIBRARY_SEARCH_DEFAULT_DIRS); err == nil {
			return uintptr(library), nil
		}
	}
	return 0, err
}

func findLCMS(library uintptr, name string) (uintptr, error) {
	return windows.GetProcAddress(windows.Handle(library), name)
}
