package imagefile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// createTemp creates a new file in dir. Other than [os.CreateTemp] it leaves
// the permissions to mode and the umask, as the final file should have them.
// Its name is hidden, and does not contain that of the target, which may
// already be as long as a name can be.
func createTemp(dir string, mode fs.FileMode) (*os.File, error) {
	const tries = 1000
	for range tries {
		name := fmt.Sprintf(".kompress-%016x.tmp", rand.Uint64())
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("no free name for a temporary file after %d tries", tries)
}
