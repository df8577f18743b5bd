package quantize

import (
	"context"
	"fmt"
	"image"
	"slices"
	"testing"

	"kompress/kmeans"
)

// eightMegapixels is a photograph as cameras write it, and as image.NRGBA.
func eightMegapixels(b *testing.B) map[string]image.Image {
	m := crop(load(b, "dandelions.jpg"), image.Rect(1000, 200, 1000+3456, 200+2304))
	return map[string]image.Image{"YCbCr": m, "NRGBA": toNRGBA(m)}
}

var benchKinds = []string{"NRGBA", "YCbCr"}

func reportPixels(b *testing.B, m image.Image) {
	pixels := m.Bounds().Dx() * m.Bounds().Dy()
	b.SetBytes(4 * int64(pixels))
	b.ReportMetric(float64(pixels)*float64(b.N)/b.Elapsed().Seconds(), "pixels/s")
}

func BenchmarkCount(b *testing.B) {
	images := eightMegapixels(b)
	for _, kind := range benchKinds {
		b.Run("kind="+kind, func(b *testing.B) {
			pixels, err := new(CPU).Open(images[kind])
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := pixels.Count(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
			reportPixels(b, images[kind])
		})
	}
}

func BenchmarkMap(b *testing.B) {
	images := eightMegapixels(b)
	for _, kind := range benchKinds {
		m := images[kind]
		s, err := NewSession(context.Background(), nil, m)
		if err != nil {
			b.Fatal(err)
		}
		for _, k := range []int{16, 64, 256} {
			b.Run(fmt.Sprintf("kind=%s/k=%d", kind, k), func(b *testing.B) {
				q, err := s.Cluster(context.Background(), Options{Colors: k, Effort: kmeans.Fast})
				if err != nil {
					b.Fatal(err)
				}
				index := make([]uint8, m.Bounds().Dx()*m.Bounds().Dy())
				for b.Loop() {
					if err := s.pixels.Map(context.Background(), index, q.table); err != nil {
						b.Fatal(err)
					}
				}
				reportPixels(b, m)
			})
		}
	}
}

// twentyFourMegapixels is three of those photographs, one below the other.
func twentyFourMegapixels(b *testing.B) image.Image {
	part := eightMegapixels(b)["NRGBA"].(*image.NRGBA)
	size := part.Rect.Size()
	return &image.NRGBA{
		Pix: slices.Repeat(part.Pix[:part.Stride*size.Y], 3), Stride: part.Stride,
		Rect: image.Rect(0, 0, size.X, 3*size.Y),
	}
}

// BenchmarkDither has the mixes made anew each time, as Session.Dither does.
func BenchmarkDither(b *testing.B) {
	m := twentyFourMegapixels(b)
	s, err := NewSession(context.Background(), nil, m)
	if err != nil {
		b.Fatal(err)
	}
	for _, space := range spaces {
		for _, k := range []int{16, 256} {
			q, err := s.Cluster(context.Background(), Options{Colors: k, Space: space, Effort: kmeans.Fast})
			if err != nil {
				b.Fatal(err)
			}
			for _, method := range []Dither{NoDither, FloydSteinberg, BlueNoise, Ordered} {
				b.Run(fmt.Sprintf("method=%v/space=%v/k=%d", method, space, k), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if _, err := s.Dither(context.Background(), q, DitherOptions{Method: method}); err != nil {
							b.Fatal(err)
						}
					}
					reportPixels(b, m)
				})
			}
		}
	}
}

// BenchmarkCluster is what a change of k costs once colours are counted.
func BenchmarkCluster(b *testing.B) {
	s, err := NewSession(context.Background(), nil, load(b, "kodim23.png"))
	if err != nil {
		b.Fatal(err)
	}
	for _, effort := range []string{"fast", "default"} {
		for _, k := range []int{16, 64, 256} {
			b.Run(fmt.Sprintf("effort=%s/k=%d", effort, k), func(b *testing.B) {
				for b.Loop() {
					if _, err := s.Cluster(context.Background(), Options{Colors: k, Effort: efforts[effort]}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkQuantize(b *testing.B) {
	m := load(b, "kodim23.png")
	for _, effort := range []string{"fast", "default", "best"} {
		for _, k := range []int{16, 64, 256} {
			b.Run(fmt.Sprintf("effort=%s/k=%d", effort, k), func(b *testing.B) {
				var mse float64
				for b.Loop() {
					_, q, err := Quantize(context.Background(), m, Options{Colors: k, Effort: efforts[effort]})
					if err != nil {
						b.Fatal(err)
					}
					mse = q.MSE
				}
				reportPixels(b, m)
				b.ReportMetric(mse, "MSE")
			})
		}
	}
}
