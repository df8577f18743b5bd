package squeeze

import (
	"context"
	"math/bits"

	"kompress/imagefile/workers"
)

// WebP's alphabets.
const (
	webpLengths   = 24
	webpDistances = 40
	greens        = 256 + webpLengths
	webpSymbols   = greens + webpDistances
	webpLongest   = 4096
)

// A picture is what is left of an image after its transforms: bytes, coded as the green
// channel of pixels whose other channels have one value.
type picture struct {
	width, height int
	pixels        []byte

	tile   int     // bits of the side of a tile; all pixels of one share their codes
	across int     // tiles in a row
	groups []uint8 // of each tile
	models []webpModel
	parse  [][]match // of each segment
}

// A webpCounts says how often each symbol occurs: literals and lengths, distances.
type webpCounts [webpSymbols]uint32

// A webpModel has costs in 1/256 bits, without extra bits.
type webpModel [webpSymbols]uint32

func (m *webpModel) set(c *webpCounts) {
	prices(m[:greens], c[:greens])
	prices(m[greens:], c[greens:])
}

const (
	segmentSize = 1 << 19 // pixels that are parsed by one worker
	lookBack    = 1 << 17 // how far before these to look
	webpWindow  = 1 << 18
	mostGroups  = 64
)

// optimize looks for a parse and a division into groups that suit each other.
func (p *picture) optimize(ctx context.Context, o WebPOptions) error {
	p.chooseTiles()
	p.guess()
	for pass := range o.Passes {
		if err := p.search(ctx, o); err != nil {
			return err
		}
		if pass+1 == o.Passes || pass > 0 || o.Passes == 2 {
			p.group()
		} else {
			p.groupAsOne()
		}
	}
	return nil
}

// chooseTiles makes tiles of 16 pixels a side, larger in large pictures.
func (p *picture) chooseTiles() {
	const most = 1 << 12
	for p.tile = 4; ; p.tile++ {
		p.across = (p.width-1)>>p.tile + 1
		if n := p.across * ((p.height-1)>>p.tile + 1); n <= most || p.tile == 9 {
			p.groups = make([]uint8, n)
			return
		}
	}
}

func (p *picture) tileOf(pos int) int {
	x, y := pos%p.width, pos/p.width
	return y>>p.tile*p.across + x>>p.tile
}

// guess sets costs for when nothing is known but how often each byte occurs.
func (p *picture) guess() {
	var c webpCounts
	for _, v := range p.pixels {
		c[v]++
	}
	p.models = make([]webpModel, 1)
	m := &p.models[0]
	prices(m[:256], c[:256])
	for s := 256; s < webpSymbols; s++ {
		m[s] = 5 << costShift
	}
}

// search parses all segments.
func (p *picture) search(ctx context.Context, o WebPOptions) error {
	n := (len(p.pixels) + segmentSize - 1) / segmentSize
	p.parse = make([][]match, n)
	most := min(o.Workers, n)
	var wg workers.Group
	for i := range most {
		wg.Go(func() {
			s := &segmentParser{picture: p, depth: o.Depth}
			for j := i; j < n && ctx.Err() == nil; j += most {
				p.parse[j] = s.search(j*segmentSize, min(j*segmentSize+segmentSize, len(p.pixels)))
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// write writes the picture; isMain says whether its codes may differ from tile to tile.
func (p *picture) write(out *Bits, isMain bool) {
	out.put(0, 1) // no color cache
	if isMain && len(p.models) > 1 {
		out.put(1, 1)
		out.put(uint32(p.tile-2), 3)
		p.groupPicture().write(out, false)
	} else if isMain {
		out.put(0, 1)
	}
	all := p.countGroups()
	codes := make([][2]*prefixCode, len(all))
	for i := range all {
		codes[i] = [2]*prefixCode{newPrefixCode(all[i][:greens], greens), newPrefixCode(all[i][greens:], webpDistances)}
		codes[i][0].writeTo(out)
		for range 3 { // red, blue and alpha are not looked at
			newPrefixCode(nil, 256).writeTo(out)
		}
		codes[i][1].writeTo(out)
	}
	pos := 0
	for _, parse := range p.parse {
		for _, m := range parse {
			c := &codes[p.groups[p.tileOf(pos)]]
			if m.distance == 0 {
				c[0].put(out, int(p.pixels[pos]))
			} else {
				s, n, extra := prefixOf(uint32(m.length))
				c[0].put(out, 256+s)
				out.put(extra, uint(n))
				s, n, extra = prefixOf(p.distanceCode(int(m.distance)))
				c[1].put(out, s)
				out.put(extra, uint(n))
			}
			pos += int(m.length)
		}
	}
}

// groupPicture is the picture that says which group each tile belongs to.
func (p *picture) groupPicture() *picture {
	g := &picture{width: p.across, height: len(p.groups) / p.across, pixels: p.groups}
	g.tile, g.across, g.groups = 9, 1<<20, make([]uint8, 1<<9)
	g.guess()
	s := &segmentParser{picture: g, depth: 64}
	g.parse = [][]match{s.search(0, len(g.pixels))}
	return g
}

// prefixOf returns the symbol of a length or distance code v, and the extra bits.
func prefixOf(v uint32) (symbol, n int, extra uint32) {
	v--
	if v < 4 {
		return int(v), 0, 0
	}
	n = bits.Len32(v) - 2
	return 2*n + int(v>>n), n, v & (1<<n - 1)
}

// nearCodes has, for places at most seven rows above and eight columns beside a pixel,
// the code of their distance: at 16*rows + 8 - columns. From WebP's specification, 5.2.2.
var nearCodes = func() (codes [8 * 16]uint8) {
	for i, at := range [120]uint8{
		0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a, 0x26, 0x2a, 0x38, 0x05, 0x37, 0x39, 0x15, 0x1b, 0x36, 0x3a,
		0x25, 0x2b, 0x48, 0x04, 0x47, 0x49, 0x14, 0x1c, 0x35, 0x3b, 0x46, 0x4a, 0x24, 0x2c, 0x58, 0x45, 0x4b, 0x34, 0x3c, 0x03,
		0x57, 0x59, 0x13, 0x1d, 0x56, 0x5a, 0x23, 0x2d, 0x44, 0x4c, 0x55, 0x5b, 0x33, 0x3d, 0x68, 0x02, 0x67, 0x69, 0x12, 0x1e,
		0x66, 0x6a, 0x22, 0x2e, 0x54, 0x5c, 0x43, 0x4d, 0x65, 0x6b, 0x32, 0x3e, 0x78, 0x01, 0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f,
		0x64, 0x6c, 0x42, 0x4e, 0x76, 0x7a, 0x21, 0x2f, 0x75, 0x7b, 0x31, 0x3f, 0x63, 0x6d, 0x52, 0x5e, 0x00, 0x74, 0x7c, 0x41,
		0x4f, 0x10, 0x20, 0x62, 0x6e, 0x30, 0x73, 0x7d, 0x51, 0x5f, 0x40, 0x72, 0x7e, 0x61, 0x6f, 0x50, 0x71, 0x7f, 0x60, 0x70,
	} {
		codes[at] = uint8(i + 1)
	}
	return codes
}()

// distanceCode returns the code of a distance: small for pixels that are near in the
// picture.
func (p *picture) distanceCode(distance int) uint32 {
	rows := distance / p.width
	columns := distance - rows*p.width // to the left
	if columns <= 8 && rows < 8 {
		if c := nearCodes[16*rows+8-columns]; c > 0 {
			return uint32(c)
		}
	}
	if right := p.width - columns; right < 8 && rows < 7 {
		if c := nearCodes[16*(rows+1)+8+right]; c > 0 {
			return uint32(c)
		}
	}
	return uint32(distance) + 120
}
