//go:build (linux || darwin) && (amd64 || arm64)

package icc

import (
	"path"
	"testing"
)

// macOS looks for a bare name in the current folder, too, among images of anyone.
func TestLCMSIsNotTakenFromTheCurrentFolder(t *testing.T) {
	for _, name := range lcmsNames("darwin") {
		if !path.IsAbs(name) {
			t.Errorf("got %s", name)
		}
	}
}
