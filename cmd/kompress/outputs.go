package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"
)

// Outputs says where results go.
type outputs struct {
	colors  int
	file    string // of the only result; "" for none
	folder  string // "" means beside each input
	inputs  []os.FileInfo
	written map[string]string // the input of each result, by its place
	made    []string          // folders, the inner ones last
}

func newOutputs(output string, given bool, inputs []string, colors int) (*outputs, error) {
	o := &outputs{colors: colors, written: map[string]string{}}
	for _, input := range inputs {
		if info, err := os.Stat(input); err == nil {
			o.inputs = append(o.inputs, info)
		}
	}
	if !given {
		return o, nil
	}
	switch output {
	case "":
		return o, usagef("--output: got an empty name, want a file or a folder")
	case "-", "/dev/stdout":
		return o, usagef("--output: standard output cannot be written to; for a file of that name: ./-")
	}
	info, err := os.Stat(output)
	isFolder := err == nil && info.IsDir() || os.IsPathSeparator(output[len(output)-1])
	if len(inputs) == 1 && !isFolder {
		o.file = output
		return o, checkEnding(output)
	}
	if err == nil && !info.IsDir() {
		return o, usagef("--output: %s is a file, want a folder", words.Printable(output))
	}
	if err != nil && strings.EqualFold(filepath.Ext(output), ".png") {
		return o, usagef("--output: %s is the name of a file, want a folder for %d images", words.Printable(output), len(inputs))
	}
	o.folder = output
	return o, nil
}

// checkEnding refuses a name that says something else than PNG, which is what
// would be in it.
func checkEnding(name string) error {
	if ending := imageEnding(name); ending != "" && ending != ".png" {
		return usagef("--output: %s ends in %s, but results are PNG: want .png", words.Printable(name), ending)
	}
	return nil
}

// imageEnding returns how a name ends, in lower case, if images' do so, else "".
func imageEnding(name string) string {
	switch ending := strings.ToLower(filepath.Ext(name)); ending {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".jxl":
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

// of returns where the result of the file goes. It makes the folder if there is
// one, and sees to it that nothing that matters is overwritten.
func (o *outputs) of(file string, force bool) (string, error) {
	if err := checkInput(file); err != nil {
		return "", err
	}
	output := o.file
	if output == "" {
		output = o.beside(file)
	}
	if imagefile.SameFile(file, output) {
		return "", fmt.Errorf("%s: the output would overwrite it", words.Printable(file))
	}
	if other, taken := o.written[place(output)]; taken {
		if other == file {
			return "", fmt.Errorf("%s: it is given twice", words.Printable(file))
		}
		return "", fmt.Errorf("%s: its output %s is that of %s already", words.Printable(file), words.Printable(output), words.Printable(other))
	}
	// Of what is no image the decoder has more to say.
	input, err := os.Stat(file)
	isFile := err == nil && input.Mode().IsRegular()
	if _, err := os.Lstat(output); err == nil && isFile && !force {
		return "", fmt.Errorf("%s: %w", words.Printable(output), imagefile.ErrExists)
	}
	if info, err := os.Stat(output); err == nil && o.isInput(info) {
		return "", fmt.Errorf("%s: its output %s is another of the images or of their results", words.Printable(file), words.Printable(output))
	}
	if o.folder != "" {
		if err := o.makeFolder(); err != nil {
			return "", fmt.Errorf("%s: cannot make the folder %s: %w", words.Printable(file), words.Printable(o.folder), reason(err))
		}
	}
	return output, nil
}

func (o *outputs) isInput(info os.FileInfo) bool {
	for _, input := range o.inputs {
		if os.SameFile(input, info) {
			return true
		}
	}
	return false
}

// wrote notes that the result of the file is in place.
func (o *outputs) wrote(output, file string) {
	o.written[place(output)] = file
	// On some file systems two names are one file.
	if info, err := os.Stat(output); err == nil {
		o.inputs = append(o.inputs, info)
	}
}

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

func (o *outputs) makeFolder() error {
	var missing []string
	for folder := filepath.Clean(o.folder); ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(folder); !os.IsNotExist(err) {
			break
		}
		missing = append([]string{folder}, missing...)
	}
	if len(missing) > 0 {
		o.made = missing
	}
	return os.MkdirAll(o.folder, 0o777)
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

func (o *outputs) beside(file string) string {
	folder := o.folder
	if folder == "" {
		folder = filepath.Dir(file)
	}
	return filepath.Join(folder, fmt.Sprintf("%s.k%d.png", words.Stem(file), o.colors))
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
