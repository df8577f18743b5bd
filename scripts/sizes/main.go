// Command sizes prints, as the table of docs/size.md, what images take in each format
// and compression of kompress, and what pngquant makes of them before and after optipng
// and zopflipng:
//
//	go run ./scripts/sizes -keep peers/ images/*.png
package main

import (
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"kompress/imagefile"
	"kompress/quantize"
)

func main() {
	keep := flag.String("keep", "", "a folder for the peers' files, which are used again; without, no peers")
	colors := flag.String("k", "16,64,256", "numbers of colors")
	flag.Parse()
	if err := run(context.Background(), *keep, strings.Split(*colors, ","), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "sizes:", err)
		os.Exit(1)
	}
}

// A result is what one way of making files comes to for all images.
type result struct {
	bytes int64
	mse   float64 // the sum of the images'
}

// A table has the results by name and number of colors.
type table map[string]map[int]result

func (t table) add(name string, k int, bytes int64, mse float64) {
	if t[name] == nil {
		t[name] = map[int]result{}
	}
	r := t[name][k]
	t[name][k] = result{r.bytes + bytes, r.mse + mse}
}

func run(ctx context.Context, keep string, colors, files []string) error {
	t, least := table{}, "smaller of the two"
	var ks []int
	for _, c := range colors {
		k, err := strconv.Atoi(c)
		if err != nil {
			return err
		}
		ks = append(ks, k)
		for _, file := range files {
			m, err := open(file)
			if err != nil {
				return err
			}
			if err := t.ours(ctx, m, k); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			if keep == "" {
				continue
			}
			if err := t.peers(ctx, m, file, keep, least, k); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	t.print(ks, least, len(files))
	return nil
}

func open(file string) (image.Image, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}

// ways are the formats and compressions in the order of the table.
var ways = []struct {
	name    string
	options imagefile.EncodeOptions
}{
	{"PNG, fast", imagefile.EncodeOptions{Compression: imagefile.FastCompression}},
	{"PNG", imagefile.EncodeOptions{}},
	{"PNG, best", imagefile.EncodeOptions{Compression: imagefile.BestCompression}},
	{"GIF", imagefile.EncodeOptions{Format: "gif"}},
	{"WebP, fast", imagefile.EncodeOptions{Format: "webp", Compression: imagefile.FastCompression}},
	{"WebP", imagefile.EncodeOptions{Format: "webp"}},
	{"WebP, best", imagefile.EncodeOptions{Format: "webp", Compression: imagefile.BestCompression}},
}

func (t table) ours(ctx context.Context, m image.Image, k int) error {
	paletted, q, err := quantize.Quantize(ctx, m, quantize.Options{Colors: k})
	if err != nil {
		return err
	}
	for _, w := range ways {
		var n counter
		if err := imagefile.Encode(ctx, &n, paletted, w.options); err != nil {
			return err
		}
		t.add("kompress, "+w.name, k, int64(n), q.MSE)
	}
	return nil
}

// A counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

var peerNames = []string{"pngquant --nofs -s3", "… and optipng -o5", "… and zopflipng"}

func (t table) peers(ctx context.Context, m image.Image, file, keep, least string, k int) error {
	var made [3]string
	for i, folder := range []string{"pngquant", "optipng", "zopflipng"} {
		dir := filepath.Join(keep, folder, strconv.Itoa(k))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		made[i] = filepath.Join(dir, filepath.Base(file))
	}
	commands := [][]string{
		{"pngquant", "--nofs", "-s3", "-o", made[0], strconv.Itoa(k), file},
		{"optipng", "-quiet", "-o5", "-out", made[1], made[0]},
		{"zopflipng", "-y", made[0], made[2]},
	}
	var lengths [3]int64
	var mse float64
	for i, command := range commands {
		if _, err := os.Stat(made[i]); err != nil {
			if err := exec.CommandContext(ctx, command[0], command[1:]...).Run(); err != nil {
				return fmt.Errorf("%s: %w", command[0], err)
			}
		}
		info, err := os.Stat(made[i])
		if err != nil {
			return err
		}
		if i == 0 {
			p, err := open(made[i])
			if err != nil {
				return err
			}
			mse = difference(m, p)
		}
		lengths[i] = info.Size()
		t.add(peerNames[i], k, lengths[i], mse)
	}
	t.add(least, k, min(lengths[1], lengths[2]), mse)
	return nil
}

// difference returns the mean over the pixels of the squared distance in RGB.
func difference(a, b image.Image) float64 {
	r := a.Bounds()
	var sum float64
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p, q := color.NRGBAModel.Convert(a.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(b.At(x, y)).(color.NRGBA)
			for _, d := range [3]int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B)} {
				sum += float64(d * d)
			}
		}
	}
	return sum / float64(r.Dx()*r.Dy())
}

func (t table) print(ks []int, least string, images int) {
	fmt.Print("| kB, MSE |")
	for _, k := range ks {
		fmt.Printf(" k=%d | |", k)
	}
	fmt.Print(" total | |\n|---|" + strings.Repeat("--:|--:|", len(ks)+1) + "\n")
	names := append(append([]string{}, peerNames...), least)
	for _, w := range ways {
		names = append(names, "kompress, "+w.name)
	}
	for _, name := range names {
		if t[name] == nil {
			continue
		}
		fmt.Printf("| %s |", name)
		for _, k := range ks {
			r := t[name][k]
			fmt.Printf(" %.1f | %.1f |", float64(r.bytes)/1e3, r.mse/float64(images))
		}
		total := t.total(name)
		fmt.Printf(" %.1f | %s |\n", float64(total)/1e3, percent(total, t.total(least)))
	}
}

// percent says by how much n differs from what it is compared with, if there is any.
func percent(n, other int64) string {
	if other == 0 {
		return ""
	}
	return fmt.Sprintf("%+.1f %%", 100*(float64(n)/float64(other)-1))
}

func (t table) total(name string) (sum int64) {
	for _, r := range t[name] {
		sum += r.bytes
	}
	return sum
}
