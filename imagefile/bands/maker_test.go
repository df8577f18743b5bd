package bands

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"sync/atomic"
	"testing"
	"time"
)

// stripes makes an image whose rows have their number, in bands of one row, two, three
// and one again, and so on.
func stripes(height, jobs, workers int) *Maker {
	tops := []int{0}
	for i := 0; tops[i] < height; i++ {
		tops = append(tops, min(tops[i]+i%3+1, height))
	}
	return &Maker{
		Size:  image.Pt(2*jobs, height),
		New:   func(r image.Rectangle) image.Image { return image.NewGray16(r) },
		Count: len(tops) - 1, Rows: 3, Jobs: jobs, Workers: workers,
		Band: func(i int) (top, bottom int) { return tops[i], tops[i+1] },
		Paint: func(worker, job int, b Raster) error {
			for y := b.Rect.Min.Y; y < b.Rect.Max.Y; y++ {
				for x := 2 * job; x < 2*job+2; x++ {
					copy(b.At(x, y, 1), []uint8{uint8(y >> 8), uint8(y)})
				}
			}
			return nil
		},
	}
}

func TestBandsFollowEachOther(t *testing.T) {
	for _, height := range []int{1, 2, 3, 4, 500} {
		for _, jobs := range []int{1, 5} {
			for _, workers := range []int{1, 2, 7} {
				for _, keep := range []bool{false, true} {
					checkStripes(t, stripes(height, jobs, workers), keep)
				}
			}
		}
	}
}

func checkStripes(t *testing.T, m *Maker, keep bool) {
	t.Helper()
	name := fmt.Sprintf("%d rows, %d jobs on %d workers, keep %v", m.Size.Y, m.Jobs, m.Workers, keep)
	y := 0
	check := func(band image.Image) error {
		b := band.Bounds()
		if b.Min != image.Pt(0, y) || b.Max.X != m.Size.X || b.Dy() > 3 {
			t.Fatalf("%s: got %v after row %d", name, b, y)
		}
		for ; y < b.Max.Y; y++ {
			for x := range b.Max.X {
				if got := band.At(x, y); got != (color.Gray16{uint16(y)}) {
					t.Fatalf("%s: got %v at %d, %d", name, got, x, y)
				}
			}
		}
		return nil
	}
	whole, err := m.Each(keep, check)
	if err != nil || y != m.Size.Y || (whole != nil) != keep {
		t.Fatalf("%s: got error %v after row %d, image %v", name, err, y, whole != nil)
	}
	if keep {
		for y := range m.Size.Y {
			if got := whole.At(0, y); got != (color.Gray16{uint16(y)}) {
				t.Fatalf("%s: got %v in row %d of the whole", name, got, y)
			}
		}
	}
}

// No more is made than there is room for.
func TestBandsWait(t *testing.T) {
	m := stripes(300, 2, 5)
	var painted atomic.Int32
	paint := m.Paint
	m.Paint = func(worker, job int, b Raster) error {
		painted.Add(1)
		return paint(worker, job, b)
	}
	taken := int32(0)
	_, err := m.Each(false, func(image.Image) error {
		if got := painted.Load(); got > (taken+maxWait)*2 {
			t.Errorf("%d jobs were begun when %d bands were taken", got, taken)
		}
		taken++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Large bands are held one at a time.
func TestLargeBandsAreFew(t *testing.T) {
	m := &Maker{Size: image.Pt(1<<20, 1000), Rows: 20, Count: 50, New: func(r image.Rectangle) image.Image { return image.NewGray(r) }}
	for rows, want := range map[int]int{1: 4, 10: 3, 16: 2, 17: 1, 100: 1} {
		m.Rows = rows
		if got := m.slots(false); got != want {
			t.Errorf("%d MB: got %d at a time, want %d", rows, got, want)
		}
	}
}

func TestFirstErrorCounts(t *testing.T) {
	for range 20 {
		m := stripes(100, 3, 4)
		m.Paint = func(_, job int, b Raster) error {
			if b.Rect.Max.Y > 50 {
				return fmt.Errorf("job %d of %d", job, b.Rect.Min.Y)
			}
			return nil
		}
		bottom := 0
		_, err := m.Each(false, func(band image.Image) error {
			bottom = band.Bounds().Max.Y
			return nil
		})
		if want := fmt.Sprintf("job 0 of %d", bottom); err == nil || err.Error() != want {
			t.Fatalf("got %v, want %q", err, want)
		}
	}
	enough := errors.New("enough")
	if _, err := stripes(100, 3, 4).Each(false, func(image.Image) error { return enough }); err != enough {
		t.Errorf("got %v, want %v", err, enough)
	}
}

func TestPanicsWhereItIsAwaited(t *testing.T) {
	paint := stripes(100, 3, 4)
	paint.Paint = func(_, _ int, b Raster) error {
		if b.Rect.Max.Y > 50 {
			panic("paint")
		}
		return nil
	}
	for want, call := range map[string]func(){
		"paint": func() { paint.Each(false, func(image.Image) error { return nil }) },
		"do":    func() { stripes(100, 3, 4).Each(true, func(image.Image) error { panic("do") }) },
	} {
		func() {
			defer func() {
				if p := recover(); p != want {
					t.Errorf("got panic %v, want %q", p, want)
				}
			}()
			call()
		}()
	}
}

// Nothing runs on after a panic of do.
func TestNothingRunsOn(t *testing.T) {
	m := stripes(100, 3, 4)
	begun := make(chan struct{})
	var ended atomic.Bool
	m.Workers = 1
	m.Paint = func(_, job int, b Raster) error {
		if b.Rect.Min.Y > 0 && job == 0 && !ended.Load() {
			close(begun)
			time.Sleep(20 * time.Millisecond)
			ended.Store(true)
		}
		return nil
	}
	func() {
		defer func() { recover() }()
		m.Each(false, func(image.Image) error {
			<-begun
			panic("do")
		})
	}()
	if !ended.Load() {
		t.Error("a job runs on")
	}
}
