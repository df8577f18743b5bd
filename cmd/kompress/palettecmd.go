package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"kompress/cmd/kompress/countsfile"
	"kompress/cmd/kompress/palettefile"
	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/kmeans"
	"kompress/quantize"

	"github.com/urfave/cli/v2"
)

func paletteCommand(stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name:      "palette",
		Usage:     "find the palette that suits one image or several",
		UsageText: "kompress palette [flags] IMAGE_OR_FOLDER_OR_COUNTS...",
		Description: "Finds the colors that represent the images best, all pixels of all images counted\n" +
			"together, and prints them with their shares of the pixels or writes them to a\n" +
			"file: .gpl (GIMP, Inkscape, Krita, Aseprite), .act (Photoshop), .pal (JASC), .hex,\n" +
			".json or .png. kompress compress --palette gives images in such colors. Files\n" +
			"that kompress count has written stand for the images that they are of; of those\n" +
			"in folders only images are taken.\n\n" +
			"Examples:\n" +
			"  kompress palette photo.jpg\n" +
			"  kompress palette -k 32 --lock '#ff0000,white' -o game.gpl sprites/*.png\n" +
			"  kompress palette -k 8 --format hex photo.jpg > photo.hex\n" +
			"  kompress palette -k 256 -o shared.gpl parts/*.counts more.png",
		Flags:        paletteFlags(),
		Action:       func(c *cli.Context) error { return findPalette(c, stdout, stderr) },
		OnUsageError: onUsageError,
	}
}

func paletteFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.IntFlag{Name: "colors", Aliases: []string{"k"}, Value: quantize.DefaultColors, Usage: "`N` colors at most, 1 to 256"},
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FILE` write the palette to this file; - is standard output"},
		&cli.StringFlag{Name: "format", DefaultText: "by the ending of --output; text for standard output", Usage: "`NAME` of the palette: " + alternatives(palettefile.Formats)},
		&cli.StringFlag{Name: "sort", Value: "luma", Usage: "`ORDER` of the colors: luma (dark to light), hue or count (frequent to rare)"},
		lockFlag(),
		&cli.BoolFlag{Name: "recursive", Aliases: []string{"r"}, Usage: "take the images in folders below, too"},
		&cli.BoolFlag{Name: "json", Usage: "print a JSON object about the palette instead of lines"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print nothing but errors and the palette that is asked for"},
		countingMemoryFlag(),
	}, sharedFlags("force", "effort", "space", "seed", "engine", "device", "max-pixels")...)
}

// A palettes is one run of the command.
type palettes struct {
	options quantize.Options
	sort    string
	output  paletteOutput
	counting
}

func findPalette(c *cli.Context, stdout, stderr io.Writer) error {
	files := c.Args().Slice()
	if len(files) == 0 {
		return usagef("palette: an image is missing (see kompress palette --help)")
	}
	if err := checkStandardInput(files); err != nil {
		return err
	}
	j := &palettes{sort: c.String("sort")}
	var err error
	if j.counting, err = newCounting("palette", c, stderr); err != nil {
		return err
	}
	if j.options, err = paletteOptions(c); err != nil {
		return err
	}
	folder := &outputs{file: c.String("output"), ready: map[string]bool{}}
	defer folder.close()
	if j.output, err = newPaletteOutput(c, stdout, folder); err != nil {
		return err
	}
	if err := j.startEngines(c); err != nil {
		return err
	}
	defer j.pool.engines.Close()
	search := &search{recursive: c.Bool("recursive"), fail: j.fail}
	images := search.inputs(files)
	if err := j.output.checkInputs(images); err != nil {
		return err
	}
	found, err := j.find(c.Context, images, search.failures)
	if err == nil {
		err = j.write(c.Context, found)
	}
	return interruptedOr(c.Context, err)
}

func paletteOptions(c *cli.Context) (o quantize.Options, err error) {
	o = quantize.Options{Colors: c.Int("colors"), Seed: c.Uint64("seed")}
	if orders := flagValues["palette sort"]; !slices.Contains(orders, c.String("sort")) {
		return o, usagef("--sort: got %q, want %s", c.String("sort"), alternatives(orders))
	}
	if err := errors.Join(checkColors(c),
		choose(c, "effort", &o.Effort, kmeans.Fast, kmeans.Default, kmeans.Best),
		choose(c, "space", &o.Space, quantize.SRGB, quantize.Oklab),
	); err != nil {
		return o, err
	}
	o.Locked, err = lockedColors(c, o.Colors)
	return o, err
}

// A foundPalette is what is told about a palette.
type foundPalette struct {
	files    []string
	images   uint64
	pixels   uint64
	distinct int
	mse      float64
	shares   []share
}

// find counts the images, keeps nothing of them but their colours, and clusters those.
func (j *palettes) find(ctx context.Context, files []input, failed int) (*foundPalette, error) {
	found := new(foundPalette)
	sum, err := j.sum(ctx, files, failed, func(f *countedFile) { found.files = append(found.files, f.path) })
	switch {
	case err != nil:
		return nil, err
	case sum.Distinct() == 0:
		return nil, errors.New("no palette: the counts are of no images")
	}
	last := newWay(j.progress, 1).begin(0, files[len(files)-1].path)
	defer j.progress.clear()
	q, err := j.cluster(ctx, sum.Counts, last)
	if err != nil {
		return nil, err
	}
	found.found(sum, q)
	sortShares(found.shares, j.sort)
	return found, nil
}

func (f *foundPalette) found(c *countsfile.File, q *quantize.Quantized) {
	f.images, f.pixels, f.distinct, f.mse, f.shares = c.Images, c.Pixels(), c.Distinct(), q.MSE, sharesOf(q)
}

// cluster finds the palette of all the counts.
func (j *palettes) cluster(ctx context.Context, c *quantize.Counts, course *course) (*quantize.Quantized, error) {
	e, err := j.pool.engines.forImage(ctx, 0)
	if err != nil {
		return nil, err
	}
	s, err := quantize.NewCountsSession(e, c)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	o := j.options
	o.Progress = course.share
	course.stage("cluster")
	return s.Cluster(ctx, o)
}

// write writes the palette to where it goes.
func (j *palettes) write(ctx context.Context, found *foundPalette) error {
	o := &j.output
	p := found.palette(o.path)
	if o.format != "" {
		var lost int
		if p, lost = p.Fit(o.format); lost > 0 {
			j.warn(fmt.Errorf(".%s has no alpha: %s made opaque or left out (.hex, .json and .png have it)", o.format, words.Count(lost, "translucent color")))
		}
	}
	if o.path == "" {
		return o.print(p, found)
	}
	_, err := imagefile.WriteFile(ctx, o.path, imagefile.WriteOptions{Force: o.force}, func(w io.Writer) error {
		return palettefile.Encode(w, p, o.format)
	})
	if err != nil {
		return err
	}
	return o.tell(found)
}

// palette is called what the file is that it goes to, or the image that it is of.
func (f *foundPalette) palette(path string) *palettefile.Palette {
	p := &palettefile.Palette{Name: "palette"}
	switch {
	case path != "":
		p.Name = words.Stem(path)
	case len(f.files) == 1:
		p.Name = words.Stem(f.files[0])
	}
	for _, s := range f.shares {
		p.Colors = append(p.Colors, palettefile.Color{NRGBA: s.NRGBA})
	}
	return p
}

// A paletteOutput says where the palette goes, and in which form.
type paletteOutput struct {
	path   string // "" means standard output
	format string // one of palettefile.Formats; "" means lines for people
	force  bool
	quiet  bool
	json   bool
	stdout io.Writer
}

// newPaletteOutput refuses, before the work is done, what could not be written after.
func newPaletteOutput(c *cli.Context, stdout io.Writer, folder *outputs) (o paletteOutput, err error) {
	o = paletteOutput{path: c.String("output"), force: c.Bool("force"), quiet: c.Bool("quiet"), json: c.Bool("json"), stdout: stdout}
	if format := c.String("format"); c.IsSet("format") {
		if !slices.Contains(palettefile.Formats, format) {
			return o, usagef("--format: got %q, want %s", format, alternatives(palettefile.Formats))
		}
		o.format = format
	}
	if o.path == "-" {
		o.path = ""
	} else if c.IsSet("output") {
		if err := o.checkFile(folder); err != nil {
			return o, err
		}
	}
	switch {
	case o.json && o.quiet:
		return o, usagef("--quiet does not go with --json")
	case o.json && o.format != "" && o.path == "":
		return o, usagef("--json and --format %s would both go to standard output (--output writes one to a file)", o.format)
	case o.path == "" && (o.format == "png" || o.format == "act") && isTerminal(stdout):
		return o, usagef("--format %s: a terminal cannot show it (--output writes it to a file)", o.format)
	}
	return o, nil
}

// checkInputs sees to it that no image is overwritten.
func (o *paletteOutput) checkInputs(images []input) error {
	for _, image := range images {
		if o.path != "" && imagefile.SameFile(image.path, o.path) {
			return fmt.Errorf("%s: it is one of the images, and those are not overwritten", words.Printable(o.path))
		}
	}
	return nil
}

// checkFile makes the folder, too, which is removed if nothing is written there.
func (o *paletteOutput) checkFile(folder *outputs) error {
	if o.path == "" {
		return usagef("--output: got an empty name, want a file")
	}
	if o.format == "" {
		if o.format = palettefile.FormatOf(o.path); o.format == "" {
			return usagef("--output: %s does not say what to write: want it to end in %s, or a --format", words.Printable(o.path), alternatives(endings(palettefile.Formats)))
		}
	}
	return folder.makePlace(o.path, o.force)
}

// endings are formats with a point before them.
func endings(formats []string) (all []string) {
	for _, format := range formats {
		all = append(all, "."+format)
	}
	return all
}
