package quantize_test

import (
	"fmt"
	"testing"

	"kompress/kmeans"
	"kompress/quantize"
	"kompress/quantize/enginetest"
)

func TestCPUEngine(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8} {
		t.Run(fmt.Sprintf("workers=%d", workers), func(t *testing.T) {
			if quantize.RaceEnabled && workers != 3 {
				t.Skip("takes too long with the race detector")
			}
			e := &quantize.CPU{CPU: kmeans.CPU{Workers: workers}}
			if err := enginetest.Check(e); err != nil {
				t.Error(err)
			}
		})
	}
}
