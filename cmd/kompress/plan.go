package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"

	"golang.org/x/text/unicode/norm"
)

// A task is an image to compress.
type task struct {
	input
	output string
	err    error // why it cannot be done
}

// plan says what becomes of each of the images, and sees to it before any work that no
// result overwrites an image or another result. An image that is found twice is done once.
func (o *outputs) plan(inputs []input) (tasks []*task, err error) {
	places := newPlaces()
	var clashes []clash
	for i := range inputs {
		places.addInput(inputs[i].path)
	}
	for _, in := range inputs {
		t := &task{input: in, output: o.of(in), err: checkName(in.path)}
		if t.err != nil || o.stream {
			tasks = append(tasks, t)
			continue
		}
		other := places.addOutput(t)
		switch {
		case other == nil:
			t.err = places.check(t)
			tasks = append(tasks, t)
		case !imagefile.SameFile(other.path, t.path):
			clashes = append(clashes, clash{other, t})
		}
	}
	return tasks, refuse(clashes)
}

// A clash is of two images with the same output.
type clash struct{ one, other *task }

// refuse tells of the first, of how many there are, and of the way out.
func refuse(clashes []clash) error {
	if len(clashes) == 0 {
		return nil
	}
	first, more := clashes[0], ""
	if n := len(clashes) - 1; n > 0 {
		more = fmt.Sprintf(", and there are %s more", words.Count(n, "such pair"))
	}
	return fmt.Errorf("%s and %s: both would become %s%s; nothing was done: give them one at a time, each with its --output",
		words.Printable(first.one.path), words.Printable(first.other.path), words.Printable(first.one.output), more)
}

func checkName(path string) error {
	if path == "" {
		return errors.New(`"": an image cannot have an empty name`)
	}
	return nil
}

// places knows files by where they are, whatever ways lead there.
type places struct {
	folders map[string]string // one name of each, by the others
	folding map[string]bool   // whether a folder takes capitals and small letters for the same
	inputs  map[string][]string
	outputs map[string][]*task
}

func newPlaces() *places {
	return &places{map[string]string{}, map[string]bool{}, map[string][]string{}, map[string][]*task{}}
}

// key is the same for all names of a file, and for those that some file systems take
// for the same: with capitals, or with accents as characters of their own. So with
// one key two files can be one, and one that is there is compared itself.
func (p *places) key(path string) string {
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSymlink != 0 {
		if target, err := filepath.EvalSymlinks(path); err == nil {
			path = target
		}
	}
	folder := filepath.Dir(path)
	one, known := p.folders[folder]
	if !known {
		one = filepath.Dir(place(path))
		p.folders[folder] = one
	}
	return strings.ToLower(norm.NFC.String(filepath.Join(one, filepath.Base(path))))
}

func (p *places) addInput(path string) {
	k := p.key(path)
	p.inputs[k] = append(p.inputs[k], path)
}

// addOutput returns another task with the same output, if there is one.
func (p *places) addOutput(t *task) *task {
	k := p.key(t.output)
	for _, other := range p.outputs[k] {
		if place(other.output) == place(t.output) || p.folds(filepath.Dir(t.output)) || imagefile.SameFile(other.output, t.output) {
			return other
		}
	}
	p.outputs[k] = append(p.outputs[k], t)
	return nil
}

// folds says whether two names with the same key will be one file in a folder, which
// need not be there yet.
func (p *places) folds(folder string) bool {
	is, known := p.folding[folder]
	if !known {
		is = foldsCase(folder)
		p.folding[folder] = is
	}
	return is
}

// foldsCase looks whether the nearest folder, itself or around it, that is there and has
// letters in its name is there by the other letters, too.
func foldsCase(folder string) bool {
	folder, err := filepath.Abs(folder)
	for ; err == nil && folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		base := filepath.Base(folder)
		other := strings.ToUpper(base)
		if other == base {
			other = strings.ToLower(base)
		}
		if _, err := os.Lstat(folder); err == nil && other != base {
			return imagefile.SameFile(folder, filepath.Join(filepath.Dir(folder), other))
		}
	}
	return false
}

// check returns why an image cannot be compressed: it, or another, would be lost.
func (p *places) check(t *task) error {
	if imagefile.SameFile(t.path, t.output) {
		return fmt.Errorf("%s: the output would overwrite it", words.Printable(t.path))
	}
	for _, input := range p.inputs[p.key(t.output)] {
		if imagefile.SameFile(input, t.output) {
			return fmt.Errorf("%s: its output %s is another of the images", words.Printable(t.path), words.Printable(t.output))
		}
	}
	return nil
}
