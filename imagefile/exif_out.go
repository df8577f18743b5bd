package imagefile

import (
	"encoding/binary"
	"math"
)

// An exifField is an entry of a directory of an EXIF block.
type exifField struct {
	tag, kind uint16
	count     uint32
	data      []byte // in the byte order of the block
}

// Kinds of fields, and the length of what stands in the entry itself.
const (
	kindShort    = 3
	kindLong     = 4
	kindRational = 5

	inEntry = 4
)

type exifOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// An exifWriter makes an EXIF block.
type exifWriter struct {
	order exifOrder
	b     []byte
}

// newEXIF begins a block, whose first directory is to come next.
func newEXIF(order exifOrder) *exifWriter {
	w := &exifWriter{order: order, b: []byte("II")}
	if order.Uint16([]byte{0, 1}) == 1 {
		w.b = []byte("MM")
	}
	const first = 8
	w.b = order.AppendUint32(order.AppendUint16(w.b, 42), first)
	return w
}

// directory appends the fields, in the order of their tags, and behind them the values
// that have no room there. It returns where it begins.
func (w *exifWriter) directory(fields []exifField) (at int) {
	at = len(w.b)
	w.b = w.order.AppendUint16(w.b, uint16(len(fields)))
	far := len(w.b) + 12*len(fields) + 4
	var values []byte
	for _, f := range fields {
		w.b = w.order.AppendUint32(w.order.AppendUint16(w.order.AppendUint16(w.b, f.tag), f.kind), f.count)
		if len(f.data) <= inEntry {
			w.b = append(append(w.b, f.data...), make([]byte, inEntry-len(f.data))...)
			continue
		}
		w.b = w.order.AppendUint32(w.b, uint32(far+len(values)))
		values = append(values, f.data...)
		values = append(values, make([]byte, len(f.data)%2)...)
	}
	w.b = append(w.order.AppendUint32(w.b, 0), values...) // no directory follows
	return at
}

// resolutionFields says a resolution or a ratio, in whole dots per inch if these are
// what it came from, else exactly by the centimetre.
func resolutionFields(order exifOrder, d Density) []exifField {
	if d.X == 0 || d.Y == 0 {
		return nil
	}
	x, y, of, unit := d.X, d.Y, uint32(1), uint16(noUnit)
	if d.Unit == 1 {
		of, unit = 100, perCentimetre
		dx, dy := math.Round(float64(d.X)*0.0254), math.Round(float64(d.Y)*0.0254)
		if perMetre(dx/0.0254, dy/0.0254) == d {
			x, y, of, unit = uint32(dx), uint32(dy), 1, perInch
		}
	}
	fraction := func(v uint32) []byte { return order.AppendUint32(order.AppendUint32(nil, v), of) }
	return []exifField{
		{tagXResolution, kindRational, 1, fraction(x)},
		{tagYResolution, kindRational, 1, fraction(y)},
		{tagResolutionUnit, kindShort, 1, order.AppendUint16(nil, unit)},
	}
}

// resolutionEXIF is an EXIF block that says nothing else, nil if there is nothing to say.
func resolutionEXIF(d Density) []byte {
	fields := resolutionFields(binary.LittleEndian, d)
	if fields == nil {
		return nil
	}
	w := newEXIF(binary.LittleEndian)
	w.directory(fields)
	return w.b
}
