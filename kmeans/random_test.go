package kmeans

import "testing"

// TestHash4 fixes the generator: a shader has to give the same numbers. The
// values were computed from the listing in the paper, in another language.
func TestHash4(t *testing.T) {
	for _, c := range []struct{ in, want [4]uint32 }{
		{[4]uint32{0, 0, 0, 0}, [4]uint32{0x0f02f829, 0x2d568769, 0x32b0c43b, 0xd32548ea}},
		{[4]uint32{1, 2, 3, 4}, [4]uint32{0x3622cd16, 0xf11471d8, 0xe1109b3f, 0x02b94c2f}},
		{[4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, [4]uint32{0x974ed892, 0xc015dc67, 0x9f955760, 0xa1bba208}},
		{[4]uint32{0x89abcdef, 0x01234567, 1000, 4095}, [4]uint32{0xd6cc3253, 0xcd5fd6f8, 0x74a885ce, 0x30df385f}},
	} {
		x, y, z, w := hash4(c.in[0], c.in[1], c.in[2], c.in[3])
		if got := [4]uint32{x, y, z, w}; got != c.want {
			t.Errorf("hash4(%#x): got %#x, want %#x", c.in, got, c.want)
		}
	}
}

func TestRandom(t *testing.T) {
	const seed, step, i = 0x0123456789abcdef, 1000, 4095
	if got, want := random(seed, step, i), uint64(0xd6cc3253cd5fd6f8); got != want {
		t.Errorf("random: got %#x, want %#x", got, want)
	}
	seen := map[uint64]bool{}
	for _, seed := range []uint64{0, 1, 1 << 32, 1 << 63} {
		for step := range uint32(30) {
			for i := range uint32(30) {
				seen[random(seed, step, i)] = true
			}
		}
	}
	if len(seen) != 4*30*30 {
		t.Errorf("got %d different numbers, want %d", len(seen), 4*30*30)
	}
}
