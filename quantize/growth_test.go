package quantize_test

import (
	"context"
	"fmt"
	"image"
	_ "image/jpeg"
	"os"
	"testing"
	"time"

	"kompress/quantize"
)

// BenchmarkGrowth takes the stages' times on one photograph at 6, 24 and 96
// megapixels: count and map grow with the pixels, cluster does not.
func BenchmarkGrowth(b *testing.B) {
	photo := openPhoto(b)
	for _, height := range []int{2000, 4000, 8000} {
		m := resample(photo, height*3/2, height)
		b.Run(fmt.Sprintf("mp=%d/k=256", height*height*3/2/1_000_000), func(b *testing.B) {
			var count, cluster, mapping time.Duration
			for b.Loop() {
				start := time.Now()
				s, err := quantize.NewSession(context.Background(), nil, m)
				if err != nil {
					b.Fatal(err)
				}
				counted := time.Now()
				q, err := s.Cluster(context.Background(), quantize.Options{Colors: 256})
				if err != nil {
					b.Fatal(err)
				}
				clustered := time.Now()
				if _, err := s.Map(context.Background(), q); err != nil {
					b.Fatal(err)
				}
				count += counted.Sub(start)
				cluster += clustered.Sub(counted)
				mapping += time.Since(clustered)
				b.ReportMetric(float64(s.Counts().Distinct()), "colors")
			}
			for name, d := range map[string]time.Duration{"count-ms": count, "cluster-ms": cluster, "map-ms": mapping} {
				b.ReportMetric(float64(d.Microseconds())/1000/float64(b.N), name)
			}
		})
	}
}

func openPhoto(tb testing.TB) image.Image {
	f, err := os.Open("../testdata/dandelions.jpg")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	m, _, err := image.Decode(f)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// resample takes the nearest pixel, so that no colours come up that the
// photograph does not have.
func resample(m image.Image, width, height int) *image.RGBA {
	size := m.Bounds().Size()
	d := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			d.Set(x, y, m.At(x*size.X/width, y*size.Y/height))
		}
	}
	return d
}
