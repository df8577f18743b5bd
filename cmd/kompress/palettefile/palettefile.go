// Package palettefile reads and writes files of colours: the palettes of paint programs,
// and those of images.
package palettefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/quantize"
)

// A Palette is a list of 1 to quantize.MaxColors colours.
type Palette struct {
	Name   string // "" if it has none; only .gpl keeps it
	Colors []Color
}

// A Color is an entry of a palette.
type Color struct {
	color.NRGBA
	Name string // "" if it has none; only .gpl keeps it
}

// Formats has the endings of the files that Encode writes, without the dot.
var Formats = []string{"gpl", "act", "pal", "hex", "json", "png"}

// maxBytes bounds what is read of a file that is no image. 256 colours with long names
// take a twentieth.
const maxBytes = 1 << 20

// ErrUnknown is of a file that is neither a palette nor an image.
var ErrUnknown = errors.New("neither a palette (.gpl, .act, .pal, .hex or .json) nor an image that can be read")

// FormatOf returns the format that a file's name asks for, or "".
func FormatOf(path string) string {
	if ending := ending(path); slices.Contains(Formats, ending) {
		return ending
	}
	return ""
}

func ending(path string) string {
	return strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
}

// Read reads the palette in a file, no two colours alike. Of an indexed PNG it is the
// palette, of other images the colours in the order in which they appear, row by row.
// What is in the file decides what it is taken for, and its name where that leaves doubt.
// The error names the file.
func Read(ctx context.Context, path string, o imagefile.DecodeOptions) (*Palette, error) {
	// The first colours of a table can be what an image begins with.
	if ending(path) != "act" {
		p, err := readImage(ctx, path, o)
		if !errors.Is(err, imagefile.ErrFormat) {
			return p, err
		}
	}
	data, err := readSmall(path)
	if err == nil {
		var p *Palette
		if p, err = Decode(data, ending(path)); err == nil {
			return p.unique(), nil
		}
	}
	return nil, fmt.Errorf("%s: %w", words.Printable(path), err)
}

// readSmall reads a file of up to maxBytes. It looks before it opens, because opening a
// FIFO waits for a writer.
func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, reason(err)
	case !info.Mode().IsRegular():
		return nil, imagefile.ErrNotRegular
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err != nil {
		return nil, reason(err)
	}
	return data, nil
}

// reason leaves out the name that package os puts before it.
func reason(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Decode reads a palette that is no image. The ending, such as gpl, decides where the
// data leave doubt. Errors in text give the line. Colours that are fully transparent
// become those of the zero value.
func Decode(data []byte, ending string) (*Palette, error) {
	switch {
	case len(data) == 0:
		return nil, imagefile.ErrEmpty
	case len(data) > maxBytes:
		if looksBinary(data) {
			return nil, ErrUnknown
		}
		return nil, fmt.Errorf("too large for a palette: want %s at most", words.Bytes(maxBytes))
	}
	p, err := decoder(data, ending)(data)
	if err != nil {
		return nil, err
	}
	for i := range p.Colors {
		if p.Colors[i].A == 0 {
			p.Colors[i].NRGBA = color.NRGBA{}
		}
	}
	return p, p.check()
}

// decoder returns what reads such data.
func decoder(data []byte, ending string) func([]byte) (*Palette, error) {
	text := bytes.TrimPrefix(data, []byte(byteOrderMark))
	first := bytes.TrimLeft(text, " \t\r\n")
	switch {
	case bytes.HasPrefix(data, []byte("RIFF")) && len(data) >= 12 && string(data[8:12]) == "PAL ":
		return decodeRIFF
	case ending == "act" || looksLikeACT(data):
		return decodeACT
	case bytes.HasPrefix(text, []byte(gplMagic)) || ending == "gpl":
		return decodeGPL
	case bytes.HasPrefix(text, []byte(jascMagic)) || ending == "pal":
		return decodeJASC
	case len(first) > 0 && (first[0] == '[' || first[0] == '{') || ending == "json":
		return decodeJSON
	case ending == "hex" || looksLikeHex(first):
		return decodeHex
	}
	return func([]byte) (*Palette, error) { return nil, ErrUnknown }
}

func (p *Palette) check() error {
	if n := len(p.Colors); n < 1 || n > quantize.MaxColors {
		return fmt.Errorf("got %s, want 1 to %d", words.Count(n, "color"), quantize.MaxColors)
	}
	return nil
}

// unique leaves out colours that are there already.
func (p *Palette) unique() *Palette {
	seen := map[color.NRGBA]bool{}
	p.Colors = slices.DeleteFunc(p.Colors, func(c Color) bool {
		again := seen[c.NRGBA]
		seen[c.NRGBA] = true
		return again
	})
	return p
}

// encoders write a palette that check and Fit have found nothing wrong with.
var encoders = map[string]func(io.Writer, *Palette) error{
	"gpl":  encodeGPL,
	"act":  encodeACT,
	"pal":  encodeJASC,
	"hex":  encodeHex,
	"json": encodeJSON,
	"png":  encodePNG,
}

// Encode writes a palette in one of Formats. Alpha that the format cannot say is an
// error: Fit takes it away.
func Encode(w io.Writer, p *Palette, format string) error {
	encode := encoders[format]
	if encode == nil {
		return fmt.Errorf("palettefile: got format %q, want one of %s", format, strings.Join(Formats, ", "))
	}
	if err := p.check(); err != nil {
		return err
	}
	if _, lost := p.Fit(format); lost > 0 {
		return fmt.Errorf("%s that .%s has no alpha for", words.Count(lost, "translucent color"), format)
	}
	return encode(w, p)
}

// Fit returns the palette as a format can say it, and how many colours are not as they
// were: without alpha, translucent colours become opaque, and the transparent one is
// left out. An .act can have one transparent colour.
func (p *Palette) Fit(format string) (fitted *Palette, lost int) {
	if format == "hex" || format == "json" || format == "png" {
		return p, 0
	}
	fitted = &Palette{Name: p.Name}
	clear := 0
	for _, c := range p.Colors {
		switch {
		case c.A == 255:
		case c.A > 0:
			c.A = 255
			lost++
		case format == "act" && clear == 0:
			clear++
		default:
			lost++
			continue
		}
		fitted.Colors = append(fitted.Colors, c)
	}
	if lost == 0 {
		return p, 0
	}
	return fitted.unique(), lost
}

// Palette returns the colours for package image.
func (p *Palette) Palette() color.Palette {
	list := make(color.Palette, len(p.Colors))
	for i, c := range p.Colors {
		list[i] = c.NRGBA
	}
	return list
}
