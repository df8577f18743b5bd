package viewer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/maruel/natural"
)

// endings are those of the files in a folder that are taken for images. A file that
// is named itself may have any.
var endings = []string{".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".webp"}

// scan returns the images that the paths name: files as they are, folders as the
// images in them, in natural order (9 before 10), without those in folders below.
// What is not there, and a folder that cannot be read or has no image, is an error,
// and none for the others.
func scan(paths []string) (files []string, errs []error) {
	for _, path := range paths {
		if path == "" {
			errs = append(errs, errors.New(`"": an image cannot have an empty name`))
			continue
		}
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("%s: %w", path, fs.ErrNotExist))
			continue
		}
		if err != nil || !info.IsDir() {
			files = append(files, path) // why it cannot be read is seen when it is
			continue
		}
		found, err := scanFolder(path)
		if err != nil {
			errs = append(errs, err)
		}
		files = append(files, found...)
	}
	return files, errs
}

func scanFolder(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("viewer: %w", err)
	}
	var names []string
	for _, e := range entries {
		if isImageName(e.Name()) && !isFolder(folder, e) {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: no images in this folder (PNG, JPEG, GIF, BMP, TIFF, WebP)", folder)
	}
	slices.SortFunc(names, compareNames)
	for i, name := range names {
		names[i] = filepath.Join(folder, name)
	}
	return names, nil
}

func isImageName(name string) bool {
	return !strings.HasPrefix(name, ".") && slices.Contains(endings, strings.ToLower(filepath.Ext(name)))
}

// isFolder follows links.
func isFolder(folder string, e os.DirEntry) bool {
	if e.Type()&os.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := os.Stat(filepath.Join(folder, e.Name()))
	return err == nil && info.IsDir()
}

// compareNames takes small and capital letters for the same, unless nothing else
// differs.
func compareNames(a, b string) int {
	if c := natural.Compare(strings.ToLower(a), strings.ToLower(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}
