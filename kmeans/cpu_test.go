package kmeans_test

import (
	"fmt"
	"testing"

	"kompress/kmeans"
	"kompress/kmeans/enginetest"
)

func TestCPU(t *testing.T) {
	for _, c := range []struct {
		vector  bool
		workers int
	}{{true, 1}, {true, 2}, {true, 3}, {true, 8}, {false, 1}, {false, 3}} {
		t.Run(fmt.Sprintf("vector=%v/workers=%d", c.vector, c.workers), func(t *testing.T) {
			if kmeans.RaceEnabled && c.workers == 1 {
				t.Skip("one thread races with nobody")
			}
			t.Cleanup(kmeans.SetVector(c.vector))
			enginetest.Run(t, func() kmeans.Engine { return &kmeans.CPU{Workers: c.workers} })
		})
	}
}
