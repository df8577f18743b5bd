package quantize_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"

	"kompress/quantize"
)

// sky has 65,536 pixels of as many colours.
func sky() image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, 256, 256))
	for y := range 256 {
		for x := range 256 {
			m.SetNRGBA(x, y, color.NRGBA{uint8(x), uint8(y), 200, 255})
		}
	}
	return m
}

func Example() {
	paletted, q, err := quantize.Quantize(context.Background(), sky(), quantize.Options{Colors: 64})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(paletted.Bounds().Size(), "pixels in", len(paletted.Palette), "colors")
	fmt.Println("better than 30 dB:", quantize.PSNR(q.MSE) > 30)
	// Output:
	// (256,256) pixels in 64 colors
	// better than 30 dB: true
}

func ExampleQuantizer() {
	var file bytes.Buffer
	err := gif.Encode(&file, sky(), &gif.Options{
		NumColors: 32,
		Quantizer: quantize.Quantizer{},
		Drawer:    draw.FloydSteinberg,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := gif.Decode(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(m.(*image.Paletted).Palette), "colors")
	// Output:
	// 32 colors
}

// A session counts the colours of an image once.
func ExampleSession() {
	ctx := context.Background()
	s, err := quantize.NewSession(ctx, nil, sky())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Counts().Distinct(), "colours")
	for _, k := range []int{2, 8, 64} {
		q, err := s.Cluster(ctx, quantize.Options{Colors: k, Space: quantize.Oklab})
		if err != nil {
			fmt.Println(err)
			return
		}
		m, err := s.Map(ctx, q)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(m.Palette), "colors")
	}
	// Output:
	// 65536 colours
	// 2 colors
	// 8 colors
	// 64 colors
}
