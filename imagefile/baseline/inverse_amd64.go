//go:build !purego

package baseline

import "golang.org/x/sys/cpu"

// useAVX2 says that the processor has AVX2. Tests compare with the plain Go twin.
var useAVX2 = cpu.X86.HasAVX2

// inverse writes the samples of a block as inverseGo does.
func inverse(to []uint8, stride int, b *block, dc int32, by *factors) {
	if !useAVX2 {
		inverseGo(to, stride, b, dc, by)
		return
	}
	_ = to[7*stride+7]
	inverseAVX2(&to[0], stride, b, dc, by, &constants)
}

//go:noescape
func inverseAVX2(to *uint8, stride int, b *block, dc int32, by *factors, constants *[17][8]int32)

// constants are those of inverseAVX2, each for all lanes of a register.
var constants = [17][8]int32{
	lanes(cos6x18), lanes(-sin6x18 - cos6x18), lanes(cos6x18 - sin6x18),
	lanes(cos6x12), lanes(-sin6x12 - cos6x12), lanes(cos6x12 - sin6x12),
	lanes(cos3x12), lanes(-sin3x12 - cos3x12), lanes(cos3x12 - sin3x12),
	lanes(cos1x12), lanes(-sin1x12 - cos1x12), lanes(cos1x12 - sin1x12),
	lanes(sqrt2invx8),
	lanes(sqrt2invx14),
	lanes(1 << 19),
	{0, 4, 1, 5, 2, 6, 3, 7}, // the order of fours of samples
	lanes(-0x7f7f7f80),       // 128 four times
}

func lanes(v int32) (all [8]int32) {
	for i := range all {
		all[i] = v
	}
	return all
}
