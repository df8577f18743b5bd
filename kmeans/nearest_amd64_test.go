//go:build !purego

package kmeans

import "testing"

func TestNearestAVX2(t *testing.T) {
	if !hasAVX2() {
		t.Skip("the processor has no AVX2")
	}
	t.Cleanup(SetVector(true))
	testNearest(t)
}
