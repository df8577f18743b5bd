package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"
)

// Outputs says where results go. Several goroutines may use it.
type outputs struct {
	naming
	file   string // of the only result; "" for none
	folder string // "" means beside each input
	stream bool   // standard output gets the only result

	mu    sync.Mutex
	ready map[string]bool // folders that are there
	made  []string        // folders, the inner ones last
}

func newOutputs(output string, given bool, args []string, n naming) (*outputs, error) {
	o := &outputs{naming: n, ready: map[string]bool{}}
	if !given {
		o.stream = isStandardInput(args)
		return o, nil
	}
	several := len(args) > 1 || isFolder(args[0]) || isPattern(args[0])
	switch {
	case output == "":
		return o, usagef("--output: got an empty name, want a file or a folder")
	case output == "/dev/stdout":
		return o, usagef("--output: for standard output: -")
	case output == "-" && several:
		return o, usagef("--output: standard output takes one image, want a folder")
	case output == "-":
		o.stream = true
		return o, nil
	case isFolderName(output) && isStandardInput(args):
		return o, usagef("--output: %s is a folder, want a file, for standard input has no name", words.Printable(output))
	case !several && !isFolderName(output):
		o.file = output
		return o, checkEnding(output)
	}
	info, err := os.Stat(filepath.Clean(output)) // with a slash behind it, a file is not there
	if err == nil && !info.IsDir() {
		return o, usagef("--output: %s is a file, want a folder", words.Printable(output))
	}
	if err != nil && isOutputEnding(output) && !isFolderName(output) {
		return o, usagef("--output: %s is the name of a file, want a folder for %s", words.Printable(output), severalText(args))
	}
	o.folder = output
	return o, nil
}

func severalText(args []string) string {
	if len(args) > 1 {
		return fmt.Sprintf("%d images", len(args))
	}
	return "the images of " + words.Printable(args[0])
}

// isFolderName says whether a path can be a folder's only.
func isFolderName(path string) bool {
	return path != "" && (os.IsPathSeparator(path[len(path)-1]) || isFolder(path))
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// checkEnding refuses a name that says something else than what can be written.
func checkEnding(name string) error {
	if ending := imageEnding(name); ending != "" && !isOutputEnding(name) {
		return usagef("--output: %s ends in %s, want .png, .gif or .webp", words.Printable(name), ending)
	}
	return nil
}

func isOutputEnding(name string) bool {
	switch imageEnding(name) {
	case ".png", ".gif", ".webp":
		return true
	}
	return false
}

// imageEnding returns how a name ends, in lower case, if images' do so, else "".
func imageEnding(name string) string {
	switch ending := strings.ToLower(filepath.Ext(name)); ending {
	case ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp", ".bmp", ".dib", ".tif", ".tiff",
		".pnm", ".pbm", ".pgm", ".ppm", ".pam", ".qoi", ".avif", ".heic", ".heif", ".jxl":
		return ending
	}
	return ""
}

// checkInput refuses a name that cannot be an image's.
func checkInput(file string) error {
	switch file {
	case "":
		return errors.New(`"": an image cannot have an empty name`)
	case "-":
		return errors.New("-: standard input cannot be read; for a file of that name: ./-")
	}
	return nil
}

// targetOf returns the flag whose file a path is, too, or "".
func targetOf(paths map[string]string, path string) string {
	for flag, other := range paths {
		if sameTarget(path, other) {
			return flag
		}
	}
	return ""
}

// sameTarget says whether two files to be written are one, by whatever names, and
// whether they are there yet or not.
func sameTarget(a, b string) bool { return place(a) == place(b) || imagefile.SameFile(a, b) }

// place is one name for all the ways to a folder.
func place(output string) string {
	folder, err := filepath.EvalSymlinks(filepath.Dir(output))
	if err == nil {
		folder, err = filepath.Abs(folder)
	}
	if err != nil {
		return filepath.Clean(output)
	}
	return filepath.Join(folder, filepath.Base(output))
}

// of returns where the result of an image goes.
func (o *outputs) of(in input) string {
	switch {
	case o.stream:
		return "-"
	case o.file != "":
		return o.file
	case o.folder != "":
		return filepath.Join(o.folder, in.below, o.name(in.path))
	}
	return o.beside(in.path)
}

// makeFolder makes the folder of an output that was named. That of an image is there.
func (o *outputs) makeFolder(output string) error {
	if o.folder == "" && o.file == "" {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	folder := filepath.Dir(output)
	if o.ready[folder] {
		return nil
	}
	var missing []string
	for f := folder; ; f = filepath.Dir(f) {
		if _, err := os.Stat(f); !os.IsNotExist(err) {
			break
		}
		missing = append([]string{f}, missing...)
	}
	o.made = append(o.made, missing...)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("cannot make the folder %s: %w", words.Printable(folder), reason(err))
	}
	o.ready[folder] = true
	return nil
}

// reason leaves out the name that package os puts before it.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// close removes the folders that were made and have got no result.
func (o *outputs) close() {
	for i := len(o.made) - 1; i >= 0; i-- {
		os.Remove(o.made[i]) // fails if there is something in it
	}
}

// makePlace makes the folder of a file that is to be written after the work, and refuses
// before what could not be.
func (o *outputs) makePlace(path string, force bool) error {
	err := o.makeFolder(path)
	if err == nil {
		err = checkPlace(path, force)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", words.Printable(path), err)
	}
	return nil
}

// checkPlace says whether a file can be written there, and may be.
func checkPlace(path string, force bool) error {
	_, lerr := os.Lstat(path)
	info, err := os.Stat(path)
	switch {
	case lerr == nil && err != nil:
		return errors.New("symbolic link leads nowhere")
	case err == nil && info.IsDir():
		return errors.New("it is a folder, want a file")
	case err == nil && !info.Mode().IsRegular():
		return imagefile.ErrNotRegular
	case err == nil && !force:
		return imagefile.ErrExists
	}
	folder := filepath.Dir(path)
	if target, err := filepath.EvalSymlinks(path); err == nil {
		folder = filepath.Dir(target)
	}
	probe, err := os.CreateTemp(folder, ".kompress-*")
	if err != nil {
		return reason(err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
