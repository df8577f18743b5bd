package icc

import (
	"math"
	"slices"
)

// A curve is a tone curve: for the value of a channel, from 0 to 1, it gives how
// much light that is.
type curve struct {
	table []uint16 // evenly spaced points, if there are any
	power powerCurve
}

// A powerCurve is a parametric curve of the ICC specification (ICC.1:2022, 10.18):
//
//	(a·x + b)^g + e  for x >= d
//	c·x + f          below
//
// Kind is the specification's number of the formula, 0 to 4.
type powerCurve struct {
	kind                int
	g, a, b, c, d, e, f float64
}

// maxCurve is the largest number of points that LittleCMS takes.
const maxCurve = 0x7fff

// readCurve reads a tag of type curv or para.
func readCurve(tag []byte) (*curve, error) {
	if len(tag) < 12 {
		return nil, damaged("it has no tone curve")
	}
	var c *curve
	var err error
	switch string(tag[:4]) {
	case "curv":
		c, err = readPoints(tag[8:])
	case "para":
		c, err = readPower(tag[8:])
	default:
		err = damaged("%q is no kind of tone curve", tag[:4])
	}
	if err != nil {
		return nil, err
	}
	for i := range 256 {
		if v := c.at(float32(i) / 255); !(v >= -1 && v <= 4) {
			return nil, damaged("a tone curve gives %v for %d of 255, want about 0 to 1", v, i)
		}
	}
	return c, nil
}

// readPoints reads a number of points and the points. None stand for a straight line,
// and one for the power of it, a number with 8 bits behind the point.
func readPoints(p []byte) (*curve, error) {
	n := uint32At(p, 0)
	if n > maxCurve || int(n) > (len(p)-4)/2 {
		return nil, damaged("a tone curve has %d points in %d bytes", n, len(p)-4)
	}
	points := make([]uint16, n)
	for i := range points {
		points[i] = uint16At(p, 4+2*i)
	}
	switch n {
	case 0:
		return &curve{power: powerCurve{g: 1}}, nil
	case 1:
		return &curve{power: powerCurve{g: float64(points[0]) / 256}}, nil
	}
	return &curve{table: points}, nil
}

// powerCounts is how many numbers each kind of formula has.
var powerCounts = []int{1, 3, 4, 5, 7}

func readPower(p []byte) (*curve, error) {
	kind := int(uint16At(p, 0))
	if kind >= len(powerCounts) {
		return nil, unsupported("a tone curve has formula %d, want 0 to %d", kind, len(powerCounts)-1)
	}
	if len(p) < 4+4*powerCounts[kind] {
		return nil, damaged("a tone curve has %d bytes, want %d numbers", len(p), powerCounts[kind])
	}
	var v [7]float64
	for i := range powerCounts[kind] {
		v[i] = fixed16At(p, 4+4*i)
	}
	c := powerCurve{kind: kind, g: v[0], a: v[1], b: v[2], c: v[3], d: v[4], e: v[5], f: v[6]}
	if (kind == 1 || kind == 2) && c.a == 0 {
		return nil, damaged("formula %d of a tone curve divides by 0", kind)
	}
	return &curve{power: c}, nil
}

// at returns the light for v, in the precision of LittleCMS: points are of 16 bits
// and so is what is between them.
func (c *curve) at(v float32) float32 {
	if c.table == nil {
		return float32(c.power.at(float64(v)))
	}
	return float32(between(c.table, round16(float64(v*65535)))) / 65535
}

// between returns the value of the points at v, interpolated with 16 bits behind the
// point of the index.
func between(points []uint16, v uint16) uint16 {
	if v == 0xffff {
		return points[len(points)-1]
	}
	at := uint64(len(points)-1) * uint64(v)
	at += (at + 0x7fff) / 0xffff // from parts of 65535 to parts of 65536
	low, high := int64(points[at>>16]), int64(points[at>>16+1])
	return uint16(low + ((high-low)*int64(at&0xffff)+0x8000)>>16)
}

// round16 rounds to the nearest number of 16 bits; what is none becomes 0. Like
// LittleCMS it takes the sum with a half to 16 bits behind the point before it cuts
// these off, so it rounds up a little early.
func round16(v float64) uint16 {
	v = float64(v) + 0.5 // not in one step with what makes v
	if !(v > 0) {
		return 0
	}
	if v >= 65535 {
		return 65535
	}
	return uint16(uint32(math.RoundToEven(v*(1<<16))) >> 16)
}

// at takes an x from 0 to 1.
func (p *powerCurve) at(x float64) float64 {
	switch p.kind {
	case 0:
		return math.Pow(x, p.g)
	case 1, 2: // the fourth number, which kind 1 lacks, is added
		if x < -p.b/p.a {
			return p.c
		}
		return p.raised(x, p.c)
	case 3:
		if x < p.d {
			return p.c * x
		}
		return p.raised(x, 0)
	}
	if x < p.d {
		return float64(p.c*x) + p.f
	}
	return p.raised(x, p.e)
}

// raised returns (a·x + b)^g + more.
func (p *powerCurve) raised(x, more float64) float64 {
	base := float64(p.a*x) + p.b
	if base <= 0 {
		return more
	}
	return math.Pow(base, p.g) + more
}

func (c *curve) equal(d *curve) bool {
	return c.power == d.power && slices.Equal(c.table, d.table)
}
