package imagefile

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"unicode/utf8"
)

// Reasons a file cannot be read or written, for use with [errors.Is]. The
// errors returned wrap them behind the name of the file.
var (
	ErrExists        = errors.New("file already exists (--force overwrites it)")
	ErrNotRegular    = errors.New("not a regular file")
	ErrEmpty         = errors.New("file is empty")
	ErrFormat        = errors.New("not an image format kompress reads (PNG, JPEG, GIF, WebP, HEIC, AVIF, TIFF, BMP, PNM, QOI)")
	ErrNoPixels      = errors.New("image has no pixels")
	ErrTooManyPixels = errors.New("too many pixels")
	ErrTruncated     = errors.New("file is truncated or damaged")
	ErrChanged       = errors.New("file has changed while it was read")
)

// maxNameLen bounds the part of an error that comes from outside.
const maxNameLen = 200

// displayName returns path as it may stand in a one-line error: quoted if it
// holds anything unprintable, and shortened from the left, because the end of
// a path tells most.
func displayName(path string) string {
	if hasUnprintable(path) {
		path = strconv.Quote(path)
	}
	if len(path) <= maxNameLen {
		return path
	}
	tail := path[len(path)-maxNameLen:]
	for len(tail) > 0 && !utf8.RuneStart(tail[0]) {
		tail = tail[1:]
	}
	return "..." + tail
}

func hasUnprintable(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || !strconv.IsPrint(r) {
			return true
		}
	}
	return false
}

// reason strips the operation and the file name that package os puts around
// a system error, so that the name appears once in the final text.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
