package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"kompress/cmd/kompress/palettefile"
	"kompress/cmd/kompress/words"
	"kompress/quantize"
)

// print writes the palette to standard output.
func (o *paletteOutput) print(p *palettefile.Palette, found *foundPalette) error {
	switch {
	case o.json:
		return o.printJSON(found)
	case o.format != "":
		return palettefile.Encode(o.stdout, p, o.format)
	}
	_, err := fmt.Fprint(o.stdout, found.lines(isTerminal(o.stdout) && showsColors(os.Getenv)))
	return err
}

// lines has one for each colour: what it is and its share of the pixels.
func (f *foundPalette) lines(swatches bool) string {
	var b strings.Builder
	for _, s := range f.shares {
		if swatches && s.A > 0 {
			fmt.Fprintf(&b, "\x1b[48;2;%d;%d;%dm    \x1b[0m ", s.R, s.G, s.B)
		} else if swatches {
			b.WriteString("     ")
		}
		fmt.Fprintf(&b, "%s\t%6.2f %%\n", palettefile.Hex(s.NRGBA), 100*f.share(s))
	}
	return b.String()
}

func (f *foundPalette) share(s share) float64 { return float64(s.pixels) / float64(max(1, f.pixels)) }

// showsColors says whether a terminal wants, and knows, colours of 24 bits.
func showsColors(getenv func(string) string) bool {
	return getenv("NO_COLOR") == "" && slices.Contains([]string{"truecolor", "24bit"}, getenv("COLORTERM"))
}

// tell says what has been written.
func (o *paletteOutput) tell(f *foundPalette) error {
	if o.json {
		return o.printJSON(f)
	}
	if o.quiet {
		return nil
	}
	quality := "all their colors"
	if psnr := quantize.PSNR(f.mse); !math.IsInf(psnr, 0) {
		quality = fmt.Sprintf("PSNR %.2f dB", psnr)
	}
	_, err := fmt.Fprintf(o.stdout, "%s: %s of %s, %s\n", words.Printable(o.path), words.Count(len(f.shares), "color"), words.Count(int(f.images), "image"), quality)
	return err
}

// paletteJSON is part of the program's interface.
type paletteJSON struct {
	Images     []string    `json:"images"`      // and files of counts
	ImageCount uint64      `json:"image_count"` // with those that are in files of counts
	Output     string      `json:"output,omitempty"`
	Format     string      `json:"format,omitempty"`
	Pixels     uint64      `json:"pixels"`
	Distinct   int         `json:"distinct_colors"`
	MSE        float64     `json:"mse"`     // mean squared distance, summed over R, G, B
	PSNR       *float64    `json:"psnr_db"` // null if there is no error
	Colors     []colorJSON `json:"colors"`
}

type colorJSON struct {
	Color  string  `json:"color"` // #rrggbb or #rrggbbaa
	Pixels uint64  `json:"pixels"`
	Share  float64 `json:"share"` // 0 to 1
}

func (o *paletteOutput) printJSON(f *foundPalette) error {
	p := paletteJSON{Images: f.files, ImageCount: f.images, Output: o.path, Format: o.format, Pixels: f.pixels, Distinct: f.distinct, MSE: f.mse}
	if psnr := quantize.PSNR(f.mse); !math.IsInf(psnr, 0) {
		p.PSNR = &psnr
	}
	for _, s := range f.shares {
		p.Colors = append(p.Colors, colorJSON{palettefile.Hex(s.NRGBA), s.pixels, f.share(s)})
	}
	e := json.NewEncoder(o.stdout)
	e.SetEscapeHTML(false) // & is common in names
	return e.Encode(p)
}
