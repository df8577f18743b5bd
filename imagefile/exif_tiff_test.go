package imagefile

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"kompress/imagefile/tiff"
)

// A TIFF's description becomes an EXIF block, whatever the order of bytes, of nothing
// that says how its pixels are stored.
func TestEXIFOfTIFF(t *testing.T) {
	for _, order := range []exifOrder{binary.LittleEndian, binary.BigEndian} {
		text := func(tag uint16, s string) exifField { return exifField{tag, 2, uint32(len(s)), []byte(s)} }
		w := newEXIF(order)
		camera := []exifField{
			{256, kindShort, 1, order.AppendUint16(nil, 1)}, text(tagMake, "Maker\x00"), text(tagModel, "X\x00"),
			{tagOrientation, kindShort, 1, order.AppendUint16(nil, 6)},
			{tagEXIF, kindLong, 1, make([]byte, 4)}, {tagGPS, kindLong, 1, make([]byte, 4)},
		}
		first := w.directory(camera)
		iso := order.AppendUint16(nil, 400)
		exif := w.directory([]exifField{{34855, kindShort, 1, iso}, text(tagMakerNote, "offsets"), text(40092, string(make([]byte, maxField+1)))})
		order.PutUint32(w.b[first+2+4*12+8:], uint32(exif))
		latitude := bytes.Repeat([]byte{1, 2, 3, 4}, 6)
		gps := w.directory([]exifField{{2, kindRational, 3, latitude}})
		order.PutUint32(w.b[first+2+5*12+8:], uint32(gps))

		var d description
		describeTIFF(&window{r: bytes.NewReader(w.b), size: int64(len(w.b))}, &d)
		f, err := tiff.Open(bytes.NewReader(d.EXIF))
		if err != nil {
			t.Fatal(err)
		}
		dir, err := f.First()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := dir.Tags(), []uint16{tagMake, tagModel, tagEXIF, tagGPS}; !slices.Equal(got, want) {
			t.Fatalf("%v: got tags %v, want %v", order, got, want)
		}
		if string(dir.Bytes(tagMake, 10)) != "Maker\x00" || string(dir.Bytes(tagModel, 10)) != "X\x00" {
			t.Errorf("%v: got another camera", order)
		}
		sub := dir.Sub(tagEXIF)
		if sub == nil || !slices.Equal(sub.Tags(), []uint16{34855}) || sub.Uint(34855, 0) != 400 {
			t.Errorf("%v: got %+v", order, sub)
		}
		if sub := dir.Sub(tagGPS); sub == nil || !bytes.Equal(sub.Bytes(2, 24), latitude) {
			t.Errorf("%v: got another place, %+v", order, sub)
		}
	}
}

// Sizes that a file claims are bounded.
func TestEXIFOfTIFFIsSmall(t *testing.T) {
	w := newEXIF(binary.LittleEndian)
	var fields []exifField
	for tag := range uint16(40) {
		fields = append(fields, exifField{tag, 7, maxField, make([]byte, maxField)})
	}
	w.directory([]exifField{{tagEXIF, kindLong, 1, []byte{26, 0, 0, 0}}})
	w.directory(fields)
	var d description
	describeTIFF(&window{r: bytes.NewReader(w.b), size: int64(len(w.b))}, &d)
	if n := len(d.EXIF); n < maxEXIF/4 || n > maxEXIF {
		t.Errorf("got a block of %d bytes, want %d at most", n, maxEXIF)
	}
}
