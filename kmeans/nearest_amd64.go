//go:build !purego

package kmeans

// useAVX2 says that the processor has AVX2 and the system saves its registers.
// Tests clear it to compare with the plain Go twin.
var useAVX2 = hasAVX2()

func hasAVX2() bool {
	const (
		osxsave, avx = 1 << 27, 1 << 28 // leaf 1, ECX
		avx2         = 1 << 5           // leaf 7, EBX
		xmmAndYMM    = 6                // XCR0
	)
	if last, _, _, _ := cpuid(0, 0); last < 7 {
		return false
	}
	_, _, c, _ := cpuid(1, 0)
	if c&osxsave == 0 || c&avx == 0 || xgetbv()&xmmAndYMM != xmmAndYMM {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0
}

// findNearest writes the id of the target nearest each point to index; with
// equal distances, the first one's. There is at least one target, and ids rise.
func findNearest(index []uint8, points []Point, targets []target) {
	n := 0
	if useAVX2 && len(points) >= 16 {
		n = len(points) &^ 15
		nearestAVX2(&index[:n][0], &points[0], n, &targets[0], len(targets))
	}
	nearest(index[n:], points[n:], targets)
}

// nearestAVX2 is nearest for a number of points that is a multiple of 16.
//
//go:noescape
func nearestAVX2(index *uint8, points *Point, n int, targets *target, k int)

func cpuid(leaf, subleaf uint32) (a, b, c, d uint32)

func xgetbv() uint32
