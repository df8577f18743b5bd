//go:build linux

package main

import (
	"image"
	"image/color"
	"strings"
	"testing"
	"time"

	"kompress/cmd/kompress/bench"
)

func someReport() *report {
	return &report{
		job:   &job{sizes: []int{6, 24}, colors: []int{16, 256}},
		Bench: &bench.Report{Started: time.Unix(0, 0), Machine: bench.Machine{Processor: "some processor", Cores: 4}, Engines: []bench.Device{{Engine: "cpu"}}},
		Text:  "- command: x\n\n## one\n\ntext\n\n## two\n",
		Peers: map[string]string{"libvips": "8", "pngquant -s3": "2"},
		Rows: []row{
			{Tool: "kompress", Size: 24, K: 256, Wall: 1, Least: 0.9, Most: 1.2, CPU: 2, Memory: 100, Bytes: 2e6, MSE: 5, Colors: 256, Rounds: 3},
			{Tool: "pngquant -s3", Size: 24, K: 256, Wall: 4, CPU: 4, Memory: 50, Bytes: 1e6, MSE: 6, Colors: 256, Rounds: 3},
			{Tool: "ImageMagick", Size: 24, K: 256, Wall: 9, CPU: 9, Memory: 900, Bytes: 9e6, MSE: 9, Colors: 256, Rounds: 1},
			{Tool: "scikit-learn", Size: 24, K: 256, Wall: 30, CPU: 40, Memory: 900, Bytes: 9e6, MSE: 9, Colors: 256, Rounds: 1},
			{Tool: "sharp", Size: 24, K: 256, Failed: "killed"},
			{Tool: "libvips", Size: 24, K: 256, Wall: 0.5, CPU: 1, Memory: 200, Bytes: 3e6, MSE: 4, Colors: 300, Rounds: 3},
		},
	}
}

func TestRender(t *testing.T) {
	text, err := someReport().render()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"on 1970-01-01", "some processor, 4 cores", "- libvips: 8\n", "### 24 megapixels",
		"| 256 | **kompress** | 1.00 s | 0.90 … 1.20 (3) | 2.00 s | 100 MB | 2.00 MB | 5.00 | 256 |\n",
		"| 256 | sharp | failed | | | | | | |\n", "### one", "### two", "There was no GPU",
		"- memory: pngquant -s3 at 24 MP, k = 256 (50 % less)\n", "- file size: pngquant -s3", "- error: nobody\n", "- time: nobody\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("there is no %q in:\n%s", want, text)
		}
	}
}

func TestQuick(t *testing.T) {
	j := &job{longest: 60}
	r := &report{Rows: []row{{Tool: "slow", Size: 6, K: 16, Wall: 5}, {Tool: "slow", Size: 24, K: 16, Wall: 21}, {Tool: "slow", Size: 24, K: 4, Wall: 2}, {Tool: "fast", Size: 24, K: 16, Wall: 1}}}
	tools := []tool{{name: "slow"}, {name: "fast"}, {name: "new"}}
	for k, want := range map[int]int{16: 2, 4: 3} {
		if got := j.quick(tools, r, 96, k); len(got) != want {
			t.Errorf("k = %d: got %d tools, want %d", k, len(got), want)
		}
	}
}

func TestQuote(t *testing.T) {
	got, err := someReport().quoteIn("before\n" + quoteBegin + "old\n" + quoteEnd + "after\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"before\n" + quoteBegin, "24 megapixels to 256 colours", "| kompress | pngquant -s3 | libvips | ImageMagick | scikit-learn |\n|---|---|---|---|---|\n| 1.00 s | 4.00 s | 0.50 s | 9.00 s | 30.00 s |\n" + quoteEnd + "after\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "old") {
		t.Error("the old quotation is still there")
	}
	lacks := someReport()
	lacks.Rows = lacks.Rows[:2]
	if _, err := lacks.quoteIn(quoteBegin + quoteEnd); err == nil {
		t.Error("quoted numbers that are not there")
	}
	if _, err := someReport().quoteIn("nothing"); err == nil {
		t.Error("quoted in a file that has no place for it")
	}
}

func TestMeanSquaredError(t *testing.T) {
	a := image.NewRGBA(image.Rect(0, 0, 2, 1))
	b := image.NewPaletted(image.Rect(3, 4, 5, 5), color.Palette{color.RGBA{3, 4, 0, 255}, color.RGBA{0, 0, 1, 255}})
	b.Pix[1] = 1
	if mse, colors, err := meanSquaredError(a, b); err != nil || mse != 13 || colors != 2 {
		t.Errorf("got %v, %d, %v, want 13 and 2 colors", mse, colors, err)
	}
	if _, _, err := meanSquaredError(a, image.NewRGBA(image.Rect(0, 0, 1, 1))); err == nil {
		t.Error("compared images of different sizes")
	}
}
