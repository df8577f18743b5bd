package imagefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A target is the place of a file to be written.
type target struct {
	path   string // with symbolic links resolved, if it exists
	exists bool
	force  bool
	mode   fs.FileMode // permissions to create it with
}

// findTarget looks at what is at path now.
func findTarget(path string, force bool) (target, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return target{path: path, force: force, mode: 0o666}, checkFolder(path)
	}
	if err != nil {
		return target{}, err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if !force {
			return target{}, ErrExists
		}
		if path, info, err = followLink(path); err != nil {
			return target{}, err
		}
	}
	if info.IsDir() {
		return target{}, fmt.Errorf("is a directory, %w", ErrNotRegular)
	}
	if !info.Mode().IsRegular() {
		return target{}, ErrNotRegular
	}
	if !force {
		return target{}, ErrExists
	}
	return target{path: path, exists: true, force: true, mode: info.Mode().Perm()}, nil
}

// checkFolder says which of the two, file or folder, is not there.
func checkFolder(path string) error {
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("folder %s: %w", displayName(dir), reason(err))
	}
	return nil
}

func followLink(path string) (string, fs.FileInfo, error) {
	resolved, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("symbolic link leads nowhere: %w", fs.ErrNotExist)
	}
	if err != nil {
		return "", nil, err
	}
	info, err := os.Lstat(resolved)
	return resolved, info, err
}

// place gives the complete file temp, which is on the disk, the name of the target. It
// may leave the name temp too, for the caller to remove. The folder is not synced, a fifth
// of the time of small images: after a crash the old name may be there, but no half file.
func (t target) place(temp string) error {
	if t.force {
		return os.Rename(temp, t.path)
	}
	return placeNew(temp, t.path)
}

// placeNew is a rename that does not replace: a link cannot.
func placeNew(temp, path string) error {
	err := os.Link(temp, path)
	if errors.Is(err, fs.ErrExist) {
		return ErrExists
	}
	if err != nil {
		return placeReserved(temp, path)
	}
	return nil
}

// placeReserved is for file systems without links: it takes the name with an
// empty file, and replaces only that.
func placeReserved(temp, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return ErrExists
	}
	if err != nil {
		return err
	}
	f.Close()
	if err := os.Rename(temp, path); err != nil {
		os.Remove(path)
		return err
	}
	return nil
}

// SameFile reports whether a and b are names of one file that exists, be it
// through links. It tells whether writing b would destroy a.
func SameFile(a, b string) bool {
	infoA, err := os.Stat(a)
	if err != nil {
		return false
	}
	infoB, err := os.Stat(b)
	return err == nil && os.SameFile(infoA, infoB)
}
