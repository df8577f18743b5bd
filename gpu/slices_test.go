//go:build linux && cgo

package gpu

import (
	"testing"

	kmeanstest "kompress/kmeans/enginetest"
	quantizetest "kompress/quantize/enginetest"
)

// Limits far below those of any device cut everything into pieces: points into
// slices of 8192.
func TestClusteringConformsInSlices(t *testing.T) {
	e := openForTest(t, Options{Debug: true, limits: Limits{BlockBytes: 1 << 16, Groups: [3]int{1 << 14, 1, 1}}})
	if err := kmeanstest.Check(e); err != nil {
		t.Error(err)
	}
}

// And pixels, which have to be sent twice, into bands of 2²², counters into parts of
// 2²², lists of colours into parts of 2¹⁸.
func TestPixelsConformInBands(t *testing.T) {
	skipWithRaceDetector(t)
	e := openForTest(t, Options{Debug: true, Memory: 1, limits: Limits{BlockBytes: 1 << 24, Groups: [3]int{1024, 1, 1}}})
	if err := quantizetest.Check(e); err != nil {
		t.Error(err)
	}
}

// Bands that stay on the device are sent once.
func TestBandsThatStay(t *testing.T) {
	e := openForTest(t, Options{Debug: true, limits: Limits{Groups: [3]int{2, 1, 1}}})
	checkPass(t, e, translucent(201, 190))
}
