package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kompress/gpu"
	"kompress/kmeans"
	"kompress/quantize"
)

// requireGPU skips a test where there is no OpenGL, or fails it where there has to
// be some.
func requireGPU(t testing.TB) {
	t.Helper()
	if _, err := gpu.Devices(); err == nil {
		return
	} else if os.Getenv("KOMPRESS_REQUIRE_GPU") == "1" {
		t.Fatal(err)
	} else {
		t.Skipf("KOMPRESS_REQUIRE_GPU is not 1: %v", err)
	}
}

// requireBuilt skips a test of what a program without the GPU engine lacks.
func requireBuilt(t testing.TB) {
	t.Helper()
	if !gpu.Built {
		requireGPU(t)
	}
}

func TestEnginesGiveTheSameFile(t *testing.T) {
	requireGPU(t)
	t.Chdir(t.TempDir())
	name := photo(t, ".")
	for _, flags := range []string{"-k 16", "-k 256 -s oklab -e fast"} {
		var files [2][]uint8
		for i, engine := range []string{"cpu", "gpu"} {
			s := mustKompress(t, append(strings.Fields(flags), "-f", "--engine", engine, name)...)
			if s.Engine != engine || (s.Device != "") != (engine == "gpu") {
				t.Errorf("got engine %q and device %q, want %s", s.Engine, s.Device, engine)
			}
			files[i] = readFile(t, s.Output)
		}
		if !slices.Equal(files[0], files[1]) {
			t.Errorf("%s: the engines' files differ", flags)
		}
	}
}

func TestEngineVariable(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(3))
	t.Setenv(engineVariable, "cpu")
	if r := kompress(t, "compress", "-v", "x.png"); strings.Contains(r.stdout, "auto:") || r.code != exitDone {
		t.Errorf("got status %d and %q, want the CPU without auto", r.code, r.stdout)
	}
	if r := kompress(t, "compress", "-f", "-v", "--engine", "auto", "x.png"); !strings.Contains(r.stdout, "auto:") {
		t.Errorf("got %q, want the flag to go before the variable", r.stdout)
	}
	t.Setenv(engineVariable, "x")
	checkFails(t, kompress(t, "compress", "-f", "x.png"), exitUsage, engineVariable, `got "x"`, "auto, gpu or cpu")
}

func TestDeviceFlag(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(3))
	checkFails(t, kompress(t, "compress", "--device", "0", "x.png"), exitUsage, "--device: got 0", "kompress devices")
	checkFails(t, kompress(t, "compress", "--device", "1", "--engine", "cpu", "x.png"), exitUsage, "--device goes with")
	requireGPU(t)
	checkFails(t, kompress(t, "compress", "--device", "99", "--engine", "gpu", "x.png"), exitUsage, "--device: got 99", "1 to", "kompress devices")
	checkFiles(t, ".", "x.png")
}

// A pretended GPU is the CPU's engine, until a call fails.
type pretended struct {
	*quantize.CPU
	device gpu.Device
	fail   func(call string) error
	closed int
}

func (p *pretended) Device() gpu.Device { return p.device }

func (p *pretended) Close() error {
	p.closed++
	return p.CPU.Close()
}

func (p *pretended) Load(points []kmeans.Point, weights []uint32) error {
	return errors.Join(p.CPU.Load(points, weights), p.fail("Load"))
}

func (p *pretended) MiniBatch(m *kmeans.Model, steps int) error {
	if err := p.fail("MiniBatch"); err != nil {
		return err
	}
	return p.CPU.MiniBatch(m, steps)
}

func (p *pretended) Lloyd(sums []kmeans.Sum, centroids []kmeans.Point, passes int) error {
	if err := p.fail("Lloyd"); err != nil {
		sums[0].Count = 12345 // an engine may leave anything there
		return err
	}
	return p.CPU.Lloyd(sums, centroids, passes)
}

func (p *pretended) Assign(index []uint8, centroids []kmeans.Point) error {
	if err := p.fail("Assign"); err != nil {
		index[0] = 99
		return err
	}
	return p.CPU.Assign(index, centroids)
}

func (p *pretended) Open(m image.Image) (quantize.Pixels, error) {
	if err := p.fail("Open"); err != nil {
		return nil, err
	}
	pixels, err := p.CPU.Open(m)
	return pretendedPixels{pixels, p}, err
}

type pretendedPixels struct {
	quantize.Pixels
	gpu *pretended
}

func (p pretendedPixels) Count(ctx context.Context) (*quantize.Counts, error) {
	if err := p.gpu.fail("Count"); err != nil {
		return nil, err
	}
	return p.Pixels.Count(ctx)
}

func (p pretendedPixels) Map(ctx context.Context, index []uint8, t *quantize.Table) error {
	if err := p.gpu.fail("Map"); err != nil {
		index[0] = 99
		return err
	}
	return p.Pixels.Map(ctx, index, t)
}

var hardware = gpu.Device{Number: 2, Renderer: "Pretended 9000"}

// pretend returns engines whose GPU is pretended and pays from 100 pixels on.
func pretend(mode string, device gpu.Device, fail func(call string) error) (*engines, *pretended, *[]error) {
	p := &pretended{CPU: new(quantize.CPU), device: device, fail: fail}
	warnings := new([]error)
	return &engines{
		mode: mode,
		open: func(gpu.Options) (gpuEngine, error) { return p, nil },
		least: func(started bool) int {
			if started {
				return 40
			}
			return 100
		},
		warn: func(err error) { *warnings = append(*warnings, err) },
	}, p, warnings
}

func never(string) error { return nil }

func TestAutoChooses(t *testing.T) {
	requireBuilt(t)
	software := gpu.Device{Number: 1, Renderer: "llvmpipe", Software: true}
	for _, test := range []struct {
		name   string
		device gpu.Device
		open   error
		pixels int
		want   string
		why    string
	}{
		{"a large image", hardware, nil, 100, "gpu", "device 2, Pretended 9000; auto"},
		{"small images, few of them", hardware, nil, 40, "cpu", "megapixels so far, and a GPU pays from 0.0001 megapixels in all"},
		{"very small images", hardware, nil, 39, "cpu", "auto: too small for a GPU"},
		{"a software renderer", software, nil, 100, "cpu", "auto: device 1 is a software renderer, llvmpipe"},
		{"no OpenGL", hardware, fmt.Errorf("%w: no libEGL", gpu.ErrUnavailable), 100, "cpu", "no libEGL"},
	} {
		e, p, _ := pretend("auto", test.device, never)
		if test.open != nil {
			e.open = func(gpu.Options) (gpuEngine, error) { return nil, test.open }
		}
		for range 1 + 60/test.pixels {
			got, err := e.forImage(t.Context(), test.pixels)
			if err != nil || got.name != test.want || !strings.Contains(got.why, test.why) {
				t.Errorf("%s: got %+v and error %v, want %s and %q", test.name, got, err, test.want, test.why)
			}
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if opened := test.open == nil && test.pixels >= 100; opened != (p.closed == 1) {
			t.Errorf("%s: the GPU was closed %d times", test.name, p.closed)
		}
	}
}

// Auto leaves software renderers alone, where who asks for a GPU may have one.
func TestAutoWantsHardware(t *testing.T) {
	requireBuilt(t)
	for mode, want := range map[string]bool{"auto": true, "gpu": false} {
		e, _, _ := pretend(mode, hardware, never)
		open := e.open
		e.open = func(o gpu.Options) (gpuEngine, error) {
			if o.Hardware != want {
				t.Errorf("%s: got hardware only %v, want %v", mode, o.Hardware, want)
			}
			return open(o)
		}
		if err := e.startGPU(t.Context(), ""); err != nil {
			t.Error(err)
		}
	}
}

// Many images together are worth a GPU, but for those that are too small.
func TestAutoChangesItsMind(t *testing.T) {
	requireBuilt(t)
	e, _, _ := pretend("auto", hardware, never)
	for i, test := range []struct {
		pixels int
		want   string
	}{{50, "cpu"}, {39, "cpu"}, {39, "cpu"}, {50, "gpu"}, {39, "cpu"}, {40, "gpu"}} {
		if got, err := e.forImage(t.Context(), test.pixels); err != nil || got.name != test.want {
			t.Errorf("image %d of %d pixels: got %+v and error %v, want %s", i, test.pixels, got, err, test.want)
		}
	}
}

// A driver that never answers does not keep the program from being interrupted.
func TestHangingDriver(t *testing.T) {
	requireBuilt(t)
	ctx, cancel := context.WithCancel(t.Context())
	e, _, _ := pretend("auto", hardware, never)
	hangs := make(chan struct{})
	defer close(hangs)
	e.open = func(gpu.Options) (gpuEngine, error) {
		cancel()
		<-hangs
		return nil, errors.New("too late")
	}
	if _, err := e.forImage(ctx, 100); !errors.Is(err, errInterrupted) {
		t.Errorf("got error %v, want %v", err, errInterrupted)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// A shader that does not compile is no reason to hide it.
func TestAutoHandsOtherErrorsOn(t *testing.T) {
	requireBuilt(t)
	wrong := errors.New("wrong")
	e, _, _ := pretend("auto", hardware, never)
	e.open = func(gpu.Options) (gpuEngine, error) { return nil, wrong }
	if _, err := e.forImage(t.Context(), 100); !errors.Is(err, wrong) {
		t.Errorf("got error %v, want %v", err, wrong)
	}
}

// quantized runs two sessions on one engine, as for two files.
func quantized(t *testing.T, e quantize.Engine) (all []*image.Paletted, err error) {
	t.Helper()
	for seed := range uint64(2) {
		s, err := quantize.NewSession(t.Context(), e, colorful(40+int(seed)))
		if err != nil {
			return nil, err
		}
		q, err := s.Cluster(t.Context(), quantize.Options{Colors: 9})
		if err != nil {
			return nil, err
		}
		m, err := s.Map(t.Context(), q)
		if err != nil {
			return nil, err
		}
		if err := s.Close(); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// Wherever a GPU is lost, the CPU finishes, and nothing shows in the result.
func TestFailover(t *testing.T) {
	requireBuilt(t)
	want, err := quantized(t, new(quantize.CPU))
	if err != nil {
		t.Fatal(err)
	}
	for _, why := range []error{gpu.ErrLost, gpu.ErrOutOfMemory} {
		for _, call := range []string{"Open", "Count", "Load", "MiniBatch", "Lloyd", "Assign", "Map"} {
			for skip := range 3 {
				left, failed := skip, false
				e, p, warnings := pretend("auto", hardware, func(c string) error {
					if c != call {
						return nil
					}
					if left--; left >= 0 {
						return nil
					}
					failed = true
					return fmt.Errorf("%s: %w", c, why)
				})
				chosen, err := e.forImage(t.Context(), 100)
				if err != nil || chosen.name != "gpu" {
					t.Fatalf("got %+v and error %v, want the GPU", chosen, err)
				}
				got, err := quantized(t, chosen)
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%s %d, %v: got another result, or error %v", call, skip, why, err)
				}
				if !failed {
					continue
				}
				if len(*warnings) != 1 || !errors.Is((*warnings)[0], why) || p.closed != 1 {
					t.Errorf("%s %d, %v: got warnings %v and %d closes, want one of each", call, skip, why, *warnings, p.closed)
				}
				if chosen.name != "cpu" || !strings.Contains(chosen.why, "the GPU failed") {
					t.Errorf("%s %d: got %+v, want the CPU and why", call, skip, chosen)
				}
			}
		}
	}
}

// What is closed stays so, on whatever engine it was opened.
func TestFailoverCloses(t *testing.T) {
	lost := false
	e, _, _ := pretend("auto", hardware, func(string) error {
		if lost {
			return gpu.ErrLost
		}
		return nil
	})
	chosen, err := e.forImage(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	p, err := chosen.Open(colorful(9))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Close(), p.Close()); err != nil {
		t.Error(err)
	}
	for range 2 {
		if _, err := p.Count(t.Context()); !errors.Is(err, kmeans.ErrClosed) {
			t.Errorf("got error %v, want %v", err, kmeans.ErrClosed)
		}
		lost = true
	}
}

func TestFailoverHandsOtherErrorsOn(t *testing.T) {
	requireBuilt(t)
	wrong := errors.New("wrong")
	e, _, warnings := pretend("auto", hardware, func(c string) error {
		if c == "Lloyd" {
			return wrong
		}
		return nil
	})
	chosen, err := e.forImage(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := quantized(t, chosen); !errors.Is(err, wrong) || len(*warnings) != 0 {
		t.Errorf("got error %v and warnings %v, want %v and none", err, *warnings, wrong)
	}
}

// What is asked for by name is not replaced.
func TestNamedGPUHasNoFailover(t *testing.T) {
	e, _, warnings := pretend("gpu", hardware, func(string) error { return gpu.ErrLost })
	if err := e.startGPU(t.Context(), "as asked for"); err != nil {
		t.Fatal(err)
	}
	chosen, err := e.forImage(t.Context(), 1)
	if err != nil || chosen.name != "gpu" {
		t.Fatalf("got %+v and error %v, want the GPU", chosen, err)
	}
	if _, err := quantized(t, chosen); !errors.Is(err, gpu.ErrLost) || len(*warnings) != 0 {
		t.Errorf("got error %v and warnings %v, want %v and none", err, *warnings, gpu.ErrLost)
	}
}
