//go:build !purego

package kmeans

// SetVector turns the vector code on, where the processor has it, or off.
func SetVector(on bool) (restore func()) {
	before := useAVX2
	useAVX2 = on && hasAVX2()
	return func() { useAVX2 = before }
}
