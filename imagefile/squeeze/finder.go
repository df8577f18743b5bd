package squeeze

import (
	"encoding/binary"
	"math/bits"
)

// A match says that what comes next was there before, distance bytes ago.
type match struct{ length, distance int32 }

const (
	minMatch = 3
	hashBits = 15
	nobody   = -1
)

// A finder finds matches. It keeps, for each hash of four bytes, the places where such
// bytes begin in a binary tree sorted by what follows, the newest at the root, as LZMA
// and libdeflate do: on the way down, matches get longer and farther away.
type finder struct {
	data   []byte
	window int // a power of two; distances are smaller
	depth  int // nodes to visit at most
	nice   int // a match so long is good enough
	roots  [1 << hashBits]int32
	threes [1 << hashBits]int32 // the newest place of three bytes
	nodes  []int32              // left and right of each place, modulo window
}

// reset begins with new data.
func (f *finder) reset(data []byte, window, depth, nice int) {
	f.data, f.window, f.depth, f.nice = data, window, depth, nice
	for i := range f.roots {
		f.roots[i], f.threes[i] = nobody, nobody
	}
	if len(f.nodes) < 2*window {
		f.nodes = make([]int32, 2*window)
	}
}

// find appends the matches of what begins at pos, each longer and farther away than
// the one before, and takes pos in. It wants every pos once, in order.
func (f *finder) find(matches []match, pos int) []match {
	most := min(f.nice, len(f.data)-pos)
	if most < 4 {
		return matches
	}
	four := binary.LittleEndian.Uint32(f.data[pos:])
	three := (four << 8) * 0x9e3779b1 >> (32 - hashBits)
	best := int32(minMatch - 1)
	if at := f.threes[three]; at != nobody && pos-int(at) < f.window {
		if length := f.common(int(at), pos, 0, minMatch); length == minMatch {
			best = minMatch
			matches = append(matches, match{minMatch, int32(pos) - at})
		}
	}
	f.threes[three] = int32(pos)
	hash := four * 0x9e3779b1 >> (32 - hashBits)
	at := f.roots[hash]
	f.roots[hash] = int32(pos)
	return f.descend(matches, pos, int(at), best, most)
}

// descend visits the nodes from at on and makes pos the root of what it visits.
func (f *finder) descend(matches []match, pos, at int, best int32, most int) []match {
	mask := f.window - 1
	left, right := &f.nodes[2*(pos&mask)], &f.nodes[2*(pos&mask)+1]
	var leftLen, rightLen int // what all smaller and all larger have in common with pos
	for range f.depth {
		if at < 0 || pos-at >= f.window {
			break
		}
		children := f.nodes[2*(at&mask):][:2]
		length := f.common(at, pos, min(leftLen, rightLen), most)
		if int32(length) > best {
			best = int32(length)
			matches = append(matches, match{best, int32(pos - at)})
		}
		if length == most { // which is smaller is not known: pos takes its place
			*left, *right = children[0], children[1]
			return matches
		}
		if f.data[at+length] < f.data[pos+length] {
			*left, left = int32(at), &children[1]
			at, leftLen = int(children[1]), length
		} else {
			*right, right = int32(at), &children[0]
			at, rightLen = int(children[0]), length
		}
	}
	*left, *right = nobody, nobody
	return matches
}

// common returns how many bytes at a and b are alike, at most most, of which the first
// n are known to be.
func (f *finder) common(a, b, n, most int) int {
	p, q := f.data[a:], f.data[b:][:most]
	for n+8 <= most {
		if x := binary.LittleEndian.Uint64(p[n:]) ^ binary.LittleEndian.Uint64(q[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
		n += 8
	}
	for n < most && p[n] == q[n] {
		n++
	}
	return n
}
