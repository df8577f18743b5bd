package main

import (
	"errors"
	"slices"
	"strings"

	"kompress/cmd/kompress/palettefile"
	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/kmeans"
	"kompress/quantize"

	"github.com/urfave/cli/v2"
)

// flagValues are the words that flags take.
var flagValues = map[string][]string{
	"effort":    {"fast", "default", "best"},
	"space":     {"srgb", "oklab"},
	"algorithm": {"minibatch", "lloyd"},
	"init":      {"wu", "kmeans++"},
	"engine":    {"auto", "gpu", "cpu"},

	"format":      {"png", "gif", "webp"},
	"compression": {"fast", "default", "best"},
	"icc":         {"convert", "keep"},
	"dither":      {"none", "floyd-steinberg", "blue-noise", "ordered"},
	"importance":  {"none", "hue"}, // or a file

	"palette sort":   {"luma", "hue", "count"},
	"palette format": palettefile.Formats,

	"bench engine": {"cpu", "gpu", "cpu,gpu"},
	"bench format": {"text", "markdown", "csv", "json", "gobench"},
}

func compressFlags() []cli.Flag {
	targets := targetFlags()
	return []cli.Flag{
		&cli.IntFlag{Name: "colors", Aliases: []string{"k"}, Value: quantize.DefaultColors, Usage: "`N` palette entries at most, 1 to 256; with a target 256 unless given"},
		targets[0], targets[1], targets[2], paletteFlag(), lockFlag(),
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`PATH` write to this file or, with several images, into this folder; - is standard output"},
		&cli.BoolFlag{Name: "force", Aliases: []string{"f"}, Usage: "overwrite existing files, but never an input"},
		&cli.BoolFlag{Name: "update", Aliases: []string{"u"}, Usage: "pass over images whose output is newer than they are; overwrite older ones"},
		&cli.BoolFlag{Name: "skip-if-larger", Usage: "write nothing that would not be smaller than its input; the exit status is then 98"},
		&cli.BoolFlag{Name: "recursive", Aliases: []string{"r"}, Usage: "take the images in folders below, too; --output gets the same folders"},
		shardFlag(),
		&cli.IntFlag{Name: "jobs", Aliases: []string{"j"}, DefaultText: "one for each processor", Usage: "`N` images at a time at most"},
		&cli.StringFlag{Name: "format", Usage: "`NAME` of the output: png, gif or webp; without it, what the ending of --output says, else png"},
		&cli.StringFlag{Name: "compression", Value: "default", Usage: "`LEVEL` how hard to look for a smaller file with the same pixels: fast, default or best"},
		&cli.StringFlag{Name: "dither", Value: "none", Usage: "`NAME` how to hint at colors between those of the palette: none, floyd-steinberg, blue-noise or ordered"},
		&cli.Float64Flag{Name: "dither-strength", Value: 1, Usage: "`X` 0 (none) to 1"},
		&cli.StringFlag{Name: "importance", Value: "none", Usage: "`WHAT` which pixels matter more when colors are chosen: none, hue (those of rare hues, such as a thin red line on a gray photo) or the FILE of a mask, white where they do"},
		&cli.IntFlag{Name: "posterize", Usage: "`N` lowest bits of the palette's components to do without, 0 to 4"},
		&cli.StringFlag{Name: "icc", Value: "convert", Usage: "`WAY` with an embedded color profile: convert to sRGB, or keep it and the numbers"},
		&cli.BoolFlag{Name: "keep-metadata", Usage: "carry EXIF, XMP and text over; resolution always is, but in GIF"},
		&cli.StringFlag{Name: "effort", Aliases: []string{"e"}, Value: "default", Usage: "`LEVEL` how hard to look for a lower error: fast, default or best"},
		&cli.StringFlag{Name: "space", Aliases: []string{"s"}, Value: "srgb", Usage: "`NAME` where errors are measured: srgb (highest PSNR) or oklab (perceptual)"},
		&cli.StringFlag{Name: "algorithm", Aliases: []string{"a"}, Value: "minibatch", Usage: "`NAME` minibatch (steps on samples, then full passes) or lloyd (full passes only)"},
		&cli.StringFlag{Name: "init", Value: "wu", Usage: "`NAME` how the first colors are chosen: wu or kmeans++"},
		&cli.IntFlag{Name: "batch-size", Value: kmeans.DefaultBatchSize, Usage: "`N` samples in a mini-batch step"},
		&cli.IntFlag{Name: "max-passes", DefaultText: "by effort", Usage: "`N` full passes at most"},
		&cli.Float64Flag{Name: "tolerance", Value: kmeans.DefaultTolerance, Usage: "`X` full passes end when one lowers the error by less than this share"},
		&cli.Uint64Flag{Name: "seed", Usage: "`N` of the random numbers; the same seed gives the same file"},
		&cli.StringFlag{Name: "engine", Value: "auto", Usage: "`NAME` what does the work: auto, gpu or cpu; " + engineVariable + " in the environment is the default"},
		&cli.IntFlag{Name: "device", DefaultText: "the first GPU or, if there is none, the first that works", Usage: "`N` which GPU: its number in kompress devices"},
		&cli.Int64Flag{Name: "max-pixels", Value: imagefile.DefaultMaxPixels, Usage: "`N` refuse larger images"},
		memoryFlag("of the images that are held in memory at a time, all together; a larger one is read twice, by bands of rows"),
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "add the time of each stage and what was found"},
		&cli.BoolFlag{Name: "json", Usage: "print a JSON object for each file instead of a line"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print nothing but errors"},
	}
}

// sharedFlags returns those of compress that other commands have, too.
func sharedFlags(names ...string) (flags []cli.Flag) {
	all := compressFlags()
	for _, name := range names {
		i := slices.IndexFunc(all, func(f cli.Flag) bool { return f.Names()[0] == name })
		flags = append(flags, all[i])
	}
	return flags
}

// quantizeOptions checks the flags here, to be able to name them.
func quantizeOptions(c *cli.Context) (o quantize.Options, err error) {
	if err := checkColors(c); err != nil {
		return o, err
	}
	if n := c.Int("batch-size"); n < 1 || n > kmeans.MaxBatchSize {
		return o, usagef("--batch-size: got %d, want 1 to %d", n, kmeans.MaxBatchSize)
	}
	if n := c.Int("max-passes"); n < 0 || n == 0 && c.IsSet("max-passes") {
		return o, usagef("--max-passes: got %d, want at least 1", n)
	}
	if t := c.Float64("tolerance"); !(t > 0 && t < 1) {
		return o, usagef("--tolerance: got %v, want more than 0 and less than 1", t)
	}
	if n := c.Int("posterize"); n < 0 || n > 4 {
		return o, usagef("--posterize: got %d, want 0 to 4", n)
	}
	o = quantize.Options{
		Colors:    c.Int("colors"),
		BatchSize: c.Int("batch-size"),
		MaxPasses: c.Int("max-passes"),
		Tolerance: c.Float64("tolerance"),
		Seed:      c.Uint64("seed"),
		Posterize: c.Int("posterize"),
	}
	err = errors.Join(
		choose(c, "algorithm", &o.Algorithm, kmeans.MiniBatch, kmeans.Lloyd),
		choose(c, "effort", &o.Effort, kmeans.Fast, kmeans.Default, kmeans.Best),
		choose(c, "init", &o.Init, kmeans.Wu, kmeans.PlusPlus),
		choose(c, "space", &o.Space, quantize.SRGB, quantize.Oklab),
	)
	return o, err
}

func ditherOptions(c *cli.Context) (o quantize.DitherOptions, err error) {
	err = choose(c, "dither", &o.Method, quantize.NoDither, quantize.FloydSteinberg, quantize.BlueNoise, quantize.Ordered)
	if err != nil {
		return o, err
	}
	o.Strength = c.Float64("dither-strength")
	if !(o.Strength >= 0 && o.Strength <= 1) {
		return o, usagef("--dither-strength: got %v, want 0 to 1", o.Strength)
	}
	if c.IsSet("dither-strength") && o.Method == quantize.NoDither {
		return o, usagef("--dither-strength goes with a --dither that is not none")
	}
	if o.Strength == 0 {
		o.Method = quantize.NoDither
	}
	return o, nil
}

// outputFormat returns that of --format or, without one, the one that the ending of
// --output says. They have to agree.
func outputFormat(c *cli.Context) (string, error) {
	format := "png"
	if c.IsSet("format") {
		if err := choose(c, "format", &format, flagValues["format"]...); err != nil {
			return "", err
		}
	}
	ending := strings.TrimPrefix(imageEnding(c.String("output")), ".")
	if !slices.Contains(flagValues["format"], ending) || isFolderName(c.String("output")) {
		return format, nil
	}
	if c.IsSet("format") && format != ending {
		return "", usagef("--output: %s ends in .%s, but --format is %s", words.Printable(c.String("output")), ending, format)
	}
	return ending, nil
}

func checkColors(c *cli.Context) error {
	if k := c.Int("colors"); k < 1 || k > quantize.MaxColors {
		return usagef("--colors: got %d, want 1 to %d", k, quantize.MaxColors)
	}
	return nil
}

func checkMaxPixels(c *cli.Context) error {
	if n := c.Int64("max-pixels"); n < 1 {
		return usagef("--max-pixels: got %d, want at least 1", n)
	}
	return nil
}

// choose sets the value that goes with the word a flag was given.
func choose[T any](c *cli.Context, flag string, value *T, values ...T) error {
	i := slices.Index(flagValues[flag], c.String(flag))
	if i < 0 {
		return usagef("--%s: got %q, want %s", flag, c.String(flag), alternatives(flagValues[flag]))
	}
	*value = values[i]
	return nil
}

func alternatives(names []string) string {
	list := names[0]
	for i, name := range names[1:] {
		if i == len(names)-2 {
			list += " or " + name
		} else {
			list += ", " + name
		}
	}
	return list
}
