package explore

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/png"
	"io"
	"slices"
	"strings"
	"sync"

	"kompress/cmd/kompress/words"
)

//go:embed page.html
var pageText string

//go:embed page.css
var style string

//go:embed page.js
var script string

// page is parsed when it is first wanted: other commands need not wait for it.
var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{
		"bytes":   words.Bytes,
		"count":   func(n int) string { return groupedInt(int64(n)) },
		"large":   func(n uint64) string { return groupedInt(int64(n)) },
		"number":  numberText,
		"psnr":    psnrText,
		"percent": percentText,
	}).Parse(pageText))
})

// WriteHTML writes the report as one page, which needs nothing else. It writes image by
// image, so that it never holds what it shows of them all.
func (r *Report) WriteHTML(ctx context.Context, w io.Writer) error {
	v := &pageView{Report: r, Style: template.CSS(style), Script: template.JS(script)}
	// The page runs this script and no other, whatever a name may look like.
	sum := sha256.Sum256([]byte(script))
	v.Policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	for i, label := range labels(r.Images) {
		v.Views = append(v.Views, headingView{r.Images[i], fmt.Sprintf("i%d", i+1), label})
	}
	if err := execute(w, "head", v); err != nil {
		return err
	}
	for _, heading := range v.Views {
		view, err := newImageView(ctx, heading)
		if err != nil {
			return fmt.Errorf("%s: %w", words.Printable(heading.Name), err)
		}
		if err := execute(w, "article", view); err != nil {
			return err
		}
	}
	return execute(w, "foot", v)
}

func execute(w io.Writer, part string, data any) error {
	if err := page().ExecuteTemplate(w, part, data); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return nil
}

// A pageView is what the page's template shows around the images.
type pageView struct {
	*Report
	Policy string
	Style  template.CSS
	Script template.JS
	Views  []headingView
}

// A headingView is what it shows of each image at the top.
type headingView struct {
	*Image
	ID, Label string
}

// An imageView is what it shows of an image.
type imageView struct {
	headingView
	FormatName string
	Share      string // of the image's file that the result's is; empty if that says nothing
	Charts     map[string]chartView
	Pictures   picturesView
	Previews   []previewView
	Start      int    // the preview to begin with
	Subsampled string // which pixels the previews have; empty for all
	ExactFrom  int    // k from which on there is no error; 0 for none
	Palette    []stripView
	Hurts      []Entry
	Bins       []binView
	Stages     []stageView
	Points     string // for the script
	Balls      string
}

// A stageView is a row of the convergence.
type stageView struct {
	Convergence
	Text string
}

// viewStages has the errors with as many digits as tell neighbours apart.
func viewStages(rows []Convergence) (list []stageView) {
	var errors []float64
	for _, c := range rows {
		errors = append(errors, c.Error)
	}
	for i, text := range textsApart(errors) {
		list = append(list, stageView{rows[i], text})
	}
	return list
}

// A binView is a row of the histograms.
type binView struct {
	Value            int
	Red, Green, Blue uint64
}

type chartView struct {
	ID, Title, Caption string
	SVG                template.HTML
}

type pictureView struct {
	URL           template.URL
	Width, Height int
	Style         template.CSS
	Pixelated     bool // it is enlarged
	Alt           string
}

type picturesView struct {
	Exact                bool
	Before, After, Error pictureView
	Top                  float64
	Crops                []cropView
	Heat                 template.URL
}

type cropView struct {
	X, Y                 int
	RMS, Top             float64
	Before, After, Error pictureView
}

type previewView struct {
	Row
	pictureView
}

// A stripView is a stripe of the palette.
type stripView struct {
	Entry
	Grow string // its share, of a flexible box
}

func newImageView(ctx context.Context, h headingView) (*imageView, error) {
	m := h.Image
	v := &imageView{
		headingView: h, FormatName: strings.ToUpper(m.Format),
		Charts: map[string]chartView{}, Pictures: viewPictures(m.figures.pictures),
		Hurts: hurts(m.Palette), Stages: viewStages(m.Convergence), Points: m.pointData(), Balls: m.paletteData(),
	}
	if m.Bytes > 0 {
		v.Share = fmt.Sprintf("%.3g %%", 100*float64(m.Result.Bytes)/float64(m.Bytes))
	}
	for _, c := range m.charts() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		svg, err := c.svg()
		if err != nil {
			return nil, err
		}
		v.Charts[c.id] = chartView{c.id, c.title, c.caption, template.HTML(svg)}
	}
	for _, e := range m.Palette {
		v.Palette = append(v.Palette, stripView{e, fmt.Sprintf("%.6f", e.Share)})
	}
	for i := range 256 {
		v.Bins = append(v.Bins, binView{i, m.Histogram.Red[i], m.Histogram.Green[i], m.Histogram.Blue[i]})
	}
	v.viewPreviews()
	return v, nil
}

// viewPreviews begins with the preview of the greatest k that is not above the one asked
// for.
func (v *imageView) viewPreviews() {
	size := image.Pt(v.Width, v.Height)
	step := previewStep(size)
	if step > 1 {
		v.Subsampled = ordinal(step)
	}
	size = subsampledSize(size, step)
	for i, p := range v.figures.previews {
		row := v.Sweep[i]
		if row.K <= v.Result.K {
			v.Start = i
		}
		if row.Exact() && v.ExactFrom == 0 {
			v.ExactFrom = max(1, row.Colors)
		}
		view := viewPicture(picture{p, size.X, size.Y}, fmt.Sprintf("The image with k = %d", row.K))
		v.Previews = append(v.Previews, previewView{row, view})
	}
}

func ordinal(n int) string {
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			return fmt.Sprintf("%dst", n)
		case 2:
			return fmt.Sprintf("%dnd", n)
		case 3:
			return fmt.Sprintf("%drd", n)
		}
	}
	return fmt.Sprintf("%dth", n)
}

// mostHurts is how many entries are listed as those with the most error.
const mostHurts = 8

// hurts returns the entries with the most error, the worst first.
func hurts(palette []Entry) []Entry {
	list := slices.DeleteFunc(slices.Clone(palette), func(e Entry) bool { return e.ErrorShare == 0 })
	slices.SortStableFunc(list, func(a, b Entry) int {
		switch {
		case a.ErrorShare > b.ErrorShare:
			return -1
		case a.ErrorShare < b.ErrorShare:
			return 1
		}
		return 0
	})
	return list[:min(len(list), mostHurts)]
}

// viewPictures gives the pictures texts for those who cannot see them.
func viewPictures(p *pictures) picturesView {
	v := picturesView{
		Exact: p.exact, Top: p.top, Heat: heatURL(),
		Before: viewPicture(p.before, "The image before"), After: viewPicture(p.after, "The image after"),
		Error: viewPicture(p.error, "Map of the error"),
	}
	for _, c := range p.crops {
		v.Crops = append(v.Crops, cropView{
			c.at.X, c.at.Y, c.rms, c.top, viewPicture(c.before, "A part before"),
			viewPicture(c.after, "The part after"), viewPicture(c.error, "Map of the part's error"),
		})
	}
	return v
}

const (
	smallSide = 240 // up to half of which pictures are enlarged, by a whole number
	thinSide  = 12  // to which pictures of a few rows or columns are stretched
)

// viewPicture says how large a picture is shown: pixel by pixel, but for those that are too
// small or too thin to be seen.
func viewPicture(p picture, alt string) pictureView {
	v := pictureView{URL: dataURL(p.png), Width: p.width, Height: p.height, Alt: alt}
	shorter, longer := min(p.width, p.height), max(p.width, p.height)
	switch {
	case longer <= smallSide/2:
		v.Pixelated = true
		v.Style = template.CSS(fmt.Sprintf("width:%dpx", p.width*(smallSide/longer)))
	case shorter < thinSide && p.width == shorter:
		v.Pixelated = true
		v.Style = template.CSS(fmt.Sprintf("width:%dpx;height:%dpx", thinSide, p.height))
	case shorter < thinSide:
		v.Pixelated = true
		v.Style = template.CSS(fmt.Sprintf("width:%dpx;height:%dpx", p.width, thinSide))
	}
	return v
}

// heatURL is the scale of an error map.
var heatURL = sync.OnceValue(func() template.URL {
	m := image.NewPaletted(image.Rect(0, 0, 256, 1), heat())
	for i := range m.Pix {
		m.Pix[i] = uint8(i)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return dataURL(b.Bytes())
})

func dataURL(png []byte) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png))
}
