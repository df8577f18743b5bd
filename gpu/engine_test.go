//go:build linux && cgo

package gpu

import (
	"errors"
	"os"
	"testing"

	"kompress/kmeans"
	kmeanstest "kompress/kmeans/enginetest"
	quantizetest "kompress/quantize/enginetest"
)

// openForTest opens an engine that is closed when the test ends. Without OpenGL the
// test fails where KOMPRESS_REQUIRE_GPU=1, and is skipped elsewhere.
func openForTest(t testing.TB, o Options) *Engine {
	t.Helper()
	e, err := Open(o)
	switch {
	case err == nil:
		t.Cleanup(func() { e.Close() })
	case errors.Is(err, ErrUnavailable) && os.Getenv("KOMPRESS_REQUIRE_GPU") != "1":
		t.Skipf("KOMPRESS_REQUIRE_GPU is not 1: %v", err)
	default:
		t.Fatal(err)
	}
	return e
}

func TestClusteringConforms(t *testing.T) {
	openForTest(t, Options{})
	kmeanstest.Run(t, func() kmeans.Engine { return openForTest(t, Options{Debug: true}) })
}

func TestPixelsConform(t *testing.T) {
	skipWithRaceDetector(t)
	if err := quantizetest.Check(openForTest(t, Options{Debug: true})); err != nil {
		t.Error(err)
	}
}

// Drivers without GL_ARB_buffer_storage have buffers mapped each time.
func TestConformsMappingEachTime(t *testing.T) {
	skipWithRaceDetector(t)
	e := openForTest(t, Options{Debug: true, mapEachTime: true})
	if err := kmeanstest.Check(e); err != nil {
		t.Error(err)
	}
	checkPass(t, e, translucent(1100, 1000))
	func() {
		defer func() { _ = recover() }()
		pass(t, e, panickingImage{translucent(20, 20)})
	}()
	checkPass(t, e, translucent(20, 20))
}

// skipWithRaceDetector skips what takes long and has no concurrency of its own.
func skipWithRaceDetector(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("takes too long with the race detector")
	}
}
