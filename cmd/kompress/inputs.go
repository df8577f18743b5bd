package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/maruel/natural"
)

// An input is where an image comes from.
type input struct {
	path  string
	below string // its folder, seen from the one that was named; "" for that itself

	// name is its path, seen from the folder or the unchanging part of the pattern that was
	// named, or as it was named itself, with slashes: the same wherever that folder is.
	name string
}

// A search finds images in what the command line names.
type search struct {
	recursive bool
	output    os.FileInfo // a folder that is passed over: results are in it
	fail      func(error) // told of what cannot be searched

	failures int
	found    []input
}

// inputs returns the images that the arguments name, in their order.
func (s *search) inputs(args []string) []input {
	for _, arg := range args {
		switch {
		case isFolder(arg):
			before := len(s.found)
			failures := s.failures
			s.folder(arg, "")
			if len(s.found) == before && s.failures == failures {
				s.note(fmt.Errorf("%s: no images in this folder%s", words.Printable(arg), s.hint(arg)))
			}
		case isPattern(arg):
			s.pattern(arg)
		default:
			s.found = append(s.found, input{path: arg, name: slashed(arg)}) // why it cannot be read is seen when it is
		}
	}
	return s.found
}

func (s *search) note(err error) {
	s.failures++
	s.fail(err)
}

func (s *search) hint(folder string) string {
	entries, _ := os.ReadDir(folder)
	if !s.recursive && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.IsDir() }) {
		return "; --recursive looks in those below, too"
	}
	return ""
}

// isPattern says whether a name is one of a file that is not there, with characters that
// shells would replace.
func isPattern(arg string) bool {
	if !strings.ContainsAny(arg, "*?[{") {
		return false
	}
	_, err := os.Lstat(arg)
	return err != nil
}

// pattern finds files as a shell would have.
func (s *search) pattern(arg string) {
	base, _ := doublestar.SplitPattern(filepath.ToSlash(arg))
	matches, err := doublestar.FilepathGlob(arg, doublestar.WithFilesOnly(), doublestar.WithNoHidden(), doublestar.WithNoFollow())
	if err != nil {
		s.note(fmt.Errorf("%s: not a pattern of file names: %w", words.Printable(arg), err))
		return
	}
	if len(matches) == 0 {
		s.note(fmt.Errorf("%s: no such files", words.Printable(arg)))
		return
	}
	slices.SortFunc(matches, comparePaths)
	stems := stemsOf(matches)
	for _, path := range matches {
		if isResult(path, stems) {
			continue
		}
		in := input{path: path, name: slashed(path)}
		if name, err := filepath.Rel(filepath.FromSlash(base), path); err == nil {
			in.name = slashed(name)
		}
		if folder, err := filepath.Rel(filepath.FromSlash(base), filepath.Dir(path)); err == nil && s.recursive && folder != "." {
			in.below = folder
		}
		s.found = append(s.found, in)
	}
}

// folder finds the images in a folder. Links to folders are not followed below the one
// that was named: they can lead in circles.
func (s *search) folder(path, below string) {
	entries, err := os.ReadDir(path)
	if err != nil {
		s.note(fmt.Errorf("%s: cannot read the folder: %w", words.Printable(path), reason(err)))
		return
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return compareNames(a.Name(), b.Name()) })
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	stems := stemsOf(names)
	for _, e := range entries {
		full := filepath.Join(path, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			if s.recursive && !s.isOutput(e) {
				s.folder(full, filepath.Join(below, e.Name()))
			}
		case isResult(e.Name(), stems):
		case imageEnding(e.Name()) != "" && !isFolder(full), isImage(full):
			s.found = append(s.found, input{full, below, slashed(filepath.Join(below, e.Name()))})
		}
	}
}

// stemsOf returns the files' names, without their endings, that may be those of images
// that results are of.
func stemsOf(paths []string) map[string]bool {
	stems := map[string]bool{}
	for _, path := range paths {
		stems[filepath.Join(filepath.Dir(path), words.Stem(path))] = true
	}
	return stems
}

// isResult says whether a file is one that compress has made of another in its folder.
func isResult(path string, stems map[string]bool) bool {
	m := resultName.FindStringSubmatch(filepath.Base(path))
	return m != nil && stems[filepath.Join(filepath.Dir(path), m[1])]
}

func (s *search) isOutput(e os.DirEntry) bool {
	if s.output == nil {
		return false
	}
	info, err := e.Info()
	return err == nil && os.SameFile(info, s.output)
}

// isImage looks into a file whose name does not say what it is.
func isImage(path string) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false // opening a FIFO would wait
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, imagefile.SniffLen)
	n, err := io.ReadFull(f, head)
	return (err == nil || errors.Is(err, io.ErrUnexpectedEOF)) && imagefile.Sniff(head[:n]) != ""
}

// compareNames puts 9 before 10, and takes small and capital letters for the same
// unless nothing else differs.
func compareNames(a, b string) int {
	if c := natural.Compare(strings.ToLower(a), strings.ToLower(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// comparePaths compares folder by folder, as a walk through them would come by.
func comparePaths(a, b string) int {
	return slices.CompareFunc(splitPath(a), splitPath(b), compareNames)
}

func slashed(path string) string { return filepath.ToSlash(filepath.Clean(path)) }

func splitPath(path string) []string { return strings.Split(filepath.ToSlash(path), "/") }
