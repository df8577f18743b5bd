package explore

import (
	"fmt"
	"path/filepath"
	"strings"

	"kompress/cmd/kompress/words"
)

// Plots gives the charts and error maps of all images to write, each as a PNG with a
// name for its file, which begins with the image's.
func (r *Report) Plots(write func(name string, png []byte) error) error {
	stems := plotStems(r.Images)
	for i, m := range r.Images {
		for _, c := range m.charts() {
			data, err := c.file()
			if err != nil {
				return fmt.Errorf("%s: %w", words.Printable(m.Name), err)
			}
			if err := write(stems[i]+"."+c.id+".png", data); err != nil {
				return err
			}
		}
		if err := write(stems[i]+".error-map.png", m.figures.error.png); err != nil {
			return err
		}
	}
	return nil
}

// plotStems returns a name for each image that is no other's, on file systems that do
// not know upper from lower case, either.
func plotStems(images []*Image) []string {
	taken := map[string]bool{}
	stems := make([]string, len(images))
	for i, m := range images {
		name := filepath.Base(m.Name)
		if ending := filepath.Ext(name); ending != name {
			name = strings.TrimSuffix(name, ending)
		}
		stem := name
		for n := 2; taken[strings.ToLower(stem)]; n++ {
			stem = fmt.Sprintf("%s-%d", name, n)
		}
		taken[strings.ToLower(stem)] = true
		stems[i] = stem
	}
	return stems
}
