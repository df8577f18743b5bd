package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"unsafe"

	"kompress/cmd/kompress/words"
	"kompress/gpu"
	"kompress/imagefile"
	"kompress/quantize"
	"kompress/viewer"

	"github.com/urfave/cli/v2"
)

// A window belongs to the thread that a program begins on, which only this can keep
// for it. Other commands are not tied to a thread.
func init() {
	if len(os.Args) > 1 && os.Args[1] == "view" {
		runtime.LockOSThread()
	}
}

func viewCommand(stdout io.Writer) *cli.Command {
	return &cli.Command{
		Name:      "view",
		Usage:     "show images in few colors, live",
		UsageText: "kompress view [flags] IMAGE_OR_FOLDER...",
		Description: "Opens a window that shows the images recompressed, and recompresses them while\n" +
			"you hold a key. Up and Down change the number of colors, Left and Right the\n" +
			"image, H lists all keys.\n\n" +
			"Examples:\n" +
			"  kompress view photo.jpg\n" +
			"  kompress view -k 8 --space oklab photos/",
		Flags:        viewFlags(),
		Action:       func(c *cli.Context) error { return view(c, stdout) },
		OnUsageError: onUsageError,
	}
}

func viewFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "colors", Aliases: []string{"k"}, Value: quantize.DefaultColors, Usage: "`N` palette entries at most to begin with, 1 to 256"},
		&cli.StringFlag{Name: "space", Aliases: []string{"s"}, Value: "srgb", Usage: "`NAME` where errors are measured: srgb or oklab"},
		&cli.Uint64Flag{Name: "seed", Usage: "`N` of the random numbers"},
		&cli.StringFlag{Name: "engine", Value: "auto", Usage: "`NAME` what does the work: auto, gpu or cpu; " + engineVariable + " in the environment is the default"},
		&cli.StringFlag{Name: "size", Value: "1280x800", Usage: "`WIDTHxHEIGHT` of the window"},
		&cli.Float64Flag{Name: "scale", DefaultText: "as the screen says", Usage: "`X` size of text and controls, 0.5 to 8"},
		&cli.BoolFlag{Name: "fullscreen", Usage: "fill the screen"},
		&cli.Int64Flag{Name: "max-pixels", Value: imagefile.DefaultMaxPixels, Usage: "`N` refuse larger images"},
		&cli.BoolFlag{Name: "json", Usage: "print what is shown as a JSON object a line, whenever it changes"},
		&cli.StringFlag{Name: "measure", Usage: "`SCRIPT` play a file of keys and print how long pictures took; standard is one that is built in"},
	}
}

func view(c *cli.Context, stdout io.Writer) error {
	if !c.Args().Present() {
		return usagef("view: an image or a folder is missing (see kompress view --help)")
	}
	o, err := viewOptions(c)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		if o.Script != nil {
			return usagef("--json and --measure do not go together")
		}
		o.State = stateLines{stdout}
	}
	err = viewer.Run(c.Context, o)
	switch {
	case errors.Is(err, viewer.ErrNoWindow):
		return fmt.Errorf("view: %w; kompress compress works without a window", err)
	case c.Context.Err() != nil && (err == nil || errors.Is(err, context.Canceled)):
		return errInterrupted
	case err != nil:
		return err
	}
	if o.Script != nil {
		fmt.Fprint(stdout, measured(&o.Script.Measured))
	}
	return nil
}

// stateLines are lines on standard output. When nobody reads them any more the window
// closes, as it could not know otherwise.
type stateLines struct{ stdout io.Writer }

func (s stateLines) Write(p []byte) (int, error) {
	n, err := s.stdout.Write(p)
	if out, keeps := s.stdout.(*output); keeps && out.err != nil {
		err = fmt.Errorf("standard output: %w", reason(out.err))
	}
	return n, err
}

func viewOptions(c *cli.Context) (o viewer.Options, err error) {
	o = viewer.Options{
		Paths:      c.Args().Slice(),
		Colors:     c.Int("colors"),
		Seed:       c.Uint64("seed"),
		Scale:      c.Float64("scale"),
		FullScreen: c.Bool("fullscreen"),
		Encode:     imagefile.EncodePNG,
		Save:       saveBeside,
	}
	if err := checkColors(c); err != nil {
		return o, err
	}
	if err := checkMaxPixels(c); err != nil {
		return o, err
	}
	maxPixels := c.Int64("max-pixels")
	o.Decode = func(ctx context.Context, path string, progress func(float64)) (*viewer.Image, error) {
		f, err := imagefile.Decode(ctx, path, imagefile.DecodeOptions{MaxPixels: maxPixels, Progress: progress})
		if err != nil {
			return nil, err
		}
		return &viewer.Image{Pixels: f.Image, Bytes: f.Bytes}, nil
	}
	if c.IsSet("scale") && !(o.Scale >= 0.5 && o.Scale <= 8) {
		return o, usagef("--scale: got %v, want 0.5 to 8", o.Scale)
	}
	if n, err := fmt.Sscanf(c.String("size")+"\n", "%dx%d\n", &o.Width, &o.Height); n != 2 || err != nil || o.Width < 100 || o.Height < 100 || o.Width > maxSize || o.Height > maxSize {
		return o, usagef("--size: got %q, want a width and a height from 100 to %d, such as 1280x800", c.String("size"), maxSize)
	}
	if o.Script, err = readScript(c); err != nil {
		return o, err
	}
	if err := chooseViewEngine(c, &o); err != nil {
		return o, err
	}
	return o, choose(c, "space", &o.Space, quantize.SRGB, quantize.Oklab)
}

// maxSize is that of a window, which has to fit a texture.
const maxSize = 1 << 14

// chooseViewEngine sets what the window begins with; E changes it.
func chooseViewEngine(c *cli.Context, o *viewer.Options) error {
	mode, _, err := engineMode(c)
	if err != nil {
		return err
	}
	o.Engine = map[string]viewer.Engine{"auto": viewer.Auto, "gpu": viewer.OnGPU, "cpu": viewer.CPU}[mode]
	o.Software = gpu.SoftwareRenderer
	if gpu.Built {
		o.OpenGPU = openWindowGPU
	}
	return nil
}

func readScript(c *cli.Context) (*viewer.Script, error) {
	name := c.String("measure")
	if !c.IsSet("measure") {
		return nil, nil
	}
	var text io.Reader = strings.NewReader(viewer.Standard)
	if name != "standard" {
		if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
			return nil, usagef("--measure: %s: %w", words.Printable(name), imagefile.ErrNotRegular)
		}
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("--measure: %s: %w", words.Printable(name), reason(err))
		}
		defer file.Close()
		text = file
	}
	s, err := viewer.ParseScript(text)
	if err != nil {
		return nil, fmt.Errorf("--measure: %s: %w", words.Printable(name), err)
	}
	return s, nil
}

// saveBeside saves as compress would.
func saveBeside(ctx context.Context, path string, colors int, overwrite bool, write func(io.Writer) error) (string, error) {
	output := naming{colorsTag(colors), "png"}.beside(path)
	if imagefile.SameFile(path, output) {
		return "", fmt.Errorf("%s: the output would overwrite it", words.Printable(path))
	}
	if info, err := os.Lstat(output); err == nil {
		if info.Mode()&os.ModeSymlink != 0 { // to what may be another image
			return "", fmt.Errorf("%s: it is a link, and those are not overwritten", words.Printable(output))
		}
		if !overwrite {
			return output, viewer.ErrExists
		}
	}
	_, err := imagefile.WriteFile(ctx, output, imagefile.WriteOptions{Force: overwrite}, write)
	if errors.Is(err, imagefile.ErrExists) {
		return output, viewer.ErrExists
	}
	return output, err
}

// A windowGPU is the GPU's engine in the terms of the viewer.
type windowGPU struct{ *gpu.Engine }

func openWindowGPU(getProcAddress func(name string) unsafe.Pointer) (viewer.GPU, error) {
	e, err := gpu.OpenCurrent(getProcAddress, gpu.Options{})
	if err != nil {
		return nil, err
	}
	return windowGPU{e}, nil
}

func (g windowGPU) Device() string { return g.Engine.Device().Renderer }

func (g windowGPU) Draw(p quantize.Pixels, t *quantize.Table) (*viewer.Drawing, error) {
	d, err := g.Engine.Draw(p, t)
	if errors.Is(err, gpu.ErrNotResident) || errors.Is(err, gpu.ErrOutOfMemory) { // this image is too large; others are not
		return nil, fmt.Errorf("%w: %w", viewer.ErrNotResident, err)
	}
	if err != nil {
		return nil, err
	}
	return &viewer.Drawing{
		Premultiplied: d.Premultiplied, Bands: d.Bands, BandPixels: d.BandPixels,
		Dense: d.Dense, Slots: d.Slots, Values: d.Values,
		HashMask: d.HashMask, Salt: d.Salt, HashFrom: d.HashFrom,
		Handle: d,
	}, nil
}

func (g windowGPU) Retire(d *viewer.Drawing) { g.Engine.Retire(d.Handle.(*gpu.Drawing)) }
