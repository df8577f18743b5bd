package main

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	"kompress/cmd/kompress/palettefile"
	"kompress/imagefile"
	"kompress/quantize"

	"github.com/urfave/cli/v2"
)

func lockFlag() cli.Flag {
	return &cli.StringFlag{Name: "lock", Usage: "`COLORS` that the palette has exactly, as '#ff0000,#0ae,tomato'; the rest is chosen around them"}
}

func paletteFlag() cli.Flag {
	return &cli.StringFlag{Name: "palette", Usage: "`FILE` of the colors to take: .gpl, .act, .pal, .hex, .json or an image that has no others"}
}

// readPalette reads the flags that say which colors, or how many, a palette is to have.
func (j *compression) readPalette(c *cli.Context) (err error) {
	if j.targets, err = readTargets(c); err != nil {
		return err
	}
	if j.targets.any() && !c.IsSet("colors") {
		j.options.Colors = quantize.MaxColors
	}
	if j.options.Locked, err = lockedColors(c, j.options.Colors); err != nil || !c.IsSet("palette") {
		return err
	}
	for _, flag := range []string{"colors", "lock", "posterize", "quality", "target-psnr", "max-bytes", "importance"} {
		if c.IsSet(flag) {
			return usagef("--palette does not go with --%s: the colors are those of the file", flag)
		}
	}
	switch c.String("palette") {
	case "":
		return usagef("--palette: got an empty name, want a file")
	case "-":
		return usagef("--palette: standard input is for images, want a file (one of that name is ./-)")
	}
	j.fixed, err = palettefile.Read(c.Context, c.String("palette"), imagefile.DecodeOptions{MaxPixels: c.Int64("max-pixels")})
	if err != nil {
		return fmt.Errorf("--palette: %w", err)
	}
	j.options.Colors = len(j.fixed.Colors)
	return nil
}

// lockedColors reads --lock: colours with commas between them.
func lockedColors(c *cli.Context, most int) (colors []color.NRGBA, err error) {
	if !c.IsSet("lock") {
		return nil, nil
	}
	for text := range strings.SplitSeq(c.String("lock"), ",") {
		locked, err := palettefile.ParseColor(strings.TrimSpace(text))
		if err != nil {
			return nil, usagef("--lock: %w", err)
		}
		if !slices.Contains(colors, locked) {
			colors = append(colors, locked)
		}
	}
	if len(colors) > most {
		return nil, usagef("--lock: got %d colors, want at most the %d of --colors", len(colors), most)
	}
	return colors, nil
}
