package explore

import (
	"context"
	"fmt"

	"kompress/cmd/kompress/words"
)

// Plots gives the charts and error maps of all images to write, each as a PNG with a
// name for its file, which is one of PlotNames.
func (r *Report) Plots(ctx context.Context, write func(name string, png []byte) error) error {
	var names []string
	for _, m := range r.Images {
		names = append(names, m.Name)
	}
	stems := plotStems(names)
	for i, m := range r.Images {
		for _, c := range m.charts() {
			if err := ctx.Err(); err != nil {
				return err
			}
			data, err := c.file()
			if err != nil {
				return fmt.Errorf("%s: %w", words.Printable(m.Name), err)
			}
			if err := write(plotName(stems[i], c.id), data); err != nil {
				return err
			}
		}
		if err := write(plotName(stems[i], errorMap), m.figures.error.png); err != nil {
			return err
		}
	}
	return nil
}
