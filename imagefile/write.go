package imagefile

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// WriteOptions are the options of [WriteFile].
type WriteOptions struct {
	Force bool // replace a file that exists
}

// WriteFile makes the file at path from what write writes, all of it or
// nothing: the bytes go to a temporary file in the same folder, which takes
// the name when it is complete and on the disk. On an error, or when ctx is
// done, nothing is left of it, and a file that was there before is as it was.
// It returns the length of the file.
//
// Without Force a file that exists is an error that wraps [ErrExists], even
// if it appears while write runs. With Force its permissions are kept, and a
// symbolic link is followed rather than replaced.
//
// All errors, those of write too, are given behind the name of the file.
func WriteFile(ctx context.Context, path string, o WriteOptions, write func(io.Writer) error) (int64, error) {
	n, err := writeFile(ctx, path, o, write)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", displayName(path), reason(err))
	}
	return n, nil
}

func writeFile(ctx context.Context, path string, o WriteOptions, write func(io.Writer) error) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	t, err := findTarget(path, o.Force)
	if err != nil {
		return 0, err
	}
	temp, err := createTemp(filepath.Dir(t.path), t.mode)
	if err != nil {
		return 0, err
	}
	// Once the file is in place there is nothing to remove by this name.
	// Closing twice does no harm, and Windows removes no open file.
	defer os.Remove(temp.Name())
	defer temp.Close()
	n, err := fillTemp(ctx, temp, t, write)
	if err != nil {
		return 0, err
	}
	return n, t.place(temp.Name())
}

// fillTemp writes, syncs and closes the temporary file.
func fillTemp(ctx context.Context, temp *os.File, t target, write func(io.Writer) error) (int64, error) {
	w := &fileWriter{ctx: ctx, file: temp}
	buf := bufio.NewWriterSize(w, 64<<10)
	if err := write(buf); err != nil {
		return 0, err
	}
	if err := buf.Flush(); err != nil {
		return 0, err
	}
	if t.exists {
		// The umask may have taken permissions that the old file has.
		if err := temp.Chmod(t.mode); err != nil {
			return 0, err
		}
	}
	// Else a crash soon after could leave the name with no bytes behind it.
	if err := temp.Sync(); err != nil {
		return 0, err
	}
	if err := temp.Close(); err != nil {
		return 0, err
	}
	return w.n, ctx.Err()
}

// A fileWriter counts what it writes, and stops when ctx is done.
type fileWriter struct {
	ctx  context.Context
	file *os.File
	n    int64
}

func (w *fileWriter) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.file.Write(p)
	w.n += int64(n)
	if err != nil {
		// The name in it is that of the temporary file.
		err = reason(err)
	}
	return n, err
}
