package imagefile

import (
	"slices"

	"kompress/imagefile/tiff"
)

// Tags that describe a picture in the first directory of a TIFF, whose others say how
// its pixels are stored. They are in order, and so are the pointers, which come last.
var (
	descriptiveTags = []uint16{
		tagDescription, tagMake, tagModel, tagXResolution, tagYResolution, tagResolutionUnit,
		tagSoftware, tagDateTime, tagArtist, tagCopyright,
	}
	exifPointers = []uint16{tagEXIF, tagGPS}
)

// maxField is the most bytes of a field that are kept. All together are bounded, too.
const maxField = 64 << 10

// exifOf makes an EXIF block of what a TIFF says of its picture, nil if that is no more
// than a resolution.
func exifOf(dir *tiff.Directory) []byte {
	order, ok := dir.Order().(exifOrder)
	if !ok {
		return nil
	}
	left := maxEXIF / 2
	fields := fieldsOf(dir, descriptiveTags, &left)
	var subs [][]exifField
	for _, tag := range exifPointers {
		sub := dir.Sub(tag)
		if sub == nil {
			continue
		}
		if f := fieldsOf(sub, sub.Tags(), &left); len(f) > 0 {
			subs = append(subs, f)
			fields = append(fields, exifField{tag, kindLong, 1, make([]byte, inEntry)})
		}
	}
	if !slices.ContainsFunc(fields, func(f exifField) bool { return !isResolution(f.tag) }) {
		return nil
	}
	w := newEXIF(order)
	w.directory(fields)
	const first, count, entry, value = 8, 2, 12, 8
	pointer := first + count + entry*(len(fields)-len(subs)) + value
	for i, sub := range subs {
		at := w.directory(sub)
		order.PutUint32(w.b[pointer+entry*i:], uint32(at))
	}
	return w.b
}

func isResolution(tag uint16) bool {
	return tag == tagXResolution || tag == tagYResolution || tag == tagResolutionUnit
}

// fieldsOf returns the fields of those tags as they are, until there are too many bytes
// of them. Not those that point elsewhere in the file, as a camera's own notes do.
func fieldsOf(dir *tiff.Directory, tags []uint16, left *int) (fields []exifField) {
	const classicKinds, entry = 12, 12
	for _, tag := range tags {
		e := dir.Entry(tag)
		if tag == tagInterop || tag == tagMakerNote || e.Type > classicKinds {
			continue
		}
		data := dir.Bytes(tag, uint64(max(0, min(maxField, *left-entry))))
		if len(data) > 0 {
			*left -= entry + len(data)
			fields = append(fields, exifField{tag, e.Type, uint32(e.Count), data})
		}
	}
	return fields
}
