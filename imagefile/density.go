package imagefile

import "math"

// Units of resolution as EXIF and TIFF number them.
const (
	noUnit = iota + 1
	perInch
	perCentimetre
)

// density makes a resolution of fractions, in the numbering of EXIF. It is zero
// if it says nothing.
func density(x, y [2]uint32, unit uint64) Density {
	if x[0] == 0 || x[1] == 0 || y[0] == 0 || y[1] == 0 {
		return Density{}
	}
	dx, dy := float64(x[0])/float64(x[1]), float64(y[0])/float64(y[1])
	switch unit {
	case perInch:
		return perMetre(dx/0.0254, dy/0.0254)
	case perCentimetre:
		return perMetre(100*dx, 100*dy)
	}
	return ratio(x, y)
}

func perMetre(x, y float64) Density {
	x, y = math.Round(x), math.Round(y)
	if !(x >= 1 && y >= 1 && x <= math.MaxInt32 && y <= math.MaxInt32) {
		return Density{}
	}
	return Density{X: uint32(x), Y: uint32(y), Unit: 1}
}

// ratio gives the shape of pixels that are not square.
func ratio(x, y [2]uint32) Density {
	px, py := uint64(x[0])*uint64(y[1]), uint64(y[0])*uint64(x[1])
	g := gcd(px, py)
	px, py = px/g, py/g
	if px == py || px > math.MaxInt32 || py > math.MaxInt32 {
		return Density{}
	}
	return Density{X: uint32(px), Y: uint32(py)}
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
