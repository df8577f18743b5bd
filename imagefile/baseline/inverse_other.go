//go:build !amd64 || purego

package baseline

// inverse writes the samples of a block as inverseGo does.
func inverse(to []uint8, stride int, b *block, dc int32, by *factors) {
	inverseGo(to, stride, b, dc, by)
}
