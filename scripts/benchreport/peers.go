//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"kompress/cmd/kompress/bench"
	"kompress/imagefile"
)

// A tool makes an indexed PNG of a PNG.
type tool struct {
	name    string
	version string
	args    func(source, target string, k int) []string // nil if it cannot make so few
}

// A row is what a tool needed and what came out.
type row struct {
	Tool   string
	Size   int // megapixels
	K      int
	Wall   float64 // seconds, median
	Least  float64
	Most   float64
	Rounds int
	Failed string  // why there is no result; "" if there is one
	CPU    float64 // seconds, median
	Memory float64 // MB, the most
	Bytes  int64
	MSE    float64
	Colors int
}

// tools returns those that are there. Kompress is the first.
func (j *job) tools(ctx context.Context) (found []tool) {
	script, _ := filepath.Abs("scripts/benchreport/minibatch.py")
	python, gpu := pythonWith(ctx, "sklearn"), j.hardware(ctx)
	for _, t := range []struct {
		name    string
		version []string
		args    func(source, target string, k int) []string
	}{
		{"kompress", []string{j.kompress, "--version"}, func(source, target string, k int) []string {
			return []string{j.kompress, "compress", "--engine", "cpu", "--force", "-k", strconv.Itoa(k), "-o", target, source}
		}},
		{"kompress, GPU", []string{j.kompress, "--version"}, func(source, target string, k int) []string {
			if !gpu {
				return nil
			}
			return []string{j.kompress, "compress", "--engine", "gpu", "--force", "-k", strconv.Itoa(k), "-o", target, source}
		}},
		{"pngquant -s3", []string{"pngquant", "--version"}, pngquantArgs(3)},
		{"pngquant -s11", []string{"pngquant", "--version"}, pngquantArgs(11)},
		{"libvips", []string{"vips", "--version"}, vipsArgs},
		{"ImageMagick", []string{"convert", "--version"}, func(source, target string, k int) []string {
			return []string{"convert", source, "+dither", "-colors", strconv.Itoa(k), "PNG8:" + target}
		}},
		{"scikit-learn", []string{python, script, "--version"}, func(source, target string, k int) []string {
			return []string{python, script, source, target, strconv.Itoa(k)}
		}},
	} {
		out, err := exec.CommandContext(ctx, t.version[0], t.version[1:]...).Output()
		if err != nil {
			fmt.Fprintf(os.Stderr, "==> LEFT OUT: %s: %v\n", t.name, err)
			continue
		}
		version, _, _ := strings.Cut(string(out), "\n")
		found = append(found, tool{t.name, strings.TrimSpace(strings.TrimPrefix(version, "Version: ")), t.args})
	}
	return found
}

func pngquantArgs(speed int) func(source, target string, k int) []string {
	return func(source, target string, k int) []string {
		return []string{"pngquant", "--nofs", "--speed", strconv.Itoa(speed), "--force", "-o", target, strconv.Itoa(k), source}
	}
}

func vipsArgs(source, target string, k int) []string {
	// It takes a number of bits, not of colours.
	bits := map[int]string{2: "1", 4: "2", 16: "4", 256: "8"}[k]
	if bits == "" {
		return nil
	}
	return []string{"vips", "pngsave", source, target, "--palette", "--bitdepth", bits, "--Q", "100", "--dither", "0"}
}

// pythonWith returns a python3 that has a module: the system's need not be the
// first in the path.
func pythonWith(ctx context.Context, module string) string {
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(ctx, python, "-c", "import "+module).Run() == nil {
			return python
		}
	}
	return "python3"
}

// quick returns the tools that are not expected to take too long, by the last size.
func (j *job) quick(tools []tool, r *report, size, k int) (quick []tool) {
	for _, t := range tools {
		expected := 0.0
		for i := range r.Rows {
			if x := &r.Rows[i]; x.Tool == t.name && x.K == k {
				expected = x.Wall * float64(size) / float64(x.Size)
			}
		}
		if expected <= j.longest {
			quick = append(quick, t)
		} else {
			fmt.Fprintf(os.Stderr, "==> LEFT OUT: %s at %d MP, k = %d, which would take some %.0f seconds\n", t.name, size, k, expected)
		}
	}
	return quick
}

// compare runs the tools in turns.
func (j *job) compare(ctx context.Context, tools []tool, file string, size, k int) (rows []row, err error) {
	type taken struct {
		wall, cpu []float64
		memory    float64
		spent     float64
		failed    string
	}
	all := make([]taken, len(tools))
	target := func(i int) string { return filepath.Join(j.folder, fmt.Sprintf("%d.png", i)) }
	for round := range j.rounds {
		for i := range tools {
			i = (i + round) % len(tools)
			t := tools[i]
			args := t.args(file, target(i), k)
			if args == nil || all[i].spent > j.seconds {
				continue
			}
			fmt.Fprintf(os.Stderr, "==> %d MP, k = %d, round %d: %s\n", size, k, round+1, t.name)
			wall, cpu, memory, err := process(ctx, args)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			x := &all[i]
			if err != nil { // the others are worth a report all the same
				fmt.Fprintf(os.Stderr, "==> %s: %v\n", t.name, err)
				x.failed, x.spent = err.Error(), j.seconds+1
				continue
			}
			x.wall, x.cpu, x.memory, x.spent = append(x.wall, wall), append(x.cpu, cpu), max(x.memory, memory), x.spent+wall
		}
	}
	for i, t := range tools {
		if all[i].failed != "" {
			rows = append(rows, row{Tool: t.name, Size: size, K: k, Failed: all[i].failed})
			continue
		}
		if len(all[i].wall) == 0 {
			continue
		}
		wall := bench.Summarize(all[i].wall)
		r := row{Tool: t.name, Size: size, K: k, Wall: wall.Median, Least: wall.Min, Most: wall.Max, Rounds: len(all[i].wall),
			CPU: bench.Summarize(all[i].cpu).Median, Memory: all[i].memory}
		if err := r.look(ctx, file, target(i)); err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		os.Remove(target(i))
		rows = append(rows, r)
	}
	return rows, nil
}

// process runs a program and returns its times, in seconds, and the most memory it
// had, in MB.
func process(ctx context.Context, args []string) (wall, cpu, memory float64, err error) {
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	begin := time.Now()
	if out, err := c.CombinedOutput(); err != nil {
		return 0, 0, 0, fmt.Errorf("%w: %s", err, out)
	}
	wall = time.Since(begin).Seconds()
	usage := c.ProcessState.SysUsage().(*syscall.Rusage)
	return wall, (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds(), float64(usage.Maxrss) * 1024 / 1e6, nil
}

// look measures what came out, in another process.
func (r *row) look(ctx context.Context, source, target string) error {
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	r.Bytes = info.Size()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	result := target + ".json"
	defer os.Remove(result)
	if out, err := exec.CommandContext(ctx, self, "measure", source, target, result).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	data, err := os.ReadFile(result)
	if err != nil {
		return err
	}
	var found measured
	if err := json.Unmarshal(data, &found); err != nil {
		return err
	}
	r.MSE, r.Colors = found.MSE, found.Colors
	return nil
}

// measured is what one process tells the other.
type measured struct {
	MSE    float64
	Colors int
}

// printErrors writes the error of an image against its source to a file.
func printErrors(ctx context.Context, source, target, output string) error {
	a, err := imagefile.Decode(ctx, source, imagefile.DecodeOptions{})
	if err != nil {
		return err
	}
	b, err := imagefile.Decode(ctx, target, imagefile.DecodeOptions{})
	if err != nil {
		return err
	}
	mse, colors, err := meanSquaredError(a.Image, b.Image)
	if err != nil {
		return err
	}
	data, err := json.Marshal(measured{mse, colors})
	if err != nil {
		return err
	}
	return os.WriteFile(output, data, 0o666)
}

// meanSquaredError returns the mean over the pixels of the squared distance, summed
// over red, green and blue in 8 bits, and the number of colours of b. Both images
// are opaque.
func meanSquaredError(a, b image.Image) (mse float64, colors int, err error) {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 0, 0, fmt.Errorf("got %v pixels of %v", b.Bounds().Size(), a.Bounds().Size())
	}
	seen := map[color.RGBA]bool{}
	size, p, q := a.Bounds().Size(), a.Bounds().Min, b.Bounds().Min
	for y := range size.Y {
		var sum int64
		for x := range size.X {
			c := color.RGBAModel.Convert(a.At(p.X+x, p.Y+y)).(color.RGBA)
			d := color.RGBAModel.Convert(b.At(q.X+x, q.Y+y)).(color.RGBA)
			dr, dg, db := int64(c.R)-int64(d.R), int64(c.G)-int64(d.G), int64(c.B)-int64(d.B)
			sum += dr*dr + dg*dg + db*db
			seen[d] = true
		}
		mse += float64(sum)
	}
	return mse / math.Max(1, float64(size.X*size.Y)), len(seen), nil
}
