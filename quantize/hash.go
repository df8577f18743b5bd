package quantize

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A hash maps keys to 32-bit numbers, 0 for those that it does not hold. The
// zero value is empty. It is an open-addressing table with linear probing, a
// third of the time of Go's map here.
type hash struct {
	keys   []Key
	values []uint32
	used   int
}

// salt keeps images from being made to fill one corner of the table. Results do
// not depend on it, for nothing is read in the table's order but to be sorted.
var salt = rand.Uint64()

// slot returns where the key is or has to go. Values are never 0 where a key is.
func (h *hash) slot(k Key) int {
	mask := len(h.keys) - 1
	// The finalizer of MurmurHash3: every bit of the sum changes half of them.
	v := uint64(k) + salt
	v = (v ^ v>>33) * 0xff51afd7ed558ccd
	v = (v ^ v>>33) * 0xc4ceb9fe1a85ec53
	i := int(v>>32) & mask
	for h.values[i] != 0 && h.keys[i] != k {
		i = (i + 1) & mask
	}
	return i
}

// add adds n to the key's number, which stops at 2³²-1.
func (h *hash) add(k Key, n uint32) {
	if n == 0 {
		return
	}
	if 2*h.used >= len(h.keys) {
		h.grow()
	}
	i := h.slot(k)
	if h.values[i] == 0 {
		h.keys[i] = k
		h.used++
	}
	h.values[i] = uint32(min(uint64(h.values[i])+uint64(n), math.MaxUint32))
}

func (h *hash) get(k Key) uint32 {
	if h.used == 0 {
		return 0
	}
	return h.values[h.slot(k)]
}

func (h *hash) grow() {
	old := *h
	size := max(1024, 2*len(h.keys))
	*h = hash{keys: make([]Key, size), values: make([]uint32, size)}
	h.addAll(&old)
}

func (h *hash) addAll(other *hash) {
	for i, n := range other.values {
		h.add(other.keys[i], n)
	}
}

// sorted returns the keys, rising, and their numbers.
func (h *hash) sorted() (keys []Key, values []uint32) {
	keys = make([]Key, 0, h.used)
	for i, n := range h.values {
		if n != 0 {
			keys = append(keys, h.keys[i])
		}
	}
	slices.Sort(keys)
	values = make([]uint32, len(keys))
	for i, k := range keys {
		values[i] = h.get(k)
	}
	return keys, values
}
