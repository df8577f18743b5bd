package baseline

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
)

// A recipe is what a test writes a JPEG by. Its coefficients are random: not a picture,
// but all that a decoder has to stand.
type recipe struct {
	width, height int
	sampling      []uint8 // of each component, as in the frame header
	order         []int   // of the components in the scan; nil: as in the frame
	restart       int
	quality       int  // the largest factor to dequantize with
	wide          bool // factors of 16 bits
	limit         int  // bits of the largest coefficients
	dense         float64
	rgb           bool
	extended      bool
	stuffing      bool // bytes before restart markers that belong to nothing
	seed          uint64
}

// A jpegWriter writes codes.
type jpegWriter struct {
	out  []byte
	acc  uint64
	n    int
	code [2][256]uint32 // of DC and AC symbols, with 1 before the first bit
	r    *rand.Rand
}

func (w *jpegWriter) segment(marker byte, b ...byte) {
	w.out = append(w.out, 0xff, marker, byte((len(b)+2)>>8), byte(len(b)+2))
	w.out = append(w.out, b...)
}

func (w *jpegWriter) bits(v uint32, n int) {
	for i := n - 1; i >= 0; i-- {
		w.acc = w.acc<<1 | uint64(v>>i&1)
		if w.n++; w.n == 8 {
			w.out = append(w.out, byte(w.acc))
			if byte(w.acc) == 0xff {
				w.out = append(w.out, 0)
			}
			w.n, w.acc = 0, 0
		}
	}
}

func (w *jpegWriter) flush() {
	for w.n != 0 {
		w.bits(1, 1)
	}
}

func (w *jpegWriter) symbol(class int, s uint8) {
	c := w.code[class][s]
	n := bits.Len32(c) - 1
	w.bits(c, n) // the lowest n bits
}

// number writes the bits of v, of which there are size.
func (w *jpegWriter) number(v, size int) {
	if v < 0 {
		v += 1<<size - 1
	}
	w.bits(uint32(v), size)
}

func size(v int) int { return bits.Len(uint(max(v, -v))) }

// tables writes Huffman tables, with lengths by chance, and the longest codes of all.
func (w *jpegWriter) tables(p recipe) {
	for class := range 2 {
		var symbols []byte
		for s := range 256 {
			used := s < 12 || s <= 16 && p.limit > 11
			if class == 1 {
				used = s == 0 || s == 0xf0 || s&15 > 0 && s&15 <= min(p.limit, 15)
			}
			if used {
				symbols = append(symbols, byte(s))
			}
		}
		w.r.Shuffle(len(symbols), func(i, j int) { symbols[i], symbols[j] = symbols[j], symbols[i] })
		var lengths [16]byte
		code, left := uint32(0), len(symbols)
		i := 0
		for length := 1; length <= 16; length++ {
			room := 1<<length - int(code)
			n := 0
			// One code of each length, where enough is left for the others.
			for left > 0 && (length == 16 || n < 1+length/6) && (room-n-1)<<(16-length) >= left-1 && room-n > 0 {
				w.code[class][symbols[i]] = 1<<length | (code + uint32(n))
				n++
				left--
				i++
			}
			lengths[length-1] = byte(n)
			code = (code + uint32(n)) << 1
		}
		if left > 0 {
			panic("no codes left")
		}
		w.segment(dht, append(append([]byte{byte(class << 4)}, lengths[:]...), symbols...)...)
	}
}

// write returns the file.
func (p recipe) write() []byte {
	w := &jpegWriter{r: rand.New(rand.NewPCG(p.seed, 7))}
	w.out = []byte{0xff, soi}
	if p.rgb {
		w.segment(appE, append([]byte("Adobe"), 0, 100, 0, 0, 0, 0, 0)...)
	}
	for id := range 2 {
		var q []byte
		for range 64 {
			f := 1 + w.r.IntN(p.quality)
			if p.wide {
				q = binary.BigEndian.AppendUint16(q, uint16(f))
			} else {
				q = append(q, byte(f))
			}
		}
		precision := byte(0)
		if p.wide {
			precision = 0x10
		}
		w.segment(dqt, append([]byte{precision | byte(id)}, q...)...)
	}
	frame := []byte{8, byte(p.height >> 8), byte(p.height), byte(p.width >> 8), byte(p.width), byte(len(p.sampling))}
	for i, s := range p.sampling {
		frame = append(frame, byte(i+1), s, byte(min(i, 1)))
	}
	marker := byte(sof0)
	if p.extended {
		marker = sof1
	}
	w.segment(marker, frame...)
	w.tables(p)
	if p.restart > 0 {
		w.segment(dri, byte(p.restart>>8), byte(p.restart))
	}
	w.scan(p)
	w.out = append(w.out, 0xff, eoi)
	return w.out
}

func (w *jpegWriter) scan(p recipe) {
	order := p.order
	if order == nil {
		for i := range p.sampling {
			order = append(order, i)
		}
	}
	head := []byte{byte(len(order))}
	for _, c := range order {
		head = append(head, byte(c+1), 0)
	}
	w.segment(sos, append(head, 0, 63, 0)...)
	h0, v0 := int(p.sampling[0]>>4), int(p.sampling[0]&15)
	if len(p.sampling) == 1 {
		h0, v0 = 1, 1
	}
	n := ((p.width + 8*h0 - 1) / (8 * h0)) * ((p.height + 8*v0 - 1) / (8 * v0))
	var before [4]int
	for mcu := range n {
		for _, c := range order {
			blocks := int(p.sampling[c]>>4) * int(p.sampling[c]&15)
			if len(p.sampling) == 1 {
				blocks = 1
			}
			for range blocks {
				w.block(p, &before[c])
			}
		}
		if p.restart > 0 && (mcu+1)%p.restart == 0 && mcu+1 < n {
			w.flush()
			if p.stuffing && w.r.IntN(2) == 0 {
				w.out = append(w.out, 1, 0xff, 0, 0xff, 0xff, 0, 5)
			}
			w.out = append(w.out, 0xff, rst0+byte(mcu/p.restart%8))
			before = [4]int{}
		}
	}
	w.flush()
}

// coefficient is small mostly, at the limit now and then.
func (w *jpegWriter) coefficient(limit int) int {
	most := 1<<limit - 1
	switch w.r.IntN(40) {
	case 0:
		return most
	case 1:
		return -most
	case 2:
		return w.r.IntN(2*most+1) - most
	}
	return w.r.IntN(9) - 4
}

func (w *jpegWriter) block(p recipe, before *int) {
	dc := w.coefficient(min(p.limit, 11)) * w.r.IntN(2)
	diff := dc - *before
	if p.limit > 15 {
		diff = w.r.IntN(1<<17) - 1<<16 // which adds up to more than 16 bits
		diff = max(-65535, min(diff, 65535))
	} else {
		diff = max(-2047, min(diff, 2047))
	}
	*before += diff
	w.symbol(0, uint8(size(diff)))
	w.number(diff, size(diff))
	zeros := 0
	if w.r.IntN(3) == 0 {
		w.symbol(1, 0)
		return
	}
	for k := 1; k < 64; k++ {
		v := 0
		if w.r.Float64() < p.dense {
			v = w.coefficient(min(p.limit, 15))
		}
		if v == 0 {
			zeros++
			continue
		}
		for ; zeros > 15; zeros -= 16 {
			w.symbol(1, 0xf0)
		}
		w.symbol(1, uint8(zeros<<4|size(v)))
		w.number(v, size(v))
		zeros = 0
	}
	if zeros > 0 {
		w.symbol(1, 0)
	}
}
