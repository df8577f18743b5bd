package explore

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"kompress/cmd/kompress/words"
)

// labels returns what the page calls the images: the last part of each path and, where
// that is another's too, as many parts as tell them apart.
func labels(images []*Image) []string {
	paths := make([][]string, len(images))
	for i, m := range images {
		paths[i] = strings.Split(filepath.ToSlash(filepath.Clean(m.Name)), "/")
	}
	list := make([]string, len(images))
	for i, path := range paths {
		parts := 1
		for _, other := range paths {
			if !slices.Equal(path, other) { // one that is given twice has the same label twice
				parts = max(parts, 1+common(path, other))
			}
		}
		list[i] = words.Printable(strings.Join(path[max(0, len(path)-parts):], "/"))
	}
	return list
}

// common returns how many of the last parts are the same.
func common(a, b []string) (n int) {
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// plotStems returns a name for each image that is no other's, on file systems that do
// not know upper from lower case, either.
func plotStems(names []string) []string {
	taken := map[string]bool{}
	stems := make([]string, len(names))
	for i, name := range names {
		name = words.Stem(name)
		stem := name
		for n := 2; taken[strings.ToLower(stem)]; n++ {
			stem = fmt.Sprintf("%s-%d", name, n)
		}
		taken[strings.ToLower(stem)] = true
		stems[i] = stem
	}
	return stems
}

// chartIDs are those of all charts, also of those that some images do not have.
var chartIDs = []string{
	"error", "psnr", "size", "rate", "convergence", "red-green-before", "red-blue-before", "red-green-after", "red-blue-after",
	"cube-before", "cube-after", "histogram", "colors", "levels",
}

// errorMap is the name of the error's picture beside those of the charts.
const errorMap = "error-map"

func plotName(stem, id string) string { return stem + "." + id + ".png" }

// PlotNames returns the names of all files that Plots may write for images of these
// names.
func PlotNames(images []string) (files []string) {
	for _, stem := range plotStems(images) {
		for _, id := range chartIDs {
			files = append(files, plotName(stem, id))
		}
		files = append(files, plotName(stem, errorMap))
	}
	return files
}
