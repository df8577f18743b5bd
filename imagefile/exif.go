package imagefile

import (
	"bytes"

	"kompress/imagefile/tiff"
)

// Tags of EXIF and TIFF that say what matters here.
const (
	tagDescription    = 270
	tagMake           = 271
	tagModel          = 272
	tagOrientation    = 274
	tagXResolution    = 282
	tagYResolution    = 283
	tagResolutionUnit = 296
	tagSoftware       = 305
	tagDateTime       = 306
	tagArtist         = 315
	tagXMP            = 700
	tagCopyright      = 33432
	tagEXIF           = 34665
	tagProfile        = 34675
	tagGPS            = 34853
	tagMakerNote      = 37500
	tagInterop        = 40965
	tagInteropIndex   = 1
)

// setEXIF keeps an EXIF block and reads from it what matters here. Few tags do,
// and the block itself must be kept, so it is read with the directory reader of
// the TIFF decoder rather than with a library for all of EXIF.
func (d *description) setEXIF(block []byte) {
	block = bytes.TrimPrefix(block, []byte("Exif\x00\x00"))
	if d.EXIF != nil || len(block) > maxEXIF {
		return
	}
	f, err := tiff.Open(bytes.NewReader(block))
	if err != nil {
		return
	}
	dir, err := f.First()
	if err != nil {
		return
	}
	d.setTags(dir)
	d.EXIF = upright(block, dir)
	d.adobeRGB = adobeRGB(dir)
}

// setTags takes the orientation and resolution in a directory.
func (d *description) setTags(dir *tiff.Directory) {
	if v := dir.Uint(tagOrientation, 0); d.orientation == 0 && v >= 1 && v <= 8 {
		d.orientation = int(v)
	}
	var x, y [2]uint32
	x[0], x[1] = dir.Rational(tagXResolution)
	y[0], y[1] = dir.Rational(tagYResolution)
	if d.Density == (Density{}) {
		d.Density = density(x, y, dir.Uint(tagResolutionUnit, perInch))
	}
}

// upright returns a copy of an EXIF block whose orientation is 1.
func upright(block []byte, dir *tiff.Directory) []byte {
	block = bytes.Clone(block)
	if dir.Bytes(tagOrientation, 64) == nil { // not there, or outside the block
		return block
	}
	e := dir.Entry(tagOrientation)
	value := block[e.At:]
	switch e.Type {
	case 1, 6:
		value[0] = 1
	case 3, 8:
		dir.Order().PutUint16(value, 1)
	case 4, 9:
		dir.Order().PutUint32(value, 1)
	}
	return block
}

// transpose makes the resolution across that down.
func (d *description) transpose() {
	d.Density.X, d.Density.Y = d.Density.Y, d.Density.X
	f, err := tiff.Open(bytes.NewReader(d.EXIF))
	if err != nil {
		return
	}
	dir, err := f.First()
	if err != nil {
		return
	}
	x, y := dir.Entry(tagXResolution), dir.Entry(tagYResolution)
	a, b := dir.Bytes(tagXResolution, 8), dir.Bytes(tagYResolution, 8)
	if x.Type == y.Type && len(a) == 8 && len(b) == 8 { // both are in the block
		copy(d.EXIF[x.At:], b)
		copy(d.EXIF[y.At:], a)
	}
}

// adobeRGB says whether the block marks a file of DCF's optional colour space.
func adobeRGB(dir *tiff.Directory) bool {
	exif := dir.Sub(tagEXIF)
	if exif == nil {
		return false
	}
	interop := exif.Sub(tagInterop)
	return interop != nil && string(interop.Bytes(tagInteropIndex, 8)) == "R03\x00"
}
