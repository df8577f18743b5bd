//go:build !amd64 || purego

package kmeans

// SetVector has nothing to turn on or off.
func SetVector(bool) (restore func()) { return func() {} }
