package quantize

import "fmt"

// MostPosterize is the largest value of Options.Posterize.
const MostPosterize = 4

func (o Options) checkPosterize() error {
	if o.Posterize < 0 || o.Posterize > MostPosterize {
		return fmt.Errorf("quantize: got %d bits to posterize, want 0 to %d", o.Posterize, MostPosterize)
	}
	return nil
}

// posterized has, for each number of bits to drop, the component nearest each that is
// left: those whose high bits are repeated in the low ones, as hardware with fewer bits
// widens them, and as pngquant does. Of two that are as near it is the lower one.
var posterized = func() (table [MostPosterize + 1][256]uint8) {
	for bits := range table {
		levels := 256 >> bits
		widen := func(level int) int { return level<<bits | level>>(8-2*bits) }
		for v, level := 0, 0; v < 256; v++ {
			for level+1 < levels && widen(level+1)-v < v-widen(level) {
				level++
			}
			table[bits][v] = uint8(widen(level))
		}
	}
	return table
}()

// posterize narrows the components by that many bits, alpha too.
func posterize(k Key, bits int) Key {
	if bits == 0 {
		return k
	}
	narrow := &posterized[bits]
	r, g, b, a := k.rgba()
	return MakeKey(narrow[r], narrow[g], narrow[b], narrow[a])
}
