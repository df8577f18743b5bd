//go:build amd64 || arm64

package icc

import "syscall"

// openLCMS looks where Windows looks for libraries.
func openLCMS() (uintptr, error) {
	var err error
	for _, name := range []string{"lcms2-2.dll", "liblcms2-2.dll", "lcms2.dll"} {
		var library syscall.Handle
		if library, err = syscall.LoadLibrary(name); err == nil {
			return uintptr(library), nil
		}
	}
	return 0, err
}

func findLCMS(library uintptr, name string) (uintptr, error) {
	return syscall.GetProcAddress(syscall.Handle(library), name)
}
